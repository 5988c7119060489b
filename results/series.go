package results

import (
	"iter"
	"strconv"
)

const seriesName = "series.csv"

// SecondRow is one second of a load. Missing times are NaN.
type SecondRow struct {
	T             int // seconds since the end of the warm-up
	Offered       int64
	Sent          int64
	Done          int64
	Errors        int64   // answers that were not ok
	InFlight      int     // at the second's end
	LagP99MS      float64 // of all answers that came in this second
	ResponseP50MS float64 // of the ok answers that came in this second, as are the next four
	ResponseP95MS float64
	ResponseP99MS float64
	ServiceP50MS  float64
	ServiceP99MS  float64
	WaitP99MS     float64 // of all answers that came in this second
}

// seriesColumns are those that every version has written.
func seriesColumns() []string {
	return []string{"t_s", "offered", "sent", "done", "errors", "in_flight", "lag_p99_ms", "response_p50_ms", "response_p99_ms",
		"service_p50_ms", "service_p99_ms"}
}

// WriteSeries writes series.csv: a row for every second of a load.
func (f *Folder) WriteSeries(series []SecondRow) error {
	rows := [][]string{append(seriesColumns(), "response_p95_ms", "wait_p99_ms")}
	for _, s := range series {
		row := []string{strconv.Itoa(s.T)}
		for _, n := range []int64{s.Offered, s.Sent, s.Done, s.Errors, int64(s.InFlight)} {
			row = append(row, strconv.FormatInt(n, 10))
		}
		for _, ms := range []float64{s.LagP99MS, s.ResponseP50MS, s.ResponseP99MS, s.ServiceP50MS, s.ServiceP99MS, s.ResponseP95MS,
			s.WaitP99MS} {
			row = append(row, Number(ms).text())
		}
		rows = append(rows, row)
	}
	return f.writeCSV(seriesName, rows)
}

// readSeries reads series.csv of a run folder.
func readSeries(dir string) iter.Seq2[SecondRow, error] {
	return readCSV(dir, seriesName, seriesColumns(), parseSecond)
}

func parseSecond(r *row) SecondRow {
	ms := func(column string) float64 { return float64(r.number(column)) }
	return SecondRow{T: int(r.whole("t_s", 0)), Offered: r.whole("offered", 0), Sent: r.whole("sent", 0), Done: r.whole("done", 0),
		Errors: r.whole("errors", 0), InFlight: int(r.whole("in_flight", 0)), LagP99MS: ms("lag_p99_ms"),
		ResponseP50MS: ms("response_p50_ms"), ResponseP95MS: ms("response_p95_ms"), ResponseP99MS: ms("response_p99_ms"),
		ServiceP50MS: ms("service_p50_ms"), ServiceP99MS: ms("service_p99_ms"), WaitP99MS: ms("wait_p99_ms")}
}
