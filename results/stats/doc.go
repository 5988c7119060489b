// Package stats holds the statistics behind every number portalbench prints: histograms that merge exactly, intervals
// over replications, paired comparisons, sample-size rules and the test for a growing backlog.
//
// It knows nothing of clinics, portals or files, and keeps no state between calls. Where a test draws random numbers it
// draws the same ones every time.
//
// The one idea: what has not happened is an observation too. A thread that nobody answered is counted as not reached,
// stays in the denominator of every share, and makes a quantile infinite rather than flattering.
package stats
