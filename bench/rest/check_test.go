package rest

import (
	"errors"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/portalbench/portalbench/bench"
	"github.com/portalbench/portalbench/results"
	"github.com/portalbench/portalbench/scenarios"
)

// mailbox wraps operations of patients into a description.
func mailbox(ops string) string {
	return "portal: p\npatient:\n  ops:\n" + ops
}

// What is wrong is told with its place, what it is and what to do.
func TestMistakesAreToldWithTheirPlace(t *testing.T) {
	for name, c := range map[string]struct{ src, want string }{
		"unknown field":    {mailbox("    send:\n      - request: POST /m\n        jsn: {}\n"), "p.yaml:6:9: unknown field \"patient.ops.send.0.jsn\""},
		"and suggestion":   {mailbox("    send:\n      - request: POST /m\n        jsn: {}\n"), `did you mean "json"?`},
		"unknown op":       {mailbox("    snd:\n      - request: POST /m\n"), `did you mean "send"?`},
		"unknown variable": {mailbox("    send:\n      - request: POST /m\n        json: {a: [x, \"to {{.tpoic}}\"]}\n"), "p.yaml:6:30: nothing is called \"tpoic\" in send of patient"},
		"suggested":        {mailbox("    send:\n      - request: POST /m\n        json: {a: \"{{.tpoic}}\"}\n"), "did you mean {{.topic}}?"},
		"caret":            {mailbox("    read:\n      - request: POST /m/{{.mesage}}\n"), ">    5 |       - request: POST /m/{{.mesage}}\n       |                             ^^^^^^"},
		"of another op":    {mailbox("    read:\n      - request: POST /m/{{.to.id}}\n"), "nothing is called \"to.id\" in read"},
		"no variable":      {mailbox("    read:\n      - request: POST /m/{{message}}\n"), "this is no variable"},
		"taken later":      {mailbox("    send:\n      - request: POST /m/{{.thread}}\n        take: {thread: id}\n"), "nothing is called \"thread\""},
		"no method":        {mailbox("    read:\n      - request: /m\n"), "does not begin with a method"},
		"no slash":         {mailbox("    read:\n      - request: GET m\n"), "p.yaml:5:22: the path does not begin with a slash"},
		"query in path":    {mailbox("    read:\n      - request: GET /m?a=b\n"), "write what follows the question mark below query"},
		"two bodies":       {mailbox("    read:\n      - request: POST /m\n        form: {a: b}\n        json: {}\n"), "more than one body"},
		"GET with body":    {mailbox("    read:\n      - request: GET /m\n        form: {a: b}\n"), "a GET has no body"},
		"bad regex":        {mailbox("    read:\n      - request: GET /m\n        keep: {a: 'text:x(['}\n"), "p.yaml:6:25: missing closing ]"},
		"two words":        {mailbox("    read:\n      - request: GET /m\n        ok: {text: not contains x}\n"), "p.yaml:6:20: a condition has one word, and \"not contains x\" has two"},
		"variable in ok":   {"ok: {text: \"{{.body}}\"}\n" + mailbox("    read:\n      - request: GET /m\n"), "nothing is called \"body\" in ok of all requests"},
		"no group":         {mailbox("    read:\n      - request: GET /m\n        keep: {a: 'text:abc'}\n"), "nothing of it is in parentheses"},
		"JSONPath":         {mailbox("    send:\n      - request: GET /m\n        take: {thread: $.data.id}\n"), "\"$.data.id\" is no path"},
		"brackets":         {mailbox("    send:\n      - request: GET /m\n        take: {thread: \"data[0].id\"}\n"), "has brackets"},
		"modifier":         {mailbox("    inbox:\n      - request: GET /m\n        rows: {at: \"@ths\", thread: id}\n"), "there is nothing like \"@ths\""},
		"useless take":     {mailbox("    read:\n      - request: GET /m\n        take: {token: a}\n"), "read has no use for token"},
		"no rows":          {mailbox("    inbox:\n      - request: GET /m\n"), "inbox has no rows"},
		"lacking row":      {mailbox("    thread:\n      - request: GET /m\n        rows: {at: a, message: id}\n"), "the rows of thread lack body"},
		"useless row":      {mailbox("    thread:\n      - request: GET /m\n        rows: {at: a, message: id, body: b, topic: c}\n"), "have no use for topic"},
		"rows of a write":  {mailbox("    read:\n      - request: GET /m\n        rows: {at: a, thread: id}\n"), "read lists nothing"},
		"no number":        {mailbox("    unread:\n      - request: GET /m\n"), "unread takes no number"},
		"no ref":           {mailbox("    attach:\n      - request: POST /m\n"), "attach takes no ref"},
		"no id":            {"portal: p\nadmin: {ops: {provision: [{request: POST /a}]}}\n", "provision takes no id"},
		"count":            {mailbox("    read:\n      - request: GET /m\n        count: true\n"), "count has no rows to count"},
		"cursor":           {mailbox("    inbox:\n      - request: GET /m\n        rows: {at: a, thread: id}\n        paging: {kind: cursor}\n"), "kind cursor and next do not go together"},
		"kind":             {mailbox("    inbox:\n      - request: GET /m\n        rows: {at: a, thread: id}\n        paging: {kind: curser}\n"), `did you mean "cursor"?`},
		"cursor elsewhere": {mailbox("    inbox:\n      - request: GET /m\n        query: {c: \"{{.cursor}}\"}\n        rows: {at: a, thread: id}\n"), "nothing is called \"cursor\""},
		"dates":            {mailbox("    inbox:\n      - request: GET /m\n        rows: {at: a, thread: id}\n        paging: {kind: dates}\n"), "must have an end"},
		"endless":          {mailbox("    await:\n      - request: GET /m\n        repeat: {every: 1s, within: 1ms, until: {a: b}}\n"), "repeat must have an end"},
		"aimless":          {mailbox("    await:\n      - request: GET /m\n        repeat: {every: 1s, within: 9s}\n"), "nothing says until when"},
		"rows again":       {mailbox("    inbox:\n      - request: GET /m\n        rows: {at: a, thread: id}\n        repeat: {every: 1s, within: 9s, until: {a: b}}\n"), "rows are listed once"},
		"if":               {mailbox("    send:\n      - request: GET /m\n        if: fils\n"), `did you mean "files"?`},
		"local":            {"portal: p\npatient: {local: [clam]}\n", `"clam" is no operation that can be kept`},
		"local and not":    {"portal: p\npatient:\n  local: [read]\n  ops: {read: [{request: GET /m}]}\n", "kept in this program and asked of the portal as well"},
		"category":         {mailbox("    read:\n      - request: GET /m\n") + "values: {category: {advice: A}}\n", "values.category lacks refill"},
		"word":             {mailbox("    read:\n      - request: GET /m\n") + "values: {urgent: {yes: 1, \"false\": 2, \"true\": 3}}\n", "is no word of the contract"},
		"nobody":           {"portal: p\n", "nobody can do anything"},
		"name":             {"about: p\n", "lacks portal"},
		"not YAML":         {"portal: [", "p.yaml:1:"},
		"limits":           {mailbox("    read:\n      - request: GET /m\n") + "limits: {body: {least: 5, most: 2}}\n", "at least 5 and at most 2"},
		"variable name":    {mailbox("    read:\n      - request: GET /m\n        keep: {A-b: x}\n"), "cannot be a variable's name"},
		"secret var":       {mailbox("    read:\n      - request: GET /m/{{.me.secret}}\n"), "nothing is called \"me.secret\""},
		"status type":      {mailbox("    read:\n      - request: GET /m\n        ok: {status: [abc]}\n"), "it must be a whole number"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := Read("p.yaml", []byte(c.src), nil)
			require.Error(t, err)
			require.Contains(t, err.Error(), c.want)
			var problems scenarios.Problems
			require.True(t, errors.As(err, &problems))
			for _, p := range problems {
				require.NotEmpty(t, p.Hint, p.What)
			}
		})
	}
}

