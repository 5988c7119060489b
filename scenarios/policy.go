package scenarios

// Policy declares how messages are triaged, as a set of levers. The zero value of each lever but classify, route and
// order leaves things as the scenario has them.
type Policy struct {
	Name     string   `yaml:"policy" json:"policy" jsonschema:"required,pattern=^[a-z][a-z0-9-]*([+][a-z][a-z0-9-]*)*$" jsonschema_description:"name, in lower case with hyphens"`
	Language int      `yaml:"language" json:"language" jsonschema:"required,enum=1" jsonschema_description:"version of the policy language"`
	Extends  string   `yaml:"extends,omitempty" json:"extends,omitempty" jsonschema_description:"built-in policy or file whose levers hold where this one is silent; several with a plus between them are laid over one another"`
	Title    string   `yaml:"title" json:"title" jsonschema_description:"one sentence for readers"`
	Classify Classify `yaml:"classify" json:"classify"`
	Route    Route    `yaml:"route" json:"route"`
	Order    string   `yaml:"order" json:"order" jsonschema:"enum=arrival,enum=urgency,enum=deadline,enum=category" jsonschema_description:"arrival: first come, first served; urgency: messages classified as urgent go first, without interrupting work in hand; deadline: whose answer is due first, by the standard, urgent ones on the next business day; category: in the order of category_order"`
	ByRank   []string `yaml:"category_order,omitempty" json:"category_order,omitempty" jsonschema:"enum=renewal,enum=scheduling,enum=medication,enum=symptom,enum=result,enum=referral,enum=form,enum=care_coordination,enum=home_reading,enum=thanks" jsonschema_description:"with order: category. Categories that are not named come last"`
	Work     Work     `yaml:"work,omitempty" json:"work,omitempty"`
	Draft    Draft    `yaml:"draft,omitempty" json:"draft,omitempty"`
	Refill   Refill   `yaml:"refill,omitempty" json:"refill,omitempty"`
	Cover    Cover    `yaml:"cover,omitempty" json:"cover,omitempty"`
	Standard Standard `yaml:"standard,omitempty" json:"standard,omitempty"`
	Billing  Billing  `yaml:"billing,omitempty" json:"billing,omitempty"`
	Training Training `yaml:"training,omitempty" json:"training,omitempty"`
	Limits   Limits   `yaml:"limits,omitempty" json:"limits,omitempty"`
}

// Classify is the lever that labels messages before anyone reads them.
type Classify struct {
	By               string            `yaml:"by" json:"by" jsonschema:"enum=none,enum=patient,enum=keywords,enum=model" jsonschema_description:"what calls a message urgent. patient: what the sender feels; keywords and model: high-risk wording, as well as sensitivity and specificity allow"`
	Sensitivity      float64           `yaml:"sensitivity,omitempty" json:"sensitivity,omitempty" jsonschema:"minimum=0,maximum=1" jsonschema_description:"share of high-risk messages found"`
	Specificity      float64           `yaml:"specificity,omitempty" json:"specificity,omitempty" jsonschema:"minimum=0,maximum=1" jsonschema_description:"share of other messages left alone"`
	Precision        float64           `yaml:"precision,omitempty" json:"precision,omitempty" jsonschema:"minimum=0,maximum=1" jsonschema_description:"in place of specificity, with prevalence: share of the found that are high-risk"`
	Prevalence       float64           `yaml:"prevalence,omitempty" json:"prevalence,omitempty" jsonschema:"minimum=0,maximum=1" jsonschema_description:"share of high-risk messages where the precision was measured"`
	CategoryAccuracy float64           `yaml:"category_accuracy,omitempty" json:"category_accuracy,omitempty" jsonschema:"minimum=0,maximum=1" jsonschema_description:"share of messages whose category it gets right; left out: the category is the one the sender picked"`
	Strata           []ClassifyStratum `yaml:"strata,omitempty" json:"strata,omitempty" jsonschema_description:"other accuracies where an expression holds; the first that holds counts"`
}

// ClassifyStratum is how well the classifier does for some of the messages.
type ClassifyStratum struct {
	When        Expr    `yaml:"when" json:"when" jsonschema_description:"an expression over the message, as in rules"`
	Sensitivity float64 `yaml:"sensitivity" json:"sensitivity" jsonschema:"minimum=0,maximum=1" jsonschema_description:"share of high-risk messages found"`
	Specificity float64 `yaml:"specificity" json:"specificity" jsonschema:"minimum=0,maximum=1" jsonschema_description:"share of other messages left alone"`
}

