package main

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"net/http"
	"os"
	"runtime"
	"time"

	"github.com/spf13/cobra"

	"github.com/portalbench/portalbench/bench/refportal"
)

func newPortalCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:                        "portal",
		Short:                      "Check what a portal's operations mean, fill it, clean it; describe portals; run the reference portal",
		Example:                    "  portalbench portal serve --help",
		SuggestionsMinimumDistance: 2,
		RunE:                       helpOrUnknown,
	}
	cmd.AddCommand(newPortalServeCommand(), newPortalVerifyCommand(), newPortalSeedCommand(), newPortalCleanCommand(), newPortalCheckCommand(),
		newPortalProfileCommand())
	return cmd
}

// serveFlags are those of `portal serve`.
type serveFlags struct {
	addr        string
	allowHosts  []string
	credentials string
	store       string
	noop        bool
	pprof       string
	child       bool
	scratch     string
	faulting
}

func newPortalServeCommand() *cobra.Command {
	f := &serveFlags{}
	cmd := &cobra.Command{
		Use:   "serve",
		Short: "Serve the reference portal until interrupted",
		Long: "Serve the reference portal until interrupted. The first line of output is its address. The administrator's\n" +
			"credential is written to the file named by --credentials, for --auth file:FILE of other commands; if the file\n" +
			"exists, its secret is used, so that a portal can be started again on the same store.\n\n" + faultHelp(),
		Example: "  portalbench portal serve --addr 127.0.0.1:0 --credentials portal-admin.yaml --store sqlite:portal.db",
		Args:    usageArgs(cobra.NoArgs),
		RunE:    func(cmd *cobra.Command, _ []string) error { return f.run(cmd) },
	}
	flags := cmd.Flags()
	flags.StringVar(&f.addr, "addr", "127.0.0.1:0", "`HOST:PORT` to listen on; port 0 takes a free one")
	flags.StringArrayVar(&f.allowHosts, "allow-host", nil, "host other than this machine's loopback that --addr and --store may name, repeatable")
	flags.StringVar(&f.credentials, "credentials", "", "`FILE` for the administrator's credential, readable by you alone")
	flags.StringVar(&f.store, "store", "", "`sqlite:FILE` or postgres://USER@HOST/DB that keeps the portal's content (default: a temporary file)")
	flags.BoolVar(&f.noop, "noop", false, "answer at once from memory and store nothing: measures the load generator alone")
	f.faulting.register(cmd)
	flags.StringVar(&f.pprof, "pprof", "", "`HOST:PORT` to serve profiles of the portal on, for load --target-pprof")
	flags.BoolVar(&f.child, "child", false, "ignore interrupts and end when standard input closes")
	flags.StringVar(&f.scratch, "scratch", "", "`FOLDER` to remove at the end")
	for _, hidden := range []string{"child", "scratch"} {
		if err := flags.MarkHidden(hidden); err != nil {
			panic(err) // the flags are defined above
		}
	}
	return cmd
}

func (f *serveFlags) run(cmd *cobra.Command) error {
	if err := f.check(); err != nil {
		return usageError(err)
	}
	secret, err := adminSecret(f.credentials)
	if err != nil {
		return err
	}
	ctx, stop := f.lifetime(cmd)
	defer stop()
	ln, err := net.Listen("tcp", f.addr)
	if err != nil {
		return fmt.Errorf("listening on %s: %w (choose another --addr, or port 0 for a free one)", f.addr, err)
	}
	stopProfiles, err := f.serveProfiles(cmd.ErrOrStderr())
	if err != nil {
		return errors.Join(err, ln.Close())
	}
	defer stopProfiles()
	handler, closeStore, err := f.open(secret)
	if err != nil {
		return errors.Join(err, ln.Close())
	}
	if _, err := fmt.Fprintf(cmd.OutOrStdout(), "http://%s\n", ln.Addr()); err != nil {
		return errors.Join(fmt.Errorf("printing the portal's address: %w", err), ln.Close(), closeStore())
	}
	f.until(ctx)
	err = errors.Join(refportal.Serve(ctx, ln, handler), closeStore())
	f.report(cmd.ErrOrStderr())
	if f.scratch != "" { // a parent that was killed cannot do it
		err = errors.Join(err, os.RemoveAll(f.scratch))
	}
	return err
}

