package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/spf13/cobra"

	"github.com/portalbench/portalbench/bench"
	"github.com/portalbench/portalbench/results"
	"github.com/portalbench/portalbench/results/report"
	"github.com/portalbench/portalbench/scenarios"
	"github.com/portalbench/portalbench/sim"
	"github.com/portalbench/portalbench/sim/des"
)

// seedFlags are those of `portal seed`.
type seedFlags struct {
	common
	target
	window
	policy   string
	set      []string
	patients int
	messages int
	days     int
	timeout  time.Duration
	resume   string
}

func newPortalSeedCommand() *cobra.Command {
	f := &seedFlags{}
	cmd := &cobra.Command{
		Use:   "seed [SCENARIO]",
		Short: "Fill mailboxes with the message history that a scenario's patients would have",
		Long: "Put people and their message history on a portal, as they would have written it in the days before a load:\n" +
			"first those patients whom a load with the same scenario, seed, --rate, --at and --for meets, then as many\n" +
			"others as --patients asks for. Everything that was written is looked for afterwards. Portals that take whole\n" +
			"threads get up to 100 entries a transaction; others get the operations that people would have used.\n\n" +
			"A history that was interrupted, or killed, goes on with the same command and --resume RUN; nothing is made\n" +
			"twice. portal clean --run RUN removes it again.\n\n" +
			"Exits with 1 when something that the portal acknowledged is lost, duplicated or seen by others.",
		Example: "  portalbench portal seed smoke --messages 200 --url $URL --auth file:admin.yaml --out filled",
		Args:    atMostOne("scenario"),
		RunE:    func(cmd *cobra.Command, args []string) error { return f.run(cmd, scenarioArg(args)) },
	}
	f.common.register(cmd)
	f.target.register(cmd)
	f.window.register(cmd)
	flags := cmd.Flags()
	flags.Lookup("url").Usage = "address of the portal; needed"
	flags.StringVar(&f.policy, "policy", "", "policy under which it was written: a built-in name or file (default: the scenario's first)")
	flags.StringArrayVar(&f.set, "set", nil, "`path=value`: override a field of the scenario or policy")
	flags.IntVar(&f.patients, "patients", 0, "how many patients (0: those whom the load meets)")
	flags.IntVar(&f.messages, "messages", 0, "about how many messages, the latest, for each patient alike (0: all)")
	flags.IntVar(&f.days, "days", 0, "how far back the history goes (0: replay.history_days of the scenario)")
	flags.DurationVar(&f.timeout, "timeout", 30*time.Second, "of one operation, or transaction")
	flags.StringVar(&f.resume, "resume", "", "go on with the history whose run folder is `RUN`")
	for _, notHere := range []string{"stages", "skip-verify"} {
		_ = flags.MarkHidden(notHere)
	}
	return cmd
}

// check reads the flags that must hold before anything is done.
func (f *seedFlags) check(cmd *cobra.Command) error {
	if !cmd.Flags().Changed("url") {
		return usageError(errors.New("portal seed needs --url: the portal whose mailboxes are to be filled"))
	}
	if err := errors.Join(f.common.check(), f.target.check(cmd), f.window.check(cmd)); err != nil {
		return usageError(err)
	}
	switch {
	case f.patients < 0 || f.messages < 0 || f.days < 0 || f.timeout <= 0:
		return usageError(fmt.Errorf("--patients %d, --messages %d, --days %d, --timeout %s: use 0 or more, and a positive time-out", f.patients, f.messages, f.days, f.timeout))
	case f.days > 3650:
		return usageError(fmt.Errorf("--days %d: at most 3650, ten years", f.days))
	case f.stages != "":
		return usageError(errors.New("--stages: name the load by --rate or --care-networks"))
	case f.resume != "" && f.out != "":
		return usageError(errors.New("--resume goes on in the folder it names: leave --out out"))
	}
	return nil
}

func (f *seedFlags) run(cmd *cobra.Command, scenario string) error {
	if err := f.check(cmd); err != nil {
		return err
	}
	job, err := f.prepare(cmd, scenario)
	if err != nil {
		return err
	}
	defer job.client.CloseIdle()
	to, err := job.history()
	if err != nil {
		return err
	}
	if err := job.open(f.out, f.resume); err != nil {
		return err
	}
	defer job.journal.Close()
	filed, err := job.file(cmd.Context(), to)
	job.record.filing, job.record.partial, job.record.capabilities = filed, filed.Incomplete, to.Portal.Capabilities().Row()
	if err := errors.Join(showFiling(cmd.OutOrStdout(), f.format, filed), job.record.finish(job.stderr)); err != nil {
		return err
	}
	if err != nil {
		say(job.stderr, "to go on: the same command with --resume %s, and without --out", job.record.folder.Dir())
		if cmd.Context().Err() != nil {
			err = errors.New("interrupted: the history is incomplete")
		}
		return err
	}
	return seedVerdict(filed)
}

