package main

import (
	"bytes"
	"context"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/spf13/cobra"
	"github.com/stretchr/testify/require"

	"github.com/portalbench/portalbench/scenarios"
)

// The shell recipe of docs/ci.md, in the repository of a portal that has two commits: with PORTALBENCH_TEST_RECIPE set to
// anything it is followed three times, each of which loads two builds of the reference portal for some minutes.
func TestRecipe(t *testing.T) {
	if os.Getenv("PORTALBENCH_TEST_RECIPE") == "" {
		t.Skip("minutes long: .ci/real --only gate")
	}
	program := filepath.Join(t.TempDir(), "portalbench")
	built, err := exec.Command("go", "build", "-o", program, ".").CombinedOutput()
	require.NoError(t, err, string(built))
	const slower = " --fault latency=2ms"
	for _, row := range []struct {
		name, change string // of the start of the portal, in the second commit
		starve       bool
		code         int
		verdict      string
	}{
		{"slower", slower, false, exitFail, "FAIL: of 3 gates "},
		{"the same", " ", false, exitOK, "PASS: of 3 gates 3 pass"},
		{"starved", slower, true, exitOK, "INCONCLUSIVE: of 3 gates 3 inconclusive"},
	} {
		t.Run(row.name, func(t *testing.T) {
			p := newPortalProject(t, program, row.change)
			flags := []string{"HEAD~1", "smoke", "--rate", "50/s", "--for", "2s", "--warm-up", "1s", "--budget", "5m", "--margin", "20%"}
			said := p.gate(t, flags, row.starve)
			require.Equal(t, row.code, p.code, said)
			require.Contains(t, said, row.verdict)
			for _, kept := range []string{"portal-gate/gate.json", "portal-gate.xml", "portal-gate.md"} {
				require.FileExists(t, filepath.Join(p.dir, kept))
			}
			require.NotContains(t, p.git(t, "worktree", "list"), "detached", "the base's checkout is taken away again")
		})
	}
}

// The examples of the gates that load portals, in shorter windows, behind the same switch as the recipe. What they come to is
// up to the machine.
func TestExamplesOfPairedGates(t *testing.T) {
	for _, cmd := range []*cobra.Command{newGateABCommand(), newGateCalibrateCommand()} {
		require.NoError(t, cmd.ParseFlags(exampleArgs(strings.ReplaceAll(cmd.Example, "'", "\""))), cmd.Example)
	}
	if os.Getenv("PORTALBENCH_TEST_RECIPE") == "" {
		t.Skip("minutes long: .ci/real --only gate")
	}
	dir := t.TempDir()
	for _, name := range []string{"old", "new", "portalbench"} {
		built, err := exec.Command("go", "build", "-o", filepath.Join(dir, name), ".").CombinedOutput()
		require.NoError(t, err, string(built))
	}
	for _, example := range []string{newGateABCommand().Example, newGateCalibrateCommand().Example} {
		cmd := exec.CommandContext(t.Context(), "bash", "-c", strings.TrimSpace(example)+" --rate 50/s --for 1s --warm-up 1s --budget 80s")
		cmd.Dir, cmd.Env = dir, append(os.Environ(), "PATH="+dir+":"+os.Getenv("PATH"))
		said, err := cmd.CombinedOutput()
		require.Contains(t, []int{exitOK, exitInvalid}, cmd.ProcessState.ExitCode(), "%v: %s", err, said)
		require.Contains(t, string(said), "all.response.p50 ")
	}
}

// Whatever is wrong with the recipe's use is said, and leaves no checkout behind.
func TestRecipeMistakes(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("a recipe for Unix")
	}
	for _, row := range []struct {
		name  string
		args  []string
		build string
		code  int
		says  string
	}{
		{"no commit", nil, "true", exitUsage, "usage: gate.sh BASE-COMMIT"},
		{"no such commit", []string{"elsewhere"}, "true", exitUsage, "commit elsewhere cannot be checked out"},
		{"it cannot be built", []string{"HEAD"}, "echo no compiler; exit 1", exitCannot, "no compiler\ngate.sh: BUILD failed in "},
		{"it does not start", []string{"HEAD", "smoke"}, "true", exitCannot, "the command of --base ended without printing the portal's address"},
		{"no such flag", []string{"HEAD", "--rates", "50/s"}, "true", exitUsage, "unknown flag: --rates"},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			program, err := exec.LookPath("portalbench") // that of the scripts
			require.NoError(t, err)
			p := newPortalProject(t, program, " ")
			p.build = row.build
			said := p.gate(t, row.args, false)
			require.Equal(t, row.code, p.code, said)
			require.Contains(t, said, row.says)
			require.NotContains(t, p.git(t, "worktree", "list"), "detached")
		})
	}
}

// portalProject is the repository of a portal.
type portalProject struct {
	dir, program, build string
	code                int // that the recipe exited with
}

// newPortalProject makes a repository whose portal is the reference portal, and whose second commit changes its start.
func newPortalProject(t *testing.T, program, change string) *portalProject {
	t.Helper()
	p := &portalProject{dir: t.TempDir(), program: program, build: "cp '" + program + "' portal"}
	start := "#!/bin/sh\nexec ./portal portal serve --credentials admin.yaml"
	p.git(t, "init", "--quiet")
	p.commit(t, ".gitignore", "portal\nportal-gate*\nadmin.yaml\n")
	p.commit(t, "serve", start+"\n")
	p.commit(t, "serve", start+change+"\n")
	return p
}

