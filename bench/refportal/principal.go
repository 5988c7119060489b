package refportal

import "github.com/portalbench/portalbench/bench"

// kind is what an account may be used for, as it is stored.
type kind uint8

const (
	kindPatient = kind(bench.PatientAccount)
	kindProxy   = kind(bench.ProxyAccount)
	kindStaff   = kind(bench.StaffAccount)
	kindPool    = kind(bench.PoolAccount)
	kindAdmin   = kind(bench.AdminAccount)
)

var kindNames = [...]string{kindPatient: "patient", kindProxy: "proxy", kindStaff: "staff", kindPool: "pool",
	kindAdmin: "admin"}

// String returns the kind's name on the wire.
func (k kind) String() string { return kindNames[k] }

func parseKind(name string) (kind, bool) {
	for k, n := range kindNames {
		if n == name {
			return kind(k), true
		}
	}
	return 0, false
}

// principal is who asks.
type principal struct {
	id      int64
	kind    kind
	actsFor int64 // proxy: the patient
}

// patient returns the patient whose portal the principal looks at, 0 for staff.
func (p principal) patient() int64 {
	switch p.kind {
	case kindPatient:
		return p.id
	case kindProxy:
		return p.actsFor
	}
	return 0
}

// writesAsPatient reports whether the principal writes for the patient's side.
func (p principal) writesAsPatient() bool { return p.kind == kindPatient || p.kind == kindProxy }
