package personality

import (
	"context"
	"iter"
	"slices"
	"strconv"
	"strings"

	"github.com/rabbitctl/rabbitctl/pkg/broker"
	"github.com/rabbitctl/rabbitctl/pkg/record"
)

// Each function here sets what is special about one listing.

// prepareConnections keeps only AMQP connections of clients.
func prepareConnections(_ *run, q *question) {
	q.hidden = []string{"type", "protocol"}
	q.keep = func(cell func(string) record.Value) bool {
		return cell("type").Text() == "network" && strings.HasPrefix(cell("protocol").Text(), "AMQP ")
	}
}

// prepareAMQP10 keeps only AMQP 1.0 connections.
func prepareAMQP10(_ *run, q *question) {
	q.hidden = []string{"protocol"}
	q.keep = func(cell func(string) record.Value) bool { return cell("protocol").Text() == "AMQP 1-0" }
}

// prepareConsumers leaves out consumers without a connection. It prints the columns in the tool's order, in whatever
// order the user named them.
func prepareConsumers(_ *run, q *question) {
	asked := q.shown
	q.shown = slices.DeleteFunc(q.columnNames(), func(name string) bool { return !slices.Contains(asked, name) })
	q.hidden = []string{"connection_name"}
	q.keep = func(cell func(string) record.Value) bool { return cell("connection_name").Known() }
}

func prepareHeadless(_ *run, q *question) { q.headless = true }

// prepareDeprecated keeps only the deprecated features in use if --used is given.
func prepareDeprecated(r *run, q *question) {
	if !r.line.on("used") {
		return
	}
	q.listing.banner = "Listing deprecated features in use ..."
	q.rows = func(ctx context.Context, client *broker.Client) iter.Seq2[record.Row, error] {
		return client.UsedDeprecatedFeatures(ctx, q.columns)
	}
}

func prepareAttempts(r *run, q *question) {
	q.none = "Node %s reported no authentication attempt stats"
	if r.line.on("by-source") {
		q.shown = append([]string{"remote_address", "username"}, q.columnNames()...)
	}
}

// prepareFederation keeps only the links that do not run if --only-down is given. The official tool prints each link as
// an Erlang map. If its Erlang is older than 26, the keys are in alphabetical order (measured on 3.10 and 4.3).
func prepareFederation(r *run, q *question) {
	q.maps = true
	q.ready = func(ctx context.Context, client *broker.Client) error {
		brief, err := client.Brief(ctx)
		if err != nil {
			return err
		}
		major, _, _ := strings.Cut(brief.At("erlang_version").Text(), ".")
		if n, err := strconv.Atoi(major); err == nil && n < 26 {
			slices.Sort(q.shown)
			q.columns = nil
			q.take()
		}
		return nil
	}
	q.hidden = append(q.hidden, "status")
	if r.line.on("only-down") {
		q.listing.banner = "Listing federation links which are down on node %s..."
		q.keep = func(cell func(string) record.Value) bool { return cell("status").Text() != "running" }
	}
}
