package verb

import (
	"context"
	"fmt"
	"strings"
	"sync"

	"github.com/spf13/cobra"

	"github.com/rabbitctl/rabbitctl/pkg/app"
	"github.com/rabbitctl/rabbitctl/pkg/broker"
	"github.com/rabbitctl/rabbitctl/pkg/config"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/iostreams"
	"github.com/rabbitctl/rabbitctl/pkg/record"
	"github.com/rabbitctl/rabbitctl/pkg/steps"
)

// source is a broker that a command asks, with an Ask for this broker. There are several sources with --contexts.
type source struct {
	app    *app.App
	client *broker.Client
	ask    Ask
	// shut is the reason why the broker cannot be asked at all, such as a missing certificate file.
	shut error
}

// contextsFlag adds --contexts to a command that only reads.
func contextsFlag(cmd *cobra.Command, a *app.App) {
	config.BindContextsFlag(cmd.Flags())
	_ = cmd.RegisterFlagCompletionFunc("contexts",
		func(cmd *cobra.Command, _ []string, prefix string) ([]string, cobra.ShellCompDirective) {
			last := strings.LastIndexByte(prefix, ',') + 1
			return ContextNames(cmd, a, prefix[:last], prefix, strings.Split(prefix[:last], ",")...),
				cobra.ShellCompDirectiveNoFileComp
		})
}

// ContextNames completes the name of a context. before is the text in front of the name, and prefix is what was typed
// so far. It does not offer the contexts in chosen again.
func ContextNames(cmd *cobra.Command, a *app.App, before, prefix string, chosen ...string) []string {
	rest, is := strings.CutPrefix(prefix, before)
	if !is && !strings.HasPrefix(before, prefix) {
		return nil
	}
	if !is {
		rest = ""
	}
	out, _ := live(cmd, a, rest, func(ctx context.Context, a *app.App) ([]string, error) {
		return a.ContextNames(ctx, chosen)
	})
	for i := range out {
		out[i] = before + out[i]
	}
	return out
}

// sourcesOf returns the brokers to ask. scoped means that the command has -p. The last argument is the virtual host if
// none is named. If no broker can be asked, the error is the reason for the first broker.
func sourcesOf(ctx context.Context, a *app.App, args []string, scoped bool, otherwise string) ([]source, error) {
	apps, err := a.Each(ctx)
	if err != nil {
		return nil, err
	}
	return sourcesIn(apps, args, scoped, otherwise)
}

func sourcesIn(apps []*app.App, args []string, scoped bool, otherwise string) (_ []source, err error) {
	var all []source
	var shut error
	open := 0
	for _, one := range apps {
		s := source{app: one, ask: Ask{Host: hostOf(one), Args: args}}
		if scoped {
			if s.ask.VHost, err = scope(one, otherwise); err != nil {
				return nil, err
			}
		}
		if s.client, s.shut = one.Broker(); s.shut == nil {
			open++
		} else if shut == nil {
			shut = s.shut
		}
		all = append(all, s)
	}
	if open == 0 {
		return nil, shut
	}
	return all, nil
}

// names returns the names of the brokers, for a line that says what the command waits for.
func names(all []source) string {
	if len(all) == 1 {
		return all[0].client.BaseURL()
	}
	var words []string
	for _, s := range all {
		words = append(words, s.app.Context())
	}
	return strings.Join(words, ", ")
}

// answer is the answer of one broker, with notes for people.
type answer[T any] struct {
	source
	got   T
	err   error
	notes []string
}

// complete reports whether the broker's answer is complete.
func (a answer[T]) complete() bool { return a.err == nil }

// answered reports whether the broker gave a complete answer. That something differs is a complete answer, too.
func (a answer[T]) answered() bool { return a.complete() || fail.KindOf(a.err) == fail.Differs }

// askEach asks the brokers at the same time, each within its own time budget, and returns when all have answered.
func askEach[T any](ctx context.Context, all []source, progress *iostreams.Progress,
	ask func(context.Context, source) (T, error)) []answer[T] {
	answers := make([]answer[T], len(all))
	one := func(i int) {
		answers[i].source = all[i]
		answers[i].got, answers[i].err = within(ctx, all[i], progress.Update, &answers[i].notes, ask)
	}
	if len(all) == 1 {
		one(0)
		return answers
	}
	var wait sync.WaitGroup
	for i := range all {
		wait.Go(func() { one(i) })
	}
	wait.Wait()
	return answers
}

// within asks one broker within its time budget. Notes are added to the list and written later, because several brokers
// may have some.
func within[T any](ctx context.Context, s source, progress func(string, ...any), notes *[]string,
	ask func(context.Context, source) (T, error)) (got T, err error) {
	if s.app.Context() != "" {
		// The program itself recovers only from panics in its first goroutine.
		defer func() {
			if broken := recover(); broken != nil {
				err = defect(broken)
			}
			err = inContext(err, s.app.Context())
		}()
		label, whole := s.app.Label(), progress
		progress = func(format string, args ...any) { whole("%s%s", label, fmt.Sprintf(format, args...)) }
	}
	if s.shut != nil {
		return got, s.shut
	}
	bounded, cancel, err := s.app.Budget(ctx)
	if err != nil {
		return got, err
	}
	defer cancel()
	s.ask.Host = s.ask.during(progress).keeping(notes)
	got, err = ask(bounded, s)
	return got, away(bounded, s.app, err)
}

