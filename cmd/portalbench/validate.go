package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/portalbench/portalbench/results"
	"github.com/portalbench/portalbench/results/report"
	"github.com/portalbench/portalbench/scenarios"
	"github.com/portalbench/portalbench/sim/verify"
)

// validateFlags are those of `validate`.
type validateFlags struct {
	common
	targets      string
	only         string
	replications int
}

// The parts of a validation, as --only names them.
const (
	onlyVerification = "verification"
	onlyProperties   = "properties"
	onlyTargets      = "targets"
)

func newValidateCommand() *cobra.Command {
	f := &validateFlags{}
	cmd := &cobra.Command{
		Use:   "validate [SCENARIO]",
		Short: "Hold the simulator against exact values and published outcomes",
		Long: "Hold the simulator against what is known without it. Verification: values that queueing theory gives\n" +
			"exactly, for clinics so simple that it can. Properties: what must be true of every event. Targets:\n" +
			"outcomes of the scenario that others have published, or those of one's own clinic from a CSV file with\n" +
			"the columns id,kind,policy,measure,where,statistic,low,high,source, where kind is fit, target or check\n" +
			"and where is key=value;...\n\n" +
			"Exits with 1 when the verification or a property does not hold. A missed target is a result, not a failure.",
		Example: "  portalbench validate smoke --only targets",
		Args:    atMostOne("scenario"),
		RunE:    func(cmd *cobra.Command, args []string) error { return f.run(cmd, scenarioArg(args)) },
	}
	f.common.register(cmd)
	_ = cmd.Flags().MarkHidden("out") // there is no run folder
	cmd.Flags().StringVar(&f.targets, "targets", "", "CSV `file` of targets (default: the published ones)")
	cmd.Flags().StringVar(&f.only, "only", "", "verification, properties or targets (default: all three)")
	cmd.Flags().IntVar(&f.replications, "replications", verify.FewestReplications, "how often to simulate for the targets, at least 20")
	return cmd
}

func (f *validateFlags) check() error {
	parts := []string{onlyVerification, onlyProperties, onlyTargets}
	switch {
	case f.only != "" && !slices.Contains(parts, f.only):
		return usageError(fmt.Errorf("--only %q: use %s", f.only, strings.Join(parts, ", ")))
	case f.targets != "" && !f.wants(onlyTargets):
		return usageError(fmt.Errorf("--targets %s: not looked at with --only %s", f.targets, f.only))
	case f.replications < verify.FewestReplications:
		return usageError(fmt.Errorf("--replications %d: use %d or more", f.replications, verify.FewestReplications))
	case f.out != "":
		return usageError(fmt.Errorf("--out %s: validate writes no run folder: redirect its output", f.out))
	}
	return f.common.check()
}

// wants reports whether a part is asked for.
func (f *validateFlags) wants(part string) bool { return f.only == "" || f.only == part }

func (f *validateFlags) run(cmd *cobra.Command, scenario string) error {
	if err := f.check(); err != nil {
		return err
	}
	s, err := scenarios.Load(scenario, nil)
	if err != nil {
		return usageError(err)
	}
	c, err := f.comparison(s)
	if err != nil {
		return usageError(err)
	}
	v, err := f.validate(cmd, s, c)
	if err != nil {
		return interrupted(cmd.Context(), err)
	}
	if f.format == "json" {
		err = writeJSON(cmd.OutOrStdout(), v)
	} else {
		err = report.Validation(cmd.OutOrStdout(), report.Format(f.format), v)
	}
	if err == nil && v.Holds != nil && !*v.Holds {
		err = &exitError{exitFail, errors.New("the simulator does not do what it must: see what does not hold above")}
	}
	return err
}

