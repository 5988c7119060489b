package scenarios

import "fmt"

// Check holds a policy against the scenario it is to be tried in: the staff it needs must be there.
func Check(s *Scenario, p *Policy) error {
	needsPool := p.Route.First == "rn" || p.Route.ClosedWithoutPhysician > 0
	if needsPool && !s.hasRole(RN) {
		return fmt.Errorf("policy %s needs a nurse pool and no staff group has the role rn: add a group with role: rn, or choose another policy",
			p.Name)
	}
	return nil
}

// checkPolicy adds what is wrong with a policy whose levers are each within their range.
func checkPolicy(p *Policy, root *node, f *findings) {
	c := checker{root, f}
	if p.Order == "urgency" && p.Classify.By == "none" {
		c.fail("order is urgency, and nothing says which messages are urgent", "choose what classify is by: patient, keywords or model", "order", "classify.by")
	}
	if p.Classify.By != "keywords" && p.Classify.By != "model" {
		return
	}
	given := func(name string) bool { return root.find("classify."+name) != nil }
	if !given("sensitivity") {
		c.fail("classify: "+p.Classify.By+" needs a sensitivity", "add sensitivity: the share of high-risk messages found", "classify.by")
	}
	switch {
	case given("specificity") && given("precision"):
		c.fail("classify gives both specificity and precision", "delete one: each says how many false alarms there are",
			"classify.specificity", "classify.precision")
	case given("precision"):
		c.precision(p.Classify)
	case !given("specificity"):
		c.fail("classify: "+p.Classify.By+" needs a specificity",
			"add specificity, or precision with the prevalence it was measured at", "classify.by")
	}
}

// precision checks that a precision can be turned into a share of false alarms.
func (c checker) precision(l Classify) {
	switch {
	case c.root.find("classify.prevalence") == nil:
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
