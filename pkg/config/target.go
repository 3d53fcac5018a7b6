package config

// target is what one layer says of the endpoint; what it leaves out is not set.
type target struct {
	scheme, host, prefix part[string]
	port                 part[int]
	// portImplied says that port is the standard one of a URL's scheme.
	portImplied bool
	// sealed says that a URL gave it: weaker layers fill nothing in.
	sealed bool

	// Of a URL's userinfo; the value's text is empty when there is none.
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

// given tells whether the layer says anything of the endpoint.
func (t target) given() bool {
	return t.scheme.set || t.host.set || t.port.set || t.prefix.set
}

// target reads the layer's endpoint options.
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
			return t, l.bad(v, problem("%q is not a host name alone", withoutUserinfo(v.text)).
				Next("give the port by port (%s), or everything by url (%s)", l.name(namePort), l.name(nameURL)))
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
			Next("set RABBITCTL_URL instead, or %s", waysToGiveAPassword))
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
	case u.scheme != "" && !l.foreign: // rabbitmqadmin takes 15672 and 15671 then
		t.port, t.portImplied = part[int]{standardPort(u.scheme), true, v.origin}, true
	}
	t.username = value{text: u.username, where: v.where, origin: v.origin}
	t.password = value{text: u.password, where: v.where, origin: v.origin}
	return nil
}

// merge adds what a weaker layer says, and tells whether that layer is for the same host. When it is not, nothing of it
// is taken. A layer without a host fills gaps, but a context is always for a host of its own.
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
		// The port is the stronger word: 15671 is https, whatever a weaker layer says.
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

// endpoint fills the gaps with the defaults.
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

// name is how the layer calls the option.
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
