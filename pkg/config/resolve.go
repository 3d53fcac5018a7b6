package config

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/spf13/pflag"

	"github.com/rabbitctl/rabbitctl/pkg/fail"
)

// Input is what Resolve reads. The zero value is an empty environment without files.
type Input struct {
	// Context ends what waits on this machine: a file that is a pipe, standard input. What flags or variables say of --timeout,
	// else its default, bounds it further. nil is a context that does not end.
	Context context.Context
	// Flags are the parsed flags of the command; nil for none.
	Flags *pflag.FlagSet
	// Getenv reads the environment, HOME and XDG_CONFIG_HOME included. When it is nil, Environ is searched.
	Getenv func(string) string
	// Environ lists the environment as os.Environ does, to find misspelt RABBITCTL_ variables; nil finds none.
	Environ []string
	// Stdin is read for --password-stdin, at once and no further than the end of its first line. When it is nil nothing is
	// read, and only Settings.Credentials fails.
	Stdin io.Reader
	// Stderr is where a password command may write; nil for nowhere.
	Stderr io.Writer
	// Ask asks a person for the user name; nil when nobody can be asked.
	Ask func(question string) (string, error)
	// AskSecret asks a person for the password, without echo; nil when nobody can be asked.
	AskSecret func(question string) (string, error)
}

func (in Input) getenv(name string) string {
	if in.Getenv != nil {
		return in.Getenv(name)
	}
	for _, pair := range in.Environ {
		if key, text, _ := strings.Cut(pair, "="); key == name {
			return text
		}
	}
	return ""
}

// Resolve finds the value of every option. It opens the configuration files but no other, runs nothing and, except for
// --password-stdin, reads no password: Settings.Credentials does that when it is first needed. A bad flag is a failure
// of kind Usage, a bad variable, file or context one of kind Config.
func Resolve(in Input) (*Settings, error) {
	s, layers, err := withoutContext(in)
	if err != nil {
		return nil, err
	}
	waits, cancel := in.within(layers)
	defer cancel()
	s.askUser, s.askSecret = in.Ask, in.AskSecret
	s.Warnings = append(s.Warnings, misspeltVariables(in.Environ)...)

	r := resolution{settings: s, layers: layers}
	for _, l := range r.layers {
		t, err := l.target()
		if err != nil {
			return nil, err
		}
		r.targets = append(r.targets, t)
	}
	ctx, err := s.chooseContext(waits, in, r.layers, r.targets[0].given() || r.targets[1].given())
	if err != nil {
		return nil, err
	}
	if ctx != nil {
		if err := r.place(*ctx); err != nil {
			return nil, err
		}
	}
	r.endpoint()
	if err := r.tls(in.getenv); err != nil {
		return nil, err
	}
	if err := r.credentials(waits, in); err != nil {
		return nil, err
	}
	r.plain()
	return s, nil
}

// resolution is the state of one Resolve: the layers from strong to weak, and what each says of the endpoint. The flags
// are always the first; the second is the environment, or the context that a flag names.
type resolution struct {
	settings *Settings
	layers   []layer
	targets  []target
	// same says for each layer whether it is for the host that was chosen.
	same  []bool
	given bool
}

// place puts the context between the layers: behind the environment, or before it when a flag names the context, for
// who types --context prod means prod, whatever the variables say.
func (r *resolution) place(ctx layer) error {
	t, err := ctx.target()
	if err != nil {
		return err
	}
	at := len(r.layers)
	if r.layers[0].has(nameContext) {
		at = 1
	} else if err := r.contradiction(ctx, t); err != nil {
		return err
	}
	r.layers = slices.Insert(r.layers, at, ctx)
	r.targets = slices.Insert(r.targets, at, t)
	return nil
}

// contradiction is an error when one variable names a context and another one a broker that is not the context's: either
// could be the one that was forgotten. It is nil when a flag names the broker.
func (r *resolution) contradiction(ctx layer, t target) error {
	flags, env := r.targets[0], r.targets[1]
	name, named := r.layers[1].values[nameContext]
	if !named || !env.host.set || flags.host.set {
		return nil
	}
	own, chosen := t.endpoint(), env
	chosen.merge(t, true)
	other := chosen.endpoint()
	if sameHost(own.Host, other.Host) {
		own.Host = other.Host
	}
	if own == other {
		return nil
	}
	return fail.New(fail.Config, "%s and %s contradict each other: context %s is %s, not %s", name.where,
		env.host.origin, ctx.context, t.endpoint(), other).
		Next("unset one of them, or say which by --context or --url")
}

func (r *resolution) endpoint() {
	s := r.settings
	var t target
	whole := false // a context that a flag names says everything: variables fill no gaps in it
	for i, layer := range r.layers {
		own := r.targets[i]
		r.given = r.given || own.given() || layer.isContext()
		if whole {
			r.same = append(r.same, !own.host.set || sameHost(own.host.v, t.endpoint().Host))
			continue
		}
		r.same = append(r.same, t.merge(own, layer.isContext()))
		if layer.isContext() {
			whole = true
			r.warnOverridden(i, t.endpoint())
		}
	}
	s.Endpoint = t.endpoint()
	s.note(nameURL, s.Endpoint.String(), orDefault(t.host.origin))
	s.note(nameHost, s.Endpoint.Host, orDefault(t.host.origin))
	s.note(namePort, fmt.Sprint(s.Endpoint.Port), orDefault(t.port.origin))
	s.note(nameTLS, fmt.Sprint(s.Endpoint.Scheme == "https"), orDefault(t.scheme.origin))
	s.note(namePathPrefix, s.Endpoint.PathPrefix, t.prefix.origin)
}

