package personality

import (
	"context"
	"errors"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/record"
)

// command is a command of the official tools other than a listing: a check, a report, or a change. One more is one more
// entry.
type command struct {
	name string
	// of is the tool that has it, where another has a command of the same name; 0: any.
	of tools
	// usage is what follows the tool and the global options in the usage line; "" is the name and a time limit.
	usage string
	// min and max bound the number of arguments; a max below 0 means any number.
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

// hush says when an answer is left out.
type hush int

const (
	never      hush = iota
	whenSilent      // with --silent
	whenQuiet       // with --silent or --quiet
)

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

// connect finds who answers, and connects to the node of a distant command. instead is the answer if that node cannot
// be reached; nil if the command can run.
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
