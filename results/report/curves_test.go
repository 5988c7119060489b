package report

import (
	"bytes"
	"testing"

	"github.com/stretchr/testify/require"
)

// The median of all threads together is not the mean of the replications' medians that the tables give: the page says
// which is which.
func TestNumbersBehindTheCurvesSayThatTheyArePooled(t *testing.T) {
	s := threePolicies()
	var b bytes.Buffer
	require.NoError(t, HTML(&b, sampleRecord(sampleRun(s, nil))))
	require.Contains(t, b.String(), "all threads of all replications taken together, as the curves show it. "+
		"The tables above give the mean of the replications&#39; own medians")
	require.Contains(t, b.String(), "median of all, h")
}
