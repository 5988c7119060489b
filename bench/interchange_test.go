package bench_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"iter"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	vegeta "github.com/tsenart/vegeta/v12/lib"

	"github.com/portalbench/portalbench/bench"
	"github.com/portalbench/portalbench/results"
)

// recorded are requests as they were answered: the third was sent first.
const recorded = `{"format":1,"kind":"requests","scenario":"s","run_id":"r","url":"http://127.0.0.1:8080"}
{"sent_us":2000,"op":"send","method":"POST","path":"/v1/threads","content_type":"application/json","body":"{\"topic\":\"Cough\"}","status":201,"latency_ns":5,"bytes_out":17,"bytes_in":3}

{"sent_us":2500,"op":"inbox","method":"GET","path":"/v1/inbox?limit=50","status":200,"latency_ns":5,"bytes_out":0,"bytes_in":3}
{"sent_us":1500,"op":"auth","method":"POST","path":"/v1/sessions","left_out":"credentials","status":200,"latency_ns":5,"bytes_out":3,"bytes_in":3}
{"sent_us":1750,"op":"attach","method":"POST","host":"http://127.0.0.1:9090","path":"/files","content_type":"application/pdf","body_base64":"//4=","status":201,"latency_ns":5,"bytes_out":2,"bytes_in":3}
{"sent_us":3000,"op":"attach","method":"POST","path":"/files","content_type":"application/pdf","left_out":"size","status":201,"latency_ns":5,"bytes_out":2,"bytes_in":3}
`

func sorted(t *testing.T, text string) (bench.RequestsHeader, iter.Seq2[bench.Request, error]) {
	t.Helper()
	head, requests, err := bench.SortedRequests(strings.NewReader(text))
	require.NoError(t, err)
	return head, requests
}

func TestVegetaReadsTheTargets(t *testing.T) {
	head, requests := sorted(t, recorded)
	var b bytes.Buffer
	e, err := bench.VegetaTargets(&b, head, requests)
	require.NoError(t, err)
	require.Equal(t, bench.Exported{Written: 3, Credentials: 1, Bodies: 1}, e)
	read := vegeta.NewJSONTargeter(&b, nil, nil)
	for _, want := range []vegeta.Target{
		{Method: "POST", URL: "http://127.0.0.1:9090/files", Body: []byte("\xff\xfe"), Header: map[string][]string{"Content-Type": {"application/pdf"}}},
		{Method: "POST", URL: "http://127.0.0.1:8080/v1/threads", Body: []byte(`{"topic":"Cough"}`), Header: map[string][]string{"Content-Type": {"application/json"}}},
		{Method: "GET", URL: "http://127.0.0.1:8080/v1/inbox?limit=50"},
	} {
		var got vegeta.Target
		require.NoError(t, read(&got))
		require.True(t, want.Equal(&got), "%+v", got)
	}
	require.ErrorIs(t, read(&vegeta.Target{}), vegeta.ErrNoTargets)
}

func TestExportsStopAtADamagedLine(t *testing.T) {
	_, _, err := bench.SortedRequests(strings.NewReader(recorded + `{"op":"send"}`))
	require.ErrorContains(t, err, "line 8: method")
	head, requests, err := bench.ReadRequests(strings.NewReader(recorded + `{"op":"send"}`))
	require.NoError(t, err)
	_, err = bench.VegetaTargets(&bytes.Buffer{}, head, requests)
	require.ErrorContains(t, err, "line 8")
	head, requests, err = bench.ReadRequests(strings.NewReader(recorded + `{"op":"send"}`))
	require.NoError(t, err)
	_, err = bench.K6Requests(&bytes.Buffer{}, head, requests)
	require.ErrorContains(t, err, "line 8")
}

