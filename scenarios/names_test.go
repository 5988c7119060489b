package scenarios

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// Shares .28, .054, .382 and .284 leave nothing: they end at .28, .334, .716 and 1. Those of an empty need end at once.
func TestWhoIsNeeded(t *testing.T) {
	specialty := Needed{Specialist: .28, Physician: .054, RN: .382, MA: .284}
	for _, c := range []struct {
		n    Needed
		u    float64
		want Role
	}{
		{specialty, 0, Specialist}, {specialty, .279, Specialist}, {specialty, .281, Physician}, {specialty, .333, Physician},
		{specialty, .335, RN}, {specialty, .715, RN}, {specialty, .717, MA}, {specialty, .999, MA},
		{Needed{Physician: .432}, .431, Physician}, {Needed{Physician: .432}, .433, RoleNone}, {Needed{}, 0, RoleNone},
	} {
		require.Equal(t, c.want, c.n.Of(c.u), "%+v at %v", c.n, c.u)
	}
	require.InDelta(t, 1, specialty.Sum(), 1e-12)
}

// A specialist settles what a physician may, a physician what a nurse may; what needs nobody in particular anybody may.
func TestLevels(t *testing.T) {
	order := []Role{RoleNone, FrontDesk, MA, RN, APP, Physician, Specialist}
	for i, r := range order[1:] {
		require.Greater(t, r.Level(), order[i].Level(), "%s over %s", r, order[i])
	}
	require.Equal(t, RN.Level(), Pharmacist.Level())
}
