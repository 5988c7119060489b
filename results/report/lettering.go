package report

import "unicode/utf8"

// How wide letters are at most, on average, as a share of the size of the type: of the widest of the fonts that a page may
// be shown in.
const (
	letterWidth = .6
	boldWidth   = .67
)

// The sizes of type in figures, as page/style.css has them, in pixels.
const (
	textSize  = 13
	tickSize  = 12
	groupSize = 15
)

// placedText is a text in a figure, with its baseline.
type placedText struct {
	Text string
	X, Y float64
}

// fitted breaks a text into lines that are no wider than so many pixels, between words or within names where it can.
func fitted(text string, width, size float64) []string {
	most := max(4, int(width/(size*letterWidth)))
	var lines []string
	for text != "" {
		line, rest := cutName(text, most)
		if r := []rune(line); len(r) > most { // a long word
			line, rest = string(r[:most]), string(r[most:])+rest
		}
		lines, text = append(lines, line), rest
	}
	return lines
}

// textWidth estimates how wide a line is at most, in pixels.
func textWidth(text string, size float64) float64 {
	return float64(utf8.RuneCountInString(text)) * size * letterWidth
}

// lettered places lines one below the other, the first with its baseline at y, and returns the baseline of the next.
func lettered(lines []string, x, y, spacing float64) (placed []placedText, next float64) {
	for _, line := range lines {
		placed = append(placed, placedText{line, x, round(y)})
		y += spacing
	}
	return placed, y
}
