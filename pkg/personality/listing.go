package personality

import (
	"context"
	"strings"

	"github.com/rabbitctl/rabbitctl/pkg/erlang"
)

// listing describes a listing of the official tools. The columns and rows come from rabbitctl's own listing, the noun.
type listing struct {
	name string
	// noun is the rabbitctl listing that the rows come from; "": the listing of the same name.
	noun string
	// columns are the info keys in the official order. Where free is not set, they are what is printed.
	columns string
	// defaults are the columns when none is asked for; "" means all.
	defaults string
	// free means that arguments choose the columns.
	free bool
	// about says what the rows belong to.
	about subject
	// banner is the first line; %s is the virtual host, the user or the node.
	banner string
	// usage is what follows the tool and the global options in the usage line.
	usage string
	// streamed means that the official tool prints the rows as they come.
	streamed bool
	// format is the default formatter; "": table.
	format string
	// shapes say how values are written, for the columns whose values are not plain names.
	shapes map[string]shape
	// order is the column that the rows are ordered by; "": as they come.
	order string
	// nodes asks the nodes themselves, over Erlang distribution, and hands out rows of pairs; nil: they cannot be asked.
	nodes func(ctx context.Context, c *call, q *question, each func(row erlang.Term) error) error
	// nodeColumns are info keys that only nodes report, and that the HTTP API does not even name. They need the Erlang
	// cookie.
	nodeColumns string
	// switches are the options that only this listing has.
	switches switches
	// prepare sets what is special about the listing, after the command line was read; nil: nothing is special.
	prepare func(r *run, q *question)
}

// subject is what the rows of a listing belong to.
type subject int

const (
	aboutBroker     subject = iota
	aboutVHost              // of the virtual host that -p names; one that does not exist looks empty
	aboutKnownVHost         // the same, but one that does not exist is an error
	aboutUser               // of the user that is the only argument
	aboutNode               // of the node that is asked
)

// inVHost tells whether -p has an effect.
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
