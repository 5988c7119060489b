package refportal

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/portalbench/portalbench/bench"
	"github.com/portalbench/portalbench/results"
)

// visitors adds a pool and a nurse who are made for a run, and whom Ann may write to.
func (c *clinic) visitors(run string) (pool string, nurse string) {
	pool, nurse = "pool-"+run, "nurse-"+run
	c.accounts[pool] = &bench.Account{Kind: bench.PoolAccount, Login: pool, Run: run}
	c.accounts[nurse] = &bench.Account{Kind: bench.StaffAccount, Login: nurse, Role: "rn", Pools: []string{pool}, Secret: secretOf(nurse), Run: run}
	c.accounts["ann"].CareTeam = append(c.accounts["ann"].CareTeam, pool)
	c.must("admin", &bench.Call{Kind: results.OpProvision, Accounts: []*bench.Account{c.accounts[pool], c.accounts[nurse], c.accounts["ann"]}})
	return pool, nurse
}

func (c *clinic) clean(run string) bench.Removed {
	gone, err := bench.Cleaning{Portal: c.portal, Admin: *c.accounts["admin"], RunID: run}.Run(c.t.Context())
	require.NoError(c.t, err)
	return gone
}

// What was made for a run goes, and what others use or have made stays.
func TestRemovingARun(t *testing.T) {
	onBoth(t, func(t *testing.T, store newStore) {
		c := openClinic(t, store, Config{})
		pool, nurse := c.visitors("r1")
		other, _ := c.visitors("r2")
		file := c.must("ann", &bench.Call{Kind: results.OpAttach, Content: []byte("a letter"), MediaType: "text/plain"}).Ref
		sent := c.must("ann", &bench.Call{Kind: results.OpSend, Subject: c.accounts["ann"], To: c.accounts[pool], Topic: "Cough", Body: "Since Monday.", Files: []string{file}})
		c.must(nurse, &bench.Call{Kind: results.OpReply, Thread: sent.Thread, Message: sent.Message, Body: "Drink tea."})
		c.must("ann", &bench.Call{Kind: results.OpReading, Run: "r1", Subject: c.accounts["ann"], Reading: bench.Reading{Code: "8867-4", Value: 70, Unit: "/min", Taken: c.clock.now()}})
		kept, mine := c.send("ann", "ann", other), c.send("ann", "ann", "triage")

		require.Equal(t, bench.Removed{Threads: 1, Messages: 2, Readings: 1, Accounts: 2}, c.clean("r1"))
		require.Equal(t, results.NotFound, c.do("ann", &bench.Call{Kind: results.OpThread, Thread: sent.Thread}).Outcome)
		require.Equal(t, results.NotFound, c.do("ann", &bench.Call{Kind: results.OpFetch, Files: []string{file}}).Outcome)
		require.Equal(t, results.Denied, c.do(nurse, &bench.Call{Kind: results.OpUnread}).Outcome, "a token of somebody who is gone")
		require.Error(t, c.portal.SignIn(t.Context(), &bench.Session{Account: c.accounts[nurse]}))
		for _, thread := range []string{kept.Thread, mine.Thread} {
			c.must("ann", &bench.Call{Kind: results.OpThread, Thread: thread})
		}
		_, list := c.raw("ann", "GET", "/v1/readings", nil)
		require.Empty(t, list["readings"])
		require.Zero(t, c.clean("r1"), "removing twice is harmless")
		c.visitors("r1")
	})
}

// A run with many threads goes in several requests.
func TestRemovingALargeRun(t *testing.T) {
	onBoth(t, func(t *testing.T, store newStore) {
		c := openClinic(t, store, Config{})
		pool, _ := c.visitors("r1")
		for range removeAtOnce + 3 {
			c.send("ann", "ann", pool)
		}
		require.EqualValues(t, removeAtOnce+3, c.clean("r1").Threads)
		require.Empty(t, c.inbox("ann", "ann").Items)
	})
}

// Nobody but the administrator removes anything.
func TestWhoMayRemove(t *testing.T) {
	onBoth(t, func(t *testing.T, store newStore) {
		c := openClinic(t, store, Config{})
		_, nurse := c.visitors("r1")
		for _, login := range []string{"ann", "dan", nurse} {
			status, _ := c.raw(login, "DELETE", "/v1/runs/r1", nil)
			require.Equal(t, 403, status, login)
		}
		status, _ := c.raw("admin", "DELETE", fmt.Sprintf("/v1/runs/%0101d", 1), nil)
		require.Equal(t, 400, status)
	})
}
