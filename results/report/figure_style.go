package report

import (
	"regexp"
	"slices"
	"strings"
)

// The parts of a style sheet, which is ours: no strings with braces in it, and nothing nested but in at-rules.
var (
	cssComment  = regexp.MustCompile(`(?s)/\*.*?\*/`)
	cssVariable = regexp.MustCompile(`var\((--[a-z0-9-]+)\)`)
	cssName     = regexp.MustCompile(`\.?[A-Za-z][A-Za-z0-9-]*`)
	svgElement  = regexp.MustCompile(`<([a-z]+)`)
	svgClasses  = regexp.MustCompile(`class="([^"]*)"`)
)

// cssRule is what one selector, or several with commas between them, set.
type cssRule struct{ selectors, declarations string }

// cssRules returns the rules that hold on every medium: at-rules, such as those for the dark and for paper, are left out.
func cssRules(css string) []cssRule {
	css = cssComment.ReplaceAllString(css, "")
	var rules []cssRule
	for {
		head, rest, found := strings.Cut(css, "{")
		if !found {
			return rules
		}
		head = strings.TrimSpace(head)
		if strings.HasPrefix(head, "@") {
			css = afterBlock(rest)
			continue
		}
		body, after, _ := strings.Cut(rest, "}")
		rules = append(rules, cssRule{head, body})
		css = after
	}
}

// afterBlock returns what follows the brace that closes a block which is open already.
func afterBlock(css string) string {
	depth := 1
	for i, c := range css {
		switch c {
		case '{':
			depth++
		case '}':
			if depth--; depth == 0 {
				return css[i+1:]
			}
		}
	}
	return ""
}

// drawnProperties are those that shapes and text of a picture have; others are of pages.
func drawnProperties() []string {
	return []string{"fill", "fill-opacity", "stroke", "stroke-width", "stroke-dasharray", "stroke-linejoin", "stroke-linecap", "stroke-opacity",
		"opacity", "font-size", "font-weight", "font-style", "font-family", "text-anchor", "paint-order", "dominant-baseline", "letter-spacing",
		"display", "visibility"}
}

// standaloneStyle returns the rules that a drawing needs of a page's style sheet, in its light colours. Image viewers know
// no variables, so they are put in.
func standaloneStyle(css, drawing string) string {
	rules := cssRules(css)
	values := map[string]string{}
	for _, r := range rules {
		if r.selectors == ":root" {
			for name, value := range declared(r.declarations) {
				values[name] = value
			}
		}
	}
	names := drawnNames(drawing)
	var out strings.Builder
	for _, r := range rules {
		selectors := slices.DeleteFunc(strings.Split(r.selectors, ","), func(s string) bool { return !selectsAny(s, names) })
		declarations := drawnDeclarations(r.declarations, values)
		if len(selectors) > 0 && declarations != "" {
			for i, s := range selectors {
				selectors[i] = strings.TrimSpace(s)
			}
			out.WriteString("\n" + strings.Join(selectors, ",") + "{" + declarations + "}")
		}
	}
	return out.String() + "\n"
}

// declared yields the declarations of a rule.
func declared(declarations string) func(yield func(name, value string) bool) {
	return func(yield func(name, value string) bool) {
		for one := range strings.SplitSeq(declarations, ";") {
			name, value, found := strings.Cut(one, ":")
			if found && !yield(strings.TrimSpace(name), strings.TrimSpace(value)) {
				return
			}
		}
	}
}

func drawnDeclarations(declarations string, values map[string]string) string {
	var kept []string
	for name, value := range declared(declarations) {
		if slices.Contains(drawnProperties(), name) && value != "block" {
			value = cssVariable.ReplaceAllStringFunc(value, func(v string) string { return values[cssVariable.FindStringSubmatch(v)[1]] })
			kept = append(kept, name+":"+value)
		}
	}
	return strings.Join(kept, ";")
}

// drawnNames are the elements of a drawing, and its classes with a dot before them.
func drawnNames(drawing string) map[string]bool {
	names := map[string]bool{"svg": true}
	for _, m := range svgElement.FindAllStringSubmatch(drawing, -1) {
		names[m[1]] = true
	}
	for _, m := range svgClasses.FindAllStringSubmatch(drawing, -1) {
		for class := range strings.FieldsSeq(m[1]) {
			names["."+class] = true
		}
	}
	return names
}

// selectsAny reports whether a selector may match something with these names: it names nothing else.
func selectsAny(selector string, names map[string]bool) bool {
	if strings.ContainsAny(selector, ":[*#>~") {
		return false
	}
	parts := cssName.FindAllString(selector, -1)
	return len(parts) > 0 && !slices.ContainsFunc(parts, func(p string) bool { return !names[p] })
}
