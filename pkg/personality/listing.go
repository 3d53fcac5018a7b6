package personality

import (
	"context"
	"strings"

	"github.com/rabbitctl/rabbitctl/pkg/erlang"
)

// listing is what is official about a listing. The columns and the rows themselves are the noun's.
type listing struct {
	name string
	// noun is the program's own listing whose rows it has; "": the one of the same name.
	noun string
	// columns are the info keys in the official order. Where free is not set, they are what is printed.
	columns string
	// defaults are the columns when none is asked for; "" means all.
	defaults string
	// free means that columns may be asked for.
	free bool
	// about is whose rows they are.
	about subject
	// banner is the first line; %s is the virtual host, the user or the node.
	banner string
	// usage is what follows the tool and the global options in the usage line.
	usage string
	// streamed means that the official tool prints the rows as they come.
	streamed bool
	// format is the default formatter; "": table.
	format string
	// shapes say what the values of the columns are that are not names.
	shapes map[string]shape
	// order is the column that the rows are ordered by; "": as they come.
	order string
	// nodes asks the nodes themselves, over Erlang distribution, and hands out rows of pairs; nil: they cannot be asked.
	nodes func(ctx context.Context, c *call, q *question, each func(row erlang.Term) error) error
	// nodeColumns are info keys that only nodes have, and HTTP does not even name. They need the cookie.
	nodeColumns string
	// switches are the options of its own.
	switches switches
	// prepare sets what is special about it, once it is known what was typed; nil: nothing is.
	prepare func(r *run, q *question)
}

// subject is whose rows a listing has.
type subject int

const (
	aboutBroker     subject = iota
	aboutVHost              // of the virtual host that -p names; one that does not exist looks empty
	aboutKnownVHost         // the same, but one that does not exist is an error
	aboutUser               // of the user that is the only argument
	aboutNode               // of the node that is asked
)

// inVHost tells whether -p counts.
func (s subject) inVHost() bool { return s == aboutVHost || s == aboutKnownVHost }

// columnNames are all columns of the listing.
func (l listing) columnNames() []string { return strings.Fields(l.columns) }

// shown are the columns of the listing when none is asked for.
func (l listing) shown() []string {
	if l.defaults == "" {
		return l.columnNames()
	}
	return strings.Fields(l.defaults)
}
