package definitions

import (
	"bytes"
	"fmt"
	"strings"

	"github.com/rabbitctl/rabbitctl/pkg/app"
	"github.com/rabbitctl/rabbitctl/pkg/definitions"
	"github.com/rabbitctl/rabbitctl/pkg/prose"
	"github.com/rabbitctl/rabbitctl/pkg/record"
	"github.com/rabbitctl/rabbitctl/pkg/render"
	"github.com/rabbitctl/rabbitctl/pkg/verb"
)

// unified is the format that only comparisons have.
const unified = "unified"

// printer prints the differences between a and b.
type printer func(found []definitions.Difference, a, b *side) error

// printerOf returns the printer for the output format.
func printerOf(a *app.App) (printer, error) {
	s, err := a.Settings()
	if err != nil {
		return nil, err
	}
	if s.Formatter == unified || s.Formatter == "" && a.IO.OutTTY {
		return func(found []definitions.Difference, one, two *side) error {
			text := unifiedText(found, one, two)
			if a.IO.OutTTY {
				text = render.EscapeLines(text)
			}
			_, err := a.IO.Out.Write([]byte(text))
			return err
		}, nil
	}
	if err := verb.CheckFormat(a, unified); err != nil {
		return nil, err
	}
	return func(found []definitions.Difference, one, two *side) error {
		return verb.PrintDocument(a, record.Document{rowsOf(found, one, two)})
	}, nil
}

// The kinds of difference, as the output names them.
const (
	onlyA   = "only_a"
	onlyB   = "only_b"
	changed = "changed"
)

// wordOf returns the kind of the difference.
func wordOf(d definitions.Difference) string {
	switch {
	case d.B == nil:
		return onlyA
	case d.A == nil:
		return onlyB
	}
	return changed
}

// rowsOf has a row for each object that only one side has, and for each member that differs.
func rowsOf(found []definitions.Difference, a, b *side) record.Section {
	s := record.Section{Columns: []record.Column{{Name: "difference"}, {Name: "kind"}, {Name: "vhost"}, {Name: "name"},
		{Name: "member"}, {Name: "a"}, {Name: "b"}, {Name: "reason"}}}
	for _, d := range found {
		facts := map[string]record.Value{"difference": record.Of(wordOf(d)), "kind": record.Of(d.Object.Kind.Word()),
			"name": record.Of(d.Object.Name())}
		if d.Object.Kind.Scoped() {
			facts["vhost"] = record.Of(d.Object.VHost)
		}
		if why := reason(d, a, b); why != "" {
			facts["reason"] = record.Of(why)
		}
		if len(d.Members) == 0 {
			s.Rows = append(s.Rows, record.Filled(s.Columns, facts))
		}
		for _, m := range d.Members {
			facts["member"], facts["a"], facts["b"] = record.Of(m.Name), m.A, m.B
			s.Rows = append(s.Rows, record.Filled(s.Columns, facts))
		}
	}
	return s
}

// reason says why a side lacks the object: brokers of its release refuse it. It returns "" if they accept it, or if the
// release is unknown.
func reason(d definitions.Difference, a, b *side) string {
	switch {
	case d.B == nil:
		return whyNot(*d.A, b.release())
	case d.A == nil:
		return whyNot(*d.B, a.release())
	}
	return ""
}

// whyNot says why brokers of a release refuse the object; "" if they accept it, or if release is "".
func whyNot(o definitions.Object, release string) string {
	if release == "" {
		return ""
	}
	alone := definitions.Document{Objects: []definitions.Object{o}, Members: []string{o.Kind.Member()}}
	for _, f := range alone.Check(release) {
		if !f.Warning {
			return strings.TrimPrefix(f.Text, o.String()+": ")
		}
	}
	return ""
}

// unifiedText has a part for each object. A line with - is what only A says, and a line with + is what only B says.
func unifiedText(found []definitions.Difference, a, b *side) string {
	if len(found) == 0 {
		return ""
	}
	var text bytes.Buffer
	fmt.Fprintf(&text, "--- %s\n+++ %s\n", a.label(), b.label())
	for _, d := range found {
		fmt.Fprintf(&text, "@@ %s @@\n", prose.OneLine(d.Object.String()))
		if why := reason(d, a, b); why != "" {
			fmt.Fprintf(&text, "# %s\n", why)
		}
		whole(&text, "-", d.A, d.B)
		whole(&text, "+", d.B, d.A)
		for _, m := range d.Members {
			secret := ""
			if m.Secret {
				secret = " (secret)"
			}
			if m.A != nil {
				fmt.Fprintf(&text, "-%s: %s%s\n", m.Name, m.A, secret)
			}
			if m.B != nil {
				fmt.Fprintf(&text, "+%s: %s%s\n", m.Name, m.B, secret)
			}
		}
	}
	return text.String()
}

// whole writes all members of an object, the parameter one, if the other side does not have this object.
func whole(text *bytes.Buffer, mark string, one, other *definitions.Object) {
	if one == nil || other != nil {
		return
	}
	for name, v := range one.Redacted().Value.Members() {
		fmt.Fprintf(text, "%s%s: %s\n", mark, name, v)
	}
}

// label returns the side as it was typed, with its virtual host.
func (s *side) label() string {
	text := s.typed
	if s.vhost != "" {
		text += " virtual host " + s.vhost
	}
	return prose.OneLine(text)
}

// about describes the side: its label, the URL of its broker, its release, and its number of objects. If flags choose
// among its objects, chosen has those that they choose, and about also returns their number. Otherwise chosen is the
// document of the side.
func (s *side) about(chosen *definitions.Document) string {
	text := s.label()
	if s.typed == "-" {
		text = "standard input" + strings.TrimPrefix(text, "-")
	}
	if s.app != nil {
		if client, err := s.app.Broker(); err == nil {
			text += " (" + client.BaseURL() + ")"
		}
	}
	if r := s.doc.Release(); r != "" {
		text += ", RabbitMQ " + r
	}
	text += ": " + prose.Plural(len(s.doc.Objects), "object", "objects")
	if chosen != s.doc {
		text += fmt.Sprintf(", of which the flags choose %d", len(chosen.Objects))
	}
	return text
}

// summary says how many objects differ, and how many of them by each kind of difference.
func summary(found []definitions.Difference) string {
	n := map[string]int{}
	for _, d := range found {
		n[wordOf(d)]++
	}
	var parts []string
	for _, p := range []struct{ word, text string }{{onlyA, "only in A"}, {onlyB, "only in B"}, {changed, "changed"}} {
		if n[p.word] > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", n[p.word], p.text))
		}
	}
	return prose.Plural(len(found), "object differs", "objects differ") + ": " + strings.Join(parts, ", ")
}
