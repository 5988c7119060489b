package fhir

import (
	"encoding/json"
	"net/http"
	"slices"

	"github.com/portalbench/portalbench/bench"
	"github.com/portalbench/portalbench/results"
)

// attach stores a file, as a resource or, where that is refused, as it is.
func (x *exchange) attach(c *bench.Call) (err error) {
	x.answer.Version = ""
	if !x.portal.rawFiles.Load() {
		x.answer.Ref, _, err = x.create("Binary", binary{ResourceType: "Binary", Meta: ofRun(c.Run), ContentType: c.MediaType, Data: c.Content})
		refused := slices.Contains([]int{http.StatusBadRequest, http.StatusUnsupportedMediaType, http.StatusUnprocessableEntity}, x.answer.Status)
		if x.answer.Version = ""; err != nil || !refused {
			return err
		}
	}
	if x.answer.Ref, err = x.attachRaw(c); x.answer.Outcome == results.OK && err == nil {
		x.portal.rawFiles.Store(true)
	}
	return err
}

func (x *exchange) attachRaw(c *bench.Call) (ref string, err error) {
	res, content, err := x.send(sending{method: http.MethodPost, path: "Binary", raw: c.Content, mediaType: c.MediaType})
	if err != nil || !x.accepted(res, content) {
		return "", err
	}
	if ref, _ = x.portal.createdAs("Binary", res, content); ref == "" {
		x.answer.Outcome, x.answer.Detail = results.Unknown, "the answer to the creation of a Binary brought no id"
	}
	return ref, nil
}

// fetch brings a file back. Servers answer with the resource around it or with the file itself, and some have only one of
// the two.
func (x *exchange) fetch(c *bench.Call) error {
	if len(c.Files) != 1 {
		x.answer.Outcome, x.answer.Detail = results.Invalid, "fetch takes one file at a time"
		return nil
	}
	q := sending{method: http.MethodGet, path: c.Files[0]}
	res, content, err := x.send(q)
	if err == nil && res.StatusCode == http.StatusNotAcceptable {
		q.accept = "*/*"
		res, content, err = x.send(q)
	}
	if err != nil || !x.accepted(res, content) {
		return err
	}
	var b binary
	if x.answer.Content = content; json.Unmarshal(withoutMark(content), &b) == nil && b.ResourceType == "Binary" {
		x.answer.Content = b.Data
	}
	return nil
}
