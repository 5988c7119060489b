package scenarios

// Language is the version of the scenario and policy language this program reads.
const Language = 1

// Scenario declares a clinic, its patients and what they write. All shares are between 0 and 1. In scenario files the
// comment at the end of a line is the parameter's source: one or more ids of the evidence table, or "assumed".
type Scenario struct {
	Name       string           `yaml:"scenario" json:"scenario" jsonschema:"required,pattern=^[a-z][a-z0-9-]*$" jsonschema_description:"name, in lower case with hyphens"`
	Language   int              `yaml:"language" json:"language" jsonschema:"required,enum=1" jsonschema_description:"version of the scenario language"`
	Extends    string           `yaml:"extends,omitempty" json:"extends,omitempty" jsonschema_description:"built-in scenario or file whose values hold where this one is silent"`
	Title      string           `yaml:"title" json:"title" jsonschema_description:"one sentence for readers"`
	Horizon    Horizon          `yaml:"horizon" json:"horizon"`
	Population Population       `yaml:"population" json:"population"`
	Network    Network          `yaml:"network" json:"network"`
	Demand     Demand           `yaml:"demand" json:"demand"`
	Threads    Threads          `yaml:"threads" json:"threads"`
	Handling   Handling         `yaml:"handling" json:"handling"`
	Staff      map[string]Staff `yaml:"staff" json:"staff" jsonschema_description:"groups of staff of one care network, by name"`
	Policies   []string         `yaml:"policies" json:"policies" jsonschema:"minItems=1" jsonschema_description:"built-in policies or policy files to compare; the first is the baseline"`
	Replay     Replay           `yaml:"replay" json:"replay"`
}

// Horizon says how long is simulated. Only threads begun in the observed days are counted; those of the cool-down
// keep the clinic busy while they are being answered.
type Horizon struct {
	Days         int `yaml:"days" json:"days" jsonschema:"minimum=1,maximum=3650" jsonschema_description:"days observed"`
	WarmUpDays   int `yaml:"warm_up_days" json:"warm_up_days" jsonschema:"minimum=0,maximum=365" jsonschema_description:"days before, not counted"`
	CoolDownDays int `yaml:"cool_down_days" json:"cool_down_days" jsonschema:"minimum=14,maximum=365" jsonschema_description:"days after, in which observed threads may still be answered; a thread is over when nobody has written for 7 days"`
}

// Population describes the people of all care networks together.
type Population struct {
	Patients     int        `yaml:"patients" json:"patients" jsonschema:"minimum=1,maximum=100000000" jsonschema_description:"patients of all care networks together"`
	PortalActive float64    `yaml:"portal_active" json:"portal_active" jsonschema:"minimum=0,maximum=1" jsonschema_description:"share of patients who use the portal"`
	Offered      float64    `yaml:"offered" json:"offered" jsonschema:"minimum=0,maximum=1" jsonschema_description:"share of the others who were offered portal access"`
	Registered   float64    `yaml:"registered" json:"registered" jsonschema:"minimum=0,maximum=1" jsonschema_description:"share of the offered others who registered and do not use it"`
	Strata       Strata     `yaml:"strata" json:"strata"`
	Adoption     Adoption   `yaml:"adoption" json:"adoption"`
	Conditions   Conditions `yaml:"conditions" json:"conditions"`
	Writing      Writing    `yaml:"writing" json:"writing"`
	Caregivers   Caregivers `yaml:"caregivers" json:"caregivers"`
	Technology   Technology `yaml:"technology" json:"technology"`
}

// Technology says whom the portal itself keeps from writing.
type Technology struct {
	BarrierUnder65  float64 `yaml:"barrier_under_65" json:"barrier_under_65" jsonschema:"minimum=0,maximum=1" jsonschema_description:"share of portal users under 65 to whom its technology is a barrier"`
	BarrierFrom65   float64 `yaml:"barrier_from_65" json:"barrier_from_65" jsonschema:"minimum=0,maximum=1" jsonschema_description:"share of portal users of 65 and over to whom its technology is a barrier"`
	FailedSends     float64 `yaml:"failed_sends" json:"failed_sends" jsonschema:"minimum=0,maximum=1" jsonschema_description:"share of the messages under a barrier that never reach the portal"`
	PhonesAfterward float64 `yaml:"phones_afterward" json:"phones_afterward" jsonschema:"minimum=0,maximum=1" jsonschema_description:"share of those whose sending failed who phone instead"`
}

