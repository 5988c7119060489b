package main

import (
	"fmt"
	"strings"

	"github.com/portalbench/portalbench/scenarios"
)

// The columns of the evidence table.
const (
	valueWidth = 8
	minSource  = 30 // the source has at least this much of a line
)

// evidenceTable lists parameters with their values and sources. A value too long for its
// column stands below its name.
func evidenceTable(sources []scenarios.Source) string {
	path := len("parameter")
	assumed := 0
	for _, s := range sources {
		path = max(path, len(s.Path))
		if s.Assumed {
			assumed++
		}
	}
	path = min(path, lineWidth-valueWidth-minSource-4)
	var b strings.Builder
	evidenceRow(&b, path, "parameter", "value", "source")
	for _, s := range sources {
		evidenceRow(&b, path, s.Path, s.Value, describeSource(s))
	}
	fmt.Fprintf(&b, "\n%d of %d parameters are assumed\n", assumed, len(sources))
	return b.String()
}

func evidenceRow(b *strings.Builder, path int, name, value, source string) {
	long := ""
	if len(value) > valueWidth {
		value, long = "", value
	}
	if len(name) > path {
		fmt.Fprintf(b, "%s\n", name)
		name = ""
	}
	for _, line := range wrap(source, lineWidth-path-valueWidth-4) {
		b.WriteString(strings.TrimRight(fmt.Sprintf("%-*s  %*s  %s", path, name, valueWidth, value, line), " ") + "\n")
		name, value = "", ""
	}
	if long != "" {
		for _, line := range wrap(long, lineWidth-4) {
			fmt.Fprintf(b, "    %s\n", line)
		}
	}
}

// describeSource names the publications behind a value, or says that it is assumed or who set it.
func describeSource(s scenarios.Source) string {
	return s.Describe("assumed", func(e scenarios.Evidence) string { return e.Citation })
}

// wrap breaks a text at its spaces into lines of at most width characters. A longer word is broken where it must be.
func wrap(text string, width int) []string {
	lines := []string{""}
	for _, word := range strings.Fields(text) {
		last := &lines[len(lines)-1]
		switch w := []rune(word); {
		case *last == "":
			*last = word
		case len([]rune(*last))+1+len(w) <= width:
			*last += " " + word
		default:
			lines = append(lines, word)
		}
		for r := []rune(lines[len(lines)-1]); len(r) > width; r = r[width:] {
			lines[len(lines)-1] = string(r[:width])
			lines = append(lines, string(r[width:]))
		}
	}
	return lines
}
