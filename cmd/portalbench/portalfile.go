package main

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/portalbench/portalbench/bench"
	"github.com/portalbench/portalbench/bench/rest"
	"github.com/portalbench/portalbench/results"
)

// namesFile reports whether --portal names a description: a file of YAML, or a built-in profile.
func namesFile(portal string) bool {
	if strings.HasPrefix(portal, speaksFHIR+":") { // what follows is a file of another kind
		return false
	}
	ext := filepath.Ext(portal)
	return ext == ".yaml" || ext == ".yml" || strings.ContainsRune(portal, os.PathSeparator) || slices.Contains(rest.Profiles(), portal)
}

// readPortal reads a description: a file, or a built-in profile. With a nil look nothing is looked up that it takes from
// elsewhere.
func readPortal(name string, look func(string) (string, error)) (*rest.Description, error) {
	src, builtIn := rest.Profile(name)
	if !builtIn {
		var err error
		if src, err = os.ReadFile(name); err != nil {
			return nil, fmt.Errorf("reading the description of a portal: %w (built in are %s)", err, strings.Join(rest.Profiles(), ", "))
		}
	}
	return rest.Read(name, src, look)
}

// openFile connects to a portal that a file describes.
func (t *target) openFile(ctx context.Context, client *http.Client, stderr io.Writer) (bench.Portal, bool, error) {
	keys, err := t.keyring(ctx, client, t.url)
	if err != nil {
		return nil, false, err
	}
	admin, err := t.administrator()
	if err != nil {
		return nil, false, err
	}
	say(stderr, "driving %s at %s as %s describes it", t.described.Name, t.url, t.portal)
	if t.described.Untested {
		say(stderr, "warning: the description of %s is untested against a live server: portal verify tells what of it holds", t.described.Name)
	}
	return rest.NewPortal(client, t.url, keys, admin, t.described, time.Now), true, nil
}

// certificates returns how the portal's certificate is checked. Where a description says that the portal has one of its own,
// it is not checked on this machine; other machines' always are.
func (t *target) certificates() *tls.Config {
	if t.described == nil || !t.described.OwnCertificate || bench.CheckTarget(t.url, nil) != nil {
		return t.connection.tls
	}
	cfg := t.connection.tls.Clone()
	if cfg == nil {
		cfg = &tls.Config{MinVersion: tls.VersionTLS12}
	}
	roots := cfg.RootCAs
	cfg.InsecureSkipVerify = true // VerifyConnection does it
	elsewhere := slices.ContainsFunc(t.allowHosts, func(host string) bool { return net.ParseIP(host) != nil })
	cfg.VerifyConnection = func(s tls.ConnectionState) error {
		switch {
		case s.ServerName == "" && elsewhere:
			return errors.New("certificates of addresses of numbers are checked by name alone once --allow-host has one: name the portal localhost")
		case s.ServerName == "": // an address of numbers, which leads to this machine as no other was allowed
			return nil
		case bench.CheckTarget("https://"+s.ServerName, nil) == nil:
			return nil
		}
		return certified(s, roots)
	}
	return cfg
}

// certified checks a certificate as it would have been without us.
func certified(s tls.ConnectionState, roots *x509.CertPool) error {
	chain := x509.NewCertPool()
	for _, c := range s.PeerCertificates[1:] {
		chain.AddCert(c)
	}
	_, err := s.PeerCertificates[0].Verify(x509.VerifyOptions{DNSName: s.ServerName, Roots: roots, Intermediates: chain})
	return err
}

func newPortalCheckCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "check FILE|PROFILE",
		Short: "Read the description of a portal, and say what it describes or what is wrong with it",
		Long: "Read the description of a portal, a file of YAML or a built-in profile, and say what it describes: who can do\n" +
			"what, with which requests. Nothing is sent. What is wrong with it is told with its place, and exits with 2.\n" +
			"docs/adapters.md says how to write one.",
		Example: "  portalbench portal check openemr",
		Args:    usageArgs(cobra.ExactArgs(1)),
		RunE: func(cmd *cobra.Command, args []string) error {
			d, err := readPortal(args[0], nil)
			if err != nil {
				return usageError(err)
			}
			return printDescription(cmd.OutOrStdout(), d)
		},
	}
}

// sides are who a description speaks of, in the order in which they are printed.
var sides = [...]struct {
	name string
	kind bench.AccountKind
}{{"patient", bench.PatientAccount}, {"proxy", bench.ProxyAccount}, {"staff", bench.StaffAccount}, {"admin", bench.AdminAccount}}

