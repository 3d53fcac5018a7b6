package config

import (
	"context"
	"sync"
	"time"
)

// Settings is the result of Resolve.
type Settings struct {
	Endpoint Endpoint

	// Username is the user of the strongest layer that gives one for this broker. If no layer does, it is guest at the
	// loopback, unless given credentials were not used (see missing). In all other cases it is empty: Credentials then
	// asks for it, or fails.
	Username string

	CACert   string // PEM file of trusted authorities; empty to trust those of the system
	Cert     string // PEM file of the client certificate; empty for none
	Key      string // PEM file of the client certificate's key; set whenever Cert is
	Insecure bool   // the broker's certificate is not verified

	Timeout   time.Duration // for the whole command; 0 means no limit
	Formatter string        // as given, not checked; empty when none is given
	VHost     string        // empty when VHostSet is false
	VHostSet  bool
	// AMQPURL is where the broker speaks AMQP; empty when none is given.
	AMQPURL string
	// Distribution says how to reach the node by Erlang distribution, for operations that HTTP does not offer.
	Distribution Distribution
	Quiet        bool
	NoColor      bool
	Trace        bool
	// Pager is a command; empty when none is given. The code that shows help reads the pager settings itself, because
	// help must work without valid settings.
	Pager   string
	NoPager bool

	// Context is the name of the context in use; empty for none.
	Context string
	// Among is equal to Context if --contexts or an argument names the context; empty otherwise.
	Among string
	// ContextFile is the path of the file that holds Context.
	ContextFile string
	// Protected means that every change in this context needs a confirmation.
	Protected bool
	// ReadOnly means that every change in this context is refused.
	ReadOnly bool
	// Journal is the file that records changes, as given; empty for none.
	Journal string

	// ConfigFile is rabbitctl's own configuration file, whether it exists or not; empty when there is no home folder.
	ConfigFile string

	// Warnings are lines for people. They do not stop the command.
	Warnings []string

	values map[string]Value

	mu        sync.Mutex // guards the fields below
	password  Secret
	source    passwordSource
	asked     string // the user name that a person entered
	askUser   func(string) (string, error)
	askSecret func(string) (string, error)
	missing   string // why given credentials were not used; empty when none were left out
}

// Value is a resolved option, for config show.
type Value struct {
	Option Option
	// Text is the value; "(hidden)" for a secret, empty when not set.
	Text string
	// Origin says where the value came from; empty when not set.
	Origin string
}

// Origin says where the value of the option came from, for example "flag --host", "RABBITCTL_URL", "context prod in
// FILE" or "default". It is "" when the option is not set. The parts of a URL have the URL's origin.
func (s *Settings) Origin(option string) string { return s.values[option].Origin }

// Values lists every option with its value and origin, in the order of Options.
func (s *Settings) Values() []Value {
	var all []Value
	for _, o := range allOptions {
		v := s.values[o.Name]
		v.Option = o
		all = append(all, v)
	}
	return all
}

// HasPassword reports whether the password can be had without asking a person.
func (s *Settings) HasPassword() bool { return s.source != nil }

// Credentials returns the user name and the password. The first call may run the password command, read the password
// file or ask a person; the question names user and host. After a success, later calls return the same values. It is
// safe for concurrent use. A failure has kind Config, or Timeout or Canceled if the wait ended or a person entered
// nothing. If no password is given, the hint lists the ways to give one.
func (s *Settings) Credentials(ctx context.Context) (username string, password Secret, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	username, err = s.user()
	if err != nil {
		return "", Secret{}, err
	}
	if !s.password.IsSet() {
		password, err = s.readPassword(ctx, username)
		if err != nil {
			return "", Secret{}, err
		}
		s.password = password
	}
	return username, s.password, nil
}

func (s *Settings) note(name, text, origin string) {
	if origin == "" {
		return
	}
	if optionNamed(name).Secret {
		text = hidden
	}
	s.values[name] = Value{Text: text, Origin: origin}
}

// durationText writes a duration in a form that parseDuration reads; 0 is "infinity".
func durationText(d time.Duration) string {
	if d == 0 {
		return "infinity"
	}
	return d.String()
}
