package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"

	"github.com/portalbench/portalbench/bench"
	"github.com/portalbench/portalbench/bench/fhir"
	"github.com/portalbench/portalbench/generators"
	"github.com/portalbench/portalbench/results"
	"github.com/portalbench/portalbench/scenarios"
	"github.com/portalbench/portalbench/sim"
)

// populationFlags are those of `export population`.
type populationFlags struct {
	seed     uint64
	set      []string
	patients int
	year     int
	out      string
}

func newExportPopulation() *cobra.Command {
	f := &populationFlags{}
	cmd := &cobra.Command{
		Use:   "population [SCENARIO]",
		Short: "Write a scenario's people as FHIR R4, one resource a line",
		Long: "Write the people of a scenario as FHIR R4 resources in newline-delimited JSON, a file for each type: patients\n" +
			"with their conditions and clinicians, registered proxies, staff and their pools. Identifiers are those that a\n" +
			"load of the same scenario and seed looks for, so that it finds the patients of an import. All people are made up.",
		Example: "  portalbench export population smoke --patients 100 --year 2031 -o people",
		Args:    atMostOne("scenario"),
		RunE:    func(cmd *cobra.Command, args []string) error { return f.run(cmd, scenarioArg(args)) },
	}
	flags := cmd.Flags()
	flags.Uint64Var(&f.seed, "seed", 1, "seed of every random draw")
	flags.StringArrayVar(&f.set, "set", nil, "`path=value`: override a field of the scenario")
	flags.IntVar(&f.patients, "patients", 0, "how many patients (0: the scenario's)")
	flags.IntVar(&f.year, "year", 0, "in which people have their age (0: this one)")
	flags.StringVarP(&f.out, "out", "o", "population", "`FOLDER` to write to")
	return cmd
}

func (f *populationFlags) run(cmd *cobra.Command, scenario string) error {
	s, err := (&loadFlags{set: f.set}).study(scenario)
	if err != nil {
		return err
	}
	if f.year == 0 {
		f.year = time.Now().Year()
	}
	if f.patients < 0 || f.year < 1900 || f.year > 9999 {
		return usageError(fmt.Errorf("--patients %d, --year %d: use 0 or more patients, and a year from 1900 on", f.patients, f.year))
	}
	if f.patients == 0 {
		f.patients = s.plan.Patients()
	}
	folder, err := results.Create(f.out)
	if err != nil {
		return usageError(fmt.Errorf("--out: %w", err))
	}
	files := &censusFiles{dir: folder.Dir(), open: map[string]*bufio.Writer{}}
	census := &fhir.Census{Open: files.of, Year: f.year}
	for _, c := range bench.Resize(nil, f.patients, s.scenario.Network.Patients) {
		if err = cmd.Context().Err(); err == nil {
			err = f.network(s, census, c)
		}
		if err != nil {
			break
		}
	}
	if err = errors.Join(interrupted(cmd.Context(), err), files.close()); err != nil {
		return err
	}
	return files.list(cmd.OutOrStdout())
}

// network writes one care network: its staff, and so many of its patients as are asked for.
func (f *populationFlags) network(s *study, census *fhir.Census, c bench.Cohort) error {
	people := s.plan.People(f.seed, c.Network)
	replay := sim.NewReplay(s.plan, s.arms[0], f.seed, 0, 1)
	actor := func(kind sim.ActorKind, i int32) sim.Actor {
		return sim.Actor{Network: int32(c.Network), Index: i, Kind: kind}
	}
	var staff, all []sim.Actor
	for i := range s.plan.Roster() {
		staff = append(staff, actor(sim.ActorStaff, int32(i)))
	}
	all = append(all, staff...)
	for _, i := range c.Patients {
		all = append(all, actor(sim.ActorPatient, i))
		if people.HasProxy(i) {
			all = append(all, actor(sim.ActorProxy, i))
		}
	}
	accounts := bench.Population(s.scenario.Digest(), f.seed, replay.Describe, all)
	if err := teams(s, census, accounts, staff); err != nil {
		return err
	}
	for _, a := range all {
		r := &fhir.Resident{Account: accounts[a]}
		if a.Kind == sim.ActorPatient {
			traits(r, people, a.Index, func(staff int) *bench.Account { return accounts[actor(sim.ActorStaff, int32(staff))] })
		}
		if err := census.Write(r); err != nil {
			return err
		}
	}
	return nil
}

// teams writes the pools of a network, with the staff who belong to them.
func teams(s *study, census *fhir.Census, accounts map[sim.Actor]*bench.Account, staff []sim.Actor) error {
	for i := range s.plan.Pools(s.arms[0]) {
		pool := accounts[sim.Actor{Network: staff[0].Network, Index: int32(i), Kind: sim.ActorPool}]
		if pool == nil {
			continue // nobody belongs to it
		}
		var members []*bench.Account
		for _, a := range staff {
			for _, login := range accounts[a].Pools {
				if login == pool.Login {
					members = append(members, accounts[a])
				}
			}
		}
		if err := census.Team(pool, members); err != nil {
			return err
		}
	}
	return nil
}

// traits fills in what is drawn of a patient.
func traits(r *fhir.Resident, people *generators.People, i int32, staff func(int) *bench.Account) {
	r.Age, r.Woman, r.English = people.Age(i), people.Woman(i), !people.OtherLanguage(i)
	for c := range scenarios.NumConditions {
		if people.Has(i, scenarios.Condition(c)) {
			r.Conditions = append(r.Conditions, scenarios.Condition(c))
		}
	}
	r.Clinicians = []*bench.Account{staff(people.Physician(i))}
	if specialist, has := people.Specialist(i); has {
		r.Clinicians = append(r.Clinicians, staff(specialist))
	}
}

// censusFiles are the files of a census, made when they are first needed.
type censusFiles struct {
	dir    string
	open   map[string]*bufio.Writer
	files  []*os.File
	lines  map[string]int64
	failed error
}

func (c *censusFiles) of(kind string) io.Writer {
	if c.lines == nil {
		c.lines = map[string]int64{}
	}
	c.lines[kind]++
	if w := c.open[kind]; w != nil {
		return w
	}
	file, err := os.Create(filepath.Join(c.dir, kind+".ndjson"))
	c.failed = errors.Join(c.failed, err)
	c.files, c.open[kind] = append(c.files, file), bufio.NewWriter(file)
	return c.open[kind]
}

func (c *censusFiles) close() error {
	for _, w := range c.open {
		c.failed = errors.Join(c.failed, w.Flush())
	}
	for _, f := range c.files {
		c.failed = errors.Join(c.failed, f.Close())
	}
	if c.failed != nil {
		return fmt.Errorf("writing the population: %w", c.failed)
	}
	return nil
}

// list says what was written, in the order in which it can be loaded.
func (c *censusFiles) list(w io.Writer) error {
	var failed error
	for _, kind := range fhir.Kinds() {
		if n := c.lines[kind]; n > 0 {
			_, err := fmt.Fprintf(w, "%s: %s\n", filepath.Join(c.dir, kind+".ndjson"), grouped(n))
			failed = errors.Join(failed, err)
		}
	}
	return failed
}
