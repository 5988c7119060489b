//go:build race

package verify

// underRace is whether the race detector is on, under which everything takes many times as long.
const underRace = true