func (p *portalProject) commit(t *testing.T, file, text string) {
	t.Helper()
	require.NoError(t, os.WriteFile(filepath.Join(p.dir, file), []byte(text), 0o700))
	p.git(t, "add", file)
	p.git(t, "-c", "user.name=Portal", "-c", "user.email=portal@example.org", "commit", "--quiet", "-m", file)
}

func (p *portalProject) git(t *testing.T, args ...string) string {
	t.Helper()
	out, err := exec.Command("git", append([]string{"-C", p.dir}, args...)...).CombinedOutput()
	require.NoError(t, err, string(out))
	return string(out)
}

// gate follows the recipe and returns what it prints. On a machine that is starved once there are some pairs, others
// want the processors as well, until the end.
func (p *portalProject) gate(t *testing.T, args []string, starve bool) string {
	t.Helper()
	recipe, err := filepath.Abs("../../docs/ci/gate.sh")
	require.NoError(t, err)
	cmd := exec.CommandContext(t.Context(), "bash", append([]string{recipe}, args...)...)
	cmd.Dir = p.dir
	cmd.Env = append(os.Environ(), "BUILD="+p.build, "AUTH=admin.yaml", "GITHUB_STEP_SUMMARY=",
		"PATH="+filepath.Dir(p.program)+":"+os.Getenv("PATH"))
	var said bytes.Buffer
	ctx, stop := context.WithCancel(t.Context())
	cmd.Stdout, cmd.Stderr = &said, &said
	if starve {
		seen := &marker{mark: "pair 2 (", then: func() { others(ctx, t) }}
		cmd.Stderr = io.MultiWriter(&said, seen)
		cmd.Stdout = cmd.Stderr
	}
	err = cmd.Run()
	stop()
	if cmd.ProcessState == nil {
		require.NoError(t, err)
	}
	p.code = cmd.ProcessState.ExitCode()
	return said.String()
}

// marker does something once, when what is written to it holds a mark.
type marker struct {
	mark string
	seen strings.Builder
	then func()
}

func (m *marker) Write(b []byte) (int, error) {
	if m.then != nil {
		m.seen.Write(b)
		if strings.Contains(m.seen.String(), m.mark) {
			m.then()
			m.then = nil
		}
	}
	return len(b), nil
}

// others has a dozen processes a core do nothing, busily, until ctx ends.
func others(ctx context.Context, t *testing.T) {
	for range 12 * runtime.NumCPU() {
		cmd := exec.CommandContext(ctx, "sh", "-c", "while :; do :; done")
		if err := cmd.Start(); err != nil {
			t.Error(err)
			return
		}
		go func() { _ = cmd.Wait() }()
	}
}

// workflow is as much of the language of GitHub's workflows as the recipe uses.
type workflow struct {
	Name        string            `yaml:"name"`
	On          string            `yaml:"on"`
	Permissions map[string]string `yaml:"permissions"`
	Concurrency struct {
		Group            string `yaml:"group"`
		CancelInProgress bool   `yaml:"cancel-in-progress"`
	} `yaml:"concurrency"`
	Jobs struct {
		Gate struct {
			RunsOn         string            `yaml:"runs-on"`
			TimeoutMinutes int               `yaml:"timeout-minutes"`
			Env            map[string]string `yaml:"env"`
			Steps          []workflowStep    `yaml:"steps"`
		} `yaml:"gate"`
	} `yaml:"jobs"`
}

type workflowStep struct {
	Name             string            `yaml:"name,omitempty"`
	Uses             string            `yaml:"uses,omitempty"`
	If               string            `yaml:"if,omitempty"`
	Run              string            `yaml:"run,omitempty"`
	Env              map[string]string `yaml:"env,omitempty"`
	WorkingDirectory string            `yaml:"working-directory,omitempty"`
	With             map[string]string `yaml:"with,omitempty"`
}

// The workflow runs nowhere but on GitHub. What can be held here: it reads, its steps are shell, and it gives the gate a
// command that the program takes.
func TestWorkflowForAPortal(t *testing.T) {
	src, err := os.ReadFile("../../docs/ci/portal-gate.yml")
	require.NoError(t, err)
	var w workflow
	require.NoError(t, scenarios.DecodeStrict("portal-gate.yml", src, &w))
	require.Equal(t, "pull_request", w.On)
	require.Equal(t, map[string]string{"contents": "read"}, w.Permissions)
	gates := 0
	for _, s := range w.Jobs.Gate.Steps {
		if s.Run == "" {
			require.Regexp(t, `^actions/[a-z-]+@v\d+$`, s.Uses)
			continue
		}
		checked, err := exec.Command("bash", "-n", "-c", s.Run).CombinedOutput()
		require.NoError(t, err, string(checked))
		if args, ok := strings.CutPrefix(s.Run, `.ci/gate.sh "$BASE" `); ok {
			gates++
			require.NoError(t, newGateABCommand().ParseFlags(strings.Fields(args)))
		}
	}
	require.Equal(t, 1, gates)
}
