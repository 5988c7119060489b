package refportal

import (
	"errors"
	"net/http"
)

// refusal is an answer that is not 2xx. Details are for people; they never hold secrets or texts of messages.
type refusal struct {
	status int
	code   string
	detail string
}

func (r *refusal) Error() string { return r.code + ": " + r.detail }

func badRequest(detail string) error { return &refusal{http.StatusBadRequest, "invalid", detail} }

func forbidden(detail string) error { return &refusal{http.StatusForbidden, "forbidden", detail} }

func conflict(detail string) error { return &refusal{http.StatusConflict, "conflict", detail} }

// notFound answers for what does not exist and, alike, for what the caller may not see.
func notFound(what string) error {
	return &refusal{http.StatusNotFound, "not_found", "there is no such " + what + ", or it is not yours to see"}
}

func unauthorized(detail string) error {
	return &refusal{http.StatusUnauthorized, "unauthorized", detail}
}

func stale() error {
	return &refusal{http.StatusPreconditionFailed, "conflict", "the item has changed since that version: look again"}
}

// asRefusal turns any error of a handler into an answer. What went wrong inside is not told to the client.
func asRefusal(err error) *refusal {
	var r *refusal
	var tooLarge *http.MaxBytesError
	switch {
	case errors.As(err, &r):
		return r
	case errors.As(err, &tooLarge):
		return &refusal{http.StatusRequestEntityTooLarge, "too_large", "the body is larger than this portal accepts"}
	case unstorable(err):
		return &refusal{http.StatusBadRequest, "invalid", "a text has a character that this portal cannot store"}
	case errors.Is(err, errClosed):
		return &refusal{http.StatusServiceUnavailable, "unavailable", errClosed.Error()}
	}
	return &refusal{http.StatusInternalServerError, "internal", "the portal failed to carry this out"}
}
