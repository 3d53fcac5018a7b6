package await

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/rabbitctl/rabbitctl/pkg/app"
	"github.com/rabbitctl/rabbitctl/pkg/broker"
	"github.com/rabbitctl/rabbitctl/pkg/config"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/prose"
	"github.com/rabbitctl/rabbitctl/pkg/query"
	"github.com/rabbitctl/rabbitctl/pkg/record"
	"github.com/rabbitctl/rabbitctl/pkg/render"
	"github.com/rabbitctl/rabbitctl/pkg/survey"
	"github.com/rabbitctl/rabbitctl/pkg/verb"
)

// rows is the command that waits for rows of a listing. It has none of the command types of package verb, because it
// only prints that the wait is over.
type rows struct{ lists []verb.List }

// Title returns the name of the command and the line about it.
func (rows) Title() (name, short string) {
	return "wait_for", "Wait until a listing has rows for which something is true"
}

// Cobra returns the command.
func (r rows) Cobra(a *app.App) *cobra.Command {
	var gone bool
	var count int
	var interval time.Duration
	name, short := r.Title()
	cmd := &cobra.Command{
		Use:   name + " LISTING [where EXPR]",
		Short: short,
		Long: `Wait until a listing has at least one row for which EXPR is true. With --gone it waits until there is no
such row, with --count N until there are exactly N such rows. Without EXPR every row counts. LISTING is a command
that lists, such as list_queues, with its arguments, but without columns and options; EXPR is what its --where
takes. LISTING and where EXPR can be one word of the shell in quotes, as in the examples, or several words. wait_for
also waits for a broker that does not answer yet.

If an object that LISTING names does not exist, such as the user of list_user_permissions or the virtual host of -p,
there is no row: --gone and --count 0 are satisfied, and the output says what does not exist. Without them, wait_for
waits until the object exists. A user without the tag monitoring cannot tell a virtual host that does not exist from
one to which it has no access: then wait_for waits, even with --gone.

If the broker did not send a value, no comparison with that value is true. For example, the consumers and the rates of
a queue are unknown for the first seconds of its life. --gone and --count are not satisfied while a row with such a
value could still count; in (consumers ?? 0) == 0 an unknown value counts as 0. If the listing is empty
because the user has no access to any virtual host, the command ends with exit code 77.

wait_for waits at most as long as --timeout says (default 60s; infinity: without a limit). It goes on when a gateway
answers with an error page (502, 503, 504), and prints one note about that. If five answers in a row come from something
other than a management API (a login page, a redirect, another protocol), it gives up. If the broker refuses the login,
or the user lacks a tag or a permission, it ends at once (exit 77). The exit code is 0 when the condition is true. It is
75 when the time is over; the error then says what the last state was.`,
		Example: `  rabbitctl wait_for 'list_queues where name == "orders" && messages == 0'
  rabbitctl wait_for 'list_queues where name == "orders" && consumers >= 2' -p prod --timeout 5m
  rabbitctl wait_for 'list_connections where user == "old"' --gone
  rabbitctl wait_for 'list_nodes where running' --count 3`,
		Args: cobra.ArbitraryArgs,
		ValidArgsFunction: func(_ *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
			if len(args) > 0 {
				return nil, cobra.ShellCompDirectiveNoFileComp
			}
			return r.names(), cobra.ShellCompDirectiveNoFileComp
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			want := expectation{atLeast: true, count: 1}
			switch counted := cmd.Flags().Changed("count"); {
			case gone && counted:
				return fail.Usagef("--gone and --count exclude each other")
			case count < 0:
				return fail.Usagef("--count %d: a number of rows cannot be negative", count)
			case gone:
				want = expectation{}
			case counted:
				want = expectation{count: count}
			}
			if err := checkInterval(interval); err != nil {
				return err
			}
			l, err := r.look(a, args)
			if err != nil {
				return err
			}
			l.want = want
			return l.wait(cmd.Context(), a, interval)
		},
	}
	cmd.Flags().BoolVar(&gone, "gone", false, "wait until there is no such row")
	cmd.Flags().IntVar(&count, "count", 0, "wait until there are exactly `N` such rows")
	intervalFlag(cmd, &interval)
	config.BindVHostFlag(cmd.Flags())
	cmd.Flags().Lookup("vhost").Usage += " (default: that of LISTING)"
	return cmd
}

func (r rows) names() []string {
	names := make([]string, len(r.lists))
	for i, l := range r.lists {
		names[i] = l.Name
	}
	slices.Sort(names)
	return names
}

// expectation is the number of rows to wait for: exactly count or, with atLeast, count or more.
type expectation struct {
	count   int
	atLeast bool
}

func (e expectation) String() string {
	switch {
	case e.atLeast:
		return "at least one row"
	case e.count == 0:
		return "no row"
	}
	return prose.Plural(e.count, "row", "rows")
}