// comparison reads the targets and the policies they name. It is nil when they are not asked for.
func (f *validateFlags) comparison(s *scenarios.Loaded) (*verify.Comparison, error) {
	if !f.wants(onlyTargets) {
		return nil, nil
	}
	targets := verify.PublishedTargets()
	if f.targets != "" {
		text, err := os.ReadFile(f.targets)
		if err != nil {
			return nil, fmt.Errorf("reading targets: %w", err)
		}
		if err := commas(f.targets, string(text)); err != nil {
			return nil, err
		}
		if targets, err = verify.ReadTargets(f.targets, bytes.NewReader(text)); err != nil {
			return nil, err
		}
	}
	return verify.NewComparison(s.Scenario, targets)
}

// commas refuses a file whose columns are set apart by something else, as spreadsheets do where a comma is the decimal
// point.
func commas(file, text string) error {
	line, _, _ := strings.Cut(text, "\n")
	for _, s := range []struct{ sign, name string }{{";", "semicolons"}, {"\t", "tabs"}} {
		if strings.Count(line, s.sign) > strings.Count(line, ",") {
			return scenarios.Problems{{At: scenarios.Pos{File: file, Line: 1, Column: 1 + strings.Index(line, s.sign)},
				What: "the columns are set apart by " + s.name,
				Hint: "use commas, and a point in numbers: in a spreadsheet save as CSV with commas (a semicolon belongs only within where, as in key=value;key=value)"}}
		}
	}
	return nil
}

// validate does what is asked for, targets first: that is where the user can have made a mistake.
func (f *validateFlags) validate(cmd *cobra.Command, s *scenarios.Loaded, c *verify.Comparison) (*verify.Validation, error) {
	ctx, began, cpu := cmd.Context(), time.Now(), results.ProcessCPU()
	v := &verify.Validation{Format: results.Format, Kind: "validate", Scenario: s.Name, Digest: s.Digest(), Seed: f.seed,
		Cases: []verify.Verdict{}, Properties: []verify.Property{}, Targets: []verify.Outcome{},
		PatientsPerPhysicianFTE: results.Number(s.PatientsPerFTE(scenarios.Physician)), PatientsPerRNFTE: results.Number(s.PatientsPerFTE(scenarios.RN))}
	bar := newProgress(cmd.ErrOrStderr(), f.quiet)
	defer bar.stop()
	o := verify.Options{Seed: f.seed, Workers: f.workers, Progress: bar.set}
	v.Workers = o.Cores()
	var err error
	if c != nil {
		v.Replications = f.replications
		bar.start("targets", c.Steps(f.replications))
		if v.Targets, err = c.Run(ctx, f.replications, o); err != nil {
			return nil, asUsage(err)
		}
		bar.stop()
	}
	if err := f.hold(ctx, v, s, bar, o); err != nil {
		return nil, err
	}
	v.Judge()
	v.WallSeconds = results.Number(time.Since(began).Seconds())
	v.CPUSeconds = results.Number((results.ProcessCPU() - cpu).Seconds())
	return v, nil
}

// hold checks what must hold whatever the clinic.
func (f *validateFlags) hold(ctx context.Context, v *verify.Validation, s *scenarios.Loaded, bar *progress, o verify.Options) (err error) {
	if f.wants(onlyProperties) {
		policies := suiting(s.Scenario)
		bar.start("properties", 2*len(policies))
		if v.Properties, err = verify.Properties(ctx, s.Scenario, policies, o); err != nil {
			return err
		}
		bar.stop()
	}
	if f.wants(onlyVerification) {
		cases := verify.Cases()
		bar.start("verification", len(cases)*verify.Runs)
		v.Cases, err = verify.Exact(ctx, cases, o)
		bar.stop()
	}
	return err
}

// asUsage marks the errors of a declared file as the user's to mend.
func asUsage(err error) error {
	var p scenarios.Problems
	if errors.As(err, &p) {
		return usageError(err)
	}
	return err
}

// suiting lists the built-in policies for which a scenario has the staff.
func suiting(s *scenarios.Scenario) []string {
	return slices.DeleteFunc(scenarios.PolicyNames(), func(name string) bool {
		p, err := scenarios.LoadPolicy(name, nil)
		return err != nil || scenarios.Check(s, p.Policy) != nil
	})
}