// inContext returns the error with a next step that holds for one context among several.
func inContext(err error, name string) error {
	hint := fail.HintOf(err)
	if len(hint) == 0 {
		return err
	}
	return fail.New(fail.KindOf(err), "%w", err).Advise(steps.InContext(hint, name))
}

// defect makes the error for a panic.
func defect(broken any) error {
	return fail.New(fail.Internal, "internal error: %s", fmt.Sprint(broken)).
		Next("please report it with the command line and the version (rabbitctl version)")
}

// say writes the notes of the answers.
func say[T any](answers []answer[T], note func(format string, args ...any)) {
	for _, a := range answers {
		for _, n := range a.notes {
			if name := a.app.Context(); name != "" {
				n = steps.TextInContext(n, name)
			}
			note("%s%s", a.app.Label(), n)
		}
	}
}

// failure makes one error of the answers, or nil if all brokers answered. Without --contexts it is the error of the
// only broker, unchanged. With --contexts it names those that did not answer, and is of kind Incomplete if others did.
// Ctrl-C is always returned unchanged. If all answered and something differs, that is the error. printed says how much
// was printed from the others; "" means nothing.
func failure[T any](answers []answer[T], printed string) error {
	var texts []string
	var next fail.Advice
	var first error
	some, unlike := false, error(nil)
	for _, a := range answers {
		some = some || a.answered() || fail.KindOf(a.err) == fail.Incomplete
		if a.answered() && !a.complete() {
			unlike = a.err
		}
		if a.answered() {
			continue
		}
		if len(answers) == 1 && a.app.Context() == "" || fail.KindOf(a.err) == fail.Canceled {
			return a.err
		}
		if first == nil {
			first = a.err
		}
		texts = append(texts, a.app.Label()+fail.InWords(a.err).Error())
		if hint := fail.HintOf(a.err); len(hint) > 0 {
			next = append(next.Say("%s", a.app.Label()), hint...)
		}
	}
	if first == nil {
		return unlike
	}
	e := fail.New(fail.KindOf(first), "%s", strings.Join(texts, "; "))
	if some {
		e.Kind = fail.Incomplete
		e.Message = fmt.Sprintf("incomplete: %s%d of %d contexts failed: %s", printed, len(texts), len(answers), e.Message)
	}
	e.Err = first
	return e.Advise(next)
}

// besideName is the name of the column and of the JSON member with the context of each row.
const besideName = "context"

func contextColumn() record.Column {
	return record.Column{Name: besideName, Help: "context of --contexts that the row comes from"}
}

// together joins the documents of several contexts. Each section has the column context before its own columns, and the
// rows of all contexts. A section that is a single object in each document gets a row for each object; people see these
// rows as blocks. Advised commands are for the context of their row.
func together(answers []answer[record.Document]) record.Document {
	var out record.Document
	for _, a := range answers {
		for _, s := range a.got {
			i := sectionOf(out, s.Name)
			if i < 0 {
				i = len(out)
				out = append(out, record.Section{Name: s.Name, Columns: []record.Column{contextColumn()},
					Blocks: s.Blocks || s.One, Optional: s.Optional})
			}
			out[i] = withRows(out[i], s, a.app.Context())
		}
	}
	return out
}

func sectionOf(d record.Document, name string) int {
	for i, s := range d {
		if s.Name == name {
			return i
		}
	}
	return -1
}

// withRows adds the rows of the section s, and the columns that only s has, to the first section, and returns it. A
// document of one context can have two sections without a name, as two parts of one object. The cells of the second
// section then go into the row of the first.
func withRows(into, s record.Section, context string) record.Section {
	places := make([]int, len(s.Columns))
	for i, c := range s.Columns {
		if places[i] = record.IndexOf(into.Columns, c.Name); places[i] < 0 {
			places[i] = len(into.Columns)
			into.Columns = append(into.Columns, c)
		}
	}
	into.Optional = into.Optional && s.Optional
	at := record.IndexOf(into.Columns, besideName)
	whose := record.Of(context)
	for _, row := range s.Rows {
		r := make(record.Row, len(into.Columns))
		last := len(into.Rows) - 1
		if s.One && last >= 0 && string(into.Rows[last][at]) == string(whose) {
			copy(r, into.Rows[last])
			into.Rows = into.Rows[:last]
		}
		r[at] = whose
		for i, v := range row {
			r[places[i]] = cellIn(context, s.Columns[i], v)
		}
		into.Rows = append(into.Rows, r)
	}
	return into
}

// cellIn returns a value whose advised commands are for the context.
func cellIn(context string, c record.Column, v record.Value) record.Value {
	switch {
	case !c.Advises || !v.Known():
		return v
	case c.Kind == record.List:
		return list(textsIn(context, v.Texts()))
	}
	return record.Of(steps.TextInContext(v.Text(), context))
}

// textsIn returns texts whose advised commands are for the context.
func textsIn(context string, texts []string) (out []string) {
	for _, text := range texts {
		out = append(out, steps.TextInContext(text, context))
	}
	return out
}
