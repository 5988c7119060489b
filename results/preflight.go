package results

import "fmt"

// Preflight is what was found out about a portal before a load's clock started.
type Preflight struct {
	Ops      []VerifiedOp `json:"ops"`          // see Verify
	SignInMS Number       `json:"sign_in_ms"`   // mean of a few; null: nobody signs in
	SkewS    Number       `json:"clock_skew_s"` // of the portal's clock against this one, to the second; null: unknown
	// VisibleAfterMS is how long the slowest of what was written took to be seen, to 0.1 s; null: nothing was looked for.
	VisibleAfterMS Number `json:"visible_after_ms"`
	// MailboxThreads is how many threads the first pages of some patients' lists had, on average; null: they were not looked at.
	MailboxThreads Number   `json:"mailbox_threads"`
	Warnings       []string `json:"warnings"`
	DurationMS     Number   `json:"duration_ms"`
}

// Broken names what operations that the portal says it has do not mean.
func (p *Preflight) Broken() []string {
	if p == nil {
		return nil
	}
	return (&Verify{Ops: p.Ops}).Broken()
}

// preflightReason says that the portal's operations do not mean what they must.
func (l *Load) preflightReason() string {
	broken := l.Preflight.Broken()
	if len(broken) == 0 {
		return ""
	}
	return fmt.Sprintf("the portal failed verification, in %d of what its operations must mean: %s", len(broken), broken[0])
}
