package definitions

import (
	"context"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/rabbitctl/rabbitctl/pkg/app"
	"github.com/rabbitctl/rabbitctl/pkg/beside"
	"github.com/rabbitctl/rabbitctl/pkg/definitions"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/verb"
)

// diff is the command that compares two sides. It has none of the command types of package verb, because it reads from
// no broker, from one, or from two.
type diff struct{}

// Title is the name of the command, and the line that describes it.
func (diff) Title() (name, short string) {
	return "diff_definitions", "Show how the definitions of two files, brokers or virtual hosts differ"
}

// diffFlags has the values of the flags.
type diffFlags struct {
	vhostA, vhostB string
	choice         choice
	names          []string
}

// Cobra makes the command.
func (d diff) Cobra(a *app.App) *cobra.Command {
	var f diffFlags
	title, short := d.Title()
	cmd := &cobra.Command{
		Use:   title + " A B",
		Short: short,
		Long: `Compare what two sides declare: users, virtual hosts, permissions, parameters, policies, exchanges, queues
and bindings. Each side is a file of definitions, a folder that export_definitions --split wrote, - for standard
input, broker: for the broker that this command talks to, or context:NAME for the broker of a context. If the name of
a file begins with broker: or context:, put ./ before it.

-p compares one virtual host on both sides. --vhost-a and --vhost-b name a virtual host for each side, and the two are
compared as if they were the same one. If only one side is limited to a virtual host, by its flag or because its file
is of one virtual host, the other side is limited to the virtual host of that name, too. In all these cases, users and
whatever else belongs to no virtual host are not compared. --rename-vhost OLD=NEW compares virtual host OLD of A with
virtual host NEW of B.

Each row is an object that only one side has, or a field of an object (column member) that differs. Two ways to write
the same thing are no difference: a default value left out or written, another order, the spelling of another release.
What brokers create by themselves is left out: exchanges and queues whose names begin with amq., and the global
parameters cluster_name, internal_cluster_id, cluster_tags and imported_definition_hash_value. Of a broker, exclusive
queues and their bindings are left out, too; a file that RabbitMQ 4.3 itself exported can still have such bindings.
Secrets are never shown: if a password changed, the output says only that. A secret that one side masks, as
export_definitions --redact does, is not compared. A kind that a file does not have, such as users, is not compared; a
note names such kinds if the other side has objects of them.

If a broker lacks an object that its release would refuse, the output says why: in the column reason, or after # with
-o unified.

-o unified writes a text with - before what A says and + before what B says; it is the default at a terminal. The exit
code is 0 if nothing differs, and 1 if anything differs.`,
		Example: `  rabbitctl diff_definitions backup.json broker:
  rabbitctl diff_definitions context:blue context:green
  rabbitctl diff_definitions context:prod broker: --vhost-a orders --vhost-b orders-test -o unified
  git show HEAD:definitions.json | rabbitctl diff_definitions - broker: --only queues,policies -o json`,
		RunE: func(cmd *cobra.Command, args []string) error { return f.run(cmd, a, args) },
	}
	verb.Takes(cmd, a, verb.Arg{Name: "A", Free: true}, verb.Arg{Name: "B", Free: true})
	cmd.ValidArgsFunction = completeSides(a)
	verb.VHostFlag(cmd, a)
	fs := cmd.Flags()
	fs.StringVar(&f.vhostA, "vhost-a", "", "only virtual host `VHOST` of A")
	fs.StringVar(&f.vhostB, "vhost-b", "", "only virtual host `VHOST` of B")
	fs.StringArrayVar(&f.names, "rename-vhost", nil,
		"compare virtual host OLD of A with NEW of B: `OLD=NEW` (may be repeated)")
	f.choice.flags(fs)
	verb.CompleteWords(cmd)
	return cmd
}

func (f *diffFlags) run(cmd *cobra.Command, a *app.App, args []string) error {
	print, err := printerOf(a)
	if err != nil {
		return err
	}
	if err := f.choice.check(); err != nil {
		return err
	}
	names, err := renames(f.names)
	if err != nil {
		return err
	}
	sides, err := f.sides(cmd, a, args)
	if err != nil {
		return err
	}
	if err := readBoth(cmd.Context(), a, sides); err != nil {
		return err
	}
	one, two := sides[0], sides[1]
	one.narrow(two)
	two.narrow(one)
	if one.doc, err = one.doc.Renamed(f.renamed(names, one, two)); err != nil {
		return err
	}
	docA, docB := f.choice.of(one.doc), f.choice.of(two.doc)
	found := definitions.Compare(docA, docB)
	for i, chosen := range []*definitions.Document{docA, docB} {
		verb.Note(a, "%s", sides[i].about(chosen))
	}
	uncompared(a, "A", docA, docB)
	uncompared(a, "B", docB, docA)
	if err := print(found, one, two); err != nil {
		return err
	}
	if len(found) == 0 {
		verb.Note(a, "no difference in the kinds of object that both sides have")
		return nil
	}
	verb.Note(a, "%s", summary(found))
	return fail.Verdict(fail.Unlike)
}