// warnOverridden warns when a variable names context i and another one changes a part of its endpoint, the port say.
func (r *resolution) warnOverridden(i int, chosen Endpoint) {
	flags, env := r.targets[0], r.targets[i-1]
	named := r.layers[i-1].has(nameContext) && !r.layers[0].has(nameContext)
	if own := r.targets[i].endpoint(); named && env.given() && !flags.given() && own != chosen {
		r.settings.Warnings = append(r.settings.Warnings, fmt.Sprintf("context %s is for %s, but %s is stronger and makes that %s",
			r.layers[i].context, own, env.origin(), chosen))
	}
}

// origin is where the layer's endpoint comes from, for a message.
func (t target) origin() string {
	for _, origin := range []string{t.host.origin, t.port.origin, t.scheme.origin, t.prefix.origin} {
		if origin != "" {
			return origin
		}
	}
	return ""
}

func orDefault(origin string) string {
	if origin == "" {
		return "default"
	}
	return origin
}

// bound is the strongest layer's value and that layer's number, -1 when none has it. A context that is for another host
// is passed over.
func (r *resolution) bound(name string) (value, int) {
	for i, l := range r.layers {
		if v, ok := l.values[name]; ok && (r.same[i] || !l.isContext()) {
			return v, i
		}
	}
	return value{}, -1
}

// any is as bound, for what may come from a context that is for another host too.
func (r *resolution) any(name string) (value, int) {
	for i, l := range r.layers {
		if v, ok := l.values[name]; ok {
			return v, i
		}
	}
	return value{}, -1
}

// own is the value of an option that is about this program and not about the broker: how to print, how long to wait.
// There a variable is stronger than any context.
func (r *resolution) own(name string) (value, int) {
	ofContext, at := value{}, -1
	for i, l := range r.layers {
		switch v, ok := l.values[name]; {
		case ok && l.isContext():
			ofContext, at = v, i
		case ok:
			return v, i
		}
	}
	return ofContext, at
}

// tls takes the files and the verification switch. A key is never paired with a stronger layer's certificate.
func (r *resolution) tls(getenv func(string) string) error {
	s := r.settings
	s.Insecure = r.flag(nameInsecure, r.bound)
	cert, certLayer := r.bound(nameCert)
	key, keyLayer := r.bound(nameKey)
	switch {
	case keyLayer >= 0 && certLayer < 0:
		return r.layers[keyLayer].bad(key, problem("is a key without a certificate")).
			Next("give the certificate by %s", r.layers[keyLayer].name(nameCert))
	case certLayer >= 0 && (keyLayer < 0 || keyLayer > certLayer):
		key, keyLayer = cert, certLayer
	}
	cacert, cacertLayer := r.bound(nameCACert)
	for _, file := range []struct {
		name  string
		v     value
		layer int
		to    *string
	}{{nameCACert, cacert, cacertLayer, &s.CACert}, {nameCert, cert, certLayer, &s.Cert}, {nameKey, key, keyLayer, &s.Key}} {
		if file.layer < 0 {
			continue
		}
		l := r.layers[file.layer]
		if l.isFlags() && s.Endpoint.Scheme != "https" {
			return l.bad(file.v, problem("%s does not use TLS", s.Endpoint)).Next("add --tls, or give an https:// URL")
		}
		path, err := expandHome(file.v.text, getenv)
		if err != nil {
			return l.bad(file.v, err)
		}
		*file.to = path
		s.note(file.name, path, file.v.origin)
	}
	return nil
}

// flag is a switch's value; it is off when no layer has it.
func (r *resolution) flag(name string, find func(string) (value, int)) bool {
	v, i := find(name)
	if i < 0 {
		r.settings.note(name, "false", "default")
		return false
	}
	on, _ := parseBool(v.text) // checked with its layer
	r.settings.note(name, fmt.Sprint(on), v.origin)
	return on
}

// plain takes the options that need no care.
func (r *resolution) plain() {
	s := r.settings
	text := func(name string, find func(string) (value, int)) string {
		v, i := find(name)
		if i < 0 {
			v = value{text: optionNamed(name).Default}
			if v.text != "" {
				v.origin = "default"
			}
		}
		s.note(name, v.text, v.origin)
		return v.text
	}
	s.Timeout, _ = parseDuration(text(nameTimeout, r.own)) // checked with its layer
	s.note(nameTimeout, durationText(s.Timeout), s.Origin(nameTimeout))
	s.Formatter = text(nameFormatter, r.own)
	s.VHost = text(nameVHost, r.any)
	s.VHostSet = s.Origin(nameVHost) != ""
	s.Quiet = r.flag(nameQuiet, r.own)
	s.NoColor = r.flag(nameNoColor, r.own)
	s.Trace = r.flag(nameTrace, r.own)
	s.Pager = text(namePager, r.own)
	s.NoPager = r.flag(nameNoPager, r.own)
	s.Protected = r.flag(nameProtected, r.own)
}

// waysToGiveAPassword ends a hint.
const waysToGiveAPassword = "give the password by RABBITCTL_PASSWORD, --password-file, --password-command or --password-stdin"
