package refportal

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"path"
	"strings"
)

// newMux serves the routes by calling serve for each, and answers everything else in JSON too.
func newMux(routes []route, cfg Config, serve func(route, *http.Request) (answer, error)) http.Handler {
	mux := http.NewServeMux()
	allowed := map[string][]string{}
	for _, rt := range routes {
		limit := cfg.MaxBody
		if rt.file {
			limit = cfg.MaxFile
		}
		mux.HandleFunc(rt.method+" "+rt.path, func(w http.ResponseWriter, r *http.Request) {
			r.Body = http.MaxBytesReader(w, r.Body, limit)
			a, err := serve(rt, r)
			a.write(w, err)
		})
		allowed[rt.path] = append(allowed[rt.path], rt.method)
	}
	for p, methods := range allowed {
		mux.HandleFunc(p, func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Allow", strings.Join(methods, ", "))
			answer{}.write(w, &refusal{http.StatusMethodNotAllowed, "method_not_allowed", "use " + strings.Join(methods, " or ")})
		})
	}
	mux.HandleFunc("/", unknownPath)
	return outermost(mux)
}

func unknownPath(w http.ResponseWriter, _ *http.Request) {
	answer{}.write(w, &refusal{http.StatusNotFound, "not_found", "the API has no such path"})
}

// outermost keeps the server up when a handler panics, and answers paths that ServeMux would redirect.
func outermost(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		defer func() {
			if p := recover(); p != nil {
				answer{}.write(w, fmt.Errorf("a handler panicked: %v", p))
			}
		}()
		if r.URL.Path != path.Clean(r.URL.Path) {
			unknownPath(w, r)
			return
		}
		next.ServeHTTP(w, r)
	})
}

// write sends the answer, or the refusal that err stands for. The body is complete before the first byte leaves, so an
// answer is never cut off by an error of the portal's own.
func (a answer) write(w http.ResponseWriter, err error) {
	content, mediaType, status := a.content, a.mediaType, a.status
	if err != nil {
		r := asRefusal(err)
		a.body, content, status = errorAnswer{r.code, r.detail}, nil, r.status
		if status == http.StatusUnauthorized {
			w.Header().Set("WWW-Authenticate", "Bearer")
		}
	}
	if content == nil {
		mediaType = "application/json"
		if content, err = json.Marshal(a.body); err != nil {
			status, content = http.StatusInternalServerError, []byte(`{"error":"internal","detail":"no answer could be written"}`)
		}
	}
	h := w.Header()
	h.Set("Content-Type", mediaType)
	h.Set("Cache-Control", "no-store")
	h.Set("X-Content-Type-Options", "nosniff")
	w.WriteHeader(status)
	_, _ = w.Write(content) // the client may have gone; nothing is left to do for it
}

// serveRoute checks who asks and calls the route's handler.
func (s *Server) serveRoute(rt route, r *http.Request) (answer, error) {
	req := &request{Request: r}
	if rt.who != anybody {
		var err error
		if req.who, err = s.authenticate(r); err != nil {
			return answer{}, err
		}
		if !rt.who.has(req.who.kind) {
			return answer{}, forbidden("a " + req.who.kind.String() + " account may not do this")
		}
	}
	return rt.handle(s, req)
}

// readBody reads the JSON object that is the whole body. Unknown fields are refused: a field that is silently ignored
// is a mistake that nobody finds.
func readBody[T any](r *http.Request) (T, error) {
	var body T
	d := json.NewDecoder(r.Body)
	d.DisallowUnknownFields()
	if err := d.Decode(&body); err != nil {
		return body, badJSON(err)
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return body, badJSON(fmt.Errorf("there is more after the first value"))
	}
	return body, nil
}

// readNothing refuses a body where none belongs; an empty object is allowed.
func readNothing(r *http.Request) error {
	if r.ContentLength == 0 {
		return nil
	}
	_, err := readBody[struct{}](r)
	return err
}

// badJSON refuses a body without repeating its values.
func badJSON(err error) error {
	var tooLarge *http.MaxBytesError
	var wrong *json.UnmarshalTypeError
	switch {
	case errors.As(err, &tooLarge):
		return err
	case errors.Is(err, io.EOF):
		return badRequest("the body is empty: send a JSON object")
	case errors.As(err, &wrong):
		return badRequest("the body is not as documented: field " + wrong.Field + " should not be a " + wrong.Value)
	case strings.HasPrefix(err.Error(), "json: unknown field"):
		return badRequest("the body has a field that is not documented")
	}
	return badRequest("the body is not the JSON that is documented")
}

// ifMatch returns the version the caller goes by, or "" when none was sent.
func ifMatch(r *http.Request) string {
	return strings.Trim(strings.TrimSpace(r.Header.Get("If-Match")), `"`)
}
