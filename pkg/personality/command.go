package personality

import (
	"context"
	"errors"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/rabbitctl/rabbitctl/pkg/broker"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/record"
)

// command is a command of the official tools other than a listing: a check, a report, or a change. To add a command,
// add it to one of the functions that the function commands calls, and to the catalogue.
type command struct {
	name string
	// of is the tool that the command belongs to. It is set if another tool has a command of the same name; 0 means any
	// tool.
	of tools
	// usage is what follows the tool and the global options in the usage line; "" means the name and --timeout.
	usage string
	// min and max bound the number of arguments; a max below 0 means any number.
	min, max int
	// switches are the options that only this command has, and letters their short names.
	switches switches
	letters  map[string]string
	// changes means that the command may change something on the broker. The functions ofOp and changing set this field;
	// only the command remote_shell sets it in its own definition.
	changes bool
	// op says that the command runs a change of package change.
	op bool
	// anywhere means that the API of any node of the cluster can run the command for the node that -n names.
	anywhere bool
	// distant means that the node runs the command over Erlang distribution: call.erlang is set instead of call.client.
	distant bool
	// local means that no node and no broker is asked.
	local bool
	// alone runs the command with files of this machine and without a node. It is called if aloneIf returns true. The
	// function unreached may also call it if the node cannot be reached. nil means that the command always needs a node.
	alone   func(ctx context.Context, c *call) (answer, error)
	aloneIf func(c *call) bool
	// grace is how much longer than the time limit this program waits for the answer. It is set if the node itself waits
	// until the time limit.
	grace time.Duration
	// seconds is the default time limit; 0 means the time limit of the settings.
	seconds int
	// patient means that a distant command waits until its node is reached.
	patient bool
	// unreached returns the answer if the node that a command asks over Erlang distribution cannot be reached. If
	// unreached is nil, the command then ends with the error.
	unreached func(c *call, err error) (answer, error)
	// distantIf reports whether a command that usually asks the API asks the node itself this time. In this case the
	// function byNode runs in place of the function run. nil means that the command always asks the API.
	distantIf func(c *call) bool
	byNode    func(ctx context.Context, c *call) (answer, error)
	// younger means that the command changes members of quorum queues, and the API of releases before 3.11.19 and of
	// 3.12.0 has no request for it. For these releases the node itself is asked over Erlang distribution, and call.erlang
	// is set in addition to call.client.
	younger bool
	// booting runs the command over Erlang distribution if the API does not answer, because the API starts late in the
	// boot of a node. nil means that the command then fails.
	booting func(ctx context.Context, c *call) (answer, error)
	// valid returns a fault for a wrong command line, before anything is sent; nil accepts every command line.
	valid func(c *call) *fault
	// ready runs the checks that need the broker, before the first line is printed. nil means that there are none.
	ready func(ctx context.Context, c *call) error
	// banner returns what is printed before the answer, usually one line, without a newline at its end. If it is nil or
	// returns "", nothing is printed there.
	banner func(c *call) string
	// run runs the command. If it returns a fault, the fault is printed as it is.
	run func(ctx context.Context, c *call) (answer, error)
}

// hush says with which options an answer is not printed.
type hush int

const (
	never      hush = iota
	whenSilent      // with --silent
	whenQuiet       // with --silent or --quiet
)

// commands returns all commands that are not listings, except version, autocomplete, help and those that this program
// cannot run.
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

// commandOf returns the tool's command of that name. If t is 0, the command may be of any tool.
func commandOf(t tools, name string) (command, bool) {
	for _, c := range commands() {
		if c.name == name && (t == 0 || c.of == 0 || c.of&t != 0) {
			return c, true
		}
	}
	return command{}, false
}

// shownUsage returns the usage of the command. An empty field usage stands for the most frequent one.
func (d command) shownUsage() string {
	if d.usage == "" {
		return d.name + " [--timeout <timeout>]"
	}
	return d.usage
}

// say returns the function for a banner that depends only on the node. %s in text stands for the node's name.
func say(text string) func(*call) string {
	return func(c *call) string { return strings.ReplaceAll(text, "%s", c.node) }
}

// perform runs a command. It first checks all that was typed, then asks the node, and then prints the banner.
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
		// The table shows what was done before the error, so print the table, too.
		return errors.Join(r.answer(c, a), err)
	}
	if err != nil {
		return err
	}
	return r.answer(c, a)
}

// firstKnock is how long a patient command waits before it tries again to reach its node.
const firstKnock = 500 * time.Millisecond

// connect finds the API that answers, or connects to the node itself. It replaces the function run of the command by
// byNode, alone or booting if one of these has to run. The result instead is the answer if the node cannot be reached;
// nil if the command can run.
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

// byNode connects to the node itself, so that the node answers in place of the API.
func (r *run) byNode(ctx context.Context, d *command, c *call) (instead *answer, err error) {
	d.run = d.byNode
	if err = r.reached(ctx, c); err == nil || d.unreached == nil {
		return nil, err
	}
	a, err := d.unreached(c, err)
	return &a, err
}

// olderReached connects to the node of a release whose API does not change members of quorum queues.
func (r *run) olderReached(ctx context.Context, c *call) error {
	if broker.ChangesMembers(c.overview.At("rabbitmq_version").Text()) {
		return nil
	}
	err := r.reached(ctx, c)
	if err != nil {
		c.remark("the HTTP API of this release has no request for %s, so the node itself is asked", c.command)
	}
	return err
}

// localRelease is the release whose tools a local command imitates. A local command asks no node, so no release is
// known.
const localRelease = "4.3"

// read parses once more what was typed, now that the command's own options are known.
func (r *run) read(d command) {
	known, letters := globals()
	maps.Copy(known, d.switches)
	maps.Copy(letters, d.letters)
	r.usage = d.shownUsage()
	r.line = parse(r.typed, known, letters)
}

// checked returns the call, or an error if the command line is wrong.
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

// openBanner prints the first line, unless the options suppress it.
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
