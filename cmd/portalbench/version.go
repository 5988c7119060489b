package main

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"os"
	"regexp"
	"runtime"
	"runtime/debug"
	"strings"

	"github.com/spf13/cobra"
)

// commit is what a program was built from where Go does not record it: in a worktree of git, whose .git is a file and not a
// folder, with go run, and wherever GOFLAGS says -buildvcs=false. Nothing but the linker sets it:
//
//	go build -ldflags "-X main.commit=$(git rev-parse HEAD)" ./cmd/portalbench
var commit string

// build says which program this is.
type build struct {
	Version  string `json:"version"`     // of the module; devel where Go knows none
	Commit   string `json:"commit"`      // in full; empty: not known
	Date     string `json:"commit_date"` // RFC 3339; empty: not known
	Modified *bool  `json:"modified"`    // whether the sources differed from the commit; nil: not known
	Hash     string `json:"build"`       // of the program; empty: not known
	Go       string `json:"go"`
	OS       string `json:"goos"`
	Arch     string `json:"goarch"`
}

// thisBuild reads what Go and the linker have put into this program.
func thisBuild() build {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		info = &debug.BuildInfo{}
	}
	b := readBuild(info, commit)
	b.Hash = buildHash(os.Executable)
	return b
}

// readBuild takes from Go's record what there is, and the commit from the linker where Go has none.
func readBuild(info *debug.BuildInfo, linked string) build {
	b := build{Version: info.Main.Version, Commit: linked, Go: runtime.Version(), OS: runtime.GOOS, Arch: runtime.GOARCH}
	if b.Version == "" || b.Version == "(devel)" {
		b.Version = "devel"
	}
	for _, s := range info.Settings {
		switch s.Key {
		case "vcs.revision":
			b.Commit = s.Value
		case "vcs.time":
			b.Date = s.Value
		case "vcs.modified":
			b.Modified = new(s.Value == "true")
		}
	}
	if released(info) {
		b.Modified = new(false)
	}
	return b
}

// released reports whether the sources came from a module proxy, which has them under this version only.
func released(info *debug.BuildInfo) bool { return info.Main.Sum != "" }

// goBuildID is what the linker writes near the beginning of every program: hashes of what went into it and what came out.
var goBuildID = regexp.MustCompile(`[\w-]{20}(/[\w-]{20}){3}`)

// buildHash tells builds apart that a commit does not, such as those of sources that were changed. It is empty where the
// program cannot be read, or was linked without an id.
func buildHash(executable func() (string, error)) string {
	path, err := executable()
	if err != nil {
		return ""
	}
	f, err := os.Open(path)
	if err != nil {
		return ""
	}
	defer f.Close()
	head, err := io.ReadAll(io.LimitReader(f, 64<<10)) // all systems have it in the first 32 KiB
	id := goBuildID.Find(head)
	if err != nil || id == nil {
		return ""
	}
	sum := sha256.Sum256(id)
	return hex.EncodeToString(sum[:6])
}

// String names a build so that two runs with the same name were made by the same program: the version and the commit, and
// the hash of the program where these do not tell.
func (b build) String() string {
	var more []string
	if b.Commit != "" {
		more = append(more, b.Commit)
	}
	if (b.Modified == nil || *b.Modified) && b.Hash != "" {
		more = append(more, "build "+b.Hash)
	}
	if len(more) == 0 {
		return b.Version
	}
	return b.Version + " (" + strings.Join(more, ", ") + ")"
}

// version names this build, as run.json has it.
func version() string { return thisBuild().String() }

func newVersionCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "version",
		Short: "Print the version of this program",
		Long: "Print which program this is. The first line is what run.json says of the program that made a run: version and\n" +
			"commit, and a hash of the program where the sources were changed, or where Go has not recorded the commit.",
		Example: "  portalbench version",
		Args:    usageArgs(cobra.NoArgs),
	}
	format := cmd.Flags().String("format", "table", "table or json")
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		switch *format {
		case "table":
			return thisBuild().write(cmd.OutOrStdout())
		case "json":
			return writeJSON(cmd.OutOrStdout(), thisBuild())
		}
		return usageError(fmt.Errorf("--format %q: use table or json", *format))
	}
	return cmd
}

// write prints a line for each thing that is known of a build.
func (b build) write(w io.Writer) error {
	lines := []string{"portalbench " + b.String(), "commit    " + orUnknown(b.Commit), "date      " + orUnknown(b.Date),
		"sources   " + b.state(), "build     " + orUnknown(b.Hash), "go        " + b.Go, "platform  " + b.OS + "/" + b.Arch}
	_, err := fmt.Fprintln(w, strings.Join(lines, "\n"))
	return err
}

// state says whether the sources were those of the commit.
func (b build) state() string {
	switch {
	case b.Modified == nil:
		return "unknown"
	case *b.Modified:
		return "modified after the commit"
	}
	return "as committed"
}

func orUnknown(text string) string {
	if text == "" {
		return "unknown"
	}
	return text
}
