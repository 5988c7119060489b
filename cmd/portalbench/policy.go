package main

import (
	"fmt"

	"github.com/portalbench/portalbench/scenarios"
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
		Use:     "show POLICY",
		Short:   "Print a policy as it is used, with the source of every value",
		Example: "  portalbench policy show urgency-first",
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
		return show(cmd.OutOrStdout(), p, *evidence)
	}
	return cmd
}

func newPolicyCheck() *cobra.Command {
	cmd := &cobra.Command{
		Use:     "check POLICY...",
		Short:   "Read policies and say what is wrong with them",
		Example: "  portalbench policy check nurse-first --set route.closed_without_physician=.5",
		Args:    usageArgs(cobra.MinimumNArgs(1)),
	}
	set := overrides(cmd)
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		values, err := set()
		if err != nil {
			return err
		}
		for _, name := range args {
			if _, err := scenarios.LoadPolicy(name, values); err != nil {
				return usageError(err)
			}
			fmt.Fprintf(cmd.OutOrStdout(), "%s: ok\n", name)
		}
		return nil
	}
	return cmd
}
