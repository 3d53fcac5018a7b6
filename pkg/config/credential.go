package config

import (
	"context"
	"fmt"
	"strings"

	"github.com/rabbitctl/rabbitctl/pkg/fail"
)

// guest is the user, and the password, of a fresh broker. By default it may log in only from the broker's own host. So
// guest is used at the loopback when no user is given, as the other tools of RabbitMQ do, and nowhere else.
const guest = "guest"

type passwordSource func(context.Context) (string, error)

// identity is the user and the password that one layer gives.
type identity struct {
	username value
	source   passwordSource // nil if the layer gives no password
	password value          // where source gets the password: the password itself, the name of a file, or a command
	option   string         // the name of the option that gives the password; "password" if a URL gives it
}

// credentials chooses the user and the password. Those of a context or a URL are used for their own host only, and a
// password that is given together with a user name is used for that user only.
func (r *resolution) credentials(ctx context.Context, in Input) error {
	s := r.settings
	var unused []string
	for i, l := range r.layers {
		found, why, err := r.usable(i, l, in)
		if err != nil {
			return err
		}
		if why != "" {
			unused = append(unused, why)
		}
		if why := s.take(found); why != "" {
			unused = append(unused, why)
		}
	}
	s.missing = strings.Join(unused, "; ")
	// If credentials were given but may not be sent to this host, guest must not take their place.
	if s.Username == "" && s.missing == "" && isLoopback(s.Endpoint.Host) {
		s.Username = guest
		s.note(nameUsername, guest, "default")
	}
	if s.source == nil && s.Origin(nameUsername) == "default" {
		s.source = func(context.Context) (string, error) { return guest, nil }
		s.note(namePassword, "", "default")
	}
	return s.readStdin(ctx, in)
}

// usable returns those credentials of layer i that may be sent to the chosen endpoint. If the layer has credentials
// that may not be sent there, unused says why.
func (r *resolution) usable(i int, l layer, in Input) (found identity, unused string, err error) {
	found, err = l.identity(r.targets[i], in)
	if err != nil || found.username.text == "" && found.source == nil {
		return identity{}, "", err
	}
	why := r.refusal(i)
	if why == "" {
		return found, "", nil
	}
	if l.isContext() {
		return identity{}, fmt.Sprintf("the credentials of context %s are %s", l.context, why), nil
	}
	// Only the user and password inside the URL are bound to its host; RABBITCTL_PASSWORD and the like are for the whole
	// session.
	if t := r.targets[i]; t.username.text != "" || t.password.text != "" {
		unused = fmt.Sprintf("the credentials in %s are %s", t.host.origin, why)
	}
	found, err = l.identity(target{}, in)
	return found, unused, err
}

// take uses the user and the password of a layer, each only if no earlier layer has given it. If the password is not
// used because it is for another user, unused says so.
func (s *Settings) take(found identity) (unused string) {
	taken := s.Username
	if s.Username == "" && found.username.text != "" {
		s.Username = found.username.text
		s.note(nameUsername, s.Username, found.username.origin)
	}
	switch {
	case s.source != nil || found.source == nil:
	case taken != "" && found.username.text != "" && found.username.text != taken:
		return fmt.Sprintf("the password of %s is for user %s", found.password.origin, found.username.text)
	default:
		s.source = found.source
		s.notePassword(found)
	}
	return ""
}

// refusal says why the credentials of layer i may not be sent to the chosen endpoint; "" when they may.
func (r *resolution) refusal(i int) string {
	to := r.settings.Endpoint
	t := r.targets[i]
	if !t.host.set && !r.layers[i].isContext() {
		return ""
	}
	own := t.endpoint()
	switch {
	case !r.same[i]:
		return fmt.Sprintf("for %s and are not sent to %s", own, to.Host)
	case own.Scheme == "https" && to.Scheme == "http":
		return fmt.Sprintf("for %s and are not sent without TLS", own)
	}
	return ""
}

