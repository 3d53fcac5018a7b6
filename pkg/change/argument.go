package change

import (
	"errors"
	"strings"

	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/record"
	"github.com/rabbitctl/rabbitctl/pkg/topology"
)

// arguments are the optional arguments of a declaration, by key.
type arguments map[string]any

func (a arguments) set(key string, value any) error {
	if _, twice := a[key]; twice {
		return fail.Usagef("%s is given twice", key)
	}
	a[key] = value
	return nil
}

// flag returns the option --argument, which takes any argument. parse reads its text, and depends on the kind of
// object.
func (a arguments) flag(parse func(text string) (string, any, error)) Param {
	help := "any optional argument, as `KEY[:TYPE]=VALUE` (TYPE: int, string, bool, json; without it KEY and VALUE " +
		"decide; may be repeated)"
	return Param{Name: "argument", Help: help, Role: Option, Free: true, Set: func(text string) error {
		key, value, err := parse(text)
		if errors.Is(err, topology.Form) {
			var form *fail.Error
			errors.As(err, &form)
			return form.Next("for example --argument x-max-length=1000")
		}
		if err != nil {
			return err
		}
		return a.set(key, value)
	}}
}

// option returns an option for one well-known argument.
func (a arguments) option(known topology.Argument, name, help string) Param {
	p := Param{Name: name, Help: help + " (" + known.Key + ")", Role: Option, Free: true, Words: known.Words,
		Set: func(text string) error {
			value, err := known.Parse(text)
			if err != nil {
				return err
			}
			return a.set(known.Key, value)
		}}
	if known.Kind == topology.Truth {
		p.Kind, p.Help = Truth, help
	}
	return p
}

// sent returns the arguments for a request: an empty map, not nil, if there are none.
func (a arguments) sent() map[string]any {
	sent := map[string]any{}
	for k, v := range a {
		sent[k] = v
	}
	return sent
}

// differing returns a table of the properties that are not as wanted.
func differing(all []topology.Difference) record.Section {
	s := record.Section{Name: "differences", Columns: []record.Column{
		{Name: "property"}, {Name: "wanted"}, {Name: "has"}, {Name: "decided_by"}, {Name: "policy_can_set_it"}}}
	for _, x := range all {
		s.Rows = append(s.Rows, record.Row{record.Of(x.Property), record.Of(x.Wanted), record.Of(x.Has),
			record.Of(x.DecidedBy), record.Of(x.Policy)})
	}
	return s
}

// shown returns the arguments as text for a sentence, such as {"x-match":"any"}, or "" if there are none.
func (a arguments) shown() string {
	if len(a) == 0 {
		return ""
	}
	return strings.TrimSpace(record.Of(map[string]any(a)).Text())
}
