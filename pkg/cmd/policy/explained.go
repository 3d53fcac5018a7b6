package policy

import (
	"fmt"
	"strings"

	"github.com/rabbitctl/rabbitctl/pkg/health"
	"github.com/rabbitctl/rabbitctl/pkg/record"
	"github.com/rabbitctl/rabbitctl/pkg/topology"
	"github.com/rabbitctl/rabbitctl/pkg/verb"
)

// explained returns the verdict on the policies that match an object.
func explained(o object, vhost string, found []match, untold []string) verb.Report {
	own, operators := rank(o, found, false), rank(o, found, true)
	settings := topology.Settings(o.Object, o.arguments, own.applies(), operators.applies())
	r := verb.Report{Result: health.Result{Summary: fmt.Sprintf("%s %s in virtual host %s: %s", o.noun(), o.Name, vhost,
		appliesText(own, operators))}}
	warn := func(format string, args ...any) {
		r.Status = health.Warning
		r.Details = append(r.Details, fmt.Sprintf(format, args...))
	}
	for _, one := range []ranked{own, operators} {
		if len(one.tied) > 0 {
			r.Details = append(r.Details, tie(one))
		}
		if one.unreported {
			r.Status = health.Worse(r.Status, health.Unknown)
		}
		if one.unreported && !one.open {
			why := "the broker does not report which " + kindOf(one.all[0]) + " applies: of a new " + o.noun() + " or policy " +
				"it does after some seconds, without statistics "
			if !o.Exchange {
				why += "or while the queue's node is down "
			}
			r.Details = append(r.Details, why+"it does not")
		}
		if one.disputed != "" {
			warn("%s", one.disputed)
		}
	}
	for _, s := range settings {
		if s.Note != "" {
			r.Details = append(r.Details, fmt.Sprintf("%s (%s): %s", s.Key, s.By, s.Note))
		}
	}
	if r.Status == health.OK {
		for _, key := range disagreeing(o, own.applies(), operators.applies()) {
			warn("%s: the broker reports %s as the effect of both policies, but by their definitions it is %s", key,
				value(o.effective.Map(), key), value(merged(own.applies(), operators.applies()), key))
		}
	}
	if len(untold) > 0 {
		r.Status = health.Unknown
		r.Details = append(r.Details, "only the broker can match the pattern of "+strings.Join(untold, ", "))
	}
	r.LookedAt = "the policies, arguments and what the broker reports"
	if o.policy.Absent() {
		r.LookedAt = "the policies and arguments; the broker does not report which policy applies"
	}
	r.Evidence = record.Document{settingSection(settings), policySection(own, operators)}
	return r
}

func appliesText(own, operators ranked) string {
	var names []string
	for _, r := range []ranked{own, operators} {
		if p := r.applies(); p != nil {
			name := kindOf(*p) + " " + p.Name
			if r.open {
				name += " or " + strings.Join(r.tied, " or ")
			}
			names = append(names, name)
		}
	}
	switch len(names) {
	case 0:
		return "no policy applies"
	case 1:
		return names[0] + " applies"
	}
	return strings.Join(names, " and ") + " apply"
}

// tie returns a sentence that names the policies with equal priority.
func tie(r ranked) string {
	p := r.applies()
	text := fmt.Sprintf("tie: %s and %s have priority %d", p.Name, strings.Join(r.tied, ", "), p.Priority)
	if r.open {
		return text + ", and the broker does not report which one applies: if the policy is new, try again in some seconds"
	}
	return text + "; the broker chose " + p.Name + ", and may choose otherwise after a change"
}

func merged(own, operator *topology.Policy) map[string]any {
	var a, b map[string]any
	if own != nil {
		a = own.Definition
	}
	if operator != nil {
		b = operator.Definition
	}
	return topology.Merged(a, b)
}

// disagreeing returns the keys for which the broker reports another value than the policies set. It returns none if the
// broker does not report the merged definition of both policies.
func disagreeing(o object, own, operator *topology.Policy) []string {
	if !o.effective.Known() {
		return nil
	}
	return topology.Differing(o.effective.Map(), merged(own, operator))
}

func value(definition map[string]any, key string) string {
	v, set := definition[key]
	if !set {
		return "nothing"
	}
	return topology.Written(v)
}

func settingSection(settings []topology.Setting) record.Section {
	s := record.Section{Name: "settings", Optional: true, Columns: []record.Column{{Name: "key"}, {Name: "value"},
		{Name: "from"}, {Name: "instead_of", Kind: record.List}, {Name: "note"}}}
	for _, x := range settings {
		var instead record.Value
		if len(x.Beside) > 0 {
			instead = record.Of(x.Beside)
		}
		s.Rows = append(s.Rows, record.Row{record.Of(x.Key), record.Of(x.Value), record.Of(x.By), instead, known(x.Note)})
	}
	return s
}

func policySection(all ...ranked) record.Section {
	s := record.Section{Name: "policies", Optional: true, Columns: []record.Column{{Name: "kind"}, {Name: "name"},
		{Name: "priority", Kind: record.Ordinal}, {Name: "pattern"}, {Name: "apply-to"}, {Name: "definition"},
		{Name: "outcome"}}}
	for _, r := range all {
		for i, p := range r.all {
			s.Rows = append(s.Rows, record.Row{record.Of(kindOf(p)), record.Of(p.Name), record.Of(p.Priority),
				record.Of(p.Pattern), record.Of(p.ApplyTo), record.Of(p.Definition), record.Of(r.why[i])})
		}
	}
	return s
}
