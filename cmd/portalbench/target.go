package main

import (
	"errors"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/portalbench/portalbench/bench"
	"github.com/portalbench/portalbench/bench/fhir"
	"github.com/portalbench/portalbench/bench/rest"
	"github.com/portalbench/portalbench/scenarios"
)

// target names the portal to be loaded.
type target struct {
	portal     string
	url        string
	auth       string
	allowHosts []string
	people     string
	share      bool
	noAccounts bool
	unverified bool
	connection
	ours bool // a reference portal that this program has started

	profile   *fhir.Profile     // what --portal fhir:FILE names; nil: nothing
	described *rest.Description // what --portal names; nil: it is no file

	read     *bench.Auth     // what --auth names; nil: nothing
	accounts []bench.Account // what --people names
}

func (t *target) register(cmd *cobra.Command) {
	f := cmd.Flags()
	f.StringVar(&t.url, "url", "", "address of the portal (default: a reference portal is started)")
	t.registerAccess(cmd)
}

// registerAccess adds the flags that say how a portal is spoken to, wherever it is.
func (t *target) registerAccess(cmd *cobra.Command) {
	f := cmd.Flags()
	f.StringVar(&t.portal, "portal", "refportal", "how the portal speaks: refportal; fhir, or fhir:FILE with where the server differs; a `FILE.yaml` that describes it, or a built-in profile (portal profile list)")
	f.StringVar(&t.auth, "auth", "", "`file:FILE` with the credentials, as portal serve --credentials writes it, or written by hand (docs/auth.md)")
	f.StringArrayVar(&t.allowHosts, "allow-host", nil, "host other than this machine that may be loaded, repeatable")
	f.StringVar(&t.people, "people", "", "CSV `FILE` with accounts that are on the portal already, to be used in place of new ones")
	f.BoolVar(&t.share, "share-accounts", false, "with --people: let several people of the run be one account when there are too few")
	f.BoolVar(&t.noAccounts, "no-provision", false, "make no accounts; needs --people")
	f.BoolVar(&t.unverified, "skip-verify", false, "do not check before the clock what the portal's operations mean")
	t.connection.register(f)
}

// check refuses targets that were not meant. A typo must never load the reference portal and pass.
func (t *target) check(cmd *cobra.Command) error {
	if err := t.connection.check(); err != nil {
		return err
	}
	if err := t.checkPortal(cmd.Flags().Changed("url")); err != nil {
		return err
	}
	if !cmd.Flags().Changed("url") {
		if cmd.Flags().Changed("portal") || cmd.Flags().Changed("auth") {
			return errors.New("--portal and --auth are for a portal that is running: name it with --url, or leave them out to have one started")
		}
		return nil
	}
	if err := bench.CheckTarget(t.url, t.allowHosts); err != nil {
		return fmt.Errorf("--url: %w", err)
	}
	return errors.Join(t.readAccess(), t.readPeople())
}

// client returns a client for the portal.
func (t *target) client(maxInFlight int) *bench.Client {
	c := &t.connection
	return bench.NewClient(bench.ClientConfig{MaxInFlight: maxInFlight, MaxConnections: c.maxConnections, HTTP2: c.http2,
		AllowHosts: t.allowHosts, TLS: t.certificates(), Portal: t.url, Header: c.header})
}

// readAccess reads how people sign in.
func (t *target) readAccess() (err error) {
	if t.auth == "" && t.portal == speaksReference {
		return errors.New("--url needs --auth file:FILE, with the file that portal serve --credentials wrote; a portal of another kind is named by --portal")
	}
	if t.auth == "" {
		return nil
	}
	if t.portal == speaksReference && t.people == "" {
		_, err = readAdmin(t.auth)
		return err
	}
	if t.read, err = readAuth(t.auth); err != nil {
		return err
	}
	if err := t.read.CheckHosts(t.allowHosts); err != nil {
		return fmt.Errorf("%s: %w", strings.TrimPrefix(t.auth, "file:"), err)
	}
	return nil
}

// readPeople reads which accounts there are.
func (t *target) readPeople() error {
	if t.people == "" {
		if t.share || t.noAccounts {
			return errors.New("--share-accounts and --no-provision go with --people FILE, which says what accounts there are")
		}
		return nil
	}
	file, err := os.Open(t.people)
	if err != nil {
		return fmt.Errorf("--people: %w", err)
	}
	defer file.Close()
	if t.accounts, err = bench.ReadPeople(t.people, file); err == nil && len(t.accounts) == 0 {
		err = fmt.Errorf("%s: holds no accounts", t.people)
	}
	return err
}

