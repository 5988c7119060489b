package results

import (
	"bytes"
	"errors"
	"io"
	"iter"
	"os"
	"strings"
	"testing"

	"github.com/parquet-go/parquet-go"
	"github.com/stretchr/testify/require"
)

// someRows are an operation of the warm-up, an ok one, one that failed and one that was not sent.
func someRows() []OpRow {
	return []OpRow{
		{Intended: 10, Ready: 10, Sent: 12, Done: 900, Op: OpAuth, WasSent: true, Requests: 1, Status: 200, BytesIn: 90, BytesOut: 70},
		{Intended: 1000, Ready: 1500, Sent: 1501, Done: 2501, Op: OpSend, Counted: true, WasSent: true, Requests: 2, Status: 201, BytesIn: 300, BytesOut: 1200},
		{Intended: 2000, Ready: 2000, Sent: 2000, Done: 2000, Op: OpClaim, Outcome: Conflict, Counted: true, WasSent: true, Requests: 1, Status: 412},
		{Intended: 3000, Ready: 3100, Op: OpClose, Outcome: Skipped, Counted: true},
	}
}

func written(t testing.TB, rows []OpRow) string {
	t.Helper()
	var b bytes.Buffer
	w := NewOpWriter(&b)
	for _, r := range rows {
		require.NoError(t, w.Write(r))
	}
	require.NoError(t, w.Flush())
	return b.String()
}

func TestOpRowsSurviveARoundTrip(t *testing.T) {
	text := written(t, someRows())
	require.Equal(t, `intended_us,ready_us,sent_us,done_us,op,outcome,counted,requests,status,bytes_in,bytes_out
10,10,12,900,auth,ok,false,1,200,90,70
1000,1500,1501,2501,send,ok,true,2,201,300,1200
2000,2000,2000,2000,claim,conflict,true,1,412,0,0
3000,3100,,,close,skipped,true,0,0,0,0
`, text)
	got, err := collected(ReadOps(strings.NewReader(text)))
	require.NoError(t, err)
	require.Equal(t, someRows(), got)
}

func collected(rows iter.Seq2[OpRow, error]) (all []OpRow, err error) {
	for row, err := range rows {
		if err != nil {
			return all, err
		}
		all = append(all, row)
	}
	return all, nil
}

func TestReadOpsNamesTheLine(t *testing.T) {
	good := written(t, nil)
	for _, c := range []struct{ text, want string }{
		{"", "line 1 does not name the columns"},
		{"t_s,offered\n", "load --keep-ops"},
		{good + "1,2,3,4,send,ok,true,1,200,0,0\n1,2,3\n", "line 3"},
		{good + "1,2,3,4,sned,ok,true,1,200,0,0\n", `line 2: unknown op "sned"`},
		{good + "1,2,3,4,send,fine,true,1,200,0,0\n", `line 2: unknown outcome "fine"`},
		{good + "1,2,3,4,send,ok,yes,1,200,0,0\n", `line 2: counted "yes"`},
		{good + "-1,2,3,4,send,ok,true,1,200,0,0\n", `line 2: intended_us "-1"`},
		{good + "1,2,,4,send,ok,true,1,200,0,0\n", `line 2: sent_us ""`},
		{good + "1,2,3,4,send,ok,true,1,200,0,0\n\"1,2,3\n", "line 3"},
		{good + "1,5,3,4,send,ok,true,1,200,0,0\n", "line 2: done before it was ready"},
	} {
		_, err := collected(ReadOps(strings.NewReader(c.text)))
		require.ErrorContains(t, err, c.want, c.text)
	}
}

// Whatever is read is written again as it was.
func FuzzReadOps(f *testing.F) {
	f.Add(written(f, someRows()))
	f.Add(written(f, nil) + "1,2,3,4,send,ok,true,1,200,0,0\n1,2,3\n")
	f.Add("")
	f.Fuzz(func(t *testing.T, text string) {
		rows, _ := collected(ReadOps(strings.NewReader(text)))
		again, err := collected(ReadOps(strings.NewReader(written(t, rows))))
		require.NoError(t, err)
		require.Equal(t, rows, again)
	})
}

func TestParquetHasTheSameRows(t *testing.T) {
	rows := someRows()
	for len(rows) < 3*parquetBatch { // several batches, the last one not full
		rows = append(rows, someRows()...)
	}
	rows = rows[:len(rows)-3]
	var b bytes.Buffer
	require.NoError(t, WriteParquet(&b, ReadOps(strings.NewReader(written(t, rows)))))
	got, err := parquet.Read[opRecord](bytes.NewReader(b.Bytes()), int64(b.Len()))
	require.NoError(t, err)
	require.Len(t, got, len(rows))
	for i := range rows {
		require.Equal(t, rows[i].record(), got[i])
	}
	require.Nil(t, got[3].Sent)

	err = WriteParquet(io.Discard, ReadOps(strings.NewReader(written(t, nil)+"1\n")))
	require.ErrorContains(t, err, "line 2")
}

func TestDraftAppearsCompleteOrNotAtAll(t *testing.T) {
	f := created(t)
	kept, err := f.Begin("ops.csv")
	require.NoError(t, err)
	dropped, err := f.Begin("requests.jsonl")
	require.NoError(t, err)
	for _, p := range []*Draft{kept, dropped} {
		_, err := io.WriteString(p, "something")
		require.NoError(t, err)
		_, err = os.Stat(f.Path(p.Name()))
		require.True(t, errors.Is(err, os.ErrNotExist))
	}
	dropped.Drop()
	require.NoError(t, kept.Keep())
	entries, err := os.ReadDir(f.Dir())
	require.NoError(t, err)
	require.Len(t, entries, 1)
	content, err := os.ReadFile(f.Path("ops.csv"))
	require.NoError(t, err)
	require.Equal(t, "something", string(content))
}
