// Package sim simulates care networks: what patients and caregivers write becomes threads, threads wait in inboxes,
// staff with calendars work on them, and a tally keeps the clocks and the minutes. On request it also records what
// everybody does on the portal, as ops that package bench replays.
//
// It is not a load generator and knows no portal: it reads no wall clock, does no I/O and draws no random number that
// is not keyed.
//
// The one idea: load hardly explains how long a message waits. Staff are servers with long absences, and each hand-off
// is a new wait.
//
// # How to read it
//
// A Plan is a scenario compiled (plan.go, hours.go, handling.go), an arm a policy (arm.go, calendar.go, work.go), and a
// Clinic simulates one care network of the plan under the arm (clinic.go: its events and their order). From there,
// follow a message:
//
//   - need.go: a need falls due, comes to a fate, and may be sent as a thread (thread.go); billing.go, training.go and
//     limits.go are the levers that have a say, expectedwait.go is what patients have come to expect.
//   - router.go: what a policy sees and decides. Package triage decides; nothing here knows a policy by name.
//   - desk.go: a thread waits in an inbox (inbox.go), somebody opens it, and settles and does one thing with it;
//     handling.go and draft.go say how long that takes.
//   - family.go: the family loses patience, sees the answer, writes again, phones or comes.
//   - portaldelay.go: how long the portal keeps staff waiting, where it does not answer at once.
//   - staff.go: sessions, and what is taken up next; background.go is the work beside threads, interruptions.go what
//     calls people away.
//   - cover.go and standard.go: threads that move because somebody is on leave, or because a promise was missed.
//   - tally.go, clocks.go, parts.go, weeks.go, weekhours.go, workdays.go: what is counted; measures.go and
//     distributions.go give it names and units.
//   - experiment.go: arms, replications and networks on all cores.
//   - trace.go: the same as events, for exports and checks; stories.go: two threads under every arm; record.go, op.go,
//     opening.go, replay.go: as a portal's ops.
//
// A thread has one event of its own at a time, whose meaning is the thread's state. An event that is no longer wanted
// stays in the queue: whoever it belongs to no longer expects it at that time, so that it is void.
//
// Everything random is drawn under the key of a need's content, of a member of staff or of a patient, and a purpose,
// never in the order of what happens: policies are compared on the same people, needs and draws.
//
// The engine is written a second time, slowly and plainly, in the tests (reference_*_test.go). Both must tell the same
// events; a mechanism is in both, or it is not finished.
package sim
