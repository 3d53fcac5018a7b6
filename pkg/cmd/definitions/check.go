package definitions

import (
	"context"
	"fmt"
	"regexp"

	"github.com/spf13/pflag"

	"github.com/rabbitctl/rabbitctl/pkg/change"
	"github.com/rabbitctl/rabbitctl/pkg/definitions"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/health"
	"github.com/rabbitctl/rabbitctl/pkg/prose"
	"github.com/rabbitctl/rabbitctl/pkg/record"
	"github.com/rabbitctl/rabbitctl/pkg/verb"
)

func check() verb.LocalCheck {
	release := definitions.Latest
	return verb.LocalCheck{
		Check: verb.Check{
			Name: "check_definitions", Scoped: true, Explains: true,
			Short: "Check a file of definitions, without a broker",
			Long: `Check a file of definitions, or a folder of export_definitions --split; - is standard input. No broker is asked.

It is CRITICAL where a broker of that release would refuse the file, and have imported half of it by then, or would leave
something out without a word: a member that is missing or is of another kind, an object that is there twice, a binding
or a permission about something that is not in the file, an argument or a policy key that the release or the type of the
queue does not know, a value that it does not take, a pattern that is no regular expression, a secret that was masked.

It is WARNING where brokers take the file, and something may not be meant: members and arguments that they ignore,
exchanges that are only named and are not in the file, a password in the clear.

What a file does not say it is not blamed for: without users in it, permissions may be of any user.`,
			Example: `  rabbitctl check_definitions backup.json
  rabbitctl check_definitions definitions --release 3.13 -o json
  rabbitctl export_definitions - | rabbitctl check_definitions -`,
			Args: []verb.Arg{{Name: "FILE", Free: true}},
			Flags: func(fs *pflag.FlagSet) {
				fs.StringVar(&release, "release", release, "for brokers of this `RELEASE`")
			},
			Validate: func(verb.Ask) error {
				if !regexp.MustCompile(`^[0-9]+\.[0-9]+(\.[0-9]+)?$`).MatchString(release) {
					return fail.Usagef("--release: %q is no release", release).Next("write it as 4.3")
				}
				return nil
			},
		},
		Look: func(ctx context.Context, ask verb.Ask) (verb.Report, error) {
			d, err := change.ReadDocument(ctx, ask, ask.Args[0], ask.VHost)
			if fail.KindOf(err) == fail.Data {
				r := verb.Unjudged(err)
				r.Status = health.Critical
				return r, nil
			}
			if err != nil {
				return verb.Report{}, err
			}
			return judged(d, release), nil
		},
	}
}

// judged is the verdict over a document.
func judged(d *definitions.Document, release string) verb.Report {
	faults := d.Check(release)
	refused, doubtful := 0, 0
	s := record.Section{Name: "faults", Columns: []record.Column{{Name: "place"}, {Name: "verdict"}, {Name: "text"}},
		Blocks: true}
	for _, f := range faults {
		word := "fault"
		if f.Warning {
			word = "doubt"
			doubtful++
		} else {
			refused++
		}
		s.Rows = append(s.Rows, record.Row{record.Of(f.At.String()), record.Of(word), record.Of(f.Text)})
	}
	r := verb.Report{Evidence: record.Document{s}}
	r.Summary = fmt.Sprintf("%s, for %s", prose.Plural(len(d.Objects), "object", "objects"), release)
	switch {
	case refused > 0:
		r.Status = health.Critical
		r.Summary += ": " + prose.Plural(refused, "fault", "faults")
		if doubtful > 0 {
			r.Summary += " and " + prose.Plural(doubtful, "doubt", "doubts")
		}
	case doubtful > 0:
		r.Status = health.Warning
		r.Summary += ": " + prose.Plural(doubtful, "doubt", "doubts")
	default:
		r.Evidence = nil
		r.Summary += ": nothing is wrong"
	}
	for i, f := range faults {
		if i == mostDetails {
			r.Details = append(r.Details, fmt.Sprintf("%d more: -o json has all", len(faults)-i))
			break
		}
		r.Details = append(r.Details, fmt.Sprintf("%s: %s", f.At, f.Text))
		r.InRows++
	}
	return r
}

// mostDetails is how many faults monitoring is told.
const mostDetails = 20
