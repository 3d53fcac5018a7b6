package personality

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"unicode/utf8"

	"github.com/rabbitctl/rabbitctl/pkg/broker"
	"github.com/rabbitctl/rabbitctl/pkg/change"
	"github.com/rabbitctl/rabbitctl/pkg/erldist"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/record"
	"github.com/rabbitctl/rabbitctl/pkg/release"
)

// call is one call of a command, with the API or the node that answers it.
type call struct {
	*run
	args   []string
	client *broker.Client
	// erlang is the connection to a node over Erlang distribution; nil if the command does not use it.
	erlang *erldist.Client
	// heard gets the result of each step of a change, with the step's index (i) and the number of steps (of). It returns
	// the error that ends the change. If heard is nil, any error ends the change.
	heard func(i, of int, o change.Outcome, err error) error
	// node is the node that the command is about, and overview is what its API reports about it. Without the API,
	// overview has the release only, or nothing if the release was not asked for.
	node     string
	overview record.Value
}

// close ends the connection over Erlang distribution, if there is one.
func (c *call) close() {
	if c.erlang != nil {
		c.erlang.Close()
	}
}

// bad refuses an argument as the official tools do; the exit code is 65.
func (c *call) bad(format string, args ...any) *fault {
	f := c.invalid("Bad argument: " + fmt.Sprintf(format, args...))
	f.kind = fail.Data
	return f
}

// vhost returns the virtual host that -p names, or "/" without -p.
func (c *call) vhost() string {
	if vhost, ok := c.line.given("vhost"); ok {
		return vhost
	}
	return "/"
}

// option returns the value of an option. If the option is not given, it returns its second argument.
func (c *call) option(name, otherwise string) string {
	if value, ok := c.line.given(name); ok {
		return value
	}
	return otherwise
}

// machine reports whether the formatter is json, so that a program reads the answer.
func (c *call) machine() bool { return c.option("formatter", "") == "json" }

// since reports whether the broker's release is major.minor or later.
func (c *call) since(major, minor int) bool {
	return release.AtLeast(c.overview.At("rabbitmq_version").Text(), major, minor)
}

// addressable refuses names that a path of the API cannot contain, such as "" and "..".
func addressable(names ...string) error {
	for _, name := range names {
		if !broker.Addressable(name) {
			return no(fail.Unavailable, "the HTTP API cannot address the name %q", name)
		}
	}
	return nil
}

// speakable refuses text that is not UTF-8. In a path, 4.3 accepts such names of policies, virtual hosts and more, and
// then fails at each listing that has one. In a body, the bytes would become other text: a user would get another
// password than the one that was typed. Commands that only remove something may name such objects.
func (c *call) speakable(name string) error {
	if change.OnlyRemoves(name) {
		return nil
	}
	vhost, _ := c.line.given("vhost")
	if !utf8.ValidString(vhost) {
		return no(fail.Data, "not sent: the name of the virtual host is not UTF-8")
	}
	for _, option := range slices.Sorted(maps.Keys(c.line.options)) {
		if !utf8.ValidString(c.line.options[option]) {
			return no(fail.Data, "not sent: the value of --%s is not UTF-8", option)
		}
	}
	for i, arg := range c.args {
		if !utf8.ValidString(arg) {
			return no(fail.Data, "not sent: argument %d is not UTF-8", i+1)
		}
	}
	return nil
}

// positive refuses a first argument that is not a number above 0.
func positive(c *call) *fault {
	if n, err := strconv.Atoi(c.args[0]); err != nil || n < 1 {
		return c.bad("Argument must be a positive integer")
	}
	return nil
}
