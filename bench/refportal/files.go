package refportal

import (
	"database/sql"
	"errors"
	"io"
	"mime"
)

// attach answers POST /v1/attachments: the body is the file. Until a message carries it, only its uploader sees it.
func (s *Server) attach(r *request) (answer, error) {
	mediaType := r.Header.Get("Content-Type")
	if mediaType == "" {
		mediaType = "application/octet-stream"
	}
	if _, _, err := mime.ParseMediaType(mediaType); err != nil {
		return answer{}, badRequest("Content-Type is not a media type")
	}
	content, err := io.ReadAll(r.Body)
	if err != nil {
		return answer{}, badJSON(err)
	}
	if len(content) == 0 {
		return answer{}, badRequest("the body is empty: send the file")
	}
	var id int64
	err = s.store.write(func(q *queries) (err error) {
		if id, err = q.insert(sqlInsertFile, r.who.id, mediaType, content); err != nil {
			return err
		}
		return q.audit(r.who, "attach", formatID(attachmentID, id), r.who.patient())
	})
	if err != nil {
		return answer{}, err
	}
	return created(attachAnswer{formatID(attachmentID, id)})
}

// fetch answers GET /v1/attachments/{attachment} for those who may see the message that carries it.
func (s *Server) fetch(r *request) (answer, error) {
	q := &s.store.reads
	id := parseID(attachmentID, r.PathValue("attachment"))
	var uploader, thread, subject int64
	a := answer{status: 200}
	err := q.one(sqlFile, id).Scan(&uploader, &thread, &a.mediaType, &a.content)
	if errors.Is(err, sql.ErrNoRows) {
		return answer{}, notFound("attachment")
	}
	if err != nil {
		return answer{}, err
	}
	if thread != 0 {
		t, err := q.visibleThread(r.who, thread, "attachment")
		if err != nil {
			return answer{}, err
		}
		subject = t.subject
	} else if uploader != r.who.id {
		return answer{}, notFound("attachment")
	}
	s.noteLook(r.who, "fetch", formatID(attachmentID, id), subject)
	return a, nil
}
