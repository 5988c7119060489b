package scenarios

// Demand says when people need something of the clinic, what about, and whether they write.
type Demand struct {
	Week           Week           `yaml:"week" json:"week"`
	Categories     CategoryShares `yaml:"categories" json:"categories"`
	Urgency        Urgency        `yaml:"urgency" json:"urgency"`
	Triggers       Triggers       `yaml:"triggers" json:"triggers"`
	Channel        Channel        `yaml:"channel" json:"channel"`
	HoldingBack    HoldingBack    `yaml:"holding_back" json:"holding_back"`
	Addressing     Addressing     `yaml:"addressing" json:"addressing"`
	Responsiveness Responsiveness `yaml:"responsiveness" json:"responsiveness"`
	ByHour         []float64      `yaml:"by_hour,omitempty" json:"by_hour,omitempty" jsonschema:"minItems=24,maxItems=24" jsonschema_description:"weights of the 24 hours of the day, in place of week.office and week.evening"`
	Label          float64        `yaml:"label_accuracy" json:"label_accuracy" jsonschema:"minimum=0,maximum=1" jsonschema_description:"share of senders who pick the category that fits"`
	Specialist     float64        `yaml:"to_specialist" json:"to_specialist" jsonschema:"minimum=0,maximum=1" jsonschema_description:"share of the clinical threads of patients with a cardiac or lung condition that go to their specialist"`
	Attachment     float64        `yaml:"attachment" json:"attachment" jsonschema:"minimum=0,maximum=1" jsonschema_description:"share of threads that carry a file"`
}

// Triggers are events of a patient's care after which some write. All rates are per portal user and year; who writes
// more in general writes more after these too. What they do not account for is the background.
type Triggers struct {
	ResultsViewed     float64  `yaml:"results_viewed_per_year" json:"results_viewed_per_year" jsonschema:"minimum=0,maximum=365"`
	AfterResult       float64  `yaml:"after_result" json:"after_result" jsonschema:"minimum=0,maximum=1" jsonschema_description:"share of viewed test results that lead to a message about them"`
	Visits            float64  `yaml:"visits_per_year" json:"visits_per_year" jsonschema:"minimum=0,maximum=365"`
	AfterVisit        float64  `yaml:"after_visit" json:"after_visit" jsonschema:"minimum=0,maximum=1" jsonschema_description:"share of visits that a message extends"`
	Surgeries         float64  `yaml:"surgeries_per_year" json:"surgeries_per_year" jsonschema:"minimum=0,maximum=365"`
	AfterSurgery      float64  `yaml:"threads_after_surgery" json:"threads_after_surgery" jsonschema:"minimum=0,maximum=100" jsonschema_description:"mean number of threads in the months after an operation"`
	BetweenSurgery    float64  `yaml:"days_between_after_surgery" json:"days_between_after_surgery" jsonschema:"minimum=0,maximum=365" jsonschema_description:"mean number of days between these"`
	MedicationChanges float64  `yaml:"medication_changes_per_year" json:"medication_changes_per_year" jsonschema:"minimum=0,maximum=365"`
	AfterMedication   float64  `yaml:"after_medication_change" json:"after_medication_change" jsonschema:"minimum=0,maximum=1" jsonschema_description:"share of changes of medication that lead to a message"`
	MonitoredAtHome   []string `yaml:"monitored_at_home" json:"monitored_at_home" jsonschema:"enum=hypertension,enum=diabetes,enum=copd,enum=heart_failure,enum=coronary,enum=asthma,enum=depression,enum=dementia" jsonschema_description:"conditions with readings to take at home"`
	ReadingsAsked     float64  `yaml:"readings_asked" json:"readings_asked" jsonschema:"minimum=0,maximum=1" jsonschema_description:"share of clinicians' first replies to patients with a condition monitored at home that ask for readings"`
	ReadingsSent      float64  `yaml:"readings_sent" json:"readings_sent" jsonschema:"minimum=0,maximum=1" jsonschema_description:"share of these requests that the patient meets, by a thread of its own"`
	ReadingsAfterDays float64  `yaml:"readings_after_days" json:"readings_after_days" jsonschema:"minimum=0,maximum=365" jsonschema_description:"mean number of days until the readings come"`
}

