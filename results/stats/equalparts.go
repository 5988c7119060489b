package stats

// EqualParts cuts the observations, in order of their size, into n parts of equal number and returns the mean of each:
// a distribution in few numbers, whose mean is that of the histogram, and whose tail is not cut off. An observation on
// a boundary counts in both parts, in proportion. What was not reached is left out; without observations, or with n
// below 1, there are no parts.
func (h *Histogram) EqualParts(n int) []float64 {
	all := h.counts.TotalCount()
	if all == 0 || n < 1 {
		return nil
	}
	parts := make([]float64, n)
	part, room, sum := 0, float64(all)/float64(n), 0.0
	for _, b := range h.counts.Distribution() {
		value, left := float64(min(b.To, h.largest)), float64(b.Count)
		sum += value * left
		for left > 0 {
			take := left
			if part < n-1 {
				take = min(left, room)
			}
			parts[part] += value * take
			left, room = left-take, room-take
			if part < n-1 && room <= 0 {
				part, room = part+1, float64(all)/float64(n)
			}
		}
	}
	exact := 1.0 // buckets give their upper ends
	if sum > 0 {
		exact = h.sum.float() / sum
	}
	for i := range parts {
		parts[i] *= exact * float64(n) / float64(all)
	}
	return parts
}
