package verify

// controls are numbers of a run whose means are 0 by the balance of what comes and what goes, whatever the state a run
// happens to be in. What they are tells how busy a run was by chance, and takes that out of its metrics.
type controls func(j *journal) [numControls]float64

const numControls = 2

// drifts are how fast the number n in an M/M/c queue and its square are expected to grow, per unit of time:
//
//	lambda - min(n, c)
//	lambda ((n+1)^2 - n^2) + min(n, c) ((n-1)^2 - n^2) = lambda (2n + 1) - min(n, c) (2n - 1)
//
// In the steady state the means of both are 0.
func (q *queue) drifts(n int64) [numControls]float64 {
	busy, twice := float64(min(n, int64(q.servers))), float64(2*n)
	return [numControls]float64{q.rate - busy, q.rate*(twice+1) - busy*(twice-1)}
}

// markovian are the time averages of the drifts.
func markovian(j *journal) (mean [numControls]float64) {
	for i, d := range j.drifts {
		mean[i] = d / float64(j.to-j.from)
	}
	return mean
}

// pasta compares, in a single-server queue, what arrivals find with what there is at any time, which is the same for
// Poisson arrivals. An arrival finds as much work as it waits, w. Over time, a piece of work of length s is there in
// full for w and is then worn down, and the integrals of the work there is and of its square over the time of one are
//
//	w s + s^2/2    and    ((w+s)^3 - w^3) / 3 = w^2 s + w s^2 + s^3/3.
func pasta(j *journal) (off [numControls]float64) {
	all := j.units(j.to - j.from)
	for i := range j.stays {
		w := j.units(j.stays[i].waited)
		s := j.units(j.stays[i].in) - w
		off[0] -= (w*s + s*s/2) / all
		off[1] -= (w*w*s + w*s*s + s*s*s/3) / all
	}
	off[0] += j.mean(func(s *stay) float64 { return j.units(s.waited) })
	off[1] += j.mean(func(s *stay) float64 { return j.units(s.waited) * j.units(s.waited) })
	return off
}
