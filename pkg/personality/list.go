package personality

import (
	"bufio"
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/rabbitctl/rabbitctl/pkg/broker"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/record"
	"github.com/rabbitctl/rabbitctl/pkg/verb"
)

// question is a listing as it was asked for.
type question struct {
	listing
	noun  verb.List
	ask   verb.Ask
	shown []string
	// columns are those shown, and behind them those that only we need.
	columns []record.Column
	format  string
	banner  []string
	// mark is the column by which a row is known whose figures are not there yet; "" where no row can be.
	mark string
	// own is the node that was asked, for --local.
	own string
	// release is the broker's, "" when it does not matter.
	release string
	// used narrows deprecated features down to those in use.
	used bool
	// down narrows links down to those that do not run.
	down bool
}

// list runs a listing: all that was typed is checked first, then the node is asked, then the banner is printed, then the rows.
func (r *run) list(ctx context.Context, l listing, noun verb.List) error {
	q, err := r.question(l, noun)
	if err != nil {
		return err
	}
	if q == nil {
		return nil
	}
	client, err := r.app.Broker()
	if err != nil {
		return err
	}
	ctx, cancel, err := r.budget(ctx, l.seconds)
	if err != nil {
		return err
	}
	defer cancel()
	if q.own, err = r.addressed(ctx, client, r.line.on("local") || l.ofNode); err != nil {
		return err
	}
	if l.ofNode {
		q.about(q.own)
	}
	if l.name == "list_queues" && ofRelease(q.shown) {
		brief, err := client.Brief(ctx)
		if err != nil {
			return err
		}
		q.release = brief.At("rabbitmq_version").Text()
	}
	if r.line.on("dry-run") {
		if _, err := client.Whoami(ctx); err != nil {
			return err
		}
		return r.print(strings.Join(append(q.banner, ""), "\n"))
	}
	if l.single != nil && !r.line.on("global") {
		return r.single(ctx, client, q)
	}
	return r.rows(ctx, client, q)
}

// question checks the command line. It is nil when only help was asked for.
func (r *run) question(l listing, noun verb.List) (*question, error) {
	r.usage = l.usage
	q := &question{listing: l, noun: noun, ask: verb.Ask{Host: verb.Silent(r.app)}, format: "table"}
	if l.format != "" {
		q.format = l.format
	}
	if f, ok := r.line.given("formatter"); ok {
		q.format = strings.ToLower(f)
	}
	known, letters := globals()
	for name, k := range l.switches {
		known[name] = k
	}
	if q.format == "table" {
		known["table-headers"], known["pad-to-header"] = truth, truth
	}
	r.line = parse(r.typed, known, letters)
	if len(r.line.invalid) > 0 {
		return nil, r.invalid(r.line.refused())
	}
	if r.line.on("help") {
		return nil, r.print(r.listingHelp(l))
	}
	if newFormatter(q.format, sheet{}) == nil {
		return nil, r.invalid(fmt.Sprintf("no formatter %s", q.format))
	}
	if len(r.line.words) == 0 {
		return nil, r.swallowed()
	}
	words := r.line.words[1:]
	subject := ""
	switch {
	case l.ofUser && len(words) == 0:
		return nil, r.invalid("not enough arguments.")
	case l.ofUser && len(words) > 1, !l.ofUser && !l.free && len(words) > 0:
		return nil, r.invalid("too many arguments.")
	case l.ofUser:
		q.ask.Args, words, subject = words, nil, words[0]
	}
	if l.scoped {
		q.ask.VHost, subject = "/", ""
		if vhost, ok := r.line.given("vhost"); ok {
			q.ask.VHost = vhost
		}
		subject = q.ask.VHost
	}
	if err := q.pick(words, r); err != nil {
		return nil, err
	}
	if q.used = r.line.on("used"); q.used {
		q.listing.banner = strings.Replace(q.listing.banner, "features", "features in use", 1)
	}
	if q.down = r.line.on("only-down"); q.down {
		q.listing.banner = strings.Replace(q.listing.banner, "links", "links which are down", 1)
	}
	q.head(r, subject)
	return q, nil
}

// about fills the node's name in.
func (q *question) about(node string) {
	for i := range q.banner {
		q.banner[i] = strings.ReplaceAll(q.banner[i], "%s", node)
	}
	q.none = strings.ReplaceAll(q.none, "%s", node)
	q.keep = func(cell func(string) record.Value) bool {
		return cell("node").Text() == node && !(q.down && cell("status").Text() == "running")
	}
}

