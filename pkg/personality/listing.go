package personality

import (
	"context"
	"strings"

	"github.com/rabbitctl/rabbitctl/pkg/erlang"
)

// listing describes a listing of the official tools. The columns and rows come from rabbitctl's own listing, the noun.
type listing struct {
	name string
	// noun is the name of the rabbitctl listing that the rows come from; "" means the listing of the same name.
	noun string
	// columns are the info keys in the official order. If free is not set, exactly these columns are printed, unless
	// prepare chooses others.
	columns string
	// defaults are the columns that are printed if the user names none; "" means all columns.
	defaults string
	// free means that arguments choose the columns.
	free bool
	// about says to which kind of object the rows belong.
	about subject
	// banner is the line before the rows; %s is the virtual host, the user or the node.
	banner string
	// usage is what follows the tool and the global options in the usage line.
	usage string
	// streamed means that the official tool prints each row as soon as it arrives.
	streamed bool
	// format is the default formatter; "" means table.
	format string
	// shapes says how the values of a column are written. A column without a shape has the shape asName.
	shapes map[string]shape
	// order is the column by which the rows are sorted; "" means the order in which they arrive.
	order string
	// nodes asks the nodes themselves over Erlang distribution, and passes every row, as pairs, to the function each. nil
	// means that only the HTTP API can be asked.
	nodes func(ctx context.Context, c *call, q *question, each func(row erlang.Term) error) error
	// nodeColumns are info keys that only the nodes themselves report. The HTTP API does not have them under any name.
	// They need the Erlang cookie.
	nodeColumns string
	// switches are the options that only this listing has.
	switches switches
	// prepare sets what is special about the listing. It is called after the command line was read. nil means that nothing
	// is special.
	prepare func(r *run, q *question)
}

// subject is the kind of object to which the rows of a listing belong.
type subject int

const (
	aboutBroker     subject = iota
	aboutVHost              // of the virtual host that -p names; one that does not exist looks empty
	aboutKnownVHost         // the same, but one that does not exist is an error
	aboutUser               // of the user that is the only argument
	aboutNode               // of the node that is asked
)

// inVHost reports whether the rows belong to a virtual host, so that -p has an effect.
func (s subject) inVHost() bool { return s == aboutVHost || s == aboutKnownVHost }

// columnNames returns all columns of the listing.
func (l listing) columnNames() []string { return strings.Fields(l.columns) }

// shown returns the columns that the listing prints if the user names none.
func (l listing) shown() []string {
	if l.defaults == "" {
		return l.columnNames()
	}
	return strings.Fields(l.defaults)
}
