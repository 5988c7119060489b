package scenarios

// Role is what a member of staff does in the clinic.
type Role uint8

// The roles. RoleNone means nobody on the staff.
const (
	RoleNone Role = iota
	Physician
	Specialist
	APP // advanced practice provider
	RN
	MA
	Pharmacist
	FrontDesk
	numRoles
)

// NumRoles is how many roles there are, RoleNone included.
const NumRoles = int(numRoles)

var roleNames = [numRoles]string{"none", "physician", "specialist", "app", "rn", "ma", "pharmacist", "front_desk"}

// String returns the role's name in scenario files.
func (r Role) String() string { return roleNames[r] }

// ParseRole finds a role by its name; "none" is not one.
func ParseRole(name string) (Role, bool) {
	i, ok := find(roleNames[1:], name)
	if !ok {
		return RoleNone, false
	}
	return Role(i + 1), true
}

// Clinical reports whether a message read by r has been read by a clinician: RN or above.
func (r Role) Clinical() bool { return r.Level() >= RN.Level() }

// IsPhysician reports whether r is a physician of any specialty.
func (r Role) IsPhysician() bool { return r == Physician || r == Specialist }

// Level orders the roles by what they may settle on their own: 0 for nobody, and a specialist above a physician above
// an advanced practice provider above nurses and pharmacists above medical assistants above the front desk (assumed).
func (r Role) Level() int { return [numRoles]int{0, 5, 6, 4, 3, 2, 3, 1}[r] }

// Category is what a message is about.
type Category uint8

// The categories of threads (CON-01 to CON-12).
const (
	Renewal Category = iota
	Scheduling
	Medication
	Symptom
	Result
	Referral
	Form
	CareCoordination
	HomeReading
	Thanks
	numCategories
)

// NumCategories is how many categories there are.
const NumCategories = int(numCategories)

var categoryNames = [numCategories]string{"renewal", "scheduling", "medication", "symptom", "result", "referral",
	"form", "care_coordination", "home_reading", "thanks"}

// String returns the category's name in scenario files.
func (c Category) String() string { return categoryNames[c] }

// Clinical reports whether messages of c can carry an urgent clinical concern.
func (c Category) Clinical() bool {
	switch c {
	case Medication, Symptom, Result, CareCoordination, HomeReading:
		return true
	}
	return false
}

// Condition is a chronic condition.
type Condition uint8

// The chronic conditions.
const (
	Hypertension Condition = iota
	Diabetes
	COPD
	HeartFailure
	Coronary
	Asthma
	Depression
	Dementia
	numConditions
)

// NumConditions is how many conditions there are.
const NumConditions = int(numConditions)

var conditionNames = [numConditions]string{"hypertension", "diabetes", "copd", "heart_failure", "coronary", "asthma",
	"depression", "dementia"}

// String returns the condition's name in scenario files.
func (c Condition) String() string { return conditionNames[c] }

// ParseCondition finds a condition by its name.
func ParseCondition(name string) (Condition, bool) {
	i, ok := find(conditionNames[:], name)
	return Condition(i), ok
}

// Sender is who wrote a message, which is not always its subject.
type Sender uint8

// The three identities a message can be written under.
const (
	Self      Sender = iota // the patient
	Caregiver               // a caregiver on the patient's own login
	Proxy                   // a caregiver on a login of their own, registered as the patient's proxy
	numSenders
)

// NumSenders is how many identities there are.
const NumSenders = int(numSenders)

var senderNames = [numSenders]string{"self", "caregiver", "proxy"}

// String returns the sender's name in results.
func (s Sender) String() string { return senderNames[s] }

func find(names []string, name string) (int, bool) {
	for i, n := range names {
		if n == name {
			return i, true
		}
	}
	return 0, false
}
