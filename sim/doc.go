// Package sim simulates care networks: what patients and caregivers write becomes threads, threads wait in inboxes,
// staff with calendars work on them, and a tally keeps the clocks and the minutes. On request it also records what
// everybody does on the portal, as ops that package bench replays.
//
// It is not a load generator and knows no portal: it reads no wall clock, does no I/O and draws no random number that
// is not keyed.
//
// The one idea: load hardly explains how long a message waits. Staff are servers with long absences, and each hand-off
// is a new wait.
package sim
