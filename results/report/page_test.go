package report

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"html"
	"html/template"
	"io/fs"
	"math"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/portalbench/portalbench/results"
)

// Whatever stands inline is named in the policy by its digest, and nothing else is allowed.
func TestPolicyAllowsWhatIsInlineAndNothingElse(t *testing.T) {
	for name, page := range map[string]string{"with charts": renderedRecord(t, wholeRecord()), "without": rendered(t, sampleRun(threePolicies(), nil))} {
		policy := html.UnescapeString(regexp.MustCompile(`Security-Policy" content="([^"]*)"`).FindStringSubmatch(page)[1])
		require.Contains(t, policy, "default-src 'none'")
		require.NotContains(t, policy, "unsafe")
		named := regexp.MustCompile(`'sha256-[^']*'`).FindAllString(policy, -1)
		var inline []string
		for _, m := range regexp.MustCompile(`(?s)<(style|script)>(.*?)</(?:style|script)>`).FindAllStringSubmatch(page, -1) {
			sum := sha256.Sum256([]byte(m[2]))
			inline = append(inline, "'sha256-"+base64.StdEncoding.EncodeToString(sum[:])+"'")
		}
		require.ElementsMatch(t, inline, named, name)
		require.Equal(t, name == "with charts", strings.Contains(page, "<script"), "a page without charts over time has no script")
	}
}

// The files of uPlot are those that were recorded.
func TestUPlotIsWhatWasRecorded(t *testing.T) {
	note, err := pageFiles.ReadFile("page/uplot/README.md")
	require.NoError(t, err)
	recorded := map[string]string{}
	for _, m := range regexp.MustCompile("\\| `([^`]+)` \\| ([0-9a-f]{64}) \\|").FindAllStringSubmatch(string(note), -1) {
		recorded[m[1]] = m[2]
	}
	entries, err := fs.ReadDir(pageFiles, "page/uplot")
	require.NoError(t, err)
	for _, e := range entries {
		if e.Name() == "README.md" {
			continue
		}
		content, err := pageFiles.ReadFile("page/uplot/" + e.Name())
		require.NoError(t, err)
		sum := sha256.Sum256(content)
		require.Equal(t, recorded[e.Name()], hex.EncodeToString(sum[:]), e.Name())
		delete(recorded, e.Name())
	}
	require.Empty(t, recorded, "recorded, and not there")
	page := renderedRecord(t, wholeRecord())
	require.Contains(t, page, "Copyright (c) 2022 Leon Sorokin", "its license asks for that")
	require.Contains(t, string(note), regexp.MustCompile(`\(v([0-9.]+)\)`).FindStringSubmatch(page)[1])
}

func TestContentsAreTheHeadings(t *testing.T) {
	require.Equal(t, []entry{{"a", "A & B", []entry{{"one", "One", nil}, {"two", "Two", nil}}}, {"c", "C", nil}},
		contentsOf(template.HTML(`<h2 id="a">A &amp; B</h2><h3 id="one-title">One</h3><p>x</p><h3 id="two-title">Two</h3><h2 id="c">C</h2>`)))
	page := renderedRecord(t, wholeRecord())
	for _, m := range regexp.MustCompile(`<h[23] id="([^"]+)">`).FindAllStringSubmatch(page, -1) {
		if m[1] == "short" || m[1] == "contents" {
			continue
		}
		require.Contains(t, page, `<a href="#`+strings.TrimSuffix(m[1], "-title")+`">`)
	}
	for _, reader := range []string{"For the policy analyst", "For the engineer", "For everybody"} {
		require.Contains(t, page, reader)
	}
}

// The verdict is the first thing said of a load.
func TestLoadVerdict(t *testing.T) {
	valid := func(thresholds ...string) *results.Load { return judged(sampleLoad(), false, thresholds...) }
	broken := valid("all.response.p95<500ms")
	broken.Ledger.Lost = 3
	for _, row := range []struct {
		name  string
		load  *results.Load
		state string
		title string
		first string // point
	}{
		{"nothing asked", valid(), stateGood, "✓ Valid: the generator kept up", ""},
		{"pass", valid("all.response.p95<500ms"), stateGood, "✓ Pass: the threshold met", ""},
		{"all pass", valid("all.response.p95<500ms", "all.response.p99<1s"), stateGood, "✓ Pass: both thresholds met", ""},
		{"one fails", valid("all.response.p95<500ms", "all.response.p99<30ms"), stateBad, "✗ Fail: 1 of 2 thresholds not met", "all.response.p99<30ms: fail (35.1 ms)"},
		{"open", valid("all.response.p95<500ms", "reopen.response.p50<1s"), stateOpen, "? Open: 1 of 2 thresholds not judged", "reopen.response.p50<1s: inconclusive (not measured)"},
		{"invalid", judged(sampleLoad(), true, "all.response.p95<500ms"), stateBad, "✗ Invalid: these numbers must not be used to judge the portal", "the schedule starved"},
		{"lost", broken, stateBad, "✗ Messages were not kept as they must be", "Ledger: of 1,151 acknowledged messages 1,151 were found, 3 lost"},
	} {
		v := loadVerdict(row.load)
		require.Equal(t, row.state, v.State, row.name)
		require.Equal(t, row.title, v.Title, row.name)
		if row.first == "" {
			require.Empty(t, v.Points, row.name)
		} else {
			require.Contains(t, v.Points[0], row.first, row.name)
		}
	}
}

