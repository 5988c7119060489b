package results

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"time"
)

// manifestName is the file that makes a folder a run folder. It is written last.
const manifestName = "run.json"

// manifestLimit is the size past which run.json is taken for something else, in bytes. A policy takes about one MB for each
// set of overrides.
const manifestLimit = 512 << 20

// Run is the manifest and summary of a run folder.
type Run struct {
	Format       int               `json:"format"`
	Kind         string            `json:"kind"`    // run, simulate, load, capacity or seed
	Version      string            `json:"version"` // of portalbench
	Started      time.Time         `json:"started"`
	Finished     time.Time         `json:"finished"`
	Incomplete   bool              `json:"incomplete"` // interrupted before its end
	Scenario     string            `json:"scenario"`
	Digest       string            `json:"digest"`
	Seed         uint64            `json:"seed"`
	RunID        string            `json:"run_id"`
	Machine      Machine           `json:"machine"`
	Portal       string            `json:"portal,omitempty"`
	Capabilities map[string]string `json:"capabilities,omitempty"` // by operation: native, composed, local or absent
	Mailbox      Mailbox           `json:"mailbox"`
	Assumed      []string          `json:"assumed"`  // paths of parameters without a published source
	Simulate     *Simulate         `json:"simulate"` // null when nothing was simulated
	Load         *Load             `json:"load"`     // null when no portal was loaded
	Capacity     *Capacity         `json:"capacity,omitempty"`
	History      *Filing           `json:"history,omitempty"` // of portal seed
}

// Machine is what a run ran on.
type Machine struct {
	GOOS       string `json:"goos"`
	GOARCH     string `json:"goarch"`
	CPU        string `json:"cpu"` // model, empty where the system does not say cheaply
	Cores      int    `json:"cores"`
	GOMAXPROCS int    `json:"gomaxprocs"`
	GCPauseMS  Number `json:"gc_pause_ms"` // all stops of the garbage collector since the program started
}

// Open reads the manifest of the run folder dir. Its errors name the file and say what can be done.
func Open(dir string) (*Run, error) {
	path := filepath.Join(dir, manifestName)
	f, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("opening run %s: it has no %s: name a folder that portalbench wrote and finished", dir, manifestName)
	}
	if err != nil {
		return nil, fmt.Errorf("opening run %s: %w", dir, err)
	}
	defer f.Close()
	b, err := io.ReadAll(io.LimitReader(f, manifestLimit+1))
	if err != nil {
		return nil, fmt.Errorf("reading %s: %w", path, err)
	}
	if len(b) > manifestLimit {
		return nil, fmt.Errorf("reading %s: it is larger than %d MB and no portalbench manifest: name another folder", path, manifestLimit>>20)
	}
	run, err := decodeRun(b)
	if err != nil {
		return nil, fmt.Errorf("reading %s: %w", path, err)
	}
	return run, nil
}

// RunIDOf returns the id of the run whose folder is dir, also when the run came to nothing.
func RunIDOf(dir string) (string, error) {
	path := filepath.Join(dir, manifestName)
	text, err := os.ReadFile(path)
	if err != nil {
		return "", fmt.Errorf("reading the run's id: %w", err)
	}
	var head struct {
		RunID string `json:"run_id"`
	}
	if err := json.Unmarshal(text, &head); err != nil || head.RunID == "" {
		return "", fmt.Errorf("reading the run's id: %s was not written by portalbench: name a folder that it wrote", path)
	}
	return head.RunID, nil
}

func decodeRun(b []byte) (*Run, error) {
	var head struct {
		Format int    `json:"format"`
		Kind   string `json:"kind"`
	}
	if err := json.Unmarshal(b, &head); err != nil {
		return nil, fmt.Errorf("it is damaged, run the scenario again: %w", err)
	}
	switch {
	case head.Format > Format:
		return nil, fmt.Errorf("it has format %d and this portalbench reads up to %d: use the version that wrote it, or a newer one", head.Format, Format)
	case head.Format < 1 || !slices.Contains([]string{"run", "simulate", "load", "capacity", "seed"}, head.Kind):
		return nil, errors.New("it was not written by portalbench: name a folder that it wrote")
	}
	run := new(Run)
	if err := json.Unmarshal(b, run); err != nil {
		return nil, fmt.Errorf("it is damaged, run the scenario again: %w", err)
	}
	if run.Simulate == nil && run.Load == nil && run.Capacity == nil && run.History == nil {
		return nil, errors.New("it holds neither a simulation nor a load: run the scenario again")
	}
	return run, nil
}
