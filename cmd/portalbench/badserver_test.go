package main

import (
	"context"
	"errors"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httputil"
	"net/url"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

// badServer starts a server that is no portal, or a bad way to one, until the script ends: badserver KIND PORT [BEHIND].
// It listens on the loopback port that the variable PORT then holds. The kinds:
//
//	silent     accepts every connection and never says anything
//	garbage    answers everything with something that is not HTTP
//	html       answers every request with 200 and a web page
//	resetting  passes requests on to the portal BEHIND, each over a connection of its own, and resets every tenth of those
//	resetgets  the same, for the connections that carry a GET with a token: what prepares a run does not
func badServer(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 || len(args) > 3 {
		ts.Fatalf("usage: badserver KIND PORT [BEHIND]")
	}
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	ts.Check(err)
	_, port, err := net.SplitHostPort(ln.Addr().String())
	ts.Check(err)
	ts.Setenv(args[1], port)
	switch args[0] {
	case "silent":
		talk(ts, ln, func(c net.Conn) { _, _ = io.Copy(io.Discard, c) })
	case "garbage":
		talk(ts, ln, func(c net.Conn) {
			_, _ = c.Read(make([]byte, 1))
			_, _ = io.WriteString(c, "\x16\x03\x01 220 mail.example ESMTP\r\n\r\n")
		})
	case "html":
		page := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "text/html")
			_, _ = io.WriteString(w, "<!doctype html><title>Welcome</title><p>It works!")
		})
		serveUntilEnd(ts, ln, page)
	case "resetting", "resetgets":
		behind, err := url.Parse(args[2])
		ts.Check(err)
		way := httputil.NewSingleHostReverseProxy(behind)
		way.ErrorLog = log.New(io.Discard, "", 0)
		serveUntilEnd(ts, ln, resetTenth(way, args[0] == "resetgets"))
	default:
		ts.Fatalf("badserver %s: no such kind", args[0])
	}
}

// talk hands every connection to say, and closes all when the script ends.
func talk(ts *testscript.TestScript, ln net.Listener, say func(net.Conn)) {
	ctx, end := context.WithCancel(context.Background())
	ts.Defer(func() { end(); ln.Close() })
	go func() {
		for {
			c, err := ln.Accept()
			if err != nil {
				return
			}
			stop := context.AfterFunc(ctx, func() { c.Close() })
			go func() {
				defer stop()
				defer c.Close()
				say(c)
			}()
		}
	}()
}

// serveUntilEnd gives every request a connection of its own.
func serveUntilEnd(ts *testscript.TestScript, ln net.Listener, h http.Handler) {
	server := &http.Server{Handler: h}
	server.SetKeepAlivesEnabled(false)
	ts.Defer(func() { server.Close() })
	go server.Serve(ln)
}

// resetTenth resets every tenth connection, of all or of those that read.
func resetTenth(next http.Handler, readsOnly bool) http.Handler {
	var n atomic.Int64
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		reads := r.Method == http.MethodGet && r.Header.Get("Authorization") != ""
		if readsOnly && !reads || n.Add(1)%10 != 0 {
			next.ServeHTTP(w, r)
			return
		}
		conn, _, err := w.(http.Hijacker).Hijack()
		if err != nil {
			panic(err)
		}
		_ = conn.(*net.TCPConn).SetLinger(0) // so that closing resets
		_ = conn.Close()
	})
}

// killHalfway runs a load and kills the script's background processes a second after its clock has started: killhalfway
// CODES COMMAND... The exit code must be one of CODES. It does not matter when exactly they die.
func killHalfway(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: killhalfway CODES COMMAND...")
	}
	path, err := exec.LookPath(args[1])
	ts.Check(err)
	cmd := exec.Command(path, args[2:]...)
	cmd.Dir = ts.Getenv("WORK")
	said := &watch{text: "clock started", seen: func() {
		time.AfterFunc(time.Second, func() {
			for _, other := range ts.BackgroundCmds() {
				_ = other.Process.Kill()
			}
		})
	}}
	cmd.Stderr = said
	cmd.Stdout = ts.Stdout()
	err = cmd.Run()
	ts.Logf("%s", said.all.String())
	got := 0
	if exit := (*exec.ExitError)(nil); errors.As(err, &exit) {
		got = exit.ExitCode()
	} else {
		ts.Check(err)
	}
	if !slices.Contains(strings.Split(args[0], ","), strconv.Itoa(got)) {
		ts.Fatalf("exit code %d, want %s", got, args[0])
	}
	if said.seen != nil {
		ts.Fatalf("the clock never started")
	}
}

// watch calls seen, once, when a text has been written to it.
type watch struct {
	all  strings.Builder
	text string
	seen func() // nil once it was called
}

func (w *watch) Write(p []byte) (int, error) {
	w.all.Write(p)
	if w.seen != nil && strings.Contains(w.all.String(), w.text) {
		w.seen()
		w.seen = nil
	}
	return len(p), nil
}

// inTime demands that a command ends in time: within 20s CODES COMMAND... It is exitcode with a bound.
func inTime(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 3 {
		ts.Fatalf("usage: within DURATION CODES COMMAND...")
	}
	limit, err := time.ParseDuration(args[0])
	ts.Check(err)
	start := time.Now()
	exitCode(ts, false, args[1:])
	if took := time.Since(start); took > limit {
		ts.Fatalf("it took %s, at most %s is right", took, limit)
	}
}
