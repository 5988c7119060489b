package main

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

func newManCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "man FOLDER",
		Short: "Write the manual as man pages, one for each command",
		Long: "Write the manual as pages of section 1, one for each command, into a folder that is made if it is not there.\n" +
			"man ./man1/portalbench-load.1 shows one; in a folder man1 of MANPATH they are found by their names.",
		Example: "  portalbench man man1",
		Args:    usageArgs(cobra.ExactArgs(1)),
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := os.MkdirAll(args[0], 0o755); err != nil {
				return usageError(fmt.Errorf("%w: name a folder that can be written to", err))
			}
			pages := described(cmd.Root())
			for _, c := range pages {
				if err := writeManPage(filepath.Join(args[0], manName(c)+".1"), c); err != nil {
					return err
				}
			}
			_, err := fmt.Fprintf(cmd.OutOrStdout(), "%s: %d pages\n", args[0], len(pages))
			return err
		},
	}
}

// described returns a command and all below it, as far as users are told of them, with the flags that cobra adds.
func described(cmd *cobra.Command) []*cobra.Command {
	cmd.InitDefaultHelpFlag()
	cmd.InitDefaultVersionFlag()
	all := []*cobra.Command{cmd}
	for _, below := range cmd.Commands() {
		if below.IsAvailableCommand() {
			all = append(all, described(below)...)
		}
	}
	return all
}

// manName is what man calls the page of a command: portalbench-portal-serve.
func manName(cmd *cobra.Command) string { return strings.ReplaceAll(cmd.CommandPath(), " ", "-") }

func writeManPage(path string, cmd *cobra.Command) error {
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	if _, err := io.WriteString(f, manPage(cmd, thisBuild())); err != nil {
		_ = f.Close()
		return err
	}
	return f.Close()
}

// manPage returns the page of a command in the language of roff, with the macros of man(7), that groff and mandoc read. Its
// date is that of the commit, so that the same sources give the same page.
func manPage(cmd *cobra.Command, b build) string {
	var r roff
	date, _, _ := strings.Cut(b.Date, "T")
	r.line(".TH", strings.ToUpper(manName(cmd)), "1", date, "portalbench "+b.Version, "portalbench")
	r.line(".SH", "NAME")
	r.text(manName(cmd) + " - " + cmd.Short)
	r.line(".SH", "SYNOPSIS")
	r.line(".B", cmd.UseLine())
	r.line(".SH", "DESCRIPTION")
	r.prose(description(cmd))
	r.commands(cmd)
	r.line(".SH", "OPTIONS")
	for _, f := range flagsOf(cmd) {
		r.line(".TP")
		r.line(".B", flagSyntax(f))
		r.text(flagHelp(f))
	}
	r.line(".SH", "EXIT STATUS")
	for code, meaning := range exitMeanings() {
		r.line(".TP")
		r.line(".B", strconv.Itoa(code))
		r.text(meaning)
	}
	if cmd.Example != "" {
		r.line(".SH", "EXAMPLES")
		r.verbatim(strings.Split(cmd.Example, "\n"))
	}
	r.seeAlso(cmd)
	return r.String()
}

// description is what a command is for: its long text, or the short one where that is all.
func description(cmd *cobra.Command) string {
	if cmd.Long != "" {
		return cmd.Long
	}
	return cmd.Short + "."
}

// flagsOf returns the flags of a command that users are told of, by name.
func flagsOf(cmd *cobra.Command) (flags []*pflag.Flag) {
	cmd.Flags().VisitAll(func(f *pflag.Flag) {
		if !f.Hidden {
			flags = append(flags, f)
		}
	})
	return flags
}

// flagSyntax is how a flag is written: -o, --out file.
func flagSyntax(f *pflag.Flag) string {
	name, _ := pflag.UnquoteUsage(f)
	if name == "stringArray" {
		name = "string"
	}
	text := strings.TrimRight("--"+f.Name+" "+name, " ")
	if f.Shorthand != "" {
		return "-" + f.Shorthand + ", " + text
	}
	return text
}

// flagUsage is what a flag does.
func flagUsage(f *pflag.Flag) string {
	_, usage := pflag.UnquoteUsage(f)
	return usage
}

// flagHelp is what a flag does, with what it is when it is not given.
func flagHelp(f *pflag.Flag) string {
	if d := flagDefault(f); d != "" {
		return flagUsage(f) + " (default " + d + ")"
	}
	return flagUsage(f)
}

// flagDefault is the value of a flag that is not given, where it has one that is not nothing.
func flagDefault(f *pflag.Flag) string {
	switch d := strings.Trim(f.DefValue, "[]"); d {
	case "", "false", "0", "0s":
		return ""
	default:
		return d
	}
}

// roff collects the lines of a page.
type roff struct{ strings.Builder }

// line writes a macro with its arguments.
func (r *roff) line(macro string, arguments ...string) {
	r.WriteString(macro)
	for _, a := range arguments {
		r.WriteString(` "` + strings.ReplaceAll(roffEscape(a), `"`, `\(dq`) + `"`)
	}
	r.WriteByte('\n')
}

// text writes a line of running text. Dots and quotes at its beginning would be macros.
func (r *roff) text(line string) {
	line = roffEscape(line)
	if strings.HasPrefix(line, ".") || strings.HasPrefix(line, "'") {
		line = `\&` + line
	}
	r.WriteString(line + "\n")
}

// prose writes paragraphs that are filled, and indented ones as they are.
func (r *roff) prose(text string) {
	for i, paragraph := range strings.Split(strings.TrimSpace(text), "\n\n") {
		if i > 0 {
			r.line(".PP")
		}
		lines := strings.Split(paragraph, "\n")
		if strings.HasPrefix(paragraph, " ") {
			r.verbatim(lines)
			continue
		}
		for _, line := range lines {
			r.text(line)
		}
	}
}

func (r *roff) verbatim(lines []string) {
	r.line(".nf")
	for _, line := range lines {
		r.text(line)
	}
	r.line(".fi")
}

// commands lists what stands below a command.
func (r *roff) commands(cmd *cobra.Command) {
	below := described(cmd)[1:]
	if len(below) == 0 {
		return
	}
	r.line(".SH", "COMMANDS")
	for _, c := range below {
		r.line(".TP")
		r.line(".B", strings.TrimPrefix(c.CommandPath(), cmd.CommandPath()+" "))
		r.text(c.Short + ".")
	}
}

// seeAlso names the pages of the command above and of those right below.
func (r *roff) seeAlso(cmd *cobra.Command) {
	var pages []string
	if cmd.HasParent() {
		pages = append(pages, manName(cmd.Parent())+"(1)")
	}
	for _, c := range cmd.Commands() {
		if c.IsAvailableCommand() {
			pages = append(pages, manName(c)+"(1)")
		}
	}
	if len(pages) > 0 {
		r.line(".SH", "SEE ALSO")
		r.text(strings.Join(pages, ", "))
	}
}

// roffEscape keeps what has a meaning in roff from having it: backslashes, hyphens, which would be typographic, and what
// is not ASCII.
func roffEscape(text string) string {
	var b strings.Builder
	for _, c := range text {
		switch {
		case c == '\\':
			b.WriteString(`\e`)
		case c == '-':
			b.WriteString(`\-`)
		case c > 126:
			fmt.Fprintf(&b, `\[u%04X]`, c)
		default:
			b.WriteRune(c)
		}
	}
	return b.String()
}
