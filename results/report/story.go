package report

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/portalbench/portalbench/results"
)

// storyDrawing follows one thread under each policy, on one axis of time.
type storyDrawing struct {
	frame
	Height      float64
	Top, Bottom float64
	X           []tick
	Target      float64 // by when a clinician should have read it, across the line of each policy; 0: not known, or not on the axis
	Lanes       []storyLane
	Description string
}

// storyLane is the thread under one policy.
type storyLane struct {
	Style       int
	Names       []placedText
	Unsent      []placedText // what becomes of the need where it is not sent
	From, To, Y float64
	Steps       []storyMark
}

// storyMark is a step, with a line down to its label.
type storyMark struct {
	X, Down float64
	Marker  string
	Label   placedText
}

// mostSteps is how many steps of a thread are drawn; the table has all.
const mostSteps = 12

// storyFigures follow threads step by step, a figure for each; there are none when the run has not kept any.
func storyFigures(record *results.Record) []Figure {
	var figures []Figure
	for _, story := range []string{"median", "worst"} {
		lanes := storySteps(record, story)
		if len(lanes) == 0 {
			continue
		}
		fig := Figure{Name: "thread-" + story, Title: storyTitle(story), Numbers: []sheet{storySheet(story, lanes)}}
		fig.Note = joinSentences("The same thread under every policy, with the same draws: only the policy differs.", chosenAs(story), aboutThread(lanes), moreSteps(lanes),
			"Time since it was sent is on a logarithmic axis.", notDrawn(record.Run.Simulate))
		target := ""
		for _, f := range frames() {
			drawing := drawStory(f, record.Run.Simulate, lanes)
			if drawing.Target > 0 {
				target = "The short upright line across each policy's line is the target: " + clinicianTarget(record.Run.Simulate) + "."
			}
			fig.Panels = append(fig.Panels, panel{Class: f.Class, Template: "story", Drawing: drawing})
		}
		fig.Note = joinSentences(fig.Note, target)
		figures = append(figures, fig)
	}
	return figures
}

func storyTitle(story string) string {
	if story == "worst" {
		return "The urgent thread that waits longest for a clinician"
	}
	return "An urgent thread with a median wait for a clinician"
}

// chosenAs says how the thread was chosen.
func chosenAs(story string) string {
	if story == "worst" {
		return "Under the baseline no other urgent thread waits longer for a clinician; one that is never read waits longest of all."
	}
	return "Under the baseline half of the urgent threads wait longer for a clinician, and half less."
}

func moreSteps(lanes []policySteps) string {
	if slices.ContainsFunc(lanes, func(l policySteps) bool { return len(l.told()) > mostSteps }) {
		return "Of each the first " + count(mostSteps) + " steps are drawn; the table has all."
	}
	return ""
}

// policySteps are the steps of a thread under a policy.
type policySteps struct {
	policy styledPolicy
	steps  []results.ThreadStep
	unsent string // what becomes of the need where it is not sent; steps are then empty
}

// storySteps collects the steps of a story by policy.
func storySteps(record *results.Record, story string) []policySteps {
	var out []policySteps
	sent := false
	for _, p := range drawnPolicies(record.Run.Simulate) {
		one := policySteps{policy: p}
		for _, s := range record.Threads {
			switch {
			case s.Story != story || s.Policy != p.Name || results.WhereText(s.Set) != results.WhereText(p.Set):
			case drawable(s.Hours):
				one.steps, sent = append(one.steps, s), true
			default:
				one.unsent = unsentText(s.Event)
			}
		}
		if len(one.steps) > 0 || one.unsent != "" {
			out = append(out, one)
		}
	}
	if !sent {
		return nil
	}
	return out
}

// unsentText says what becomes of the need where it is not sent.
func unsentText(fate string) string {
	if fate == "absent" {
		return "Not sent: what leads to it does not happen under this policy."
	}
	return "Not sent under this policy: " + spoken(fate) + "."
}

// aboutThread says what a thread is about and how its sender sees it.
func aboutThread(lanes []policySteps) string {
	for _, l := range lanes {
		if len(l.steps) == 0 || l.steps[0].Category == "" {
			continue
		}
		s := l.steps[0]
		text := "It is about: " + spoken(s.Category)
		if s.Felt != "" {
			text += "; its sender takes it for " + feltWord(s.Felt)
		}
		return text + ", and sends it on " + s.Clock + "."
	}
	return ""
}

// labelRoom is what is kept free to the right of the axis for the labels of the last steps.
const labelRoom = 168

// drawStory lays the policies out from top to bottom.
func drawStory(f frame, s *results.Simulate, lanes []policySteps) storyDrawing {
	fig := storyDrawing{frame: f, Top: 24, Description: "Steps of one urgent thread under each policy by hours since it was sent: " +
		"the steps are in the table below"}
	x := storyAxis(f, lanes)
	fig.X = timeTicks(x)
	for _, t := range readTargets(s) {
		if float64(t.MostHours) >= x.low && float64(t.MostHours) <= x.high {
			fig.Target = x.at(float64(t.MostHours))
		}
	}
	y := fig.Top + 6
	for _, l := range lanes {
		lane, next := newLane(f, l, x, y)
		fig.Lanes, y = append(fig.Lanes, lane), next
	}
	fig.Bottom = y
	fig.Height = y + 4
	return fig
}

