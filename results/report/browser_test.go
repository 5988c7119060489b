package report

import (
	"context"
	_ "embed"
	"encoding/json"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	devpage "github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
	"github.com/portalbench/portalbench/results"
	"github.com/stretchr/testify/require"
)

// The browser test opens reports in a real browser. It needs PORTALBENCH_TEST_BROWSER, the path of Chromium, and takes
// from PORTALBENCH_TEST_REPORTS the reports to open, between colons; without it, pages of made-up numbers. With
// PORTALBENCH_TEST_AXE, the path of axe.min.js, the accessibility rules of axe-core are asked as well, and with
// PORTALBENCH_TEST_SCREENSHOTS, a folder, what was seen is kept there.
func TestBrowser(t *testing.T) {
	path := os.Getenv("PORTALBENCH_TEST_BROWSER")
	if path == "" {
		t.Skip("PORTALBENCH_TEST_BROWSER does not name a browser")
	}
	for name, file := range reports(t) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			openReport(t, browser(t, path), name, file)
		})
	}
}

// browser starts a browser: each report has one of its own, as a page behind another's is not drawn.
func browser(t *testing.T, path string) context.Context {
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(path), chromedp.NoSandbox, chromedp.DisableGPU,
		chromedp.WindowSize(1400, 1000))
	allocated, cancel := chromedp.NewExecAllocator(t.Context(), options...)
	t.Cleanup(cancel)
	started, cancel := chromedp.NewContext(allocated)
	t.Cleanup(cancel)
	require.NoError(t, chromedp.Do(started))
	return started
}

// reports returns the files to open, by a name.
func reports(t *testing.T) map[string]string {
	files := map[string]string{}
	if list := os.Getenv("PORTALBENCH_TEST_REPORTS"); list != "" {
		for _, file := range filepath.SplitList(list) {
			files[filepath.Base(filepath.Dir(file))] = file
		}
		return files
	}
	dir := t.TempDir()
	for name, content := range map[string]string{"whole": renderedRecord(t, wholeRecord()), "capacity": rendered(t, &results.Run{Scenario: "smoke", Capacity: sampleCapacity()}),
		"simulations": renderedSides(t, comparedSimulations(nil)), "loads": renderedSides(t, comparedLoads(nil))} {
		files[name] = filepath.Join(dir, name+".html")
		require.NoError(t, os.WriteFile(files[name], []byte(content), 0o600))
	}
	return files
}

func renderedSides(t *testing.T, sides []Side) string {
	t.Helper()
	var b strings.Builder
	require.NoError(t, comparing(t, sides).HTML(&b))
	return b.String()
}

// screen is how a report is looked at.
type screen struct {
	name          string
	width, height int64
	theme, media  string
	still         bool // the page's scripts do not run
	every         bool // every rule of axe-core is asked, also those that take longest
}

// screens are both widths, each in the theme it begins with, and paper. A page with a script is also seen without, in the
// other theme; one without looks the same.
func screens(scripted bool) []screen {
	all := []screen{{"wide", 1400, 1000, "light", "screen", false, true}, {"phone", 400, 860, "dark", "screen", false, true},
		{"paper", 720, 1000, "dark", "print", false, false}}
	if scripted {
		all = append(all, screen{"wide-still", 1400, 1000, "dark", "screen", true, false}, screen{"phone-still", 400, 860, "light", "screen", true, false})
	}
	return all
}

// otherTheme is the one that a screen does not begin with.
func (s screen) otherTheme() string {
	return map[string]string{"light": "dark", "dark": "light"}[s.theme]
}

// openReport looks at one report on every screen and prints it.
func openReport(t *testing.T, browser context.Context, name, file string) {
	seen := &overheard{}
	tab, cancel := chromedp.NewContext(browser)
	defer cancel()
	tab, cancel = context.WithTimeout(tab, 5*time.Minute)
	defer cancel()
	require.NoError(t, chromedp.Listen(tab, seen.hear))
	_, err := chromedp.Call(tab, network.Enable, network.EnableParams{})
	require.NoError(t, err)
	_, err = chromedp.Call(tab, log.Enable, cdp.Empty{})
	require.NoError(t, err)
	page, err := os.ReadFile(file)
	require.NoError(t, err)
	address := (&url.URL{Scheme: "file", Path: absolute(t, file)}).String()
	for _, s := range screens(strings.Contains(string(page), "<script")) {
		lookAt(t, tab, name, address, s)
	}
	printReport(t, tab, name)
	require.Empty(t, seen.wrong(address), "fetched, logged or refused")
}

// lookAt opens a page on a screen, and does with it what a reader does.
func lookAt(t *testing.T, tab context.Context, name, address string, s screen) {
	t.Helper()
	look(t, tab, s)
	still(t, tab, s.still)
	require.NoError(t, chromedp.Do(tab, chromedp.Navigate(address)))
	still(t, tab, false) // or the test could not ask; the page's own have had their turn
	settle(t, tab)
	keepPicture(t, tab, name+"-"+s.name+"-"+s.theme)
	require.Empty(t, ask(t, tab, browserChecks), "%s, closed", s.name)
	ask(t, tab, `document.querySelectorAll("details").forEach((d) => { d.open = true; }); []`)
	require.Empty(t, ask(t, tab, browserChecks), "%s, all details open", s.name)
	require.Empty(t, askAxe(t, tab, s.every), "%s: axe-core", s.name)
	if s.media == "screen" {
		seeOtherTheme(t, tab, name, s)
	}
	if s.still {
		require.Empty(t, ask(t, tab, `[...document.querySelectorAll("figure.alive")].map((f) => f.id)`), "no script was to run")
	} else if s.media == "screen" {
		useCharts(t, tab, s)
	}
}

