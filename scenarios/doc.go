// Package scenarios is the language in which clinics and triage policies are declared: the types, a strict YAML loader,
// a library of built-in scenarios and policies, and the evidence behind every default.
//
// It is not the simulation: nothing here draws a random number or knows how a message travels. It only says which
// clinic and which policy are meant, and refuses what it does not understand.
//
// The one idea needed to read it: a file becomes a tree of nodes that remember where they were written and what the
// comment beside them says. Extending another file and setting a value on the command line are operations on trees.
// Only the finished tree is decoded into the types, so every error can point at the line that caused it and every
// value can name its source.
package scenarios
