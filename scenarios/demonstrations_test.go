package scenarios_test

import (
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/portalbench/portalbench/scenarios"
)

// demonstrations are the built-in scenarios that ask a question.
func demonstrations() []string {
	return slices.DeleteFunc(scenarios.ScenarioNames(), func(name string) bool {
		return name == "cardiopulmonary" || name == "smoke"
	})
}

func TestDemonstrationsAskAQuestionOfTheirPolicies(t *testing.T) {
	require.Len(t, demonstrations(), 6)
	for _, name := range demonstrations() {
		s, err := scenarios.Load(name, nil)
		require.NoError(t, err, name)
		require.True(t, strings.HasSuffix(s.Title, "?"), "%s: the title is the question", name)
		require.GreaterOrEqual(t, len(s.Policies), 2, "%s compares", name)
		for _, of := range s.Policies {
			p, err := scenarios.LoadPolicy(of, nil)
			require.NoError(t, err, "%s: %s", name, of)
			require.NoError(t, scenarios.Check(s.Scenario, p.Policy), "%s: %s", name, of)
		}
		text, err := os.ReadFile("library/" + name + ".yaml")
		require.NoError(t, err)
		require.Equal(t, "#", string(text[0]), "%s: the first lines say what to look at", name)
		require.Regexp(t, `(?m)^extends: (cardiopulmonary|rarely-read-inbox)$`, string(text))
	}
}

// The document has the question of each demonstration, word for word, and simulates it under its policies or others.
func TestDemonstrationsAreDocumented(t *testing.T) {
	text, err := os.ReadFile("../docs/demonstrations.md")
	require.NoError(t, err)
	commands := regexp.MustCompile(`(?m)^portalbench simulate ([a-z-]+)(.*)$`).FindAllStringSubmatch(string(text), -1)
	for _, name := range demonstrations() {
		s, err := scenarios.Load(name, nil)
		require.NoError(t, err)
		require.Contains(t, string(text), "\n## "+s.Title+"\n")
		require.Contains(t, string(text), "[`"+name+"`](#")
		simulated := slices.ContainsFunc(commands, func(c []string) bool { return c[1] == name })
		require.True(t, simulated, "%s is not simulated", name)
	}
	for _, c := range commands {
		require.NoError(t, accepted(c[1], strings.Fields(c[2])), "%s", c[0])
	}
}

// What an answer says stands in the output above it: every interval in the prose of a section is printed there.
func TestAnswersQuoteTheirOutput(t *testing.T) {
	text, err := os.ReadFile("../docs/demonstrations.md")
	require.NoError(t, err)
	interval := regexp.MustCompile(`\([+−]?[0-9.,]+(?: to |–)[+−]?[0-9.,]+\)`)
	for _, section := range strings.Split(string(text), "\n## ")[1:] {
		title, _, _ := strings.Cut(section, "\n")
		var prose, output strings.Builder
		for i, part := range strings.Split(section, "```") {
			if i%2 == 0 {
				prose.WriteString(part)
			} else {
				output.WriteString(part)
			}
		}
		quoted := interval.FindAllString(strings.Join(strings.Fields(prose.String()), " "), -1)
		require.NotEmpty(t, quoted, title)
		for _, q := range quoted {
			require.Contains(t, output.String(), q, title)
		}
	}
}

// accepted reports what is wrong with the fields and policies of a command.
func accepted(scenario string, flags []string) error {
	var set []scenarios.Override
	var policies []string
	for i := 0; i+1 < len(flags); i += 2 {
		switch flags[i] {
		case "--policy":
			policies = strings.Split(flags[i+1], ",")
		case "--set":
			sweep, err := scenarios.ParseSet(flags[i+1])
			if err != nil {
				return err
			}
			set = append(set, scenarios.Override{Path: sweep.Path, Value: sweep.Values[0]})
		}
	}
	if _, err := scenarios.Load(scenario, set); err != nil {
		return err
	}
	for _, name := range policies {
		if _, err := scenarios.LoadPolicy(name, set); err != nil {
			return err
		}
	}
	return nil
}