// seeOtherTheme changes the theme while the page is open, and back.
func seeOtherTheme(t *testing.T, tab context.Context, name string, s screen) {
	t.Helper()
	theme(t, tab, s.media, s.otherTheme())
	settle(t, tab)
	require.Empty(t, ask(t, tab, browserChecks), "%s, all details open, %s", s.name, s.otherTheme())
	ask(t, tab, `document.querySelectorAll("details").forEach((d) => { d.open = false; }); []`)
	keepPicture(t, tab, name+"-"+s.name+"-"+s.otherTheme())
	ask(t, tab, `document.querySelectorAll("details").forEach((d) => { d.open = true; }); []`)
	theme(t, tab, s.media, s.theme)
	settle(t, tab)
}

func absolute(t *testing.T, file string) string {
	t.Helper()
	path, err := filepath.Abs(file)
	require.NoError(t, err)
	return filepath.ToSlash(path)
}

// look sets the size of the screen, the theme and the medium.
func look(t *testing.T, tab context.Context, s screen) {
	t.Helper()
	_, err := chromedp.Call(tab, emulation.SetDeviceMetricsOverride, emulation.SetDeviceMetricsOverrideParams{Width: s.width, Height: s.height,
		DeviceScaleFactor: 1, Mobile: s.width < 500})
	require.NoError(t, err)
	theme(t, tab, s.media, s.theme)
}

// still says whether scripts run.
func still(t *testing.T, tab context.Context, yes bool) {
	t.Helper()
	_, err := chromedp.Call(tab, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: yes})
	require.NoError(t, err)
}

func theme(t *testing.T, tab context.Context, media, theme string) {
	t.Helper()
	_, err := chromedp.Call(tab, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Media: media,
		Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: theme}}})
	require.NoError(t, err)
}

// ask evaluates an expression that returns lines of text. What the page may not do, the test may.
func ask(t *testing.T, tab context.Context, expression string) []string {
	t.Helper()
	lines, err := chromedp.Run(tab, chromedp.Evaluate[[]string](expression, chromedp.EvalAwaitPromise))
	require.NoError(t, err)
	return lines
}

// settle waits until what was asked of the page has been drawn.
func settle(t *testing.T, tab context.Context) {
	t.Helper()
	ask(t, tab, `new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(() => done([]), 50))))`)
}

//go:embed testdata/browser.js
var browserChecks string

// askAxe asks the rules of axe-core, if it is at hand, for what they find wrong. Unless every rule is wanted, the two that
// take most of the time are left out: each width and each theme has been asked for them once, and for contrast every screen
// is by browserChecks.
func askAxe(t *testing.T, tab context.Context, every bool) []string {
	t.Helper()
	path := os.Getenv("PORTALBENCH_TEST_AXE")
	if path == "" {
		return nil
	}
	source, err := os.ReadFile(path)
	require.NoError(t, err)
	rules := fmt.Sprintf(`{ "color-contrast": { enabled: %t }, "target-size": { enabled: %t } }`, every, every)
	return ask(t, tab, string(source)+`; axe.run(document, { rules: `+rules+`, runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"] }).then((r) =>
		r.violations.map((v) => v.id + ": " + v.help + ": " + v.nodes.slice(0, 3).map((n) => n.target.join(" ") + " " + (n.any[0] || {message: ""}).message).join("; ")))`)
}

// overheard is what a tab fetched, logged and refused.
type overheard struct {
	mu    sync.Mutex
	lines []string
	asked []string // addresses
}

func (o *overheard) hear(event any) {
	o.mu.Lock()
	defer o.mu.Unlock()
	switch e := event.(type) {
	case *network.EventRequestWillBeSent:
		o.asked = append(o.asked, e.Request.URL)
	case *runtime.EventConsoleAPICalled:
		text, _ := json.Marshal(e.Args)
		o.lines = append(o.lines, fmt.Sprintf("console %s: %s", e.Type, text))
	case *runtime.EventExceptionThrown:
		o.lines = append(o.lines, "exception: "+e.ExceptionDetails.Text)
	case *log.EventEntryAdded:
		o.lines = append(o.lines, fmt.Sprintf("%s: %s", e.Entry.Level, e.Entry.Text))
	}
}

// wrong returns what was logged, and what was fetched but the page itself.
func (o *overheard) wrong(page string) []string {
	o.mu.Lock()
	defer o.mu.Unlock()
	lines := o.lines
	for _, address := range o.asked {
		if strings.TrimSuffix(address, "#") != page {
			lines = append(lines, "fetched "+address)
		}
	}
	return lines
}

// keepPicture writes what is shown, from top to bottom, where screenshots are wanted.
func keepPicture(t *testing.T, tab context.Context, name string) {
	t.Helper()
	dir := os.Getenv("PORTALBENCH_TEST_SCREENSHOTS")
	if dir == "" {
		return
	}
	picture, err := chromedp.Run(tab, chromedp.FullScreenshot(100))
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(filepath.Join(dir, name+".png"), picture, 0o600))
}

// printReport prints the page with all its details open, dark theme or not.
func printReport(t *testing.T, tab context.Context, name string) {
	t.Helper()
	theme(t, tab, "", "dark")
	paper, err := chromedp.Run(tab, chromedp.PrintToPDF(func(p *devpage.PrintToPDFParams) { p.PrintBackground = new(true) }))
	require.NoError(t, err)
	require.Greater(t, len(paper), 10_000)
	require.Equal(t, "%PDF-", string(paper[:5]))
	if dir := os.Getenv("PORTALBENCH_TEST_SCREENSHOTS"); dir != "" {
		require.NoError(t, os.WriteFile(filepath.Join(dir, name+".pdf"), paper, 0o600))
	}
}
