package change

import (
	"context"
	"encoding/json"
	"slices"

	"github.com/rabbitctl/rabbitctl/pkg/broker"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/record"
)

// parameter is a runtime parameter. It belongs to a component in a virtual host, or to the whole cluster.
type parameter struct {
	// component is the name of the component; "" for a parameter of the whole cluster.
	component, name string
	value           json.RawMessage
	// noun names the parameter in a sentence. plugin is the plugin that has the component; "" if it is not known.
	noun, plugin string
}

// ofComponent returns a function that lists the names of a component's parameters in a virtual host. For component ""
// it lists those of all components.
func ofComponent(component string) func(context.Context, *broker.Client, string) ([]string, error) {
	return func(ctx context.Context, c *broker.Client, vhost string) ([]string, error) {
		type one struct{ component, name string }
		reader := record.NewReader(func(b *record.Binder, p *one) {
			b.Text("component", &p.component)
			b.Text("name", &p.name)
		})
		var names []string
		for p, err := range reader.All(c.Parameters(ctx, vhost, reader.Columns())) {
			if err != nil {
				return nil, err
			}
			if component == "" || p.component == component {
				names = append(names, p.name)
			}
		}
		return names, nil
	}
}

func globalNames(ctx context.Context, c *broker.Client, _ string) ([]string, error) {
	return record.Texts(c.GlobalParameters(ctx, record.Named("name")))
}

// components returns the components of RabbitMQ itself and of the plugins that come with it, without those of policies:
// policies have their own commands.
func components() []string {
	return []string{"shovel", "federation-upstream", "federation-upstream-set", "vhost-limits"}
}

// componentArg returns the parameter for the component. It refuses the component policy, as brokers do. done is the
// verb in the text of that refusal: set or cleared.
func (p *parameter) componentArg(done string) Param {
	return Param{Name: "component", Words: components(), Set: func(text string) error {
		p.component = text
		if text == "policy" {
			return fail.Usagef("policies may not be %s using this method", done).
				Next("rabbitctl set_policy and clear_policy are for them")
		}
		return nil
	}}
}

// title returns the words that name the runtime parameter in a sentence.
func (p *parameter) title(at Site) string {
	switch {
	case p.component == "":
		return "global parameter " + p.name
	case p.noun != "parameter":
		return p.noun + " " + p.name + " in virtual host " + at.VHost
	}
	return "parameter " + p.name + " of " + p.component + " in virtual host " + at.VHost
}

// read returns the present value of the runtime parameter, and whether it exists.
func (p *parameter) read(ctx context.Context, at Site) (value record.Value, there bool, err error) {
	var has record.Value
	if p.component == "" {
		has, err = at.Broker.GlobalParameter(ctx, p.name)
	} else {
		has, err = at.Broker.Parameter(ctx, p.component, at.VHost, p.name)
	}
	if broker.IsNotFound(err) {
		return nil, false, nil
	}
	return has.At("value"), err == nil, err
}

// missing returns the error that the runtime parameter does not exist.
func (p *parameter) missing(at Site, err error) error {
	m := &Missing{What: p.noun, Name: p.name, Err: err}
	if p.component != "" {
		m.VHost = at.VHost
	}
	if p.noun == "parameter" { // a parameter of this name can exist in another component
		m.Name = p.name + " of " + p.component
		m.Names = func(ctx context.Context, c *broker.Client, vhost string) ([]string, error) {
			names, err := ofComponent(p.component)(ctx, c, vhost)
			for i := range names {
				names[i] += " of " + p.component
			}
			return names, err
		}
	}
	return m
}

// SetParameter creates or replaces a runtime parameter.
func SetParameter() Op {
	p := &parameter{noun: "parameter"}
	return Op{
		Name: "set_parameter", Noun: p.noun, Scoped: true, Compares: true,
		Params: []Param{p.componentArg("set"), Arg("name", &p.name, ofComponent("")),
			Param{Name: "value", Set: jsonInto(&p.value)}.FromFile()},
		Plan: p.set,
	}
}

// SetGlobalParameter creates or replaces a runtime parameter of the whole cluster.
func SetGlobalParameter() Op {
	p := &parameter{noun: "global parameter"}
	return Op{
		Name: "set_global_parameter", Noun: p.noun, Compares: true,
		Params: []Param{Arg("name", &p.name, globalNames), Param{Name: "value", Set: jsonInto(&p.value)}.FromFile()},
		Plan:   p.set,
	}
}

func (p *parameter) put(ctx context.Context, at Site) error {
	if p.component == "" {
		return at.Broker.SetGlobalParameter(ctx, p.name, p.value)
	}
	return p.refused(at, inVHost(ctx, at, at.Broker.SetParameter(ctx, p.component, at.VHost, p.name, p.value)))
}

