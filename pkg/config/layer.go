package config

import (
	"slices"

	"github.com/spf13/pflag"

	"github.com/rabbitctl/rabbitctl/pkg/fail"
)

// value is the text of an option as one layer gives it.
type value struct {
	text string
	// where is how an error names the place: "--port", "RABBITCTL_PORT", "FILE:12: port".
	where string
	// origin is how a person is told: "flag --port", "RABBITCTL_PORT", "context prod in FILE".
	origin string
}

// layer is one source of values, by option name.
type layer struct {
	kind   fail.Kind // of a bad value: Usage for flags, Config for the others
	values map[string]value
	// context is the context's name; empty for flags and environment. A context is for its own host, 127.0.0.1 when it
	// names none.
	context string
	// foreign is a section of ~/.rabbitmqadmin.conf: its base_uri wins over its other keys, as there.
	foreign bool
}

func (l layer) isFlags() bool   { return l.kind == fail.Usage }
func (l layer) isContext() bool { return l.context != "" }

func (l layer) has(name string) bool {
	_, ok := l.values[name]
	return ok
}

// namesEndpoint tells whether the layer says anything of the endpoint.
func (l layer) namesEndpoint() bool {
	return slices.ContainsFunc([]string{nameURL, nameHost, namePort, nameTLS, namePathPrefix}, l.has)
}

// bad gives a problem the layer's kind and the place of the value.
func (l layer) bad(v value, err error) *fail.Error {
	e := fail.New(l.kind, "%s: %w", v.where, err)
	e.Hint = fail.HintOf(err)
	return e
}

// flagLayer holds the flags that were given. fs may be nil.
func flagLayer(fs *pflag.FlagSet) (layer, error) {
	l := layer{kind: fail.Usage, values: map[string]value{}}
	if fs == nil {
		return l, nil
	}
	for _, o := range Options() {
		if !o.ByFlag() {
			continue
		}
		f := fs.Lookup(o.Flag)
		if f == nil || !f.Changed {
			continue
		}
		l.values[o.Name] = value{text: f.Value.String(), where: "--" + o.Flag, origin: "flag --" + o.Flag}
	}
	if err := l.checkKinds(); err != nil {
		return l, err
	}
	return l, nil
}

// environmentLayer holds the variables that are set and not empty.
func environmentLayer(getenv func(string) string) (layer, error) {
	l := layer{kind: fail.Config, values: map[string]value{}}
	for _, o := range Options() {
		if o.Env == "" {
			continue
		}
		if text := getenv(o.Env); text != "" {
			l.values[o.Name] = value{text: text, where: o.Env, origin: o.Env}
		}
	}
	if err := l.checkKinds(); err != nil {
		return l, err
	}
	return l, nil
}

func (l layer) checkKinds() error {
	for _, o := range Options() {
		v, ok := l.values[o.Name]
		if !ok {
			continue
		}
		if v.text == "" && o.Name != namePathPrefix {
			return l.bad(v, problem("needs a value"))
		}
		if err := o.Kind.check(v.text); err != nil {
			return l.bad(v, err)
		}
	}
	return nil
}
