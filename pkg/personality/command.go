package personality

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/rabbitctl/rabbitctl/pkg/broker"
	"github.com/rabbitctl/rabbitctl/pkg/change"
	"github.com/rabbitctl/rabbitctl/pkg/erlang"
	"github.com/rabbitctl/rabbitctl/pkg/erldist"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/record"
	"github.com/rabbitctl/rabbitctl/pkg/release"
)

// command is a command of the official tools that is no listing: a check, a report, or a change. One more is one more
// entry.
type command struct {
	name string
	// of is the tool that has it, where another has a command of the same name; 0: any.
	of tools
	// usage is what follows the tool and the global options in the usage line; "" is the name and a time limit.
	usage string
	// min and max bound the number of arguments; a max below 0 is no bound.
	min, max int
	// switches are the options of its own, and letters their short names.
	switches switches
	letters  map[string]string
	// changes means that it may change something on the broker: see changing.
	changes bool
	// op says that the command runs a change of package change.
	op bool
	// anywhere means that the API of any member does it to the node that -n names.
	anywhere bool
	// distant means that the node does it over Erlang distribution: call.erlang is there in place of call.client.
	distant bool
	// local means that no node and no broker is asked.
	local bool
	// alone does it with files of this machine and without a node, where aloneIf holds; nil: nothing does.
	alone   func(ctx context.Context, c *call) (answer, error)
	aloneIf func(c *call) bool
	// grace is how much longer the answer is waited for, of what waits itself on the node until the time limit.
	grace time.Duration
	// seconds is the default time limit; 0: none of its own.
	seconds int
	// patient means that a distant command waits until its node is reached.
	patient bool
	// unreached answers where a distant command's node cannot be reached; nil: that is the error.
	unreached func(c *call, err error) (answer, error)
	// distantIf tells whether a command that is not distant asks the node anyway, by byNode in place of run; nil:
	// never.
	distantIf func(c *call) bool
	byNode    func(ctx context.Context, c *call) (answer, error)
	// younger means that releases before 3.11 have no request for it, so that their node is asked over Erlang
	// distribution: call.erlang is there then, too.
	younger bool
	// booting answers over Erlang distribution where the API does not, since it comes up late; nil: nothing does.
	booting func(ctx context.Context, c *call) (answer, error)
	// valid refuses what was typed before anything is sent; nil takes all.
	valid func(c *call) *fault
	// ready refuses, before the first line, what the broker has to be asked about; nil takes all.
	ready func(ctx context.Context, c *call) error
	// banner is the first line; nil or an empty one: none.
	banner func(c *call) string
	// run does it. A fault that it returns is printed as it is.
	run func(ctx context.Context, c *call) (answer, error)
}

// call is a command as it was called, and who answers.
type call struct {
	*run
	args   []string
	client *broker.Client
	// erlang is the node of a distant command.
	erlang *erldist.Client
	// heard gets what came of each step of a change, one of so many, and returns the error that ends it; nil: any error
	// does.
	heard func(i, of int, o change.Outcome, err error) error
	// node is the node that it is about, and overview what that node says of itself.
	node     string
	overview record.Value
}

// hush says when an answer is left out.
type hush int

const (
	never      hush = iota
	whenSilent      // with --silent
	whenQuiet       // with --silent or --quiet
)

// answer is what a command prints.
type answer struct {
	// printed means that everything is printed already.
	printed bool
	// text is printed with a line end; nothing is printed for "".
	text string
	// hush is when text is left out.
	hush hush
	// data is what json prints; nil: that it went well, with text as the value.
	data erlang.Term
	// table is printed in place of text, and format is its default formatter.
	table  *table
	format string
}

// table is an answer in rows.
type table struct {
	names []string
	// streamed says that the official tool prints rows as they come.
	streamed bool
	rows     [][]erlang.Term
}

// commands are all entries.
func commands() []command {
	return slices.Concat(liveness(), checks(), nodeReports(), clusterReports(), queueReports(), pluginCommands(),
		sizeCommands(),
		reportCommands(), mirroringCommands(), formerCommands(),
		distant(slices.Concat(distantReads(), distantLogs(), distantMachine(), distantWatching())...), localCommands(),
		distant(queueReads()...), distant(streamReads()...),
		[]command{waiting()}, distant(distantPlugins()...), []command{pluginList()},
		changing(userChanges(), vhostChanges(), policyChanges(), parameterChanges(), queueChanges(), connectionChanges(),
			clusterChanges(),
			leaderCommands(),
			distantChanges(), distantSettings(), distant(distantMembers()...), distant(pluginChanges()...),
			distantReplicas(),
			linkChanges(), superStreamChanges(), memberChanges(), definitionCommands()))
}

func commandNamed(name string) (command, bool) { return commandOf(0, name) }

// commandOf is the command that a tool has; 0 is any of them.
func commandOf(t tools, name string) (command, bool) {
	for _, c := range commands() {
		if c.name == name && (t == 0 || c.of == 0 || c.of&t != 0) {
			return c, true
		}
	}
	return command{}, false
}

