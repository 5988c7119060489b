package report

import (
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"html/template"
	"io/fs"
	"path"
	"slices"
	"strings"
)

// allowed is the page's Content-Security-Policy: nothing is fetched, nothing runs and nothing is styled but what stands in
// the page itself, by its digest. Data for a script is not a script to it.
func allowed(style template.CSS, scripts ...template.JS) string {
	rules := []string{"default-src 'none'", "base-uri 'none'", "form-action 'none'", "style-src " + digest(string(style))}
	var sources []string
	for _, s := range scripts {
		sources = append(sources, digest(string(s)))
	}
	if len(sources) > 0 {
		rules = append(rules, "script-src "+strings.Join(sources, " "))
	}
	return strings.Join(rules, "; ")
}

// digest names an inline element's content as Content-Security-Policy does.
func digest(content string) string {
	sum := sha256.Sum256([]byte(content))
	return "'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'"
}

// styleSheet returns the style sheets of the page one after the other: style.css, those that add to it by name, and that
// of paper, which overrules.
func styleSheet(live bool) (template.CSS, error) {
	names, err := fs.Glob(pageFiles, "page/*.css")
	if err != nil {
		return "", err
	}
	names = slices.DeleteFunc(names, func(name string) bool { return slices.Contains([]string{"print.css", "style.css"}, path.Base(name)) })
	names = append([]string{"page/style.css"}, names...)
	if live {
		names = append([]string{"page/uplot/uPlot.min.css"}, names...)
	}
	var all strings.Builder
	for _, name := range append(names, "page/print.css") {
		text, err := pageFiles.ReadFile(name)
		if err != nil {
			return "", fmt.Errorf("reading a style sheet: %w", err)
		}
		all.WriteString(string(text) + "\n")
	}
	return template.CSS(all.String()), nil
}

// liveScripts returns what draws the time charts on a screen: uPlot, with its license, and what uses it.
func liveScripts() ([]template.JS, error) {
	var texts [3]string
	for i, name := range []string{"page/uplot/LICENSE", "page/uplot/uPlot.iife.min.js", "page/live.js"} {
		text, err := pageFiles.ReadFile(name)
		if err != nil {
			return nil, fmt.Errorf("reading a script: %w", err)
		}
		texts[i] = string(text)
	}
	return []template.JS{template.JS("/*\n" + texts[0] + "*/\n" + texts[1]), template.JS(texts[2])}, nil
}
