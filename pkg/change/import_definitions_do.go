package change

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/rabbitctl/rabbitctl/pkg/definitions"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/prose"
	"github.com/rabbitctl/rabbitctl/pkg/record"
)

// mostSent is how many bytes of JSON are sent in one request. Brokers of 4.3 accept about 10 MB; a smaller request is
// answered sooner.
const mostSent = 4_000_000

// mostRefusals is how many refusals are printed one by one; the others are only counted.
const mostRefusals = 10

// do writes the backup if one is wanted, sends the objects that the broker lacks or has in another form, and reads the
// result back.
func (x *documentImport) do(ctx context.Context) (Outcome, error) {
	if err := keepDocument(x.at.Files, x.backup, x.has); err != nil {
		return Outcome{}, err
	}
	importable := x.sent.Map(func(o definitions.Object) (definitions.Object, bool) { return o.Importable(), true })
	parts := importable.InParts(mostSent)
	for i, part := range parts {
		x.at.Waiting("importing part %d of %d", i+1, len(parts))
		if err := x.send(ctx, part); err != nil {
			return x.interrupted(ctx, err)
		}
	}
	after, err := Declared(ctx, x.at.Broker, x.vhost)
	if err != nil {
		return Outcome{}, fail.New(fail.Incomplete, "the definitions are imported, but cannot be read back: %w", err)
	}
	return x.outcome(after), nil
}

// send sends objects in the order of their kinds. A broker stops at the first object that it refuses, and does not say
// which one that is. So if the broker refuses a part, --unchecked makes send try each half of the part by itself. The
// refusal of a single object then goes into x.refused, and is no error.
func (x *documentImport) send(ctx context.Context, part *definitions.Document) error {
	var text bytes.Buffer
	if err := part.Write(&text, definitions.JSON); err != nil {
		return err
	}
	err := Import(ctx, x.at.Broker, x.vhost, json.RawMessage(definitions.Canonical(text.Bytes())))
	x.begun = x.begun || err == nil || refusedData(err) && len(part.Objects) > 1
	switch {
	case err == nil || !x.unchecked || !refusedData(err):
		return err
	case len(part.Objects) == 1:
		x.refused = append(x.refused, fmt.Sprintf("%s: %s", part.Objects[0], x.sent.Hide(fail.InWords(err).Error())))
		return nil
	}
	for _, half := range part.Halves() {
		if err := x.send(ctx, half); err != nil {
			return err
		}
	}
	return nil
}

// interrupted returns the outcome and the error for an import that ended early, perhaps after some objects were imported.
// The broker's answer can repeat secrets of the file, so interrupted hides them.
func (x *documentImport) interrupted(ctx context.Context, err error) (Outcome, error) {
	text := x.sent.Hide(fail.InWords(err).Error())
	done, kind, o := "", fail.KindOf(err), Outcome{}
	if x.begun {
		done, o.Word = "; before that, the broker may have accepted some of the objects", "incomplete"
		if kind == fail.Unreachable { // which would say that no broker was reached
			kind = fail.Incomplete
		}
	}
	if after, unread := Declared(ctx, x.at.Broker, x.vhost); unread == nil {
		left := len(x.unlike(after))
		total := len(x.created) + len(x.changed)
		done = fmt.Sprintf("; the broker now has %d of the %s as in the file", total-left,
			prose.Plural(total, "object", "objects"))
	}
	e := fail.New(kind, "%s%s", text, done)
	e.Hint, e.Err = fail.HintOf(err), err
	if e.Hint == nil {
		e = e.Next("remove the cause, in the file or on the broker, then run %s again: it imports the rest",
			sameCommand(x.backup))
	}
	return o, e
}

// unlike returns the sent objects that the broker now has in another form than the file, or not at all.
func (x *documentImport) unlike(after *definitions.Document) map[string]definitions.Difference {
	all := map[string]definitions.Difference{}
	for _, d := range definitions.Unmet(after, x.sent) {
		if d.B != nil {
			all[d.Object.ID()] = d
		}
	}
	return all
}