// look is a listing whose arguments and filter were checked, ready to be read again and again.
type look struct {
	list  verb.List
	query *query.Query
	ask   verb.Ask
	text  string
	want  expectation
	// name is the column whose value names a row.
	name string
}

// look checks all words of the command line, before anything is sent.
func (r rows) look(a *app.App, words []string) (look, error) {
	s, err := parseSentence(words)
	if err != nil {
		return look{}, err
	}
	i := slices.IndexFunc(r.lists, func(l verb.List) bool { return l.Name == s.listing })
	if i < 0 {
		return look{}, fail.Usagef("no listing %q%s", s.listing, fail.DidYouMean(s.listing, r.names())).
			Next("listings: %s", strings.Join(r.names(), " "))
	}
	l := look{list: r.lists[i], text: strings.Join(append([]string{s.listing}, s.args...), " ")}
	if s.where != "" {
		l.text += " where " + s.where
	}
	if l.ask, err = l.list.Ask(a, s.args); err != nil {
		return look{}, err
	}
	l.name = l.list.Table.Default[0]
	if _, ok := l.list.Table.Find("name"); ok {
		l.name = "name"
	}
	shown, err := l.list.Table.Select([]string{l.name})
	if err != nil {
		return look{}, err
	}
	l.query, err = query.Compile(query.Spec{Where: s.where}, l.list.Table, shown)
	return l, err
}

// wait waits for the rows, and at the end prints how many there are.
func (l look) wait(ctx context.Context, a *app.App, interval time.Duration) error {
	client, err := a.Broker()
	if err != nil {
		return err
	}
	w := waiting{app: a, client: client, interval: interval, patience: 30 * time.Second, known: true}
	w.until = fmt.Sprintf("waited for %s to have %s, and gave up", l.text, l.want)
	word, err := w.poll(ctx, func(ctx context.Context) (bool, string, error) { return l.once(ctx, client) })
	if err != nil {
		return err
	}
	_, err = fmt.Fprintln(a.IO.Out, render.Escape(word))
	return err
}

// once reads the listing once, and counts the rows that pass the filter.
func (l look) once(ctx context.Context, c *broker.Client) (bool, string, error) {
	judge := l.query.Judge()
	total, unknown := 0, 0
	var passed []string
	name := record.IndexOf(l.query.Columns(), l.name)
	for row, err := range l.list.Rows(ctx, c, l.ask, l.query.Columns()) {
		if err != nil {
			err = verb.Explain(ctx, c, err, l.ask.VHost)
			if total == 0 && l.want == (expectation{}) && l.absent(ctx, c, err) {
				return true, fmt.Sprintf("0 %s: %s", l.list.Table.Noun, err), nil
			}
			return false, "", err
		}
		total++
		switch pass, known := judge(row); {
		case pass:
			passed = append(passed, row[name].Text())
		case !known:
			unknown++
		}
	}
	if total == 0 && l.list.Scoped && l.ask.VHost == "" {
		if _, err := survey.See(ctx, c, ""); err != nil {
			return false, "", err
		}
	}
	return l.judge(passed, unknown), l.word(passed, unknown, total), nil
}

// absent reports whether a listing failed because an object that it names does not exist, its virtual host or another
// one. Then the listing has no rows.
func (l look) absent(ctx context.Context, c *broker.Client, err error) bool {
	if fail.KindOf(err) != fail.NotFound {
		return false
	}
	if l.ask.VHost == "" {
		return len(l.ask.Args) > 0 && !l.list.Scoped // a Scoped listing looks where this user has access
	}
	if c.EnterVHost(ctx, l.ask.VHost) == nil {
		return true
	}
	// Other users see only the virtual hosts to which they have access.
	who, err := c.Whoami(ctx)
	tags := who.At("tags").Texts()
	return err == nil && (slices.Contains(tags, "administrator") || slices.Contains(tags, "monitoring"))
}

// judge reports whether as many rows passed as wanted. If it is unknown whether a row passes, an exact number cannot be
// reached.
func (l look) judge(passed []string, unknown int) bool {
	if l.want.atLeast {
		return len(passed) >= l.want.count
	}
	return len(passed) == l.want.count && unknown == 0
}

// word says what a look saw: "2 of 14 queues (orders, invoices)".
func (l look) word(passed []string, unknown, total int) string {
	const most = 5
	text := fmt.Sprintf("%d of %d %s", len(passed), total, l.list.Table.Noun)
	if len(passed) > 0 {
		names := strings.Join(passed[:min(len(passed), most)], ", ")
		if len(passed) > most {
			names += ", ..."
		}
		text += " (" + names + ")"
	}
	if unknown > 0 {
		text += fmt.Sprintf("; %d more may match: the broker has not sent a value that the filter needs", unknown)
	}
	return text
}
