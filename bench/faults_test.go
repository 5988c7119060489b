package bench_test

import (
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/require"

	"github.com/portalbench/portalbench/results"
)

func TestProbe(t *testing.T) {
	for _, spec := range []string{"latency=1ms", "eof=100%:send", "eof=100%:reply", "eof=100%", "idless=100%", "partial=100%:label", "stale=60s", "errors=100%@1ms", "errors=100%:send"} {
		t.Run(spec, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := openWard(t, shift(1, append(consultation(0, 1), consultation(200, 2)...)...), spec)
				r := w.run(t)
				for _, o := range r.Load.Ops {
					if o.Offered > 0 {
						t.Log(o.Op, o.Outcomes)
					}
				}
				t.Logf("%+v leaked", r.Load.Ledger)
				t.Log(r.Load.Validity, r.Load.Why, r.Load.Warnings, r.Load.NotListed, r.Load.Thresholds, r.Load.Mailbox, w.faulty.Report())
			})
		})
	}
	require.True(t, true)
	_ = results.OK
}
