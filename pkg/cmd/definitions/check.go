package definitions

import (
	"context"
	"fmt"
	"regexp"
	"slices"

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
	release, redacted := definitions.Latest, false
	return verb.LocalCheck{
		Check: verb.Check{
			Name: "check_definitions", Scoped: true, Explains: true,
			Short: "Check a file of definitions, without a broker",
			Long: `Check a file of definitions, or a folder of export_definitions --split; - is standard input. No broker is asked.

CRITICAL: a broker of the release that --release names would stop at an error after it has imported a part of the
file, or would silently leave out something. The reasons are a member of the JSON that is missing or has a wrong
type, an object that occurs twice, a binding or a permission for something that is not in the file, an argument that the
queue type does not support, a policy key that the release does not have, a value that is not allowed, a pattern that
is no regular expression, a masked secret (unless --redacted is given). A file that is cut off, or is neither JSON nor
YAML, is CRITICAL too.

WARNING: a broker accepts the following, but it may be a mistake: members, arguments and policy keys that brokers
ignore, an exchange or an upstream that is named and is not in the file, a user that cannot log in, a password in plain
text. Two things are WARNING although a broker can refuse the file because of them: an exchange type that needs a
plugin, and more JSON than a broker takes in one request.

--redacted is for a file that export_definitions --redact has written, and that plan or apply compares with a broker:
these take a masked secret from the broker, which has to have the object.

If the file has no list of a kind, what refers to that kind is not checked: in a file without the member
"users", a permission may be for any user. With an empty list, "users": [], every permission is CRITICAL, except
one for guest. If the file is of one virtual host, -p can say which virtual host that is; -p does not limit the
check.`,
			Example: `  rabbitctl check_definitions backup.json
  rabbitctl check_definitions definitions --release 3.13 -o json
  rabbitctl check_definitions definitions --redacted
  rabbitctl export_definitions - | rabbitctl check_definitions -`,
			Args: []verb.Arg{{Name: "FILE", Free: true}},
			Flags: func(fs *pflag.FlagSet) {
				if f := fs.Lookup("vhost"); f != nil {
					f.Usage = "virtual host of the objects that do not name theirs"
				}
				fs.StringVar(&release, "release", release, "for brokers of this `RELEASE`")
				fs.BoolVar(&redacted, "redacted", redacted, "accept masked secrets, as plan and apply do")
			},
			Validate: func(verb.Ask) error {
				if !regexp.MustCompile(`^[0-9]+\.[0-9]+(\.[0-9]+([-+].+)?)?$`).MatchString(release) {
					return fail.Usagef("--release: %q is not a release", release).Next("write it as 4.3")
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
			return judged(d, release, redacted), nil
		},
	}
}

// judged returns the verdict on a document. If redacted is true, masked secrets are no faults.
func judged(d *definitions.Document, release string, redacted bool) verb.Report {
	faults := slices.DeleteFunc(d.Check(release), func(f definitions.Fault) bool { return redacted && f.Masked })
	for i := range faults {
		if faults[i].Masked {
			faults[i].Text += "; for plan and apply, check it with --redacted"
		}
	}
	refused, doubtful := 0, 0
	s := record.Section{Name: "faults", Columns: []record.Column{{Name: "place"}, {Name: "verdict"}, {Name: "text"}},
		Blocks: true, Optional: true}
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

// mostDetails is how many faults the result for monitoring lists at most.
const mostDetails = 20
