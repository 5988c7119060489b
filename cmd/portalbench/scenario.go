package main

import (
	"errors"
	"fmt"
	"io"
	"math"
	"runtime"
	"slices"
	"strings"

	"github.com/portalbench/portalbench/results"
	"github.com/portalbench/portalbench/results/report"
	"github.com/portalbench/portalbench/scenarios"
	"github.com/spf13/cobra"
)

func newScenarioCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:     "scenario",
		Short:   "List, show, check and begin scenarios",
		Example: "  portalbench scenario list",
		Args:    usageArgs(cobra.NoArgs),
		RunE:    func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(newScenarioList(), newScenarioShow(), newScenarioCheck(), newScenarioSchema(), newScenarioInit())
	return cmd
}

// usageArgs makes a wrong number of arguments a usage error.
func usageArgs(check cobra.PositionalArgs) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		if err := check(cmd, args); err != nil {
			return usageError(fmt.Errorf("%w: see %s --help", err, cmd.CommandPath()))
		}
		return nil
	}
}

func newScenarioList() *cobra.Command {
	return newList("scenario", "scenarios", scenarios.ScenarioNames(), func(name string) (string, error) {
		s, err := scenarios.Load(name, nil)
		if err != nil {
			return "", err
		}
		return s.Title, nil
	})
}

// newList makes the command that names what is built in of a kind, with titles.
func newList(kind, plural string, names []string, title func(name string) (string, error)) *cobra.Command {
	return &cobra.Command{
		Use:     "list",
		Short:   "Name the built-in " + plural,
		Example: "  portalbench " + kind + " list",
		Args:    usageArgs(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			for _, name := range names {
				text, err := title(name)
				if err != nil {
					return usageError(err)
				}
				for _, line := range wrap(text, lineWidth-19) {
					fmt.Fprintf(cmd.OutOrStdout(), "%-18s %s\n", name, line)
					name = ""
				}
			}
			return nil
		},
	}
}

// overrides adds --set to a command that reads one value for each field.
func overrides(cmd *cobra.Command) func() ([]scenarios.Override, error) {
	texts := cmd.Flags().StringArray("set", nil, "`path=value`: use another value for a field (repeatable)")
	return func() ([]scenarios.Override, error) {
		var set []scenarios.Override
		for _, text := range *texts {
			s, err := scenarios.ParseSet(text)
			if err != nil {
				return nil, usageError(err)
			}
			if len(s.Values) != 1 {
				return nil, usageError(fmt.Errorf("--set %s: several values: give one here, or sweep with simulate", text))
			}
			set = append(set, scenarios.Override{Path: s.Path, Value: s.Values[0]})
		}
		return set, nil
	}
}

func newScenarioShow() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "show [SCENARIO]",
		Short: "Print a scenario as it is used, with the source of every value",
		Long: "Print a scenario as it is used, what it extends and what --set changes included. The output is a scenario\n" +
			"file that loads unchanged. Without a name: the cardiopulmonary scenario.\n\n" +
			"With --stress the output is a document in Markdown that follows the STRESS guideline for reporting\n" +
			"discrete-event simulations (Monks et al. 2019): the model's logic, every value of the scenario and of its\n" +
			"policies with its source, outcomes, experiment and program.",
		Example: "  portalbench scenario show cardiopulmonary --evidence",
		Args:    usageArgs(cobra.MaximumNArgs(1)),
	}
	evidence := cmd.Flags().Bool("evidence", false, "print every parameter with its source instead")
	stress := cmd.Flags().Bool("stress", false, "print a STRESS-DES document of scenario and policies instead")
	set := overrides(cmd)
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		values, err := set()
		if err != nil {
			return err
		}
		if *evidence && *stress {
			return usageError(errors.New("--evidence and --stress: give one, the document has every source"))
		}
		if *stress {
			return writeStress(cmd.OutOrStdout(), scenarioArg(args), values)
		}
		s, err := scenarios.Load(scenarioArg(args), values)
		if err != nil {
			return usageError(err)
		}
		return show(cmd.OutOrStdout(), s, *evidence)
	}
	return cmd
}

