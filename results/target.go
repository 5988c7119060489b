package results

import (
	"math"
	"slices"
	"strconv"
	"time"
)

// Target is what the portal's process took, over the measured window. Its children are not counted.
type Target struct {
	PID             int    `json:"pid"`
	Samples         int    `json:"samples"`
	CPUCoresMean    Number `json:"cpu_cores_mean"` // 1 is one core fully used
	CPUCoresMax     Number `json:"cpu_cores_max"`  // over a second
	RSSMeanMB       Number `json:"rss_mean_mb"`    // MB of 1,000,000 bytes
	RSSMaxMB        Number `json:"rss_max_mb"`
	ThreadsMax      int    `json:"threads_max"`
	CPUMSPerRequest Number `json:"cpu_ms_per_request"` // null when no request was made
}

// TargetSample is what a process had used at a moment.
type TargetSample struct {
	At      time.Duration // since the end of the warm-up: below 0 before
	CPU     time.Duration // since the process started, all cores together
	RSS     int64         // bytes
	Threads int
}

// TargetSeries are the samples of one process, in the order of time.
type TargetSeries struct {
	PID     int
	Samples []TargetSample
}

// Summarize returns what the process took within [0, until), at most a sample's distance past the end; nil without two
// samples in it. requests are those of the window.
//
//	mean cores         = (last CPU - first CPU) / (last moment - first moment)
//	CPU ms per request = mean cores x window / requests
func (s TargetSeries) Summarize(until time.Duration, requests int64) *Target {
	in := s.within(until)
	if len(in) < 2 {
		return nil
	}
	first, last := in[0], in[len(in)-1]
	t := &Target{PID: s.PID, Samples: len(in), CPUCoresMean: cores(first, last), CPUCoresMax: cores(first, last),
		CPUMSPerRequest: Number(math.NaN())}
	var bytes float64
	for i, now := range in {
		bytes += float64(now.RSS)
		t.RSSMaxMB = max(t.RSSMaxMB, megabytes(float64(now.RSS)))
		t.ThreadsMax = max(t.ThreadsMax, now.Threads)
		if i > 0 && now.At-in[i-1].At >= shortestSample {
			t.CPUCoresMax = max(t.CPUCoresMax, cores(in[i-1], now))
		}
	}
	t.RSSMeanMB = megabytes(bytes / float64(len(in)))
	if requests > 0 {
		t.CPUMSPerRequest = Number(float64(t.CPUCoresMean) * float64(until) / float64(time.Millisecond) / float64(requests))
	}
	return t
}

// Bounds of samples, which are taken each second and once more at the end.
const (
	sampleSlack    = 500 * time.Millisecond // a sample that comes so long after the window's end still belongs to it
	shortestSample = 500 * time.Millisecond // over less, processor time is too coarse to tell the most cores used
)

// within returns the samples of the window.
func (s TargetSeries) within(until time.Duration) []TargetSample {
	from := slices.IndexFunc(s.Samples, func(x TargetSample) bool { return x.At >= 0 })
	if from < 0 {
		return nil
	}
	in := s.Samples[from:]
	if end := slices.IndexFunc(in, func(x TargetSample) bool { return x.At > until+sampleSlack }); end >= 0 {
		in = in[:end]
	}
	return in
}

func cores(from, to TargetSample) Number {
	if to.At <= from.At {
		return 0
	}
	return Number(float64(to.CPU-from.CPU) / float64(to.At-from.At))
}

func megabytes(bytes float64) Number { return Number(bytes / 1e6) }

// WriteTarget writes target.csv: a row for every sample. The cores are those used since the sample before, missing in the
// first row.
func (f *Folder) WriteTarget(s TargetSeries) error {
	rows := [][]string{targetColumns()}
	for i, x := range s.Samples {
		used := Number(math.NaN())
		if i > 0 {
			used = cores(s.Samples[i-1], x)
		}
		rows = append(rows, []string{strconv.FormatFloat(x.At.Seconds(), 'f', 3, 64), used.text(),
			Number(x.CPU.Seconds()).text(), strconv.FormatInt(x.RSS, 10), strconv.Itoa(x.Threads)})
	}
	return f.writeCSV(targetName, rows)
}

const targetName = "target.csv"

func targetColumns() []string { return []string{"t_s", "cpu_cores", "cpu_s", "rss_bytes", "threads"} }

// ReadTarget reads target.csv of the run folder dir, in the order of time. Without such a file there are no samples. Moments
// are known to a millisecond.
func ReadTarget(dir string) ([]TargetSample, error) {
	return allOf(dir, targetName, readCSV(dir, targetName, targetColumns(), parseSample))
}

func parseSample(r *row) TargetSample {
	span := func(column string) time.Duration {
		seconds := r.number(column)
		if !(math.Abs(float64(seconds)) < math.MaxInt64/1e9) {
			r.fail("%s is %q, which is no time", column, r.text(column))
			return 0
		}
		return time.Duration(math.Round(float64(seconds) * 1e9))
	}
	return TargetSample{At: span("t_s"), CPU: span("cpu_s"), RSS: r.whole("rss_bytes", 0), Threads: int(r.whole("threads", 0))}
}
