package main

import (
	"github.com/spf13/cobra"

	"github.com/portalbench/portalbench/results"
)

func newGateCalibrateCommand() *cobra.Command {
	f := &pairFlags{kind: results.GateCalibration}
	cmd := &cobra.Command{
		Use:   "calibrate --base X [SCENARIO]",
		Short: "Find out what gate ab can see on this machine",
		Long: "Compare a portal with itself as gate ab would compare two, for up to 24 pairs, and tell for every metric how\n" +
			"much it swings, how often gate ab would raise a false alarm, and the smallest effect that it would see in\n" +
			"four of five gates. A command is started twice, so that it must not need one port or file for itself;\n" +
			"PORTALBENCH_SIDE in its environment is base and candidate.",
		Example: "  portalbench gate calibrate smoke --base './new portal serve --credentials new.yaml' --base-auth file:new.yaml",
		Args:    atMostOne("scenario"),
		RunE:    func(cmd *cobra.Command, args []string) error { return f.run(cmd, scenarioArg(args)) },
	}
	f.register(cmd)
	cmd.Flags().StringVar(&f.baseAuth, "base-auth", "", "`file:FILE` with the credentials (or --auth)")
	return cmd
}
