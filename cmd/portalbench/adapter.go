package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"time"

	"github.com/portalbench/portalbench/bench"
	"github.com/portalbench/portalbench/bench/fhir"
	"github.com/portalbench/portalbench/bench/refportal"
)

// The kinds of portals that --portal names.
const (
	speaksReference = "refportal"
	speaksFHIR      = "fhir"
)

// open connects to the portal at url, says on stderr what is driven, and reports whether it keeps what is written.
func (t *target) open(ctx context.Context, client *http.Client, url string, patience time.Duration, stderr io.Writer) (p bench.Portal, stores bool, err error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	if t.portal == speaksFHIR {
		server := fhir.NewPortal(client, url, time.Now)
		if err := server.Meet(ctx); err != nil {
			return nil, false, err
		}
		say(stderr, "driving the FHIR server at %s as %s", url, server.Capabilities().Name)
		return server, true, nil
	}
	say(stderr, "driving the reference portal's API at %s", url)
	portal := refportal.NewPortal(client, url)
	stores, err = portal.Stores(ctx)
	return portal, stores, err
}

// known returns the portal without asking it: what its kind has.
func (t *target) known() bench.Portal {
	if t.portal == speaksFHIR {
		return fhir.NewPortal(nil, "", time.Now)
	}
	return refportal.NewPortal(nil, "")
}

// administrator reads whoever makes the accounts. A FHIR server without an --auth asks nobody who they are.
func (t *target) administrator(auth string) (bench.Account, error) {
	if t.portal == speaksFHIR && auth == "" {
		return bench.Account{Kind: bench.AdminAccount, Login: "nobody"}, nil
	}
	return readAdmin(auth)
}

// checkPortal refuses kinds that are not there, and those that need more.
func (t *target) checkPortal(urlGiven bool) error {
	switch {
	case t.portal != speaksReference && t.portal != speaksFHIR:
		return fmt.Errorf("--portal %q: use refportal or fhir", t.portal)
	case t.portal == speaksFHIR && !urlGiven:
		return errors.New("--portal fhir needs --url with the base address of the server, such as http://127.0.0.1:8080/fhir")
	case t.portal == speaksFHIR && t.auth != "":
		return errors.New("--portal fhir: this version drives servers that ask nobody who they are; leave out --auth")
	}
	return nil
}
