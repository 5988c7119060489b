package main

import (
	"bufio"
	"context"
	"errors"
	"io"
	"net"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/portalbench/portalbench/bench"
	"github.com/portalbench/portalbench/bench/refportal"
	"github.com/portalbench/portalbench/results"
)

// servedPortal is a running `portal serve`.
type servedPortal struct {
	url   string
	stdin io.Closer
	end   context.CancelFunc // what an interrupt does
	ended chan error
}

func servePortal(t *testing.T, args ...string) *servedPortal {
	stdinRead, stdin := io.Pipe()
	stdoutRead, stdout := io.Pipe()
	ctx, end := context.WithCancel(t.Context())
	p := &servedPortal{stdin: stdin, end: end, ended: make(chan error, 1)}
	cmd := newPortalCommand()
	cmd.SetArgs(append([]string{"serve"}, args...))
	cmd.SetIn(stdinRead)
	cmd.SetOut(stdout)
	cmd.SetErr(io.Discard)
	go func() {
		p.ended <- cmd.ExecuteContext(ctx)
		stdout.Close()
	}()
	line, err := bufio.NewReader(stdoutRead).ReadString('\n')
	require.NoError(t, err)
	p.url = strings.TrimSpace(line)
	t.Cleanup(func() { end(); stdin.Close() })
	return p
}

// signIn signs in to a portal with the credential file's administrator.
func (p *servedPortal) signIn(t *testing.T, credentials string) (*refportal.Portal, *bench.Session) {
	admin, err := readAdmin("file:" + credentials)
	require.NoError(t, err)
	portal := refportal.NewPortal(bench.NewClient(bench.ClientConfig{}).HTTP, p.url)
	session := &bench.Session{Account: &admin}
	require.NoError(t, portal.SignIn(t.Context(), session))
	return portal, session
}

func TestPortalServesAgainOnTheSameStore(t *testing.T) {
	dir := t.TempDir()
	credentials := filepath.Join(dir, "admin.yaml")
	args := []string{"--credentials", credentials, "--store", "sqlite:" + filepath.Join(dir, "portal.db")}
	var ids []string
	for range 2 {
		p := servePortal(t, args...)
		portal, session := p.signIn(t, credentials)
		pool := &bench.Account{Kind: bench.PoolAccount, Login: "triage"}
		a, err := portal.Do(t.Context(), session, &bench.Call{Kind: results.OpProvision, Accounts: []*bench.Account{pool}})
		require.NoError(t, err)
		require.Equal(t, results.OK, a.Outcome, a.Detail)
		ids = append(ids, pool.ID)
		p.end()
		require.NoError(t, <-p.ended)
	}
	require.Equal(t, ids[0], ids[1])
	info, err := os.Stat(credentials)
	require.NoError(t, err)
	if runtime.GOOS != "windows" {
		require.Equal(t, os.FileMode(0o600), info.Mode().Perm())
	}
}

func TestPortalAsAChildEndsWithItsInput(t *testing.T) {
	for _, mode := range [][]string{nil, {"--noop"}} {
		credentials := filepath.Join(t.TempDir(), "admin.yaml")
		p := servePortal(t, append(mode, "--child", "--credentials", credentials)...)
		p.end() // an interrupt is the parent's business
		p.signIn(t, credentials)
		require.NoError(t, p.stdin.Close())
		require.NoError(t, <-p.ended)
	}
}

func TestPortalServeMistakes(t *testing.T) {
	dir := t.TempDir()
	file := func(name, content string, mode os.FileMode) string {
		path := filepath.Join(dir, name)
		require.NoError(t, os.WriteFile(path, []byte(content), mode))
		require.NoError(t, os.Chmod(path, mode))
		return path
	}
	good := filepath.Join(dir, "new.yaml")
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer taken.Close()
	rows := []struct {
		args string
		want int
		says string
	}{
		{"", exitUsage, "--credentials FILE"},
		{"--credentials " + good + " --addr 0.0.0.0:0", exitUsage, "--allow-host 0.0.0.0"},
		{"--credentials " + good + " --addr :8080", exitUsage, "every network"},
		{"--credentials " + good + " --addr 8080", exitUsage, "HOST:PORT"},
		{"--credentials " + good + " --addr example.org:0 --allow-host example.com", exitUsage, "--allow-host example.org"},
		{"--credentials " + good + " --store portal.db", exitUsage, "sqlite:FILE"},
		{"--credentials " + good + " --store sqlite:x.db --noop", exitUsage, "leave out --store"},
		{"--credentials " + good + " extra", exitUsage, "extra"},
		{"--credentials " + filepath.Join(dir, "no", "folder.yaml"), exitUsage, "--credentials"},
		{"--credentials " + file("bad.yaml", "admin: 7\n", 0o600), exitUsage, "bad.yaml"},
		{"--credentials " + file("other.yaml", "admin: {kind: login, login: root, secret: x}\n", 0o600), exitUsage, "not admin"},
		{"--credentials " + good + " --addr " + taken.Addr().String(), exitCannot, "choose another --addr"},
		{"--credentials " + good + " --store sqlite:" + dir, exitCannot, "starting the reference portal"},
	}
	if runtime.GOOS != "windows" {
		open := file("open.yaml", "admin: {kind: login, login: admin, secret: x}\n", 0o640)
		rows = append(rows, rows[0])
		rows[len(rows)-1].args, rows[len(rows)-1].says = "--credentials "+open, "chmod 600"
	}
	for _, row := range rows {
		cmd := newPortalCommand()
		cmd.SetArgs(append([]string{"serve"}, strings.Fields(row.args)...))
		cmd.SilenceErrors, cmd.SilenceUsage = true, true
		err := cmd.ExecuteContext(t.Context())
		require.ErrorContains(t, err, row.says, row.args)
		var e *exitError
		got := exitCannot
		if errors.As(err, &e) {
			got = e.code
		}
		require.Equal(t, row.want, got, row.args)
	}
}
