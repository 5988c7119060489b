package results

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestEveryThresholdSubjectCanBeLimited(t *testing.T) {
	subjects := ThresholdSubjects()
	require.Len(t, subjects, len(OpNames())*(5*7+1)) // five times with seven statistics, and errors
	for _, subject := range subjects {
		limit := "<1s"
		if len(subject) > 7 && subject[len(subject)-7:] == ".errors" {
			limit = "<1%"
		}
		_, err := ParseThreshold(subject + limit)
		require.NoError(t, err)
	}
}
