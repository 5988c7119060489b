package main

import (
	"bytes"
	"flag"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/portalbench/portalbench/results"
	"github.com/portalbench/portalbench/results/report"
)

// TestMain lets the scripts run this program's commands without building it first. More of them run side by side than there
// are processors, unless -parallel says otherwise: most wait for the clocks of loads.
func TestMain(m *testing.M) {
	if err := flag.Set("test.parallel", strconv.Itoa(2*runtime.GOMAXPROCS(0))); err != nil {
		panic(err)
	}
	testscript.Main(m, map[string]func(){"portalbench": main})
}

// TestScripts runs every script in testdata: one behaviour each, seen from outside.
func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:                "testdata",
		RequireUniqueNames: true,
		Setup: func(e *testscript.Env) error {
			module, err := filepath.Abs(filepath.Join("..", ".."))
			e.Setenv("MODULE", module)
			return err
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){"exitcode": exitCode, "timeless": dropTiming, "same-difference": sameDifference,
			"freeport": freePort, "listening": listening, "exists-soon": existsSoon,
			"badserver": badServer, "fhirserver": serveFHIR, "killhalfway": killHalfway, "within": inTime, "samereport": sameReport, "copyrun": copyRun},
	})
}

// exitCode runs a command and demands an exit code: exitcode 2 portalbench gate. The scripts' own exec tells only success
// from failure. Where a crowded machine may make a load invalid, which is right, two codes are allowed: exitcode 0,4.
func exitCode(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: exitcode CODE COMMAND...")
	}
	err := ts.Exec(args[1], args[2:]...)
	got := 0
	if exit, ok := err.(*exec.ExitError); ok {
		got = exit.ExitCode()
	} else if err != nil {
		ts.Fatalf("running %s: %v", args[1], err)
	}
	if !slices.Contains(strings.Split(args[0], ","), strconv.Itoa(got)) {
		ts.Fatalf("exit code %d, want %s", got, args[0])
	}
}

// timing are the fields of the JSON formats that differ from run to run.
var timing = regexp.MustCompile(`(?m)^ *"(cpu_seconds|wall_seconds|workers|patient_years_per_cpu_second|events_per_cpu_second)": .*\n`)

// dropTiming removes the timing fields from a file: timeless result.json.
func dropTiming(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: timeless FILE")
	}
	path := ts.MkAbs(args[0])
	content := timing.ReplaceAllString(ts.ReadFile(args[0]), "")
	ts.Check(os.WriteFile(path, []byte(content), 0o600))
}

// sameReport demands that a report made of a run folder is, byte for byte, the one that stands in it: samereport FOLDER.
func sameReport(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: samereport FOLDER")
	}
	read, err := results.Read(ts.MkAbs(args[0]))
	ts.Check(err)
	read.Dir = args[0] // as the command was told
	var page bytes.Buffer
	ts.Check(report.HTML(&page, read))
	if page.String() != ts.ReadFile(filepath.Join(args[0], "report.html")) {
		ts.Fatalf("the report made of %s is another than report.html there", args[0])
	}
}

// freePort puts the number of a free loopback port into an environment variable: freeport PORT.
func freePort(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: freeport NAME")
	}
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	ts.Check(err)
	_, port, err := net.SplitHostPort(ln.Addr().String())
	ts.Check(err)
	ts.Check(ln.Close())
	ts.Setenv(args[0], port)
}

// existsSoon waits until a file exists: exists-soon FILE.
func existsSoon(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: exists-soon FILE")
	}
	for range 600 {
		if _, err := os.Stat(ts.MkAbs(args[0])); err == nil {
			return
		}
		time.Sleep(50 * time.Millisecond)
	}
	ts.Fatalf("%s does not come", args[0])
}

// listening waits until somebody listens: listening 127.0.0.1:8080.
func listening(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: listening ADDRESS")
	}
	for range 100 {
		conn, err := net.DialTimeout("tcp", args[0], time.Second)
		if err == nil {
			ts.Check(conn.Close())
			return
		}
		time.Sleep(50 * time.Millisecond)
	}
	ts.Fatalf("nobody listens on %s", args[0])
}
