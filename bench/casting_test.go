package bench_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/portalbench/portalbench/bench"
	"github.com/portalbench/portalbench/results"
)

func TestReadingPeople(t *testing.T) {
	t.Setenv("ANNS_SECRET", "anns-secret-1")
	people, err := bench.ReadPeople("people.csv", strings.NewReader(`handle,role,acts_for,pools,login,secret
Patient/1, patient,,,ann,env:ANNS_SECRET
RelatedPerson/2,proxy,Patient/1,,,
CareTeam/3,pool,,,,
CareTeam/4,pool,,,,
Practitioner/5,rn,,CareTeam/3; CareTeam/4,nora,
`))
	require.NoError(t, err)
	require.Equal(t, []bench.Account{
		{Kind: bench.PatientAccount, ID: "Patient/1", Role: "patient", Login: "ann", Secret: "anns-secret-1", SecretFrom: "env:ANNS_SECRET"},
		{Kind: bench.ProxyAccount, ID: "RelatedPerson/2", Role: "proxy", Login: "RelatedPerson/2", ActsFor: "Patient/1"},
		{Kind: bench.PoolAccount, ID: "CareTeam/3", Role: "pool", Login: "CareTeam/3"},
		{Kind: bench.PoolAccount, ID: "CareTeam/4", Role: "pool", Login: "CareTeam/4"},
		{Kind: bench.StaffAccount, ID: "Practitioner/5", Role: "rn", Login: "nora", Pools: []string{"CareTeam/3", "CareTeam/4"}},
	}, people)
}

func TestPeopleFilesThatAreWrong(t *testing.T) {
	for _, c := range []struct{ file, says string }{
		{"", "the first line names the columns"},
		{"handle,name\n", `unknown column "name"`},
		{"role\n", "must name the columns handle and role"},
		{"handle,role\n1,patient\n2,wizard\n", `people.csv:3: role "wizard"`},
		{"handle,role\n1,patient\n1,patient\n", "people.csv:3: handle 1 is there twice"},
		{"handle,role\n,patient\n", "people.csv:2: has no handle"},
		{"handle,role\n1,patient,3\n", "people.csv:2: wrong number of fields"},
		{"handle,role,acts_for\n1,proxy,\n", "acts_for is for proxies"},
		{"handle,role,acts_for\n1,patient,\n2,rn,1\n", "people.csv:3: acts_for is for proxies"},
		{"handle,role,acts_for\n1,rn,\n2,proxy,1\n", "2 acts for 1, who is no patient"},
		{"handle,role,pools\n1,rn,front\n", "1 is in pool front, which is no pool"},
		{"handle,role,secret\n1,patient,s3cret\n", "people.csv:2: 1 names its secret in an unknown way"},
		{"handle,role,secret\n1,patient,env:NOT_SET_ANYWHERE\n", "NOT_SET_ANYWHERE, which is not set"},
	} {
		_, err := bench.ReadPeople("people.csv", strings.NewReader(c.file))
		require.ErrorContains(t, err, c.says, c.file)
		require.NotContains(t, err.Error(), "s3cret")
	}
}

func FuzzReadPeople(f *testing.F) {
	f.Add("handle,role,acts_for,pools,login,secret\n1,patient,,,ann,\n2,proxy,1,,,\n")
	f.Add("handle,role\n\"1\",rn\n")
	f.Fuzz(func(t *testing.T, text string) {
		people, err := bench.ReadPeople("people.csv", strings.NewReader(text))
		if err != nil {
			return
		}
		for _, a := range people {
			require.NotEmpty(t, a.ID)
			require.NotEmpty(t, a.Login)
		}
	})
}

// resident makes accounts on a portal, as somebody else did before the run, and returns what a people file says of them.
func residents(t *testing.T, portal bench.Portal, admin bench.Account, patients int) []bench.Account {
	t.Helper()
	pool := &bench.Account{Kind: bench.PoolAccount, Login: "front-desk", Role: "pool"}
	all := []*bench.Account{pool}
	for _, name := range []string{"nora", "otto"} {
		all = append(all, &bench.Account{Kind: bench.StaffAccount, Login: name, Role: "ma", Pools: []string{pool.Login}, Secret: name + "s-secret-0123456789-0123456789-0123456789"})
	}
	for i := range patients {
		login := "resident-" + string(rune('a'+i))
		team := []string{pool.Login, "nora", "otto"}
		all = append(all, &bench.Account{Kind: bench.PatientAccount, Login: login, Role: "patient", Secret: login + "-secret-0123456789-0123456789-0123456789", CareTeam: team})
		if i == 1 { // not the first, who must be passed over for somebody with a proxy
			all = append(all, &bench.Account{Kind: bench.ProxyAccount, Login: "daughter", Role: "proxy", ActsFor: login,
				Secret: "daughters-secret-0123456789-0123456789-0123456789", CareTeam: team})
		}
	}
	s := &bench.Session{Account: &admin}
	require.NoError(t, portal.SignIn(t.Context(), s))
	a, err := portal.Do(t.Context(), s, &bench.Call{Kind: results.OpProvision, Accounts: all})
	require.NoError(t, err)
	require.Equal(t, results.OK, a.Outcome, a.Detail)
	var known []bench.Account
	handles := map[string]string{}
	for _, a := range all {
		handles[a.Login] = a.ID
	}
	for _, a := range all {
		row := *a
		row.ActsFor, row.CareTeam, row.Pools = handles[a.ActsFor], nil, nil
		known = append(known, row)
	}
	return known
}

// A verification of people who are there already makes no account.
func TestVerifyingWithPeopleWhoAreThere(t *testing.T) {
	v := verification(t)
	v.People = residents(t, v.Portal, v.Admin, 3)
	v.Admin = bench.Account{} // nobody needs one
	got, err := v.Run(t.Context())
	require.NoError(t, err)
	require.Empty(t, got.Broken())
	for _, op := range got.Ops {
		for _, c := range op.Checks {
			want := results.Means
			if op.Op == "provision" {
				want = results.NotChecked
			}
			require.Equal(t, want, c.Verdict, "%s: %s: %s", op.Op, c.Meaning, c.Seen)
		}
	}
}

// A run uses the accounts that are there, says how many it needs, and shares them only when told to.
func TestRunningWithPeopleWhoAreThere(t *testing.T) {
	var ops = consultation(100, 0)
	ops = append(ops, consultation(300, 1)...)
	ops = append(ops, consultation(500, 2)...)
	for i := range ops {
		if ops[i].Actor == nurse(2) {
			ops[i].Actor = nurse(0)
		}
	}
	w := openWard(t, shift(1, ops...))
	known := residents(t, w.config.Portal, w.config.Admin, 2)
	w.config.People = known
	_, err := runOf(w)
	require.ErrorIs(t, err, bench.ErrTooFewPeople)
	require.ErrorContains(t, err, "2 of role rn, and there are 0")
	require.ErrorContains(t, err, "2 of role patient, and there are 1") // the third can be the one who has a proxy
	for i := range known {
		if known[i].Role == "ma" {
			known[i].Role = "rn"
		}
	}
	w.config.ShareAccounts, w.config.Admin = true, bench.Account{}
	got := w.run(t)
	all := row(t, got, "all")
	require.EqualValues(t, 36, all.Outcomes["ok"], "%v %+v", all.Outcomes, got.Examples)
	require.Contains(t, strings.Join(got.Load.Warnings, "\n"), "1 of 6 people share the accounts of others")
	require.Nil(t, got.Load.Ledger.Leaked, "whoever shares an account sees what is in it")
	require.EqualValues(t, 6, got.Load.Ledger.Found)
}
