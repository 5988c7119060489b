package main

import (
	"bufio"
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"

	"github.com/spf13/cobra"

	"github.com/portalbench/portalbench/scenarios"
	"github.com/portalbench/portalbench/sim"
	"github.com/portalbench/portalbench/sim/des"
)

func newExportCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:                        "export",
		Short:                      "Write what a simulation does, or what a run came to, for other tools",
		Example:                    "  portalbench export --help",
		Args:                       cobra.ArbitraryArgs,
		RunE:                       helpOrUnknown,
		SuggestionsMinimumDistance: 2,
	}
	cmd.AddCommand(newExportEvents(), newExportFigures(), newExportPopulation(), newExportResults(), newExportTrace())
	return cmd
}

// eventFlags are those of `export events`.
type eventFlags struct {
	policy               string
	replication, network int
	seed                 uint64
	set                  []string
	out                  string
}

func newExportEvents() *cobra.Command {
	f := &eventFlags{}
	cmd := &cobra.Command{
		Use:   "events [SCENARIO]",
		Short: "Write everything that happens in one care network, thread by thread",
		Long: "Simulate one care network of one replication and write everything that happens in it, in order: what became of\n" +
			"each need, and every step of each thread. The columns are in docs/format.md.",
		Example: "  portalbench export events smoke --policy nurse-first --replication 3 -o events.csv",
		Args:    atMostOne("scenario"),
		RunE:    func(cmd *cobra.Command, args []string) error { return f.run(cmd, scenarioArg(args)) },
	}
	flags := cmd.Flags()
	flags.StringVar(&f.policy, "policy", "", "policy: a built-in name or a file (default: the scenario's first)")
	flags.IntVar(&f.replication, "replication", 0, "which replication, counted from 0")
	flags.IntVar(&f.network, "network", 0, "which care network, counted from 0")
	flags.Uint64Var(&f.seed, "seed", 1, "seed of every random draw")
	flags.StringArrayVar(&f.set, "set", nil, "`path=value`: override a field of the scenario or policy")
	outFlag(cmd, &f.out)
	return cmd
}

func outFlag(cmd *cobra.Command, out *string) {
	cmd.Flags().StringVarP(out, "out", "o", "-", "`file` to write to; -: standard output")
}

func (f *eventFlags) run(cmd *cobra.Command, scenario string) error {
	s, err := f.open(scenario)
	if err != nil {
		return err
	}
	return writeOut(cmd, f.out, func(w io.Writer) error {
		rows := newEventRows(w, s)
		sim.Watch(s.plan, s.arms[0], f.seed, f.replication, f.network, nil, func(e *sim.Event) {
			if rows.failed == nil {
				rows.failed = cmd.Context().Err()
			}
			rows.write(e)
		})
		if errors.Is(rows.failed, context.Canceled) {
			return errors.New("interrupted: the events are incomplete")
		}
		return rows.close()
	})
}

// open loads the scenario with its one policy and checks what is asked for.
func (f *eventFlags) open(scenario string) (*study, error) {
	sets, err := grid(f.set)
	if err != nil {
		return nil, err
	}
	if len(sets) > 1 {
		return nil, usageError(errors.New("--set: export takes one value for each path; sweeps are for simulate"))
	}
	var policies []string
	if f.policy != "" {
		policies = []string{f.policy}
	}
	s, err := openStudy(scenario, policies, "", sets[0])
	if err != nil {
		return nil, err
	}
	switch {
	case f.replication < 0:
		return nil, usageError(fmt.Errorf("--replication %d: they are counted from 0", f.replication))
	case f.network < 0 || f.network >= s.plan.Networks():
		return nil, usageError(fmt.Errorf("--network %d: there are %d, counted from 0", f.network, s.plan.Networks()))
	}
	return s, nil
}

