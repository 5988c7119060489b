package results

import "slices"

// Format is the version of the JSON formats and of the run folder.
const Format = 1

// Simulate is what `portalbench simulate --format json` prints. Units are in the names.
type Simulate struct {
	Format                   int                 `json:"format"`
	Kind                     string              `json:"kind"` // simulate
	Scenario                 string              `json:"scenario"`
	Digest                   string              `json:"digest"` // of the scenario and policies as used
	Seed                     uint64              `json:"seed"`
	Replications             int                 `json:"replications"`
	Incomplete               bool                `json:"incomplete"` // interrupted: fewer replications than were asked for
	Patients                 int                 `json:"patients"`
	CareNetworks             int                 `json:"care_networks"`
	PatientsPerPhysicianFTE  Number              `json:"patients_per_physician_fte"`
	PatientsPerRNFTE         Number              `json:"patients_per_rn_fte"`
	HorizonDays              int                 `json:"horizon_days"`
	WarmUpDays               int                 `json:"warm_up_days"` // as used; with several sets the longest
	WarmUpBy                 string              `json:"warm_up_by"`   // scenario, or mser where the series asked for more
	Events                   int64               `json:"events"`
	CPUSeconds               Number              `json:"cpu_seconds"`
	WallSeconds              Number              `json:"wall_seconds"`
	Workers                  int                 `json:"workers"`
	PatientYearsPerCPUSecond Number              `json:"patient_years_per_cpu_second"`
	EventsPerCPUSecond       Number              `json:"events_per_cpu_second"`
	EventsPerPatientYear     Number              `json:"events_per_patient_year"`
	Assumed                  []string            `json:"assumed"` // paths of parameters without a published source
	Policies                 []PolicyResult      `json:"policies"`
	Differences              []Difference        `json:"differences"`
	Strata                   []StratumDifference `json:"strata"`      // between strata of patients, under each policy
	Primary                  []Quantity          `json:"primary"`     // whose differences are adjusted
	Comparisons              int                 `json:"comparisons"` // that they are adjusted for
	Precision                []Precision         `json:"precision"`   // what --precision came to, for every set
	Selection                []Selection         `json:"selection"`   // what --select came to, for every set
	Uncertainty              *Uncertainty        `json:"uncertainty"` // null unless asked for
	Targets                  []AnswerTarget      `json:"answer_targets"`
}

// AnswerTarget is by when threads should have had a first response or, within fixed hours, should have been read by a
// clinician.
type AnswerTarget struct {
	Urgency      string   `json:"actual_urgency"` // urgent or routine; empty: all threads
	BusinessDays int      `json:"business_days"`  // by the close of so many business days later; 0: within fixed hours
	LeastHours   Number   `json:"least_hours"`    // that it leaves, depending on when in the week a thread is sent
	MostHours    Number   `json:"most_hours"`     // in a week without holidays; for fixed hours both are the same
	Policies     []string `json:"policies"`       // that promise it; empty: what all of them are held against
}

// Equal reports whether two targets are the same.
func (t AnswerTarget) Equal(o AnswerTarget) bool {
	return t.Urgency == o.Urgency && t.BusinessDays == o.BusinessDays && t.LeastHours == o.LeastHours &&
		t.MostHours == o.MostHours && slices.Equal(t.Policies, o.Policies)
}

// PolicyResult holds the measures of one policy.
type PolicyResult struct {
	Name string            `json:"name"`
	Set  map[string]string `json:"set"` // overrides, by path

	Replications            int    `json:"replications"`
	WarmUpDays              int    `json:"warm_up_days"`
	WarmUpBy                string `json:"warm_up_by"`
	WarmUpAsked             *int   `json:"warm_up_mser_days"` // what the weekly series ask for; null when they do not tell
	PatientsPerPhysicianFTE Number `json:"patients_per_physician_fte"`
	PatientsPerRNFTE        Number `json:"patients_per_rn_fte"`
	ProtectedMinutes        Number `json:"protected_minutes_per_physician_day"` // paid inbox time that the policy adds to the scenario's

	Unstable *bool     `json:"unstable"` // the backlog grows: no steady-state numbers; null when too little was observed to tell
	Measures []Measure `json:"measures"`
}

// Grows reports whether the policy's backlog is known to grow.
func (p PolicyResult) Grows() bool { return p.Unstable != nil && *p.Unstable }

// Difference is a paired difference between a policy and the baseline: policy minus baseline, replication by
// replication, on the same draws.
type Difference struct {
	Policy   string            `json:"policy"`
	Set      map[string]string `json:"set,omitempty"` // overrides of both policies, by path, where a run sweeps them
	Baseline string            `json:"baseline"`
	// BaselineSet holds the overrides of the baseline where they are others: those of one policy's sweep, its first.
	BaselineSet map[string]string `json:"baseline_set,omitempty"`
	Measure     string            `json:"measure"`
	Where       Where             `json:"where"`
	Statistic   string            `json:"statistic"`
	Value       Number            `json:"value"`
	Low         Number            `json:"low"`
	High        Number            `json:"high"`
	Adjusted    bool              `json:"adjusted"` // whether the interval allows for the number of comparisons
}
