package scenarios

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

// maxProtected bounds a protected slot: there are two a day.
const maxProtected = 4 * time.Hour

// Check holds a policy against the scenario it is to be tried in: the staff it needs must be there.
func Check(s *Scenario, p *Policy) error {
	for _, use := range p.uses() {
		if s.hasRole(use.role) {
			continue
		}
		if use.role == RN && use.field == "route.first" {
			return fmt.Errorf("policy %s needs a nurse pool and no staff group has the role rn: add a group with role: rn, or choose another policy",
				p.Name)
		}
		return fmt.Errorf("policy %s sends threads to %s by %s and no staff group has the role %s: add a group with role: %s, or choose another policy",
			p.Name, poolNames[use.role], numbered(use.field), use.role, use.role)
	}
	return nil
}

var poolNames = [numRoles]string{APP: "advanced practice providers", RN: "nurses", MA: "medical assistants",
	Pharmacist: "pharmacists", FrontDesk: "the front desk"}

// use is a field of a policy that sends threads to the pool of a role.
type use struct {
	field string
	role  Role
}

// uses returns every pool that a policy sends threads to, in the order of the language.
func (p *Policy) uses() []use {
	var all []use
	add := func(field, name string) {
		if r, ok := ParseRole(name); ok {
			all = append(all, use{field, r})
		}
	}
	add("route.first", p.Route.First)
	for i, name := range p.Route.Team {
		add("route.team."+strconv.Itoa(i), name)
	}
	if p.Route.First == "addressee" && p.Route.ClosedWithoutPhysician > 0 {
		all = append(all, use{"route.first", p.Picker()})
	}
	for i, c := range p.Route.ByCategory {
		add(fmt.Sprintf("route.by_category.%d.to", i), c.To)
	}
	for i, r := range p.Route.Rules {
		add(fmt.Sprintf("route.rules.%d.to", i), r.To)
	}
	add("refill.by", p.Refill.By)
	add("standard.escalate_to", p.Standard.EscalateTo)
	return all
}

// Picker returns the role whose pool picks what it may close off the clinicians' lists when threads go to their
// addressees first: the first of the team, or nurses where there is none.
func (p *Policy) Picker() Role {
	if len(p.Route.Team) > 0 {
		r, _ := ParseRole(p.Route.Team[0])
		return r
	}
	return RN
}

// checkPolicy adds what is wrong with a policy whose levers are each within their range.
func checkPolicy(p *Policy, root *node, f *findings) {
	c := checker{root, f}
	c.classify(p.Classify)
	c.route(&p.Route)
	c.order(p)
	c.work(p.Work)
	c.draft(p.Draft)
	c.refill(p.Refill)
	c.cover(p)
	c.standard(p)
	c.billing(p.Billing)
}

// given reports whether a field has been written down.
func (c checker) given(path string) bool { return c.root.find(path) != nil }

// idle reports fields, given in vain: nothing makes use of them unless something else is chosen.
func (c checker) idle(because, hint string, paths ...string) {
	for _, path := range paths {
		if n := c.root.find(path); n != nil && n.text != "0" && (n.kind != sequence || len(n.items) > 0) {
			c.fail(path+" is given, and "+because, hint, path)
		}
	}
}

// notZero reports a zero where leaving the field out means something else.
func (c checker) notZero(path string, value float64, hint string) {
	if c.given(path) && value == 0 {
		c.fail(path+" is 0", hint, path)
	}
}

func (c checker) classify(l Classify) {
	c.notZero("classify.category_accuracy", l.CategoryAccuracy,
		"leave it out, and the category is the one the sender picked; or write a share above 0")
	for i, s := range l.Strata {
		c.expression(fmt.Sprintf("classify.strata.%d.when", i), s.When)
	}
	if l.By != "keywords" && l.By != "model" {
		c.idle("classify.by is "+l.By, "choose keywords or model, or delete it", "classify.sensitivity",
			"classify.specificity",
			"classify.precision", "classify.prevalence", "classify.strata")
		return
	}
	if !c.given("classify.sensitivity") {
		c.fail("classify: "+l.By+" needs a sensitivity", "add sensitivity: the share of high-risk messages found",
			"classify.by")
	}
	switch {
	case c.given("classify.specificity") && c.given("classify.precision"):
		c.fail("classify gives both specificity and precision", "delete one: each says how many false alarms there are",
			"classify.specificity", "classify.precision")
	case c.given("classify.precision"):
		c.precision(l)
	case !c.given("classify.specificity"):
		c.fail("classify: "+l.By+" needs a specificity",
			"add specificity, or precision with the prevalence it was measured at", "classify.by")
	case c.given("classify.prevalence"):
		c.fail("classify gives a prevalence and no precision", "delete it: a specificity does not depend on it",
			"classify.prevalence")
	}
}

