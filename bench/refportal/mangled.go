package refportal

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"slices"
	"strconv"
)

// serve has the portal answer, and spoils what goes in or comes out where a fault says so.
func (v *visit) serve(w http.ResponseWriter, r *http.Request) error {
	spoiling, waits := v.spoiling()
	if v.past != nil {
		then, err := v.look(r.Context())
		if err != nil {
			return err
		}
		if then != nil {
			defer then.done()
			r = r.WithContext(context.WithValue(r.Context(), pastKey{}, &then.queries))
		}
	}
	if len(spoiling) == 0 && !waits {
		v.next.ServeHTTP(w, r)
		return nil
	}
	return v.spoil(w, r, spoiling)
}

// spoiling returns the faults that strike what is done or answered, and whether a stall may hold the answer back.
func (v *visit) spoiling() (all []*striking, waits bool) {
	for i, s := range v.faults {
		switch s.kind {
		case faultStall:
			waits = waits || slices.Contains(s.ops, v.op)
		case faultPartial, faultEOF, faultIDless:
			if v.strikes(i) {
				all = append(all, s)
			}
		}
	}
	return all, waits
}

// look returns the portal as it was for a stale read, nil for others. It must be told when the read is done.
func (v *visit) look(ctx context.Context) (*snapshot, error) {
	now := v.clock()
	if err := v.past.note(ctx, now); err != nil {
		return nil, err
	}
	for _, s := range v.faults {
		if s.kind == faultStale && s.on(v.op, v.since) {
			s.seen.Add(1)
			s.struck.Add(1)
			return v.past.at(now), nil
		}
	}
	return nil, nil
}

// spoil keeps the portal's answer until it may go out.
func (v *visit) spoil(w http.ResponseWriter, r *http.Request, faults []*striking) error {
	var left []refusedPart
	for _, s := range faults {
		if s.kind == faultPartial && left == nil {
			if r, left = thin(v.op, r); left != nil {
				s.struck.Add(1)
			}
		}
	}
	said := &draftAnswer{header: http.Header{}}
	v.next.ServeHTTP(said, r)
	for _, s := range faults {
		if said.status >= http.StatusMultipleChoices { // nothing was done
			break
		}
		switch s.kind {
		case faultEOF:
			s.struck.Add(1)
			panic(http.ErrAbortHandler)
		case faultIDless:
			s.struck.Add(1)
			said.edit(said.status, func(body object) { body.drop("thread", "message", "item", "version") })
		case faultPartial:
			if left != nil {
				said.edit(http.StatusOK, func(body object) { body.set("refused", left) })
			}
		}
	}
	v.hold(false)
	said.send(w)
	return nil
}

// thin takes a part out of a request that has several, and says what it took; nil when it has but one.
func thin(op string, r *http.Request) (*http.Request, []refusedPart) {
	content, err := io.ReadAll(io.LimitReader(r.Body, DefaultMaxBody+1))
	rest := r.Body
	r = r.WithContext(r.Context()) // a copy: the caller's request stays as it is
	r.Body = struct {
		io.Reader
		io.Closer
	}{io.MultiReader(bytes.NewReader(content), rest), rest}
	var body object
	if err != nil || json.Unmarshal(content, &body) != nil {
		return r, nil // the portal will say what is wrong with it
	}
	left := body.thin(op)
	if left == nil {
		return r, nil
	}
	content, _ = json.Marshal(body) // what was read as JSON can be written
	r.Body, r.ContentLength = io.NopCloser(bytes.NewReader(content)), int64(len(content))
	return r, left
}

// object is a JSON object.
type object map[string]json.RawMessage

func (o object) set(name string, value any) { o[name], _ = json.Marshal(value) } // of types that can be written

func (o object) drop(names ...string) {
	for _, n := range names {
		delete(o, n)
	}
}

// thin takes out the second half of the accounts, the last file, or of a category and an urgency the latter.
func (o object) thin(op string) []refusedPart {
	if op == "label" {
		if o["category"] == nil || o["urgent"] == nil {
			return nil
		}
		o.drop("urgent")
		return []refusedPart{refused("urgent")}
	}
	field := "files"
	if op == "provision" {
		field = "accounts"
	}
	var parts []json.RawMessage
	if json.Unmarshal(o[field], &parts) != nil || len(parts) == 0 || op == "provision" && len(parts) < 2 {
		return nil
	}
	keep := len(parts) - 1
	if op == "provision" {
		keep = (len(parts) + 1) / 2
	}
	var left []refusedPart
	for i := keep; i < len(parts); i++ {
		left = append(left, refused(field+"["+strconv.Itoa(i)+"]"))
	}
	o.set(field, parts[:keep])
	return left
}

func refused(part string) refusedPart {
	return refusedPart{part, http.StatusTooManyRequests, "try this part again later"}
}

// draftAnswer is an answer that has not gone out.
type draftAnswer struct {
	header http.Header
	status int
	body   bytes.Buffer
}

// Header implements http.ResponseWriter.
func (d *draftAnswer) Header() http.Header { return d.header }

// WriteHeader implements http.ResponseWriter.
func (d *draftAnswer) WriteHeader(status int) { d.status = status }

// Write implements http.ResponseWriter.
func (d *draftAnswer) Write(p []byte) (int, error) { return d.body.Write(p) }

// edit changes an answer that is a JSON object.
func (d *draftAnswer) edit(status int, change func(object)) {
	var body object
	if json.Unmarshal(d.body.Bytes(), &body) != nil || body == nil {
		return
	}
	change(body)
	content, _ := json.Marshal(body) // what was read as JSON can be written
	d.status = status
	d.body.Reset()
	d.body.Write(content)
}

// send lets the answer go.
func (d *draftAnswer) send(w http.ResponseWriter) {
	for name, values := range d.header {
		w.Header()[name] = values
	}
	w.WriteHeader(d.status)
	_, _ = w.Write(d.body.Bytes()) // the client may have gone; nothing is left to do for it
}
