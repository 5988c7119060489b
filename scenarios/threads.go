package scenarios

// Threads says how conversations go on.
type Threads struct {
	FollowUp        float64  `yaml:"follow_up" json:"follow_up" jsonschema:"minimum=0,maximum=0.9" jsonschema_description:"chance that an answer is followed by another message of the patient"`
	NoReplyNeeded   float64  `yaml:"no_reply_needed" json:"no_reply_needed" jsonschema:"minimum=0,maximum=1" jsonschema_description:"share of follow-ups that staff read and close without a reply"`
	NotResolved     float64  `yaml:"not_resolved_by_messaging" json:"not_resolved_by_messaging" jsonschema:"minimum=0,maximum=1" jsonschema_description:"share of answered threads that end in a call or a visit"`
	NeedsPhysician  float64  `yaml:"needs_physician" json:"needs_physician" jsonschema:"minimum=0,maximum=1" jsonschema_description:"share of primary care threads whose content needs a physician"`
	SpecialtyNeeds  Needed   `yaml:"specialty_needs" json:"specialty_needs" jsonschema_description:"whom the content of a specialty thread needs at least, as shares; the others need nobody in particular"`
	AnswerSeenAfter Duration `yaml:"answer_seen_after" json:"answer_seen_after" jsonschema_description:"median time until the patient sees an answer"`
	AnswerSeenLogSD float64  `yaml:"answer_seen_log_sd" json:"answer_seen_log_sd" jsonschema:"minimum=0,maximum=3"`
	UnresolvedVisit float64  `yaml:"unresolved_to_visit" json:"unresolved_to_visit" jsonschema:"minimum=0,maximum=1" jsonschema_description:"share of the threads that messaging does not resolve that end in a visit; the others in a call"`
	PhoneReply      float64  `yaml:"phone_reply" json:"phone_reply" jsonschema:"minimum=0,maximum=1" jsonschema_description:"share of replies that are telephone calls; they end the thread"`
	Patience        Patience `yaml:"patience" json:"patience"`
}

// Needed are the shares of threads whose content needs somebody of a level. They add up to 1 or less.
type Needed struct {
	Specialist float64 `yaml:"specialist" json:"specialist" jsonschema:"minimum=0,maximum=1"`
	Physician  float64 `yaml:"physician" json:"physician" jsonschema:"minimum=0,maximum=1"`
	RN         float64 `yaml:"rn" json:"rn" jsonschema:"minimum=0,maximum=1"`
	MA         float64 `yaml:"ma" json:"ma" jsonschema:"minimum=0,maximum=1"`
}

// Of returns who is needed for a place u in [0, 1): RoleNone beyond the shares.
func (n Needed) Of(u float64) Role {
	for i, share := range [...]float64{n.Specialist, n.Physician, n.RN, n.MA} {
		if u -= share; u < 0 {
			return [...]Role{Specialist, Physician, RN, MA}[i]
		}
	}
	return RoleNone
}

// Sum returns the share of threads that need somebody in particular.
func (n Needed) Sum() float64 { return n.Specialist + n.Physician + n.RN + n.MA }

// Patience is how long a family waits for an answer, and what it does then.
type Patience struct {
	Median     Duration `yaml:"median" json:"median" jsonschema_description:"median wait before the family acts; zero: it never does"`
	FeltUrgent Duration `yaml:"felt_urgent" json:"felt_urgent" jsonschema_description:"the same when it feels urgent"`
	AfterVisit float64  `yaml:"after_visit" json:"after_visit" jsonschema:"minimum=0.1,maximum=10" jsonschema_description:"factor for threads that extend a visit"`
	LogSD      float64  `yaml:"log_sd" json:"log_sd" jsonschema:"minimum=0,maximum=3"`
	GammaShape float64  `yaml:"gamma_shape,omitempty" json:"gamma_shape,omitempty" jsonschema:"minimum=0,maximum=1000" jsonschema_description:"above 0: patience is gamma with this shape and a mean of median, in place of log-normal"`
	Nudge      float64  `yaml:"nudge" json:"nudge" jsonschema:"minimum=0,maximum=1" jsonschema_description:"share who then write again"`
	Phone      float64  `yaml:"phone" json:"phone" jsonschema:"minimum=0,maximum=1" jsonschema_description:"share who phone and leave the thread; the others wait on"`
	Emergency  float64  `yaml:"emergency_if_felt_urgent" json:"emergency_if_felt_urgent" jsonschema:"minimum=0,maximum=1" jsonschema_description:"share of those to whom it feels urgent who go to the emergency department instead of all this"`
	MostNudges int      `yaml:"most_nudges" json:"most_nudges" jsonschema:"minimum=0,maximum=20" jsonschema_description:"after as many nudges a family waits on"`
}
