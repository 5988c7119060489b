package results

import (
	"bufio"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"maps"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/portalbench/portalbench/results/stats"
)

const (
	histogramsName   = "histograms.hlog"
	histogramsHeader = "#portalbench histograms 1"
)

// Histograms are distributions of one unit, such as us or min, by tag. A tag says of what, such as "send.response" or
// "nurse-first/first_response{actual_urgency=urgent}"; it holds no white space.
type Histograms struct {
	Unit string
	Of   map[string]*stats.Histogram
}

// WriteHistograms writes histograms.hlog: the line "#portalbench histograms 1", then one line for every histogram with
// tag, unit and base64 of its binary form, separated by tabs and sorted by tag. Lines of the same tag from several
// runs merge exactly.
func (f *Folder) WriteHistograms(groups ...Histograms) error {
	var lines []string
	for _, g := range groups {
		for tag, h := range g.Of {
			b, err := h.MarshalBinary()
			if err != nil {
				return fmt.Errorf("writing %s: %s: %w", f.Path(histogramsName), tag, err)
			}
			if strings.ContainsAny(tag+g.Unit, " \t\r\n") || tag == "" || g.Unit == "" || tag[0] == '#' {
				return fmt.Errorf("writing %s: tag %q or unit %q is empty, holds white space or begins with #", f.Path(histogramsName), tag, g.Unit)
			}
			lines = append(lines, histogramLine(tag, g.Unit, b))
		}
	}
	slices.Sort(lines)
	return f.WriteFile(histogramsName, []byte(histogramsHeader+"\n"+strings.Join(lines, "")))
}

func histogramLine(tag, unit string, b []byte) string {
	return tag + "\t" + unit + "\t" + base64.StdEncoding.EncodeToString(b) + "\n"
}

// ReadHistograms reads histograms.hlog of the run folder dir: one group for every unit, in the order in which the
// units occur. Several lines of one tag and unit are merged.
func ReadHistograms(dir string) ([]Histograms, error) {
	path := filepath.Join(dir, histogramsName)
	file, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("reading histograms: %w", err)
	}
	defer file.Close()
	groups, err := decodeHistograms(file)
	if err != nil {
		return nil, fmt.Errorf("reading %s: %w", path, err)
	}
	return groups, nil
}

// Bounds of what is read.
const (
	longestHistogram = 16 << 20  // of a line, in bytes
	mostCounts       = 512 << 20 // of the histograms of a file in memory, in bytes
)

func decodeHistograms(r io.Reader) (groups []Histograms, err error) {
	text := &lineReader{r: r, left: math.MaxInt, last: '\n'}
	lines := bufio.NewScanner(text)
	lines.Buffer(nil, longestHistogram)
	if !lines.Scan() || lines.Text() != histogramsHeader {
		return nil, errors.New("its first line is not that of a histogram file of this version: run the scenario again")
	}
	n, held := 1, 0
	for lines.Scan() {
		n++
		tag, unit, h, err := decodeHistogram(lines.Text())
		if err == nil {
			held += h.Bytes()
			groups, err = addHistogram(groups, tag, unit, h)
		}
		if err == nil && held > mostCounts {
			err = fmt.Errorf("the histograms up to here take more than %d MB, which no run's do", mostCounts>>20)
		}
		if err != nil {
			return nil, damaged(n, err)
		}
	}
	switch {
	case lines.Err() != nil:
		return nil, damaged(n+1, lines.Err())
	case text.last != '\n':
		return nil, damaged(n, errors.New("it is cut short"))
	}
	return groups, nil
}

// MergeHistograms adds up distributions of several runs, or of several parts of one: what has the same unit and tag is one
// distribution. Merging is exact, in any order. What is given is left as it was. Distributions of the same tag and another
// range or precision are an error.
func MergeHistograms(of ...[]Histograms) (all []Histograms, err error) {
	for _, groups := range of {
		for _, g := range groups {
			for _, tag := range slices.Sorted(maps.Keys(g.Of)) {
				if all, err = addHistogram(all, tag, g.Unit, g.Of[tag].Clone()); err != nil {
					return nil, fmt.Errorf("merging histograms: %w", err)
				}
			}
		}
	}
	return all, nil
}

func decodeHistogram(line string) (tag, unit string, h *stats.Histogram, err error) {
	fields := strings.Split(line, "\t")
	if len(fields) != 3 || fields[0] == "" || fields[1] == "" {
		return "", "", nil, errors.New("it is not tag, unit and histogram")
	}
	b, err := base64.StdEncoding.DecodeString(fields[2])
	if err != nil {
		return "", "", nil, err
	}
	h = new(stats.Histogram)
	return fields[0], fields[1], h, h.UnmarshalBinary(b)
}

// addHistogram puts h into the group of its unit, or merges it into the one of its tag there.
func addHistogram(groups []Histograms, tag, unit string, h *stats.Histogram) ([]Histograms, error) {
	i := slices.IndexFunc(groups, func(g Histograms) bool { return g.Unit == unit })
	if i < 0 {
		i = len(groups)
		groups = append(groups, Histograms{unit, map[string]*stats.Histogram{}})
	}
	switch seen := groups[i].Of[tag]; {
	case seen == nil:
		groups[i].Of[tag] = h
	case !seen.SameShape(h):
		return nil, fmt.Errorf("%s has another range or precision than another histogram of that tag", tag)
	case seen.Count() > math.MaxInt64-h.Count():
		return nil, fmt.Errorf("%s has more observations than can be counted", tag)
	default:
		seen.Merge(h)
	}
	return groups, nil
}

// SpanTag is the tag of a simulated distribution: "<policy>[<overrides>]/<measure>{<where>}". White space and per cent signs
// in it are written as in URLs: %20, %25.
func SpanTag(policy string, set map[string]string, measure string, where Where) string {
	tag := policy
	if of := WhereText(set); of != "" {
		tag += "[" + of + "]"
	}
	tag += "/" + measure
	if of := WhereText(where); of != "" {
		tag += "{" + of + "}"
	}
	return strings.NewReplacer("%", "%25", " ", "%20", "\t", "%09", "\n", "%0A", "\r", "%0D").Replace(tag)
}

// Distribution returns the histogram of a unit and tag, nil where the run has none.
func (r *Record) Distribution(unit, tag string) *stats.Histogram {
	for _, g := range r.Histograms {
		if g.Unit == unit {
			return g.Of[tag]
		}
	}
	return nil
}
