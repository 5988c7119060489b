package main

import (
	"github.com/portalbench/portalbench/results"
	"github.com/portalbench/portalbench/scenarios"
)

// parameters lists what the study is made with and where it comes from: the scenario's, then those of each policy.
func (s *study) parameters() []results.Parameter {
	list := parametersOf("", s.scenario.Sources())
	for _, p := range s.policies {
		list = append(list, parametersOf(p.Name, p.Sources())...)
	}
	return list
}

func parametersOf(policy string, sources []scenarios.Source) (list []results.Parameter) {
	for _, s := range sources {
		list = append(list, results.Parameter{Path: s.Path, Policy: policy, Value: s.Value, IDs: s.IDs, Assumed: s.Assumed,
			Note: s.Note})
	}
	return list
}

// citations names the publications that parameters come from.
func citations(parameters []results.Parameter) map[string]string {
	cited := map[string]string{}
	for _, p := range parameters {
		for _, id := range p.IDs {
			if e, ok := scenarios.LookUpEvidence(id); ok {
				cited[id] = e.Citation
			}
		}
	}
	return cited
}
