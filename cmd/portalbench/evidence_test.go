package main

import (
	"testing"

	"github.com/portalbench/portalbench/scenarios"
	"github.com/stretchr/testify/require"
)

func TestWrap(t *testing.T) {
	tests := []struct {
		text  string
		width int
		want  []string
	}{
		{"", 5, []string{""}},
		{"one two", 7, []string{"one two"}},    // 3 + 1 + 3
		{"one two", 6, []string{"one", "two"}}, // one too many
		{"abcdefgh i", 3, []string{"abc", "def", "gh", "i"}},
		{"a bbbb", 3, []string{"a", "bbb", "b"}},
	}
	for _, tt := range tests {
		require.Equal(t, tt.want, wrap(tt.text, tt.width), "%q in %d", tt.text, tt.width)
	}
}

func TestDescribeSource(t *testing.T) {
	require.Equal(t, "assumed", describeSource(scenarios.Source{Assumed: true}))
	require.Equal(t, "assumed: a guess", describeSource(scenarios.Source{Assumed: true, Note: "a guess"}))
	require.Equal(t, "set by --set", describeSource(scenarios.Source{Note: "set by --set"}))
	require.Equal(t, "VOL-04 Rotenstein 2025 JAMA Netw Open (halved)",
		describeSource(scenarios.Source{IDs: []string{"VOL-04"}, Note: "halved"}))
}