// FalseAlarms returns the share of messages without high-risk wording that are labelled urgent all the same: given
// directly as 1 - specificity, or from precision p at prevalence v and sensitivity s as s v (1-p) / (p (1-v)).
func (c Classify) FalseAlarms() float64 {
	if c.Precision == 0 {
		return 1 - c.Specificity
	}
	return c.Sensitivity * c.Prevalence * (1 - c.Precision) / (c.Precision * (1 - c.Prevalence))
}

// Route is the lever that says who opens a new thread and who may close it.
type Route struct {
	First                  string          `yaml:"first" json:"first" jsonschema:"enum=addressee,enum=rn,enum=ma,enum=app,enum=pharmacist,enum=front_desk,enum=team" jsonschema_description:"who opens a new thread. addressee: the clinician it was written to; a role: its pool opens every thread and hands on what it may not close; team: the pool of the roles in team"`
	Team                   []string        `yaml:"team,omitempty" json:"team,omitempty" jsonschema:"enum=app,enum=rn,enum=ma,enum=pharmacist,enum=front_desk" jsonschema_description:"roles that work from one shared inbox, in place of one each"`
	ClosedWithoutPhysician float64         `yaml:"closed_without_physician" json:"closed_without_physician" jsonschema:"minimum=0,maximum=1" jsonschema_description:"share of threads that the pool which opens them first answers and closes itself"`
	ByCategory             []CategoryRoute `yaml:"by_category,omitempty" json:"by_category,omitempty" jsonschema_description:"threads of some categories, as labelled, go elsewhere"`
	Rules                  []Rule          `yaml:"rules,omitempty" json:"rules,omitempty" jsonschema_description:"looked at in order when a thread arrives, before everything else; the first whose expression holds decides"`
}

// CategoryRoute sends the threads of a category to the pool of a role.
type CategoryRoute struct {
	Category string  `yaml:"category" json:"category" jsonschema:"enum=renewal,enum=scheduling,enum=medication,enum=symptom,enum=result,enum=referral,enum=form,enum=care_coordination,enum=home_reading,enum=thanks"`
	To       string  `yaml:"to" json:"to" jsonschema:"enum=addressee,enum=rn,enum=ma,enum=app,enum=pharmacist,enum=front_desk,enum=team"`
	Closes   float64 `yaml:"closes" json:"closes" jsonschema:"minimum=0,maximum=1" jsonschema_description:"share of these threads that the pool closes itself"`
}

// Rule sends the threads for which an expression holds to a pool or to the addressee.
type Rule struct {
	When   Expr    `yaml:"when" json:"when" jsonschema_description:"such as: category == 'renewal' && hour < 12"`
	To     string  `yaml:"to" json:"to" jsonschema:"enum=addressee,enum=rn,enum=ma,enum=app,enum=pharmacist,enum=front_desk,enum=team"`
	Closes float64 `yaml:"closes,omitempty" json:"closes,omitempty" jsonschema:"minimum=0,maximum=1" jsonschema_description:"share of these threads that the pool closes itself"`
	First  bool    `yaml:"first,omitempty" json:"first,omitempty" jsonschema_description:"they go before others in every inbox"`
}

// Work is the lever that says when physicians turn to the inbox. The time they have for it stays the same, save that
// protected slots are added.
type Work struct {
	Sessions      string   `yaml:"sessions,omitempty" json:"sessions,omitempty" jsonschema:"enum=scenario,enum=continuous,enum=batched" jsonschema_description:"of physicians. scenario (also when left out): as the scenario has it; continuous: the day's inbox time in a few minutes every half hour; batched: in times_a_day equal sessions"`
	TimesADay     int      `yaml:"times_a_day,omitempty" json:"times_a_day,omitempty" jsonschema:"minimum=0,maximum=24" jsonschema_description:"with sessions: batched"`
	Protected     Duration `yaml:"protected_slot,omitempty" json:"protected_slot,omitempty" jsonschema_description:"a slot of paid inbox time for physicians in each half of the scheduled day"`
	SwitchSeconds float64  `yaml:"switch_seconds,omitempty" json:"switch_seconds,omitempty" jsonschema:"minimum=0,maximum=600" jsonschema_description:"added to the scenario's handling.switch_seconds"`
}

// Draft is the lever of replies written beforehand. Savings are averages over all replies, used drafts or not.
type Draft struct {
	By                  string  `yaml:"by,omitempty" json:"by,omitempty" jsonschema:"enum=none,enum=template,enum=ai"`
	PhysicianSaves      float64 `yaml:"physician_saves_seconds,omitempty" json:"physician_saves_seconds,omitempty" jsonschema:"minimum=-300,maximum=300" jsonschema_description:"of each reply of a physician or advanced practice provider"`
	StaffSaves          float64 `yaml:"staff_saves_seconds,omitempty" json:"staff_saves_seconds,omitempty" jsonschema:"minimum=-300,maximum=300" jsonschema_description:"of each reply of all others"`
	ExtraReadingSeconds float64 `yaml:"extra_reading_seconds,omitempty" json:"extra_reading_seconds,omitempty" jsonschema:"minimum=0,maximum=300" jsonschema_description:"it takes to read the draft, for everybody who answers"`
	Use                 float64 `yaml:"use,omitempty" json:"use,omitempty" jsonschema:"minimum=0,maximum=1" jsonschema_description:"left out: savings are averages over all replies, as published; given: each reply is made from the draft with this chance and only then saves"`
}

