package exchange_test

import (
	"testing"

	"github.com/rabbitctl/rabbitctl/pkg/cmd/exchange"
	"github.com/rabbitctl/rabbitctl/pkg/erlang"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/internal/brokertest"
	"github.com/rabbitctl/rabbitctl/pkg/internal/cmdtest"
	"github.com/rabbitctl/rabbitctl/pkg/internal/golden"
	"github.com/rabbitctl/rabbitctl/pkg/internal/nodetest"
)

// TestRing: the command lists the places of the ring in their order, and finds no ring for an exchange of another type.
func TestRing(t *testing.T) {
	t.Parallel()
	calls := nodetest.Says(map[string]string{})
	calls["rabbit_exchange_type_consistent_hash:ring_state/2"] = func(c *nodetest.Call) erlang.Term {
		text := "{error,not_found}"
		if c.Args[0] == erlang.Binary("/") && c.Args[1] == erlang.Binary("x") {
			text = `{ok,{chx_hash_ring,x,#{10 => {resource,<<"/">>,queue,<<"r">>},2 => {resource,<<"/">>,queue,<<"q">>}},3}}`
		}
		term, err := erlang.Parse(text)
		if err != nil {
			t.Error(err)
		}
		return term
	}
	n := (&nodetest.Node{Calls: calls}).Start(t)
	of := func(words ...string) cmdtest.Result {
		return cmdtest.Run{Commands: exchange.Commands(), Env: n.Env(t)}.Do(t, brokertest.New(t),
			append([]string{"consistent_hash_exchange_ring_state"}, words...)...)
	}
	golden.Check(t, "ring", "$ rabbitctl consistent_hash_exchange_ring_state x\n"+of("x").Golden(brokertest.New(t)))
	for _, words := range [][]string{{"direct"}, {"x", "-p", "other"}} {
		if r := of(words...); fail.KindOf(r.Error) != fail.NotFound {
			t.Errorf("%q: %+v", words, r)
		}
	}
}
