package scenarios

// Policy declares how messages are triaged, as a set of levers.
type Policy struct {
	Name     string   `yaml:"policy" json:"policy" jsonschema:"required,pattern=^[a-z][a-z0-9-]*$" jsonschema_description:"name, in lower case with hyphens"`
	Language int      `yaml:"language" json:"language" jsonschema:"required,enum=1" jsonschema_description:"version of the policy language"`
	Extends  string   `yaml:"extends,omitempty" json:"extends,omitempty" jsonschema_description:"built-in policy or file whose levers hold where this one is silent"`
	Title    string   `yaml:"title" json:"title" jsonschema_description:"one sentence for readers"`
	Classify Classify `yaml:"classify" json:"classify"`
	Route    Route    `yaml:"route" json:"route"`
	Order    string   `yaml:"order" json:"order" jsonschema:"enum=arrival,enum=urgency" jsonschema_description:"arrival: first come, first served; urgency: messages classified as urgent go first, without interrupting work in hand"`
}

// Classify is the lever that labels messages before anyone reads them.
type Classify struct {
	By          string  `yaml:"by" json:"by" jsonschema:"enum=none,enum=patient,enum=keywords,enum=model" jsonschema_description:"patient: what the sender feels; keywords and model: high-risk wording, as well as sensitivity and specificity allow"`
	Sensitivity float64 `yaml:"sensitivity,omitempty" json:"sensitivity,omitempty" jsonschema:"minimum=0,maximum=1" jsonschema_description:"share of high-risk messages found"`
	Specificity float64 `yaml:"specificity,omitempty" json:"specificity,omitempty" jsonschema:"minimum=0,maximum=1" jsonschema_description:"share of other messages left alone"`
	Precision   float64 `yaml:"precision,omitempty" json:"precision,omitempty" jsonschema:"minimum=0,maximum=1" jsonschema_description:"in place of specificity, with prevalence: share of the found that are high-risk"`
	Prevalence  float64 `yaml:"prevalence,omitempty" json:"prevalence,omitempty" jsonschema:"minimum=0,maximum=1" jsonschema_description:"share of high-risk messages where the precision was measured"`
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
	First                  string  `yaml:"first" json:"first" jsonschema:"enum=addressee,enum=rn" jsonschema_description:"addressee: the clinician it was written to; rn: the nurse pool opens every thread and hands on what it may not close"`
	ClosedWithoutPhysician float64 `yaml:"closed_without_physician" json:"closed_without_physician" jsonschema:"minimum=0,maximum=1" jsonschema_description:"share of threads that the nurse pool answers and closes itself"`
}
