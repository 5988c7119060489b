package report

import (
	"fmt"
	"io"
	"strings"

	"github.com/portalbench/portalbench/results"
)

// Filing writes what is on a portal after its mailboxes were filled.
func Filing(w io.Writer, format Format, f *results.Filing) error {
	heading(w, format, fmt.Sprintf("History of scenario %s on %s at %s", f.Scenario, f.Portal, f.URL))
	seconds := float64(f.Seconds)
	lines := []string{
		fmt.Sprintf("Run %s: %s threads with %s messages for %s people, in %s s (%s messages/s).", f.RunID, count(f.Threads), count(f.Messages),
			count(f.People), number(seconds), number(float64(f.Messages)/seconds)),
		ledger(&f.Check),
	}
	if f.FoundBefore > 0 {
		lines = append(lines, fmt.Sprintf("%s threads had been made before the history was interrupted.", count(f.FoundBefore)))
	}
	for _, warning := range f.Warnings {
		lines = append(lines, "Warning: "+strings.TrimSuffix(warning, ".")+".")
	}
	if f.Incomplete {
		lines = append(lines, "INCOMPLETE: not all of the history is there.")
	}
	for _, line := range lines {
		paragraph(w, format, line)
	}
	return nil
}