func (p *parameter) set(ctx context.Context, at Site) (*Plan, error) {
	word, do := "created", "set "
	if p.plugin != "" {
		do = "declare "
	}
	plan := Once(do+p.title(at), word, func(ctx context.Context) error { return p.put(ctx, at) })
	if at.Official {
		return plan, nil
	}
	has, there, err := p.read(ctx, at)
	switch {
	case err != nil:
		return nil, err
	case !there && p.component != "":
		// The broker gives the same answer whether the parameter or the virtual host is missing.
		if err := at.Broker.EnterVHost(ctx, at.VHost); err != nil {
			return nil, err
		}
		if err := p.pluginOn(ctx, at); err != nil {
			return nil, err
		}
		plan.Now = "missing"
	case !there:
		plan.Now = "missing"
	case sameJSON(has, record.Value(p.value)):
		return plan.Already("unchanged"), nil
	default:
		word = "changed"
	}
	plan.Hits, plan.Notes = p.compared(has, there)
	if p.component == "" && p.name == "cluster_name" {
		warnOfExchangeLinks(ctx, at.Broker, plan)
	}
	if at.DryRun && p.component != "" && !slices.Contains(components(), p.component) {
		plan.Notes = append(plan.Notes, "only setting the parameter shows whether the broker has a component "+p.component)
	}
	return plan.Seen(func(ctx context.Context, o Outcome) (Outcome, error) {
		o.Word = word
		now, there, err := p.read(ctx, at)
		switch {
		case err != nil:
			return o, fail.New(fail.KindOf(err), "%s was set, but cannot be read back: %w", p.title(at), err)
		case !there || !sameJSON(now, record.Value(p.value)):
			o.Word, o.Failed = "differs", fail.Verdict(fail.Differs)
			var notes []string
			o.Facts, notes = p.compared(now, there)
			o.Notes = append(append(o.Notes, "the broker accepted "+p.title(at)+
				", but now it is missing or has another value"), notes...)
		}
		return o, nil
	}), nil
}

// named returns the fields that identify the parameter: its name and, if the noun is parameter, its component. Another
// noun, such as shovel, already says the component.
func (p *parameter) named() []record.Field {
	var fields []record.Field
	if p.noun == "parameter" {
		fields = append(fields, record.Field{Column: record.Column{Name: "component"}, Value: record.Of(p.component)})
	}
	return append(fields, record.Field{Column: record.Column{Name: "name"}, Value: record.Of(p.name)})
}

// ClearParameter removes a runtime parameter.
func ClearParameter() Op {
	p := &parameter{noun: "parameter"}
	return Op{
		Name: "clear_parameter", Noun: p.noun, Scoped: true, Loses: true, Removes: true,
		Params: []Param{p.componentArg("cleared"), Arg("name", &p.name, ofComponent(""))},
		Plan:   p.clear("clear", "cleared"),
	}
}

// ClearGlobalParameter removes a runtime parameter of the whole cluster.
func ClearGlobalParameter() Op {
	p := &parameter{noun: "global parameter"}
	return Op{
		Name: "clear_global_parameter", Noun: p.noun, Loses: true, Removes: true, Each: true,
		Params: []Param{Arg("name", &p.name, globalNames)},
		Plan:   p.clear("clear", "cleared"),
	}
}

// clear returns a function that plans the removal of the parameter. do and done are the verb: clear, cleared.
func (p *parameter) clear(do, done string) func(context.Context, Site) (*Plan, error) {
	return func(ctx context.Context, at Site) (*Plan, error) {
		plan := Once(do+" "+p.title(at), done, func(ctx context.Context) error {
			err := p.remove(ctx, at)
			if broker.IsNotFound(err) {
				return p.missing(at, err)
			}
			return err
		})
		if at.Official {
			return plan, nil
		}
		has, there, err := p.read(ctx, at)
		switch {
		case unreadable(err, p.name):
			plan.Notes = []string{unknownHits}
			return plan, nil
		case err != nil:
			return nil, err
		case !there:
			return nil, p.missing(at, nil)
		}
		plan.Hits = record.Document{record.Fields("", append(p.named(),
			record.Field{Column: record.Column{Name: "value"}, Value: has.WithoutSecrets()})...)}
		return plan, nil
	}
}

func (p *parameter) remove(ctx context.Context, at Site) error {
	if p.component == "" {
		return at.Broker.ClearGlobalParameter(ctx, p.name)
	}
	return at.Broker.ClearParameter(ctx, p.component, at.VHost, p.name)
}
