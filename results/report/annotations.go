package report

import (
	"fmt"
	"io"
	"strings"

	"github.com/portalbench/portalbench/results"
)

// mostAnnotations is how many annotations a judgement makes: GitHub shows ten of a step, and others want some.
const mostAnnotations = 5

// Annotations writes workflow commands of GitHub Actions, one a line, for the gates that did not pass: errors for what
// failed or has no data, warnings for what is inconclusive, at most five. The last says how many more there are.
func Annotations(w io.Writer, j *results.Judgement) error {
	var lines []string
	for _, status := range []string{results.Fail, results.NoData, results.Inconclusive} {
		for _, g := range j.Gates {
			if g.Status == status {
				lines = append(lines, annotation(status, "portalbench: "+g.Name, GateLine(g)+"\n"+g.Why))
			}
		}
	}
	if len(j.Gates) == 0 {
		lines = append(lines, annotation(results.NoData, "portalbench", GateHeadline(j)))
	}
	if len(lines) > mostAnnotations {
		more := len(lines) - mostAnnotations + 1
		lines = append(lines[:mostAnnotations-1], annotation(j.Status, "portalbench", fmt.Sprintf("%d more gates did not pass", more)))
	}
	for _, line := range lines {
		if _, err := fmt.Fprintln(w, line); err != nil {
			return fmt.Errorf("writing annotations: %w", err)
		}
	}
	return nil
}

// annotation is one workflow command. What would end a property or the line is written in per cent, as the runner
// expects it.
func annotation(status, title, text string) string {
	command := "error"
	if status == results.Inconclusive {
		command = "warning"
	}
	text = strings.TrimSpace(text)
	data := strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A")
	property := strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A", ":", "%3A", ",", "%2C")
	return fmt.Sprintf("::%s title=%s::%s", command, property.Replace(title), data.Replace(text))
}
