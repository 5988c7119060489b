package report

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/portalbench/portalbench/results"
)

func TestThreadsAreFollowedUnderEachPolicy(t *testing.T) {
	record := fullRecord(sampleRun(threePolicies(), nil))
	record.Run.Simulate.Targets = sampleTargets()
	record.Threads[0].Category, record.Threads[0].Felt = "medication", "routine"
	figures := storyFigures(record)
	require.Len(t, figures, 2)
	require.Contains(t, figures[0].Note, "It is about: medication; its sender takes it for non-urgent, and sends it on fri 18:40.")
	d := figures[0].Panels[0].Drawing.(storyDrawing)
	require.Len(t, d.Lanes, 3)
	require.Len(t, figures[0].Numbers[0].Rows, 30)
	lane := d.Lanes[1] // everything takes twice as long
	require.Len(t, lane.Steps, 10)
	x := storyAxis(frames()[0], storySteps(record, "median"))
	require.Equal(t, x.at(28), lane.Steps[6].X)
	require.Equal(t, x.at(4), d.Target)
	require.Contains(t, figures[0].Note, "The short upright line across each policy's line is the target: a clinician within 4 hours.")
	record.Run.Simulate.Targets = nil
	require.NotContains(t, storyFigures(record)[0].Note, "target", "an older run does not know it")
	require.Equal(t, "7 physician opens it", lane.Steps[6].Label.Text)
	require.Equal(t, x.left, lane.Steps[0].X, "what comes before the axis begins stands at its end")
	require.Empty(t, storyFigures(sampleRecord(sampleRun(threePolicies(), nil))), "an older run has no threads")
}

// Under the second policy the family phones, and nothing is sent.
func TestAThreadThatIsNotSentSaysSo(t *testing.T) {
	record := &results.Record{Run: sampleRun(threePolicies(), nil)}
	record.Threads = append(sampleThread(record.Run.Simulate.Policies[0], "worst", 1),
		results.ThreadStep{Story: "worst", Policy: "nurse-first", Hours: num(math.NaN()), Event: "phoned", Clock: "mon 08:00"},
		results.ThreadStep{Story: "worst", Policy: "urgency-first", Hours: num(math.NaN()), Event: "absent"})
	figures := storyFigures(record)
	require.Len(t, figures, 1)
	requireLegible(t, figures)
	d := figures[0].Panels[0].Drawing.(storyDrawing)
	require.Empty(t, d.Lanes[1].Steps)
	require.Equal(t, "Not sent under this policy: phoned.", d.Lanes[1].Unsent[0].Text)
	require.Contains(t, d.Lanes[2].Unsent[0].Text, "does not happen under this policy")
	require.Len(t, figures[0].Numbers[0].Rows, 12)
	record.Threads = record.Threads[10:]
	require.Empty(t, storyFigures(record), "it is sent under no policy")
}

// That a thread is over is in the table, and not drawn: it is known a week later. So are steps beyond the twelfth.
func TestTheEndOfAThreadIsNotDrawn(t *testing.T) {
	steps := []results.ThreadStep{{Event: "sent"}, {Event: "replied", Hours: 2}, {Event: "over", Hours: 170}}
	require.Len(t, policySteps{steps: steps}.drawn(), 2)
	require.Len(t, policySteps{steps: steps[:1]}.drawn(), 1)
	require.InDelta(t, 4, storyAxis(frames()[0], []policySteps{{steps: steps}}).high, 0)
	many := append(make([]results.ThreadStep, 20), steps[2])
	require.Len(t, policySteps{steps: many}.drawn(), mostSteps)
	require.Equal(t, "Of each the first 12 steps are drawn; the table has all.", moreSteps([]policySteps{{steps: many}}))
	require.NotEmpty(t, moreSteps([]policySteps{{steps: many[:mostSteps+1]}}))
	require.Empty(t, moreSteps([]policySteps{{steps: many[len(many)-mostSteps-1:]}}), "twelve, and its end")
}

func TestStepsInPlainWords(t *testing.T) {
	for event, want := range map[string]string{"opened": "RN opens it", "replied": "RN replies", "called": "RN phones", "closed": "RN closes it",
		"handed_on": "passed to physician", "moved": "passed to physician", "put_aside": "put aside", "asked": "asks physician",
		"advised": "RN advises", "seen": "family sees it", "followed_up": "family writes again", "nudged": "family asks again",
		"left": "family phones", "taken_to_emergency": "emergency dept.", "over": "ends", "sent": "sent", "something_new": "something new"} {
		require.Equal(t, want, stepText(results.ThreadStep{Event: event, Who: "rn", Inbox: "physician"}))
	}
	long := stepLabel(2, results.ThreadStep{Event: "handed_on", Inbox: "pharmacist+front_desk pool"})
	require.Equal(t, "3 passed to pharmacis…", long)
}

// Labels stand to the right of their steps: those that would lie on a later one's, or on the line down to it, go below it.
func TestLabelsOfStepsMakeRoom(t *testing.T) {
	x := axis{low: 1, high: 100, left: 0, right: 200, log: true}
	steps := []results.ThreadStep{{Hours: 1, Event: "sent"}, {Hours: 9, Event: "seen"}, {Hours: 10, Event: "over"}}
	// at 0, 95.4 and 100: "2 family sees it" is 115 px wide and would lie on "3 ends", "1 sent" ends before both
	require.Equal(t, []int{0, 1, 0}, labelLevels(steps, x))
	steps[0] = results.ThreadStep{Hours: 5, Event: "put_aside"}
	// at 69.9 and wider than 25.5: there is room beside "3 ends" in the first line, but the line down to "2 family sees it" crosses it
	require.Equal(t, []int{2, 1, 0}, labelLevels(steps, x))
}
