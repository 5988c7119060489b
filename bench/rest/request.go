package rest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"net/textproto"
	"net/url"
	"strings"

	"github.com/portalbench/portalbench/bench"
	"github.com/portalbench/portalbench/results"
)

// longestAnswer is the most that is read of an answer, in bytes.
const longestAnswer = 32 << 20

// mostRedirects are followed of one request, where they are.
const mostRedirects = 5

// content is the body of a request.
type content struct {
	bytes     []byte
	mediaType string
}

// request makes the request of an action. It returns nil, and says why in the answer, when something that the path names is
// not known, or no part of a path.
func (x *exchange) request(a *action) (*http.Request, int, error) {
	if name := a.path.missing(x.variable); name != "" {
		x.answer.Outcome, x.answer.Detail = results.NotFound, fmt.Sprintf("%s: nothing is known of %s", a.name, name)
		return nil, 0, nil
	}
	if name := a.path.astray(x.variable); name != "" {
		x.answer.Outcome, x.answer.Detail = results.Invalid, fmt.Sprintf("%s: %s is dots alone, which would lead elsewhere", a.name, name)
		return nil, 0, nil
	}
	address, err := x.address(a)
	if err != nil {
		return nil, 0, err
	}
	body, err := x.body(a)
	if err != nil {
		return nil, 0, fmt.Errorf("writing the request %s: %w", a.name, err)
	}
	r, err := http.NewRequestWithContext(x.acting.WithCookies(x.ctx), a.method, address, bytes.NewReader(body.bytes))
	if err != nil {
		return nil, 0, fmt.Errorf("making the request %s: %w", a.name, err)
	}
	x.acting.Authorize(r)
	if body.mediaType != "" {
		r.Header.Set("Content-Type", body.mediaType)
	}
	for _, fields := range [][]entry{x.portal.about.headers, x.portal.about.entrance(x.acting.Account.Kind).all(), a.headers} {
		for _, e := range fields {
			if !e.value.absent(x.variable) {
				r.Header.Set(e.name, e.value.text(x.variable))
			}
		}
	}
	return r, len(body.bytes), nil
}

// address is where a request goes: always to the portal itself, whatever a next page says.
func (x *exchange) address(a *action) (string, error) {
	if x.page.link != "" {
		return x.portal.linked(x.page.link)
	}
	q := url.Values{}
	for _, e := range a.query {
		if !e.value.absent(x.variable) {
			q.Set(e.name, e.value.text(x.variable))
		}
	}
	address := x.portal.base + a.path.text(func(name string) any { return url.PathEscape(plain(x.variable(name))) })
	if len(q) > 0 {
		address += "?" + q.Encode()
	}
	return address, nil
}

// linked makes the address of a next page one on the portal. Behind a proxy portals name themselves otherwise.
func (p *Portal) linked(link string) (string, error) {
	base, err := url.Parse(p.base + "/")
	if err != nil {
		return "", err
	}
	page, err := base.Parse(link)
	if err != nil {
		return "", fmt.Errorf("the portal names a page that is no address: %w", err)
	}
	page.Scheme, page.Host, page.User = base.Scheme, base.Host, nil
	return page.String(), nil
}

func (x *exchange) body(a *action) (c content, err error) {
	switch {
	case a.json != nil:
		c.mediaType = "application/json"
		filled, _ := a.json.fill(x.variable)
		c.bytes, err = json.Marshal(filled)
	case a.form != nil:
		c.mediaType = "application/x-www-form-urlencoded"
		form := url.Values{}
		for _, e := range a.form {
			if !e.value.absent(x.variable) {
				form.Set(e.name, e.value.text(x.variable))
			}
		}
		c.bytes = []byte(form.Encode())
	case a.multipart != nil:
		return x.multipart(a.multipart)
	case a.raw != nil:
		c.mediaType = a.raw.mediaType.text(x.variable)
		c.bytes = []byte(a.raw.content.text(x.variable))
	}
	return c, err
}

