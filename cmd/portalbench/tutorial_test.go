package main

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

var update = flag.Bool("update", false, "write anew what is generated, and what tutorials print where nothing in it varies")

// tutorialAddresses are where the portals of tutorials listen. The test takes free ports in their place.
var tutorialAddresses = []string{"127.0.0.1:18080", "127.0.0.1:18081"}

// The tutorials are right, word for word, on the kind of processor that they were written on. With PORTALBENCH_TUTORIALS=all the
// slow parts are tried as well, which load portals: whoever needs this machine at the same time may make such a load
// invalid, so they get three tries.
func TestTutorials(t *testing.T) {
	if runtime.GOARCH != "amd64" || runtime.GOOS == "windows" {
		t.Skip("the numbers are those of amd64, and the commands those of Unix")
	}
	if testing.Short() {
		t.Skip("tutorials take their time")
	}
	paths, err := filepath.Glob("../../docs/tutorials/*.md")
	require.NoError(t, err)
	require.NotEmpty(t, paths)
	everything := os.Getenv("PORTALBENCH_TUTORIALS") == "all"
	for _, path := range paths {
		t.Run(strings.TrimSuffix(filepath.Base(path), ".md"), func(t *testing.T) {
			if !everything { // loads would disturb each other
				t.Parallel()
			}
			d := readTutorial(t, path)
			wrong := follow(t, d, everything)
			for try := 2; everything && errors.Is(wrong, errTryAgain) && try <= 3; try++ {
				t.Logf("once more: %v", wrong)
				wrong = follow(t, d, everything)
			}
			if everything && errors.Is(wrong, errTryAgain) {
				t.Skipf("this machine is too busy to load portals: %v", wrong)
			}
			require.NoError(t, wrong)
		})
	}
}

// errTryAgain is what goes wrong when a load was invalid that should not have been.
var errTryAgain = errors.New("the load was invalid")

// reader follows a tutorial.
type reader struct {
	dir, sources string
	env          []string
	code         int // that the last command exited with
	portals      []*portalInTerminal
	rewrites     map[int]step      // by first line
	addresses    *strings.Replacer // the tutorial's by those of the test
	originals    *strings.Replacer // and back
}

// portalInTerminal is a command that goes on in another terminal.
type portalInTerminal struct {
	cmd     *exec.Cmd
	want    []string
	printed lockedBuffer
}

// lockedBuffer can be read while a command writes to it.
type lockedBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *lockedBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *lockedBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

// follow does what a tutorial says, in a folder of its own.
func follow(t *testing.T, d *tutorial, everything bool) (wrong error) {
	t.Helper()
	r := newReader(t)
	defer func() { wrong = errors.Join(wrong, r.leave()) }()
	for _, b := range d.blocks {
		if b.slow && !everything {
			continue
		}
		if err := r.block(t.Context(), b); err != nil {
			return fmt.Errorf("%s: %w", d.path, err)
		}
	}
	if *update {
		return d.rewrite(r.rewrites)
	}
	return nil
}

func newReader(t *testing.T) *reader {
	t.Helper()
	sources, err := filepath.Abs("../..")
	require.NoError(t, err)
	home, bin := t.TempDir(), t.TempDir()
	gocache, err := exec.Command("go", "env", "GOCACHE", "GOMODCACHE").Output()
	require.NoError(t, err)
	caches := strings.Fields(string(gocache))
	var there, back []string
	for _, written := range tutorialAddresses {
		free, err := unusedAddress()
		require.NoError(t, err)
		there, back = append(there, written, free), append(back, free, written)
	}
	return &reader{dir: t.TempDir(), sources: sources, rewrites: map[int]step{},
		addresses: strings.NewReplacer(there...), originals: strings.NewReplacer(back...),
		env: append(os.Environ(), "HOME="+home, "GOBIN="+bin, "GOCACHE="+caches[0], "GOMODCACHE="+caches[1],
			"PATH="+bin+":"+os.Getenv("PATH"), "TERM=dumb")}
}

func unusedAddress() (string, error) {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	return ln.Addr().String(), ln.Close()
}

