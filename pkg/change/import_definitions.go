package change

import (
	"context"
	"fmt"
	"slices"

	"github.com/rabbitctl/rabbitctl/pkg/definitions"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/prose"
)

// documentImport is one run of import_definitions.
type documentImport struct {
	file, backup string
	unchecked    bool
	at           Site
	// vhost is the virtual host whose definitions are imported; "" for those of the whole broker.
	vhost string
	// Three documents: wanted, the definitions of the file; has, the definitions of the broker; sent, the objects of the
	// file that the broker lacks, or has in another form.
	wanted, has, sent *definitions.Document
	steps             []definitions.Planned
	// begun means that the broker accepted some objects, or may have accepted some of a part that it refused.
	begun bool
	// refused says why the broker refused objects, one text for each object.
	refused []string
	// created and changed are the differences that the import removes. left are the differences that no import can remove.
	created, changed, left []definitions.Difference
}

// ImportDefinitions declares the objects of a file of definitions, and deletes nothing.
func ImportDefinitions() Op {
	x := &documentImport{}
	return Op{
		Name: "import_definitions", Noun: "definitions", Scoped: true, Everywhere: true, Lasting: true,
		Params: []Param{FreeArg("file", "file", &x.file).OfFile(),
			Flag("backup", "first write the broker's present definitions into the new file `FILE`; if one virtual host is "+
				"imported, only those in it", &x.backup).OfFile(),
			Switch("unchecked", "import the rest of the file if the broker's release would refuse an object of it",
				&x.unchecked)},
		Check: x.check,
		Plan:  x.plan,
	}
}

func (x *documentImport) check() error {
	switch {
	case x.file == "":
		return fail.Usagef("the name of the file is empty").Next("- is standard input")
	case x.backup == "-":
		return fail.Usagef("--backup needs the name of a file")
	}
	return nil
}

func (x *documentImport) plan(ctx context.Context, at Site) (*Plan, error) {
	x.at = at
	if err := isNew(at.Files, x.backup); err != nil {
		return nil, err
	}
	if err := x.read(ctx); err != nil {
		return nil, err
	}
	at.Waiting("reading what is declared")
	var err error
	if x.has, err = Declared(ctx, at.Broker, x.vhost); err != nil {
		return nil, err
	}
	x.compare()
	if err := x.judge(); err != nil {
		return nil, err
	}
	plan := Once(x.action(), "imported", nil)
	plan.Hits, plan.Steps[0].Do = x.hits(), x.do
	if len(x.created)+len(x.changed) == 0 {
		plan.Hits = nil
		return x.nothing(plan), nil
	}
	if n := len(x.changed); n > 0 {
		plan.Dangers = []string{fmt.Sprintf("%s would be overwritten (%s)",
			prose.Plural(n, "existing object", "existing objects"), kindCounts(x.changed))}
	}
	if x.backup == "" && len(x.changed) > 0 {
		plan.Notes = append(plan.Notes, "--backup FILE first saves the present definitions")
	}
	plan.Notes = append(plan.Notes, x.kept()...)
	return plan, nil
}

// read reads the file, and finds out whether one virtual host is imported, and which. For one virtual host, read keeps
// only the objects in it, without permissions: the import of one virtual host does not include them.
func (x *documentImport) read(ctx context.Context) (err error) {
	if x.wanted, err = ReadDocument(ctx, x.at.Files, x.file, x.at.VHost); err != nil {
		return err
	}
	x.vhost = x.at.VHost
	switch d := x.wanted; {
	case d.Single && d.VHost == "":
		return fail.New(fail.Data, "%s does not say which virtual host it belongs to", x.name()).Next("give it with -p VHOST")
	case d.Single:
		x.vhost = d.VHost
	case x.vhost != "":
		if !slices.Contains(d.VHosts(), x.vhost) {
			return fail.New(fail.NotFound, "%s has nothing of virtual host %s%s", x.name(), x.vhost,
				fail.DidYouMean(x.vhost, d.VHosts()))
		}
		x.wanted = d.OfVHost(x.vhost)
	}
	if x.vhost == "" {
		return nil
	}
	var kinds []definitions.Kind
	for _, k := range definitions.Kinds() {
		if k.Scoped() && k != definitions.Permissions && k != definitions.TopicPermissions {
			kinds = append(kinds, k)
		}
	}
	x.wanted = x.wanted.Only(kinds)
	return nil
}

// judge refuses a file that the broker would import only in part, unless --unchecked is given. It skips objects that
// are not sent: the broker has them in the same form, or no import can change them.
func (x *documentImport) judge() error {
	release := releaseOf(x.has)
	settled := map[definitions.Place]bool{}
	for _, o := range x.wanted.Objects {
		settled[o.At] = true
	}
	for _, o := range x.sent.Objects {
		delete(settled, o.At)
	}
	var faults []definitions.Fault
	for _, f := range unmasked(x.wanted, x.steps).Check(release, x.has) {
		if !f.Warning && !settled[f.At] {
			faults = append(faults, f)
		}
	}
	if len(faults) == 0 || x.unchecked {
		return nil
	}
	return fail.New(fail.Data, "refused: %s in %s, the first at %s: %s", prose.Plural(len(faults), "fault", "faults"),
		x.name(), faults[0].At, faults[0].Text).
		Next("%s shows all that is wrong in the file itself; --unchecked imports in spite of the faults",
			checkOf(x.file, release))
}

// compare finds the objects that the broker lacks, those that differ, and those whose difference no import can remove.
func (x *documentImport) compare() {
	send := map[string]definitions.Object{}
	x.steps = definitions.Plan(x.has, x.wanted, false, nil)
	for _, p := range x.steps {
		switch {
		case p.Again:
			continue
		case p.Action == definitions.Replace:
			x.left = append(x.left, p.Difference)
			continue
		case p.Action == definitions.Create:
			x.created = append(x.created, p.Difference)
		default:
			x.changed = append(x.changed, p.Difference)
		}
		send[p.Object.ID()] = p.Object // p.Object has the secrets that are masked in the file
	}
	x.sent = x.wanted.Map(func(o definitions.Object) (definitions.Object, bool) {
		whole, is := send[o.ID()]
		return whole, is
	})
}

// name returns the words that name the file in a sentence.
func (x *documentImport) name() string { return titleOf(x.file) }

func (x *documentImport) action() string {
	text := fmt.Sprintf("import %s: create %s", x.name(), prose.Plural(len(x.created), "object", "objects"))
	if len(x.changed) > 0 {
		text += fmt.Sprintf(", and change %d", len(x.changed))
	}
	if x.vhost != "" {
		text += " in virtual host " + x.vhost
	}
	return text
}

// nothing returns the plan for a broker that already has everything that an import can change.
func (x *documentImport) nothing(plan *Plan) *Plan {
	word := "unchanged"
	var failed error
	if len(x.left) > 0 {
		word, failed = "differs", fail.Verdict(fail.Differs)
	}
	plan.Done = &Outcome{Word: word, Facts: x.facts(nil), Notes: x.kept(), Failed: failed}
	return plan
}
