package scenarios

import (
	"fmt"
	"math"
	"time"
)

// maxDays bounds the whole simulated time: ten years and the warm-up and cool-down of one.
const maxDays = 4380

// checker holds a decoded declaration against rules that concern several fields at once.
type checker struct {
	root *node
	f    *findings
}

// fail adds a finding at the path whose value is the user's own: set on the command line, or in the file asked for
// rather than in one it extends.
func (c checker) fail(what, hint string, paths ...string) {
	at := c.root.at
	best := math.MaxInt
	for _, path := range paths {
		n := c.root.find(path)
		if n != nil && n.at.in != nil && rank(n.at.in) < best {
			at, best = n.at, rank(n.at.in)
		}
	}
	c.f.add(at, what, hint)
}

// share reports shares of one whole that add up to more than it. The sum may exceed 1 by rounding.
func (c checker) share(what string, sum float64, paths ...string) {
	if sum > 1+1e-9 {
		c.fail(fmt.Sprintf("%s add up to %.4g", what, sum), "they must leave room for the others: at most 1 together", paths...)
	}
}

// atMost reports a part that is larger than what it is a part of.
func (c checker) atMost(path string, part float64, wholePath string, whole float64) {
	if part > whole+1e-9 {
		c.fail(fmt.Sprintf("%s is %v and %s only %v", path, part, wholePath, whole),
			fmt.Sprintf("the first is a part of the second: set %s to %v or less", path, whole), path, wholePath)
	}
}

// checkScenario adds what is wrong with a scenario whose fields are each within their range.
func checkScenario(s *Scenario, root *node, f *findings) {
	c := checker{root, f}
	c.horizon(s.Horizon)
	c.population(&s.Population)
	c.demand(&s.Demand)
	c.rhythm(&s.Demand)
	c.triggers(s)
	c.conversation(s)
	c.staff(s)
	c.replay(s.Replay)
	if s.Threads.AnswerSeenAfter == 0 {
		c.fail("threads.answer_seen_after is zero", "it is a median of a spread of times: write 1m or more", "threads.answer_seen_after")
	}
	if _, err := Networks(s); err != nil {
		what, hint := splitError(err)
		c.fail(what, hint, "population.patients", "network.patients")
	}
}

func (c checker) horizon(h Horizon) {
	if days := h.WarmUpDays + h.Days + h.CoolDownDays; days > maxDays {
		c.fail(fmt.Sprintf("the horizon is %d days, warm-up and cool-down included", days),
			fmt.Sprintf("at most %d can be simulated", maxDays), "horizon.days", "horizon.warm_up_days", "horizon.cool_down_days")
	}
}

func (c checker) population(p *Population) {
	const strata = "population.strata."
	c.share("the shares of race and ethnicity", p.Strata.Black+p.Strata.Hispanic+p.Strata.Asian,
		strata+"black", strata+"hispanic", strata+"asian")
	c.share("the shares of the ages", p.Strata.Age50To64+p.Strata.Age65To74+p.Strata.Age75AndOver,
		strata+"age_50_to_64", strata+"age_65_to_74", strata+"age_75_and_over")
	c.caregivers("population.caregivers.dementia", p.Caregivers.Dementia)
	c.caregivers("population.caregivers.others", p.Caregivers.Others)
}

func (c checker) caregivers(path string, g CaregiverGroup) {
	c.atMost(path+".registered", g.Registered, path+".present", g.Present)
	c.atMost(path+".writes", g.Writes, path+".present", g.Present)
	if proxies := (1 - g.UsesPatientLogin) * g.Present; proxies > g.Registered+1e-9 {
		c.fail(fmt.Sprintf("%s: caregivers write %.4g of their threads on a login of their own, and %v of patients have a registered proxy",
			path, 1-g.UsesPatientLogin, g.Registered),
			fmt.Sprintf("set uses_patient_login to %.4g or more, or registered higher", 1-g.Registered/g.Present),
			path+".uses_patient_login", path+".registered")
	}
}

func (c checker) demand(d *Demand) {
	c.share("the shares of office and evening", d.Week.Office+d.Week.Evening, "demand.week.office", "demand.week.evening")
	total := 0.0
	for _, w := range d.Categories.Weights() {
		total += w
	}
	if total <= 0 || math.IsInf(total, 0) {
		c.fail("the categories have no weight that can be used", "give at least one category a weight above 0", "demand.categories")
	}
	if share := d.Categories.ClinicalShare(); max(d.Urgency.Actual, d.Urgency.HighRisk) > share {
		c.fail(fmt.Sprintf("urgent or high-risk are %v of the threads, and only %.4g are in clinical categories", max(d.Urgency.Actual, d.Urgency.HighRisk), share),
			"only clinical threads can be urgent: set the shares lower, or give the clinical categories more weight",
			"demand.urgency.high_risk", "demand.urgency.actual", "demand.categories")
	}
	if worded := d.Urgency.Actual * d.Urgency.WordedIfUrgent; worded > d.Urgency.HighRisk+1e-9 {
		const path = "demand.urgency."
		c.fail(fmt.Sprintf("high_risk is %v, less than actual x worded_if_urgent = %.4g", d.Urgency.HighRisk, worded),
			"urgent threads worded with high-risk symptoms are a part of high_risk: raise it, or lower one of the two",
			path+"high_risk", path+"actual", path+"worded_if_urgent")
	}
}

func (c checker) replay(r Replay) {
	for _, d := range []struct {
		name string
		span Duration
		most time.Duration
	}{{"window", r.Window, 7 * 24 * time.Hour}, {"for", r.For, 24 * time.Hour}} {
		if span := time.Duration(d.span); span <= 0 || span > d.most {
			c.fail(fmt.Sprintf("replay.%s is %s", d.name, d.span),
				fmt.Sprintf("it must be more than 0 and at most %s", Duration(d.most)), "replay."+d.name)
		}
	}
	if time.Duration(r.WarmUp) > 24*time.Hour {
		c.fail(fmt.Sprintf("replay.warm_up is %s", r.WarmUp), "it must be at most 24h", "replay.warm_up")
	}
}
