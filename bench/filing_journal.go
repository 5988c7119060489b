package bench

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"sync"
)

// FilingHeader is the first line of a journal: what is filed. A filing goes on only with the same.
type FilingHeader struct {
	Format   int     `json:"format"`
	Kind     string  `json:"kind"` // seed-journal
	Scenario string  `json:"scenario"`
	Digest   string  `json:"digest"`
	Seed     uint64  `json:"seed"`
	RunID    string  `json:"run_id"`
	URL      string  `json:"url"`
	Portal   string  `json:"portal"` // how it speaks
	Patients int     `json:"patients"`
	Cohorts  string  `json:"cohorts"` // which patients: a digest
	Days     float64 `json:"history_days"`
	Messages int     `json:"messages"` // as asked for; 0: all
}

// FilingJournal keeps which threads were begun and which are done, a line for each portion, so that a filing that was
// killed can go on and makes nothing twice. It is safe for concurrent use; a nil one keeps nothing.
type FilingJournal struct {
	Header FilingHeader

	mu    sync.Mutex
	w     io.Writer
	state map[int]filingState // by the thread's number
}

type filingState uint8

const (
	notBegun filingState = iota
	filingBegun
	filingDone
)

// portion is a line of a journal: the threads from the first number to before the second.
type portion struct {
	Begun *[2]int `json:"begun,omitempty"`
	Done  *[2]int `json:"done,omitempty"`
}

// NewFilingJournal begins a journal.
func NewFilingJournal(w io.Writer, h FilingHeader) (*FilingJournal, error) {
	h.Format, h.Kind = 1, "seed-journal"
	j := &FilingJournal{Header: h, w: w, state: map[int]filingState{}}
	return j, j.write(h)
}

// ResumeFilingJournal goes on with a journal that was read up to its end. A last line that was cut off counts as not
// written.
func ResumeFilingJournal(rw io.ReadWriter) (*FilingJournal, error) {
	j := &FilingJournal{w: rw, state: map[int]filingState{}}
	lines := newLines(rw)
	if err := lines.next(&j.Header); err != nil {
		return nil, fmt.Errorf("reading the journal: %w: was it written by portal seed?", err)
	}
	if err := checkKind(j.Header.Format, j.Header.Kind, "seed-journal"); err != nil {
		return nil, fmt.Errorf("reading the journal: %w", err)
	}
	for {
		var p portion
		err := lines.next(&p)
		if errors.Is(err, io.EOF) {
			_, err = io.WriteString(rw, "\n") // ends a line that was cut off
			return j, err
		}
		if err != nil {
			continue // the last line of a process that was killed
		}
		j.enter(p.Begun, filingBegun)
		j.enter(p.Done, filingDone)
	}
}

func (j *FilingJournal) enter(numbers *[2]int, s filingState) {
	if numbers == nil {
		return
	}
	for n := numbers[0]; n < numbers[1]; n++ {
		j.state[n] = max(j.state[n], s)
	}
}

func (j *FilingJournal) write(line any) error {
	text, err := json.Marshal(line)
	if err == nil {
		_, err = j.w.Write(append(text, '\n'))
	}
	if err != nil {
		return fmt.Errorf("writing the journal: %w", err)
	}
	return nil
}

func (j *FilingJournal) note(p portion) error {
	if j == nil {
		return nil
	}
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.write(p)
}

func (j *FilingJournal) begin(from, until int) error {
	return j.note(portion{Begun: &[2]int{from, until}})
}
func (j *FilingJournal) finish(from, until int) error {
	return j.note(portion{Done: &[2]int{from, until}})
}

// done and begun speak of what an earlier process did: what this one does is not looked up.
func (j *FilingJournal) done(number int) bool  { return j != nil && j.state[number] == filingDone }
func (j *FilingJournal) begun(number int) bool { return j != nil && j.state[number] == filingBegun }