// Secrets do not stand in the file, and what is said of it does not show them.
func TestSecretsStandElsewhere(t *testing.T) {
	for _, src := range []string{
		mailbox("    read:\n      - request: GET /m\n        headers: {X-Api-Key: h1dden}\n"),
		mailbox("    read:\n      - request: POST /m\n        form: {client_secret: h1dden}\n"),
		mailbox("    read:\n      - request: POST /m\n        json: {a: {password: h1dden}}\n"),
		"portal: p\nheaders: {Authorization: Basic h1dden}\npatient: {}\n",
		"portal: p\nheaders:\n  X-Api-Key: h1dden\n  X-Other: \"{{.nobody}}\"\npatient: {}\n",
	} {
		_, err := Read("p.yaml", []byte(src), nil)
		require.ErrorContains(t, err, "is a secret, and stands in the file")
		require.ErrorContains(t, err, "${env:NAME}")
		require.NotContains(t, err.Error(), "h1dden")
	}
	_, err := Read("p.yaml", []byte("portal: p\nheaders:\n  X-Api-Key: h1dden\nunknown: 1\npatient: {}\n"), nil)
	require.ErrorContains(t, err, "p.yaml:4:1: unknown field")
	require.NotContains(t, err.Error(), "h1dden")
	src := mailbox("    read:\n      - request: GET /m/${PORTAL_FOLDER}\n        headers: {X-Api-Key: \"${env:PORTAL_KEY}\"}\n")
	d, err := Read("p.yaml", []byte(src), nil)
	require.NoError(t, err)
	require.Equal(t, []string{"PORTAL_FOLDER", "env:PORTAL_KEY"}, d.Needs)
	_, err = Read("p.yaml", []byte(src), Lookup(os.Getenv))
	require.ErrorContains(t, err, "p.yaml:5:25: ${PORTAL_FOLDER} has no value: it is the environment variable PORTAL_FOLDER, which is not set")
	require.ErrorContains(t, err, "${env:PORTAL_KEY} has no value")
	t.Setenv("PORTAL_FOLDER", "{{.tag}}")
	t.Setenv("PORTAL_KEY", "k")
	d, err = Read("p.yaml", []byte(src), Lookup(os.Getenv))
	require.NoError(t, err)
	actions, _ := d.actions(isPatient, results.OpRead)
	require.Equal(t, "/m/{{.tag}}", actions[0].path.text(nothing), "a setting is no template")
}

