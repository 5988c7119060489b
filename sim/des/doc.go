// Package des is the kernel of the simulation: a clock of whole milliseconds, an event queue, intrusive FIFO queues and
// keyed random draws. It knows nothing of clinics or portals.
//
// The one idea: nothing here depends on the order in which things are asked for. An event is a packed integer, so that
// ties fall the same way every time, and a random number is a function of its key and not of the draws before it.
package des