// pick finds the columns: those asked for, each once, or the defaults.
func (q *question) pick(words []string, r *run) error {
	var unknown []string
	for _, w := range words {
		for _, name := range strings.Split(w, ",") {
			name = strings.TrimSpace(name)
			switch {
			case name == "" || slices.Contains(q.shown, name) || slices.Contains(unknown, name):
			case !slices.Contains(q.columnNames(), name):
				unknown = append(unknown, name)
			default:
				q.shown = append(q.shown, name)
			}
		}
	}
	if len(unknown) > 0 {
		return r.invalid("Info key(s) " + strings.Join(unknown, ",") + " are not supported")
	}
	if len(q.shown) == 0 {
		q.shown = q.listing.shown()
	}
	if q.bySource != "" && r.line.on("by-source") {
		q.shown = strings.Fields(q.bySource)
	}
	if q.fixed {
		asked := q.shown
		q.shown = slices.DeleteFunc(q.columnNames(), func(name string) bool { return !slices.Contains(asked, name) })
	}
	hidden := strings.Fields(q.hidden + " " + q.order)
	if q.name == "list_queues" {
		hidden = append(hidden, hiddenOfQueues(q.shown, r.line)...)
	}
	for _, name := range append(slices.Clone(q.shown), hidden...) {
		if slices.ContainsFunc(q.columns, func(c record.Column) bool { return c.Name == name }) {
			continue
		}
		// A column that this program's table does not have is one that the API does not have.
		c, ok := q.noun.Table.Find(name)
		if !ok {
			c = record.Column{Name: name, Missing: "the HTTP API does not have it"}
		}
		if name == "leader" {
			c.Else = ""
		}
		// The tools print such a text.
		c.Unset = ""
		q.columns = append(q.columns, c)
	}
	if q.name == "list_queues" {
		q.mark = markOfQueues(q.columns)
		also := []string{"name", "type", "state"}
		if q.mark == "" {
			also = nil
			if slices.ContainsFunc(q.shown, func(name string) bool { return q.shapes[name] == asCount }) {
				also = []string{"state"}
			}
		}
		for _, name := range append(also, q.mark) {
			if c, ok := q.noun.Table.Find(name); ok && q.at(name) < 0 {
				q.columns = append(q.columns, c)
			}
		}
	}
	return nil
}

// head makes the lines before the rows.
func (q *question) head(r *run, subject string) {
	if r.line.on("quiet") || r.line.on("silent") || readable(q.format) {
		return
	}
	if limit := r.limit(q.seconds); q.seconds > 0 {
		q.banner = append(q.banner, "Timeout: "+seconds(limit)+" seconds ...")
	}
	text := q.listing.banner
	if s := q.single; s != nil {
		text = s.banner
		if s.user {
			subject = "guest"
			if user, ok := r.line.given("user"); ok {
				subject = user
			}
		}
		if r.line.on("global") {
			text = s.globalBanner
		}
	}
	if strings.Contains(text, "%s") && !q.ofNode {
		text = fmt.Sprintf(text, subject)
	}
	q.banner = append(q.banner, text)
}

// rows prints the banner and the rows.
func (r *run) rows(ctx context.Context, client *broker.Client, q *question) error {
	out := bufio.NewWriter(r.app.IO.Out)
	defer out.Flush()
	f := newFormatter(q.format, sheet{
		names: q.shown, streamed: q.streamed, silent: r.line.on("silent") || q.headless && !r.line.on("table-headers"),
		noHeaders: r.line.options["table-headers"] == "false", pad: r.line.on("pad-to-header"),
	})
	if q.single != nil {
		q.ask.VHost = "" // --global
	}
	if err := reachable(q.ask); err != nil {
		return err
	}
	begun := false
	begin := func() {
		if !begun {
			begun = true
			for _, b := range q.banner {
				out.WriteString(b + "\n")
			}
		}
	}
	if q.scoped && q.single == nil && q.ask.VHost == "" {
		// No virtual host has an empty name; to the API it would be all of them.
		begin()
		if q.refuses {
			return missingVHost("")
		}
		f.end(out, 0)
		return out.Flush()
	}
	count := 0
	for cells, err := range r.terms(ctx, client, q) {
		gone := fail.KindOf(err) == fail.NotFound
		switch {
		case gone && q.scoped && !q.refuses && q.ask.VHost != "":
			// The official tool takes a virtual host that is not there for an empty one.
			begin()
			f.end(out, 0)
			return nil
		case gone && q.scoped && q.ask.VHost != "":
			begin()
			return missingVHost(q.ask.VHost)
		case gone && q.ofUser:
			begin()
			return missingUser(q.ask.Args[0])
		case err != nil:
			if begun {
				// What is there stays readable to programs: an array that is not closed is no JSON.
				f.end(out, count)
			}
			return err
		}
		begin()
		count++
		f.row(out, cells)
		// The writer keeps its first error: a reader that has gone ends the listing.
		if _, err := out.Write(nil); err != nil {
			return err
		}
	}
	begin()
	if count == 0 && q.refuses && q.ask.VHost != "" {
		if _, err := client.VHost(ctx, q.ask.VHost); broker.IsNotFound(err) {
			return missingVHost(q.ask.VHost)
		}
	}
	if count == 0 && q.none != "" && !readable(q.format) {
		out.WriteString(q.none + "\n")
		return out.Flush()
	}
	f.end(out, count)
	return out.Flush()
}
