package main

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net/http"
	"os"
	"regexp"
	"strings"
	"unicode"

	"github.com/portalbench/portalbench/bench"
	"github.com/spf13/pflag"
)

// connection says how the portal is reached.
type connection struct {
	http2          bool
	maxConnections int
	signInsPerS    float64
	caCert         string
	cert, key      string
	headers        []string

	tls    *tls.Config // what the files hold; nil: the system's certificates
	header http.Header
}

func (c *connection) register(f *pflag.FlagSet) {
	f.BoolVar(&c.http2, "http2", false, "over https: let operations share connections, if the portal offers HTTP/2")
	f.IntVar(&c.maxConnections, "max-connections", 0, "connections open at once; operations beyond wait for one (0: any number)")
	f.Float64Var(&c.signInsPerS, "sign-ins", 0, "people who are signed in a second before the clock starts, at most (0: as fast as the portal answers)")
	f.StringVar(&c.caCert, "cacert", "", "PEM `FILE` with certificates to trust beside the system's")
	f.StringVar(&c.cert, "cert", "", "PEM `FILE` with this client's certificate, with --key")
	f.StringVar(&c.key, "key", "", "PEM `FILE` with the private key of --cert")
	f.StringArrayVar(&c.headers, "header", nil, "`'NAME: VALUE'` sent with every request to the portal, repeatable; a secret as 'NAME: env:VARIABLE' or 'NAME: file:PATH'")
}

// check reads the files and headers.
func (c *connection) check() (err error) {
	if c.maxConnections < 0 || c.signInsPerS < 0 {
		return fmt.Errorf("--max-connections %d, --sign-ins %g: use 0 or more", c.maxConnections, c.signInsPerS)
	}
	if c.header, err = readHeaders(c.headers); err != nil {
		return err
	}
	return c.readCertificates()
}

func (c *connection) readCertificates() error {
	if (c.cert == "") != (c.key == "") {
		return errors.New("--cert and --key go together: give both, or neither")
	}
	if c.caCert == "" && c.cert == "" {
		return nil
	}
	c.tls = &tls.Config{MinVersion: tls.VersionTLS12}
	if c.caCert != "" {
		text, err := os.ReadFile(c.caCert)
		if err != nil {
			return fmt.Errorf("--cacert: %w", err)
		}
		if c.tls.RootCAs, err = x509.SystemCertPool(); err != nil {
			c.tls.RootCAs = x509.NewCertPool()
		}
		if !c.tls.RootCAs.AppendCertsFromPEM(text) {
			return fmt.Errorf("--cacert: %s holds no certificate in PEM form", c.caCert)
		}
	}
	if c.cert != "" {
		own, err := tls.LoadX509KeyPair(c.cert, c.key)
		if err != nil {
			return fmt.Errorf("--cert %s, --key %s: %w", c.cert, c.key, err)
		}
		c.tls.Certificates = []tls.Certificate{own}
	}
	return nil
}

var headerName = regexp.MustCompile(`^[A-Za-z0-9_-]+$`)

// readHeaders reads lines such as 'X-Key: env:KEY'. Its errors do not show values.
func readHeaders(lines []string) (http.Header, error) {
	header := http.Header{}
	for _, line := range lines {
		name, value, found := strings.Cut(line, ":")
		name, value = strings.TrimSpace(name), strings.TrimSpace(value)
		if !found || !headerName.MatchString(name) || value == "" {
			return nil, errors.New("--header: write it as 'NAME: VALUE'")
		}
		if strings.HasPrefix(value, "env:") || strings.HasPrefix(value, "file:") {
			secret, err := bench.SecretFrom(value)
			if err != nil {
				return nil, fmt.Errorf("--header %s %w", name, err)
			}
			value = secret
		}
		if strings.ContainsFunc(value, unicode.IsControl) {
			return nil, fmt.Errorf("--header %s: its value has characters that a header cannot carry", name)
		}
		header.Add(name, value)
	}
	return header, nil
}
