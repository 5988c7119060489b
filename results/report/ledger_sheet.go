package report

import "github.com/portalbench/portalbench/results"

// ledgerSheet says in plain words what became of the messages that the portal had acknowledged.
func ledgerSheet(g *results.Ledger) sheet {
	t := sheet{Caption: "What became of the messages that the portal had acknowledged", Header: []string{"of these messages", "how many", "verdict"}}
	row := func(what string, n int64, verdict string) { t.Rows = append(t.Rows, []string{what, count(n), verdict}) }
	row("looked for after the last answer", g.Checked, "")
	row("found, each with the text that was written", g.Found, "")
	row("lost: acknowledged, and never there", g.Lost, none(g.Lost))
	row("duplicated: there twice", g.Duplicated, none(g.Duplicated))
	row("out of order: before one that was written earlier", g.OutOfOrder, none(g.OutOfOrder))
	if g.Leaked == nil {
		t.Rows = append(t.Rows, []string{"leaked: read by somebody who must not", missing, "not checked: one identity serves everybody"})
	} else {
		row("leaked: read by somebody who must not", *g.Leaked, none(*g.Leaked))
	}
	if g.Unread > 0 {
		row("not looked for: their thread could not be read", g.Unread, "? not known")
	}
	if g.Late > 0 {
		row("late: there only after "+number(float64(g.LateS))+" s", g.Late, "not lost")
	}
	return t
}

// none judges a number that must be 0.
func none(n int64) string {
	if n == 0 {
		return "✓ none"
	}
	return "✗ must be none"
}
