package config

import "github.com/rabbitctl/rabbitctl/pkg/fail"

// target is the endpoint that one layer gives. The parts that the layer leaves out are not set.
type target struct {
	scheme, host, prefix part[string]
	port                 part[int]
	// portImplied means that port is the standard port of a URL's scheme, and was not written out.
	portImplied bool
	// sealed means that a URL gave the endpoint: weaker layers add nothing to it.
	sealed bool

	// username and password are those in a URL; their text is empty when the URL has none.
	username, password value
}

type part[T any] struct {
	v      T
	set    bool
	origin string
}

func (p *part[T]) fill(from part[T]) {
	if !p.set {
		*p = from
	}
}

func (t target) given() bool {
	return t.scheme.set || t.host.set || t.port.set || t.prefix.set
}

func (l layer) target() (target, error) {
	var t target
	if v, ok := l.values[nameURL]; ok {
		for _, name := range []string{nameHost, namePort, nameTLS, namePathPrefix} {
			if !l.foreign && l.has(name) {
				return t, l.bad(v, problem("the URL and %s exclude each other", l.values[name].where).
					Next("write it into the URL, or leave the URL out"))
			}
		}
		if err := t.readURL(l, v); err != nil {
			return t, err
		}
		if v, ok := l.values[namePathPrefix]; ok && t.prefix.v == "" {
			return t, l.readPrefix(&t, v)
		}
		return t, nil
	}
	if v, ok := l.values[nameHost]; ok {
		host, err := normalHost(v.text)
		if err != nil {
			return t, l.bad(v, problem("%q is not a plain host name", withoutUserinfo(v.text)).
				Next("give the port with %s, or everything with %s", l.name(namePort), l.name(nameURL)))
		}
		t.host = part[string]{host, true, v.origin}
	}
	if v, ok := l.values[namePort]; ok {
		port, err := parsePort(v.text)
		if err != nil {
			return t, l.bad(v, err)
		}
		t.port = part[int]{port, true, v.origin}
	}
	if v, ok := l.values[nameTLS]; ok {
		t.scheme = part[string]{"http", true, v.origin}
		if on, _ := parseBool(v.text); on {
			t.scheme.v = "https"
		}
	}
	if v, ok := l.values[namePathPrefix]; ok {
		return t, l.readPrefix(&t, v)
	}
	return t, nil
}

func (l layer) readPrefix(t *target, v value) error {
	prefix, err := normalPrefix(v.text)
	if err != nil {
		return l.bad(v, err)
	}
	t.prefix = part[string]{prefix, true, v.origin}
	return nil
}

func (t *target) readURL(l layer, v value) error {
	u, err := parseURL(v.text)
	if err != nil {
		return l.bad(v, err)
	}
	if u.password != "" && l.isFlags() {
		return l.bad(v, problem("holds a password, which every user of this machine can read with ps").
			Next("set RABBITCTL_URL instead, or ").Do(fail.GivePassword))
	}
	t.sealed = true
	t.host = part[string]{u.host, true, v.origin}
	t.prefix = part[string]{u.prefix, true, v.origin}
	if u.scheme != "" {
		t.scheme = part[string]{u.scheme, true, v.origin}
	}
	switch {
	case u.port != 0:
		t.port = part[int]{u.port, true, v.origin}
	case u.scheme != "" && !l.foreign: // for rabbitmqadmin the port is then 15672 or 15671
		t.port, t.portImplied = part[int]{standardPort(u.scheme), true, v.origin}, true
	}
	t.username = value{text: u.username, where: v.where, origin: v.origin}
	t.password = value{text: u.password, where: v.where, origin: v.origin}
	return nil
}

// merge adds the parts that only the weaker layer has, and reports whether that layer is for the same host. It takes
// nothing from a layer for another host. A layer without a host adds its parts, except that a context without a host
// is for 127.0.0.1.
func (t *target) merge(weaker target, isContext bool) (same bool) {
	host := weaker.host
	if isContext && !host.set {
		host.v, host.set = defaultHost, true
	}
	if t.host.set && host.set && !sameHost(t.host.v, host.v) {
		return false
	}
	if t.sealed {
		return true
	}
	if weaker.scheme.set && t.port.set && t.port.v == defaultPortHTTPS {
		// The stronger layer's port decides: 15671 means https, whatever a weaker layer says.
		t.scheme.fill(part[string]{"https", true, t.port.origin})
	}
	t.scheme.fill(weaker.scheme)
	t.host.fill(weaker.host)
	if !t.port.set {
		t.portImplied = weaker.portImplied
	}
	t.port.fill(weaker.port)
	t.prefix.fill(weaker.prefix)
	t.sealed = weaker.sealed
	return true
}

// endpoint returns the endpoint, with defaults for the parts that are not set.
func (t target) endpoint() Endpoint {
	e := Endpoint{Scheme: t.scheme.v, Host: t.host.v, Port: t.port.v, PathPrefix: t.prefix.v}
	if e.Host == "" {
		e.Host = defaultHost
	}
	if e.Scheme == "" {
		e.Scheme = "http"
		if e.Port == defaultPortHTTPS {
			e.Scheme = "https"
		}
	}
	switch {
	case t.portImplied:
		e.Port = standardPort(e.Scheme)
	case e.Port == 0 && e.Scheme == "https":
		e.Port = defaultPortHTTPS
	case e.Port == 0:
		e.Port = defaultPort
	}
	return e
}

// name returns the option's name in the layer: a flag, a file key or a variable.
func (l layer) name(option string) string {
	o := optionNamed(option)
	switch {
	case l.isFlags():
		return "--" + o.Flag
	case l.isContext():
		return o.Key
	}
	return o.Env
}
