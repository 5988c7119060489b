package fhir

import (
	"bytes"
	"cmp"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strings"

	"github.com/portalbench/portalbench/results"
)

// outcomeOf says how an operation ended that was answered with a status.
func outcomeOf(status int) results.Outcome {
	switch {
	case status == http.StatusAccepted:
		return results.Pending // it will be done, or not
	case status >= 200 && status < 300:
		return results.OK
	case status == http.StatusUnauthorized || status == http.StatusForbidden:
		return results.Denied
	case status == http.StatusNotFound || status == http.StatusGone:
		return results.NotFound
	case status == http.StatusConflict || status == http.StatusPreconditionFailed:
		return results.Conflict
	case status == http.StatusTooManyRequests:
		return results.Throttled
	}
	return results.Invalid
}

// issue is one of an OperationOutcome.
type issue struct{ severity, code, text string }

// noReason is what is said of an answer without one.
const noReason = "the server gave no reason"

// detailOf returns what an OperationOutcome says, as JSON or as XML, or the title of a web page: proxies answer with those.
func detailOf(content []byte) string {
	issues := jsonIssues(content)
	if len(issues) == 0 {
		issues = xmlIssues(content)
	}
	if len(issues) == 0 {
		return pageTitle(content)
	}
	worst := slices.IndexFunc(issues, func(i issue) bool { return i.severity == "fatal" || i.severity == "error" })
	said := issues[max(worst, 0)]
	text := strings.TrimSuffix(said.code+": "+said.text, ": ")
	if text == "" {
		text = noReason
	}
	if others := len(issues) - 1; others > 0 {
		text += fmt.Sprintf(" (and %d more)", others)
	}
	return text
}

func jsonIssues(content []byte) (all []issue) {
	var o struct {
		Issue []struct {
			Severity, Code, Diagnostics string
			Details                     concept
		}
	}
	if json.Unmarshal(withoutMark(content), &o) != nil {
		return nil
	}
	for _, i := range o.Issue {
		all = append(all, issue{i.Severity, i.Code, cmp.Or(i.Diagnostics, i.Details.Text)})
	}
	return all
}

func xmlIssues(content []byte) (all []issue) {
	type value struct {
		Value string `xml:"value,attr"`
	}
	var o struct {
		XMLName xml.Name
		Issue   []struct {
			Severity    value `xml:"severity"`
			Code        value `xml:"code"`
			Diagnostics value `xml:"diagnostics"`
			Text        value `xml:"details>text"`
		} `xml:"issue"`
	}
	if xml.Unmarshal(content, &o) != nil || o.XMLName.Local != "OperationOutcome" {
		return nil
	}
	for _, i := range o.Issue {
		all = append(all, issue{i.Severity.Value, i.Code.Value, cmp.Or(i.Diagnostics.Value, i.Text.Value)})
	}
	return all
}

func pageTitle(content []byte) string {
	title := regexp.MustCompile(`(?is)<title[^>]*>\s*([^<]{1,100}?)\s*<`).FindSubmatch(content)
	if title == nil {
		return noReason
	}
	return fmt.Sprintf("%s, but a web page titled %q", noReason, title[1])
}

// withoutMark drops the byte order mark that some servers begin with.
func withoutMark(content []byte) []byte { return bytes.TrimPrefix(content, []byte("\ufeff")) }
