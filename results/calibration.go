package results

// Calibrated is what a gate of pairs could see of one metric on the machine that it ran on, from pairs of the same
// portal against itself.
type Calibrated struct {
	Metric      string `json:"metric"`
	Pairs       int    `json:"pairs"`
	Noise       Number `json:"noise"`        // standard deviation of log(candidate/base); null for fewer than two pairs
	FalseAlarms Number `json:"false_alarms"` // share of gates that would fail with nothing to find, by drawing the pairs anew
	Passes      Number `json:"passes"`       // share of gates that would pass then; the others are inconclusive
	Smallest    Number `json:"smallest"`     // effect, as a share of base, that four of five gates would see
}

// Calibrate returns what the pairs tell of every metric. draw returns a random number from 0 to n-1.
func (p *Pairs) Calibrate(draw func(n int) int) []Calibrated {
	var all []Calibrated
	for _, m := range p.Metrics {
		d := p.Logs(m)
		n := p.Rule().Noise(d, seenPower, draw)
		all = append(all, Calibrated{m.Name, len(present(d)), Number(n.SD), Number(n.FalseAlarms), Number(n.Passes), Number(n.Smallest)})
	}
	return all
}
