package verify

import (
	_ "embed"
	"encoding/json"
	"fmt"
)

// The exact values, each computed in two independent ways.
//
//go:embed queueing-cases.json
var queueingCases []byte

// Case is one number that is known exactly and can be simulated. Cases of the same name are metrics of the same runs.
type Case struct {
	Name     string  `json:"name"`
	Model    string  `json:"model"`
	Metric   string  `json:"metric"`
	Expected float64 `json:"expected"`
	Formula  string  `json:"source_formula"`
	Inputs   inputs  `json:"inputs"`
}

// inputs are the parameters of a case. Rates are per unit of time of the case, times in these units.
type inputs struct {
	Arrivals      numbers      `json:"lam"`
	Service       numbers      `json:"mu"`
	Servers       int          `json:"c"`
	T             float64      `json:"t"`
	P             float64      `json:"p"`
	Shape         float64      `json:"shape"`
	Mean          float64      `json:"mean"`
	SigmaLog      float64      `json:"sigma_log"`
	Vacation      string       `json:"vacation"` // "exp mean 4"
	FailRate      float64      `json:"fail_rate"`
	RepairRate    float64      `json:"repair_rate"`
	Theta         float64      `json:"theta"`
	Feedback      float64      `json:"p_feedback"`
	WeekdayRates  [][3]float64 `json:"weekday_rates"` // from, to, per hour
	WeekendFactor float64      `json:"weekend_factor"`
	Sinusoid      string       `json:"rate"` // "4(1+0.8 sin(2 pi t/24)) per hour"
	Hour          int          `json:"t_mod_24"`
	FirstArrival  string       `json:"first_arrival"` // "15:00"
	Every         int          `json:"interarrival_min"`
	Count         int          `json:"count"`
	ServiceMin    float64      `json:"service_min"`
}

// numbers is a number for each class of customers.
type numbers []float64

// UnmarshalJSON reads a list, or a number for the only class.
func (n *numbers) UnmarshalJSON(b []byte) error {
	if len(b) > 0 && b[0] == '[' {
		return json.Unmarshal(b, (*[]float64)(n))
	}
	*n = numbers{0}
	return json.Unmarshal(b, &(*n)[0])
}

func (n numbers) sum() (sum float64) {
	for _, x := range n {
		sum += x
	}
	return sum
}

// Cases returns all of them, in the order of the file, where those of one name follow each other.
func Cases() []Case {
	var file struct{ Cases []Case }
	if err := json.Unmarshal(queueingCases, &file); err != nil {
		panic(fmt.Sprintf("verify: the embedded cases cannot be read: %v", err))
	}
	return file.Cases
}
