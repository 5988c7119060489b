package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"runtime/pprof"

	"github.com/grafana/pyroscope-go"
	"github.com/spf13/cobra"
)

// profiling holds the flags for profiles of this program itself.
type profiling struct {
	pyroscope string
	pprof     string
}

func (p *profiling) register(cmd *cobra.Command) {
	cmd.Flags().StringVar(&p.pyroscope, "pyroscope", "", "send profiles of this program to a Pyroscope server at `URL`, labelled by run, phase and op")
	cmd.Flags().StringVar(&p.pprof, "pprof", "", "write a CPU profile of this program to `FILE`, labelled by run, phase and op")
}

// start begins profiling. The returned function ends it and must be called.
func (p *profiling) start(runID string) (stop func() error, err error) {
	stop = func() error { return nil }
	if p.pprof != "" {
		if stop, err = startCPUProfile(p.pprof); err != nil {
			return nil, err
		}
	}
	if p.pyroscope == "" {
		return stop, nil
	}
	agent, err := pyroscope.Start(pyroscope.Config{
		ApplicationName: "portalbench", ServerAddress: p.pyroscope, Tags: map[string]string{"run": runID},
		ProfileTypes: []pyroscope.ProfileType{pyroscope.ProfileCPU, pyroscope.ProfileAllocSpace, pyroscope.ProfileInuseSpace, pyroscope.ProfileGoroutines},
	})
	if err != nil {
		return nil, errors.Join(fmt.Errorf("starting profiles for the Pyroscope server: %w", err), stop())
	}
	local := stop
	return func() error { return errors.Join(agent.Stop(), local()) }, nil
}

func startCPUProfile(file string) (stop func() error, err error) {
	f, err := os.Create(file)
	if err != nil {
		return nil, usageError(fmt.Errorf("--pprof: %w", err))
	}
	if err := pprof.StartCPUProfile(f); err != nil {
		f.Close()
		return nil, fmt.Errorf("profiling to %s: %w", file, err)
	}
	return func() error {
		pprof.StopCPUProfile()
		return f.Close()
	}, nil
}

// inPhase does a phase of the work under the labels that profiles are cut by.
func inPhase(ctx context.Context, runID, phase string, do func(context.Context) error) (err error) {
	pprof.Do(ctx, pprof.Labels("run", runID, "phase", phase), func(ctx context.Context) { err = do(ctx) })
	return err
}
