// Package fhir drives FHIR R4 servers as portals: the adapter behind --portal fhir.
//
// FHIR has no thread, no inbox and no work list, so the contract's objects are made of what it has:
//
//	thread     a Communication without a payload, the header: topic, subject, who wrote to whom; completed when closed
//	message    a Communication that is part of the header; in progress until its reader has read it, then completed
//	work item  a Task whose focus is the header: requested in a pool (performerType) or a person's list (owner),
//	           accepted by whoever claimed it, completed when closed
//	pool       a CareTeam, and the code of it in Task.performerType, which is what can be searched
//	people     Patient, RelatedPerson (who writes for a patient), Practitioner
//
// Headers and messages are told apart by a category of ours, as servers differ in whether they can search for what has
// no partOf. A version is the resource's version id and goes into If-Match. What a server refuses is read from its
// status, from the outcomes of a bundle's entries, and from its OperationOutcome.
package fhir
