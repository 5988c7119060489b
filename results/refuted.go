package results

// refuted reports whether a limit on errors is broken although the run is invalid: what the portal itself failed at is
// too much of what was offered, even if all that was not sent had gone well. A portal that answers 500 to everything has
// failed, and that people could not go on after it is no excuse. It says nothing when the generator was short of time,
// which could be why answers did not come, nor of what a limiter refused.
func (l *Load) refuted(expression string) bool {
	t, err := ParseThreshold(expression)
	all, _ := l.Op("all")
	if err != nil || t.Metric != "errors" || lagReason(all) != "" || l.cpuReason() != "" {
		return false
	}
	row, _ := l.Op(t.Op)
	var failed int64
	for _, o := range []Outcome{Partial, Denied, Invalid, NotFound, Timeout, Transport, Unknown} {
		failed += row.Outcomes[o.String()]
	}
	return t.status(float64(failed)/float64(row.Offered)) == Fail
}
