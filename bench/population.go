package bench

import "github.com/portalbench/portalbench/sim"

// Population returns the accounts of some people, by the names under which every load of the scenario and seed looks for
// them, in order; the pools of staff and the patients of proxies come along. Nobody has a secret.
func Population(digest string, seed uint64, describe func(sim.Actor) sim.Person, actors []sim.Actor) map[sim.Actor]*Account {
	r := newRoster(accountKeys{digest: digest, seed: seed, runID: "population"})
	w := &Workload{Describe: describe}
	for _, a := range actors {
		r.add(w, a)
	}
	all := make(map[sim.Actor]*Account, len(r.people))
	for _, p := range r.people {
		p.account.Secret, p.account.Run = "", ""
		all[p.actor] = &p.account
	}
	return all
}
