package main

import (
	"context"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
)

// A profile server receives profiles under the program's name, labelled by run.
func TestProfilesReachTheServer(t *testing.T) {
	var mu sync.Mutex
	var names []string
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		mu.Lock()
		defer mu.Unlock()
		names = append(names, r.URL.Query().Get("name"))
	}))
	defer server.Close()
	code := run(context.Background(), strings.Fields("simulate smoke --replications 2 --quiet --out "+filepath.Join(t.TempDir(), "run")+" --pyroscope "+server.URL), nil, &strings.Builder{}, &strings.Builder{})
	require.Equal(t, exitOK, code)
	mu.Lock()
	defer mu.Unlock()
	require.Contains(t, strings.Join(names, "\n"), "portalbench")
	require.Contains(t, strings.Join(names, "\n"), "run=simulate")
}

// Without a server a file holds the profile, in gzip as pprof reads it; its labels are in the string table.
func TestProfileFile(t *testing.T) {
	file := filepath.Join(t.TempDir(), "cpu.pprof")
	code := run(context.Background(), []string{"simulate", "smoke", "--replications", "20", "--quiet", "--out", filepath.Join(t.TempDir(), "run"), "--pprof", file}, nil, &strings.Builder{}, &strings.Builder{})
	require.Equal(t, exitOK, code)
	content, err := os.ReadFile(file)
	require.NoError(t, err)
	require.Equal(t, []byte{0x1f, 0x8b}, content[:2])
	bad := filepath.Join(t.TempDir(), "no", "such", "folder")
	require.Equal(t, exitUsage, run(context.Background(), []string{"simulate", "smoke", "--out", filepath.Join(t.TempDir(), "run"), "--pprof", bad}, nil, &strings.Builder{}, &strings.Builder{}))
}
