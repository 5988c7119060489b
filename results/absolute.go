package results

import (
	"fmt"
	"math"
	"strings"
)

// Gates puts thresholds to the loads of the pool, a gate each, and one more to their ledger where it was checked. The
// verdicts are those that the load itself comes to with the same thresholds: the measured value decides, and in an
// invalid run only what no better one could have kept has failed. The interval is there to be read: where the limit
// lies within it, another run could come out otherwise, and warnings say so. It does not decide, for a portal a little
// too slow would then be inconclusive for ever, which is green.
func (p *Pool) Gates(thresholds []ParsedThreshold) (gates []Gate, warnings []string) {
	judged := *p.Load
	judged.Why = append([]string{}, p.Load.Why...)
	judged.Check(thresholds)
	for i, t := range thresholds {
		g := p.gate(t, &judged, judged.Thresholds[i])
		gates = append(gates, g)
		if g.Status != NoData && g.straddles() {
			warnings = append(warnings, fmt.Sprintf("%s: the limit lies within the 95%% interval of what was measured: another run could come out otherwise; a longer one, or several, tell more", g.Name))
		}
	}
	if g := judged.Ledger; g != nil && g.Checked > 0 {
		gates = append(gates, p.ledgerGate(&judged))
	}
	return gates, warnings
}

// straddles reports whether the limit lies within the interval.
func (g *Gate) straddles() bool { return g.Low < g.Limit && g.Limit < g.High }

// gate is the row of one threshold, as the load is judged.
func (p *Pool) gate(t ParsedThreshold, judged *Load, of Threshold) Gate {
	low, high := p.interval(t)
	row, _ := judged.Op(t.Op)
	g := Gate{Kind: GateAbsolute, Name: t.Expression, Unit: t.unit(), Base: Number(math.NaN()), Value: of.Value, Low: Number(low),
		High: Number(high), Limit: Number(t.Limit), P: Number(math.NaN()), Samples: t.samples(row), Smallest: Number(math.NaN())}
	g.Status, g.Why = p.verdict(t, judged, of, row)
	return g
}

// verdict gives the status of a threshold, and why.
func (p *Pool) verdict(t ParsedThreshold, judged *Load, of Threshold, row OpResult) (status, why string) {
	switch {
	case p.Interrupted:
		return NoData, "the run was interrupted: " + strings.Join(append([]string{"it is incomplete"}, judged.Why...), "; ")
	case of.Status == Fail && len(judged.Why) > 0:
		return Fail, t.exceeded(of) + ". The run is invalid (" + strings.Join(judged.Why, "; ") + "), but no better one could have kept this limit"
	case of.Status == Fail:
		return Fail, t.exceeded(of)
	case of.Status == Pass:
		return Pass, "the limit is kept"
	case row.Offered == 0:
		return NoData, t.Op + " was not measured: nobody did it in this run" + invalidToo(judged)
	case len(judged.Why) > 0:
		return NoData, "the run is invalid: " + strings.Join(judged.Why, "; ")
	}
	return NoData, fmt.Sprintf("%s has no %s: none of its %d operations was answered ok", t.Op, t.Metric, row.Offered)
}

func invalidToo(l *Load) string {
	if len(l.Why) == 0 {
		return ""
	}
	return "; and the run is invalid: " + strings.Join(l.Why, "; ")
}

// exceeded says by what a limit is broken.
func (t ParsedThreshold) exceeded(of Threshold) string {
	v := float64(of.Value)
	if math.IsInf(v, 1) {
		return fmt.Sprintf("more operations than %s leaves out were never answered", t.Statistic)
	}
	if t.Metric == "errors" {
		return fmt.Sprintf("%s were not answered ok, and %s may be", percent(v), percent(t.Limit))
	}
	return fmt.Sprintf("%s ms were measured, and the limit is %s ms", brief(v), brief(t.Limit))
}

// ledgerGate is whether the portal kept the messages that it had acknowledged.
func (p *Pool) ledgerGate(judged *Load) Gate {
	l, none := judged.Ledger, Number(math.NaN())
	g := Gate{Kind: GateAbsolute, Name: "ledger", Unit: "messages", Base: none, Value: Number(l.Broken()), Low: none, High: none,
		P: none, Samples: l.Checked, Smallest: none, Status: Pass, Why: "every acknowledged message was found as it must be"}
	switch {
	case p.Interrupted:
		g.Status, g.Why = NoData, "the run was interrupted"
	case l.Broken() > 0:
		g.Status, g.Why = Fail, fmt.Sprintf("the portal lost %d, duplicated %d, misplaced %d and leaked %d of %d acknowledged messages", l.Lost, l.Duplicated, l.OutOfOrder, l.Leaks(), l.Checked)
	case len(judged.Why) > 0:
		g.Status, g.Why = NoData, "the run is invalid: "+strings.Join(judged.Why, "; ")
	case l.Unread > 0:
		g.Status, g.Why = NoData, fmt.Sprintf("%d acknowledged messages could not be looked for, because their threads could not be read", l.Unread)
	}
	return g
}
