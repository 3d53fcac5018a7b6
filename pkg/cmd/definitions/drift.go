package definitions

import (
	"context"
	"fmt"

	"github.com/spf13/pflag"

	"github.com/rabbitctl/rabbitctl/pkg/broker"
	"github.com/rabbitctl/rabbitctl/pkg/change"
	"github.com/rabbitctl/rabbitctl/pkg/definitions"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/health"
	"github.com/rabbitctl/rabbitctl/pkg/prose"
	"github.com/rabbitctl/rabbitctl/pkg/record"
	"github.com/rabbitctl/rabbitctl/pkg/verb"
)

// mostDrift is how many differences the result for monitoring lists at most; the evidence has all.
const mostDrift = 10

// drift is one run of check_drift.
type drift struct {
	choice  choice
	missing bool
	file    change.Reading
}

func checkDrift() verb.Check {
	d := &drift{}
	return verb.Check{
		Name:   "check_drift",
		Short:  "Check that the broker still declares what a file says",
		Scoped: true,
		Long: `Check that the broker declares what a file of definitions says. FILE may also be a folder that
export_definitions --split has written, or - for standard input. The check is OK if the broker and the file are
alike, and WARNING with the first differences otherwise, as diff_definitions finds them. -o json has them all.

Kinds for which the file has no list are not compared; an empty list, such as "queues": [], is compared. --only,
--match and --exclude leave out more. What only the broker has is a difference too, unless --ignore-extra is
given. With -p, or if the file is of one virtual host, only that virtual host is compared.

The user needs the tag administrator, since others cannot read definitions.`,
		Example: `  rabbitctl check_drift definitions.json
  rabbitctl check_drift definitions.json --only policies,queues --ignore-extra
  rabbitctl check_drift definitions --contexts blue,green -o prometheus --output /var/lib/node_exporter/drift.prom`,
		Args: []verb.Arg{{Name: "FILE", Free: true}},
		Flags: func(fs *pflag.FlagSet) {
			d.choice.flags(fs)
			fs.BoolVar(&d.missing, "ignore-extra", false, "ignore what only the broker has")
		},
		Validate: func(ask verb.Ask) error {
			if ask.Args[0] == "" {
				return fail.Usagef("the name of the file is empty").Next("- is standard input")
			}
			return d.choice.check()
		},
		Run: d.run,
	}
}

func (d *drift) run(ctx context.Context, c *broker.Client, ask verb.Ask) (verb.Report, error) {
	wants, err := d.file.Sound(ctx, ask, ask.Args[0], ask.VHost)
	if err != nil {
		return verb.Report{}, err
	}
	vhost := ask.VHost
	switch {
	case wants.Single && vhost == "":
		vhost = wants.VHost
	case vhost != "" && !wants.Single:
		wants = wants.OfVHost(vhost)
	}
	has, err := change.Declared(ctx, c, vhost)
	if err != nil {
		return verb.Report{}, err
	}
	wants = d.choice.of(wants)
	has = d.choice.of(has).Map(func(o definitions.Object) (definitions.Object, bool) { return o, wants.Covers(o.Kind) })
	wanted := &side{typed: ask.Args[0], doc: wants}
	there := &side{typed: ownBroker, doc: has}
	var found []definitions.Difference
	for _, x := range definitions.Drift(wants, has) {
		if x.A != nil || !d.missing {
			found = append(found, x)
		}
	}
	r := verb.Report{Result: judgedDrift(found)}
	r.LookedAt = fmt.Sprintf("%s of the file, %s of the broker", prose.Plural(len(wants.Objects), "object", "objects"),
		prose.Plural(len(has.Objects), "object", "objects"))
	rows := rowsOf(found, wanted, there)
	rows.Name, rows.Optional = "differences", true
	r.Evidence = record.Document{rows}
	return r, nil
}

// judgedDrift returns the verdict: OK without a difference, and WARNING otherwise.
func judgedDrift(found []definitions.Difference) health.Result {
	r := health.Result{Summary: "the broker declares what the file says",
		Figures: []health.Figure{{Label: "differences", Value: float64(len(found)), Warning: "0"}}}
	if len(found) == 0 {
		return r
	}
	r.Status = health.Warning
	var lines []string
	for _, d := range found {
		lines = append(lines, driftLine(d))
	}
	r.Summary = fmt.Sprintf("%s: %s", prose.Plural(len(found), "difference", "differences"), lines[0])
	if len(lines) > 1 {
		r.Details = lines[1:min(len(lines), mostDrift)]
	}
	if len(lines) > mostDrift {
		r.Details = append(r.Details, fmt.Sprintf("%d more: -o json has all", len(lines)-mostDrift))
	}
	return r
}

// driftLine says in one line how the broker differs from the file.
func driftLine(d definitions.Difference) string {
	switch {
	case d.B == nil:
		return d.Object.String() + " is missing"
	case d.A == nil:
		return d.Object.String() + " is not in the file"
	}
	m := d.Members[0]
	text := fmt.Sprintf("%s: %s is %s, not %s", d.Object, m.Name, orNothing(m.B), orNothing(m.A))
	if m.Secret {
		text = fmt.Sprintf("%s: %s has another value", d.Object, m.Name)
	}
	if len(d.Members) > 1 {
		text += fmt.Sprintf(" (and %d more)", len(d.Members)-1)
	}
	return text
}

func orNothing(v record.Value) string {
	if !v.Known() {
		return "not set"
	}
	return string(v)
}
