package change

import (
	"errors"
	"fmt"
)

// Missing is the cause of an error about an object that is not there. Each dialect words it by itself.
type Missing struct {
	// What is its kind: user, vhost, queue, policy, parameter.
	What string
	Name string
	// VHost is the virtual host that it would be in; "" where it is in none.
	VHost string
	// Err is the broker's answer.
	Err error
}

func (m *Missing) Error() string {
	if m.VHost != "" {
		return fmt.Sprintf("%s %s does not exist in virtual host %s", m.What, m.Name, m.VHost)
	}
	return fmt.Sprintf("%s %s does not exist", m.What, m.Name)
}

func (m *Missing) Unwrap() error { return m.Err }

// Exists is the cause of an error about an object that must not be there yet.
type Exists struct{ What, Name string }

func (e *Exists) Error() string { return fmt.Sprintf("%s %s exists already", e.What, e.Name) }

// NotJSON is the cause of an error about a text that is no JSON document.
type NotJSON struct{ Text string }

func (n *NotJSON) Error() string { return "it is no JSON document: " + n.Text }

// MissingOf is the Missing in an error, nil for none.
func MissingOf(err error) *Missing {
	var m *Missing
	if errors.As(err, &m) {
		return m
	}
	return nil
}