// writeOut hands write a file, or standard output. What could not be finished is left as it is: it says so by the exit
// code.
func writeOut(cmd *cobra.Command, out string, write func(io.Writer) error) error {
	if out == "-" {
		return write(cmd.OutOrStdout())
	}
	file, err := os.Create(out)
	if err != nil {
		return usageError(fmt.Errorf("--out: %w", err))
	}
	return errors.Join(write(file), file.Close())
}

// eventHeader names the columns of events.csv.
func eventHeader() []string {
	return []string{"at_hours", "clock", "event", "network", "thread", "patient", "category", "actual_urgency", "felt_urgency",
		"label", "who", "inbox", "fate", "observed"}
}

// eventRows writes events as CSV, one at a time, and keeps the first error.
type eventRows struct {
	buffer *bufio.Writer
	csv    *csv.Writer
	staff  []string // by index in the roster
	pools  []string // by number
	from   des.Time // the observed days
	to     des.Time
	failed error
}

func newEventRows(w io.Writer, s *study) *eventRows {
	r := &eventRows{buffer: bufio.NewWriter(w)}
	r.csv = csv.NewWriter(r.buffer)
	h := s.scenario.Horizon
	r.from = des.Time(h.WarmUpDays) * des.Day
	r.to = r.from + des.Time(h.Days)*des.Day
	ofRole := map[scenarios.Role]int{}
	for _, m := range s.plan.Roster() {
		ofRole[m.Role]++
		r.staff = append(r.staff, fmt.Sprintf("%s-%d", m.Role, ofRole[m.Role]))
	}
	for _, roles := range s.plan.Pools(s.arms[0]) {
		r.pools = append(r.pools, poolName(roles))
	}
	r.failed = r.csv.Write(eventHeader())
	return r
}

func (r *eventRows) write(e *sim.Event) {
	if r.failed != nil {
		return
	}
	row := []string{strconv.FormatFloat(e.At.Hours(), 'f', 6, 64), simulatedClock(e.At), e.Kind.String(), number32(e.Network),
		number32(e.Thread), number32(e.Person), "", "", "", "", r.person(e.Staff), r.inbox(e.Inbox), "", strconv.FormatBool(r.from <= e.At && e.At < r.to)}
	if e.Person >= 0 {
		row[6], row[7], row[8] = e.Category.String(), urgencyOf(e.Urgent), urgencyOf(e.Felt)
	}
	if e.Thread >= 0 {
		row[9] = urgencyOf(e.Classified)
	}
	if e.Kind == sim.NeedFell {
		row[12] = e.Fate.String()
	}
	r.failed = r.csv.Write(row)
}

func (r *eventRows) close() error {
	r.csv.Flush()
	if r.failed == nil {
		r.failed = r.csv.Error()
	}
	if r.failed == nil {
		r.failed = r.buffer.Flush()
	}
	if r.failed != nil {
		return fmt.Errorf("writing events: %w", r.failed)
	}
	return nil
}

// simulatedClock writes a moment as people read it, such as week 3 tue 14:05:09.123; weeks count from 0.
func simulatedClock(at des.Time) string {
	t := at % des.Day
	return fmt.Sprintf("week %d %s %02d:%02d:%02d.%03d", at/des.Week, dayName(at), t/des.Hour, t%des.Hour/des.Minute,
		t%des.Minute/des.Second, t%des.Second)
}

// number32 writes a number; -1 stands for none.
func number32(n int32) string {
	if n < 0 {
		return ""
	}
	return strconv.Itoa(int(n))
}

func urgencyOf(urgent bool) string {
	if urgent {
		return "urgent"
	}
	return "routine"
}

func (r *eventRows) person(staff int32) string {
	if staff < 0 {
		return ""
	}
	return r.staff[staff]
}

func (r *eventRows) inbox(i int32) string {
	switch n := int32(len(r.staff)); {
	case i < 0:
		return ""
	case i < n:
		return r.staff[i]
	default:
		return r.pools[i-n]
	}
}
