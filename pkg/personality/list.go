package personality

import (
	"bufio"
	"context"
	"strings"

	"github.com/rabbitctl/rabbitctl/pkg/broker"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/verb"
)

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
	ctx, cancel, err := r.budget(ctx, q.seconds)
	if err != nil {
		return err
	}
	defer cancel()
	if q.own, err = r.addressed(ctx, client, q.local); err != nil {
		return err
	}
	if q.about == aboutNode {
		q.fillNode()
	}
	if q.ready != nil {
		if err := q.ready(ctx, client); err != nil {
			return err
		}
	}
	if r.line.on("dry-run") {
		if _, err := client.Whoami(ctx); err != nil {
			return err
		}
		return r.print(strings.Join(append(q.banner, ""), "\n"))
	}
	if q.print != nil {
		return q.print(ctx, client)
	}
	return r.rows(ctx, client, q)
}

// rows prints the banner and the rows.
func (r *run) rows(ctx context.Context, client *broker.Client, q *question) error {
	out := bufio.NewWriter(r.app.IO.Out)
	defer out.Flush()
	f := newFormatter(q.format, sheet{
		names: q.shown, streamed: q.streamed, silent: r.line.on("silent") || q.headless && !r.line.on("table-headers"),
		noHeaders: r.line.options["table-headers"] == "false", pad: r.line.on("pad-to-header"),
	})
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
	if q.about.inVHost() && q.ask.VHost == "" {
		// No virtual host has an empty name; to the API it would be all of them.
		begin()
		if q.about == aboutKnownVHost {
			return missingVHost("")
		}
		f.end(out, 0)
		return out.Flush()
	}
	count := 0
	for cells, err := range r.terms(ctx, client, q) {
		gone := fail.KindOf(err) == fail.NotFound
		switch {
		case gone && q.about == aboutVHost:
			// The official tool takes a virtual host that is not there for an empty one.
			begin()
			f.end(out, 0)
			return nil
		case gone && q.about == aboutKnownVHost:
			begin()
			return missingVHost(q.ask.VHost)
		case gone && q.about == aboutUser:
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
	if count == 0 && q.about == aboutKnownVHost {
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
