package change

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/rabbitctl/rabbitctl/pkg/definitions"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/prose"
	"github.com/rabbitctl/rabbitctl/pkg/query"
	"github.com/rabbitctl/rabbitctl/pkg/record"
)

// Wishes are a file of definitions, and the options that say what to do with it.
type Wishes struct {
	// File is the path of the file, or of a folder of files that belong together; "-" is standard input.
	File string
	// Only lists the kinds of objects that may be touched, separated by commas; "" means all kinds.
	Only string
	// Match has patterns of the names that may be touched, and Exclude those of the names that may not be. Without
	// patterns, all names may be touched.
	Match, Exclude []string
	// Prune deletes the objects that may be touched and are not in the file. Replace recreates those that differ and
	// cannot be changed, except queues with messages.
	Prune, Replace bool
	kinds          []definitions.Kind
	passes         func(name string) bool
	// reading keeps the document: several brokers may be compared with it, and standard input can be read only once.
	reading *Reading
}

// Params returns the arguments and options of a command that fill in w. It must be called before any other method: it
// also makes w.reading, which keeps what was read from File.
func (w *Wishes) Params() []Param {
	w.reading = &Reading{}
	only := Flag("only", "touch these `KINDS` only, with commas between them", &w.Only, definitions.KindNames()...)
	only.Listed = true
	return []Param{FreeArg("file", "file", &w.File).OfFile(), only,
		patternFlag("match", "touch only objects whose name matches `REGEX` (may be repeated: one match is enough); "+
			"for a permission its user's name, for a binding both its ends; amq.topic and other exchanges of every "+
			"virtual host always count as chosen sources of bindings", &w.Match),
		patternFlag("exclude", "do not touch objects whose name matches `REGEX` (may be repeated); as sources of bindings, "+
			"exchanges of every virtual host are never excluded", &w.Exclude),
		Switch("prune", "delete objects that only the broker has, but only of kinds for which the file has a list", &w.Prune),
		Switch("replace", "delete and recreate queues and exchanges that differ, since they cannot be changed; queues "+
			"with messages are kept", &w.Replace)}
}

// Check refuses wrong parameters, and finds out which kinds and names may be touched.
func (w *Wishes) Check() (err error) {
	if w.File == "" {
		return fail.Usagef("the name of the file is empty").Next("- is standard input")
	}
	w.kinds = definitions.Kinds()
	if w.Only != "" {
		if w.kinds, err = definitions.KindsNamed(strings.Split(w.Only, ",")); err != nil {
			return err
		}
	}
	w.passes, err = query.Names(w.Match, w.Exclude)
	return err
}

// patternFlag is an option that can be given several times.
func patternFlag(name, help string, into *[]string) Param {
	return Param{Name: name, Help: help, Role: Option, Free: true, Set: func(text string) error {
		*into = append(*into, text)
		return nil
	}}
}

// mine returns a function that tells whether an object may be touched. If vhost is not "", only objects in that virtual
// host may be touched.
func (w *Wishes) mine(vhost string) func(definitions.Object) bool {
	return func(o definitions.Object) bool {
		outside := vhost != "" && (!o.Kind.Scoped() || o.VHost != vhost)
		return !outside && slices.Contains(w.kinds, o.Kind) && o.Passes(w.passes)
	}
}

// document reads the file. A mistake in the file is an error, so that no file is carried out in part. Warnings are only
// shown.
func (w *Wishes) document(ctx context.Context, at Site) (*definitions.Document, error) {
	name := titleOf(w.File)
	d, err := w.reading.Sound(ctx, at.Files, w.File, at.VHost)
	if err != nil {
		return nil, err
	}
	for _, f := range d.Faults {
		at.Note("%s: %s: %s", name, f.At, f.Text)
	}
	return d, nil
}

// planned is the comparison of a file with a broker: what each of them has, and the steps that make the broker as the
// file wants it.
type planned struct {
	*Wishes
	at Site
	// vhost is the only virtual host whose objects may be touched; "" for all.
	vhost      string
	wants, has *definitions.Document
	steps      []definitions.Planned
	// refusals are the objects of the file that the broker's release would refuse or leave out, by their places in the
	// file.
	refusals map[definitions.Place]definitions.Fault
	// backup is the file for the broker's present definitions; "" for none.
	backup string
}

// compare reads the file and the broker, and finds what has to be done.
func (w *Wishes) compare(ctx context.Context, at Site) (*planned, error) {
	if err := w.Check(); err != nil {
		return nil, err
	}
	p := &planned{Wishes: w, at: at, vhost: at.VHost}
	var err error
	if p.wants, err = w.document(ctx, at); err != nil {
		return nil, err
	}
	if p.wants.Single {
		p.vhost = p.wants.VHost
	}
	if p.has, err = p.read(ctx); err != nil {
		return nil, err
	}
	p.steps = definitions.Plan(p.has, p.wants, w.Prune, w.mine(p.vhost))
	p.judge()
	for _, s := range p.steps {
		if s.Action != definitions.Delete && s.Object.IsRedacted() {
			return nil, fail.New(fail.Data, "%s is in %s without its secrets, so it cannot be created or changed", s.Object,
				titleOf(w.File)).Next("export it without --redact, or leave it out with --exclude REGEX or --only KINDS")
		}
	}
	return p, nil
}

