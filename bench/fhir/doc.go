// Package fhir is where the adapter for FHIR R4 servers will stand: threads as Communication resources, work items as
// Task resources, and the contract's operations composed of reads, searches and conditional updates. It is not written
// yet. It holds no code, and the command refuses `--portal fhir` rather than measure something else. The idea to keep
// in mind when reading it later: FHIR has no thread and no inbox, so most operations take several requests, and the
// adapter's row of the capability table must say so.
package fhir
