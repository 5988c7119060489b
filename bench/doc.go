// Package bench replays the operations of a simulated clinic against a live patient portal, at the moments at which
// people would do them, and measures how the portal kept up.
//
// It is not a simulator and not a portal: the operations come from package sim, and portals are driven through the
// Portal interface, which adapters implement. It knows no portal's protocol.
//
// The one idea is that the schedule belongs to the people, not to the portal. A slow answer delays what the same person
// or the same thread needs next, and nothing else. Every operation has four moments:
//
//	intended   when the person meant to do it
//	ready      when the last answer it needs had come, or intended if that is later
//	sent       when this program began to send it
//	done       when the portal's last answer had arrived
//
// from which follow wait = ready - intended, lag = sent - ready (this program's own delay), service = done - sent, and
// the two that people feel: response = lag + service, and schedule = wait + response. Nothing is dropped silently: what
// is not sent is counted as capped or skipped, with the operation that was the root of it.
package bench
