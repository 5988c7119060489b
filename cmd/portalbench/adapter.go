package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/portalbench/portalbench/bench"
	"github.com/portalbench/portalbench/bench/fhir"
	"github.com/portalbench/portalbench/bench/refportal"
	"github.com/portalbench/portalbench/bench/rest"
)

// The kinds of portals that --portal names.
const (
	speaksReference = "refportal"
	speaksFHIR      = "fhir"
)

// open connects to the portal, says on stderr what is driven, and reports whether it keeps what is written. What the portal
// repeats of the headers that go along is not shown.
func (t *target) open(ctx context.Context, client *http.Client, patience time.Duration, stderr io.Writer) (bench.Portal, bool, error) {
	p, stores, err := t.meet(ctx, client, patience, stderr)
	return p, stores, bench.Hush(err, slices.Concat(slices.Collect(maps.Values(t.connection.header))...)...)
}

func (t *target) meet(ctx context.Context, client *http.Client, patience time.Duration, stderr io.Writer) (p bench.Portal, stores bool, err error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	url := t.url
	if via := bench.Proxy(url); via != "" {
		say(stderr, "requests go through the proxy at %s, which is part of what is measured", via)
	}
	if t.described != nil {
		return t.openFile(ctx, client, stderr)
	}
	if t.speaksFHIR() {
		keys, err := t.keyring(ctx, client, url)
		if err != nil {
			return nil, false, err
		}
		server := fhir.NewPortal(client, url, keys, time.Now)
		if t.profile != nil {
			server.Speak(t.profile)
		}
		admin, err := t.administrator()
		if err != nil {
			return nil, false, err
		}
		if err := server.Meet(ctx, &admin); err != nil {
			return nil, false, err
		}
		say(stderr, "driving the FHIR server at %s as %s", url, server.Capabilities().Name)
		for _, line := range server.Lines() {
			say(stderr, "%s", line)
		}
		return server, true, nil
	}
	say(stderr, "driving the reference portal's API at %s", url)
	portal := refportal.NewPortal(client, url)
	stores, err = portal.Stores(ctx)
	return portal, stores, err
}

// known returns the portal without asking it: what its kind has.
func (t *target) known() bench.Portal {
	if t.described != nil {
		return rest.NewPortal(nil, "", nil, bench.Account{}, t.described, time.Now)
	}
	if t.speaksFHIR() {
		return fhir.NewPortal(nil, "", nil, time.Now)
	}
	return refportal.NewPortal(nil, "")
}

// keyring makes what people sign in with; nil when there is no --auth and so nobody is asked who they are.
func (t *target) keyring(ctx context.Context, client *http.Client, url string) (*bench.Keyring, error) {
	if t.read == nil {
		return nil, nil
	}
	keys, err := bench.NewKeyring(client, t.read)
	if err == nil {
		err = keys.Discover(ctx, url)
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", strings.TrimPrefix(t.auth, "file:"), err)
	}
	if own := t.described != nil && len(t.described.SignsIn(bench.PatientAccount)) > 0; !own && keys.NeedsAccounts() && len(t.accounts) == 0 {
		return nil, usageError(fmt.Errorf("%s: patients sign in with accounts of their own, which this program cannot make: name them with --people FILE",
			strings.TrimPrefix(t.auth, "file:")))
	}
	return keys, nil
}

// administrator reads whoever makes the accounts.
func (t *target) administrator() (bench.Account, error) {
	switch {
	case t.portal == speaksReference && t.people == "":
		return readAdmin(t.auth)
	case t.read == nil:
		return (&bench.Auth{}).Administrator()
	}
	return t.read.Administrator()
}

// startedHere names a reference portal that this program has started.
func startedHere(c *child) target {
	return target{portal: speaksReference, url: c.url, auth: "file:" + c.credentials, ours: true}
}

// checkPortal refuses kinds that are not there, and those that need more.
func (t *target) checkPortal(urlGiven bool) error {
	described := namesFile(t.portal)
	switch {
	case t.portal != speaksReference && !t.speaksFHIR() && !described:
		return fmt.Errorf("--portal %q: use refportal, fhir, fhir:FILE, a file of YAML that describes the portal, or %s", t.portal, strings.Join(rest.Profiles(), " or "))
	case t.speaksFHIR() && !urlGiven:
		return errors.New("--portal fhir needs --url with the base address of the server, such as http://127.0.0.1:8080/fhir")
	case described && !urlGiven:
		return fmt.Errorf("--portal %s needs --url with the address of the portal, such as http://127.0.0.1:8080", t.portal)
	}
	if described {
		var err error
		t.described, err = readPortal(t.portal, rest.Lookup(os.Getenv))
		return err
	}
	return t.readProfile()
}

// speaksFHIR reports whether the portal is a FHIR server.
func (t *target) speaksFHIR() bool {
	return t.portal == speaksFHIR || strings.HasPrefix(t.portal, speaksFHIR+":")
}

// readProfile reads where a FHIR server differs.
func (t *target) readProfile() error {
	file, given := strings.CutPrefix(t.portal, speaksFHIR+":")
	if !given {
		return nil
	}
	src, err := os.ReadFile(file)
	if err != nil {
		return fmt.Errorf("--portal: %w", err)
	}
	t.profile, err = fhir.ReadProfile(file, src)
	return err
}
