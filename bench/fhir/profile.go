package fhir

import (
	"cmp"
	"errors"
	"fmt"
	"net/url"
	"strings"

	"github.com/portalbench/portalbench/scenarios"
)

// Profile says where a server wants something else than what is sent to any FHIR R4 server: the file of
// --portal fhir:FILE. Its zero value changes nothing.
type Profile struct {
	Systems    Systems   `yaml:"systems,omitempty" json:"systems,omitempty" jsonschema_description:"of identifiers and codes, in place of urn:portalbench:..."`
	Codes      Codes     `yaml:"codes,omitempty" json:"codes,omitempty" jsonschema_description:"in place of our own, as CODE or SYSTEM|CODE"`
	Pools      string    `yaml:"pools,omitempty" json:"pools,omitempty" jsonschema:"enum=CareTeam,enum=Group" jsonschema_description:"what a pool is; default: CareTeam, if the server has it"`
	References string    `yaml:"references,omitempty" json:"references,omitempty" jsonschema:"enum=relative,enum=absolute" jsonschema_description:"how resources refer to each other; default: relative"`
	Read       ReadMark  `yaml:"read,omitempty" json:"read,omitempty" jsonschema_description:"how it is noted that a message was read"`
	Resources  Resources `yaml:"resources,omitempty" json:"resources,omitempty" jsonschema_description:"what is added to resources"`
}

// Systems are names for the systems of identifiers and codes; those that are empty stay as they are.
type Systems struct {
	Login    string `yaml:"login,omitempty" json:"login,omitempty" jsonschema_description:"of the identifiers of people and pools"`
	Tag      string `yaml:"tag,omitempty" json:"tag,omitempty" jsonschema_description:"of the identifiers of threads, messages and tasks"`
	Pool     string `yaml:"pool,omitempty" json:"pool,omitempty" jsonschema_description:"of Task.performerType; its code is the pool's login"`
	Kind     string `yaml:"kind,omitempty" json:"kind,omitempty" jsonschema_description:"of the category that tells threads from messages"`
	Category string `yaml:"category,omitempty" json:"category,omitempty" jsonschema_description:"of what a thread is about"`
}

// Codes are codes for what a Communication is, and for what it is about.
type Codes struct {
	Thread     string     `yaml:"thread,omitempty" json:"thread,omitempty"`
	Message    string     `yaml:"message,omitempty" json:"message,omitempty"`
	Categories Categories `yaml:"categories,omitempty" json:"categories,omitempty"`
}

// Categories are codes for what a thread is about.
type Categories struct {
	Advice      string `yaml:"advice,omitempty" json:"advice,omitempty"`
	Refill      string `yaml:"refill,omitempty" json:"refill,omitempty"`
	Appointment string `yaml:"appointment,omitempty" json:"appointment,omitempty"`
	TestResult  string `yaml:"test_result,omitempty" json:"test_result,omitempty"`
	Referral    string `yaml:"referral,omitempty" json:"referral,omitempty"`
	Education   string `yaml:"education,omitempty" json:"education,omitempty"`
	Other       string `yaml:"other,omitempty" json:"other,omitempty"`
}

// ReadMark is how it is noted that a message was read.
type ReadMark struct {
	Mark      string `yaml:"mark,omitempty" json:"mark,omitempty" jsonschema:"enum=status,enum=received,enum=extension" jsonschema_description:"status (default): in-progress becomes completed; received: that element is set; extension: a dateTime is added"`
	Extension string `yaml:"extension,omitempty" json:"extension,omitempty" jsonschema_description:"URL, for mark: extension"`
}

// Resources are what is added to resources of each type.
type Resources struct {
	Patient       Addition `yaml:"Patient,omitempty" json:"Patient,omitempty"`
	RelatedPerson Addition `yaml:"RelatedPerson,omitempty" json:"RelatedPerson,omitempty"`
	Practitioner  Addition `yaml:"Practitioner,omitempty" json:"Practitioner,omitempty"`
	CareTeam      Addition `yaml:"CareTeam,omitempty" json:"CareTeam,omitempty"`
	Group         Addition `yaml:"Group,omitempty" json:"Group,omitempty"`
	Communication Addition `yaml:"Communication,omitempty" json:"Communication,omitempty" jsonschema_description:"threads and messages"`
	Thread        Addition `yaml:"thread,omitempty" json:"thread,omitempty" jsonschema_description:"the Communications that are threads"`
	Message       Addition `yaml:"message,omitempty" json:"message,omitempty" jsonschema_description:"the Communications that are messages"`
	Task          Addition `yaml:"Task,omitempty" json:"Task,omitempty"`
	Observation   Addition `yaml:"Observation,omitempty" json:"Observation,omitempty"`
	Binary        Addition `yaml:"Binary,omitempty" json:"Binary,omitempty"`
}