// seedJob is a history being filed.
type seedJob struct {
	loadJob
	days     int
	messages int
	cohorts  []bench.Cohort
	record   *record
	journal  *journalFile
}

// prepare finds whose history it is.
func (f *seedFlags) prepare(cmd *cobra.Command, scenario string) (*seedJob, error) {
	s, err := (&loadFlags{policy: f.policy, set: f.set}).study(scenario)
	if err != nil {
		return nil, err
	}
	job := &seedJob{loadJob: loadJob{study: s, common: &f.common, stderr: cmd.ErrOrStderr(), timeout: f.timeout, target: f.target},
		days: f.days, messages: f.messages}
	if job.days == 0 {
		job.days = s.scenario.Replay.History
	}
	if job.days == 0 {
		return nil, usageError(fmt.Errorf("scenario %s has no history: say how far back it goes with --days, or with replay.history_days in the scenario", s.scenario.Name))
	}
	if err := job.plan(cmd.Context(), f.window.goal(s.scenario.Replay)); err != nil {
		return nil, err
	}
	defer job.workload.Close()
	if job.cohorts, err = job.workload.Cohorts(job.portal.Capabilities()); err != nil {
		return nil, err
	}
	if f.patients > 0 {
		job.cohorts = bench.Resize(job.cohorts, f.patients, s.scenario.Network.Patients)
	}
	return job, nil
}

// patients counts them.
func (j *seedJob) patients() (n int) {
	for _, c := range j.cohorts {
		n += len(c.Patients)
	}
	return n
}

// past simulates the days before now, on a calendar that is long enough.
func (j *seedJob) past() (*sim.Replay, des.Time, error) {
	long, err := j.study.with(scenarios.Override{Path: daysPath, Value: fmt.Sprint(max(j.days, j.scenario.Horizon.Days))})
	if err != nil {
		return nil, 0, usageError(err)
	}
	from := long.plan.OrdinaryWeek(max(7, j.scenario.Horizon.WarmUpDays))
	until := from + des.Time(j.days)*des.Day
	return sim.NewReplay(long.plan, j.arms[0], j.seed, from, until), until, nil
}

// history prepares what is to be put on the portal.
func (j *seedJob) history() (h bench.History, err error) {
	past, now, err := j.past()
	if err != nil {
		return h, err
	}
	admin, err := j.target.administrator()
	if err != nil {
		return h, err
	}
	if !j.stores {
		return h, usageError(fmt.Errorf("the portal at %s keeps nothing (--noop): there is nothing to fill", j.target.url))
	}
	return bench.History{Portal: j.portal, Admin: admin, People: j.target.accounts, ShareAccounts: j.target.share,
		Cohorts: j.cohorts, Past: past.Past, Describe: past.Describe, Messages: j.messages, Ends: now, Scenario: j.scenario.Name, URL: j.target.url,
		Digest: j.scenario.Digest(), Seed: j.seed, Timeout: j.timeout}, nil
}

// file drives the portal.
func (j *seedJob) file(ctx context.Context, to bench.History) (*results.Filing, error) {
	say(j.stderr, "history of %d patients in %d care networks over %d days, run %s", j.patients(), len(j.cohorts), j.days, j.runID)
	view := newReplayView(j.stderr, j.quiet)
	defer view.stop()
	to.RunID, to.Journal, to.Progress = j.runID, j.journal.FilingJournal, view.report
	filed, err := to.File(ctx)
	if errors.Is(err, bench.ErrTooFewPeople) {
		err = usageError(fmt.Errorf("%s: %w", j.target.people, err))
	}
	return filed, err
}

func showFiling(w io.Writer, format string, filed *results.Filing) error {
	if format == "json" {
		return writeJSON(w, filed)
	}
	return report.Filing(w, report.Format(format), filed)
}

// seedVerdict turns what was found into the exit code.
func seedVerdict(f *results.Filing) error {
	switch c := &f.Check; {
	case c.Broken() > 0:
		return &exitError{exitFail, fmt.Errorf("the portal lost %d, duplicated %d, misplaced %d and leaked %d of %d acknowledged messages", c.Lost, c.Duplicated, c.OutOfOrder, c.Leaks(), c.Checked)}
	case c.Unread > 0:
		return &exitError{exitInvalid, fmt.Errorf("%d acknowledged messages could not be looked for, because their threads could not be read", c.Unread)}
	case f.Threads+f.FoundBefore == 0:
		return &exitError{exitInvalid, errors.New("these patients have no history: take more of them (--patients), or more days (--days)")}
	}
	return nil
}
