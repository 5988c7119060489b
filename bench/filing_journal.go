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

// Differences names what another header says differently, run and format apart.
func (h FilingHeader) Differences(of FilingHeader) (differs []string) {
	compare := func(name string, here, there any) {
		if here != there {
			differs = append(differs, fmt.Sprintf("%s %v, and it was %v", name, here, there))
		}
	}
	compare("scenario", h.Scenario, of.Scenario)
	compare("seed", h.Seed, of.Seed)
	compare("url", h.URL, of.URL)
	compare("portal", h.Portal, of.Portal)
	compare("patients", h.Patients, of.Patients)
	compare("days", h.Days, of.Days)
	compare("messages", h.Messages, of.Messages)
	if len(differs) == 0 {
		compare("scenario or policy digest", h.Digest, of.Digest)
		compare("choice of patients", h.Cohorts, of.Cohorts)
	}
	return differs
}

// ReadFilingHeader reads the first line of a journal.
func ReadFilingHeader(r io.Reader) (FilingHeader, error) { return readFilingHeader(newLines(r)) }

func readFilingHeader(l *lines) (h FilingHeader, err error) {
	if err = l.next(&h); err != nil {
		return h, fmt.Errorf("reading the journal: %w: was it written by portal seed?", err)
	}
	if err = checkKind(h.Format, h.Kind, "seed-journal"); err != nil {
		err = fmt.Errorf("reading the journal: %w", err)
	}
	return h, err
}

// FilingJournal keeps which threads were begun and which are done, a line for each portion, so that a filing that was
// killed can go on and makes nothing twice. It is safe for concurrent use; a nil one keeps nothing.
type FilingJournal struct {
	Header FilingHeader

	mu     sync.Mutex
	failed error // of a write: what it left may be half a line, after which no other can be read
	w      io.Writer
	state  map[int]filingState // by the thread's number
	ids    map[int]string      // of those that are done
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
	// Threads are the portal's ids of those that are done.
	Threads []string `json:"threads,omitempty"`
}

// mostAtOnce is how many threads a line can speak of.
const mostAtOnce = 10_000

func (p portion) check() error {
	for _, numbers := range []*[2]int{p.Begun, p.Done} {
		if numbers != nil && (numbers[0] < 0 || numbers[1] < numbers[0] || numbers[1]-numbers[0] > mostAtOnce) {
			return fmt.Errorf("no threads are numbered from %d to %d", numbers[0], numbers[1])
		}
	}
	if p.Done != nil && len(p.Threads) != p.Done[1]-p.Done[0] || p.Done == nil && len(p.Threads) > 0 {
		return errors.New("there are other ids than threads")
	}
	return nil
}

// NewFilingJournal begins a journal.
func NewFilingJournal(w io.Writer, h FilingHeader) (*FilingJournal, error) {
	h.Format, h.Kind = 1, "seed-journal"
	j := &FilingJournal{Header: h, w: w}
	return j, j.write(h)
}

// ResumeFilingJournal goes on with a journal that was read up to its end. A last line that was cut off counts as not
// written.
func ResumeFilingJournal(rw io.ReadWriter) (*FilingJournal, error) {
	j := &FilingJournal{w: rw, state: map[int]filingState{}, ids: map[int]string{}}
	lines := newLines(rw)
	var err error
	if j.Header, err = readFilingHeader(lines); err != nil {
		return nil, err
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
		if err := p.check(); err != nil {
			return nil, fmt.Errorf("reading the journal: line %d: %w: it is damaged: remove the run with portal clean, and begin anew", lines.number, err)
		}
		j.enter(p.Begun, filingBegun)
		j.enter(p.Done, filingDone)
		for i, id := range p.Threads {
			j.ids[p.Done[0]+i] = id
		}
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
	if j.failed != nil {
		return j.failed
	}
	text, err := json.Marshal(line)
	if err == nil {
		_, err = j.w.Write(append(text, '\n'))
	}
	if err != nil {
		j.failed = fmt.Errorf("writing the journal: %w", err)
	}
	return j.failed
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

// finish notes the threads from a number on.
func (j *FilingJournal) finish(from int, ids []string) error {
	return j.note(portion{Done: &[2]int{from, from + len(ids)}, Threads: ids})
}

// done and begun speak of what an earlier process did: what this one does is not looked up.
func (j *FilingJournal) done(number int) bool { return j != nil && j.state[number] == filingDone }

// thread returns the portal's id of a thread that is done.
func (j *FilingJournal) thread(number int) string { return j.ids[number] }
func (j *FilingJournal) begun(number int) bool    { return j != nil && j.state[number] == filingBegun }