// window says what part of the week is replayed, and how fast.
type window struct {
	at       string
	length   time.Duration
	warmUp   time.Duration
	rate     string
	networks int
	speed    float64
	stages   string

	inStages  *bench.Stages
	start     scenarios.WeekTime
	perSecond float64
	changed   func(string) bool
}

func (w *window) register(cmd *cobra.Command) {
	f := cmd.Flags()
	f.StringVar(&w.at, "at", "", "start of the window, such as mon-08:00 (default: the scenario's)")
	f.DurationVar(&w.length, "for", 0, "how long to measure, on the wall clock (default: the scenario's)")
	f.DurationVar(&w.warmUp, "warm-up", 0, "wall-clock time before, replayed and not counted (default: the scenario's)")
	f.StringVar(&w.rate, "rate", "", "operations per second, such as 200/s, reached by more care networks (default: the scenario's)")
	f.IntVar(&w.networks, "care-networks", 0, "breadth by hand, with --speed, in place of --rate")
	f.Float64Var(&w.speed, "speed", 0, "clinic time over wall-clock time, with --care-networks")
	f.StringVar(&w.stages, "stages", "", "rates that change, in place of --rate and --for, such as 'ramp 10..200/s 5m, hold 10m, sine 50..150/s every 1m 10m'")
	w.changed = f.Changed
}

func (w *window) check(*cobra.Command) error {
	if w.at != "" {
		if err := w.start.UnmarshalText([]byte(w.at)); err != nil {
			return fmt.Errorf("--at: %w", err)
		}
	}
	if w.length < 0 || w.warmUp < 0 || w.changed("for") && w.length == 0 {
		return fmt.Errorf("--for %s, --warm-up %s: use a positive length, and a warm-up of 0 or more", w.length, w.warmUp)
	}
	return errors.Join(w.checkRate(), w.checkBreadth(), w.checkStages())
}

// checkRate reads a rate per second or minute.
func (w *window) checkRate() (err error) {
	if w.rate == "" {
		return nil
	}
	w.perSecond, err = parseRate("rate", w.rate)
	return err
}

// parseRate reads a rate per second or minute, as operations per second.
func parseRate(flag, text string) (float64, error) {
	rate, err := bench.ParseRate(text)
	if err != nil {
		return 0, fmt.Errorf("--%s: %w", flag, err)
	}
	return rate, nil
}

// checkStages reads rates that change.
func (w *window) checkStages() (err error) {
	if w.stages == "" {
		return nil
	}
	if w.rate != "" || w.changed("for") || w.networks > 0 || w.speed > 0 {
		return errors.New("--stages say rates and lengths themselves: leave --rate, --for, --care-networks and --speed out")
	}
	if w.inStages, err = bench.ParseStages(w.stages); err != nil {
		return fmt.Errorf("--stages: %w", err)
	}
	return nil
}

// fastestByHand is the most that --speed may say: a week in six seconds.
const fastestByHand = 100_000

func (w *window) checkBreadth() error {
	byHand := w.changed("care-networks") || w.changed("speed")
	switch {
	case !byHand:
		return nil
	case w.rate != "":
		return errors.New("--rate finds breadth and speed itself: leave it out, or --care-networks and --speed")
	case w.networks < 1 || !(w.speed > 0):
		return fmt.Errorf("--care-networks %d --speed %g: give both, 1 or more networks and a positive speed", w.networks, w.speed)
	case w.speed > fastestByHand:
		return fmt.Errorf("--speed %g: at most %d can be replayed", w.speed, fastestByHand)
	}
	return nil
}

// goal completes the flags with what the scenario says.
func (w *window) goal(r scenarios.Replay) windowGoal {
	g := windowGoal{at: r.At, length: time.Duration(r.For), warmUp: time.Duration(r.WarmUp), window: time.Duration(r.Window),
		rate: r.Rate, networks: w.networks, speed: w.speed}
	if w.at != "" {
		g.at = w.start
	}
	if w.length > 0 {
		g.length = w.length
	}
	if w.changed("warm-up") {
		g.warmUp = w.warmUp
	}
	if w.perSecond > 0 {
		g.rate = w.perSecond
	}
	if w.inStages != nil {
		g.stages, g.rate, g.length = w.inStages, w.inStages.Peak(), w.inStages.Length()
	}
	return g
}

// windowGoal is a load that is asked for: a rate, or a number of networks and a speed.
type windowGoal struct {
	at                     scenarios.WeekTime
	length, warmUp, window time.Duration
	rate                   float64
	networks               int
	speed                  float64
	stages                 *bench.Stages // nil: one rate
}