// shownUsage is the usage line; the most frequent one need not be spelled out.
func (d command) shownUsage() string {
	if d.usage == "" {
		return d.name + " [--timeout <timeout>]"
	}
	return d.usage
}

// say is a banner that is always the same but for the node's name, which %s stands for.
func say(text string) func(*call) string {
	return func(c *call) string { return strings.ReplaceAll(text, "%s", c.node) }
}

// perform runs a command: all that was typed is checked first, then the node is asked, then the banner is printed.
func (r *run) perform(ctx context.Context, d command) error {
	r.read(d)
	if len(r.line.invalid) == 0 && r.line.on("help") {
		return r.print(r.commandHelp(d))
	}
	c, err := r.checked(d)
	if err != nil {
		return err
	}
	if d.changes {
		if err := c.speakable(d.name); err != nil {
			return err
		}
	}
	if d.changes && !r.line.on("dry-run") {
		if err := r.mayChange(ctx); err != nil {
			return err
		}
	}
	ctx, cancel, err := r.budget(ctx, d.seconds, d.grace)
	if err != nil {
		return err
	}
	defer cancel()
	defer c.close()
	switch a, err := r.connect(ctx, &d, c); {
	case err != nil:
		return err
	case a != nil:
		return r.answer(c, *a)
	}
	if d.ready != nil {
		if err := d.ready(ctx, c); err != nil {
			return err
		}
	}
	if err := r.openBanner(d, c); err != nil || r.line.on("dry-run") {
		return err
	}
	a, err := d.run(ctx, c)
	if err != nil && a.table != nil && len(a.table.rows) > 0 {
		// What was done before the error is done, and has to be told.
		return errors.Join(r.answer(c, a), err)
	}
	if err != nil {
		return err
	}
	return r.answer(c, a)
}

// firstKnock is how long a patient command waits before it tries again.
const firstKnock = 500 * time.Millisecond

// connect finds who answers, and connects to a distant command's node. It returns what is answered where that cannot be
// reached; nil when there is somebody to ask.
func (r *run) connect(ctx context.Context, d *command, c *call) (instead *answer, err error) {
	if d.local {
		c.node = r.node()
		c.overview = record.Of(map[string]string{"rabbitmq_version": localRelease})
		return nil, nil
	}
	if d.aloneIf != nil && d.aloneIf(c) {
		d.run, c.node = d.alone, c.offlineNode()
		return nil, nil
	}
	if d.distant {
		err := r.reached(ctx, c)
		for d.patient && fail.KindOf(err) == fail.Unreachable && r.app.Sleep(ctx, firstKnock) == nil {
			err = r.reached(ctx, c)
		}
		if d.patient && err != nil && ctx.Err() != nil {
			return nil, fail.New(fail.Timeout, "%w", err)
		}
		if err == nil || d.unreached == nil {
			return nil, err
		}
		a, err := d.unreached(c, err)
		return &a, err
	}
	if d.distantIf != nil && d.distantIf(c) {
		return r.byNode(ctx, d, c)
	}
	c.client, c.node, c.overview, err = r.speaker(ctx, d.anywhere)
	if d.younger && err == nil {
		err = r.olderReached(ctx, c)
	}
	if d.booting != nil && fail.KindOf(err) == fail.Unreachable && r.reached(ctx, c) == nil {
		d.run, err = d.booting, nil
	}
	return nil, err
}

// byNode lets the node answer in place of the API.
func (r *run) byNode(ctx context.Context, d *command, c *call) (instead *answer, err error) {
	d.run = d.byNode
	if err = r.reached(ctx, c); err == nil || d.unreached == nil {
		return nil, err
	}
	a, err := d.unreached(c, err)
	return &a, err
}

// olderReached connects to the node of a release before 3.11, whose API has no request for the command.
func (r *run) olderReached(ctx context.Context, c *call) error {
	if c.since(3, 11) {
		return nil
	}
	err := r.reached(ctx, c)
	if err != nil {
		c.remark("the HTTP API of this release has no request for %s, so the node itself is asked", c.command)
	}
	return err
}

// localRelease is the release as whose tools a local command prints, since no node says which one is wanted.
const localRelease = "4.3"

// close ends the connection of a distant command.
func (c *call) close() {
	if c.erlang != nil {
		c.erlang.Close()
	}
}

// read parses what was typed.
func (r *run) read(d command) {
	known, letters := globals()
	maps.Copy(known, d.switches)
	maps.Copy(letters, d.letters)
	r.usage = d.shownUsage()
	r.line = parse(r.typed, known, letters)
}

// checked is the call, once all that was typed is right.
func (r *run) checked(d command) (*call, error) {
	switch {
	case len(r.line.invalid) > 0:
		return nil, r.invalid(r.line.refused())
	case len(r.line.words) == 0:
		return nil, r.swallowed()
	}
	c := &call{run: r, args: r.line.words[1:]}
	switch {
	case len(c.args) < d.min:
		return nil, r.invalid("not enough arguments.")
	case d.max >= 0 && len(c.args) > d.max:
		return nil, r.invalid("too many arguments.")
	}
	if d.valid != nil {
		if f := d.valid(c); f != nil {
			return nil, f
		}
	}
	return c, nil
}

