package bench

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"strings"
	"sync/atomic"
	"syscall"
	"time"

	"golang.org/x/net/http/httpproxy"
)

// ClientConfig says how portals are reached.
type ClientConfig struct {
	MaxInFlight    int         // connections that may be kept idle for each host; at least 10,000 are
	MaxConnections int         // open at once for each host; operations beyond wait for one, which is service time. 0: any number
	HTTP2          bool        // over TLS, if the portal offers it: many operations share a connection
	AllowHosts     []string    // hosts other than this machine that may be loaded
	TLS            *tls.Config // nil: the system's certificates
	Portal         string      // its address; Header goes to its host alone
	Header         http.Header // sent with every request to the portal, such as a gateway's key; may be nil
}

// Client is the only way from this program to a portal. Adapters send every request through HTTP, which counts requests,
// bytes and opened connections, keeps each person's cookies, follows no redirect, and reaches other machines only when
// they were allowed by name.
type Client struct {
	HTTP   *http.Client
	opened atomic.Int64
	allow  []string
}

// NewClient returns a client with one transport for all sessions. It speaks HTTP/1.1, one operation a connection at a
// time, and waits for no free connection, unless told otherwise: an operation that is due opens one. It has no time-out
// of its own, as every operation brings a context with a deadline.
func NewClient(cfg ClientConfig) *Client {
	environment := httpproxy.FromEnvironment()
	c := &Client{allow: append(proxyHosts(environment), cfg.AllowHosts...)}
	transport := &http.Transport{
		Proxy:               proxyFor(environment, cfg.AllowHosts),
		DialContext:         c.dial,
		TLSClientConfig:     cfg.TLS,
		TLSHandshakeTimeout: 30 * time.Second,
		ForceAttemptHTTP2:   cfg.HTTP2,
		MaxConnsPerHost:     cfg.MaxConnections,
		MaxIdleConnsPerHost: max(cfg.MaxInFlight, mostInFlight), // closing one only to open it again would be our own lag
		IdleConnTimeout:     90 * time.Second,
		DisableCompression:  true,
	}
	c.HTTP = &http.Client{
		Transport:     &cookieTransport{withHeader(&meteredTransport{transport}, cfg.Portal, cfg.Header)},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	return c
}

// proxyFor returns the proxy that the environment names for a request. A proxy reaches hosts that this machine does not, so
// they are checked here.
func proxyFor(environment *httpproxy.Config, allow []string) func(*http.Request) (*url.URL, error) {
	find := environment.ProxyFunc()
	return func(r *http.Request) (*url.URL, error) {
		via, err := find(r.URL)
		if via != nil && !hostAllowed(r.URL.Hostname(), allow) {
			return nil, foreign(r.URL.Hostname())
		}
		return via, err
	}
}

// proxyHosts returns the hosts of the proxies that the environment names: whoever named them may reach them.
func proxyHosts(environment *httpproxy.Config) (hosts []string) {
	for _, address := range []string{environment.HTTPProxy, environment.HTTPSProxy} {
		if !strings.Contains(address, "://") {
			address = "http://" + address
		}
		if u, err := url.Parse(address); err == nil && u.Hostname() != "" {
			hosts = append(hosts, u.Hostname())
		}
	}
	return hosts
}

// Proxy returns the host of the proxy that requests to an address go through; "" when they go there directly.
func Proxy(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	via, err := httpproxy.FromEnvironment().ProxyFunc()(u)
	if err != nil || via == nil {
		return ""
	}
	return via.Host
}

// headerTransport adds fixed fields to the requests that go to the portal, and nowhere else.
type headerTransport struct {
	next   http.RoundTripper
	portal *url.URL
	header http.Header
}

func withHeader(next http.RoundTripper, portal string, header http.Header) http.RoundTripper {
	u, err := url.Parse(portal)
	if len(header) == 0 || err != nil {
		return next
	}
	return &headerTransport{next, u, header}
}

// RoundTrip sends one request.
func (t *headerTransport) RoundTrip(req *http.Request) (*http.Response, error) {
	if req.URL.Host == t.portal.Host && req.URL.Scheme == t.portal.Scheme {
		req = req.Clone(req.Context()) // a transport leaves its caller's request as it is
		for name, values := range t.header {
			req.Header[name] = values
		}
		if s, _ := req.Context().Value(sessionKey{}).(*Session); s != nil {
			s.header = t.header
		}
	}
	return t.next.RoundTrip(req)
}

// CloseIdleConnections lets http.Client close what it keeps open.
func (t *headerTransport) CloseIdleConnections() {
	if c, ok := t.next.(interface{ CloseIdleConnections() }); ok {
		c.CloseIdleConnections()
	}
}

// Opened returns how many connections were opened so far.
func (c *Client) Opened() int64 { return c.opened.Load() }

// CloseIdle closes the connections that carry no request.
func (c *Client) CloseIdle() { c.HTTP.CloseIdleConnections() }

// dial opens a connection. The address is checked after the name was resolved, so that a name which merely looks local
// leads nowhere else.
func (c *Client) dial(ctx context.Context, network, addr string) (net.Conn, error) {
	host, _, err := net.SplitHostPort(addr)
	if err != nil {
		return nil, fmt.Errorf("dialling %s: %w", addr, err)
	}
	d := net.Dialer{KeepAlive: 30 * time.Second}
	if !hostAllowed(host, c.allow) {
		d.Control = func(_, address string, _ syscall.RawConn) error { return loopbackOnly(host, address) }
	}
	conn, err := d.DialContext(ctx, network, addr)
	if err != nil {
		return nil, err
	}
	c.opened.Add(1)
	return &countedConn{Conn: conn}, nil
}

// ErrForeignHost marks a connection to another machine that nobody allowed.
var ErrForeignHost = errors.New("not on this machine")

func loopbackOnly(host, address string) error {
	if ap, err := netip.ParseAddrPort(address); err == nil && ap.Addr().Unmap().IsLoopback() {
		return nil
	}
	return fmt.Errorf("host %s (%s) is %w: add --allow-host %s if you may put load on it", host, address, ErrForeignHost,
		host)
}

func hostAllowed(host string, allow []string) bool {
	return slices.ContainsFunc(allow, func(a string) bool { return strings.EqualFold(a, host) })
}

// CheckTarget reports whether rawURL may be loaded: an http or https URL without credentials, whose host is this machine
// or among allow. Its errors are the user's to mend.
func CheckTarget(rawURL string, allow []string) error {
	if strings.TrimSpace(rawURL) == "" {
		return errors.New("no portal is named: give its address, such as --url http://127.0.0.1:8080")
	}
	if !strings.Contains(rawURL, "://") {
		return fmt.Errorf("address %q does not begin with http:// or https://", rawURL)
	}
	u, err := url.Parse(rawURL)
	if err != nil {
		return errors.New("the portal's address cannot be read: write it as http://127.0.0.1:8080")
	}
	switch {
	case u.Scheme != "http" && u.Scheme != "https":
		return fmt.Errorf("address %q does not begin with http:// or https://", u.Redacted())
	case u.Hostname() == "":
		return fmt.Errorf("address %q names no host: write it as http://127.0.0.1:8080", u.Redacted())
	case u.User != nil:
		return fmt.Errorf("address %q holds credentials: put them in the file named by --auth", u.Redacted())
	case u.RawQuery != "" || u.Fragment != "":
		return errors.New("the portal's address has a part after ? or #: leave it out, and put credentials in the file named by --auth")
	case localHost(u.Hostname()), hostAllowed(u.Hostname(), allow):
		return nil
	}
	return foreign(u.Hostname())
}

func foreign(host string) error {
	return fmt.Errorf("host %s is %w: add --allow-host %s if you may put load on it", host, ErrForeignHost, host)
}

func localHost(host string) bool {
	if strings.EqualFold(host, "localhost") {
		return true
	}
	a, err := netip.ParseAddr(host)
	return err == nil && a.Unmap().IsLoopback()
}