// writeStress describes a scenario and its policies as the STRESS guideline asks, with the seed and the replications that
// simulate uses where it is not told any.
func writeStress(w io.Writer, scenario string, set []scenarios.Override) error {
	var usual common
	usual.register(&cobra.Command{})
	s, err := openStudy(scenario, nil, "", set)
	if err != nil {
		return err
	}
	return report.WriteStress(w, report.Stress{InWords: leversInWords,
		Scenario: s.scenario, Policies: s.policies, Replications: s.replications(), Seed: usual.seed,
		Version: version(), GoVersion: runtime.Version(), Machine: results.ThisMachine(),
	})
}

// declaration is what scenarios and policies have in common once loaded.
type declaration interface {
	Effective() []byte
	Sources() []scenarios.Source
}

func show(w io.Writer, d declaration, evidence bool) error {
	text := d.Effective()
	if evidence {
		text = []byte(evidenceTable(d.Sources()))
	}
	_, err := w.Write(text)
	return err
}

func newScenarioCheck() *cobra.Command {
	cmd := &cobra.Command{
		Use:     "check SCENARIO...",
		Short:   "Read scenarios and say what is wrong with them",
		Example: "  portalbench scenario check smoke",
		Args:    usageArgs(cobra.MinimumNArgs(1)),
	}
	set := overrides(cmd)
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		values, err := set()
		for _, name := range args {
			if err != nil {
				return err
			}
			err = checkScenario(cmd.OutOrStdout(), name, values)
		}
		return err
	}
	return cmd
}

func checkScenario(w io.Writer, name string, set []scenarios.Override) error {
	s, err := scenarios.Load(name, set)
	if err != nil {
		return usageError(err)
	}
	sizes, err := scenarios.Networks(s.Scenario)
	if err != nil {
		return usageError(err)
	}
	fmt.Fprintf(w, "%s: ok\n", name)
	fmt.Fprintf(w, "  patients                    %d\n", s.Population.Patients)
	fmt.Fprintf(w, "  care networks               %d\n", len(sizes))
	fmt.Fprintf(w, "  patients per physician FTE  %s\n", perFTE(s.PatientsPerFTE(scenarios.Physician)))
	fmt.Fprintf(w, "  patients per RN FTE         %s\n", perFTE(s.PatientsPerFTE(scenarios.RN)))
	return nil
}

func perFTE(patients float64) string {
	if math.IsNaN(patients) {
		return "none"
	}
	return fmt.Sprintf("%.0f", patients)
}

func newScenarioSchema() *cobra.Command {
	return &cobra.Command{
		Use:       "schema [scenario|policy]",
		Short:     "Print the JSON Schema of scenario or policy files, for editors",
		Example:   "  portalbench scenario schema policy > policy.schema.json",
		Args:      usageArgs(cobra.MatchAll(cobra.MaximumNArgs(1), cobra.OnlyValidArgs)),
		ValidArgs: []string{"scenario", "policy"},
		RunE: func(cmd *cobra.Command, args []string) error {
			text := scenarios.ScenarioSchema()
			if slices.Contains(args, "policy") {
				text = scenarios.PolicySchema()
			}
			_, err := cmd.OutOrStdout().Write(text)
			return err
		},
	}
}

func newScenarioInit() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "init",
		Short: "Print a scenario file for a clinic of your own to start from",
		Example: "  portalbench scenario init --patients 9000 --physicians 6 --rn 3 \\\n" +
			"      --hours \"mon-fri 08:00-17:00\" > my-clinic.yaml",
		Args: usageArgs(cobra.NoArgs),
	}
	var c scenarios.Clinic
	f := cmd.Flags()
	f.IntVar(&c.Patients, "patients", 12000, "patients who share the staff")
	f.Float64Var(&c.Physicians, "physicians", 8, "full-time equivalents of primary care physicians")
	f.Float64Var(&c.RN, "rn", 4, "full-time equivalents of nurses in the pool")
	hours := f.String("hours", "mon-fri 08:00-17:00", "the scheduled span of a week")
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		if err := c.Hours.UnmarshalText([]byte(strings.TrimSpace(*hours))); err != nil {
			return usageError(fmt.Errorf("--hours: %w", err))
		}
		text, err := scenarios.Starter(c)
		if err != nil {
			return usageError(err)
		}
		_, err = cmd.OutOrStdout().Write(text)
		return err
	}
	return cmd
}
