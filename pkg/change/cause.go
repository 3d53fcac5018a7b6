package change

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/rabbitctl/rabbitctl/pkg/broker"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/record"
)

// Missing is the cause of an error about an object that does not exist. rabbitctl and the official tools each have
// their own words for it.
type Missing struct {
	// What is the kind of the object: user, vhost, queue, policy, parameter.
	What string
	Name string
	// VHost is the virtual host that the object would be in; "" if such objects are in none, or if the error need not
	// name it.
	VHost string
	// Err is the answer of the broker or node; nil if a listing does not have the object.
	Err error
	// Hint is the next step, in place of the command that lists the existing objects.
	Hint fail.Advice
	// Names lists the existing objects, to suggest a similar name; nil: use Names of the parameter that takes the name.
	Names func(ctx context.Context, c *broker.Client, vhost string) ([]string, error)
}

func (m *Missing) Error() string {
	if m.VHost != "" {
		return Absence(m.What, m.Name, " in virtual host "+m.VHost)
	}
	return Absence(m.What, m.Name, "")
}

// InWords returns a kind of object as a sentence names it: with "virtual host" in place of vhost.
func InWords(noun string) string { return strings.Replace(noun, "vhost", "virtual host", 1) }

// Absence says that an object does not exist. The argument where is the end of the sentence: it names the virtual host,
// the broker or both; it is "" if neither has to be named. A node can exist without being a member of the cluster, so
// for a node Absence says only that it is not a member.
func Absence(what, name, where string) string {
	switch what {
	case "node":
		return "node " + name + " is not a member of the cluster" + strings.Replace(where, " on ", " at ", 1)
	case RunningNode:
		return "node " + name + " is not a running member of the cluster" + strings.Replace(where, " on ", " at ", 1)
	case "member", "replica", "permission", "topic permission", "vhost limit", "virtual host limit":
		return "no " + InWords(what) + " " + name + " exists" + where
	}
	return InWords(what) + " " + name + " does not exist" + where
}

// RunningNode is the Missing.What of a node that has to be a running member of the cluster.
const RunningNode = "running node"

func (m *Missing) Unwrap() error { return m.Err }

// Exists is the cause of an error about an object that must not exist yet.
type Exists struct{ What, Name string }

func (e *Exists) Error() string { return fmt.Sprintf("%s %s exists already", e.What, e.Name) }

// NotJSON is the cause of an error about a text that is not a JSON document.
type NotJSON struct{ Text string }

func (n *NotJSON) Error() string {
	text := []rune(record.MaskURIs(n.Text))
	if len(text) > 200 {
		text = append(text[:200], '…')
	}
	return "it is not a JSON document: " + string(text)
}

// MissingOf returns the Missing in an error, or nil if the error has none.
func MissingOf(err error) *Missing {
	var m *Missing
	if errors.As(err, &m) {
		return m
	}
	return nil
}

// missingQueue turns a 404 into the error that the queue does not exist. It returns any other error unchanged.
func missingQueue(at Site, name string, err error) error {
	if broker.IsNotFound(err) {
		return &Missing{What: "queue", Name: name, VHost: at.VHost, Err: err, Names: QueueNames}
	}
	return err
}