// uncompared writes a note about the kinds that were not compared because the side with this name does not list them.
// It leaves out a kind if the other side has no object of this kind.
func uncompared(a *app.App, name string, lacks, has *definitions.Document) {
	var kinds []string
	for _, k := range definitions.Kinds() {
		some := slices.ContainsFunc(has.Of(k), func(o definitions.Object) bool { return !definitions.Noise(o) })
		if some && !lacks.Covers(k) {
			kinds = append(kinds, k.String())
		}
	}
	if len(kinds) > 0 {
		verb.Note(a, "not compared, since %s does not list them: %s", name, strings.Join(kinds, ", "))
	}
}

// sides makes the two sides from the arguments and the flags. It does not read their definitions yet.
func (f *diffFlags) sides(cmd *cobra.Command, a *app.App, args []string) ([]*side, error) {
	both := ""
	if cmd.Flags().Changed("vhost") {
		var err error
		if both, err = verb.Scope(a, ""); err != nil {
			return nil, err
		}
	}
	var all []*side
	for i, own := range []struct{ flag, vhost string }{{"vhost-a", f.vhostA}, {"vhost-b", f.vhostB}} {
		changed := cmd.Flags().Changed(own.flag)
		switch {
		case changed && both != "":
			return nil, fail.Usagef("--%s and -p exclude each other", own.flag).Next("-p is for both sides")
		case changed && own.vhost == "":
			return nil, fail.Usagef("--%s is empty", own.flag)
		case !changed:
			own.vhost = both
		}
		s, err := sideOf(cmd.Context(), a, args[i], own.vhost)
		if err != nil {
			return nil, err
		}
		all = append(all, s)
	}
	all[0].home, all[1].home = all[1].vhost, all[0].vhost
	if args[0] == "-" && args[1] == "-" {
		return nil, fail.Usagef("standard input can be one side only").Next("write one of them into a file")
	}
	return all, nil
}

// renamed returns which virtual host of A is compared with which virtual host of B. --rename-vhost says this. Without
// this flag, and if each side has only one virtual host, these two are compared.
func (f *diffFlags) renamed(names map[string]string, a, b *side) map[string]string {
	if from, to := a.only(), b.only(); len(names) == 0 && from != "" && to != "" && from != to {
		return map[string]string{from: to}
	}
	return names
}

// narrow limits the side to the virtual host of the other side, if the other side has only one and this side has
// several.
func (s *side) narrow(other *side) {
	if vhost := other.only(); vhost != "" && s.only() == "" {
		s.vhost, s.doc = vhost, s.doc.OfVHost(vhost)
	}
}

// only returns the virtual host of a side that has only one; "" if the side can have several.
func (s *side) only() string {
	if s.vhost == "" && s.doc.Single {
		return s.doc.VHost
	}
	return s.vhost
}

// readBoth reads two sides at the same time.
func readBoth(ctx context.Context, a *app.App, sides []*side) error {
	for _, s := range sides {
		if s.app == nil {
			continue
		}
		if err := app.LogIn(ctx, s.app); err != nil {
			return s.labelled(err)
		}
	}
	var reading []*beside.Work[bool]
	host := verb.Silent(a)
	budget := ctx
	if limit := host.Timeout(); limit > 0 {
		var cancel context.CancelFunc
		budget, cancel = context.WithTimeout(ctx, limit)
		defer cancel()
	}
	for _, s := range sides {
		bounded := budget
		if s.app != nil {
			own, cancel, err := s.app.Budget(ctx)
			if err != nil {
				return err
			}
			defer cancel()
			bounded = own
		}
		reading = append(reading, beside.Run(bounded, func(ctx context.Context) (bool, error) {
			return true, s.labelled(s.read(ctx, host))
		}))
	}
	progress := a.IO.Progress("reading " + sides[0].typed + " and " + sides[1].typed)
	defer progress.Stop()
	var failed error
	for _, r := range reading {
		if _, err := r.Result(); err != nil && failed == nil {
			failed = err
		}
	}
	return failed
}

// labelled adds the name of the side's context to the error, if the side is a broker.
func (s *side) labelled(err error) error {
	if err == nil || s.app == nil {
		return err
	}
	return verb.InContext(err, s.app)
}
