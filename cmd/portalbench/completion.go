package main

import (
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/portalbench/portalbench/bench/rest"
	"github.com/portalbench/portalbench/results"
	"github.com/portalbench/portalbench/scenarios"
)

func newCompletionCommand() *cobra.Command {
	shells := []string{"bash", "zsh", "fish", "powershell"}
	return &cobra.Command{
		Use:   "completion bash|zsh|fish|powershell",
		Short: "Print a script by which a shell completes commands, flags and names",
		Long: "Print a script by which a shell completes commands, flags, and the names of scenarios, policies, measures,\n" +
			"operations and run folders. For this session, and for all:\n\n" +
			"  bash        source <(portalbench completion bash)\n" +
			"              portalbench completion bash > ~/.local/share/bash-completion/completions/portalbench\n" +
			"  zsh         source <(portalbench completion zsh)\n" +
			"              portalbench completion zsh > \"${fpath[1]}/_portalbench\"\n" +
			"  fish        portalbench completion fish | source\n" +
			"              portalbench completion fish > ~/.config/fish/completions/portalbench.fish\n" +
			"  powershell  portalbench completion powershell | Out-String | Invoke-Expression\n\n" +
			"bash needs the package bash-completion.",
		Example:   "  portalbench completion bash",
		Args:      usageArgs(cobra.MatchAll(cobra.ExactArgs(1), cobra.OnlyValidArgs)),
		ValidArgs: shells,
		RunE: func(cmd *cobra.Command, args []string) error {
			root, out := cmd.Root(), cmd.OutOrStdout()
			switch args[0] {
			case "bash":
				return root.GenBashCompletionV2(out, true)
			case "zsh":
				return root.GenZshCompletion(out)
			case "fish":
				return root.GenFishCompletion(out, true)
			}
			return root.GenPowerShellCompletionWithDesc(out)
		},
	}
}

// complete tells shells, for a command and all below it, what may be written for arguments and flags. It goes by how a
// command's usage calls its arguments, and by the names and help texts of flags.
func complete(cmd *cobra.Command) {
	if cmd.ValidArgs == nil && cmd.ValidArgsFunction == nil {
		cmd.ValidArgsFunction = argumentsOf(cmd.Use)
	}
	cmd.Flags().VisitAll(func(f *pflag.Flag) {
		if values := valuesOf(f); values != nil {
			_ = cmd.RegisterFlagCompletionFunc(f.Name, values) // fails only for flags that are not there, or have values
		}
	})
	for _, below := range cmd.Commands() {
		complete(below)
	}
}

// argumentsOf returns what stands for the words in capitals of a usage line. Where nothing fits a shell offers files.
func argumentsOf(use string) cobra.CompletionFunc {
	var names []func() []string
	for _, word := range regexp.MustCompile(`[A-Z]{2,}`).FindAllString(use, -1) {
		switch word {
		case "SCENARIO":
			names = append(names, scenarios.ScenarioNames)
		case "POLICY":
			names = append(names, scenarios.PolicyNames)
		case "PROFILE":
			names = append(names, rest.Profiles)
		case "RUN":
			names = append(names, runFolders)
		}
	}
	repeated := strings.Contains(use, "...")
	return func(_ *cobra.Command, args []string, begun string) ([]string, cobra.ShellCompDirective) {
		if len(names) == 0 || len(args) > 0 && !repeated {
			return nil, cobra.ShellCompDirectiveDefault
		}
		var all []string
		for _, list := range names {
			all = append(all, list()...)
		}
		return beginning(all, begun), cobra.ShellCompDirectiveDefault
	}
}

// valuesOf returns what a flag may be given; nil where only the user, or a file's name, can tell.
func valuesOf(f *pflag.Flag) cobra.CompletionFunc {
	switch f.Name {
	case "policy", "baseline":
		return partly(scenarios.PolicyNames, ",+")
	case "scenario":
		return partly(scenarios.ScenarioNames, "")
	case "portal":
		return partly(func() []string { return append([]string{"refportal", "fhir"}, rest.Profiles()...) }, "")
	case "by":
		return partly(results.PartKeys, "")
	case "measure", "primary", "select":
		return partly(results.MeasureNames, "")
	case "threshold":
		return unfinished(func(begun string) []string { return nextNames(results.ThresholdSubjects(), begun) })
	case "stop-when":
		return unfinished(func(begun string) []string { return beginning(results.StopMetrics(), begun) })
	case "run", "resume", "portal-delay":
		return partly(runFolders, ",")
	case "out":
		return nil // a folder, or a file
	}
	if words := enumerated(f.Usage); words != nil && f.Value.Type() == "string" {
		return cobra.FixedCompletions(words, cobra.ShellCompDirectiveNoFileComp)
	}
	if slices.Contains([]string{"int", "uint64", "float64", "duration"}, f.Value.Type()) {
		return cobra.NoFileCompletions
	}
	return nil
}

// partly offers names for what comes after the last of the separators.
func partly(names func() []string, separators string) cobra.CompletionFunc {
	return func(_ *cobra.Command, _ []string, begun string) ([]string, cobra.ShellCompDirective) {
		at := strings.LastIndexAny(begun, separators) + 1
		found := beginning(names(), begun[at:])
		for i := range found {
			found[i] = begun[:at] + found[i]
		}
		return found, cobra.ShellCompDirectiveDefault
	}
}

// unfinished offers beginnings, after which a shell leaves no space.
func unfinished(names func(begun string) []string) cobra.CompletionFunc {
	return func(_ *cobra.Command, _ []string, begun string) ([]string, cobra.ShellCompDirective) {
		return names(begun), cobra.ShellCompDirectiveNoSpace | cobra.ShellCompDirectiveNoFileComp
	}
}

func beginning(names []string, with string) (found []string) {
	for _, name := range names {
		if strings.HasPrefix(name, with) {
			found = append(found, name)
		}
	}
	return found
}

// nextNames returns how what was begun of a dotted name may go on, to the next dot, or with < where the name is complete.
func nextNames(names []string, begun string) (found []string) {
	for _, name := range beginning(names, begun) {
		next := name + "<"
		if dot := strings.IndexByte(name[len(begun):], '.'); dot >= 0 {
			next = name[:len(begun)+dot+1]
		}
		if !slices.Contains(found, next) {
			found = append(found, next)
		}
	}
	return found
}

// enumerated returns the words of a help text that is a list of them, such as "table, json or markdown".
func enumerated(usage string) []string {
	list, _, _ := strings.Cut(usage, "; ")
	list, _, _ = strings.Cut(list, " (")
	words := strings.Split(strings.ReplaceAll(list, " or ", ", "), ", ")
	if len(words) < 2 || slices.ContainsFunc(words, func(w string) bool { return !isWord(w) }) {
		return nil
	}
	return words
}

func isWord(text string) bool {
	return text != "" && strings.Trim(text, "abcdefghijklmnopqrstuvwxyz0123456789") == ""
}

// runFolders returns the run folders where they usually are.
func runFolders() []string {
	found, _ := filepath.Glob(filepath.Join("runs", "*", "run.json")) // fails only for wrong patterns
	for i := range found {
		found[i] = filepath.Dir(found[i])
	}
	return found
}