// Refill is the lever of renewals closed by protocol.
type Refill struct {
	Covered float64 `yaml:"covered,omitempty" json:"covered,omitempty" jsonschema:"minimum=0,maximum=1" jsonschema_description:"share of renewals that a protocol covers"`
	Closed  float64 `yaml:"closed,omitempty" json:"closed,omitempty" jsonschema:"minimum=0,maximum=1" jsonschema_description:"share of the covered that it closes without a physician"`
	By      string  `yaml:"by,omitempty" json:"by,omitempty" jsonschema:"enum=rn,enum=ma,enum=pharmacist" jsonschema_description:"whose pool works by the protocol"`
}

// Cover is the lever that says who works the inbox of a physician on leave.
type Cover struct {
	By         string `yaml:"by,omitempty" json:"by,omitempty" jsonschema:"enum=none,enum=on_call,enum=coverer" jsonschema_description:"none: it waits; on_call: one physician takes what is classified as urgent; coverer: one colleague takes everything, background work included"`
	Physicians int    `yaml:"physicians_per_coverer,omitempty" json:"physicians_per_coverer,omitempty" jsonschema:"minimum=0,maximum=1000" jsonschema_description:"with by: coverer"`
}

// Standard is the lever of a promised response time.
type Standard struct {
	BusinessDays int    `yaml:"business_days,omitempty" json:"business_days,omitempty" jsonschema:"minimum=0,maximum=30" jsonschema_description:"days within which threads are to be answered; 0: none"`
	EscalateTo   string `yaml:"escalate_to,omitempty" json:"escalate_to,omitempty" jsonschema:"enum=none,enum=first,enum=colleague,enum=app,enum=rn,enum=ma,enum=pharmacist,enum=front_desk,enum=team" jsonschema_description:"where threads go that miss it. first: to the front of the inbox they are in; colleague: to the front of another physician's"`
}

// Billing is the lever of charging for messages.
type Billing struct {
	Demand        float64 `yaml:"demand,omitempty" json:"demand,omitempty" jsonschema:"minimum=0,maximum=1" jsonschema_description:"share of needs that are still written when messages may be billed; left out: all"`
	Billed        float64 `yaml:"billed,omitempty" json:"billed,omitempty" jsonschema:"minimum=0,maximum=1" jsonschema_description:"share of threads billed"`
	PhonesInstead float64 `yaml:"phones_instead,omitempty" json:"phones_instead,omitempty" jsonschema:"minimum=0,maximum=1" jsonschema_description:"share of the needs no longer written that are phoned"`
}

// Training is the lever of teaching patients what messages are for. No effect has been measured: for what-if only.
type Training struct {
	Misuse        float64 `yaml:"less_misuse,omitempty" json:"less_misuse,omitempty" jsonschema:"minimum=0,maximum=1" jsonschema_description:"share of patients who learn to phone about what is actually urgent and would be written otherwise"`
	LabelAccuracy float64 `yaml:"label_accuracy,omitempty" json:"label_accuracy,omitempty" jsonschema:"minimum=0,maximum=1" jsonschema_description:"share of patients who learn to pick the category that fits"`
	HoldingBack   float64 `yaml:"less_holding_back,omitempty" json:"less_holding_back,omitempty" jsonschema:"minimum=0,maximum=1" jsonschema_description:"share of those holding back who no longer do"`
}

// Limits is the lever of what a portal lets patients write.
type Limits struct {
	Length          float64 `yaml:"shortened,omitempty" json:"shortened,omitempty" jsonschema:"minimum=0,maximum=1" jsonschema_description:"share of messages that a limit on their length shortens, as holding back does"`
	MessagesAMonth  int     `yaml:"messages_a_month,omitempty" json:"messages_a_month,omitempty" jsonschema:"minimum=0,maximum=1000" jsonschema_description:"threads a patient may begin in 30 days; further needs are phoned; 0: no limit"`
	ClosesAfterDays int     `yaml:"closes_after_days,omitempty" json:"closes_after_days,omitempty" jsonschema:"minimum=0,maximum=365" jsonschema_description:"days after its beginning when a thread takes no more messages of the patient, who begins a new one; 0: never"`
}