// precision checks that a precision can be turned into a share of false alarms.
func (c checker) precision(l Classify) {
	switch {
	case !c.given("classify.prevalence"):
		c.fail("classify gives a precision without the prevalence it was measured at",
			"add prevalence: a precision means nothing without it", "classify.precision")
	case l.Precision == 0:
		c.fail("classify.precision is 0: every alarm would be false", "write a share above 0, or give specificity instead",
			"classify.precision")
	case l.Prevalence == 0 || l.Prevalence == 1:
		c.fail(fmt.Sprintf("classify.prevalence is %v", l.Prevalence), "write a share between 0 and 1, neither included",
			"classify.prevalence")
	case l.FalseAlarms() > 1:
		c.fail(fmt.Sprintf("sensitivity, precision and prevalence contradict one another: %.3g of the other messages would be flagged",
			l.FalseAlarms()), "a share cannot exceed 1: check the three against their source",
			"classify.precision", "classify.prevalence", "classify.sensitivity")
	}
}

// expression reports one that says nothing.
func (c checker) expression(path string, e Expr) {
	if strings.TrimSpace(e.Text) == "" {
		c.fail(path+" is empty", "write a condition, such as category == 'renewal'; true holds for every thread", path)
	}
}

func (c checker) route(r *Route) {
	if len(r.Team) == 1 {
		c.fail("route.team has one role", "a team is two or more; one role's pool is route.first: "+r.Team[0], "route.team")
	}
	c.noneTwice("route.team", r.Team)
	c.team(r.Team, r.First, "route.first")
	var categories []string
	for i, d := range r.ByCategory {
		path := fmt.Sprintf("route.by_category.%d", i)
		if slices.Contains(categories, d.Category) {
			c.fail("route.by_category has "+d.Category+" twice", "delete one of the two", path+".category")
		}
		categories = append(categories, d.Category)
		c.destination(r.Team, d.To, d.Closes, path)
	}
	for i, d := range r.Rules {
		path := fmt.Sprintf("route.rules.%d", i)
		if i > 0 && strings.TrimSpace(r.Rules[i-1].When.Text) == "true" {
			c.fail(path+" is never reached: the rule before it holds for every thread", "put it before that rule, or delete it",
				path+".when")
		}
		c.expression(path+".when", d.When)
		c.destination(r.Team, d.To, d.Closes, path)
	}
}

// destination checks where a category or a rule sends threads.
func (c checker) destination(team []string, to string, closes float64, path string) {
	c.team(team, to, path+".to")
	if to == "addressee" && closes > 0 {
		c.fail(fmt.Sprintf("%s.closes is %v, and the addressee is no pool", path, closes),
			"write closes: 0, or send the threads to a pool", path+".closes")
	}
}

// team reports threads sent to a team that nobody belongs to.
func (c checker) team(team []string, to, path string) {
	if to == "team" && len(team) == 0 {
		c.fail(path+" is team, and no role belongs to it", "add route.team, such as team: [rn, ma]", path)
	}
}

// noneTwice checks that a list has everything once.
func (c checker) noneTwice(path string, list []string) {
	for i, name := range list {
		if slices.Contains(list[:i], name) {
			c.fail(path+" has "+name+" twice", "delete one of the two", path+"."+strconv.Itoa(i))
		}
	}
}

