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
}

// Demand says when people write and what about.
type Demand struct {
	Week       Week           `yaml:"week" json:"week"`
	Categories CategoryShares `yaml:"categories" json:"categories"`
	Urgency    Urgency        `yaml:"urgency" json:"urgency"`
	Label      float64        `yaml:"label_accuracy" json:"label_accuracy" jsonschema:"minimum=0,maximum=1" jsonschema_description:"share of senders who pick the category that fits"`
	Specialist float64        `yaml:"to_specialist" json:"to_specialist" jsonschema:"minimum=0,maximum=1" jsonschema_description:"share of the clinical threads of patients with a cardiac or lung condition that go to their specialist"`
	Attachment float64        `yaml:"attachment" json:"attachment" jsonschema:"minimum=0,maximum=1" jsonschema_description:"share of threads that carry a file"`
}

// Week is the weekly rhythm of writing. The night's share is what office and evening leave.
type Week struct {
	Office   float64 `yaml:"office" json:"office" jsonschema:"minimum=0,maximum=1" jsonschema_description:"share written 08:00-17:00"`
	Evening  float64 `yaml:"evening" json:"evening" jsonschema:"minimum=0,maximum=1" jsonschema_description:"share written 17:00-23:00"`
	Weekdays float64 `yaml:"weekdays" json:"weekdays" jsonschema:"minimum=0,maximum=1" jsonschema_description:"share written Monday to Friday"`
}

// CategoryShares are weights: they need not add up to 1.
type CategoryShares struct {
	Renewal          float64 `yaml:"renewal" json:"renewal" jsonschema:"minimum=0"`
	Scheduling       float64 `yaml:"scheduling" json:"scheduling" jsonschema:"minimum=0"`
	Medication       float64 `yaml:"medication" json:"medication" jsonschema:"minimum=0"`
	Symptom          float64 `yaml:"symptom" json:"symptom" jsonschema:"minimum=0"`
	Result           float64 `yaml:"result" json:"result" jsonschema:"minimum=0"`
	Referral         float64 `yaml:"referral" json:"referral" jsonschema:"minimum=0"`
	Form             float64 `yaml:"form" json:"form" jsonschema:"minimum=0"`
	CareCoordination float64 `yaml:"care_coordination" json:"care_coordination" jsonschema:"minimum=0"`
	HomeReading      float64 `yaml:"home_reading" json:"home_reading" jsonschema:"minimum=0"`
	Thanks           float64 `yaml:"thanks" json:"thanks" jsonschema:"minimum=0"`
}

// Weights returns the weights in the order of the categories.
func (c CategoryShares) Weights() [NumCategories]float64 {
	return [NumCategories]float64{c.Renewal, c.Scheduling, c.Medication, c.Symptom, c.Result, c.Referral, c.Form,
		c.CareCoordination, c.HomeReading, c.Thanks}
}

// ClinicalShare returns which part of all threads is in a category that can carry an urgent concern.
func (c CategoryShares) ClinicalShare() float64 {
	clinical, all := 0.0, 0.0
	for i, w := range c.Weights() {
		all += w
		if Category(i).Clinical() {
			clinical += w
		}
	}
	return clinical / all
}

// Urgency separates what is urgent from what is worded so and from what the sender feels.
type Urgency struct {
	Actual         float64 `yaml:"actual" json:"actual" jsonschema:"minimum=0,maximum=1" jsonschema_description:"share of threads that are clinically urgent"`
	HighRisk       float64 `yaml:"high_risk" json:"high_risk" jsonschema:"minimum=0,maximum=1" jsonschema_description:"share of threads worded with high-risk symptoms"`
	WordedIfUrgent float64 `yaml:"worded_if_urgent" json:"worded_if_urgent" jsonschema:"minimum=0,maximum=1" jsonschema_description:"share of urgent threads worded with high-risk symptoms"`
	FeltIfUrgent   float64 `yaml:"felt_if_urgent" json:"felt_if_urgent" jsonschema:"minimum=0,maximum=1" jsonschema_description:"share of urgent threads that the sender feels to be urgent"`
	FeltOtherwise  float64 `yaml:"felt_otherwise" json:"felt_otherwise" jsonschema:"minimum=0,maximum=1" jsonschema_description:"share of the other threads that the sender feels to be urgent"`
}

// Threads says how conversations go on.
type Threads struct {
	FollowUp        float64  `yaml:"follow_up" json:"follow_up" jsonschema:"minimum=0,maximum=0.9" jsonschema_description:"chance that an answer is followed by another message of the patient"`
	NoReplyNeeded   float64  `yaml:"no_reply_needed" json:"no_reply_needed" jsonschema:"minimum=0,maximum=1" jsonschema_description:"share of follow-ups that staff read and close without a reply"`
	NotResolved     float64  `yaml:"not_resolved_by_messaging" json:"not_resolved_by_messaging" jsonschema:"minimum=0,maximum=1" jsonschema_description:"share of answered threads that end in a call or a visit"`
	NeedsPhysician  float64  `yaml:"needs_physician" json:"needs_physician" jsonschema:"minimum=0,maximum=1" jsonschema_description:"share of primary care threads whose content needs a physician"`
	NeedsSpecialist float64  `yaml:"needs_specialist" json:"needs_specialist" jsonschema:"minimum=0,maximum=1" jsonschema_description:"share of specialty threads whose content needs the specialist"`
	AnswerSeenAfter Duration `yaml:"answer_seen_after" json:"answer_seen_after" jsonschema_description:"median time until the patient sees an answer"`
	AnswerSeenLogSD float64  `yaml:"answer_seen_log_sd" json:"answer_seen_log_sd" jsonschema:"minimum=0,maximum=3"`
}

