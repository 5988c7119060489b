package generators

import (
	"encoding/binary"
	"math"

	"github.com/portalbench/portalbench/scenarios"
	"github.com/portalbench/portalbench/sim/des"
)

// measurement describes what is measured at home. Values follow a normal distribution cut at low and high; with
// high-risk wording they are uniform between alarmLow and alarmHigh, which are low and high where no single value is
// alarming. All of it is assumed.
type measurement struct {
	code, unit          string // LOINC and UCUM
	mean, sd            float64
	low, high           float64
	alarmLow, alarmHigh float64
	perUnit             float64 // steps of the device's display
}

var (
	bloodPressure = measurement{"8480-6", "mm[Hg]", 136, 13, 92, 178, 184, 218, 1} // systolic
	bodyWeight    = measurement{"29463-7", "kg", 82, 14, 44, 140, 44, 140, 10}
	saturation    = measurement{"59408-5", "%", 93, 2, 88, 99, 78, 87, 1}
	glucose       = measurement{"2339-0", "mg/dL", 152, 38, 70, 290, 320, 520, 1}
	peakFlow      = measurement{"33452-4", "L/min", 380, 70, 200, 620, 90, 180, 1}
)

// HomeReading returns a measurement that goes with a message: a LOINC code, a value and its UCUM unit. The condition
// says what is measured (blood pressure where there is none), high-risk wording shifts it out of the usual range.
func HomeReading(w Wording, k des.Key) (code string, value float64, unit string) {
	m := measuredFor(w)
	v := min(max(m.mean+m.sd*normal(k), m.low), m.high)
	if w.HighRisk {
		v = m.alarmLow + (m.alarmHigh-m.alarmLow)*k.Sub(0).Float()
	}
	return m.code, math.Round(v*m.perUnit) / m.perUnit, m.unit
}

func measuredFor(w Wording) measurement {
	if !w.HasCondition {
		return bloodPressure
	}
	switch w.Condition {
	case scenarios.Diabetes:
		return glucose
	case scenarios.COPD:
		return saturation
	case scenarios.Asthma:
		return peakFlow
	case scenarios.HeartFailure, scenarios.Depression, scenarios.Dementia:
		return bodyWeight
	}
	return bloodPressure
}

// File returns n bytes that a portal takes for a small PDF file: its header, content that does not compress, as
// photographs and scans do not, and its trailer. A file too small for both is a cut header. It depends on k and n.
func File(k des.Key, n int) []byte {
	const head, tail = "%PDF-1.4\n%\xe2\xe3\xcf\xd3\n", "\n%%EOF\n"
	b := make([]byte, max(n, 0), max(n, 0)+8) // the last eight bytes written may reach past n
	for i := copy(b, head); i < len(b); i += 8 {
		binary.LittleEndian.PutUint64(b[i : i+8 : cap(b)][:8], k.Sub(uint64(i)).Bits())
	}
	if len(b) >= len(head)+len(tail) {
		copy(b[len(b)-len(tail):], tail)
	}
	return b
}
