package refportal

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/portalbench/portalbench/bench"
	"github.com/portalbench/portalbench/results"
)

func TestParseFault(t *testing.T) {
	reads := []string{"inbox", "thread", "unread"}
	for text, want := range map[string]Fault{
		"stall=2s@8s":            {kind: faultStall, least: 2 * time.Second, most: 2 * time.Second, from: 8 * time.Second},
		"stall=2s@0s/30s:send":   {kind: faultStall, least: 2 * time.Second, most: 2 * time.Second, every: 30 * time.Second, ops: []string{"send"}},
		"latency=50ms:send":      {kind: faultLatency, least: 50 * time.Millisecond, most: 50 * time.Millisecond, ops: []string{"send"}},
		"latency=0s..80ms":       {kind: faultLatency, most: 80 * time.Millisecond},
		"errors=5%":              {kind: faultErrors, chance: .05, status: 500},
		"errors=5%/503:send":     {kind: faultErrors, chance: .05, status: 503, ops: []string{"send"}},
		"errors=100%@8s..10s":    {kind: faultErrors, chance: 1, status: 500, from: 8 * time.Second, until: 10 * time.Second},
		"throttle=10%":           {kind: faultThrottle, chance: .1},
		"throttle=0.5/s@1m:auth": {kind: faultThrottle, rate: .5, from: time.Minute, ops: []string{"auth"}},
		"partial=5%:send,label":  {kind: faultPartial, chance: .05, ops: []string{"send", "label"}},
		"eof=2.5%":               {kind: faultEOF, chance: .025},
		"stale=60s":              {kind: faultStale, least: time.Minute, most: time.Minute, ops: reads},
		"idless=5%":              {kind: faultIDless, chance: .05, ops: []string{"send", "reply"}},
	} {
		got, err := ParseFault(text)
		require.NoError(t, err, text)
		want.text = text
		if want.ops == nil {
			want.ops = faultReach(want.kind)
		}
		require.Equal(t, want, got, text)
		require.Equal(t, text, got.String())
	}
	require.Len(t, faultReach(faultErrors), len(routes())-1, "everything but health")
}

func TestFaultMistakes(t *testing.T) {
	for text, want := range map[string]string{
		"":                      `fault "": unknown kind "": choose one of stall, latency, errors, throttle, partial, eof, stale, idless`,
		"stal=2s@8s":            `unknown kind "stal": did you mean stall? choose one of`,
		"stall=2s":              "stall takes a time to begin: write it like stall=2s@8s/30s",
		"stall=2s@":             "stall takes a time to begin, such as @8s",
		"stall=@8s":             "a duration above 0",
		"stall=1s..2s@8s":       "a duration above 0",
		"stall=2s@8s/2s":        "a period longer than the stall itself",
		"stall=2s@8s/x":         "a period longer than the stall itself",
		"stall=2s@8s..9s":       "a time to begin",
		"latency=0s":            "a duration above 0",
		"latency=80ms..20ms":    "a duration above 0",
		"latency=-1s":           "a duration above 0",
		"latency=50":            "a duration above 0",
		"latency=25h":           "a duration above 0",
		"errors":                "errors takes a percentage above 0",
		"errors=5":              "a percentage above 0",
		"errors=0%":             "a percentage above 0",
		"errors=101%":           "at most 100%",
		"errors=NaN%":           "a percentage above 0",
		"errors=5%/200":         "a status from 400 to 599",
		"errors=5%@10s..8s":     "on from 10s until a later time",
		"errors=5%:sned":        `errors cannot strike operation "sned": did you mean send?`,
		"errors=5%:":            `errors cannot strike operation ""`,
		"errors=5%:health":      `errors cannot strike operation "health"`,
		"throttle=0/s":          "a rate above 0",
		"throttle=Inf/s":        "a rate above 0",
		"eof=5%:inbox":          `eof cannot strike operation "inbox": choose one of send, reply`,
		"eof=5%/503":            "a percentage above 0",
		"stale=60s:send":        `stale cannot strike operation "send"`,
		"partial=5%:send,inbox": `partial cannot strike operation "inbox"`,
	} {
		_, err := ParseFault(text)
		require.ErrorContains(t, err, want, text)
	}
}

