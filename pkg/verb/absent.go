package verb

import (
	"context"
	"errors"
	"strings"

	"github.com/rabbitctl/rabbitctl/pkg/broker"
	"github.com/rabbitctl/rabbitctl/pkg/change"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
)

// Explain turns a 404 for a request about a virtual host into an error about the virtual host, if the virtual host is
// what does not exist. It leaves an error of Absent as it is.
func Explain(ctx context.Context, c *broker.Client, err error, vhost string) error {
	if vhost == "" || !broker.IsNotFound(err) || errors.As(err, new(*explained)) {
		return err
	}
	if shut := c.EnterVHost(ctx, vhost); shut != nil {
		return shut
	}
	return err
}

// explained is the cause of an error of Absent.
type explained struct{ error }

func (e *explained) Unwrap() error { return e.error }

// Absent turns a 404 into an error that the object, or its virtual host, does not exist. The error suggests the most
// similar name of an existing object. Absent does the same with a change.Missing that says, without a 404, that a
// listing does not have the object. It returns any other error unchanged. vhost is "" for an object outside virtual
// hosts. The last argument has the function Complete, which lists all objects of the kind.
func Absent(ctx context.Context, c *broker.Client, err error, what, vhost, name string, of Arg) error {
	if !broker.IsNotFound(err) && change.MissingOf(err) == nil {
		return err
	}
	place := ""
	if vhost != "" {
		if err := c.EnterVHost(ctx, vhost); err != nil {
			return err
		}
		place = " in virtual host " + vhost
	}
	near := ""
	if of.Complete != nil {
		ctx, cancel := context.WithTimeout(ctx, broker.NearBudget)
		defer cancel()
		if names, err := of.Complete(ctx, c, vhost); err == nil {
			near = fail.DidYouMean(name, names)
		}
	}
	e := fail.New(fail.NotFound, "%s%s", change.Absence(what, name, place+" on "+c.BaseURL()), near).
		Next("%s", shows(what, vhost))
	e.Err = &explained{err}
	return e
}

// shows returns a next step: the command that lists the existing objects, and what its output shows. It names the
// virtual host, since that of the context can be another one.
func shows(what, vhost string) string {
	switch what {
	case "node":
		return "rabbitctl list_nodes shows its nodes"
	case change.RunningNode:
		return "rabbitctl list_nodes name running shows which nodes run"
	}
	var flags []string
	if vhost != "" {
		flags = []string{"-p", vhost}
	}
	name, columns, _ := strings.Cut(listOf(what), " ")
	return fail.CommandWith(flags, name, strings.Fields(columns)...) + " shows those that exist"
}

// listOf returns the command that lists objects of a kind, with the columns that it needs.
func listOf(what string) string {
	switch what {
	case "virtual host":
		return "list_vhosts"
	case "virtual host limit":
		return "list_vhost_limits"
	case "member":
		return "list_queues name type members"
	case "policy":
		return "list_policies"
	case "operator policy":
		return "list_operator_policies"
	}
	return "list_" + strings.ReplaceAll(what, " ", "_") + "s"
}
