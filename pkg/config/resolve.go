package config

import (
	"fmt"
	"io"
	"strings"

	"github.com/spf13/pflag"
)

// Input is what Resolve reads. The zero value is an empty environment without files.
type Input struct {
	// Flags are the parsed flags of the command; nil for none.
	Flags *pflag.FlagSet
	// Getenv reads the environment, HOME and XDG_CONFIG_HOME included. When it is nil, Environ is searched.
	Getenv func(string) string
	// Environ lists the environment as os.Environ does, to find misspelt RABBITCTL_ variables; nil finds none.
	Environ []string
	// Stdin is read for --password-stdin, at once and no further than the end of its first line.
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
	flags, err := flagLayer(in.Flags)
	if err != nil {
		return nil, err
	}
	env, err := environmentLayer(in.getenv)
	if err != nil {
		return nil, err
	}
	s := &Settings{values: map[string]Value{}, askUser: in.Ask, askSecret: in.AskSecret}
	s.Warnings = append(s.Warnings, misspeltVariables(in.Environ)...)

	layers := []layer{flags, env}
	targets := make([]target, 0, 3)
	for _, l := range layers {
		t, err := l.target()
		if err != nil {
			return nil, err
		}
		targets = append(targets, t)
	}
	ctx, err := s.chooseContext(in, layers, targets[0].given() || targets[1].given())
	if err != nil {
		return nil, err
	}
	if ctx != nil {
		t, err := ctx.target()
		if err != nil {
			return nil, err
		}
		layers, targets = append(layers, *ctx), append(targets, t)
	}

	r := resolution{settings: s, layers: layers, targets: targets}
	r.endpoint()
	if err := r.tls(in.getenv); err != nil {
		return nil, err
	}
	if err := r.credentials(in); err != nil {
		return nil, err
	}
	r.plain()
	return s, nil
}

// resolution is the state of one Resolve: the layers from strong to weak, and what each says of the endpoint.
type resolution struct {
	settings *Settings
	layers   []layer
	targets  []target
	// same says for each layer whether it is for the host that was chosen.
	same  []bool
	given bool
}

func (r *resolution) endpoint() {
	s := r.settings
	var t target
	for i, layer := range r.layers {
		r.given = r.given || r.targets[i].given() || layer.isContext()
		same := t.merge(r.targets[i], layer.isContext())
		r.same = append(r.same, same)
		if layer.isContext() {
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

// warnOverridden warns when a person named context i and the environment leads elsewhere.
func (r *resolution) warnOverridden(i int, chosen Endpoint) {
	flags, env := r.targets[0], r.targets[1]
	named := r.layers[0].has(nameContext) || r.layers[1].has(nameContext)
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

// pick is the strongest layer's value and that layer's number, -1 when none has it. With bound, a context that is for
// another host is passed over.
func (r *resolution) pick(name string, bound bool) (value, int) {
	for i, l := range r.layers {
		if bound && l.isContext() && !r.same[i] {
			continue
		}
		if v, ok := l.values[name]; ok {
			return v, i
		}
	}
	return value{}, -1
}

// tls takes the files and the verification switch. A key is never paired with a stronger layer's certificate.
func (r *resolution) tls(getenv func(string) string) error {
	s := r.settings
	s.Insecure = r.flag(nameInsecure, true)
	cert, certLayer := r.pick(nameCert, true)
	key, keyLayer := r.pick(nameKey, true)
	switch {
	case keyLayer >= 0 && certLayer < 0:
		return r.layers[keyLayer].bad(key, problem("is a key without a certificate")).
			Next("give the certificate by %s", r.layers[keyLayer].name(nameCert))
	case certLayer >= 0 && (keyLayer < 0 || keyLayer > certLayer):
		key, keyLayer = cert, certLayer
	}
	cacert, cacertLayer := r.pick(nameCACert, true)
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
func (r *resolution) flag(name string, bound bool) bool {
	v, i := r.pick(name, bound)
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
	text := func(name string) string {
		v, i := r.pick(name, false)
		if i < 0 {
			v = value{text: optionNamed(name).Default}
			if v.text != "" {
				v.origin = "default"
			}
		}
		s.note(name, v.text, v.origin)
		return v.text
	}
	s.Timeout, _ = parseDuration(text(nameTimeout)) // checked with its layer
	s.note(nameTimeout, durationText(s.Timeout), s.Origin(nameTimeout))
	s.Formatter = text(nameFormatter)
	s.VHost = text(nameVHost)
	s.VHostSet = s.Origin(nameVHost) != ""
	s.Quiet = r.flag(nameQuiet, false)
	s.NoColor = r.flag(nameNoColor, false)
	s.Trace = r.flag(nameTrace, false)
	s.Protected = r.flag(nameProtected, false)
}

// waysToGiveAPassword ends a hint.
const waysToGiveAPassword = "give the password by RABBITCTL_PASSWORD, --password-file, --password-command or --password-stdin"