// FuzzParseFault: whatever is read can be asked when it is on, and every example of the help can be read.
func FuzzParseFault(f *testing.F) {
	for _, use := range faultUses {
		if _, err := ParseFault(use[0]); err != nil {
			f.Fatal(err)
		}
		f.Add(use[0])
	}
	f.Add("errors=5%/503@8s..10s:send,reply")
	f.Add("throttle=100/s")
	f.Fuzz(func(t *testing.T, text string) {
		fault, err := ParseFault(text)
		if err != nil {
			require.NotEmpty(t, err.Error())
			return
		}
		require.NotEmpty(t, fault.ops)
		require.False(t, fault.on("health", fault.from))
		require.True(t, fault.on(fault.ops[0], fault.from))
		require.LessOrEqual(t, fault.stallEnd(fault.from), fault.most)
		require.True(t, fault.chance >= 0 && fault.chance <= 1)
	})
}

// Help fits a terminal of 100 columns, with a line for every kind.
func TestFaultHelp(t *testing.T) {
	lines := strings.Split(strings.TrimSuffix(FaultHelp(), "\n"), "\n")
	require.Len(t, lines, int(numFaults))
	for i, line := range lines {
		require.LessOrEqual(t, len(line), 100, line)
		require.True(t, strings.HasPrefix(line, "  "+faultNames[i]+"="), line)
	}
}

// A stall of 2 s every 10 s from 8 s on.
func TestWhenAStallEnds(t *testing.T) {
	often, err := ParseFault("stall=2s@8s/10s")
	require.NoError(t, err)
	once, err := ParseFault("stall=2s@8s")
	require.NoError(t, err)
	for at, left := range map[time.Duration][2]time.Duration{
		7999 * time.Millisecond: {0, 0}, 8 * time.Second: {2 * time.Second, 2 * time.Second},
		9500 * time.Millisecond: {500 * time.Millisecond, 500 * time.Millisecond}, 10 * time.Second: {0, 0},
		18 * time.Second: {2 * time.Second, 0}, 29 * time.Second: {time.Second, 0},
	} {
		require.Equal(t, left, [2]time.Duration{often.stallEnd(at), once.stallEnd(at)}, at)
	}
}

// spoil puts faults before the clinic's portal.
func (c *clinic) spoil(specs ...string) *Faulty {
	var all []Fault
	for _, text := range specs {
		f, err := ParseFault(text)
		require.NoError(c.t, err)
		all = append(all, f)
	}
	f, err := c.server.WithFaults(all, 1)
	require.NoError(c.t, err)
	c.url = newLocalServer(c.t, f).URL
	c.portal = NewPortal(c.client, c.url)
	return f
}

// Everything passes through a portal whose faults are not on as if there were none.
func TestFaultsThatAreNotOn(t *testing.T) {
	onBoth(t, func(t *testing.T, store newStore) {
		c := openClinic(t, store, Config{})
		c.spoil("stall=2s@1h", "errors=100%@1h", "stale=60s@1h", "eof=100%@1h", "idless=100%@1h", "latency=1s@1h", "throttle=100%@1h", "partial=100%@1h")
		sent := c.send("ann", "ann", "triage")
		require.Equal(t, []string{sent.Thread}, threads(c.inbox("rosa", "triage")))
		c.must("rosa", &bench.Call{Kind: results.OpClaim, Item: sent.Item, Version: sent.Version})
		got, _ := c.raw("ann", "GET", "/v1/threads/../inbox", nil)
		require.Equal(t, http.StatusNotFound, got)
		got, _ = c.raw("ann", "DELETE", "/v1/inbox", nil)
		require.Equal(t, http.StatusMethodNotAllowed, got)
	})
}

