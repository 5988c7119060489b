package report

import (
	"cmp"
	"slices"
	"strings"

	"github.com/portalbench/portalbench/generators"
	"github.com/portalbench/portalbench/scenarios"
)

// evidenceUse is a row of the evidence table with the parameters taken from it.
type evidenceUse struct {
	scenarios.Evidence
	UsedFor []string // paths; those of policies with the policy's name before them
}

// evidenceUses returns the rows of the evidence table that the scenario and its policies cite, by id.
func evidenceUses(s Stress) []evidenceUse {
	users := map[string][]string{}
	cite := func(prefix string, sources []scenarios.Source) {
		for _, source := range sources {
			for _, id := range source.IDs {
				users[id] = append(users[id], prefix+source.Path)
			}
		}
	}
	cite("", s.Scenario.Sources())
	for _, p := range s.Policies {
		cite(p.Name+": ", p.Sources())
	}
	var uses []evidenceUse
	for _, e := range scenarios.EvidenceTable() {
		if len(users[e.ID]) > 0 {
			uses = append(uses, evidenceUse{e, users[e.ID]})
		}
	}
	slices.SortStableFunc(uses, func(a, b evidenceUse) int { return cmp.Compare(a.ID, b.ID) })
	return uses
}

// What describes the quantity and of whom it was measured.
func (e evidenceUse) What() string {
	if e.Subgroup == "" {
		return e.Quantity
	}
	return e.Quantity + " (" + e.Subgroup + ")"
}

// Number is the published value with its unit and, where the source gives one, its interval or range.
func (e evidenceUse) Number() string {
	text := e.Value
	if e.Low != "" || e.High != "" {
		text += " (" + e.Low + "–" + e.High + ")"
	}
	return strings.TrimSpace(text + " " + e.Unit)
}

// Publication is where the number stands.
func (e evidenceUse) Publication() string {
	parts := []string{e.Citation}
	if refs := references(e.DOI); refs != "" {
		parts = append(parts, refs)
	}
	if e.Where != "" {
		parts = append(parts, e.Where)
	}
	return strings.Join(parts, ", ")
}

// Sample is the setting and the year of the numbers.
func (e evidenceUse) Sample() string {
	return strings.Trim(e.Setting+", "+e.Year, ", ")
}

// assumptions is the part of a declaration with the names of its assumed parameters.
type assumptions struct {
	Part  string
	Names []string
}

// Assumptions lists the assumed parameters of the scenario and then of the policies, by the group they are in.
func (d *stressDocument) Assumptions() []assumptions {
	var all []assumptions
	add := func(part string, rows []parameter) {
		for _, p := range rows {
			if !p.Assumed {
				continue
			}
			group, name := part, p.Path
			if i := strings.LastIndex(p.Path, "."); i >= 0 {
				group, name = strings.TrimSpace(part+" "+p.Path[:i]), p.Path[i+1:]
			}
			i := slices.IndexFunc(all, func(a assumptions) bool { return a.Part == group })
			if i < 0 {
				i = len(all)
				all = append(all, assumptions{Part: group})
			}
			all[i].Names = append(all[i].Names, name)
		}
	}
	for _, t := range d.Sections {
		add("", t.Rows)
	}
	for _, a := range d.Arms {
		add("policy "+a.Name+":", a.Settings)
	}
	return all
}

// census counts the parameters of the scenario and its policies by where their values come from.
type census struct {
	All, Published, Assumed int
	Own                     []string // set by whoever runs the study, or from a file that names no source
}

// Census is as the type says; paths of policies have the policy's name before them.
func (d *stressDocument) Census() census {
	var c census
	tally := func(prefix string, sources []scenarios.Source) {
		for _, s := range sources {
			c.All++
			switch {
			case s.Assumed:
				c.Assumed++
			case len(s.IDs) > 0:
				c.Published++
			default:
				c.Own = append(c.Own, prefix+s.Path)
			}
		}
	}
	tally("", d.Study.Scenario.Sources())
	for _, p := range d.Study.Policies {
		tally(p.Name+": ", p.Sources())
	}
	return c
}

// Derived returns the published parameters whose value is not the source's as printed, or needed choosing.
func (d *stressDocument) Derived() []parameter {
	var all []parameter
	for _, t := range d.Sections {
		for _, p := range t.Rows {
			if len(p.IDs) > 0 && p.Note != "" {
				all = append(all, p)
			}
		}
	}
	return all
}

// resource is a staff group as a row of the table of resources.
type resource struct {
	Name, Role, Clinic string
	FTE                float64
	People             int
	Inbox              string
	Habits             string // what the group does apart from its calendar
}

// Resources lists the staff groups by name.
func (d *stressDocument) Resources() []resource {
	var all []resource
	for _, name := range d.Groups() {
		g := d.Staff[name]
		role, _ := scenarios.ParseRole(g.Role)
		r := resource{name, g.Role, g.Clinic, g.FTE, generators.Headcount(g), "the pool of the role",
			"finish what is in hand"}
		if role.IsPhysician() {
			r.Inbox = "each their own"
		}
		if g.ShiftEnd == "resume" {
			r.Habits = "put down what is in hand"
		}
		if g.Interruptions.WhenEmpty {
			r.Habits += "; leave when nothing waits"
		}
		all = append(all, r)
	}
	return all
}

// Teams names the policies under which roles share an inbox.
func (d *stressDocument) Teams() []string {
	var names []string
	for _, a := range d.Arms {
		if len(a.Route.Team) > 0 {
			names = append(names, code(a.Name))
		}
	}
	return names
}
