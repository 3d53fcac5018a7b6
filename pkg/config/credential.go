package config

import (
	"context"
	"fmt"
	"strings"

	"github.com/rabbitctl/rabbitctl/pkg/fail"
)

// guest is the user that a fresh broker has, with the same word as password; it may log in from the broker's own host
// only. So it is who asks there when nobody says who, as with the other tools of RabbitMQ, and nowhere else.
const guest = "guest"

// passwordSource gets a password, for example out of a file.
type passwordSource func(context.Context) (string, error)

// identity is what one layer says of the user and the password.
type identity struct {
	username value
	source   passwordSource // nil for none
	password value          // what source reads: the password itself, a file's name, a command
	option   string         // the option that password is of; "password" for a URL's
}

// credentials chooses user and password. Those of a context or a URL are used for their own host only, and a password
// that stands beside a user name is used for that user only.
func (r *resolution) credentials(ctx context.Context, in Input) error {
	s := r.settings
	var unused []string
	for i, l := range r.layers {
		found, err := l.identity(r.targets[i], in)
		if err != nil {
			return err
		}
		if found.username.text == "" && found.source == nil {
			continue
		}
		if why := r.refusal(i); why != "" && l.isContext() {
			unused = append(unused, fmt.Sprintf("the credentials of context %s are %s", l.context, why))
			continue
		} else if why != "" {
			// Only what the URL itself holds is bound to its host; a variable of its own is for this whole session.
			if found, err = l.identity(target{}, in); err != nil {
				return err
			}
			if t := r.targets[i]; t.username.text != "" || t.password.text != "" {
				unused = append(unused, fmt.Sprintf("the credentials in %s are %s", t.host.origin, why))
			}
		}
		taken := s.Username
		if s.Username == "" && found.username.text != "" {
			s.Username = found.username.text
			s.note(nameUsername, s.Username, found.username.origin)
		}
		switch {
		case s.source != nil || found.source == nil:
		case taken != "" && found.username.text != "" && found.username.text != taken:
			unused = append(unused, fmt.Sprintf("the password of %s is for user %s", found.password.origin, found.username.text))
		default:
			s.source = found.source
			s.notePassword(found)
		}
	}
	s.missing = strings.Join(unused, "; ")
	// Whoever gave credentials that may not be sent there meant them, not guest.
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

// refusal is why what layer i binds to its own host may not be sent to the chosen endpoint; empty when it may.
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

// identity reads the layer's credential options and the userinfo of its URL.
func (l layer) identity(t target, in Input) (identity, error) {
	id := identity{username: l.values[nameUsername]}
	if t.username.text != "" {
		if id.username.text != "" && id.username.text != t.username.text {
			return id, l.bad(t.username, problem("names user %q, and %s names user %q", t.username.text, id.username.where, id.username.text)).
				Next("leave one of them out: take the user and the password out of the URL, or do without %s", id.username.where)
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
		return id, l.bad(sources[1], problem("%s gives the password too", sources[0].where)).Next("leave one out")
	}
	return id, nil
}

// notePassword keeps where the password comes from, under its own name and under that of the option that gives it.
func (s *Settings) notePassword(id identity) {
	s.note(id.option, id.password.text, id.password.origin)
	s.note(namePassword, hidden, id.password.origin)
}

// readStdin reads a password that standard input gives now, because the command may read the rest of it later.
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

// user is the user name, asked for when none is known.
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
			Next("set RABBITCTL_USERNAME or give --username; %s", waysToGiveAPassword)
	}
	return s.asked, nil
}

// readPassword gets the password from its source, or from a person.
func (s *Settings) readPassword(ctx context.Context, username string) (Secret, error) {
	if err := fail.Ended(ctx); err != nil {
		return Secret{}, err
	}
	if s.source != nil {
		text, err := s.source(ctx)
		return NewSecret(text), err
	}
	if s.askSecret == nil {
		return Secret{}, s.incomplete("no password for user %s at %s", username, s.Endpoint).Next("%s", waysToGiveAPassword)
	}
	text, err := s.askSecret(fmt.Sprintf("Password for %s at %s: ", username, s.Endpoint.HostPort()))
	if err != nil {
		return Secret{}, notEntered("password", err)
	}
	return NewSecret(text), nil
}

// notEntered is a question that a person did not answer: in time, or at all.
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