// Channel says how a need is met. The odds are against writing on the portal, when the expected wait is that of
// expected_wait; phone and visit become likelier with every day that it is longer, and less likely when it is shorter.
type Channel struct {
	PhoneOdds       float64  `yaml:"phone_odds" json:"phone_odds" jsonschema:"minimum=0,maximum=100" jsonschema_description:"odds of phoning"`
	VisitOdds       float64  `yaml:"visit_odds" json:"visit_odds" jsonschema:"minimum=0,maximum=100" jsonschema_description:"odds of keeping it for the next visit, when that is 20 days away; twice the odds when it is 10"`
	FeltUrgentPhone float64  `yaml:"felt_urgent_phone" json:"felt_urgent_phone" jsonschema:"minimum=1,maximum=100" jsonschema_description:"factor on the odds of phoning when the need feels urgent"`
	Emergency       float64  `yaml:"emergency_if_felt_urgent" json:"emergency_if_felt_urgent" jsonschema:"minimum=0,maximum=1" jsonschema_description:"share of needs felt to be urgent that go to the emergency department"`
	PerDayOfWait    float64  `yaml:"per_day_of_wait" json:"per_day_of_wait" jsonschema:"minimum=0,maximum=2" jsonschema_description:"added to the logarithm of the odds of phone and visit for each day of expected wait more"`
	ExpectedWait    Duration `yaml:"expected_wait" json:"expected_wait" jsonschema_description:"the first response that patients expect before they have any experience: thereafter the network's mean of the last 28 days, threads cut at 14 days"`
	AppointmentWait float64  `yaml:"appointment_wait_days" json:"appointment_wait_days" jsonschema:"exclusiveMinimum=0,maximum=365" jsonschema_description:"days to the next appointment"`
	VisitsCaused    float64  `yaml:"visits_caused" json:"visits_caused" jsonschema:"minimum=0,maximum=1" jsonschema_description:"share of resolved threads that bring a visit about all the same"`
}

// HoldingBack is what patients do for the sake of the physician's time.
type HoldingBack struct {
	Share     float64 `yaml:"share" json:"share" jsonschema:"minimum=0,maximum=0.9" jsonschema_description:"share of patients who hold back"`
	Unsent    float64 `yaml:"unsent" json:"unsent" jsonschema:"minimum=0,maximum=1" jsonschema_description:"share of their needs that are not written at all; the others are shortened"`
	Shortened float64 `yaml:"shortened" json:"shortened" jsonschema:"minimum=0,maximum=1" jsonschema_description:"length of a shortened message, as a share of the usual reading time"`
	FollowUp  float64 `yaml:"follow_up" json:"follow_up" jsonschema:"minimum=0,maximum=1" jsonschema_description:"added to the chance of a follow-up when a message was shortened"`
}

// Addressing says to whom people write when it is not simply their clinician.
type Addressing struct {
	Pool  float64 `yaml:"to_pool" json:"to_pool" jsonschema:"minimum=0,maximum=1" jsonschema_description:"share of threads written to the team rather than to a clinician by name"`
	Wrong float64 `yaml:"wrong_clinician" json:"wrong_clinician" jsonschema:"minimum=0,maximum=1" jsonschema_description:"share of the threads written to a clinician that go to one who must forward them"`
}

// Responsiveness is induced demand: people write more where they are answered sooner.
type Responsiveness struct {
	Elasticity float64 `yaml:"elasticity" json:"elasticity" jsonschema:"minimum=0,maximum=2" jsonschema_description:"needs change as (expected wait / channel.expected_wait) to the power of minus this"`
	AtMost     float64 `yaml:"at_most" json:"at_most" jsonschema:"minimum=1,maximum=5" jsonschema_description:"cap on the factor"`
}

// Envelope returns the factor at which needs are generated, to be thinned by the current wait: 1 without feedback.
func (r Responsiveness) Envelope() float64 {
	if r.Elasticity == 0 {
		return 1
	}
	return max(1, r.AtMost)
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
