// Package refportal is the reference portal: a real patient portal for secure messaging with accounts, rules of
// access, threads, work items, attachments, home readings and an audit trail, served as a JSON API over HTTP from a
// SQLite file; and the adapter that drives it through the contract of package bench.
//
// It is not a portal to treat patients with: there is no web page, no notification and no registration, and what is
// stored is not encrypted. It exists so that the simulated workload has something honest to run against on any
// machine: every acknowledged write has been committed, every request has been checked for the right to make it.
//
// The one idea needed to read it: a request is checked and answered from committed rows by any of several readers,
// but all changes pass through one writer goroutine, which commits whatever has queued up as one transaction and
// acknowledges each change only after that commit. So changes never wait for locks, versions need no retries, and the
// cost of a commit is shared by everybody who waits for it.
//
// docs/refportal.md describes the API.
package refportal