// Addition is what a resource claims to be, and elements that it has besides ours. Groups are merged, lists are appended
// to, and anything else takes the place of ours.
type Addition struct {
	Profiles []string       `yaml:"profiles,omitempty" json:"profiles,omitempty" jsonschema_description:"canonical URLs, for meta.profile"`
	Elements map[string]any `yaml:"elements,omitempty" json:"elements,omitempty"`
}

// Ways of noting that a message was read.
const (
	byStatus    = "status"
	byReceived  = "received"
	byExtension = "extension"
)

// ReadProfile reads a profile. Its errors are the user's to mend.
func ReadProfile(file string, src []byte) (*Profile, error) {
	p := &Profile{}
	if err := scenarios.DecodeStrict(file, src, p); err != nil {
		return nil, err
	}
	if err := p.check(); err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	return p, nil
}

func (p *Profile) check() error {
	if (p.Read.Mark == byExtension) != (p.Read.Extension != "") {
		return errors.New("read.extension is the URL of the extension for read.mark: extension, and they need each other")
	}
	for kind, a := range p.additions() {
		for _, ours := range []string{"resourceType", "id", "meta"} {
			if _, there := a.Elements[ours]; there {
				return fmt.Errorf("resources.%s.elements.%s cannot be set: name profiles with resources.%s.profiles", kind, ours, kind)
			}
		}
	}
	seen := map[string]string{}
	for ours, theirs := range p.systems() {
		if other, taken := seen[theirs]; taken {
			return fmt.Errorf("systems: %s and %s are both %s: give each a name of its own", strings.TrimPrefix(other, ownSystems), strings.TrimPrefix(ours, ownSystems), theirs)
		}
		seen[theirs] = ours
	}
	return nil
}

// ownSystems is how our systems begin.
const ownSystems = "urn:portalbench:"

// systems returns the server's names of our systems.
func (p *Profile) systems() map[string]string {
	return map[string]string{
		loginSystem:    cmp.Or(p.Systems.Login, loginSystem),
		tagSystem:      cmp.Or(p.Systems.Tag, tagSystem),
		poolSystem:     cmp.Or(p.Systems.Pool, poolSystem),
		kindSystem:     cmp.Or(p.Systems.Kind, kindSystem),
		categorySystem: cmp.Or(p.Systems.Category, categorySystem),
	}
}

// codes returns the server's codes for ours, where they differ in more than their system.
func (p *Profile) codes() map[coding]string {
	c := p.Codes.Categories
	all := map[coding]string{{kindSystem, header}: p.Codes.Thread, {kindSystem, message}: p.Codes.Message,
		{categorySystem, "advice"}: c.Advice, {categorySystem, "refill"}: c.Refill, {categorySystem, "appointment"}: c.Appointment,
		{categorySystem, "test_result"}: c.TestResult, {categorySystem, "referral"}: c.Referral,
		{categorySystem, "education"}: c.Education, {categorySystem, "other"}: c.Other}
	for ours, theirs := range all {
		if theirs == "" {
			delete(all, ours)
		}
	}
	return all
}

// additions returns what is added to resources, by type, and to the two kinds of Communication.
func (p *Profile) additions() map[string]Addition {
	r := &p.Resources
	return map[string]Addition{"Patient": r.Patient, "RelatedPerson": r.RelatedPerson, "Practitioner": r.Practitioner, "CareTeam": r.CareTeam,
		"Group": r.Group, "Communication": r.Communication, header: r.Thread, message: r.Message, "Task": r.Task,
		"Observation": r.Observation, "Binary": r.Binary}
}

// dialect is a profile made ready for use. Its methods may be called concurrently. A nil one changes nothing.
type dialect struct {
	system     map[string]string
	code       map[coding]coding
	terms      *strings.Replacer // in queries
	additions  map[string]Addition
	references bool // are made absolute
}

func (p *Profile) dialect() *dialect {
	d := &dialect{system: p.systems(), code: map[coding]coding{}, additions: p.additions(), references: p.References == "absolute"}
	var terms []string
	for ours, theirs := range p.codes() {
		system, code, both := strings.Cut(theirs, "|")
		if !both {
			system, code = d.system[ours.System], theirs
		}
		d.code[ours] = coding{system, code}
		terms = append(terms, url.QueryEscape(ours.System+"|"+ours.Code), url.QueryEscape(system+"|"+code))
	}
	for ours, theirs := range d.system { // after the whole terms
		terms = append(terms, url.QueryEscape(ours+"|"), url.QueryEscape(theirs+"|"))
	}
	d.terms = strings.NewReplacer(terms...)
	return d
}

// theirs returns the server's coding for ours.
func (d *dialect) theirs(c coding) coding {
	if d == nil {
		return c
	}
	if code, there := d.code[c]; there {
		return code
	}
	return coding{cmp.Or(d.system[c.System], c.System), c.Code}
}

// query puts the server's terms into a query.
func (d *dialect) query(text string) string {
	if d == nil {
		return text
	}
	return d.terms.Replace(text)
}
