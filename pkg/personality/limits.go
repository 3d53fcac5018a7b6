package personality

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/rabbitctl/rabbitctl/pkg/broker"
	"github.com/rabbitctl/rabbitctl/pkg/erlang"
	"github.com/rabbitctl/rabbitctl/pkg/record"
	"github.com/rabbitctl/rabbitctl/pkg/verb"
)

// The commands that list limits print rows only with --global. Without --global they print the limits of one virtual
// host or user as bare JSON.

func prepareVHostLimits(r *run, q *question) {
	if r.line.on("global") {
		q.about, q.ask.VHost, q.listing.banner = aboutBroker, "", "Listing limits for all vhosts ..."
		return
	}
	q.print = func(ctx context.Context, client *broker.Client) error {
		return r.limits(ctx, client, q, q.ask.VHost, "", vhostMissing)
	}
}

func prepareUserLimits(r *run, q *question) {
	if r.line.on("global") {
		q.listing.banner = "Listing limits for all users ..."
		return
	}
	q.subject = "guest"
	if user, ok := r.line.given("user"); ok {
		q.subject = user
	}
	q.print = func(ctx context.Context, client *broker.Client) error {
		return r.limits(ctx, client, q, q.subject, "{}", userMissing)
	}
}

// limits prints the limits of one virtual host or user, the owner, as bare JSON. If the owner has no limits, it prints
// the text in none. missing returns the fault for an owner that does not exist, and nil for one that exists.
func (r *run) limits(ctx context.Context, client *broker.Client, q *question, owner, none string,
	missing func(ctx context.Context, client *broker.Client, owner string) (*fault, error)) error {
	if err := reachable(verb.Ask{Args: []string{owner}}); err != nil {
		return err
	}
	limits, found := none, false
	of, at := max(q.at("user"), q.at("vhost")), q.at("limits")
	for row, err := range q.noun.Rows(ctx, client, q.ask, q.columns) {
		switch {
		case broker.IsNotFound(err):
		case err != nil:
			return err
		case row[of].Text() == owner:
			limits, found = compact(row[at]), true
		}
	}
	if !found {
		f, err := missing(ctx, client, owner)
		if err != nil {
			return err
		}
		if f != nil {
			if err := r.print(strings.Join(append(q.banner, ""), "\n")); err != nil {
				return err
			}
			return f
		}
	}
	if readable(q.format) && q.format != "csv" {
		overview, err := client.Overview(ctx)
		if err != nil {
			return err
		}
		return r.print(fmt.Sprintf("{\"node\":%s,\"result\":\"ok\",\"value\":%s}\n",
			erlang.JSON(erlang.Binary(overview.At("node").Text())), erlang.JSON(erlang.Binary(limits))))
	}
	return r.print(strings.Join(append(q.banner, limits, ""), "\n"))
}

func vhostMissing(ctx context.Context, client *broker.Client, name string) (*fault, error) {
	_, err := client.VHost(ctx, name)
	if broker.IsNotFound(err) {
		return missingVHost(name), nil
	}
	return nil, err
}

func userMissing(ctx context.Context, client *broker.Client, name string) (*fault, error) {
	names, err := record.Texts(client.Users(ctx, record.Named("name")))
	if err != nil || slices.Contains(names, name) {
		return nil, err
	}
	return missingUser(name), nil
}
