package results

import (
	"bufio"
	"bytes"
	"encoding/base64"
	"errors"
	"fmt"
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
			lines = append(lines, tag+"\t"+g.Unit+"\t"+base64.StdEncoding.EncodeToString(b)+"\n")
		}
	}
	slices.Sort(lines)
	return f.WriteFile(histogramsName, []byte(histogramsHeader+"\n"+strings.Join(lines, "")))
}

// ReadHistograms reads histograms.hlog of the run folder dir: one group for every unit, in the order in which the
// units occur. Several lines of one tag and unit are merged.
func ReadHistograms(dir string) ([]Histograms, error) {
	path := filepath.Join(dir, histogramsName)
	b, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("reading histograms: %w", err)
	}
	groups, err := decodeHistograms(b)
	if err != nil {
		return nil, fmt.Errorf("reading %s: %w", path, err)
	}
	return groups, nil
}

func decodeHistograms(b []byte) ([]Histograms, error) {
	lines := bufio.NewScanner(bytes.NewReader(b))
	lines.Buffer(nil, 16<<20)
	if !lines.Scan() || lines.Text() != histogramsHeader {
		return nil, errors.New("its first line is not that of a histogram file of this version: run the scenario again")
	}
	var groups []Histograms
	for n := 2; lines.Scan(); n++ {
		tag, unit, h, err := decodeHistogram(lines.Text())
		if err == nil {
			groups, err = addHistogram(groups, tag, unit, h)
		}
		if err != nil {
			return nil, fmt.Errorf("line %d is damaged: %w", n, err)
		}
	}
	return groups, lines.Err()
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
		return nil, fmt.Errorf("%s has another range or precision than an earlier line of that tag", tag)
	case seen.Count() > math.MaxInt64-h.Count():
		return nil, fmt.Errorf("%s has more observations than can be counted", tag)
	default:
		seen.Merge(h)
	}
	return groups, nil
}

// SpanTag is the tag of a simulated distribution: "<policy>[<overrides>]/<measure>{<where>}".
func SpanTag(policy string, set map[string]string, measure string, where Where) string {
	tag := policy
	if of := WhereText(set); of != "" {
		tag += "[" + of + "]"
	}
	tag += "/" + measure
	if of := WhereText(where); of != "" {
		tag += "{" + of + "}"
	}
	return tag
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