func (x *documentImport) outcome(after *definitions.Document) Outcome {
	unlike := x.unlike(after)
	o := Outcome{Word: "imported", Facts: x.facts(unlike)}
	if len(unlike)+len(x.left) > 0 {
		o.Failed = fail.Verdict(fail.Differs)
	}
	o.Notes = x.refused[:min(len(x.refused), mostRefusals)]
	if n := len(x.refused); n > mostRefusals {
		o.Notes = append(o.Notes, fmt.Sprintf("%d more were refused", n-mostRefusals))
	}
	if n := len(unlike) - len(x.refused); n > 0 {
		o.Notes = append(o.Notes, fmt.Sprintf("%s missing, or not as the file says: either release %s does not support a "+
			"part of the file or drops it without an error, or another client has changed the broker since the import",
			prose.Plural(n, "object is", "objects are"), after.Release()))
	}
	o.Notes = append(o.Notes, x.kept()...)
	return o
}

// kept is the note about objects that no import can change; nil if there are none.
func (x *documentImport) kept() []string {
	if len(x.left) == 0 {
		return nil
	}
	return []string{fmt.Sprintf("an import cannot change the properties of %s: %s",
		prose.Plural(len(x.left), "existing object", "existing objects"), kindCounts(x.left))}
}

// hits returns the preview of an import. Objects that exist and differ come first.
func (x *documentImport) hits() record.Document {
	rows := x.rows("change", x.changed)
	rows = append(rows, x.rows("leave", x.left)...)
	return record.Document{objectsSection(append(rows, x.rows("create", x.created)...))}
}

// facts returns the result of an import. Objects that are not as wanted come first.
func (x *documentImport) facts(unlike map[string]definitions.Difference) record.Document {
	count := func(name string, n int) record.Field {
		return record.Field{Column: record.Column{Name: name, Kind: record.Count}, Value: record.Of(n)}
	}
	lost := 0
	made := func(all []definitions.Difference) (held, not []definitions.Difference) {
		for _, d := range all {
			if now, is := unlike[d.Object.ID()]; is {
				not = append(not, now)
				lost++
			} else {
				held = append(held, d)
			}
		}
		return held, not
	}
	created, notCreated := made(x.created)
	changed, notChanged := made(x.changed)
	rows := x.rows("not_held", append(notCreated, notChanged...))
	rows = append(rows, x.rows("left", x.left)...)
	rows = append(rows, x.rows("changed", changed)...)
	rows = append(rows, x.rows("created", created)...)
	unchanged := -len(x.created) - len(x.changed) - len(x.left)
	for _, o := range x.wanted.Objects {
		if !definitions.Noise(o) {
			unchanged++
		}
	}
	return record.Document{record.Fields("counts", count("created", len(created)), count("changed", len(changed)),
		count("unchanged", unchanged), count("left", len(x.left)), count("not_held", lost)), objectsSection(rows)}
}

func objectsSection(rows []record.Row) record.Section {
	return record.Section{Name: "objects", Optional: true, Rows: rows,
		Columns: []record.Column{{Name: "outcome"}, {Name: "object"}, {Name: "differs", Kind: record.List}}}
}

// rows returns a row for each object, with the names of the members that differ from the file. It leaves out their
// values, which can be secret.
func (x *documentImport) rows(word string, all []definitions.Difference) (rows []record.Row) {
	for _, d := range all {
		var members []string
		for _, m := range d.Members {
			members = append(members, m.Name)
		}
		if members == nil {
			members = []string{}
		}
		rows = append(rows, record.Row{record.Of(word), record.Of(d.Object.String()), record.Of(members)})
	}
	return rows
}

// kindCounts counts the objects of each kind: 2 users, 1 policy.
func kindCounts(all []definitions.Difference) string {
	counts := map[definitions.Kind]int{}
	for _, d := range all {
		counts[d.Object.Kind]++
	}
	var texts []string
	for _, k := range definitions.Kinds() {
		if n := counts[k]; n > 0 {
			texts = append(texts, prose.Plural(n, k.Word(), severalOf(k)))
		}
	}
	return strings.Join(texts, ", ")
}

// severalOf returns the plural of a kind for use in a sentence.
func severalOf(k definitions.Kind) string {
	switch word := k.Word(); {
	case strings.HasSuffix(word, "y"):
		return strings.TrimSuffix(word, "y") + "ies"
	case strings.HasSuffix(word, "s"):
		return word
	default:
		return word + "s"
	}
}