func TestK6Requests(t *testing.T) {
	head, requests := sorted(t, recorded)
	var b bytes.Buffer
	e, err := bench.K6Requests(&b, head, requests)
	require.NoError(t, err)
	require.EqualValues(t, 3, e.Written)
	var got []map[string]any
	require.NoError(t, json.Unmarshal(b.Bytes(), &got))
	require.Equal(t, []map[string]any{
		{"at_ms": 1.75, "op": "attach", "method": "POST", "host": "http://127.0.0.1:9090", "path": "/files",
			"content_type": "application/pdf", "body_base64": "//4=", "status": 201.},
		{"at_ms": 2., "op": "send", "method": "POST", "host": "http://127.0.0.1:8080", "path": "/v1/threads",
			"content_type": "application/json", "body": `{"topic":"Cough"}`, "status": 201.},
		{"at_ms": 2.5, "op": "inbox", "method": "GET", "host": "http://127.0.0.1:8080", "path": "/v1/inbox?limit=50", "status": 200.},
	}, got)

	b.Reset()
	head, requests = sorted(t, recorded[:strings.IndexByte(recorded, '\n')])
	_, err = bench.K6Requests(&b, head, requests)
	require.NoError(t, err)
	require.NoError(t, json.Unmarshal(b.Bytes(), &got))
	require.Empty(t, got)
}

// k6Modules stand in for those of k6 under Node.js: http writes down what it is asked for, the clock moves when somebody
// sleeps.
const k6Modules = `
const fs = require('fs');
let now = 1000;
Date.now = () => now;
module.exports = {
  sleep: (s) => { now += s * 1000; },
  b64decode: (s) => Buffer.from(s, 'base64').toString('latin1'),
  scenario: { startTime: 1000, iterationInTest: 0 },
  request: (method, url, body, params) => {
    process.stdout.write(JSON.stringify({ at: now - 1000, method, url, body, headers: params.headers, op: params.tags.op }) + '\n');
    return { status: 201 };
  },
  SharedArray: function (name, make) { return make(); },
  Trend: class { add(v) { if (v !== 0) throw new Error('late by ' + v); } },
  Rate: class { add() {} },
};
globalThis.__ENV = process.env;
globalThis.open = (file) => fs.readFileSync(file, 'utf8');
`

// The script is run by Node.js, where there is one, with stand-ins for k6's modules: every request goes out at its moment,
// with its body, to where it belongs, with the token of the environment.
func TestK6ScriptSendsEverything(t *testing.T) {
	node, err := exec.LookPath("node")
	if err != nil {
		t.Skip("there is no Node.js here to run the script")
	}
	dir := t.TempDir()
	write := func(name string, content []byte) {
		require.NoError(t, os.MkdirAll(filepath.Dir(filepath.Join(dir, name)), 0o755))
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), content, 0o600))
	}
	var b bytes.Buffer
	head, requests := sorted(t, recorded)
	_, err = bench.K6Requests(&b, head, requests)
	require.NoError(t, err)
	write("requests.json", b.Bytes())
	write("replay.mjs", bench.K6Script)
	write("node_modules/k6/all.cjs", []byte(k6Modules))
	write("node_modules/k6/package.json", []byte(`{"name":"k6","exports":{".":"./k6.mjs","./encoding":"./encoding.mjs","./execution":"./execution.mjs","./http":"./http.mjs","./data":"./k6.mjs","./metrics":"./k6.mjs"}}`))
	write("node_modules/k6/k6.mjs", []byte("import all from './all.cjs';\nexport const { sleep, SharedArray, Trend, Rate } = all;\n"))
	for _, name := range []string{"encoding", "execution", "http"} {
		write("node_modules/k6/"+name+".mjs", []byte("import all from './all.cjs';\nexport default all;\n"))
	}
	write("run.mjs", []byte(`import 'k6';
import all from './node_modules/k6/all.cjs';
const { default: iterate, options } = await import('./replay.mjs');
for (let i = 0; i < options.scenarios.replay.iterations; i++) { all.scenario.iterationInTest = i; iterate(); }
`))
	command := exec.Command(node, "run.mjs")
	command.Dir, command.Env = dir, append(os.Environ(), "PORTAL_TOKEN=abc", "SPEED=0.5", "PORTAL_URL=")
	out, err := command.CombinedOutput()
	require.NoError(t, err, "%s", out)
	require.Equal(t, `{"at":3.5,"method":"POST","url":"http://127.0.0.1:9090/files","body":"ÿþ","headers":{"Content-Type":"application/pdf","Authorization":"Bearer abc"},"op":"attach"}
{"at":4,"method":"POST","url":"http://127.0.0.1:8080/v1/threads","body":"{\"topic\":\"Cough\"}","headers":{"Content-Type":"application/json","Authorization":"Bearer abc"},"op":"send"}
{"at":5,"method":"GET","url":"http://127.0.0.1:8080/v1/inbox?limit=50","body":null,"headers":{"Authorization":"Bearer abc"},"op":"inbox"}
`, string(out))
}