// fill puts values into the places of a tree. It reports false for what is to be left out.
func (t *tree) fill(value lookUp) (any, bool) {
	switch {
	case t.group:
		filled := map[string]any{}
		for _, f := range t.fields {
			if v, there := f.tree.fill(value); there {
				filled[f.name] = v
			}
		}
		return filled, true
	case t.list:
		filled := []any{}
		for _, item := range t.items {
			if v, there := item.fill(value); there {
				filled = append(filled, v)
			}
		}
		return filled, true
	case t.text != nil:
		return t.text.value(value), !t.text.absent(value)
	}
	return t.value, true
}

// multipart writes a form with files. The files are those that were attached and kept until now.
func (x *exchange) multipart(p *parts) (content, error) {
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	for _, e := range p.fields {
		if !e.value.absent(x.variable) {
			if err := w.WriteField(e.name, e.value.text(x.variable)); err != nil {
				return content{}, err
			}
		}
	}
	for _, f := range p.json {
		filled, _ := f.tree.fill(x.variable)
		raw, err := json.Marshal(filled)
		if err == nil {
			err = w.WriteField(f.name, string(raw))
		}
		if err != nil {
			return content{}, err
		}
	}
	if err := x.files(w, p.files); err != nil {
		return content{}, err
	}
	err := w.Close()
	return content{b.Bytes(), w.FormDataContentType()}, err
}

func (x *exchange) files(w *multipart.Writer, field string) error {
	if field == "" {
		return nil
	}
	if x.call.Kind == results.OpAttach {
		return writeFile(w, field, "file-1", &storedFile{x.call.Content, plain(x.flat("type"))})
	}
	for i, ref := range x.call.Files {
		stored := x.portal.stored(ref)
		if stored == nil {
			return fmt.Errorf("file %s is not kept here any more", ref)
		}
		if err := writeFile(w, field, fmt.Sprintf("file-%d", i+1), stored); err != nil {
			return err
		}
	}
	return nil
}

func writeFile(w *multipart.Writer, field, name string, f *storedFile) error {
	quoted := strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(field)
	part, err := w.CreatePart(textproto.MIMEHeader{"Content-Type": {f.mediaType},
		"Content-Disposition": {fmt.Sprintf(`form-data; name="%s"; filename="%s"`, quoted, name)}})
	if err == nil {
		_, err = part.Write(f.content)
	}
	return err
}

// send makes the request and reads the whole answer, so that the connection can be used again.
func (x *exchange) send(a *action, r *http.Request, length int) (*received, error) {
	for range mostRedirects {
		got, err := x.once(a, r, length)
		if err != nil || !a.follow || got.status/100 != 3 {
			return got, err
		}
		to, err := r.URL.Parse(got.header.Get("Location"))
		if err != nil || to.Scheme != r.URL.Scheme || to.Host != r.URL.Host {
			return got, nil // it leads elsewhere
		}
		follow, err := http.NewRequestWithContext(r.Context(), http.MethodGet, to.String(), nil)
		if err != nil {
			return got, nil
		}
		x.acting.Authorize(follow)
		r, length = follow, 0
	}
	return x.once(a, r, length)
}

func (x *exchange) once(a *action, r *http.Request, length int) (*received, error) {
	x.answer.Requests++
	x.answer.BytesOut += int64(length)
	res, err := x.portal.client.Do(r)
	if err != nil {
		return nil, err
	}
	defer res.Body.Close()
	content, err := io.ReadAll(io.LimitReader(res.Body, longestAnswer+1))
	x.answer.BytesIn += int64(len(content))
	switch {
	case len(content) > longestAnswer:
		return nil, fmt.Errorf("reading the answer to %s: %w: over %d bytes", a.name, bench.ErrOverlong, longestAnswer)
	case err != nil:
		return nil, fmt.Errorf("reading the answer to %s: %w", a.name, err)
	}
	return newReceived(res, content), nil
}
