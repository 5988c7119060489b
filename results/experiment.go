package results

// Precision is what replicating until intervals are tight came to.
type Precision struct {
	Quantity
	Set       map[string]string `json:"set"`
	Wanted    Number            `json:"wanted"`  // half-width as a share: of a policy's level, and for differences of the baseline's
	Reached   bool              `json:"reached"` // by every policy, and by every difference from the baseline
	Widest    Number            `json:"widest"`  // the same share, of the interval that is the widest; null when it has no value
	WidestOf  string            `json:"widest_of"`
	MostAsked int               `json:"at_most"` // replications
	Why       string            `json:"why"`     // why it cannot be judged, if it cannot
}

// Selection is what looking for the best policy came to: Kim and Nelson's procedure, with common random numbers.
type Selection struct {
	Quantity
	Set        map[string]string `json:"set"`
	Better     string            `json:"better"` // smaller or larger
	Zone       Number            `json:"zone"`   // differences below it are not worth telling apart
	Confidence Number            `json:"confidence"`
	Decided    bool              `json:"decided"`
	Winner     string            `json:"winner"`        // empty while undecided
	Contenders []Contender       `json:"contenders"`    // every policy
	MostNeeded int               `json:"needs_at_most"` // replications after which it decides, whatever comes; 0 when not known
	Why        string            `json:"why"`           // why it could not go on, if it could not
}

// Contender is a policy in a Selection.
type Contender struct {
	Policy       string `json:"policy"`
	Survives     bool   `json:"survives"`
	Replications int    `json:"replications"` // it took part in
}

// Uncertainty is how far the results depend on parameters that nobody knows well. It is not simulation error: the
// intervals of the other results do not hold it.
type Uncertainty struct {
	Quantity
	Draws        int             `json:"draws"`
	Redrawn      int             `json:"redrawn"`      // of them: no clinic can have what was drawn first
	Clipped      int             `json:"clipped"`      // parameters whose range was cut at the bounds of the language
	Replications int             `json:"replications"` // of each draw
	HorizonDays  int             `json:"horizon_days"`
	WarmUpDays   int             `json:"warm_up_days"`
	Parameters   []Uncertain     `json:"parameters"`
	Tornados     []Tornado       `json:"tornados"`
	Flips        []ParameterFlip `json:"flips"`
}

// Uncertain is a parameter with its range.
type Uncertain struct {
	Path   string   `json:"path"`
	Policy string   `json:"policy"` // whose parameter it is; empty: the scenario's
	Unit   string   `json:"unit"`   // h for durations
	Value  Number   `json:"value"`
	Low    Number   `json:"low"`
	High   Number   `json:"high"`
	Range  string   `json:"range"` // evidence: that of its source; declared: half to twice the value, or the odds of a share
	IDs    []string `json:"ids"`   // of its source
}

// Name returns the path, after the policy if it is one's.
func (u Uncertain) Name() string {
	if u.Policy == "" {
		return u.Path
	}
	return u.Policy + ": " + u.Path
}

// Tornado ranks the parameters by their influence on a policy's level, or on its difference from the baseline.
type Tornado struct {
	Policy    string      `json:"policy"`
	Baseline  string      `json:"baseline"` // empty: of the level
	Growing   int         `json:"growing"`  // draws in which the backlog of either policy grows
	Low       Number      `json:"low"`      // 5%, 50% and 95% of the draws
	Median    Number      `json:"median"`
	High      Number      `json:"high"`
	Below     Number      `json:"below_zero"` // share of the draws
	Explained Number      `json:"explained"`  // share of the variance of the ranks; below .7 the order is not to be relied on
	Bars      []Influence `json:"bars"`       // the most influential first
}

// Influence is one bar of a tornado.
type Influence struct {
	Parameter       int    `json:"parameter"`   // its place among the parameters, from 0
	Coefficient     Number `json:"coefficient"` // standardized rank regression, with its 95% interval
	CoefficientLow  Number `json:"coefficient_low"`
	CoefficientHigh Number `json:"coefficient_high"`
	Bottom          Number `json:"bottom"` // mean where the parameter is in its lowest fifth
	Top             Number `json:"top"`
	Swing           Number `json:"swing"` // top less bottom, with its 95% interval
	SwingLow        Number `json:"swing_low"`
	SwingHigh       Number `json:"swing_high"`
}

// ParameterFlip is where the ranking of a policy and the baseline turns round as one parameter changes and the others
// have the scenario's values.
type ParameterFlip struct {
	Policy    string `json:"policy"`
	Baseline  string `json:"baseline"`
	Parameter int    `json:"parameter"`
	Found     bool   `json:"found"`
	At        Number `json:"at"` // with its 95% interval; a bound is null when it lies outside the range
	Low       Number `json:"low"`
	High      Number `json:"high"`
	Rising    bool   `json:"rising"`    // the policy's value is below the baseline's before, and above after
	Crossings int    `json:"crossings"` // more than 1: it turns back
	Clear     bool   `json:"clear"`     // without a flip: the two are apart over the whole range
}
