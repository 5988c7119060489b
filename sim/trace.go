package sim

import (
	"github.com/portalbench/portalbench/generators"
	"github.com/portalbench/portalbench/results"
	"github.com/portalbench/portalbench/scenarios"
	"github.com/portalbench/portalbench/sim/des"
)

// EventKind is what happens in an Event.
type EventKind uint8

// The kinds of events: of needs, of threads, and of staff.
const (
	NeedFell         EventKind = iota // a need fell due; Fate says what became of it
	Sent                              // a thread began; Inbox is where it went
	Opened                            // Staff opened a thread
	Replied                           // Staff answered
	Called                            // Staff answered by telephone
	Closed                            // Staff read it and closed it without a reply
	HandedOn                          // Staff passed it on to Inbox
	PutAside                          // Staff will answer in a later session
	Asked                             // Staff asked the colleague whose inbox is Inbox
	Advised                           // Staff told the asker, whose inbox is Inbox
	Moved                             // it went to Inbox: cover or escalation
	Seen                              // the family saw the answer
	FollowedUp                        // the family wrote again after an answer
	Nudged                            // the family wrote again without one
	Left                              // the family phoned instead of waiting
	TakenToEmergency                  // the family went to the emergency department instead of waiting
	Over                              // nothing has happened for a week, or the family has left
	SessionBegan                      // Staff turned to the inbox
	ItemTaken                         // Staff took up an item of background work
	numEventKinds
)

// String returns the kind's name in exports.
func (k EventKind) String() string {
	return [numEventKinds]string{"need", "sent", "opened", "replied", "called", "closed", "handed_on", "put_aside", "asked",
		"advised", "moved", "seen", "followed_up", "nudged", "left", "taken_to_emergency", "over", "session_began", "item_taken"}[k]
}

// Event is something that happened in a clinic, as exports and checks see it.
type Event struct {
	At      des.Time
	Kind    EventKind
	Fate    Fate // of a need
	Network int32
	Thread  int32 // number within the network, or -1
	Person  int32 // patient it is about, or -1
	Staff   int32 // who did it, as an index in the roster, or -1
	Inbox   int32 // where the thread waits or goes, or -1: below the number of staff, theirs; above, a pool
	Key     des.Key

	// Of needs and threads.
	Category     scenarios.Category
	Urgent, Felt bool // actually, and as the sender sees it
	Classified   bool // as urgent, by the policy: of threads
}

// tracer keeps events.
type tracer struct{ events []Event }

func (tr *tracer) need(c *Clinic, person int32, n *generators.Content, f Fate) {
	tr.events = append(tr.events, Event{At: c.now, Kind: NeedFell, Fate: f, Network: c.network, Thread: none, Person: person,
		Staff: none, Inbox: none, Key: n.Key, Category: n.Category, Urgent: n.Urgent, Felt: n.Felt})
}

func (tr *tracer) thread(c *Clinic, kind EventKind, t *thread, staff, inbox int32) {
	tr.events = append(tr.events, Event{At: c.now, Kind: kind, Network: c.network, Thread: t.number, Person: t.person,
		Staff: staff, Inbox: inbox, Key: t.content.Key, Category: t.content.Category, Urgent: t.content.Urgent, Felt: t.content.Felt,
		Classified: t.urgent})
}

func (tr *tracer) staff(c *Clinic, kind EventKind, s int) {
	tr.events = append(tr.events, Event{At: c.now, Kind: kind, Network: c.network, Thread: none, Person: none, Staff: int32(s),
		Inbox: none})
}

// Watch simulates one care network of a plan and calls see with everything that happens, in order. The Event is valid
// during the call only. needs are those that fall due by themselves, in order of time; nil means those of the network's
// people. It returns the measures of the network.
func Watch(p *Plan, a Arm, seed uint64, replication, network int, needs []generators.Need, see func(*Event)) []results.Measure {
	people := p.model.Draw(seed, replication, network, p.sizes[network])
	if needs == nil {
		needs = people.Needs(replication, 0, p.end, nil)
	}
	c := watched(p, a, network, replication, people, needs)
	for day := des.Day; ; day += des.Day {
		c.show(min(day, p.end), see)
		if day >= p.end {
			return c.Close().Measures(p)
		}
	}
}

// Roster lists the staff of a care network; Events name them by their index.
func (p *Plan) Roster() []generators.Member { return p.roster }

// Pools returns the roles that work from each pool under an arm; Events number pools from the number of staff on.
func (p *Plan) Pools(a Arm) [][]scenarios.Role { return newArm(p, a.Policy).pools }
