package config

import (
	"slices"

	"github.com/spf13/pflag"

	"github.com/rabbitctl/rabbitctl/pkg/fail"
)

type value struct {
	text string
	// where names the place in an error: "--port", "RABBITCTL_PORT", "FILE:12: port".
	where string
	// origin names the place for config show: "flag --port", "RABBITCTL_PORT", "context prod in FILE".
	origin string
}

type layer struct {
	kind   fail.Kind // of a bad value: Usage for flags, Config for the others
	values map[string]value
	// context is the context's name; empty for flags and environment. A context that names no host is for 127.0.0.1: if a
	// stronger layer names another host, target.merge takes nothing from the context.
	context string
	// foreign marks a section of ~/.rabbitmqadmin.conf: there, base_uri is stronger than the other keys.
	foreign bool
}

func (l layer) isFlags() bool   { return l.kind == fail.Usage }
func (l layer) isContext() bool { return l.context != "" }

func (l layer) has(name string) bool {
	_, ok := l.values[name]
	return ok
}

func (l layer) namesEndpoint() bool {
	return slices.ContainsFunc([]string{nameURL, nameHost, namePort, nameTLS, namePathPrefix}, l.has)
}

// bad makes an error about the value, with the layer's kind and the value's place.
func (l layer) bad(v value, err error) *fail.Error {
	e := fail.New(l.kind, "%s: %w", v.where, err)
	e.Hint = fail.HintOf(err)
	return e
}

// flagLayer returns the layer of the flags that were given. fs may be nil.
func flagLayer(fs *pflag.FlagSet) (layer, error) {
	l := layer{kind: fail.Usage, values: map[string]value{}}
	if fs == nil {
		return l, nil
	}
	for _, o := range allOptions {
		if !o.ByFlag() {
			continue
		}
		f := fs.Lookup(o.Flag)
		if f == nil || !f.Changed {
			continue
		}
		if _, ours := f.Value.(*flagValue); !ours {
			continue // the command has a flag of its own with that name
		}
		l.values[o.Name] = value{text: f.Value.String(), where: "--" + o.Flag, origin: "flag --" + o.Flag}
	}
	if err := l.checkKinds(); err != nil {
		return l, err
	}
	return l, nil
}

// environmentLayer returns the layer of the variables that are set and not empty.
func environmentLayer(getenv func(string) string) (layer, error) {
	l := layer{kind: fail.Config, values: map[string]value{}}
	for _, o := range allOptions {
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
	for _, o := range allOptions {
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
