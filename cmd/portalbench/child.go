package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"
)

// child is a reference portal in a process of its own. It lives as long as its standard input is open, so that it
// cannot outlive this program.
type child struct {
	url         string
	credentials string // file
	dir         string
	cmd         *exec.Cmd
	stdin       io.Closer
}

// childLimit is how long a child may take to start, and to end.
const childLimit = 20 * time.Second

// startChild starts a reference portal with a fresh store on a free loopback port.
func startChild(stderr io.Writer) (*child, error) {
	return startServing(stderr, func(dir string) []string { return []string{"--store", "sqlite:" + filepath.Join(dir, "portal.db")} })
}

// startNoop starts a portal that answers at once and keeps nothing.
func startNoop(stderr io.Writer) (*child, error) {
	return startServing(stderr, func(string) []string { return []string{"--noop"} })
}

// startServing starts `portal serve` with further arguments, which may name files in its own folder.
func startServing(stderr io.Writer, arguments func(dir string) []string) (*child, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, fmt.Errorf("finding this program to start the reference portal: %w", err)
	}
	dir, err := os.MkdirTemp("", "portalbench-")
	if err != nil {
		return nil, fmt.Errorf("making a folder for the reference portal: %w", err)
	}
	c := &child{dir: dir, credentials: filepath.Join(dir, "credentials.yaml")}
	c.cmd = exec.Command(self, append([]string{"portal", "serve", "--child", "--scratch", dir, "--addr", "127.0.0.1:0",
		"--credentials", c.credentials}, arguments(dir)...)...)
	c.cmd.Args[0] = os.Args[0] // so that the child knows itself by the name its parent was called
	c.cmd.Stderr = stderr
	if err := c.launch(); err != nil {
		os.RemoveAll(dir)
		return nil, fmt.Errorf("starting the reference portal: %w", err)
	}
	return c, nil
}

// launch starts the process and waits for the line with its URL.
func (c *child) launch() error {
	stdin, err := c.cmd.StdinPipe()
	if err != nil {
		return err
	}
	stdout, err := c.cmd.StdoutPipe()
	if err != nil {
		return err
	}
	if err := c.cmd.Start(); err != nil {
		return err
	}
	c.stdin = stdin
	late := time.AfterFunc(childLimit, func() { _ = c.cmd.Process.Kill() })
	defer late.Stop()
	line, err := bufio.NewReader(stdout).ReadString('\n')
	c.url = strings.TrimSpace(line)
	if err != nil || !strings.HasPrefix(c.url, "http://") {
		stdin.Close()
		return errors.Join(fmt.Errorf("it printed %q where its URL was expected", c.url), err, c.cmd.Wait())
	}
	return nil
}

// pid returns the portal's process.
func (c *child) pid() int { return c.cmd.Process.Pid }

// stop ends the portal and removes its store.
func (c *child) stop() error {
	c.stdin.Close()
	late := time.AfterFunc(childLimit, func() { _ = c.cmd.Process.Kill() })
	defer late.Stop()
	err := c.cmd.Wait()
	if err != nil {
		err = fmt.Errorf("ending the reference portal: %w", err)
	}
	return errors.Join(err, os.RemoveAll(c.dir))
}