// openBanner prints the first line, where it is wanted.
func (r *run) openBanner(d command, c *call) error {
	format, _ := r.line.given("formatter")
	if d.banner == nil || r.line.on("quiet") || r.line.on("silent") || readable(format) {
		return nil
	}
	text := d.banner(c)
	if text == "" {
		return nil
	}
	return r.print(text + "\n")
}

// answer prints what came of it, as the formatter wants it.
func (r *run) answer(c *call, a answer) error {
	if a.printed {
		return nil
	}
	format, given := r.line.given("formatter")
	if !given {
		format = a.format
	}
	if a.table != nil {
		if format != "json" || a.data == nil {
			return r.tabulate(a.table, format)
		}
	}
	switch format {
	case "", "string", "table", "plugins":
		if a.text == "" || a.hush >= whenSilent && r.line.on("silent") || a.hush == whenQuiet && r.line.on("quiet") {
			return nil
		}
		return r.print(a.text + "\n")
	case "json":
		data := a.data
		switch {
		case data == nil && a.text == "":
			data = object("node", erlang.Atom(c.node), "result", erlang.Atom("ok"))
		case data == nil:
			data = object("node", erlang.Atom(c.node), "result", erlang.Atom("ok"), "value", erlang.Binary(a.text))
		}
		return r.print(erlang.JSON(data) + "\n")
	}
	return &fault{fail.Unavailable, fmt.Sprintf("Error:\n%s is offered as text and as json only, not as %s", r.command,
		format)}
}

// tabulate prints a table.
func (r *run) tabulate(t *table, format string) error {
	f := newFormatter(format, sheet{names: t.names, streamed: t.streamed, silent: r.line.on("silent"),
		noHeaders: r.line.options["table-headers"] == "false",
		pad:       r.line.on("pad-to-header")})
	if f == nil {
		return &fault{fail.Unavailable, fmt.Sprintf("Error:\n%s cannot be printed as %s", r.command, format)}
	}
	out := r.buffered()
	for _, cells := range t.rows {
		f.row(out, cells)
	}
	f.end(out, len(t.rows))
	return out.Flush()
}

// object is a map, whose keys stand in the order of the alphabet.
func object(pairs ...any) erlang.Map {
	var d erlang.Map
	for i := 0; i+1 < len(pairs); i += 2 {
		value, _ := pairs[i+1].(erlang.Term)
		d = append(d, erlang.Entry{Key: erlang.Atom(pairs[i].(string)), Value: value})
	}
	slices.SortFunc(d, func(a, b erlang.Entry) int { return strings.Compare(erlang.Cell(a.Key), erlang.Cell(b.Key)) })
	return d
}

// well is the answer of a check that passed: a sentence, and in json no more than that it did.
func well(h hush, format string, args ...any) answer {
	return answer{text: fmt.Sprintf(format, args...), hush: h, data: object("result", erlang.Atom("ok"))}
}

// failed ends a check that did not pass: one sentence without a head.
func failed(format string, args ...any) *fault {
	return &fault{fail.Unavailable, fmt.Sprintf(format, args...)}
}

// no is a failure whose text begins with "Error:", as the official tools begin most errors.
func no(kind fail.Kind, format string, args ...any) *fault {
	return &fault{kind, "Error:\n" + fmt.Sprintf(format, args...)}
}

// bad refuses an argument as the official tools do; the exit code is 65.
func (c *call) bad(format string, args ...any) *fault {
	f := c.invalid("Bad argument: " + fmt.Sprintf(format, args...))
	f.kind = fail.Data
	return f
}

// vhost is the virtual host that -p names, "/" when there is none.
func (c *call) vhost() string {
	if vhost, ok := c.line.given("vhost"); ok {
		return vhost
	}
	return "/"
}

// option is the value of an option, or what it is without.
func (c *call) option(name, otherwise string) string {
	if value, ok := c.line.given(name); ok {
		return value
	}
	return otherwise
}

// machine tells whether a program reads the answer.
func (c *call) machine() bool { return c.option("formatter", "") == "json" }

// since tells whether the broker's release is that one or a later one.
func (c *call) since(major, minor int) bool {
	return release.AtLeast(c.overview.At("rabbitmq_version").Text(), major, minor)
}

// addressable refuses names that no path of the API leads to.
func addressable(names ...string) error {
	for _, name := range names {
		if !broker.Addressable(name) {
			return no(fail.Unavailable, "the HTTP API cannot address the name %q", name)
		}
	}
	return nil
}

// speakable refuses what is not UTF-8 where something would be made or set with it: 4.3 takes such names of policies,
// virtual hosts and more in a path, and then fails at each listing that has one; in a body other bytes would become
// other text, so that a password would not be the one that was typed. What is there already can be removed.
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

// positive refuses a first argument that is no number above 0.
func positive(c *call) *fault {
	if n, err := strconv.Atoi(c.args[0]); err != nil || n < 1 {
		return c.bad("Argument must be a positive integer")
	}
	return nil
}
