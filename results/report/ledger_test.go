package report

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/portalbench/portalbench/results"
)

// What could not be looked for is not passed over in silence.
func TestLedgerLine(t *testing.T) {
	none := int64(0)
	require.Equal(t, "Ledger: of 473 acknowledged messages 473 were found, 0 lost, 0 duplicated, 0 out of order, 0 leaked."+
		" 125 more could not be looked for, as their threads could not be read.",
		ledger(&results.Ledger{Checked: 473, Found: 473, Unread: 125, Leaked: &none}))
	require.Equal(t, "Ledger: of 2 acknowledged messages 1 were found, 1 lost, 0 duplicated, 0 out of order, leaks not checked.",
		ledger(&results.Ledger{Checked: 2, Found: 1, Lost: 1}))
}