func (c checker) order(p *Policy) {
	c.noneTwice("category_order", p.ByRank)
	switch {
	case p.Order == "urgency" && p.Classify.By == "none":
		c.fail("order is urgency, and nothing says which messages are urgent",
			"choose what classify is by: patient, keywords or model", "order", "classify.by")
	case p.Order == "deadline" && p.Standard.BusinessDays == 0:
		c.fail("order is deadline, and no thread has one", "add standard.business_days, such as standard: {business_days: 3}",
			"order", "standard.business_days")
	case p.Order == "category" && len(p.ByRank) == 0:
		c.fail("order is category, and nothing says which goes first",
			"add category_order, such as [symptom, medication, result]",
			"order", "category_order")
	case p.Order != "category":
		c.idle("order is "+p.Order, "choose order: category, or delete it", "category_order")
	}
}

func (c checker) work(w Work) {
	switch {
	case w.Sessions == "batched" && w.TimesADay == 0:
		c.fail("work.sessions is batched, and nothing says how often", "add times_a_day, such as times_a_day: 2",
			"work.sessions", "work.times_a_day")
	case w.Sessions != "batched":
		c.idle("work.sessions is not batched", "choose sessions: batched, or delete it", "work.times_a_day")
	}
	if slot := time.Duration(w.Protected); slot > maxProtected {
		c.fail("work.protected_slot is "+w.Protected.String(),
			"there are two a day: at most "+Duration(maxProtected).String(), "work.protected_slot")
	}
}

func (c checker) draft(d Draft) {
	const saves, reading = "draft.physician_saves_seconds", "draft.extra_reading_seconds"
	if d.By == "" || d.By == "none" {
		c.idle("draft.by is none", "choose draft.by: template or ai, or delete it", saves, "draft.staff_saves_seconds",
			reading, "draft.use")
		return
	}
	c.notZero("draft.use", d.Use, "leave it out, and savings are averages over all replies; or choose draft.by: none")
	if !c.given(saves) && !c.given("draft.staff_saves_seconds") && !c.given(reading) {
		c.fail("draft.by is "+d.By+", and it changes nothing",
			"add physician_saves_seconds, staff_saves_seconds or extra_reading_seconds", "draft.by")
	}
}

func (c checker) refill(r Refill) {
	switch {
	case r.By == "":
		c.idle("nobody works by the protocol", "add refill.by: rn, ma or pharmacist", "refill.covered", "refill.closed")
	case !c.given("refill.covered") || !c.given("refill.closed"):
		c.fail("refill.by is "+r.By+", and the protocol lacks covered or closed",
			"add covered, the share of renewals it covers, and closed, the share of these it closes", "refill.by")
	}
}

func (c checker) cover(p *Policy) {
	switch by := p.Cover.By; {
	case by == "coverer" && p.Cover.Physicians == 0:
		c.fail("cover.by is coverer, and nothing says for how many physicians", "add physicians_per_coverer, such as 10",
			"cover.by", "cover.physicians_per_coverer")
	case by != "coverer":
		c.idle("cover.by is not coverer", "choose cover.by: coverer, or delete it", "cover.physicians_per_coverer")
	}
	if p.Cover.By == "on_call" && p.Classify.By == "none" {
		c.fail("cover.by is on_call, and nothing says which messages are urgent",
			"the one on call takes what is urgent: choose what classify is by: patient, keywords or model", "cover.by",
			"classify.by")
	}
}

func (c checker) standard(p *Policy) {
	to := p.Standard.EscalateTo
	if to != "" && to != "none" && p.Standard.BusinessDays == 0 {
		c.fail("standard.escalate_to is "+to+", and there is no standard to miss", "add business_days, such as 3",
			"standard.escalate_to", "standard.business_days")
	}
	if p.Standard.BusinessDays > 0 && (to == "" || to == "none") && p.Order != "deadline" {
		c.fail(fmt.Sprintf("standard.business_days is %d, and nothing comes of missing it", p.Standard.BusinessDays),
			"add standard.escalate_to, or choose order: deadline; the share answered in 1 and 2 business days is measured anyway",
			"standard.business_days")
	}
	c.team(p.Route.Team, to, "standard.escalate_to")
}

func (c checker) billing(b Billing) {
	c.notZero("billing.demand", b.Demand, "nobody would write: leave it out for no change, or write a share above 0")
	if !c.given("billing.demand") || b.Demand == 1 {
		c.idle("billing.demand takes nothing away", "add billing.demand below 1, or delete it", "billing.phones_instead")
	}
}
