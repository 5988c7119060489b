package bench

import (
	"context"
	"runtime/pprof"

	"github.com/portalbench/portalbench/results"
)

// inPhase does a part of a run under a label by which profiles can be cut.
func inPhase(ctx context.Context, phase string, do func(context.Context)) {
	pprof.Do(ctx, pprof.Labels("phase", phase), do)
}

// opLabels are contexts that carry a profile label for each operation, beside those of ctx.
func opLabels(ctx context.Context) (labels [results.NumOps]context.Context) {
	for k := range labels {
		labels[k] = pprof.WithLabels(ctx, pprof.Labels("op", results.OpKind(k).String()))
	}
	return labels
}