func TestCapacityVerdict(t *testing.T) {
	for _, row := range []struct {
		change func(*results.Capacity)
		state  string
		title  string
	}{
		{func(*results.Capacity) {}, stateGood, "✓ A capacity was found"},
		{func(c *results.Capacity) { c.Outcome = results.CapacityAtLeast }, stateGood, "✓ The portal passed at every rate that was tried"},
		{func(c *results.Capacity) { c.Outcome = results.CapacityGenerator }, stateOpen, "? No capacity was found"},
		{func(c *results.Capacity) { c.Gate = results.Fail }, stateBad, "✗ Fail: the portal does not bear 1,400/s"},
		{func(c *results.Capacity) { c.Outcome = results.CapacityBelow }, stateBad, "✗ The portal failed at the lowest rate that was tried"},
		{func(c *results.Capacity) { c.Incomplete = true }, stateOpen, "? The search was not finished"},
	} {
		c := sampleCapacity()
		row.change(c)
		v := capacityVerdict(c)
		require.Equal(t, row.state, v.State)
		require.Equal(t, row.title, v.Title)
	}
}

// Contrast as WCAG 2.2 defines it, of text (4.5) and of marks (3) on the paper of their theme.
func TestColoursContrast(t *testing.T) {
	css, err := pageFiles.ReadFile("page/figures.css")
	require.NoError(t, err)
	themes := strings.SplitN(string(css), "@media (prefers-color-scheme: dark)", 2)
	require.Len(t, themes, 2)
	for i, theme := range themes {
		colours := map[string]string{}
		for _, m := range regexp.MustCompile(`--([a-z0-9]+): (#[0-9a-f]{3,6})`).FindAllStringSubmatch(theme, -1) {
			if _, seen := colours[m[1]]; !seen {
				colours[m[1]] = m[2]
			}
		}
		for _, pair := range []struct {
			front, back string
			least       float64
		}{{"ink", "paper", 7}, {"soft", "paper", 4.5}, {"soft", "panel", 4.5}, {"soft", "shade", 3}, {"link", "paper", 4.5}, {"good", "goodback", 4.5}, {"bad", "badback", 4.5},
			{"open", "openback", 4.5}, {"edge", "paper", 3}, {"bar", "paper", 3}, {"hatch", "hatchback", 3},
			{"c0", "paper", 3}, {"c1", "paper", 3}, {"c2", "paper", 3}, {"c3", "paper", 3}, {"c4", "paper", 3}, {"c5", "paper", 3}, {"c6", "paper", 3}, {"c7", "paper", 3},
			{"c0", "shade", 3}, {"c1", "shade", 3}, {"c2", "shade", 3}, {"c6", "shade", 3}} {
			require.GreaterOrEqual(t, contrastRatio(t, colours[pair.front], colours[pair.back]), pair.least, "%s on %s in theme %d", pair.front, pair.back, i)
		}
	}
	require.InDelta(t, 21, contrastRatio(t, "#000", "#ffffff"), 1e-9)    // (1 + .05) / (0 + .05)
	require.InDelta(t, 4.48, contrastRatio(t, "#777777", "#fff"), .01)   // published for this grey
	require.InDelta(t, 1, contrastRatio(t, "#123456", "#123456"), 1e-12) // itself
}

func contrastRatio(t *testing.T, a, b string) float64 {
	t.Helper()
	x, y := luminance(t, a), luminance(t, b)
	return (math.Max(x, y) + .05) / (math.Min(x, y) + .05)
}

func luminance(t *testing.T, colour string) float64 {
	t.Helper()
	digits := strings.TrimPrefix(colour, "#")
	if len(digits) == 3 {
		digits = string([]byte{digits[0], digits[0], digits[1], digits[1], digits[2], digits[2]})
	}
	require.Len(t, digits, 6, "colour %q", colour)
	sum := 0.
	for i, weight := range []float64{.2126, .7152, .0722} {
		v, err := strconv.ParseUint(digits[2*i:2*i+2], 16, 8)
		require.NoError(t, err)
		c := float64(v) / 255
		if c <= .04045 {
			c /= 12.92
		} else {
			c = math.Pow((c+.055)/1.055, 2.4)
		}
		sum += weight * c
	}
	return sum
}
