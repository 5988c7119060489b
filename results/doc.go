// Package results holds what a run produced: measures of a simulation, latencies of a load, whether they can be
// trusted, and the folder in which they are kept.
//
// It does not simulate, load, or print: sim and bench fill these types, report shows them. The formats are described
// field by field in docs/format.md.
//
// The one idea: a number that is missing or was never reached is not zero. Number carries both, JSON shows both as
// null, and every verdict that would need them is inconclusive rather than passed.
package results
