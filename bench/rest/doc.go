// Package rest is where the adapter for HTTP portals described in YAML will stand: for each operation a request, the
// test of success and what to take from the answer. It is not written yet. It holds no code, and the command refuses a
// portal file. Until then a portal is reached by implementing bench.Portal in Go. The idea to keep in mind when reading
// it later: a description is data without loops and arithmetic, so that it can be reviewed; what needs more is an
// adapter in Go.
package rest