func TestRefusalsOfFaults(t *testing.T) {
	onBoth(t, func(t *testing.T, store newStore) {
		c := openClinic(t, store, Config{})
		c.session("ann")
		c.spoil("throttle=100%:inbox", "errors=100%/503:thread")
		r, err := http.NewRequest("GET", c.url+"/v1/inbox", nil)
		require.NoError(t, err)
		res, err := c.client.Do(r)
		require.NoError(t, err)
		require.NoError(t, res.Body.Close())
		require.Equal(t, http.StatusTooManyRequests, res.StatusCode)
		require.Equal(t, "1", res.Header.Get("Retry-After"))
		status, body := c.raw("ann", "GET", "/v1/threads/t1", nil)
		require.Equal(t, http.StatusServiceUnavailable, status)
		require.Equal(t, "fault errors=100%/503:thread", body["detail"])
	})
}

// At 8:00:00 Ann writes, at 8:00:20 she writes again and Rosa claims the first. Half a minute ago is 7:59:50, 8:00:15 and
// 8:01:30 at the three moments at which lists are looked at.
func TestStaleReadsShowThePast(t *testing.T) {
	onBoth(t, func(t *testing.T, store newStore) {
		c := openClinic(t, store, Config{})
		for _, login := range []string{"ann", "rosa"} {
			c.session(login)
		}
		f := c.spoil("stale=30s")
		unread := func() int {
			return c.must("rosa", &bench.Call{Kind: results.OpUnread, To: c.accounts["triage"]}).Unread
		}
		first := c.send("ann", "ann", "triage")
		require.Empty(t, threads(c.inbox("rosa", "triage")))
		require.Equal(t, results.NotFound, c.do("ann", &bench.Call{Kind: results.OpThread, Thread: first.Thread}).Outcome)
		c.clock.advance(20 * time.Second)
		second := c.send("ann", "ann", "triage")
		c.must("rosa", &bench.Call{Kind: results.OpClaim, Item: first.Item, Version: first.Version})
		c.clock.advance(25 * time.Second)
		require.Equal(t, []string{first.Thread}, threads(c.inbox("rosa", "triage")), "not claimed yet, and the second not there")
		require.Empty(t, threads(c.inbox("rosa", "rosa")))
		require.Equal(t, 1, unread())
		require.Len(t, c.must("ann", &bench.Call{Kind: results.OpThread, Thread: first.Thread}).Messages, 1)
		c.clock.advance(75 * time.Second)
		require.Equal(t, []string{second.Thread}, threads(c.inbox("rosa", "triage")))
		require.Equal(t, []string{first.Thread}, threads(c.inbox("rosa", "rosa")))
		require.Equal(t, 1, unread())
		require.LessOrEqual(t, len(f.past.taken), 3, "what is no longer shown is let go")
	})
}

// However long they last, no more than the delay's worth of snapshots is kept: ten, the one that is shown and the next.
func TestStaleReadsKeepFewSnapshots(t *testing.T) {
	onBoth(t, func(t *testing.T, store newStore) {
		c := openClinic(t, store, Config{})
		c.session("ann")
		f := c.spoil("stale=10s")
		for range 100 {
			c.clock.advance(500 * time.Millisecond)
			c.must("ann", &bench.Call{Kind: results.OpUnread})
		}
		require.LessOrEqual(t, len(f.past.taken), stepsKept+2)
	})
}

func TestImpossibleFaults(t *testing.T) {
	onBoth(t, func(t *testing.T, store newStore) {
		c := openClinic(t, store, Config{})
		stale, err := ParseFault("stale=60s")
		require.NoError(t, err)
		_, err = c.server.WithFaults([]Fault{stale, stale}, 1)
		require.ErrorContains(t, err, "one is all there can be")
		_, err = NewFaulty(NewNoop(c.clock.now), []Fault{stale}, 1, c.clock.now)
		require.ErrorContains(t, err, "has no past to show")
	})
}

// The portal says what is wrong with it, so that no result of it passes for a sound portal's.
func TestFaultsAreAdmitted(t *testing.T) {
	onBoth(t, func(t *testing.T, store newStore) {
		c := openClinic(t, store, Config{})
		c.spoil("latency=1ms", "eof=2%")
		stores, err := c.portal.Stores(t.Context())
		require.NoError(t, err)
		require.True(t, stores)
		require.Equal(t, "refportal with faults latency=1ms, eof=2%", c.portal.Capabilities().Name)
	})
}
