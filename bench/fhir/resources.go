package fhir

import (
	"encoding/json"
	"slices"
	"strings"

	"github.com/portalbench/portalbench/bench"
	"github.com/portalbench/portalbench/results"
)

// The systems of our identifiers and codes.
const (
	loginSystem    = "urn:portalbench:login"
	tagSystem      = "urn:portalbench:thread"
	poolSystem     = "urn:portalbench:pool"
	kindSystem     = "urn:portalbench:kind"
	categorySystem = "urn:portalbench:category"
	runSystem      = "urn:portalbench:run"
)

// What a Communication is: the two codes of kindSystem.
const (
	header  = "thread"
	message = "message"
)

// States of Communication and Task.
const (
	inProgress = "in-progress"
	completed  = "completed"
	requested  = "requested"
	accepted   = "accepted"
)

type coding struct {
	System string `json:"system,omitempty"`
	Code   string `json:"code,omitempty"`
}

type concept struct {
	Coding []coding `json:"coding,omitempty"`
	Text   string   `json:"text,omitempty"`
}

func coded(system, code string) concept { return concept{Coding: []coding{{system, code}}} }

type identifier struct {
	System string `json:"system,omitempty"`
	Value  string `json:"value,omitempty"`
}

type reference struct {
	Reference string `json:"reference,omitempty"`
}

func to(ref string) *reference {
	if ref == "" {
		return nil
	}
	return &reference{ref}
}

type meta struct {
	VersionID string   `json:"versionId,omitempty"`
	Tag       []coding `json:"tag,omitempty"`
}

// ofRun marks what was made for a run, so that it can be found and removed; what is for other runs too has no mark.
func ofRun(run string) *meta {
	if run == "" {
		return nil
	}
	return &meta{Tag: []coding{{runSystem, run}}}
}

// madeFor reports whether something was made for a run.
func (m *meta) madeFor(run string) bool {
	return m != nil && slices.Contains(m.Tag, coding{runSystem, run})
}

func (m *meta) version() string {
	if m == nil {
		return ""
	}
	return m.VersionID
}

// party is a Patient, RelatedPerson, Practitioner or CareTeam. Only the first three have a list of names.
type party struct {
	ResourceType string       `json:"resourceType"`
	ID           string       `json:"id,omitempty"`
	Meta         *meta        `json:"meta,omitempty"`
	Identifier   []identifier `json:"identifier,omitempty"`
	Name         any          `json:"name,omitempty"`
	Patient      *reference   `json:"patient,omitempty"`
	Status       string       `json:"status,omitempty"`
	Active       *bool        `json:"active,omitempty"`
	Gender       string       `json:"gender,omitempty"`
	Type         string       `json:"type,omitempty"`   // of a Group
	Actual       *bool        `json:"actual,omitempty"` // Group: of people, and not of what they have in common
}

type attachment struct {
	ContentType string `json:"contentType,omitempty"`
	URL         string `json:"url,omitempty"`
}

type payload struct {
	ContentString     string      `json:"contentString,omitempty"`
	ContentAttachment *attachment `json:"contentAttachment,omitempty"`
}

type communication struct {
	ResourceType string       `json:"resourceType"`
	ID           string       `json:"id,omitempty"`
	Meta         *meta        `json:"meta,omitempty"`
	Identifier   []identifier `json:"identifier,omitempty"`
	PartOf       []reference  `json:"partOf,omitempty"`
	InResponseTo []reference  `json:"inResponseTo,omitempty"`
	Status       string       `json:"status"`
	Category     []concept    `json:"category,omitempty"`
	Priority     string       `json:"priority,omitempty"`
	Subject      *reference   `json:"subject,omitempty"`
	Topic        *concept     `json:"topic,omitempty"`
	Sent         string       `json:"sent,omitempty"`
	Received     string       `json:"received,omitempty"`
	Recipient    []reference  `json:"recipient,omitempty"`
	Sender       *reference   `json:"sender,omitempty"`
	Payload      []payload    `json:"payload,omitempty"`
	Extension    []extension  `json:"extension,omitempty"`
}

type extension struct {
	URL           string `json:"url"`
	ValueDateTime string `json:"valueDateTime,omitempty"`
}

// isA reports whether a Communication is a header or a message.
func (c *communication) isA(kind string) bool { return has(c.Category, coding{kindSystem, kind}) }

// has reports whether one of the concepts has a coding.
func has(concepts []concept, wanted coding) bool {
	return slices.ContainsFunc(concepts, func(c concept) bool { return slices.Contains(c.Coding, wanted) })
}

// isIn reports whether a Communication is part of a thread.
func (c *communication) isIn(thread string) bool {
	return slices.ContainsFunc(c.PartOf, func(r reference) bool {
		ref, _ := located(r.Reference)
		return ref == thread
	})
}

// concerns reports whether an open thread is about somebody's patient, or for somebody of the clinic.
func (p *Portal) concerns(c *communication, who *bench.Account, closedToo bool) bool {
	whom := c.Recipient
	if c.Subject != nil && !isClinic(who) {
		whom = []reference{*c.Subject}
	}
	return p.isA(c, header) && (c.Status == inProgress || closedToo && c.Status == completed) && refersTo(whom, patientOf(who))
}

// isUnread reports whether a message is for somebody, or for the patient for whom they act, and has not been read.
func (p *Portal) isUnread(c *communication, who *bench.Account) bool {
	return p.isA(c, message) && !p.wasRead(c) && refersTo(c.Recipient, patientOf(who))
}

