package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/rogpeppe/go-internal/testscript"
)

// copyRun copies a run folder and changes fields of its run.json: copyrun FROM TO [path=value]... A path names fields and
// places in lists with dots between them, such as load.ops.0.sent; a value is JSON, or else a text. The copy has a run id
// of its own, unless that is given.
func copyRun(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: copyrun FROM TO [path=value]...")
	}
	from, to := ts.MkAbs(args[0]), ts.MkAbs(args[1])
	ts.Check(os.CopyFS(to, os.DirFS(from)))
	var run any
	ts.Check(json.Unmarshal([]byte(ts.ReadFile(filepath.Join(from, "run.json"))), &run))
	for _, change := range append([]string{"run_id=r" + filepath.Base(to)}, args[2:]...) {
		path, text, ok := strings.Cut(change, "=")
		if !ok {
			ts.Fatalf("%q is not written as path=value", change)
		}
		var value any
		if json.Unmarshal([]byte(text), &value) != nil {
			value = text
		}
		setAt(ts, run, strings.Split(path, "."), value)
	}
	b, err := json.Marshal(run)
	ts.Check(err)
	ts.Check(os.WriteFile(filepath.Join(to, "run.json"), b, 0o600))
}

// setAt puts a value where a path leads to.
func setAt(ts *testscript.TestScript, in any, path []string, value any) {
	last := len(path) == 1
	switch at := in.(type) {
	case map[string]any:
		if last {
			at[path[0]] = value
			return
		}
		setAt(ts, at[path[0]], path[1:], value)
	case []any:
		i, err := strconv.Atoi(path[0])
		ts.Check(err)
		if last {
			at[i] = value
			return
		}
		setAt(ts, at[i], path[1:], value)
	default:
		ts.Fatalf("nothing is at %s", strings.Join(path, "."))
	}
}
