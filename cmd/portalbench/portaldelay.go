package main

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"time"

	"github.com/portalbench/portalbench/results"
	"github.com/portalbench/portalbench/results/stats"
	"github.com/portalbench/portalbench/sim"
)

// portalDelayKey names a slow portal among the overrides that results are labelled with.
const portalDelayKey = "portal_delay"

// slowPortal is a portal that staff wait for, as its user names it. A nil one answers at once.
type slowPortal struct {
	named string
	takes *sim.PortalDelay
	from  []results.MeasuredOperation // which measurements stand for which operation; nil: none, all take the same
}

func (p *slowPortal) delay() *sim.PortalDelay {
	if p == nil {
		return nil
	}
	return p.takes
}

// fingerprint tells portals apart that differ in any time; one that answers at once has none.
func (p *slowPortal) fingerprint() []byte {
	if p == nil {
		return nil
	}
	sum := sha256.Sum256(fmt.Append(nil, *p.takes))
	return sum[:]
}

// behind returns the study with the staff of all its policies behind a portal.
func (s *study) behind(p *slowPortal) *study {
	other := *s
	other.portal, other.arms = p, slices.Clone(s.arms)
	for i := range other.arms {
		other.arms[i].Portal = p.delay()
	}
	return &other
}

// slowPortals reads --portal-delay: times, and folders of runs whose loads measured them. Without any the portal answers
// at once.
func slowPortals(texts []string) ([]*slowPortal, error) {
	if len(texts) == 0 {
		return []*slowPortal{nil}, nil
	}
	var list []*slowPortal
	for _, text := range texts {
		p, err := parseSlowPortal(text)
		if err != nil {
			return nil, usageError(fmt.Errorf("--portal-delay %q: %w", text, err))
		}
		if slices.ContainsFunc(list, func(o *slowPortal) bool { return o.named == p.named }) {
			return nil, usageError(fmt.Errorf("--portal-delay: %s is given twice", p.named))
		}
		list = append(list, p)
	}
	return list, nil
}

func parseSlowPortal(text string) (*slowPortal, error) {
	if text == "" {
		return nil, errors.New("it is empty: write a time, such as 800ms, or name a run folder")
	}
	if takes, err := time.ParseDuration(text); err == nil {
		delay, err := sim.ConstantDelay(takes)
		return &slowPortal{named: takes.String(), takes: delay}, err
	}
	if '0' <= text[0] && text[0] <= '9' && filepath.Base(text) == text {
		return nil, errors.New("write a time with its unit, such as 800ms or 2s, or name a run folder")
	}
	return readSlowPortal(text)
}

// readSlowPortal takes the latencies from a run folder with a valid load, or from the file of histograms in it.
func readSlowPortal(path string) (*slowPortal, error) {
	dir := path
	if filepath.Ext(path) == ".hlog" {
		dir = filepath.Dir(path)
	}
	run, err := results.Open(dir)
	if err != nil {
		return nil, err
	}
	if run.Load == nil {
		return nil, errors.New("its run loaded no portal: name the folder of a load or run")
	}
	if why := run.Load.NotFedBack(); why != "" {
		return nil, errors.New(why)
	}
	groups, err := results.ReadHistograms(dir)
	if err != nil {
		return nil, err
	}
	measured := map[string]*stats.Histogram{}
	for _, g := range groups {
		if g.Unit == "us" {
			measured = g.Of
		}
	}
	p, err := measuredPortal(measured)
	if err == nil {
		p.named = path
	}
	return p, err
}

// measuredPortal makes a portal of what a load measured: of each operation the responses of all answers, ok or not. An
// operation with too few takes those of all operations.
func measuredPortal(measured map[string]*stats.Histogram) (*slowPortal, error) {
	all := results.Waited(measured, "all")
	if all == nil {
		return nil, errors.New("the load measured no latency")
	}
	p, of := &slowPortal{}, map[results.OpKind]*stats.Histogram{}
	for _, k := range sim.StaffOps() {
		from, h := k.String(), results.Waited(measured, k.String())
		if h == nil || h.Count() < results.FewestAnswers() {
			from, h = "all", all
		}
		of[k] = h
		p.from = append(p.from, results.MeasuredOperation{Op: k.String(), From: from, N: h.Count(), MeanMS: results.Number(h.Mean() / 1000)})
	}
	var err error
	p.takes, err = sim.NewPortalDelay(of)
	return p, err
}
