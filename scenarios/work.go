package scenarios

// Handling says how long staff work on one message, and in which steps.
type Handling struct {
	Minutes        RoleMinutes     `yaml:"minutes" json:"minutes" jsonschema_description:"mean minutes a message, by role"`
	Category       CategoryFactors `yaml:"category" json:"category" jsonschema_description:"factor on the minutes, by what the message is about"`
	LogSD          float64         `yaml:"log_sd" json:"log_sd" jsonschema:"minimum=0,maximum=2"`
	GammaShape     float64         `yaml:"gamma_shape,omitempty" json:"gamma_shape,omitempty" jsonschema:"minimum=0,maximum=1000" jsonschema_description:"above 0: times are gamma with this shape, in place of log-normal; 1 is exponential"`
	BetweenLogSD   float64         `yaml:"between_log_sd" json:"between_log_sd" jsonschema:"minimum=0,maximum=2" jsonschema_description:"standard deviation of the logarithm of how slow a person is; the mean over persons is 1"`
	ReadShare      float64         `yaml:"read_share" json:"read_share" jsonschema:"minimum=0,maximum=1" jsonschema_description:"part of the time that is reading; handing a message on takes no more than this"`
	InboxShare     float64         `yaml:"inbox_share" json:"inbox_share" jsonschema:"minimum=0,maximum=1" jsonschema_description:"part of the time spent in the inbox, the rest in the chart"`
	Defer          float64         `yaml:"defer" json:"defer" jsonschema:"minimum=0,maximum=1" jsonschema_description:"share of messages that are opened, put aside, and answered in a later session"`
	SwitchSeconds  float64         `yaml:"switch_seconds" json:"switch_seconds" jsonschema:"minimum=0,maximum=600" jsonschema_description:"added whenever somebody turns to the inbox from something else"`
	Consult        float64         `yaml:"consult" json:"consult" jsonschema:"minimum=0,maximum=1" jsonschema_description:"share of clinicians' answers for which they first ask a colleague, who has it in the inbox"`
	ConsultMinutes float64         `yaml:"consult_minutes" json:"consult_minutes" jsonschema:"exclusiveMinimum=0,maximum=120" jsonschema_description:"mean minutes a colleague who is asked spends"`
	Copy           float64         `yaml:"copy" json:"copy" jsonschema:"minimum=0,maximum=1" jsonschema_description:"share of clinicians' answers that are copied to the patient's other clinician, who reads them as any message from a colleague"`
	CallMinutes    float64         `yaml:"call_minutes" json:"call_minutes" jsonschema:"exclusiveMinimum=0,maximum=120" jsonschema_description:"mean minutes of a reply by telephone, reading included"`
	Background     Background      `yaml:"background" json:"background"`
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

// CategoryFactors multiply the minutes of a message.
type CategoryFactors struct {
	Renewal          float64 `yaml:"renewal" json:"renewal" jsonschema:"exclusiveMinimum=0,maximum=100"`
	Scheduling       float64 `yaml:"scheduling" json:"scheduling" jsonschema:"exclusiveMinimum=0,maximum=100"`
	Medication       float64 `yaml:"medication" json:"medication" jsonschema:"exclusiveMinimum=0,maximum=100"`
	Symptom          float64 `yaml:"symptom" json:"symptom" jsonschema:"exclusiveMinimum=0,maximum=100"`
	Result           float64 `yaml:"result" json:"result" jsonschema:"exclusiveMinimum=0,maximum=100"`
	Referral         float64 `yaml:"referral" json:"referral" jsonschema:"exclusiveMinimum=0,maximum=100"`
	Form             float64 `yaml:"form" json:"form" jsonschema:"exclusiveMinimum=0,maximum=100"`
	CareCoordination float64 `yaml:"care_coordination" json:"care_coordination" jsonschema:"exclusiveMinimum=0,maximum=100"`
	HomeReading      float64 `yaml:"home_reading" json:"home_reading" jsonschema:"exclusiveMinimum=0,maximum=100"`
	Thanks           float64 `yaml:"thanks" json:"thanks" jsonschema:"exclusiveMinimum=0,maximum=100"`
}

// Of returns the factor of category c.
func (f CategoryFactors) Of(c Category) float64 {
	return [NumCategories]float64{f.Renewal, f.Scheduling, f.Medication, f.Symptom, f.Result, f.Referral, f.Form,
		f.CareCoordination, f.HomeReading, f.Thanks}[c]
}

// Background is the inbox work that is not portal threads: mean minutes an item, by kind, all of them in the inbox.
type Background struct {
	PrescriptionMinutes float64 `yaml:"prescription_minutes" json:"prescription_minutes" jsonschema:"exclusiveMinimum=0,maximum=60"`
	CallMinutes         float64 `yaml:"call_minutes" json:"call_minutes" jsonschema:"exclusiveMinimum=0,maximum=60"`
	ResultMinutes       float64 `yaml:"result_minutes" json:"result_minutes" jsonschema:"exclusiveMinimum=0,maximum=60"`
	ColleagueMinutes    float64 `yaml:"colleague_minutes" json:"colleague_minutes" jsonschema:"exclusiveMinimum=0,maximum=60"`
	LogSD               float64 `yaml:"log_sd" json:"log_sd" jsonschema:"minimum=0,maximum=2"`
}

// Items are how many items of background inbox work come for each 8 hours scheduled.
type Items struct {
	Prescriptions float64 `yaml:"prescriptions" json:"prescriptions" jsonschema:"minimum=0,maximum=1000" jsonschema_description:"renewals that do not come through the portal, and other prescription messages"`
	Calls         float64 `yaml:"calls" json:"calls" jsonschema:"minimum=0,maximum=1000" jsonschema_description:"messages about patients' calls, beyond those simulated"`
	Results       float64 `yaml:"results" json:"results" jsonschema:"minimum=0,maximum=1000"`
	Colleagues    float64 `yaml:"colleagues" json:"colleagues" jsonschema:"minimum=0,maximum=1000"`
}

// Staff is one group of staff of a care network: people of one role in one clinic.
type Staff struct {
	Role          string        `yaml:"role" json:"role" jsonschema:"enum=physician,enum=specialist,enum=app,enum=rn,enum=ma,enum=pharmacist,enum=front_desk"`
	Clinic        string        `yaml:"clinic" json:"clinic" jsonschema_description:"name of the clinic the group works in"`
	FTE           float64       `yaml:"fte" json:"fte" jsonschema:"exclusiveMinimum=0,maximum=10000" jsonschema_description:"full-time equivalents of the whole group"`
	People        int           `yaml:"people,omitempty" json:"people,omitempty" jsonschema:"minimum=0,maximum=10000" jsonschema_description:"how many people share the FTE; 0: as few as can"`
	Hours         []Window      `yaml:"hours" json:"hours" jsonschema:"minItems=1" jsonschema_description:"the scheduled span of a full-time week"`
	Inbox         []Window      `yaml:"inbox" json:"inbox" jsonschema:"minItems=1" jsonschema_description:"when the inbox is worked on a scheduled day; what hours remain is visits and other work"`
	OwnTime       []OwnTime     `yaml:"own_time,omitempty" json:"own_time,omitempty" jsonschema_description:"inbox work outside the scheduled span"`
	StartSpread   Duration      `yaml:"start_spread,omitempty" json:"start_spread,omitempty" jsonschema_description:"each inbox session takes place up to this much later than its window, evenly: patients run late"`
	LeaveDays     int           `yaml:"leave_days,omitempty" json:"leave_days,omitempty" jsonschema:"minimum=0,maximum=200" jsonschema_description:"days of leave a year, in weeks of 5, for each person"`
	ShiftEnd      string        `yaml:"shift_end,omitempty" json:"shift_end,omitempty" jsonschema:"enum=finish,enum=resume" jsonschema_description:"finish (also when left out): what is in hand at the end of a session is finished; resume: it is put down, and taken up where it was left"`
	Interruptions Interruptions `yaml:"interruptions,omitempty" json:"interruptions,omitempty" jsonschema_description:"within a session, times away from the inbox"`
	Background    Items         `yaml:"background,omitempty" json:"background,omitempty" jsonschema_description:"inbox work beside portal threads, per 8 hours scheduled"`
}

// OwnTime is a habit of working the inbox outside scheduled hours.
type OwnTime struct {
	Share float64 `yaml:"share" json:"share" jsonschema:"minimum=0,maximum=1" jsonschema_description:"share of the group's people who have the habit"`
	When  Window  `yaml:"when" json:"when"`
}

// Interruptions take people away from the inbox within a session: after exponential times at it, for exponential
// times. All zero: there are none.
type Interruptions struct {
	Every     Duration `yaml:"every,omitempty" json:"every,omitempty" jsonschema_description:"mean time at the inbox between two interruptions"`
	For       Duration `yaml:"for,omitempty" json:"for,omitempty" jsonschema_description:"mean length"`
	WhenEmpty bool     `yaml:"when_empty,omitempty" json:"when_empty,omitempty" jsonschema_description:"they go, also, whenever nothing waits, and look again when they come back"`
}
