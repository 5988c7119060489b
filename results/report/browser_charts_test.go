package report

import (
	"context"
	"testing"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"
)

// useCharts does with the time charts what a reader does: points at one, zooms, goes back, changes the theme and the size of
// the window while the page is open. A page without any has none to try.
func useCharts(t *testing.T, tab context.Context, s screen) {
	t.Helper()
	if len(ask(t, tab, `[...document.querySelectorAll("figure.alive")].map((f) => f.id)`)) == 0 {
		require.Empty(t, ask(t, tab, `[...document.querySelectorAll("figure[data-live]")].map((f) => f.id)`), "charts that no script draws")
		return
	}
	at := place(t, tab)
	require.NoError(t, chromedp.Do(tab, chromedp.MouseEvent(chromedp.MouseMoved, at.middle, at.y)))
	settle(t, tab)
	require.NotEmpty(t, readouts(t, tab), "%s: pointing at a chart tells nothing", s.name)
	if s.width > 500 {
		require.Len(t, ask(t, tab, `[...document.querySelectorAll(".tools span")].map((e) => e.textContent).filter((x) => x.startsWith("at "))`),
			len(ask(t, tab, `[...document.querySelectorAll("figure.alive")].map((f) => f.id)`)), "all charts tell of the same moment")
		zoomIn(t, tab, at)
	}
	before := canvasDigest(t, tab)
	theme(t, tab, "screen", s.otherTheme())
	settle(t, tab)
	require.NotEqual(t, before, canvasDigest(t, tab), "%s: the charts do not follow the theme", s.name)
	theme(t, tab, "screen", s.theme)
	resize(t, tab, s)
}

// spot is where a chart is on the screen.
type spot struct{ left, middle, right, y float64 }

func place(t *testing.T, tab context.Context) spot {
	t.Helper()
	box, err := chromedp.Run(tab, chromedp.Evaluate[[]float64](`(() => { const u = document.querySelector("figure.alive .u-over"); u.scrollIntoView({ block: "center" });
		const b = u.getBoundingClientRect(); return [b.left, b.width, b.top, b.height]; })()`))
	require.NoError(t, err)
	return spot{box[0] + box[1]*.25, box[0] + box[1]*.5, box[0] + box[1]*.75, box[2] + box[3]*.5}
}

// readouts are the values that the charts tell of the moment under the pointer.
func readouts(t *testing.T, tab context.Context) []string {
	return ask(t, tab, `[...document.querySelectorAll(".readout i")].map((e) => e.textContent).filter((x) => /[0-9]/.test(x))`)
}

// zoomIn drags across a chart, and then shows the whole load again by the button.
func zoomIn(t *testing.T, tab context.Context, at spot) {
	t.Helper()
	whole := canvasDigest(t, tab)
	hidden := `[...document.querySelectorAll(".tools button")].filter((b) => !b.hidden).map((b) => b.textContent)`
	require.Empty(t, ask(t, tab, hidden))
	require.NoError(t, chromedp.Do(tab, chromedp.MouseEvent(chromedp.MouseMoved, at.left, at.y), chromedp.MouseEvent(chromedp.MousePressed, at.left, at.y, chromedp.ButtonLeft),
		chromedp.MouseEvent(chromedp.MouseMoved, at.middle, at.y, chromedp.ButtonLeft), chromedp.MouseEvent(chromedp.MouseReleased, at.middle, at.y, chromedp.ButtonLeft)))
	settle(t, tab)
	require.NotEmpty(t, ask(t, tab, hidden), "dragging across a chart does not zoom")
	require.NotEqual(t, whole, canvasDigest(t, tab))
	ask(t, tab, `document.querySelector(".tools button").click(); []`)
	settle(t, tab)
	require.Empty(t, ask(t, tab, hidden), "the whole load is shown again")
	require.Equal(t, whole, canvasDigest(t, tab))
}

// resize makes the window narrower while the page is open.
func resize(t *testing.T, tab context.Context, s screen) {
	t.Helper()
	_, err := chromedp.Call(tab, emulation.SetDeviceMetricsOverride, emulation.SetDeviceMetricsOverrideParams{Width: s.width * 9 / 10, Height: s.height,
		DeviceScaleFactor: 1, Mobile: s.width < 500})
	require.NoError(t, err)
	settle(t, tab)
	require.Empty(t, ask(t, tab, browserChecks), "%s, window narrower", s.name)
	require.Empty(t, ask(t, tab, `[...document.querySelectorAll("figure.alive .plot")].filter((p) => Math.abs(p.clientWidth - p.querySelector(".uplot").clientWidth) > 2).map((p) => "a chart does not fit")`))
}

// canvasDigest tells pictures of the charts apart.
func canvasDigest(t *testing.T, tab context.Context) []string {
	t.Helper()
	return ask(t, tab, `[...document.querySelectorAll("figure.alive canvas")].map((c) => { let h = 0; for (const v of c.toDataURL()) h = (h * 31 + v.charCodeAt(0)) | 0; return String(h); })`)
}
