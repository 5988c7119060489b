package results

import (
	"fmt"
	"math"
	"strconv"
)

// mailboxWithin is how much the mailboxes of two loads may differ at their beginning, as a share of the larger.
const mailboxWithin = .10

// trait is something in which runs must agree to be compared, with its value in two of them.
type trait struct{ name, a, b string }

// IncomparableLoads names every difference for which two loads are no basis for a comparison, with both values; none
// when there is no such difference. The portal's version, the seed and the machine's name may differ. Rates that were
// asked for are compared as asked: how many care networks they take depends on the seed.
func IncomparableLoads(a, b *Record) []string {
	x, y := a.Run.Load, b.Run.Load
	traits := append(ofPrograms(a.Run, b.Run),
		trait{"portal", x.Portal, y.Portal},
		trait{"policy", x.Policy, y.Policy},
		trait{"trace", x.Trace, y.Trace},
		trait{"start of the window", x.At, y.At},
		trait{"length in s", numeral(windowLength(x)), numeral(windowLength(y))},
		trait{"warm-up in s", numeral(x.WarmUpS), numeral(y.WarmUpS)},
		trait{"stages", x.Stages, y.Stages})
	if asked := !math.IsNaN(float64(x.AskedPerS)) || !math.IsNaN(float64(y.AskedPerS)); asked {
		traits = append(traits, trait{"rate asked for", numeral(x.AskedPerS), numeral(y.AskedPerS)})
	} else if x.Stages == "" && y.Stages == "" {
		traits = append(traits, trait{"speed", numeral(x.Speed), numeral(y.Speed)},
			trait{"care networks", strconv.Itoa(x.CareNetworks), strconv.Itoa(y.CareNetworks)})
	}
	return append(different(traits, a, b), otherMailboxes(a, b)...)
}

// windowLength is how long the window was meant to be: as measured, to the tenth of a second, as the moment at which the
// last operation ended is in it.
func windowLength(l *Load) Number { return Number(math.Round(float64(l.DurationS)*10) / 10) }

// IncomparableSimulations does the same for two simulations whose results should be equal. Their versions and
// architectures may differ: then equality is not asked for.
func IncomparableSimulations(a, b *Record) []string {
	traits := []trait{
		{"scenario", a.Run.Scenario, b.Run.Scenario},
		{"digest of scenario and policies", a.Run.Digest, b.Run.Digest},
		{"seed", strconv.FormatUint(a.Run.Seed, 10), strconv.FormatUint(b.Run.Seed, 10)},
	}
	x, y := a.Run.Simulate.Policies, b.Run.Simulate.Policies
	for i := range max(len(x), len(y)) {
		p, q := policyAt(x, i), policyAt(y, i)
		traits = append(traits, trait{fmt.Sprintf("policy %d", i+1), PolicyText(p.Name, p.Set), PolicyText(q.Name, q.Set)},
			trait{fmt.Sprintf("replications of policy %d", i+1), strconv.Itoa(p.Replications), strconv.Itoa(q.Replications)})
	}
	return different(traits, a, b)
}

func policyAt(list []PolicyResult, i int) PolicyResult {
	if i < len(list) {
		return list[i]
	}
	return PolicyResult{}
}

// ofPrograms are the traits of what was run, and by what.
func ofPrograms(a, b *Run) []trait {
	return []trait{
		{"version of portalbench", a.Version, b.Version},
		{"scenario", a.Scenario, b.Scenario},
		{"digest of scenario and policy", a.Digest, b.Digest},
		{"architecture", a.Machine.GOARCH, b.Machine.GOARCH},
	}
}

// different says in which of the traits two runs differ.
func different(traits []trait, a, b *Record) (lines []string) {
	for _, t := range traits {
		if t.a != t.b {
			lines = append(lines, fmt.Sprintf("%s: %s in %s, %s in %s", t.name, orNone(t.a), a.Dir, orNone(t.b), b.Dir))
		}
	}
	return lines
}

func orNone(text string) string {
	if text == "" {
		return "none"
	}
	return text
}

func numeral(n Number) string { return n.text() }

// otherMailboxes says in what the portals differed before the clock: in the threads that patients found in their lists,
// which is what earlier runs and portal seed left there, and in the messages that the run itself began with. Both vary by
// chance from seed to seed: a thread more or less in a list, and three standard deviations of Poisson counts, are no
// difference.
func otherMailboxes(a, b *Record) (lines []string) {
	x, y := float64(a.Run.Load.Mailbox.Start), float64(b.Run.Load.Mailbox.Start)
	if far(x, y, 3*math.Sqrt(x+y)) {
		lines = append(lines, different([]trait{{"messages before the clock", numeral(Number(x)), numeral(Number(y))}}, a, b)...)
	}
	if p, q := a.Run.Load.Preflight, b.Run.Load.Preflight; p != nil && q != nil {
		if x, y := float64(p.MailboxThreads), float64(q.MailboxThreads); far(x, y, 1) {
			lines = append(lines, different([]trait{{"threads in a patient's list", numeral(p.MailboxThreads), numeral(q.MailboxThreads)}}, a, b)...)
		}
	}
	return lines
}

// far reports whether two mailboxes differ by more than the share that they may, and by more than chance. Unknown ones do
// not.
func far(x, y, chance float64) bool {
	apart := math.Abs(x - y)
	return apart > mailboxWithin*max(x, y) && apart > chance
}

// LoadDoubts are what makes a comparison of two loads doubtful without ruling it out.
func LoadDoubts(a, b *Record) (lines []string) {
	m, n := a.Run.Machine, b.Run.Machine
	for _, line := range different([]trait{{"processor", m.CPU, n.CPU}, {"cores", strconv.Itoa(m.Cores), strconv.Itoa(n.Cores)},
		{"GOMAXPROCS", strconv.Itoa(m.GOMAXPROCS), strconv.Itoa(n.GOMAXPROCS)}}, a, b) {
		lines = append(lines, "the machines differ: "+line)
	}
	return lines
}
