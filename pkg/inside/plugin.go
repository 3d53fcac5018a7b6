package inside

import (
	"cmp"
	"context"
	"errors"
	"slices"

	"github.com/rabbitctl/rabbitctl/pkg/erlang"
	"github.com/rabbitctl/rabbitctl/pkg/erldist"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
)

// WithoutFunction returns the error for a function that the node does not have: the plugin is not enabled, or the
// release is older than since, the first release with the function.
func WithoutFunction(ctx context.Context, n Node, module, plugin, since string) error {
	loaded, err := ask(ctx, n, "code", "ensure_loaded", erlang.Atom(module))
	t, _ := loaded.(erlang.Tuple)
	switch {
	case err != nil:
		return err
	case len(t) == 2 && t[0] == erlang.Atom("error"):
		return fail.New(fail.Unavailable, "the node has no plugin %s, or it is not enabled", plugin).
			Do(fail.EnablePlugin, plugin)
	}
	return fail.New(fail.Unavailable, "the node's release is too old: this command needs %s or later", since)
}

// WithoutPlugin returns err unchanged, except if err means that a process or a table of the plugin does not exist. In
// this case, it returns an error that says that the plugin does not run.
func WithoutPlugin(err error, plugin string) error {
	var failed *erldist.Failed
	if !errors.As(err, &failed) {
		return err
	}
	reason, _ := failed.Reason.(erlang.Tuple)
	if len(reason) == 2 && reason[0] == erlang.Atom("EXIT") {
		reason, _ = reason[1].(erlang.Tuple)
	}
	if len(reason) != 2 || reason[0] != erlang.Atom("noproc") && reason[0] != erlang.Atom("badarg") && !noTable(reason) {
		return err
	}
	e := fail.New(fail.Unavailable, "the plugin %s does not run on the node", plugin).Do(fail.EnablePlugin, plugin)
	e.Err = err
	return e
}

// noTable reports whether the reason is {aborted,{no_exists,Table}}, which 3.10 returns before the plugin has made its
// table.
func noTable(reason erlang.Tuple) bool {
	of, _ := reason[1].(erlang.Tuple)
	return reason[0] == erlang.Atom("aborted") && len(of) > 0 && of[0] == erlang.Atom("no_exists")
}

// Interceptors returns the channel interceptors of the node, as rows of pairs: name, applies_to, priority.
func Interceptors(ctx context.Context, n Node) ([]erlang.Term, error) {
	if err := NeedsRabbit(ctx, n); err != nil {
		return nil, err
	}
	all, err := ask(ctx, n, "rabbit_channel_interceptor", "list")
	if erldist.IsMissing(err) {
		err = fail.New(fail.Unavailable, "the node's release does not list its channel interceptors: that needs 4.3.6 or "+
			"later")
	}
	return listed(all), err
}

// Place is a position on the ring of a consistent hash exchange, and the queue at that position.
type Place struct {
	Place int
	Queue string
}

// Ring returns the places on the ring of a consistent hash exchange, in their order. known is false if there is no such
// exchange.
func Ring(ctx context.Context, n Node, vhost, exchange string) (places []Place, known bool, err error) {
	const module, plugin = "rabbit_exchange_type_consistent_hash", "rabbitmq_consistent_hash_exchange"
	state, err := granted(ask(ctx, n, module, "ring_state", erlang.Binary(vhost), erlang.Binary(exchange)))
	switch r := RefusedBy(err); {
	case r != nil && r.Reason == erlang.Atom("not_found"):
		return nil, false, nil
	case erldist.IsMissing(err):
		return nil, false, WithoutFunction(ctx, n, module, plugin, "3.10")
	case err != nil:
		return nil, false, WithoutPlugin(err, plugin)
	}
	// {chx_hash_ring,Exchange,#{Place => Queue},Next}
	ring, _ := state.(erlang.Tuple)
	if len(ring) < 3 {
		return nil, false, fail.New(fail.Unavailable, "the node sent an unexpected answer: %s", erlang.Text(state))
	}
	owners, _ := ring[2].(erlang.Map)
	for _, e := range owners {
		places = append(places, Place{int(whole(e.Key)), NameOf(e.Value)})
	}
	slices.SortFunc(places, func(a, b Place) int { return cmp.Compare(a.Place, b.Place) })
	return places, true, nil
}