// read returns what is declared on the broker: everything, or what is in the one virtual host.
func (p *planned) read(ctx context.Context) (*definitions.Document, error) {
	return Declared(ctx, p.at.Broker, p.vhost)
}

// Apply changes a broker so that it has what a file of definitions says.
func Apply() Op {
	w := &Wishes{}
	var backup string
	return Op{
		Name: "apply", Noun: "object", Scoped: true, Everywhere: true, Many: true, Loses: true, Compares: true,
		Lasting: true,
		Params: append(w.Params(),
			Flag("backup", "first write the broker's present definitions into the new file `FILE`: all of them, or "+
				"only those of the virtual host of -p or of a file of one virtual host", &backup).OfFile()),
		Check: func() error {
			if backup == "-" {
				return fail.Usagef("--backup needs the name of a file")
			}
			return w.Check()
		},
		Plan: func(ctx context.Context, at Site) (*Plan, error) {
			if err := isNew(at.Files, backup); err != nil {
				return nil, err
			}
			p, err := w.compare(ctx, at)
			if err != nil {
				return nil, err
			}
			p.backup = backup
			return p.plan(ctx)
		},
	}
}

// plan makes the steps of the plan. Refused objects come first, so that nothing else is begun without --keep-going. The
// user that this command logs in as comes last.
func (p *planned) plan(ctx context.Context) (*Plan, error) {
	if len(p.steps) == 0 {
		return Finished("unchanged"), nil
	}
	out := &Plan{Summary: p.summary(), AtOnce: applyAtOnce, Finally: p.kept, Again: sameCommand(p.backup)}
	items, err := p.items(ctx)
	if err != nil {
		return nil, err
	}
	var refused []Step
	for _, i := range items {
		if i.refused != nil {
			refused = append(refused, Step{Item: i.Object.String(), Settled: &Outcome{Word: "refused", Failed: i.refused}})
		}
		out.Dangers = append(out.Dangers, i.dangers...)
	}
	out.Hits = shownPlan(items)
	out.Steps = append(refused, p.saved()...)
	own, others := p.own(items)
	out.Steps = append(out.Steps, p.made(others)...)
	out.Steps = append(out.Steps, p.removed(others)...)
	out.Steps = append(out.Steps, p.unasked()...)
	out.Steps = append(out.Steps, p.made(own)...)
	out.Steps = append(out.Steps, p.removed(own)...)
	return out, nil
}

// Planned is what `plan` shows: a row for each object that has to be touched. If there is a row, the error is of kind
// Differs.
func Planned(ctx context.Context, at Site, w *Wishes) (record.Document, error) {
	p, err := w.compare(ctx, at)
	if err != nil {
		return nil, err
	}
	items, err := p.items(ctx)
	if err != nil || len(items) == 0 {
		return shownPlan(nil), err
	}
	return shownPlan(items), fail.Verdict(fail.Differs)
}

// summary returns how many objects of which kinds have to be touched: create 3 queues, 2 bindings; delete 1 user.
func (p *planned) summary() string {
	var parts []string
	for _, action := range []definitions.Action{definitions.Create, definitions.Update, definitions.Replace,
		definitions.Delete} {
		var all []definitions.Difference
		for _, s := range p.steps {
			if s.Action == action {
				all = append(all, s.Difference)
			}
		}
		if len(all) > 0 {
			parts = append(parts, string(action)+" "+kindCounts(all))
		}
	}
	return strings.Join(parts, "; ")
}

// kept compares the file and the broker once more. It is an error if an object is still not as wanted. Objects that
// only --replace could change do not count.
func (p *planned) kept(ctx context.Context, _ *Outcome) error {
	has, err := p.read(ctx)
	if err != nil {
		e := fail.New(fail.Incomplete, "everything was sent, but the result could not be read: %w", err)
		if i := slices.IndexFunc(p.steps, p.changesOwn); i >= 0 {
			changed := p.steps[i].Members
			e = e.Next("the file changes the user that this command logs in as (%s): log in %s; %s with --dry-run then shows "+
				"what is left", memberTexts(changed), loginAfter(changed), sameCommand(p.backup))
		}
		return e
	}
	left := slices.DeleteFunc(definitions.Plan(has, p.wants, p.Prune, p.mine(p.vhost)), func(s definitions.Planned) bool {
		return s.Action == definitions.Replace && !p.Replace
	})
	if len(left) == 0 {
		return nil
	}
	first := left[0]
	text := fmt.Sprintf("%s %s", first.Action, first.Object)
	if members := memberTexts(first.Members); members != "" {
		text += " (" + members + ")"
	}
	if n := len(left) - 1; n > 0 {
		text += fmt.Sprintf(", and %d more", n)
	}
	return fail.New(fail.Incomplete, "the broker accepted everything, but %s not as wanted; still to do: %s",
		prose.Plural(len(left), "object is", "objects are"), text).
		Next("%s with --dry-run shows what is left; perhaps the broker's release does not support what the file wants, or "+
			"somebody else has changed it since", sameCommand(p.backup))
}
