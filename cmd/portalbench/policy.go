package main

import (
	"fmt"
	"slices"

	"github.com/portalbench/portalbench/scenarios"
	"github.com/portalbench/portalbench/sim/triage"
	"github.com/spf13/cobra"
)

func newPolicyCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:     "policy",
		Short:   "List, show and check triage policies",
		Example: "  portalbench policy list",
		Args:    usageArgs(cobra.NoArgs),
		RunE:    func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(newPolicyList(), newPolicyShow(), newPolicyCheck())
	return cmd
}

func newPolicyList() *cobra.Command {
	return newList("policy", "policies", scenarios.PolicyNames(), func(name string) (string, error) {
		p, err := scenarios.LoadPolicy(name, nil)
		if err != nil {
			return "", err
		}
		return p.Title, nil
	})
}

func newPolicyShow() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "show POLICY",
		Short: "Print a policy in words and as it is used, with the source of every value",
		Long: "Print a policy in words, as remarks, and below them the levers as they are used, what it extends and what --set\n" +
			"changes included. The output is a policy file that loads unchanged. Several policies with a plus between their\n" +
			"names are laid over one another: nurse-first+ai-drafts.",
		Example: "  portalbench policy show nurse-first+ai-drafts",
		Args:    usageArgs(cobra.ExactArgs(1)),
	}
	evidence := cmd.Flags().Bool("evidence", false, "print every parameter with its source instead")
	set := overrides(cmd)
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		values, err := set()
		if err != nil {
			return err
		}
		p, err := scenarios.LoadPolicy(args[0], values)
		if err != nil {
			return usageError(err)
		}
		if !*evidence {
			fmt.Fprint(cmd.OutOrStdout(), policyInWords(p))
		}
		return show(cmd.OutOrStdout(), p, *evidence)
	}
	return cmd
}

func newPolicyCheck() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "check POLICY...",
		Short: "Read policies and say what is wrong with them",
		Long: "Read policies, compile their expressions, and say what is wrong with them. Whether the staff is there that they\n" +
			"need depends on the scenario: a role that it lacks is a warning here, and an error once it is simulated.",
		Example: "  portalbench policy check category-routing --scenario smoke",
		Args:    usageArgs(cobra.MinimumNArgs(1)),
	}
	set := overrides(cmd)
	scenario := cmd.Flags().String("scenario", defaultScenario, "scenario whose staff is to work by them: a built-in `name` or a file")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		values, err := set()
		if err != nil {
			return err
		}
		clinic, err := scenarios.Load(*scenario, slices.DeleteFunc(slices.Clone(values), scenarios.Override.OfPolicy))
		if err != nil {
			return usageError(fmt.Errorf("--scenario: %w", err))
		}
		for _, name := range args {
			if err := checkPolicy(cmd, name, values, clinic); err != nil {
				return usageError(err)
			}
		}
		return nil
	}
	return cmd
}

// checkPolicy says that a policy is right, or returns what is wrong with it. Staff that a clinic lacks is a warning.
func checkPolicy(cmd *cobra.Command, name string, set []scenarios.Override, clinic *scenarios.Loaded) error {
	p, err := scenarios.LoadPolicy(name, set)
	if err != nil {
		return err
	}
	if _, err := triage.Routers(p.Policy); err != nil {
		return err
	}
	if err := scenarios.Check(clinic.Scenario, p.Policy); err != nil {
		say(cmd.ErrOrStderr(), "warning: in the scenario %s: %v (for another clinic: --scenario)", clinic.Name, err)
	}
	fmt.Fprintf(cmd.OutOrStdout(), "%s: ok\n", name)
	return nil
}
