package sim

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// Every answer is copied to the patient's other clinician, by letter or telephone, and no thread that is closed without
// one: of the follow-ups here half need none.
func TestOnlyAnswersAreCopied(t *testing.T) {
	o := run(t, func(x *setup) {
		x.Threads.FollowUp, x.Threads.NoReplyNeeded, x.Threads.PhoneReply = .8, .5, .2
		x.Handling.Copy = 1
	})
	copies, closed := 0, 0
	for _, e := range o.events {
		switch e.Kind {
		case Replied, Called:
			copies += o.otherClinicians(e.Person)
		case Closed:
			closed += o.otherClinicians(e.Person)
		}
	}
	waiting := 0
	for s := range o.clinic.staff {
		q := &o.clinic.staff[s].extra[1]
		waiting += len(q.at) - q.done
	}
	require.Greater(t, closed, 50)
	require.Equal(t, copies, o.number(ItemTaken)+waiting)
}

// otherClinicians returns 1 for a patient with two clinicians, and 0 otherwise.
func (o *outcome) otherClinicians(person int32) int {
	_, two := o.clinic.people.Specialist(person)
	return int(when(two))
}
