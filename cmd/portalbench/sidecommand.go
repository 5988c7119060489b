package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"sync"
	"time"
)

// sideCommand is a command of the user's that serves a portal. It is run by sh in a process group of its own, so that what
// it starts is ended with it, and an interrupt of this program leaves it alone until it is ended in order. Its standard input
// is open as long as it is to run.
type sideCommand struct {
	name  string // base or candidate
	flag  string // that named it
	url   string
	cmd   *exec.Cmd
	stdin io.Closer
	said  *lastWords
	grace time.Duration // to end after it was told to
	ended chan struct{} // closed when the shell has ended
	err   error         // of the shell; once ended is closed
}

// Times that a command is given.
const (
	sideStart = 2 * time.Minute  // to print its address
	sideGrace = 10 * time.Second // to end after it was told to
)

// sideVariable is what tells a command in its environment which side it is: base or candidate.
const sideVariable = "PORTALBENCH_SIDE"

// startSide runs a command and waits for the address on its first line.
func startSide(ctx context.Context, name, flag, command string) (*sideCommand, error) {
	c := &sideCommand{name: name, flag: flag, cmd: exec.Command("sh", "-c", command), said: &lastWords{}, grace: sideGrace, ended: make(chan struct{})}
	c.cmd.Env = append(os.Environ(), sideVariable+"="+name)
	ownGroup(c.cmd)
	lines, err := c.launch()
	if err != nil {
		return nil, fmt.Errorf("starting the command of --%s: %w", flag, err)
	}
	late := time.NewTimer(sideStart)
	defer late.Stop()
	select {
	case line, printed := <-lines:
		c.url = strings.TrimSpace(line)
		switch {
		case isURL(c.url):
			return c, nil
		case printed:
			err = fmt.Errorf("the command of --%s printed %q where the portal's address was expected: its first line of output must be an address such as http://127.0.0.1:8080", flag, cut(c.url, 60))
		default:
			c.stop()
			err = fmt.Errorf("the command of --%s ended without printing the portal's address: %s", flag, c.status())
		}
	case <-ctx.Done():
		err = ctx.Err()
	case <-late.C:
		err = fmt.Errorf("the command of --%s did not print the portal's address within %s", flag, sideStart)
	}
	return nil, c.failed(err)
}

// launch starts the shell. The channel gets the first line of its output, and is closed; what follows is dropped.
func (c *sideCommand) launch() (<-chan string, error) {
	var err error
	if c.stdin, err = c.cmd.StdinPipe(); err != nil {
		return nil, err
	}
	stdout, out, err := os.Pipe() // not StdoutPipe: what the shell started may hold it open longer than the shell lives
	if err != nil {
		return nil, err
	}
	stderr, errs, err := os.Pipe()
	if err != nil {
		return nil, errors.Join(err, stdout.Close(), out.Close())
	}
	c.cmd.Stdout, c.cmd.Stderr = out, errs
	err = c.cmd.Start()
	out.Close()
	errs.Close()
	if err != nil {
		return nil, errors.Join(err, stdout.Close(), stderr.Close())
	}
	lines := make(chan string, 1)
	go func() {
		defer stdout.Close()
		r := bufio.NewReader(stdout)
		if line, _ := r.ReadString('\n'); line != "" {
			lines <- line
		}
		close(lines)
		_, _ = io.Copy(io.Discard, r)
	}()
	c.said.from(stderr)
	go func() {
		c.err = c.cmd.Wait()
		close(c.ended)
	}()
	return lines, nil
}

// group returns the process group of the command.
func (c *sideCommand) group() int { return c.cmd.Process.Pid }

// failed ends the command and adds to err what it last said.
func (c *sideCommand) failed(err error) error {
	c.stop()
	if said := c.said.text(); said != "" {
		return fmt.Errorf("%w\nwhat %s last said:\n%s", err, c.name, said)
	}
	return err
}

// broken says that the command has ended although nobody told it to; nil: it runs, or what it started does.
func (c *sideCommand) broken() error {
	select {
	case <-c.ended:
		if groupLives(c.group()) {
			return nil
		}
		return c.failed(fmt.Errorf("the portal that --%s started has ended: %s", c.flag, c.status()))
	default:
		return nil
	}
}

func (c *sideCommand) status() string {
	if c.err == nil {
		return "exit status 0"
	}
	return c.err.Error()
}

// stop closes the standard input of the command and ends its group, by force if need be. It returns when the shell is gone.
func (c *sideCommand) stop() {
	c.stdin.Close()
	endGroup(c.group(), false)
	c.awaitEnd(c.grace)
	endGroup(c.group(), true)
	<-c.ended
	c.said.wait()
}

// awaitEnd waits for the end of the shell and of all that is left in its group, for so long at most.
func (c *sideCommand) awaitEnd(atMost time.Duration) {
	for until := time.Now().Add(atMost); groupLives(c.group()) && time.Now().Before(until); {
		time.Sleep(10 * time.Millisecond)
	}
}

// lastWords keeps the end of what a command writes to its standard error.
type lastWords struct {
	mu    sync.Mutex
	kept  []byte
	ended chan struct{}
}

// mostWords is how many bytes are kept.
const mostWords = 4000

// from reads r to its end, on a goroutine of its own.
func (l *lastWords) from(r io.ReadCloser) {
	l.ended = make(chan struct{})
	go func() {
		defer close(l.ended)
		defer r.Close()
		_, _ = io.Copy(l, r)
	}()
}

// wait returns when all was read, or soon after.
func (l *lastWords) wait() {
	select {
	case <-l.ended:
	case <-time.After(time.Second):
	}
}

func (l *lastWords) Write(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.kept = append(l.kept, b...); len(l.kept) > mostWords {
		l.kept = append([]byte(nil), l.kept[len(l.kept)-mostWords:]...)
	}
	return len(b), nil
}

// text returns what was said, each line set in.
func (l *lastWords) text() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	text := strings.TrimSpace(string(l.kept))
	if text == "" {
		return ""
	}
	return "  " + strings.ReplaceAll(text, "\n", "\n  ")
}
