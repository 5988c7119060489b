package results

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"math"
	"slices"

	"github.com/portalbench/portalbench/results/stats"
)

// Pool is a load, or several that are judged as one: their histograms merged and their counts summed. Its thresholds
// are not judged yet.
type Pool struct {
	Load        *Load // Why says of each run what makes it invalid
	Interrupted bool  // some run was, without a rule that stopped it: nothing can be said of it at all
	latencies   map[string]*stats.Histogram
}

// PoolLoads puts the loads of records together, which all must hold one. Several need their histograms. Reasons for
// invalid that are only about too few samples for the thresholds of the time are left out: other limits need others.
func PoolLoads(records []*Record) (*Pool, error) {
	p := &Pool{}
	for _, r := range records {
		latencies, err := r.latencies()
		if err != nil {
			return nil, err
		}
		l := r.Run.Load
		p.Interrupted = p.Interrupted || (l.Incomplete || r.Run.Incomplete) && l.Stopped == ""
		why := l.standing()
		if len(records) > 1 {
			for i := range why {
				why[i] = r.Dir + ": " + why[i]
			}
		}
		if p.Load == nil {
			first := *l
			p.Load, p.latencies = &first, latencies
			p.Load.Why = why
			continue
		}
		if latencies == nil || p.latencies == nil {
			return nil, fmt.Errorf("merging %s: a run has no %s: judge each of the runs alone", r.Dir, histogramsName)
		}
		if err := p.add(l, latencies); err != nil {
			return nil, fmt.Errorf("merging %s: %w", r.Dir, err)
		}
		p.Load.Why = append(p.Load.Why, why...)
	}
	if len(p.Load.Why) > 0 {
		p.Load.Validity = RunInvalid
	} else {
		p.Load.Validity = RunValid
	}
	p.Load.Thresholds = nil
	return p, nil
}

// standing returns why a load is invalid whatever its limits are.
func (l *Load) standing() []string {
	own := l.tooFewSamples()
	why := slices.DeleteFunc(slices.Clone(l.Why), func(reason string) bool { return slices.Contains(own, reason) })
	if l.Validity != RunValid && len(l.Why) == 0 {
		why = append(why, "the run says so and does not say why")
	}
	const nothing = "nothing was sent"
	if all, _ := l.Op("all"); all.Sent == 0 && !slices.Contains(why, nothing) {
		why = append(why, nothing)
	}
	return why
}

// latencies returns the histograms of the load by tag; nil when the folder has none.
func (r *Record) latencies() (map[string]*stats.Histogram, error) {
	groups := r.Histograms
	if groups == nil {
		var err error
		if groups, err = ReadHistograms(r.Dir); errors.Is(err, fs.ErrNotExist) {
			return nil, nil
		} else if err != nil {
			return nil, err
		}
	}
	for _, g := range groups {
		if g.Unit == "us" {
			return g.Of, nil
		}
	}
	return map[string]*stats.Histogram{}, nil // a load in which nobody answered
}

// add merges another load into the first.
func (p *Pool) add(l *Load, latencies map[string]*stats.Histogram) error {
	merged := maps.Clone(p.latencies)
	for _, tag := range slices.Sorted(maps.Keys(latencies)) {
		h, seen := latencies[tag], merged[tag]
		switch {
		case seen == nil:
			merged[tag] = h
		case !seen.SameShape(h):
			return fmt.Errorf("its %s has another range or precision: judge each of the runs alone", tag)
		default:
			merged[tag] = seen.Merged(h)
		}
	}
	p.latencies = merged
	p.Load.Ops = slices.Clone(p.Load.Ops)
	for _, row := range l.Ops {
		i := slices.IndexFunc(p.Load.Ops, func(o OpResult) bool { return o.Op == row.Op })
		if i < 0 {
			p.Load.Ops = append(p.Load.Ops, row)
			continue
		}
		p.Load.Ops[i] = p.Load.Ops[i].plus(row)
	}
	for i := range p.Load.Ops {
		p.summarize(&p.Load.Ops[i])
	}
	p.Load.Generator.CPUShare = max(p.Load.Generator.CPUShare, l.Generator.CPUShare) // NaN where either is
	p.Load.Ledger = p.Load.Ledger.plus(l.Ledger)
	return nil
}

// plus sums the counts of two rows; their latencies are summed up from the histograms.
func (r OpResult) plus(o OpResult) OpResult {
	sum := OpResult{Op: r.Op, Offered: r.Offered + o.Offered, Sent: r.Sent + o.Sent, Late: r.Late + o.Late,
		Requests: r.Requests + o.Requests, Outcomes: map[string]int64{}, BytesIn: r.BytesIn + o.BytesIn, BytesOut: r.BytesOut + o.BytesOut}
	for _, outcomes := range []map[string]int64{r.Outcomes, o.Outcomes} {
		for name, n := range outcomes {
			sum.Outcomes[name] += n
		}
	}
	return sum
}

func (p *Pool) summarize(r *OpResult) {
	un := r.Unanswered()
	of := func(metric string, unanswered int64) Latency {
		return NewLatency(p.latencies[r.Op+"."+metric], unanswered)
	}
	r.ResponseMS, r.ServiceMS, r.ScheduleMS = of("response", un), of("service", un), of("schedule", un)
	r.LagMS, r.WaitMS, r.FailedMS = of("lag", 0), of("wait", 0), of("failed", 0)
}

// plus sums two ledgers; one that was not checked adds nothing.
func (g *Ledger) plus(o *Ledger) *Ledger {
	if g == nil || o == nil {
		if g == nil {
			return o
		}
		return g
	}
	sum := &Ledger{Checked: g.Checked + o.Checked, Found: g.Found + o.Found, Lost: g.Lost + o.Lost, Duplicated: g.Duplicated + o.Duplicated,
		OutOfOrder: g.OutOfOrder + o.OutOfOrder, Unread: g.Unread + o.Unread, Late: g.Late + o.Late, LateS: max(g.LateS, o.LateS)}
	if g.Leaked != nil && o.Leaked != nil {
		leaked := *g.Leaked + *o.Leaked
		sum.Leaked = &leaked
	} else if g.Leaks()+o.Leaks() > 0 {
		leaked := g.Leaks() + o.Leaks()
		sum.Leaked = &leaked
	}
	return sum
}

// interval returns the 95% interval of what t limits: of percentiles from order statistics, of shares of errors
// Clopper and Pearson's, and none of means and greatest values.
func (p *Pool) interval(t ParsedThreshold) (low, high float64) {
	row, _ := p.Load.Op(t.Op)
	if t.Metric == "errors" {
		i := stats.ShareInterval(row.Offered-row.Outcomes[OK.String()], row.Offered, confidence)
		return i.Low, i.High
	}
	h := p.latencies[t.Op+"."+t.Metric]
	if h == nil || t.quantile() == 0 {
		return math.NaN(), math.NaN()
	}
	if un := row.Unanswered(); un > 0 && t.ofAnswers() {
		h = h.Merged(stats.NewHistogram(h.Shape()))
		h.NotReached(un)
	}
	i := h.QuantileInterval(t.quantile(), confidence)
	return i.Low / 1000, i.High / 1000
}
