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

// Input is what Resolve reads. The zero value means an empty environment and no files.
type Input struct {
	// Context ends the waits on this machine: for a configuration file that is a pipe, and for standard input. --timeout
	// bounds these waits too. A nil Context never ends.
	Context context.Context
	// Flags are the parsed flags of the command; nil when the command has no flags.
	Flags *pflag.FlagSet
	// Getenv reads the environment, HOME and XDG_CONFIG_HOME included. If it is nil, Environ is searched.
	Getenv func(string) string
	// Environ lists the environment as os.Environ does, to find misspelt RABBITCTL_ variables; nil finds none.
	Environ []string
	// Stdin is read for --password-stdin: by Resolve, and only to the end of the first line. If it is nil, the
	// error comes from Settings.Credentials and not from Resolve.
	Stdin io.Reader
	// Stderr receives the standard error of a password command; nil drops it.
	Stderr io.Writer
	// Ask asks for the user name; nil when there is no terminal.
	Ask func(question string) (string, error)
	// AskSecret asks for the password, without echo; nil when there is no terminal.
	AskSecret func(question string) (string, error)

	// Named is the context that was given as an argument, for one of the brokers of a command; "" for none. Flags for the
	// address, the user and the certificates do not apply to it: they are for another broker.
	Named string

	// among is the context that ResolveAll is resolving. It is stronger than the context that a variable names; "" for
	// none.
	among string
	// files keeps the configuration files that ResolveAll has read for an earlier context; nil outside ResolveAll.
	files *files
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

// Resolve finds the value of every option. It opens only the configuration files and runs no command. It reads no
// password except for --password-stdin: Settings.Credentials reads the password when it is first needed. A bad flag is
// a failure of kind Usage; a bad variable, file or context is one of kind Config. If a wait for a file or for standard
// input ends first, the kind is Timeout or Canceled.
func Resolve(in Input) (*Settings, error) {
	s, layers, err := flagsAndVariables(in)
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
	r.distribution(in.getenv)
	if err := r.tls(in.getenv); err != nil {
		return nil, err
	}
	if err := r.credentials(waits, in); err != nil {
		return nil, err
	}
	r.otherOptions()
	return s, nil
}

// resolution is the state of one Resolve: the layers from strong to weak, and the endpoint that each gives. The flags
// are always first; second is the environment, or the context that a flag names.
type resolution struct {
	settings *Settings
	layers   []layer
	targets  []target
	// same says for each layer whether it is for the chosen host.
	same  []bool
	given bool
}

// place puts the context into the layers: behind the environment, or before it when a flag names the context, because
// --context prod means prod, whatever the variables say.
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

// contradiction returns an error when one variable names a context and another variable names a broker that is not the
// context's: either variable could be a forgotten one. It returns nil when a flag names the broker.
func (r *resolution) contradiction(ctx layer, t target) error {
	flags, env := r.targets[0], r.targets[1]
	name, named := r.layers[1].values[nameContext]
	if !named || !env.host.set || flags.host.set {
		return nil
	}
	ofContext, chosen := t.endpoint(), env
	chosen.merge(t, true)
	other := chosen.endpoint()
	if sameHost(ofContext.Host, other.Host) {
		ofContext.Host = other.Host
	}
	if ofContext == other {
		return nil
	}
	return fail.New(fail.Config, "%s and %s contradict each other: context %s is %s, not %s", name.where,
		env.host.origin, ctx.context, t.endpoint(), other).
		Next("unset one of them, or name the broker with --context or --url")
}

func (r *resolution) endpoint() {
	s := r.settings
	var t target
	whole := false // true after the context: the weaker variables fill no gaps in it
	for i, layer := range r.layers {
		ofLayer := r.targets[i]
		r.given = r.given || ofLayer.given() || layer.isContext()
		if whole {
			r.same = append(r.same, !ofLayer.host.set || sameHost(ofLayer.host.v, t.endpoint().Host))
			continue
		}
		r.same = append(r.same, t.merge(ofLayer, layer.isContext()))
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

// warnOverridden warns when one variable names context i and another changes a part of its endpoint, for example the
// port.
func (r *resolution) warnOverridden(i int, chosen Endpoint) {
	flags, env := r.targets[0], r.targets[i-1]
	named := r.layers[i-1].has(nameContext) && !r.layers[0].has(nameContext)
	if ofContext := r.targets[i].endpoint(); named && env.given() && !flags.given() && ofContext != chosen {
		r.settings.Warnings = append(r.settings.Warnings, fmt.Sprintf("context %s is for %s, but %s changes that to %s",
			r.layers[i].context, ofContext, env.origin(), chosen))
	}
}

// origin says where the layer's endpoint comes from, for a message.
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

// hostValue returns the value in the strongest layer that has it, and that layer's index, or -1 when none has it. It
// skips a context that is for another host.
func (r *resolution) hostValue(name string) (value, int) {
	for i, l := range r.layers {
		if v, ok := l.values[name]; ok && (r.same[i] || !l.isContext()) {
			return v, i
		}
	}
	return value{}, -1
}

// anyValue is like hostValue, but also takes the value from a context that is for another host.
func (r *resolution) anyValue(name string) (value, int) {
	for i, l := range r.layers {
		if v, ok := l.values[name]; ok {
			return v, i
		}
	}
	return value{}, -1
}

// programValue returns the value of an option about this program, such as output or --timeout, and not about the
// broker. Here a variable is stronger than any context.
func (r *resolution) programValue(name string) (value, int) {
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

// tls takes the AMQP address, the certificate files and the switch that turns verification off. It refuses certificate
// files that flags give if nothing uses TLS. It never pairs a key with the certificate of a stronger layer.
func (r *resolution) tls(getenv func(string) string) error {
	s := r.settings
	s.Insecure = r.flag(nameInsecure, r.hostValue)
	address, _ := r.hostValue(nameAMQPURL)
	s.AMQPURL = address.text
	s.note(nameAMQPURL, address.text, address.origin)
	cert, certLayer := r.hostValue(nameCert)
	key, keyLayer := r.hostValue(nameKey)
	switch {
	case keyLayer >= 0 && certLayer < 0:
		return r.layers[keyLayer].bad(key, problem("is a key without a certificate")).
			Next("give the certificate with %s", r.layers[keyLayer].name(nameCert))
	case certLayer >= 0 && (keyLayer < 0 || keyLayer > certLayer):
		key, keyLayer = cert, certLayer
	}
	cacert, cacertLayer := r.hostValue(nameCACert)
	for _, file := range []struct {
		name  string
		v     value
		layer int
		to    *string
	}{{nameCACert, cacert, cacertLayer, &s.CACert}, {nameCert, cert, certLayer, &s.Cert}, {nameKey, key, keyLayer,
		&s.Key}} {
		if file.layer < 0 {
			continue
		}
		l := r.layers[file.layer]
		if l.isFlags() && s.Endpoint.Scheme != "https" && !strings.HasPrefix(s.AMQPURL, "amqps:") && !s.Distribution.TLS {
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

// flag returns the value of a switch; it is off when no layer has it.
func (r *resolution) flag(name string, find func(string) (value, int)) bool {
	v, i := find(name)
	if i < 0 {
		r.settings.note(name, "false", "default")
		return false
	}
	on, _ := parseBool(v.text) // valid: checked when its layer was read
	r.settings.note(name, fmt.Sprint(on), v.origin)
	return on
}

// otherOptions takes the options to which none of the rules about hosts apply.
func (r *resolution) otherOptions() {
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
	s.Timeout, _ = parseDuration(text(nameTimeout, r.programValue)) // valid: checked when its layer was read
	s.note(nameTimeout, durationText(s.Timeout), s.Origin(nameTimeout))
	s.Formatter = text(nameFormatter, r.programValue)
	s.VHost = text(nameVHost, r.anyValue)
	s.VHostSet = s.Origin(nameVHost) != ""
	s.Quiet = r.flag(nameQuiet, r.programValue)
	s.NoColor = r.flag(nameNoColor, r.programValue)
	s.Trace = r.flag(nameTrace, r.programValue)
	s.Pager = text(namePager, r.programValue)
	s.NoPager = r.flag(nameNoPager, r.programValue)
	s.Protected = r.flag(nameProtected, r.programValue)
	s.ReadOnly = r.flag(nameReadOnly, r.programValue)
	s.Journal = text(nameJournal, r.programValue)
}
