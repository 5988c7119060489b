package report

import (
	"encoding/xml"
	"fmt"
	"io"
	"strings"

	"github.com/portalbench/portalbench/results"
)

// The elements of JUnit's XML that CI systems agree on: https://github.com/testmoapp/junitxml describes them, and
// Jenkins' junit-10.xsd the order in which they stand.
type (
	junitSuites struct {
		XMLName xml.Name `xml:"testsuites"`
		Name    string   `xml:"name,attr"`
		Suite   junitSuite
	}
	junitSuite struct {
		XMLName   xml.Name    `xml:"testsuite"`
		Name      string      `xml:"name,attr"`
		Tests     int         `xml:"tests,attr"`
		Failures  int         `xml:"failures,attr"`
		Errors    int         `xml:"errors,attr"`
		Skipped   int         `xml:"skipped,attr"`
		Time      string      `xml:"time,attr"`
		Cases     []junitCase `xml:"testcase"`
		SystemOut string      `xml:"system-out,omitempty"`
	}
	junitCase struct {
		Class   string        `xml:"classname,attr"`
		Name    string        `xml:"name,attr"`
		Time    string        `xml:"time,attr"`
		Skipped *junitOutcome `xml:"skipped"`
		Error   *junitOutcome `xml:"error"`
		Failure *junitOutcome `xml:"failure"`
	}
	junitOutcome struct {
		Message string `xml:"message,attr"`
		Type    string `xml:"type,attr,omitempty"`
		Text    string `xml:",chardata"`
	}
)

// JUnit writes a judgement as JUnit XML, a test case for every gate: one that failed is a failure, one without data an
// error, and an inconclusive one is skipped. A judgement without gates is an error too, as a suite without cases counts
// as passed. Gates take no time of their own.
func JUnit(w io.Writer, j *results.Judgement) error {
	suite := junitSuite{Name: "portalbench gate", Time: "0", SystemOut: strings.Join(j.Warnings, "\n")}
	gates := j.Gates
	if len(gates) == 0 {
		gates = []results.Gate{{Kind: "gate", Name: "data", Status: results.NoData, Why: "there was nothing to judge"}}
	}
	for _, g := range gates {
		suite.put(g)
	}
	if _, err := io.WriteString(w, xml.Header); err != nil {
		return fmt.Errorf("writing JUnit XML: %w", err)
	}
	enc := xml.NewEncoder(w)
	enc.Indent("", "  ")
	if err := enc.Encode(junitSuites{Name: suite.Name, Suite: suite}); err != nil {
		return fmt.Errorf("writing JUnit XML: %w", err)
	}
	_, err := io.WriteString(w, "\n")
	return err
}

// put adds the case of a gate.
func (s *junitSuite) put(g results.Gate) {
	c := junitCase{Class: "portalbench." + g.Kind, Name: g.Name, Time: "0"}
	outcome := &junitOutcome{Message: GateLine(g), Type: g.Status, Text: g.Why}
	switch g.Status {
	case results.Pass:
	case results.Fail:
		c.Failure, s.Failures = outcome, s.Failures+1
	case results.Inconclusive:
		c.Skipped, s.Skipped = &junitOutcome{Message: ended(outcome.Message + ": " + g.Why)}, s.Skipped+1
	default:
		c.Error, s.Errors = outcome, s.Errors+1
	}
	s.Cases, s.Tests = append(s.Cases, c), s.Tests+1
}

// GateLine says in a few words how a gate went: its status, its name and what was measured.
func GateLine(g results.Gate) string {
	line := fmt.Sprintf("%s: %s", g.Status, g.Name)
	if measured := gateValue(g, g.Value); measured != missing {
		line += ": measured " + measured
		if finite(float64(g.Low)) || finite(float64(g.High)) {
			line += " (" + gateInterval(g) + ")"
		}
	}
	return line
}
