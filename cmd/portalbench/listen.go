package main

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/pprof"
	"net/netip"
	"slices"
	"strings"
	"time"
)

// checkListen refuses an address to listen on that other machines could reach by accident.
func checkListen(flag, address string, allow []string) error {
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		return fmt.Errorf("%s %q: write it as HOST:PORT, such as 127.0.0.1:8080", flag, address)
	}
	ip, err := netip.ParseAddr(host)
	if strings.EqualFold(host, "localhost") || err == nil && ip.IsLoopback() || host != "" && slices.Contains(allow, host) {
		return nil
	}
	if host == "" {
		return fmt.Errorf("%s %q listens on every network: name a host, such as 127.0.0.1%s", flag, address, address)
	}
	return fmt.Errorf("%s %s is not on this machine's loopback, and nothing is encrypted: add --allow-host %s if others may reach it",
		flag, address, host)
}

// serveProfiles serves net/http/pprof of this process if that was asked for, and says where.
func (f *serveFlags) serveProfiles(stderr io.Writer) (stop func(), err error) {
	if f.pprof == "" {
		return func() {}, nil
	}
	ln, err := net.Listen("tcp", f.pprof)
	if err != nil {
		return nil, fmt.Errorf("listening on %s: %w (choose another --pprof, or port 0 for a free one)", f.pprof, err)
	}
	mux := http.NewServeMux()
	mux.HandleFunc("/debug/pprof/", pprof.Index) // also serves heap, goroutine and so on
	mux.HandleFunc("/debug/pprof/profile", pprof.Profile)
	mux.HandleFunc("/debug/pprof/trace", pprof.Trace)
	server := &http.Server{Handler: mux, ReadHeaderTimeout: 10 * time.Second}
	go server.Serve(ln) // its error is that it was closed
	say(stderr, "profiles at http://%s/debug/pprof", ln.Addr())
	return func() { server.Close() }, nil
}
