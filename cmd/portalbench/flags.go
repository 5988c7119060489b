package main

import (
	"fmt"
	"io"
	"slices"

	"github.com/spf13/cobra"
)

// common holds the flags that every long command has.
type common struct {
	seed    uint64
	workers int
	out     string
	format  string
	quiet   bool
}

func (c *common) register(cmd *cobra.Command) {
	f := cmd.Flags()
	f.Uint64Var(&c.seed, "seed", 1, "seed of every random draw")
	f.IntVar(&c.workers, "workers", 0, "cores to use (0: all)")
	f.StringVar(&c.out, "out", "", "run folder (default runs/<scenario>-<time>)")
	f.StringVar(&c.format, "format", "table", "table, json or markdown")
	f.BoolVar(&c.quiet, "quiet", false, "no progress")
}

// check refuses values that no command accepts.
func (c *common) check() error {
	if !slices.Contains([]string{"table", "json", "markdown"}, c.format) {
		return usageError(fmt.Errorf("--format %q: use table, json or markdown", c.format))
	}
	if c.workers < 0 {
		return usageError(fmt.Errorf("--workers %d: use 0 for all cores, or a positive number", c.workers))
	}
	return nil
}

// say writes a line for people to stderr.
func say(w io.Writer, format string, args ...any) {
	fmt.Fprintln(w, fitted(w, fmt.Sprintf("portalbench: "+format, args...)))
}