// rowsOf gives rows as a file would.
func rowsOf(rows []results.OpRow) iter.Seq2[results.OpRow, error] {
	return func(yield func(results.OpRow, error) bool) {
		for _, r := range rows {
			if !yield(r, nil) {
				return
			}
		}
	}
}

func TestVegetaResults(t *testing.T) {
	start := time.Date(2026, 3, 2, 8, 0, 0, 0, time.UTC)
	rows := []results.OpRow{
		{Ready: 1, Done: 2, WasSent: true, Op: results.OpAuth}, // warm-up
		{Ready: 2000, Sent: 2000, Done: 2500, WasSent: true, Counted: true, Op: results.OpClaim, Outcome: results.Conflict, Status: 412, BytesOut: 9},
		{Intended: 1000, Ready: 1500, Sent: 1600, Done: 3500, WasSent: true, Counted: true, Op: results.OpAuth, BytesIn: 7}, // ended later
		{Ready: 3000, Sent: 3000, Done: 3001, WasSent: true, Counted: true, Op: results.OpSend, Outcome: results.Partial, Status: 200},
		{Ready: 4000, Counted: true, Op: results.OpClose, Outcome: results.Capped},
	}
	var b bytes.Buffer
	n, err := bench.VegetaResults(&b, "run1", start, rowsOf(rows))
	require.NoError(t, err)
	require.EqualValues(t, 3, n)
	decode := vegeta.NewDecoder(&b)
	at := func(us int) time.Time { return start.Add(time.Duration(us) * time.Microsecond) }
	for _, want := range []vegeta.Result{
		{Attack: "run1", Code: 200, Timestamp: at(1500), Latency: 2 * time.Millisecond, BytesIn: 7, Method: "auth"},
		{Attack: "run1", Seq: 1, Code: 412, Timestamp: at(2000), Latency: 500 * time.Microsecond, BytesOut: 9, Method: "claim", Error: "claim: conflict"},
		{Attack: "run1", Seq: 2, Timestamp: at(3000), Latency: time.Microsecond, Method: "send", Error: "send: partial"},
	} {
		var got vegeta.Result
		require.NoError(t, decode(&got))
		require.True(t, want.Equal(got), "%+v", got)
	}
	_, err = bench.VegetaResults(&b, "run1", start, rowsOf(rows[:1]))
	require.ErrorIs(t, err, bench.ErrNoOps)
}

// vegeta's own report of an exported run has our count, rate of success and quantiles: ours are right to three digits,
// and vegeta estimates quantiles between neighbouring samples, so each lies between samples half a per cent of ranks
// below and above ours.
func TestVegetaReportsWhatWeReport(t *testing.T) {
	r, _, ops, _ := kept(t)
	all, _ := r.Load.Op("all")
	require.Equal(t, map[string]int64{"ok": all.Offered}, all.Outcomes)
	var b bytes.Buffer
	_, err := bench.VegetaResults(&b, r.Load.RunID, r.Load.ClockStarted, results.ReadOps(ops))
	require.NoError(t, err)
	decode, m := vegeta.NewDecoder(&b), vegeta.Metrics{}
	for {
		var one vegeta.Result
		if decode(&one) != nil {
			break
		}
		m.Add(&one)
	}
	m.Close()
	require.EqualValues(t, all.Offered, m.Requests)
	require.EqualValues(t, 1, m.Success)
	require.EqualValues(t, all.BytesIn, m.BytesIn.Total)
	require.EqualValues(t, all.BytesOut, m.BytesOut.Total)
	ms := func(d time.Duration) float64 { return d.Seconds() * 1000 }
	require.InEpsilon(t, float64(all.ResponseMS.Mean), ms(m.Latencies.Mean), .002)
	require.InEpsilon(t, float64(all.ResponseMS.Max), ms(m.Latencies.Max), .002)
	h := r.Histograms["all.response"]
	for q, got := range map[float64]time.Duration{.5: m.Latencies.P50, .9: m.Latencies.P90, .95: m.Latencies.P95, .99: m.Latencies.P99} {
		low, high := h.Quantile(q-.005)/1000, h.Quantile(min(q+.005, 1))/1000
		require.GreaterOrEqual(t, ms(got), low*.998, fmt.Sprint(q))
		require.LessOrEqual(t, ms(got), high*1.002, fmt.Sprint(q))
	}
}
