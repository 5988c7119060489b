package bench

import (
	"cmp"
	"context"
	"fmt"
	"sync/atomic"
	"time"

	"github.com/portalbench/portalbench/results"
)

// Preparation is what a run does before its clock starts, without the ledger's part after it.
type Preparation struct {
	Patients, Proxies, Staff, Pools int   // accounts
	SignIns                         int64 // of those in the middle of a session, and of those in whose name threads are seeded
	Threads                         int   // that must be there
	Messages                        int64 // in them
	Operations                      int64 // all of it on the portal, sign-ins included
}

// Prepare tells what a run of a workload on a portal with these operations has to prepare. It goes through all of it on
// a portal that does nothing, without a network.
func (w *Workload) Prepare(ctx context.Context, can Capabilities) (Preparation, error) {
	quiet := &rehearsal{can: can}
	cfg := Config{Portal: quiet, Workload: *w, RunID: "rehearsal", Admin: Account{Kind: AdminAccount, Secret: "none"}, SkipLedger: true}
	if err := cfg.complete(); err != nil {
		return Preparation{}, err
	}
	r, err := newRun(&cfg)
	if err != nil {
		return Preparation{}, err
	}
	defer r.stage.table.close()
	if err := r.prepare(ctx); err != nil {
		return Preparation{}, err
	}
	p := Preparation{SignIns: quiet.signIns.Load(), Threads: len(r.survey.threads), Messages: r.seeded, Operations: quiet.all.Load()}
	for of, n := range map[AccountKind]*int{PatientAccount: &p.Patients, ProxyAccount: &p.Proxies, StaffAccount: &p.Staff, PoolAccount: &p.Pools} {
		*n = len(r.survey.roster.of(of))
	}
	return p, nil
}

// At returns how long it takes when every operation takes a while and so many go on at once; and, if sign-ins are paced,
// not below what those take.
func (p Preparation) At(takes time.Duration, workers int, signInsPerS float64) time.Duration {
	whole := time.Duration(p.Operations) * takes / time.Duration(workers)
	if signInsPerS > 0 {
		whole = max(whole, time.Duration(float64(p.SignIns)/signInsPerS*float64(time.Second)))
	}
	return whole
}

// usualAnswer is what an operation is assumed to take before the clock.
const usualAnswer = 20 * time.Millisecond

// Describe says it in a sentence.
func (p Preparation) Describe(signInsPerS float64) string {
	return fmt.Sprintf("Before the clock: accounts %d (patients %d, proxies %d, staff %d, pools %d), sign-ins %d, messages %d in threads %d. "+
		"That is %d operations: %s if each takes %s (assumed) and %d go on at once.",
		p.Patients+p.Proxies+p.Staff+p.Pools, p.Patients, p.Proxies, p.Staff, p.Pools, p.SignIns, p.Messages, p.Threads,
		p.Operations, p.At(usualAnswer, defaultWorkers, signInsPerS).Round(100*time.Millisecond), usualAnswer, defaultWorkers)
}

// rehearsal is a portal that counts and answers that all is well.
type rehearsal struct {
	can          Capabilities
	signIns, all atomic.Int64
}

func (r *rehearsal) Capabilities() Capabilities { return r.can }

func (r *rehearsal) SignIn(_ context.Context, s *Session) error {
	r.signIns.Add(1)
	r.all.Add(1)
	s.Token = "rehearsal"
	return nil
}

func (r *rehearsal) Do(_ context.Context, _ *Session, c *Call) (Answer, error) {
	n := fmt.Sprint(r.all.Add(1))
	return Answer{Outcome: results.OK, Thread: cmp.Or(c.Thread, "t"+n), Message: "m" + n, Item: cmp.Or(c.Item, "i"+n), Version: "1", Ref: "f" + n}, nil
}