// storyAxis spans from the first step after the sending to the last that is drawn.
func storyAxis(f frame, lanes []policySteps) axis {
	x := axis{low: math.Inf(1), left: 8, right: f.Width - labelRoom, log: true}
	for _, l := range lanes {
		for _, s := range l.drawn() {
			if h := float64(s.Hours); h > 0 {
				x.low, x.high = math.Min(x.low, h), math.Max(x.high, h)
			}
		}
	}
	return x.inSteps()
}

// told returns the steps but that the thread is over: this shows only after a week in which nothing happens, which would
// leave little room for what does.
func (l policySteps) told() []results.ThreadStep {
	if last := len(l.steps) - 1; last > 0 && l.steps[last].Event == "over" {
		return l.steps[:last]
	}
	return l.steps
}

// drawn returns the steps that there is room for.
func (l policySteps) drawn() []results.ThreadStep {
	told := l.told()
	return told[:min(len(told), mostSteps)]
}

// newLane draws a thread under a policy below y, and returns where the next begins.
func newLane(f frame, l policySteps, x axis, y float64) (storyLane, float64) {
	lane := storyLane{Style: l.policy.style}
	lane.Names, y = lettered(fitted(l.policy.name, f.Width, textSize*boldWidth/letterWidth), 0, y+12, 16)
	lane.Y = round(y)
	steps := l.drawn()
	if len(steps) == 0 {
		lane.Unsent, y = lettered(fitted(l.unsent, f.Width, tickSize), 0, y+2, 15)
		return lane, y + 10
	}
	lane.From, lane.To = x.at(float64(steps[0].Hours)), x.at(float64(steps[len(steps)-1].Hours))
	deepest := 0
	for i, level := range labelLevels(steps, x) {
		at := x.at(float64(steps[i].Hours))
		m := storyMark{X: at, Marker: marker(lane.Style, at, lane.Y), Down: round(lane.Y + 12 + 15*float64(level))}
		m.Label = placedText{stepLabel(i, steps[i]), at + 3, m.Down + 9}
		lane.Steps = append(lane.Steps, m)
		deepest = max(deepest, level)
	}
	return lane, lane.Y + 38 + 15*float64(deepest)
}

// labelLevels gives the label of each step a line, from the last step to the first, as a label stands to the right of its
// step: below the labels of all later steps that begin above it, so that neither they nor the lines down to them cross it.
func labelLevels(steps []results.ThreadStep, x axis) []int {
	levels := make([]int, len(steps))
	for i, s := range slices.Backward(steps) {
		end := x.at(float64(s.Hours)) + 3 + textWidth(stepLabel(i, s), tickSize) + 6
		for k := i + 1; k < len(steps) && x.at(float64(steps[k].Hours)) < end; k++ {
			levels[i] = max(levels[i], levels[k]+1)
		}
	}
	return levels
}

// stepLabel says which step it is and what happens in it, in at most so many letters as there is room for.
func stepLabel(i int, s results.ThreadStep) string {
	const most = 20
	text := []rune(stepText(s))
	if len(text) > most {
		text = append(text[:most-1], '…')
	}
	return fmt.Sprintf("%d %s", i+1, string(text))
}

// stepText says what happens in a step.
func stepText(s results.ThreadStep) string {
	who, to := roleName(plainRole(s.Who)), roleName(plainRole(s.Inbox))
	switch s.Event {
	case "opened":
		return who + " opens it"
	case "replied":
		return who + " replies"
	case "called":
		return who + " phones"
	case "closed":
		return who + " closes it"
	case "handed_on", "moved":
		return "passed to " + to
	case "put_aside":
		return "put aside"
	case "asked":
		return "asks " + to
	case "advised":
		return who + " advises"
	case "seen":
		return "family sees it"
	case "followed_up":
		return "family writes again"
	case "nudged":
		return "family asks again"
	case "left":
		return "family phones"
	case "taken_to_emergency":
		return "emergency dept."
	case "over":
		return "ends"
	}
	return spoken(s.Event)
}

// plainRole leaves out the number of a member of the staff.
func plainRole(name string) string {
	role, _, _ := strings.Cut(name, "-")
	return role
}

func storySheet(story string, lanes []policySteps) sheet {
	t := sheet{Caption: storyTitle(story) + ": every step", Header: []string{"policy", "step", "hours since sent", "day and time", "what", "who", "inbox"}}
	for _, l := range lanes {
		if len(l.steps) == 0 {
			t.Rows = append(t.Rows, []string{l.policy.name, missing, missing, missing, l.unsent, missing, missing})
		}
		for i, s := range l.steps {
			t.Rows = append(t.Rows, []string{l.policy.name, count(int64(i + 1)), fixed(float64(s.Hours), 2), s.Clock, spoken(s.Event), orMissing(s.Who), orMissing(s.Inbox)})
		}
	}
	return t
}

func orMissing(text string) string {
	if text == "" {
		return missing
	}
	return text
}