// identity reads the layer's credential options, and the user and password of its URL.
func (l layer) identity(t target, in Input) (identity, error) {
	id := identity{username: l.values[nameUsername]}
	if t.username.text != "" {
		if id.username.text != "" && id.username.text != t.username.text {
			return id, l.bad(t.username, problem("names user %q, and %s names user %q", t.username.text, id.username.where,
				id.username.text)).
				Next("remove the user and the password from the URL, or leave out %s", id.username.where)
		}
		id.username = t.username
	}
	var sources []value
	for _, name := range []string{namePassword, namePasswordFile, namePasswordCommand, namePasswordStdin} {
		v, ok := l.values[name]
		if on, _ := parseBool(v.text); !ok || name == namePasswordStdin && !on {
			continue
		}
		sources = append(sources, v)
		id.password, id.option = v, name
		switch name {
		case namePassword:
			id.source = func(context.Context) (string, error) { return v.text, nil }
		case namePasswordFile:
			id.source = func(ctx context.Context) (string, error) { return passwordFromFile(ctx, v, in.getenv) }
		case namePasswordCommand:
			id.source = func(ctx context.Context) (string, error) { return passwordFromCommand(ctx, v, in.Stderr) }
		case namePasswordStdin:
			id.source = func(ctx context.Context) (string, error) { return passwordFromStdin(ctx, v, in.Stdin) }
		}
	}
	if t.password.text != "" && !(len(sources) == 1 && l.has(namePassword) && sources[0].text == t.password.text) {
		sources = append(sources, t.password)
		id.password, id.option = t.password, namePassword
		id.source = func(context.Context) (string, error) { return t.password.text, nil }
	}
	if len(sources) > 1 {
		return id, l.bad(sources[1], problem("%s gives the password too", sources[0].where)).Next("give only one of them")
	}
	return id, nil
}

// notePassword records where the password comes from, under "password" and under the option that gives it.
func (s *Settings) notePassword(id identity) {
	s.note(id.option, id.password.text, id.password.origin)
	s.note(namePassword, hidden, id.password.origin)
}

// readStdin reads the password from standard input now, because the command may read the rest of the input later.
func (s *Settings) readStdin(ctx context.Context, in Input) error {
	if s.Origin(namePasswordStdin) == "" || in.Stdin == nil {
		return nil
	}
	text, err := s.source(ctx)
	if err != nil {
		return err
	}
	s.source = func(context.Context) (string, error) { return text, nil }
	return nil
}

func (s *Settings) user() (string, error) {
	if s.Username != "" {
		return s.Username, nil
	}
	if s.asked == "" && s.askUser != nil {
		name, err := s.askUser(fmt.Sprintf("User at %s: ", s.Endpoint.HostPort()))
		if err != nil {
			return "", notEntered("user name", err)
		}
		s.asked = strings.TrimSpace(name)
	}
	if s.asked == "" {
		return "", s.incomplete("no user name for %s", s.Endpoint).
			Do(fail.GiveUser).Do(fail.GivePassword)
	}
	return s.asked, nil
}

func (s *Settings) readPassword(ctx context.Context, username string) (Secret, error) {
	if err := fail.Ended(ctx); err != nil {
		return Secret{}, err
	}
	if s.source != nil {
		text, err := s.source(ctx)
		return NewSecret(text), err
	}
	if s.askSecret == nil {
		return Secret{}, s.incomplete("no password for user %s at %s", username, s.Endpoint).Do(fail.GivePassword)
	}
	text, err := s.askSecret(fmt.Sprintf("Password for %s at %s: ", username, s.Endpoint.HostPort()))
	if err != nil {
		return Secret{}, notEntered("password", err)
	}
	return NewSecret(text), nil
}

// notEntered is the error for a question that got no answer.
func notEntered(what string, err error) error {
	if fail.KindOf(err) == fail.Timeout {
		return err
	}
	e := fail.New(fail.Canceled, "no %s was entered", what)
	e.Err = err
	return e
}

func (s *Settings) incomplete(format string, args ...any) *fail.Error {
	text := fmt.Sprintf(format, args...)
	if s.missing != "" {
		text += ": " + s.missing
	}
	return fail.New(fail.Config, "%s", text)
}
