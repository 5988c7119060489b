package fhir

import (
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"github.com/portalbench/portalbench/bench"
	"github.com/portalbench/portalbench/scenarios"
)

// Resident is somebody of a population. What an account does not say is of patients alone.
type Resident struct {
	Account    *bench.Account
	Age        int // years
	Woman      bool
	English    bool // is the language they prefer
	Conditions []scenarios.Condition
	Clinicians []*bench.Account // who look after them, the primary care physician first
}

// Census writes people as FHIR R4 resources, one JSON line each, by type: newline-delimited JSON as in bulk data. Ids are
// the logins, which any load of the same scenario and seed looks for, so that it uses those who are there.
type Census struct {
	Open func(kind string) io.Writer // where resources of a type go; asked for each of them
	Year int                         // in which people have their age
}

// Kinds lists the types of resources in an order in which they can be loaded one after the other.
func Kinds() []string {
	return []string{"Practitioner", "PractitionerRole", "CareTeam", "Patient", "RelatedPerson", "Condition"}
}

type humanName struct {
	Use    string   `json:"use,omitempty"`
	Text   string   `json:"text,omitempty"`
	Family string   `json:"family,omitempty"`
	Given  []string `json:"given,omitempty"`
}

type spoken struct {
	Language  concept `json:"language"`
	Preferred bool    `json:"preferred,omitempty"`
}

type member struct {
	Member reference `json:"member"`
}

// resident is a Patient, Practitioner, RelatedPerson or CareTeam of a census.
type resident struct {
	ResourceType        string       `json:"resourceType"`
	ID                  string       `json:"id"`
	Identifier          []identifier `json:"identifier"`
	Active              bool         `json:"active,omitempty"`
	Status              string       `json:"status,omitempty"`
	Patient             *reference   `json:"patient,omitempty"`
	Relationship        []concept    `json:"relationship,omitempty"`
	Name                any          `json:"name,omitempty"`
	Gender              string       `json:"gender,omitempty"`
	BirthDate           string       `json:"birthDate,omitempty"`
	Communication       []spoken     `json:"communication,omitempty"`
	GeneralPractitioner []reference  `json:"generalPractitioner,omitempty"`
	Participant         []member     `json:"participant,omitempty"`
}

type practice struct {
	ResourceType string    `json:"resourceType"`
	ID           string    `json:"id"`
	Active       bool      `json:"active"`
	Practitioner reference `json:"practitioner"`
	Code         []concept `json:"code"`
}

type condition struct {
	ResourceType       string    `json:"resourceType"`
	ID                 string    `json:"id"`
	ClinicalStatus     concept   `json:"clinicalStatus"`
	VerificationStatus concept   `json:"verificationStatus"`
	Category           []concept `json:"category"`
	Code               concept   `json:"code"`
	Subject            reference `json:"subject"`
}

// Write writes somebody's resources.
func (c *Census) Write(r *Resident) error {
	a := r.Account
	p := resident{ResourceType: kindOf(a, "CareTeam"), ID: a.Login, Identifier: []identifier{{loginSystem, a.Login}}, Active: true, Name: []humanName{nameOf(a.Display)}}
	switch a.Kind {
	case bench.PatientAccount:
		return c.patient(p, r)
	case bench.ProxyAccount:
		p.Patient = &reference{"Patient/" + a.ActsFor}
		p.Relationship = []concept{{Text: "caregiver with a login of their own"}}
	case bench.StaffAccount:
		if err := c.line("PractitionerRole", practice{"PractitionerRole", a.Login + "-role", true, reference{"Practitioner/" + a.Login}, []concept{{Text: a.Role}}}); err != nil {
			return err
		}
	}
	return c.line(p.ResourceType, p)
}

// Team writes a pool with its members.
func (c *Census) Team(pool *bench.Account, members []*bench.Account) error {
	t := resident{ResourceType: "CareTeam", ID: pool.Login, Identifier: []identifier{{loginSystem, pool.Login}}, Status: "active", Name: pool.Display}
	for _, m := range members {
		t.Participant = append(t.Participant, member{reference{"Practitioner/" + m.Login}})
	}
	return c.line("CareTeam", t)
}

func (c *Census) patient(p resident, r *Resident) error {
	p.Gender, p.BirthDate = "male", strconv.Itoa(c.Year-r.Age)
	if r.Woman {
		p.Gender = "female"
	}
	if r.English {
		p.Communication = []spoken{{coded("urn:ietf:bcp:47", "en"), true}}
	} else {
		p.Communication = []spoken{{concept{Text: "other than English"}, true}}
	}
	for _, who := range r.Clinicians {
		p.GeneralPractitioner = append(p.GeneralPractitioner, reference{"Practitioner/" + who.Login})
	}
	if err := c.line("Patient", p); err != nil {
		return err
	}
	for _, has := range r.Conditions {
		if err := c.line("Condition", asCondition(r.Account.Login, has)); err != nil {
			return err
		}
	}
	return nil
}

func asCondition(patient string, has scenarios.Condition) condition {
	const system = "http://terminology.hl7.org/CodeSystem/condition-"
	return condition{ResourceType: "Condition", ID: patient + "-" + strings.ReplaceAll(has.String(), "_", "-"), ClinicalStatus: coded(system+"clinical", "active"),
		VerificationStatus: coded(system+"ver-status", "confirmed"), Category: []concept{coded(system+"category", "problem-list-item")},
		Code:    concept{Coding: []coding{{"http://hl7.org/fhir/sid/icd-10-cm", icd10(has)}}, Text: strings.ReplaceAll(has.String(), "_", " ")},
		Subject: reference{"Patient/" + patient}}
}

// icd10 returns the code of ICD-10-CM for a condition that is not specified further.
func icd10(c scenarios.Condition) string {
	return [...]string{scenarios.Hypertension: "I10", scenarios.Diabetes: "E11.9", scenarios.COPD: "J44.9", scenarios.HeartFailure: "I50.9",
		scenarios.Coronary: "I25.10", scenarios.Asthma: "J45.909", scenarios.Depression: "F32.A", scenarios.Dementia: "F03.90"}[c]
}

func nameOf(display string) humanName {
	given := strings.Fields(display)
	n := humanName{Use: "official", Text: display}
	if last := len(given) - 1; last >= 0 {
		n.Family, n.Given = given[last], slices.Clone(given[:last])
	}
	return n
}

func (c *Census) line(kind string, resource any) error {
	text, err := json.Marshal(resource)
	if err == nil {
		_, err = c.Open(kind).Write(append(text, '\n'))
	}
	if err != nil {
		return fmt.Errorf("writing a %s: %w", kind, err)
	}
	return nil
}
