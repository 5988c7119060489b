package results

import (
	"encoding/json"
	"math"
	"strconv"
)

// Measure is one number a simulation produced, with what it is about.
type Measure struct {
	Name       string `json:"measure"`   // as in docs/format.md; the unit is in the name
	Where      Where  `json:"where"`     // the part it is about, such as actual_urgency=urgent
	Statistic  string `json:"statistic"` // mean, median, p90, p95, share, count or cv
	Value      Number `json:"value"`
	Low        Number `json:"low"`  // 95% interval over replications: simulation error only
	High       Number `json:"high"` // not a number when there is a single replication
	N          int64  `json:"n"`    // threads, or staff days, behind the value, all replications together
	NotReached int64  `json:"not_reached"`
}

// Where names a part of the threads or staff by its traits, such as actual_urgency=urgent. Empty is the whole.
type Where map[string]string

// MarshalJSON writes the whole as {}.
func (w Where) MarshalJSON() ([]byte, error) {
	if w == nil {
		return []byte("{}"), nil
	}
	return json.Marshal(map[string]string(w))
}

// UnmarshalJSON reads {} as the whole, nil.
func (w *Where) UnmarshalJSON(b []byte) error {
	var m map[string]string
	err := json.Unmarshal(b, &m)
	if *w = m; len(m) == 0 {
		*w = nil
	}
	return err
}

// Number is a value that may be missing (NaN) or never reached (+Inf). In JSON both are null.
type Number float64

// MarshalJSON writes null for a value that is missing or never reached.
func (n Number) MarshalJSON() ([]byte, error) {
	if math.IsNaN(float64(n)) || math.IsInf(float64(n), 0) {
		return []byte("null"), nil
	}
	return strconv.AppendFloat(nil, float64(n), 'g', 10, 64), nil
}

// UnmarshalJSON reads null as a missing value.
func (n *Number) UnmarshalJSON(b []byte) error {
	if string(b) == "null" {
		*n = Number(math.NaN())
		return nil
	}
	return json.Unmarshal(b, (*float64)(n))
}
