// Package rest drives a patient portal that a YAML file describes: for each operation of the contract a list of requests,
// what must be true of their answers and what is taken from them, and how people sign in. docs/adapters.md has the grammar.
// The package does not speak any portal's language of its own; the profiles in it are files like a user's. The idea to keep
// in mind when reading it: a description is data without loops and arithmetic, so that it can be reviewed. It is compiled
// once, into actions, and what can be wrong with it is told then, with its place; afterwards an exchange carries actions out,
// one operation each. What needs more is an adapter in Go.
package rest
