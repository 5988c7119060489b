package fhir

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/portalbench/portalbench/results"
)

// change is one operation of a JSON Patch, on a member of the resource.
type change struct {
	Op    string `json:"op"`
	Path  string `json:"path"`
	Value any    `json:"value,omitempty"`
}

func replace(path string, value any) change { return change{"replace", path, value} }

// add sets a member that may not be there yet.
func add(path string, value any) change { return change{"add", path, value} }

func remove(path string) change { return change{Op: "remove", Path: path} }

// mostTries is how often a change is made that goes by no version, when others change the same resource meanwhile.
const mostTries = 3

// patch changes a resource, if it still has the version, where one is given. Where the server has no JSON Patch, or wants
// to be told a version in any case, the resource is read and written back.
func (x *exchange) patch(ref, version string, changes ...change) (done bool, err error) {
	for range mostTries {
		done, err = x.patchOnce(ref, version, changes)
		if version != "" || err != nil || x.answer.Outcome != results.Conflict {
			break
		}
	}
	return done, err
}

func (x *exchange) patchOnce(ref, version string, changes []change) (bool, error) {
	kind, _, _ := strings.Cut(ref, "/")
	if x.portal.lacks(kind+".patch") || x.portal.noPatch.Load() {
		return x.rewrite(ref, version, changes...)
	}
	done, err := x.ask(sending{method: http.MethodPatch, path: ref, body: changes, mediaType: patchType, version: version}, nil)
	switch {
	case err != nil:
		return false, err
	case !done && x.refusesPatch():
		x.portal.noPatch.Store(true)
		return x.rewrite(ref, version, changes...)
	case !done && version == "" && slices.Contains([]int{http.StatusPreconditionFailed, http.StatusPreconditionRequired}, x.answer.Status):
		return x.rewrite(ref, "", changes...)
	}
	return x.seeVersion(done, ref, version)
}

// refusesPatch reports whether the server has no JSON Patch.
func (x *exchange) refusesPatch() bool {
	switch x.answer.Status {
	case http.StatusMethodNotAllowed, http.StatusUnsupportedMediaType, http.StatusNotImplemented:
		return true
	}
	return x.answer.Outcome == results.Invalid && strings.HasPrefix(x.answer.Detail, "not-supported")
}

// seeVersion reads the version that a resource has after a change whose answer did not tell, where versions matter.
func (x *exchange) seeVersion(done bool, ref, version string) (bool, error) {
	if !done || x.answer.Version != "" || version == "" {
		return done, nil
	}
	return x.ask(sending{method: http.MethodGet, path: ref}, nil)
}

// rewrite reads a resource and writes it back with changes, and with everything else as it is.
func (x *exchange) rewrite(ref, version string, changes ...change) (bool, error) {
	var resource map[string]json.RawMessage
	done, err := x.ask(sending{method: http.MethodGet, path: ref}, &resource)
	if !done {
		return false, err
	}
	goesBy := version
	if goesBy == "" {
		goesBy = x.answer.Version
	}
	if err := withoutVersion(resource); err != nil {
		return false, fmt.Errorf("reading %s: %w", ref, err)
	}
	for _, c := range changes {
		member := strings.TrimPrefix(c.Path, "/")
		if c.Op == "remove" {
			delete(resource, member)
		} else if resource[member], err = json.Marshal(c.Value); err != nil {
			return false, fmt.Errorf("writing %s of %s: %w", member, ref, err)
		}
	}
	if done, err = x.ask(sending{method: http.MethodPut, path: ref, body: resource, version: goesBy}, nil); err != nil {
		return false, err
	}
	return x.seeVersion(done, ref, version)
}

// withoutVersion leaves out of a resource what the server itself says of it. What it claims to be stays.
func withoutVersion(resource map[string]json.RawMessage) error {
	if resource["meta"] == nil {
		return nil
	}
	var m map[string]json.RawMessage
	if err := json.Unmarshal(resource["meta"], &m); err != nil {
		return err
	}
	for _, theirs := range []string{"versionId", "lastUpdated", "source"} {
		delete(m, theirs)
	}
	delete(resource, "meta")
	if len(m) == 0 {
		return nil
	}
	var err error
	resource["meta"], err = json.Marshal(m)
	return err
}
