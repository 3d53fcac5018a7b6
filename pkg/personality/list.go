package personality

import (
	"bufio"
	"context"
	"strings"

	"github.com/rabbitctl/rabbitctl/pkg/broker"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/verb"
)

// list runs a listing: it checks the command line first, then asks the node, then prints the banner and the rows. If an
// error comes before the first row, the banner is not printed, except for a virtual host or user that does not exist.
func (r *run) list(ctx context.Context, l listing, noun verb.List) error {
	q, err := r.question(l, noun)
	if err != nil {
		return err
	}
	if q == nil {
		return nil
	}
	ctx, cancel, err := r.budget(ctx, q.seconds, 0)
	if err != nil {
		return err
	}
	defer cancel()
	if r.meansNode(q) {
		c, err := r.nodeItself(ctx)
		if err == nil {
			defer c.close()
			return c.ofNodes(ctx, q)
		}
		if end := ctx.Err(); end != nil || anyOf(q.shown, q.nodeColumns) {
			return err
		}
	}
	if err = r.listed(ctx, q); !r.falls(ctx, l, err) {
		return err
	}
	c, why := r.nodeItself(ctx)
	if why != nil {
		return r.neither(err, why)
	}
	defer c.close()
	return c.ofNodes(ctx, q)
}

// listed runs a listing over the API.
func (r *run) listed(ctx context.Context, q *question) error {
	client, err := r.app.Broker()
	if err != nil {
		return err
	}
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
	if err := reachable(q.ask); err != nil {
		return err
	}
	p := r.page(q)
	defer p.out.Flush()
	if q.about.inVHost() && q.ask.VHost == "" {
		// No virtual host has an empty name. For an empty name, the API would list the rows of all virtual hosts.
		p.begin()
		if q.about == aboutKnownVHost {
			return missingVHost("")
		}
		return p.end()
	}
	for cells, err := range r.terms(ctx, client, q) {
		if err != nil {
			return p.broken(err)
		}
		p.begin()
		p.rows++
		p.format.row(p.out, cells)
		// The writer keeps its first error. If the reader of the output has gone, that error ends the listing here.
		if _, err := p.out.Write(nil); err != nil {
			return err
		}
	}
	p.begin()
	if p.rows == 0 && q.about == aboutKnownVHost {
		if _, err := client.VHost(ctx, q.ask.VHost); broker.IsNotFound(err) {
			return missingVHost(q.ask.VHost)
		}
	}
	if p.rows == 0 && q.none != "" && !readable(q.format) {
		p.out.WriteString(q.none + "\n")
		return p.out.Flush()
	}
	return p.end()
}

// page prints a listing: the banner, the rows, and the end of the rows.
type page struct {
	question *question
	out      *bufio.Writer
	format   formatter
	begun    bool
	rows     int
}

func (r *run) page(q *question) *page {
	return &page{question: q, out: bufio.NewWriter(r.app.IO.Out), format: newFormatter(q.format, sheet{
		names: q.shown, streamed: q.streamed, maps: q.maps,
		silent:    r.line.on("silent") || q.headless && !r.line.on("table-headers"),
		noHeaders: r.line.options["table-headers"] == "false", pad: r.line.on("pad-to-header"),
	})}
}

// begin prints the banner, once.
func (p *page) begin() {
	if p.begun {
		return
	}
	p.begun = true
	for _, b := range p.question.banner {
		p.out.WriteString(b + "\n")
	}
}

func (p *page) end() error {
	p.format.end(p.out, p.rows)
	return p.out.Flush()
}

// broken ends a listing after an error.
func (p *page) broken(err error) error {
	q := p.question
	gone := fail.KindOf(err) == fail.NotFound
	switch {
	case gone && q.about == aboutVHost:
		// The official tool treats a virtual host that does not exist as an empty one.
		p.begin()
		p.format.end(p.out, 0)
		return nil
	case gone && q.about == aboutKnownVHost:
		p.begin()
		return missingVHost(q.ask.VHost)
	case gone && q.about == aboutUser:
		p.begin()
		return missingUser(q.ask.Args[0])
	case p.begun:
		// Print the end of the rows, so that programs can read the rows so far: an array that is not closed is not JSON.
		p.format.end(p.out, p.rows)
	}
	return err
}