func refersTo(some []reference, whom string) bool {
	return slices.ContainsFunc(some, func(r reference) bool {
		ref, _ := located(r.Reference)
		return ref == whom
	})
}

// body returns what a message says.
func (c *communication) body() string {
	for _, p := range c.Payload {
		if p.ContentString != "" {
			return p.ContentString
		}
	}
	return ""
}

type task struct {
	ResourceType  string       `json:"resourceType"`
	ID            string       `json:"id,omitempty"`
	Meta          *meta        `json:"meta,omitempty"`
	Identifier    []identifier `json:"identifier,omitempty"`
	Status        string       `json:"status"`
	Intent        string       `json:"intent"`
	Priority      string       `json:"priority,omitempty"`
	Code          *concept     `json:"code,omitempty"`
	Description   string       `json:"description,omitempty"`
	Focus         *reference   `json:"focus,omitempty"`
	For           *reference   `json:"for,omitempty"`
	AuthoredOn    string       `json:"authoredOn,omitempty"`
	Requester     *reference   `json:"requester,omitempty"`
	PerformerType []concept    `json:"performerType,omitempty"`
	Owner         *reference   `json:"owner,omitempty"`
}

// waitsFor reports whether a task is in the list of a person or pool, of one category where one is given.
func (p *Portal) waitsFor(t *task, holder *bench.Account, category string) bool {
	if t.ResourceType != "Task" || category != "" && (t.Code == nil || !has([]concept{*t.Code}, p.profile.theirs(coding{categorySystem, category}))) {
		return false
	}
	if holder.Kind != bench.PoolAccount {
		owner := ""
		if t.Owner != nil {
			owner, _ = located(t.Owner.Reference)
		}
		return owner == holder.ID && (t.Status == requested || t.Status == accepted)
	}
	return t.Status == requested && has(t.PerformerType, p.profile.theirs(coding{poolSystem, holder.Login}))
}

func (t *task) version() string { return t.Meta.version() }

type binary struct {
	ResourceType string `json:"resourceType"`
	Meta         *meta  `json:"meta,omitempty"`
	ContentType  string `json:"contentType"`
	Data         []byte `json:"data,omitempty"`
}

type quantity struct {
	Value  float64 `json:"value"`
	Unit   string  `json:"unit,omitempty"`
	System string  `json:"system,omitempty"`
	Code   string  `json:"code,omitempty"`
}

type observation struct {
	ResourceType      string     `json:"resourceType"`
	Meta              *meta      `json:"meta,omitempty"`
	Status            string     `json:"status"`
	Category          []concept  `json:"category,omitempty"`
	Code              concept    `json:"code"`
	Subject           *reference `json:"subject,omitempty"`
	EffectiveDateTime string     `json:"effectiveDateTime,omitempty"`
	ValueQuantity     quantity   `json:"valueQuantity"`
}

type request struct {
	Method      string `json:"method"`
	URL         string `json:"url"`
	IfNoneExist string `json:"ifNoneExist,omitempty"`
}

type response struct {
	Status   string          `json:"status"`
	Location string          `json:"location,omitempty"`
	Etag     string          `json:"etag,omitempty"`
	Outcome  json.RawMessage `json:"outcome,omitempty"`
}

type entry struct {
	FullURL  string          `json:"fullUrl,omitempty"`
	Resource json.RawMessage `json:"resource,omitempty"`
	Request  *request        `json:"request,omitempty"`
	Response *response       `json:"response,omitempty"`
	Search   *struct {
		Mode string `json:"mode,omitempty"`
	} `json:"search,omitempty"`
}

type bundle struct {
	ResourceType string  `json:"resourceType"`
	Type         string  `json:"type"`
	Total        *int    `json:"total,omitempty"`
	Entry        []entry `json:"entry,omitempty"`
	Link         []struct {
		Relation string `json:"relation"`
		URL      string `json:"url"`
	} `json:"link,omitempty"`
}

// next returns the address of the next page, or nothing.
func (b *bundle) next() string {
	for _, l := range b.Link {
		if l.Relation == "next" {
			return l.URL
		}
	}
	return ""
}

// matches returns the resources of a type that a search found, without what came along. One that is not as FHIR has it makes
// the answer invalid: to leave it out would pass for its not being there.
func matches[T any](x *exchange, b *bundle) (found []T) {
	for _, e := range b.Entry {
		if e.Search != nil && e.Search.Mode != "" && e.Search.Mode != "match" {
			continue
		}
		var r T
		if err := json.Unmarshal(e.Resource, &r); err != nil {
			x.answer.Outcome, x.answer.Detail = results.Invalid, "a resource that was found is not as FHIR R4 has it: "+err.Error()
			return nil
		}
		found = append(found, r)
	}
	return found
}

// located splits a location, which may be relative or absolute and may end in a version, into reference and version.
func located(location string) (ref, version string) {
	location, version, _ = strings.Cut(location, "/_history/")
	parts := strings.Split(strings.TrimSuffix(location, "/"), "/")
	if len(parts) < 2 {
		return "", version
	}
	return strings.Join(parts[len(parts)-2:], "/"), version
}

// plainVersion takes the version id out of an ETag.
func plainVersion(etag string) string {
	return strings.Trim(strings.TrimPrefix(etag, "W/"), `"`)
}