// Strata are the shares of the adult population in each stratum.
type Strata struct {
	Women         float64 `yaml:"women" json:"women" jsonschema:"minimum=0,maximum=1"`
	Age50To64     float64 `yaml:"age_50_to_64" json:"age_50_to_64" jsonschema:"minimum=0,maximum=1" jsonschema_description:"share aged 50 to 64; those under 50 are what the three bands leave"`
	Age65To74     float64 `yaml:"age_65_to_74" json:"age_65_to_74" jsonschema:"minimum=0,maximum=1"`
	Age75AndOver  float64 `yaml:"age_75_and_over" json:"age_75_and_over" jsonschema:"minimum=0,maximum=1"`
	Black         float64 `yaml:"black" json:"black" jsonschema:"minimum=0,maximum=1"`
	Hispanic      float64 `yaml:"hispanic" json:"hispanic" jsonschema:"minimum=0,maximum=1"`
	Asian         float64 `yaml:"asian" json:"asian" jsonschema:"minimum=0,maximum=1"`
	LowIncome     float64 `yaml:"low_income" json:"low_income" jsonschema:"minimum=0,maximum=1" jsonschema_description:"household income under 60,000 USD a year"`
	HighSchool    float64 `yaml:"high_school" json:"high_school" jsonschema:"minimum=0,maximum=1" jsonschema_description:"high school or less"`
	OtherLanguage float64 `yaml:"other_language" json:"other_language" jsonschema:"minimum=0,maximum=1" jsonschema_description:"prefers a language other than English"`
}

// Adoption holds odds ratios of using the portal.
type Adoption struct {
	Women         float64 `yaml:"women" json:"women" jsonschema:"exclusiveMinimum=0,maximum=20"`
	Age70AndOver  float64 `yaml:"age_70_and_over" json:"age_70_and_over" jsonschema:"exclusiveMinimum=0,maximum=20"`
	Black         float64 `yaml:"black" json:"black" jsonschema:"exclusiveMinimum=0,maximum=20"`
	Hispanic      float64 `yaml:"hispanic" json:"hispanic" jsonschema:"exclusiveMinimum=0,maximum=20"`
	HighSchool    float64 `yaml:"high_school" json:"high_school" jsonschema:"exclusiveMinimum=0,maximum=20"`
	OtherLanguage float64 `yaml:"other_language" json:"other_language" jsonschema:"exclusiveMinimum=0,maximum=20"`
	LowIncome     float64 `yaml:"low_income" json:"low_income" jsonschema:"exclusiveMinimum=0,maximum=20"`
}

// Conditions are prevalences among adults; dementia's is among those of 65 and over.
type Conditions struct {
	Hypertension float64 `yaml:"hypertension" json:"hypertension" jsonschema:"minimum=0,maximum=1"`
	Diabetes     float64 `yaml:"diabetes" json:"diabetes" jsonschema:"minimum=0,maximum=1"`
	COPD         float64 `yaml:"copd" json:"copd" jsonschema:"minimum=0,maximum=1"`
	HeartFailure float64 `yaml:"heart_failure" json:"heart_failure" jsonschema:"minimum=0,maximum=1"`
	Coronary     float64 `yaml:"coronary" json:"coronary" jsonschema:"minimum=0,maximum=1"`
	Asthma       float64 `yaml:"asthma" json:"asthma" jsonschema:"minimum=0,maximum=1"`
	Depression   float64 `yaml:"depression" json:"depression" jsonschema:"minimum=0,maximum=1"`
	Dementia     float64 `yaml:"dementia" json:"dementia" jsonschema:"minimum=0,maximum=1" jsonschema_description:"among those aged 65 and over"`
}

