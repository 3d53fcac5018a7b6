package contexts

import (
	"context"
	"fmt"
	"iter"
	"strings"

	"github.com/spf13/cobra"

	"github.com/rabbitctl/rabbitctl/pkg/app"
	"github.com/rabbitctl/rabbitctl/pkg/config"
	"github.com/rabbitctl/rabbitctl/pkg/record"
	"github.com/rabbitctl/rabbitctl/pkg/render"
	"github.com/rabbitctl/rabbitctl/pkg/verb"
)

// session is one run of a command of this package. It holds no settings: reading them fails if the chosen
// context is not valid, and most of these commands must work then, too.
type session struct {
	*app.App
	in   config.Input
	base *config.Base
	out  render.Format
}

// open reads flags and variables, and checks the output format before the command does anything.
func open(cmd *cobra.Command, a *app.App) (*session, error) {
	d := &session{App: a, in: input(cmd, a), out: render.TSV}
	var err error
	if d.base, err = config.ReadBase(d.in); err != nil {
		return nil, err
	}
	switch {
	case d.base.Formatter != "":
		d.out, err = render.ParseFormat(d.base.Formatter)
	case a.IO.OutTTY:
		d.out = render.Table
	}
	return d, err
}

func input(cmd *cobra.Command, a *app.App) config.Input {
	return config.Input{Context: cmd.Context(), Flags: cmd.Flags(), Getenv: a.Getenv}
}

// within limits how long the command waits for a file, and for another rabbitctl that is changing the file.
func (d *session) within(ctx context.Context) (context.Context, context.CancelFunc) {
	if d.base.Timeout == 0 {
		return context.WithCancel(ctx)
	}
	return context.WithTimeout(ctx, d.base.Timeout)
}

func (d *session) options(noHeaders bool) render.Options {
	return render.Options{Terminal: d.IO.OutTTY, Width: d.IO.Width, Colour: d.IO.Colour && !d.base.NoColor,
		NoHeaders: noHeaders,
		Unshown:   func(columns []string) { fmt.Fprintln(d.IO.Err, "note: "+verb.NoRoom(columns, render.TSV)) }}
}

func (d *session) rows(columns []record.Column, rows iter.Seq2[record.Row, error], noHeaders bool) error {
	w, err := render.New(d.out, d.IO.Out, columns, d.options(noHeaders))
	if err != nil {
		return err
	}
	for row, err := range rows {
		if err != nil {
			return err
		}
		if err := w.Row(row); err != nil {
			return err
		}
	}
	return w.Close()
}

// outcome prints the result of the command. For people, in the formats table and TSV, that is one word. In the other
// formats, which programs read, outcome prints the facts, too.
func (d *session) outcome(word string, facts ...record.Field) error {
	if d.out == render.Table || d.out == render.TSV {
		_, err := fmt.Fprintln(d.IO.Out, word)
		return err
	}
	all := append([]record.Field{field("outcome", word)}, facts...)
	return render.Document(d.out, d.IO.Out, record.Document{record.Fields("", all...)}, d.options(false))
}

// adminDefault reports whether the section default of ~/.rabbitmqadmin.conf is the default context, as it is while the
// configuration file names none.
func (d *session) adminDefault() bool {
	l, err := config.List(d.in)
	return err == nil && l.File.DefaultContext == "" && l.Default != ""
}

func field(name string, value any) record.Field {
	return record.Field{Column: record.Column{Name: name}, Value: record.Of(value)}
}

// note writes a line for people to stderr, unless --quiet is set.
func (d *session) note(kind, text string) {
	if !d.base.Quiet {
		fmt.Fprintln(d.IO.Err, kind+": "+render.Escape(strings.TrimSpace(text)))
	}
}
