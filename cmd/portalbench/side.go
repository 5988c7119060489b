package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/portalbench/portalbench/bench"
	"github.com/portalbench/portalbench/results"
)

// side is one of the two portals of a gate of pairs.
type side struct {
	name    string // base or candidate
	flag    string // that names it: base or candidate; of a calibration the base is both
	portal  string // URL, or command that starts it
	process int    // of a portal that runs already, to be watched
	watch   bool   // process was given
	target  target
	command *sideCommand // that was started here; nil: none
	warned  map[string]bool
	stderr  io.Writer

	capabilities map[string]string
	preflight    *results.Preflight
}

// isURL reports whether a side is named by the address of a portal that runs already.
func isURL(portal string) bool {
	return strings.HasPrefix(portal, "http://") || strings.HasPrefix(portal, "https://")
}

// check reads what can be known of a side before a portal is started. The credentials of one that is started are read when
// it runs, as it may write them.
func (s *side) check() error {
	flag := "--" + s.flag
	if strings.TrimSpace(s.portal) == "" {
		return fmt.Errorf("%s names no portal: give its address, or a command that starts it and prints its address", flag)
	}
	if s.watch {
		if !isURL(s.portal) {
			return fmt.Errorf("%s-process is for a portal that runs already; one that is started by %s is watched anyway", flag, flag)
		}
		if _, err := processUsage(s.process); err != nil && !errors.Is(err, errNotHere) {
			return fmt.Errorf("%s-process %d: %w", flag, s.process, err)
		}
	}
	if err := s.target.checkPortal(true); err != nil {
		return err
	}
	if !isURL(s.portal) {
		return canStartCommands()
	}
	return s.meet(s.portal)
}

// meet names the address of the side's portal, and reads how people sign in there.
func (s *side) meet(url string) error {
	s.target.url = url
	if err := bench.CheckTarget(url, s.target.allowHosts); err != nil {
		return fmt.Errorf("--%s: %w", s.flag, err)
	}
	if s.target.auth == "" && s.target.portal == speaksReference {
		return fmt.Errorf("--%s needs --%s-auth file:FILE, or --auth for both sides, with the file that portal serve --credentials writes; a portal of another kind is named by --portal", s.flag, s.flag)
	}
	return errors.Join(s.target.readAccess(), s.target.readPeople())
}

// start starts the portal if the side is a command, and waits for its address.
func (s *side) start(ctx context.Context) error {
	if isURL(s.portal) {
		return nil
	}
	c, err := startSide(ctx, s.name, s.flag, s.portal)
	if err != nil {
		return err
	}
	s.command = c
	if err := s.meet(c.url); err != nil {
		return c.failed(err)
	}
	return nil
}

// stop ends the portal if it was started here.
func (s *side) stop() {
	if s.command != nil {
		s.command.stop()
	}
}

// broken says that a portal that was started here has ended by itself; nil: it has not.
func (s *side) broken() error {
	if s.command == nil {
		return nil
	}
	return s.command.broken()
}

// watched reports whether what the portal's process uses can be known.
func (s *side) watched() bool {
	_, err := s.used()
	return err == nil
}

// used returns what the portal's process has used until now; of a command, all processes that belong to it.
func (s *side) used() (usage, error) {
	switch {
	case s.command != nil:
		return groupUsage(s.command.group())
	case s.process != 0:
		return processUsage(s.process)
	}
	return usage{}, errNotHere
}

// pid returns the process that is watched; 0: none.
func (s *side) pid() int {
	if s.command != nil {
		return s.command.group()
	}
	return s.process
}

// warningsOf passes on the warnings of loads, with the side they are of, and nothing else that loads say: a gate makes
// dozens of them.
type warningsOf struct{ *side }

func (w warningsOf) Write(line []byte) (int, error) {
	if text, found := strings.CutPrefix(string(line), "portalbench: warning: "); found {
		fmt.Fprintf(w.stderr, "portalbench: warning: %s: %s", w.name, text)
	}
	return len(line), nil
}