// Handling says how long staff work on one message. Times are log-normal.
type Handling struct {
	Minutes    RoleMinutes `yaml:"minutes" json:"minutes" jsonschema_description:"mean minutes a message, by role"`
	LogSD      float64     `yaml:"log_sd" json:"log_sd" jsonschema:"minimum=0,maximum=2"`
	ReadShare  float64     `yaml:"read_share" json:"read_share" jsonschema:"minimum=0,maximum=1" jsonschema_description:"part of the time that is reading; handing a message on takes no more than this"`
	InboxShare float64     `yaml:"inbox_share" json:"inbox_share" jsonschema:"minimum=0,maximum=1" jsonschema_description:"part of the time spent in the inbox, the rest in the chart"`
}

// RoleMinutes are mean minutes a message.
type RoleMinutes struct {
	Physician  float64 `yaml:"physician" json:"physician" jsonschema:"exclusiveMinimum=0,maximum=120"`
	Specialist float64 `yaml:"specialist" json:"specialist" jsonschema:"exclusiveMinimum=0,maximum=120"`
	APP        float64 `yaml:"app" json:"app" jsonschema:"exclusiveMinimum=0,maximum=120"`
	RN         float64 `yaml:"rn" json:"rn" jsonschema:"exclusiveMinimum=0,maximum=120"`
	MA         float64 `yaml:"ma" json:"ma" jsonschema:"exclusiveMinimum=0,maximum=120"`
	Pharmacist float64 `yaml:"pharmacist" json:"pharmacist" jsonschema:"exclusiveMinimum=0,maximum=120"`
	FrontDesk  float64 `yaml:"front_desk" json:"front_desk" jsonschema:"exclusiveMinimum=0,maximum=120"`
}

// Of returns the mean of role r.
func (m RoleMinutes) Of(r Role) float64 {
	return [numRoles]float64{0, m.Physician, m.Specialist, m.APP, m.RN, m.MA, m.Pharmacist, m.FrontDesk}[r]
}

// Staff is one group of staff of a care network: people of one role in one clinic.
type Staff struct {
	Role        string    `yaml:"role" json:"role" jsonschema:"enum=physician,enum=specialist,enum=app,enum=rn,enum=ma,enum=pharmacist,enum=front_desk"`
	Clinic      string    `yaml:"clinic" json:"clinic" jsonschema_description:"name of the clinic the group works in"`
	FTE         float64   `yaml:"fte" json:"fte" jsonschema:"exclusiveMinimum=0,maximum=10000" jsonschema_description:"full-time equivalents of the whole group"`
	People      int       `yaml:"people,omitempty" json:"people,omitempty" jsonschema:"minimum=0,maximum=10000" jsonschema_description:"how many people share the FTE; 0: as few as can"`
	Hours       []Window  `yaml:"hours" json:"hours" jsonschema:"minItems=1" jsonschema_description:"the scheduled span of a full-time week"`
	Inbox       []Window  `yaml:"inbox" json:"inbox" jsonschema:"minItems=1" jsonschema_description:"when the inbox is worked on a scheduled day; what hours remain is visits and other work"`
	OwnTime     []OwnTime `yaml:"own_time,omitempty" json:"own_time,omitempty" jsonschema_description:"inbox work outside the scheduled span"`
	StartSpread Duration  `yaml:"start_spread,omitempty" json:"start_spread,omitempty" jsonschema_description:"each inbox session takes place up to this much later than its window, evenly: patients run late"`
}

// OwnTime is a habit of working the inbox outside scheduled hours.
type OwnTime struct {
	Share float64 `yaml:"share" json:"share" jsonschema:"minimum=0,maximum=1" jsonschema_description:"share of the group's people who have the habit"`
	When  Window  `yaml:"when" json:"when"`
}

// Replay says which part of the week a load run replays, and how.
type Replay struct {
	At     WeekTime `yaml:"at" json:"at" jsonschema_description:"start of the window, such as mon-08:00"`
	Window Duration `yaml:"window" json:"window" jsonschema_description:"length of the window in clinic time"`
	Rate   float64  `yaml:"rate_per_second" json:"rate_per_second" jsonschema:"exclusiveMinimum=0,maximum=100000" jsonschema_description:"contract operations per second of wall-clock time"`
	For    Duration `yaml:"for" json:"for" jsonschema_description:"length of the run on the wall clock, warm-up extra"`
	WarmUp Duration `yaml:"warm_up" json:"warm_up" jsonschema_description:"wall-clock time before it, replayed and not counted"`
}