func (r *reader) block(ctx context.Context, b block) error {
	switch {
	case b.file != "":
		return os.WriteFile(filepath.Join(r.dir, b.file), []byte(strings.Join(b.text, "\n")+"\n"), 0o600)
	case b.terminal != "":
		return r.open(ctx, b.steps[0])
	}
	dir := r.dir
	if b.sources {
		dir = r.sources
	}
	for _, s := range b.steps {
		if err := r.step(ctx, dir, s); err != nil {
			return fmt.Errorf("line %d: %s: %w", s.first, s.command, err)
		}
	}
	// Whoever is told of a failure asks for its code next.
	if r.code != 0 {
		return fmt.Errorf("line %d: exit code %d, of which the document does not say", b.steps[len(b.steps)-1].end, r.code)
	}
	return nil
}

// command is a command line as the reader's shell has it, in which $? is the code of the command before.
func (r *reader) command(ctx context.Context, dir, line string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, "bash", "-c", fmt.Sprintf("(exit %d)\n%s", r.code, r.addresses.Replace(line)))
	cmd.Dir, cmd.Env, cmd.WaitDelay = dir, r.env, time.Minute
	return cmd
}

// drawn are lines that a terminal redraws in place.
var drawn = regexp.MustCompile(`(?m)^portalbench: [a-z]+( [0-9]+ of [0-9]+)?: [0-9]+( of [0-9]+)?\n`)

// document is what was printed, as the document has it.
func (r *reader) document(printed string) string {
	return drawn.ReplaceAllString(r.originals.Replace(printed), "")
}

func (r *reader) step(ctx context.Context, dir string, s step) error {
	if r.code != 0 && !strings.Contains(s.command, "$?") {
		return fmt.Errorf("the command before exited with %d, of which the document does not say", r.code)
	}
	var printed bytes.Buffer
	cmd := r.command(ctx, dir, s.command)
	cmd.Stdout, cmd.Stderr = &printed, &printed
	err := cmd.Run()
	if exit := (*exec.ExitError)(nil); err != nil && !errors.As(err, &exit) {
		return err
	}
	r.code = cmd.ProcessState.ExitCode()
	got := r.document(printed.String())
	if *update && !slices.Contains(s.want, "...") {
		s.want = rewritten(s.want, got)
		r.rewrites[s.first] = s
		return nil
	}
	switch wrong := differs(s.want, got); {
	case wrong != "" && strings.Contains(got, "INVALID"):
		return fmt.Errorf("%w: %s", errTryAgain, got)
	case wrong != "":
		return fmt.Errorf("%s\nAll of it:\n%s", wrong, got)
	}
	return nil
}

// rewritten is what was printed, with the dots of the lines of the document that it still matches.
func rewritten(want []string, got string) (lines []string) {
	for line := range strings.Lines(got) {
		line = strings.TrimSuffix(line, "\n")
		for _, w := range want {
			if sameLine(w, line) {
				line = w
			}
		}
		lines = append(lines, line)
	}
	return lines
}

// open starts a command in another terminal and waits for what it prints first.
func (r *reader) open(ctx context.Context, s step) error {
	p := &portalInTerminal{cmd: r.command(ctx, r.dir, "exec "+s.command), want: s.want}
	p.cmd.Stdout, p.cmd.Stderr = &p.printed, &p.printed
	if err := p.cmd.Start(); err != nil {
		return err
	}
	r.portals = append(r.portals, p)
	first := slices.Index(append(s.want, "..."), "...") // what comes after dots is printed at the end
	for range 600 {
		if strings.Count(p.printed.String(), "\n") >= first {
			return nil
		}
		time.Sleep(50 * time.Millisecond)
	}
	return fmt.Errorf("line %d: %s prints nothing within 30 s but %q", s.first, s.command, p.printed.String())
}

// leave interrupts what goes on in other terminals, and compares what was printed there.
func (r *reader) leave() (wrong error) {
	for _, p := range r.portals {
		if err := errors.Join(p.cmd.Process.Signal(syscall.SIGINT), p.cmd.Wait()); err != nil {
			wrong = errors.Join(wrong, fmt.Errorf("%s: %w", p.cmd, err))
		}
		if d := differs(p.want, r.document(p.printed.String())); d != "" {
			wrong = errors.Join(wrong, fmt.Errorf("%s: %s", p.cmd, d))
		}
	}
	return wrong
}

// rewrite puts what was printed in place of what the document said.
func (d *tutorial) rewrite(steps map[int]step) error {
	var lines []string
	for i := 0; i < len(d.lines); i++ {
		if s, ok := steps[i]; ok {
			lines = append(lines, s.want...)
			i = s.end
		}
		lines = append(lines, d.lines[i])
	}
	return os.WriteFile(d.path, []byte(strings.Join(lines, "\n")), 0o600)
}
