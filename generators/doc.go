// Package generators makes the people of a care network, decides when they need something, and writes the texts, home
// readings and files that go with it.
//
// It is not the clinic: what becomes of a need, who answers and when, is decided in package sim. And it is not a model
// of language: texts are composed of sentences with slots, so that portals have something plausible to store.
//
// The one idea needed to read it: everything is a function of a des.Key. Nothing is drawn from a stream and nothing is
// kept, so people, needs and texts come out the same in any order and on any goroutine.
package generators
