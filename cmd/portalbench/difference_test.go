package main

import (
	"regexp"

	"github.com/rogpeppe/go-internal/testscript"
)

// sameDifference demands that two outputs give the same difference of an outcome: same-difference FILE FILE OUTCOME. It is
// the last row of that name in each.
func sameDifference(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 3 {
		ts.Fatalf("usage: same-difference FILE FILE OUTCOME")
	}
	row := regexp.MustCompile(`(?m)^ ` + regexp.QuoteMeta(args[2]) + ` +(.*)$`)
	var got []string
	for _, name := range args[:2] {
		rows := row.FindAllStringSubmatch(ts.ReadFile(name), -1)
		if len(rows) < 2 { // levels, then differences
			ts.Fatalf("%s gives no difference of %s", name, args[2])
		}
		got = append(got, rows[len(rows)-1][1])
	}
	if got[0] != got[1] {
		ts.Fatalf("%s: %s in %s, %s in %s", args[2], got[0], args[0], got[1], args[1])
	}
}