// Of returns the prevalence of c.
func (c Conditions) Of(of Condition) float64 {
	return [numConditions]float64{c.Hypertension, c.Diabetes, c.COPD, c.HeartFailure, c.Coronary, c.Asthma,
		c.Depression, c.Dementia}[of]
}

// Writing says how often patients begin a thread.
type Writing struct {
	ThreadsPerPatientYear float64 `yaml:"threads_per_patient_year" json:"threads_per_patient_year" jsonschema:"minimum=0,maximum=100" jsonschema_description:"mean over all patients, those without portal included"`
	LogSD                 float64 `yaml:"log_sd" json:"log_sd" jsonschema:"minimum=0,maximum=3" jsonschema_description:"standard deviation of the logarithm of the individual rate, condition gradient included"`
	ConditionGradient     float64 `yaml:"condition_gradient" json:"condition_gradient" jsonschema:"minimum=1,maximum=5" jsonschema_description:"rate with two or more chronic conditions over the rate with one; one over none alike"`
	NeedsPerThread        float64 `yaml:"needs_per_thread" json:"needs_per_thread" jsonschema:"minimum=1,maximum=10" jsonschema_description:"needs felt for each thread that reaches the portal under physician-first; the others are held back, phoned, or kept for a visit"`
	GammaShape            float64 `yaml:"gamma_shape,omitempty" json:"gamma_shape,omitempty" jsonschema:"minimum=0,maximum=1000" jsonschema_description:"above 0: individual rates are gamma with this shape, in place of log-normal"`
}

// Caregivers says who writes in whose place.
type Caregivers struct {
	Dementia CaregiverGroup `yaml:"dementia" json:"dementia"`
	Others   CaregiverGroup `yaml:"others" json:"others"`
}

// CaregiverGroup describes the caregivers of one group of patients.
type CaregiverGroup struct {
	Present          float64 `yaml:"present" json:"present" jsonschema:"minimum=0,maximum=1" jsonschema_description:"share of patients with a caregiver who may write"`
	Writes           float64 `yaml:"writes" json:"writes" jsonschema:"minimum=0,maximum=1" jsonschema_description:"share of the group's threads written by a caregiver"`
	Registered       float64 `yaml:"registered" json:"registered" jsonschema:"minimum=0,maximum=1" jsonschema_description:"share of patients with a registered proxy; a part of present"`
	UsesPatientLogin float64 `yaml:"uses_patient_login" json:"uses_patient_login" jsonschema:"minimum=0,maximum=1" jsonschema_description:"share of caregivers' threads written on the patient's own login"`
}

// Network is the care network: everyone who shares staff.
type Network struct {
	Patients int    `yaml:"patients" json:"patients" jsonschema:"minimum=1,maximum=1000000" jsonschema_description:"patients of one care network, whose staff the scenario describes"`
	Hours    Window `yaml:"hours" json:"hours" jsonschema_description:"clinic hours: the clock for business hours and business days"`
	Holidays int    `yaml:"holidays_per_year" json:"holidays_per_year" jsonschema:"minimum=0,maximum=50" jsonschema_description:"weekdays of the year on which the clinic is closed, spread evenly"`
}

// Replay says which part of the week a load run replays, and how.
type Replay struct {
	At      WeekTime `yaml:"at" json:"at" jsonschema_description:"start of the window, such as mon-08:00"`
	Window  Duration `yaml:"window" json:"window" jsonschema_description:"length of the window in clinic time"`
	Rate    float64  `yaml:"rate_per_second" json:"rate_per_second" jsonschema:"exclusiveMinimum=0,maximum=100000" jsonschema_description:"contract operations per second of wall-clock time"`
	For     Duration `yaml:"for" json:"for" jsonschema_description:"length of the run on the wall clock, warm-up extra"`
	WarmUp  Duration `yaml:"warm_up" json:"warm_up" jsonschema_description:"wall-clock time before it, replayed and not counted"`
	History int      `yaml:"history_days,omitempty" json:"history_days,omitempty" jsonschema:"minimum=0,maximum=3650" jsonschema_description:"days of messages that portal seed puts into the mailboxes before a load"`
}
