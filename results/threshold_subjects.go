package results

// ThresholdSubjects returns all that a threshold can limit: the shares of errors and every statistic of every time, by
// operation, such as all.errors and send.response.p95.
func ThresholdSubjects() []string {
	var subjects []string
	for _, op := range OpNames() {
		for _, metric := range thresholdMetrics() {
			if metric == "errors" {
				subjects = append(subjects, op+".errors")
				continue
			}
			for _, statistic := range thresholdStatistics() {
				subjects = append(subjects, op+"."+metric+"."+statistic)
			}
		}
	}
	return subjects
}