// The kind of people decides, and proxies are patients unless something else is said of them.
func TestWhoCanDoWhat(t *testing.T) {
	d, err := Read("p.yaml", []byte(`
portal: p
everybody: {ops: {read: [{request: GET /all}], unread: [{request: GET /n, take: {unread: n}}]}}
patient: {local: [attach], ops: {read: [{request: GET /a}, {request: GET /b}]}}
proxy: {ops: {send: [{unless: files, request: POST /a}, {if: files, request: POST /b}]}}
staff: {ops: {claim: [{request: "GET /i/{{.item}}", unless: version, take: {version: v}}, {request: "POST /i/{{.item}}"}]}}
`), nil)
	require.NoError(t, err)
	for _, c := range []struct {
		kind bench.AccountKind
		op   results.OpKind
		want bench.Support
	}{{isPatient, results.OpRead, bench.Composed}, {isProxy, results.OpRead, bench.Composed}, {isStaff, results.OpRead, bench.Native},
		{isProxy, results.OpUnread, bench.Native}, {isProxy, results.OpSend, bench.Native}, {isPatient, results.OpSend, bench.Absent},
		{isPatient, results.OpAttach, bench.Local}, {isStaff, results.OpClaim, bench.Composed}, {isPatient, results.OpClaim, bench.Absent}} {
		require.Equal(t, c.want, d.Support(c.kind, c.op), "%s by %s", c.op, kinds[c.kind])
	}
	caps := NewPortal(nil, "", nil, bench.Account{}, d, nil).Capabilities()
	require.True(t, caps.Can(isStaff, results.OpClaim))
	require.False(t, caps.Can(isPatient, results.OpClaim))
	require.True(t, caps.OneIdentity, "nobody is asked who they are")
	require.Equal(t, []string{"GET /a", "GET /b"}, d.Requests(isPatient, results.OpRead))
}

// Whatever the text, reading returns a description or problems with places.
func FuzzRead(f *testing.F) {
	for _, name := range Profiles() {
		src, _ := Profile(name)
		f.Add(string(src))
	}
	src, err := os.ReadFile("testdata/refportal.yaml")
	require.NoError(f, err)
	f.Add(string(src))
	for _, s := range []string{"", "portal: p", mailbox("    read:\n      - request: GET /{{\n"), mailbox("    read:\n      - request: \"GET /${}\"\n"),
		mailbox("    inbox:\n      - request: GET /\n        rows: {at: \"@\", thread: \"#(a==\\\"\", where: {a: \"matches (\"}}\n"),
		mailbox("    send:\n      - request: GET /\n        json: [null, {a: &x}]\n        keep: {a: 'header:X (', b: 'cookie:'}\n"),
		mailbox("    send: []\n    read:\n      - {request: GET, repeat: {every: 1s, within: 2s}}\n")} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, src string) {
		d, err := Read("p.yaml", []byte(src), nil)
		if err != nil {
			var problems scenarios.Problems
			require.True(t, errors.As(err, &problems), err.Error())
			require.True(t, strings.HasPrefix(problems.Error(), "p.yaml"), problems.Error())
			return
		}
		for i := range results.NumOps { // and what it accepts can be told of
			for _, kind := range []bench.AccountKind{isPatient, isProxy, isStaff, isAdmin} {
				_ = d.Support(kind, results.OpKind(i))
				_ = d.Requests(kind, results.OpKind(i))
			}
		}
	})
}
