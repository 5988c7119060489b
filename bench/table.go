package bench

import (
	"encoding/json"
	"fmt"
	"os"
	"time"

	"github.com/portalbench/portalbench/generators"
	"github.com/portalbench/portalbench/sim"
	"github.com/portalbench/portalbench/sim/des"
)

// table maps the simulation's threads to the portal's. Threads that were closed a while ago are put away on disk, with
// what the ledger must know of them, and come back when an operation is about them. Of those whose first message failed,
// only the cause is kept.
type table struct {
	runID string
	awake map[sim.Thread]*thread
	met   []sim.Thread // in the order in which they were met

	resting map[sim.Thread]resting
	closed  []closing // those closed or failed, the longest ago first
	file    *os.File  // nil until the first is put away
	size    int64
	failed  error // why nothing more is put away
}

// resting is where a thread is kept, or why it never came to be.
type resting struct {
	at       int64
	bytes    int32
	messages int32 // acknowledged
	cause    *Cause
}

// closing is a thread that was closed, or never came to be, and when.
type closing struct {
	thread *thread
	at     time.Duration
}

// restAfter is how long a thread stays closed before it is put away. Most readers of an answer come within that time.
const restAfter = time.Minute

// mostPutAway is how many threads are put away at once, so that no operation waits for it for more than milliseconds.
const mostPutAway = 500

func newTable(runID string) *table {
	return &table{runID: runID, awake: map[sim.Thread]*thread{}, resting: map[sim.Thread]resting{}}
}

// thread returns the entry of a thread, made when it is new.
func (t *table) thread(name sim.Thread) *thread {
	if th := t.awake[name]; th != nil {
		return th
	}
	if r, ok := t.resting[name]; ok {
		th, err := t.read(name, r)
		if err == nil {
			delete(t.resting, name)
			t.awake[name] = th
			return th
		}
		t.failed = err // what is about the thread will be skipped, and says so
	} else {
		t.met = append(t.met, name)
	}
	th := &thread{name: name, tag: tag(t.runID, name)}
	t.awake[name] = th
	return th
}

// rest notes that a thread may be put away soon, if it is closed or failed.
func (t *table) rest(th *thread, now time.Duration) {
	if (th.closed || th.self.state == failed) && !th.queued {
		th.queued = true
		t.closed = append(t.closed, closing{th, now})
	}
}

// putAway moves the threads that have been closed for long, and that nothing waits for, to disk.
func (t *table) putAway(now time.Duration) {
	for n := 0; n < mostPutAway && len(t.closed) > 0 && t.closed[0].at+restAfter <= now && t.failed == nil; n++ {
		th := t.closed[0].thread
		t.closed = t.closed[1:]
		th.queued = false
		switch {
		case th.turn.last != nil || th.changed+restAfter > now:
			t.rest(th, now)
		case th.self.state == failed:
			t.resting[th.name] = resting{cause: th.self.cause}
			delete(t.awake, th.name)
		case th.closed && th.settled():
			t.failed = t.write(th)
		}
	}
}

// settled reports whether everything of a thread is known.
func (t *thread) settled() bool {
	all := append([]handle{t.self, t.item}, t.messages...)
	for _, files := range t.files {
		all = append(all, files...)
	}
	for i := range all {
		if all[i].state != known {
			return false
		}
	}
	return true
}

// kept is a thread on disk.
type kept struct {
	Subject  sim.Actor
	Wording  generators.Wording
	Text     des.Key
	Self     string
	Item     string
	Version  string
	Stale    bool
	Messages []string
	Files    map[int32][]string `json:",omitempty"`
	Authored []authored
	Free     time.Duration
	Changed  time.Duration
}

// write puts a thread away.
func (t *table) write(th *thread) (err error) {
	if t.file == nil {
		if t.file, err = os.CreateTemp("", "portalbench-threads-*"); err != nil {
			return fmt.Errorf("keeping closed threads on disk: %w", err)
		}
		_ = os.Remove(t.file.Name()) // a killed process leaves nothing behind; some systems keep it until close
	}
	k := kept{Subject: th.subject, Wording: th.wording, Text: th.text, Self: th.self.id, Item: th.item.id, Version: th.version,
		Stale: th.stale, Messages: ids(th.messages), Authored: th.authored, Free: th.turn.free, Changed: th.changed}
	for n, files := range th.files {
		if k.Files == nil {
			k.Files = map[int32][]string{}
		}
		k.Files[n] = ids(files)
	}
	b, err := json.Marshal(k)
	if err == nil {
		_, err = t.file.WriteAt(b, t.size)
	}
	if err != nil {
		return fmt.Errorf("keeping closed threads on disk: %w", err)
	}
	t.resting[th.name] = resting{at: t.size, bytes: int32(len(b)), messages: int32(len(th.authored))}
	t.size += int64(len(b))
	delete(t.awake, th.name)
	return nil
}

// read brings a thread back.
func (t *table) read(name sim.Thread, r resting) (*thread, error) {
	if r.cause != nil {
		return &thread{name: name, tag: tag(t.runID, name), self: handle{state: failed, cause: r.cause}}, nil
	}
	b := make([]byte, r.bytes)
	var k kept
	_, err := t.file.ReadAt(b, r.at)
	if err == nil {
		err = json.Unmarshal(b, &k)
	}
	if err != nil {
		return nil, fmt.Errorf("reading a closed thread back from disk: %w", err)
	}
	th := &thread{name: name, tag: tag(t.runID, name), subject: k.Subject, wording: k.Wording, text: k.Text,
		version: k.Version, stale: k.Stale, messages: handles(k.Messages), changed: k.Changed, authored: k.Authored, closed: true,
		turn: turn{free: k.Free}}
	th.self.learn(k.Self)
	th.item.learn(k.Item)
	for n, files := range k.Files {
		for _, h := range handles(files) {
			th.file(n, h)
		}
	}
	return th, nil
}

func ids(all []handle) []string {
	out := make([]string, len(all))
	for i := range all {
		out[i] = all[i].id
	}
	return out
}

func handles(ids []string) []handle {
	out := make([]handle, len(ids))
	for i, id := range ids {
		out[i].learn(id)
	}
	return out
}

// acknowledged returns how many messages of a thread were.
func (t *table) acknowledged(name sim.Thread) int {
	if r, ok := t.resting[name]; ok {
		return int(r.messages)
	}
	return len(t.awake[name].authored)
}

// peek returns a thread, read from disk if it rests there, without waking it. Goroutines may call it side by side when
// the replay has ended.
func (t *table) peek(name sim.Thread) (*thread, error) {
	if r, ok := t.resting[name]; ok {
		return t.read(name, r)
	}
	return t.awake[name], nil
}

// close removes what is kept on disk.
func (t *table) close() error {
	if t.file == nil {
		return nil
	}
	err := t.file.Close()
	_ = os.Remove(t.file.Name())
	return err
}