func (f *serveFlags) check() error {
	switch {
	case f.credentials == "":
		return errors.New("portal serve needs --credentials FILE, where it writes the administrator's credential")
	case f.noop && f.store != "":
		return errors.New("--noop stores nothing: leave out --store")
	}
	if f.store != "" {
		if err := refportal.CheckStore(f.store, f.allowHosts); err != nil {
			return fmt.Errorf("--store: %w", err)
		}
	}
	if f.pprof != "" {
		if err := checkListen("--pprof", f.pprof, f.allowHosts); err != nil {
			return err
		}
	}
	return errors.Join(f.faulting.check(), checkListen("--addr", f.addr, f.allowHosts))
}

// lifetime returns a context that ends when the portal is to stop. A child leaves interrupts to its parent, which shares
// its terminal, and ends with its standard input, so that it cannot outlive the parent.
func (f *serveFlags) lifetime(cmd *cobra.Command) (context.Context, context.CancelFunc) {
	if !f.child {
		return context.WithCancel(cmd.Context())
	}
	ctx, stop := context.WithCancel(context.WithoutCancel(cmd.Context()))
	go func() {
		_, _ = io.Copy(io.Discard, cmd.InOrStdin()) // an error ends it as well
		stop()
	}()
	return ctx, stop
}

// open returns the portal's handler and what closes it.
func (f *serveFlags) open(secret string) (http.Handler, func() error, error) {
	if f.noop {
		handler, err := f.spoil(refportal.NewNoop(time.Now))
		return handler, func() error { return nil }, err
	}
	server, err := refportal.New(refportal.Config{Store: f.store, AllowHosts: f.allowHosts, Clock: time.Now, AdminSecret: secret})
	if err != nil {
		return nil, nil, err
	}
	handler, err := f.spoilServer(server)
	if err != nil {
		return nil, nil, errors.Join(err, server.Close())
	}
	return handler, server.Close, nil
}

// adminSecret reads the administrator's secret from the file, or makes one and writes it there.
func adminSecret(file string) (string, error) {
	info, err := os.Stat(file)
	if errors.Is(err, fs.ErrNotExist) {
		return newAdminSecret(file)
	}
	if err != nil {
		return "", usageError(fmt.Errorf("--credentials: %w", err))
	}
	if runtime.GOOS != "windows" && info.Mode().Perm()&0o077 != 0 {
		return "", usageError(fmt.Errorf("--credentials: %s can be read by others than its owner (mode %04o): chmod 600 it, or name a new file",
			file, info.Mode().Perm()))
	}
	admin, err := readAdmin("file:" + file)
	if err != nil {
		return "", err
	}
	if admin.Login != refportal.AdminLogin {
		return "", usageError(fmt.Errorf("--credentials: the login in %s is %q and not %s: name a new file", file, admin.Login, refportal.AdminLogin))
	}
	return admin.Secret, nil
}

// newAdminSecret makes a secret and writes it to a new file that only its owner can read.
func newAdminSecret(file string) (string, error) {
	var raw [32]byte
	_, _ = rand.Read(raw[:]) // never fails: it ends the process instead
	secret := hex.EncodeToString(raw[:])
	f, err := os.OpenFile(file, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return "", usageError(fmt.Errorf("--credentials: %w", err))
	}
	_, err = fmt.Fprintf(f, "admin:\n  kind: login\n  login: %s\n  secret: %q\n", refportal.AdminLogin, secret)
	if err = errors.Join(err, f.Close()); err != nil {
		return "", fmt.Errorf("writing the credential to %s: %w", file, err)
	}
	return secret, nil
}