func printDescription(w io.Writer, d *rest.Description) error {
	lines := []string{d.Name + ": " + d.About}
	if d.About == "" {
		lines[0] = d.Name
	}
	if d.Untested {
		lines = append(lines, "Untested against a live server.")
	}
	for _, name := range d.Needs {
		lines = append(lines, "Takes from elsewhere: ${"+name+"}"+unset(name))
	}
	lines = append(lines, "", "Signing in")
	for _, s := range sides {
		how := "as --auth says"
		if requests := d.SignsIn(s.kind); len(requests) > 0 {
			how = strings.Join(requests, ", ")
		}
		lines = append(lines, fmt.Sprintf("  %-9s %s", s.name, how))
	}
	lines = append(lines, "", fmt.Sprintf("%-11s %-9s %-9s %-9s %s", "operation", "patient", "staff", "admin", "requests"))
	for i := range results.NumOps {
		if k := results.OpKind(i); k != results.OpAuth {
			lines = append(lines, describeOp(d, k)...)
		}
	}
	_, err := fmt.Fprintln(w, strings.Join(append(lines, lacks(d)...), "\n"))
	return err
}

// lacks says what a load cannot do without and nobody has.
func lacks(d *rest.Description) (lines []string) {
	absent := func(kind bench.AccountKind, k results.OpKind) bool { return d.Support(kind, k) == bench.Absent }
	for _, k := range []results.OpKind{results.OpSend, results.OpReply} {
		if absent(bench.PatientAccount, k) && absent(bench.StaffAccount, k) {
			lines = append(lines, fmt.Sprintf("A load needs %s, which nobody has.", k))
		}
	}
	if absent(bench.AdminAccount, results.OpProvision) {
		lines = append(lines, "No accounts can be made: those that are there are named with --people.")
	}
	if len(lines) > 0 {
		lines = append([]string{""}, lines...)
	}
	return lines
}

// describeOp is the row of an operation, with a line for each request.
func describeOp(d *rest.Description, k results.OpKind) []string {
	support := func(kind bench.AccountKind, here bool) string {
		if !here {
			return "-"
		}
		return d.Support(kind, k).String()
	}
	setUp := k == results.OpProvision
	row := fmt.Sprintf("%-11s %-9s %-9s %-9s ", k, support(bench.PatientAccount, !setUp), support(bench.StaffAccount, !setUp), support(bench.AdminAccount, setUp))
	var requests []string
	for _, s := range sides {
		for _, r := range d.Requests(s.kind, k) {
			if !slices.Contains(requests, r) {
				requests = append(requests, r)
			}
		}
	}
	if len(requests) == 0 {
		return []string{strings.TrimRight(row, " ")}
	}
	lines := []string{row + requests[0]}
	for _, r := range requests[1:] {
		lines = append(lines, strings.Repeat(" ", len(row))+r)
	}
	return lines
}

// unset says that something is not there which a description takes from elsewhere.
func unset(reference string) string {
	if _, err := rest.Lookup(os.Getenv)(reference); err != nil {
		return ", which is not there now"
	}
	return ""
}

func newPortalProfileCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:     "profile",
		Short:   "List and show the built-in descriptions of portals",
		Example: "  portalbench portal profile list",
		RunE:    helpOrUnknown,
	}
	show := &cobra.Command{
		Use:     "show PROFILE",
		Short:   "Print a built-in description, as a start for one's own",
		Example: "  portalbench portal profile show openemr",
		Args:    usageArgs(cobra.ExactArgs(1)),
		RunE: func(cmd *cobra.Command, args []string) error {
			src, known := rest.Profile(args[0])
			if !known {
				return usageError(unknownProfile(args[0]))
			}
			_, err := cmd.OutOrStdout().Write(src)
			return err
		},
	}
	cmd.AddCommand(newList("portal profile", "profiles", rest.Profiles(), func(name string) (string, error) {
		d, err := readPortal(name, nil)
		if err != nil {
			return "", err
		}
		if d.Untested {
			d.About += " (untested against a live server)"
		}
		return d.About, nil
	}), show)
	return cmd
}

func unknownProfile(name string) error {
	hint := "built in are " + strings.Join(rest.Profiles(), ", ")
	if near := results.Nearest(name, rest.Profiles(), 1); len(near) == 1 {
		hint = fmt.Sprintf("did you mean %s? %s", near[0], hint)
	}
	return errors.New("unknown profile " + name + ": " + hint)
}
