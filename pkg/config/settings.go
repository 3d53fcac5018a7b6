package config

import (
	"context"
	"sync"
	"time"
)

// Settings is the outcome of Resolve.
type Settings struct {
	Endpoint Endpoint

	// Username is empty when none is given anywhere; Credentials then asks for it or fails.
	Username string

	CACert   string // PEM file of trusted authorities; empty for the system's
	Cert     string // PEM file of the client certificate; empty for none
	Key      string // PEM file of its key; set whenever Cert is
	Insecure bool   // the broker's certificate is not verified

	Timeout   time.Duration // of the whole command; 0 is no limit
	Formatter string        // as given, not checked; empty when none is given
	VHost     string        // empty when VHostSet is false
	VHostSet  bool
	Quiet     bool
	NoColor   bool
	Trace     bool
	// Pager is a command; empty when none is given. Help is shown where settings cannot be read, too, so it asks for both
	// itself.
	Pager   string
	NoPager bool

	// Context is the name of the context in use; empty for none.
	Context string
	// ContextFile is the file that Context stands in.
	ContextFile string
	// Protected is the context's wish that every change be confirmed.
	Protected bool

	// ConfigFile is rabbitctl's own configuration file, whether it exists or not; empty when there is no home folder.
	ConfigFile string

	// Warnings are lines for a person; none stops the command.
	Warnings []string

	values map[string]Value

	mu        sync.Mutex // guards what follows
	password  Secret
	source    passwordSource
	asked     string // the user name that was asked for
	askUser   func(string) (string, error)
	askSecret func(string) (string, error)
	missing   string // why a stronger layer's endpoint left credentials unused; empty when none were
}

// Value is an option as it was resolved, for showing.
type Value struct {
	Option Option
	// Text is the value; "(hidden)" for a secret, empty when not set.
	Text string
	// Origin is where it came from; empty when not set.
	Origin string
}

// Origin tells where the value of the option came from: "flag --host", "RABBITCTL_URL", "context prod in FILE",
// "default", or "" when it is not set. The parts of a URL have the URL's origin.
func (s *Settings) Origin(option string) string { return s.values[option].Origin }

// Values lists every option with its value and origin, in the order of Options.
func (s *Settings) Values() []Value {
	var all []Value
	for _, o := range Options() {
		v := s.values[o.Name]
		v.Option = o
		all = append(all, v)
	}
	return all
}

// HasPassword tells whether a password, or a way to get one without asking a person, is known.
func (s *Settings) HasPassword() bool { return s.source != nil }

// Credentials returns the user name and the password. The first call may run the password command, read the password
// file or ask the person, in that case naming user and host; later calls return the same. It is safe for concurrent
// use. A failure has kind Config and a hint that lists the ways to give a password.
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

// durationText writes a duration, with 0 as the word that parseDuration reads.
func durationText(d time.Duration) string {
	if d == 0 {
		return "infinity"
	}
	return d.String()
}
