package sim

import (
	"flag"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/portalbench/portalbench/sim/des"
)

var (
	referenceSeed  = flag.Uint64("reference.seed", 1, "seed of the random clinics; a failing test prints it")
	referenceCases = flag.Int("reference.cases", 80, "how many random clinics there are")
	referenceCase  = flag.Int("reference.case", -1, "hold it on the clinic of this number alone; a failing test prints it")
)

// drawn returns a random clinic.
func drawn(t testing.TB, seed uint64, number int) refWorld {
	s, err := cardiopulmonary()
	require.NoError(t, err)
	return drawWorld(newDice(seed, number), *s)
}

// both simulates a clinic with the engine in use and with the reference. Whether the engine is stopped on the way, and
// whether it keeps ops, must leave no trace.
func both(t testing.TB, w refWorld, seed uint64, wrong refMistake) (engine []Event, tally refSums, ref *reference) {
	p, err := NewPlan(w.scenario)
	require.NoError(t, err)
	a := Arm{Policy: w.policy, Portal: w.portal}.on(p)
	people := p.model.Draw(seed, w.replication, w.network, p.sizes[0])
	needs := coarse(people.Needs(w.replication, 0, p.end, nil), w.grain)
	c := newClinic(p, a, w.network, w.replication, people, needs, w.router, p.end)
	c.trace = &tracer{}
	if w.recorded {
		c.record = newRecorder(p, 0)
	}
	for at := w.step; at < p.end; at += w.step {
		c.Advance(at, nil)
	}
	c.Advance(p.end, nil)
	ref = newReference(p, a, w.network, w.replication, people, needs, w.router, wrong)
	ref.run()
	return c.trace.events, tallied(c.Close()), ref
}

// The engine tells the same story as the reference, event for event, and adds up to the same sums, of everything and of
// every part. The parts of each division make up everything.
func TestEngineAgreesWithReference(t *testing.T) {
	told, fates, sums := map[EventKind]int{}, map[Fate]int{}, refSums{}
	for i := range *referenceCases {
		if *referenceCase >= 0 && i != *referenceCase {
			continue
		}
		w := drawn(t, *referenceSeed, i)
		engine, tally, ref := both(t, w, *referenceSeed, refNone)
		again := fmt.Sprintf("-reference.seed=%d -reference.case=%d", *referenceSeed, i)
		if at := firstDifference(engine, ref.events); at >= 0 {
			t.Fatalf("%s: %s\n%s", again, neighbourhood(engine, ref.events, at), w)
		}
		require.Empty(t, differences(tally, ref.sums), "name: engine, reference; %s\n%s", again, w)
		require.Empty(t, tally.notWhole(), again)
		for _, e := range engine {
			told[e.Kind]++
			fates[e.Fate]++
		}
		for name, n := range tally {
			sums[name] += n
		}
	}
	if *referenceCase < 0 {
		requireCovered(t, told, fates, sums)
	}
}

// requireCovered refuses to have compared nothing: everything that can be told or summed up is in some clinic.
func requireCovered(t *testing.T, told map[EventKind]int, fates map[Fate]int, sums refSums) {
	for k := range numEventKinds {
		require.Positive(t, told[k], "no %v in any clinic", k)
	}
	for f := range numFates {
		require.Positive(t, fates[f], "no need is %v in any clinic", f)
	}
	var empty []string
	for name, n := range sums {
		nobody := strings.HasPrefix(name.what, "families") || strings.HasSuffix(name.what, " none")
		if n == 0 && name.part == "" && !nobody {
			empty = append(empty, name.what)
		}
	}
	slices.Sort(empty)
	require.Empty(t, empty, "sums to which no clinic adds")
}

// A rule that the reference gets wrong is found out: the comparison can fail. Some rules matter in few clinics, so that
// more of them are tried.
func TestReferenceFindsMistakes(t *testing.T) {
	for wrong := refNone + 1; wrong < numMistakes; wrong++ {
		t.Run(wrong.String(), func(t *testing.T) {
			for i := range 5 * *referenceCases {
				engine, tally, ref := both(t, drawn(t, *referenceSeed, i), *referenceSeed, wrong)
				if firstDifference(engine, ref.events) >= 0 || len(differences(tally, ref.sums)) > 0 {
					return
				}
			}
			t.Fatalf("-reference.seed=%d: no clinic told the engine from a wrong reference", *referenceSeed)
		})
	}
}

// firstDifference returns the number of the first event that is not the same, or -1.
func firstDifference(got, want []Event) int {
	for i := range max(len(got), len(want)) {
		if i >= len(got) || i >= len(want) || got[i] != want[i] {
			return i
		}
	}
	return -1
}

// neighbourhood shows what both tell about the first difference, and what came before it on the same thread.
func neighbourhood(engine, ref []Event, at int) string {
	var b strings.Builder
	fmt.Fprintf(&b, "event %d differs\n", at)
	for _, told := range []struct {
		by     string
		events []Event
	}{{"engine", engine}, {"reference", ref}} {
		fmt.Fprintf(&b, "%s:\n", told.by)
		for i := max(0, at-6); i < min(len(told.events), at+5); i++ {
			mark := "  "
			if i == at {
				mark = "> "
			}
			fmt.Fprintf(&b, "%s%s\n", mark, refLine(told.events[i]))
		}
		if at < len(told.events) && told.events[at].Thread != none {
			fmt.Fprintf(&b, "  before, on thread %d:\n", told.events[at].Thread)
			for _, e := range told.events[:at] {
				if e.Thread == told.events[at].Thread {
					fmt.Fprintf(&b, "    %s\n", refLine(e))
				}
			}
		}
	}
	return b.String()
}

// refLine writes an event on a line.
func refLine(e Event) string {
	what := e.Kind.String()
	if e.Kind == NeedFell {
		what += " " + e.Fate.String()
	}
	return fmt.Sprintf("day %d %-12v %-16s thread %d person %d staff %d inbox %d", e.At/des.Day,
		(e.At % des.Day).Duration(), what, e.Thread, e.Person, e.Staff, e.Inbox)
}

// String tells what is needed to see what kind of clinic it is.
func (w refWorld) String() string {
	s := w.scenario
	var staff []string
	for _, name := range slices.Sorted(maps.Keys(s.Staff)) {
		staff = append(staff, fmt.Sprintf("%s %+v", name, s.Staff[name]))
	}
	return fmt.Sprintf("horizon %+v\nhours %v\ndemand %+v\nthreads %+v\nhandling %+v\n%s\npolicy %+v\nrouter %+v\nportal %v",
		s.Horizon, s.Network.Hours, s.Demand, s.Threads, s.Handling, strings.Join(staff, "\n"), *w.policy, w.router, w.portal)
}

// differences lists the sums that are not the same.
func differences(engine, ref refSums) (list []string) {
	names := maps.Clone(engine)
	maps.Copy(names, ref)
	for name := range names {
		if engine[name] != ref[name] {
			list = append(list, fmt.Sprintf("%s %s: %d, %d", name.what, name.part, engine[name], ref[name]))
		}
	}
	slices.Sort(list)
	return list
}
