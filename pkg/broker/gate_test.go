package broker_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/rabbitctl/rabbitctl/pkg/broker"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/internal/brokertest"
)

// TestGate: while the gate is shut, no request that changes something is sent: not by the client, not by its copies for
// another user or another host, and not through rabbit-hole.
func TestGate(t *testing.T) {
	s := brokertest.New(t)
	s.Always("GET /api/whoami", 200, `{"name":"u","tags":[]}`)
	refused := fail.Usagef("not agreed")
	c, err := broker.New(broker.Options{BaseURL: s.URL, Username: "u", MayChange: func(context.Context) error {
		return refused
	}})
	if err != nil {
		t.Fatal(err)
	}
	beside, err := c.Beside("127.0.0.1")
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]*broker.Client{"itself": c, "as another": c.As("v", "p"), "beside": beside} {
		_, declared := c.DeclareQueue(t.Context(), "/", "q", true, false, nil)
		for change, err := range map[string]error{
			"delete": c.DeleteQueue(t.Context(), "/", "q"), "put": c.SetClusterName(t.Context(), "x"),
			"post": c.Rebalance(t.Context()), "declare": declared,
		} {
			if !errors.Is(err, refused) {
				t.Errorf("%s, %s: %v", name, change, err)
			}
		}
		if _, err := c.Whoami(t.Context()); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// A change of an object whose name is empty, . or .. would change another object, so it is not sent.
func TestGate_names(t *testing.T) {
	s := brokertest.New(t)
	c := client(t, s.URL)
	_, declared := c.DeclareQueue(t.Context(), "/", ".", true, false, nil)
	for change, err := range map[string]error{
		"flag": c.EnableFeatureFlag(t.Context(), ""), "connection": c.CloseConnection(t.Context(), "", "why"),
		"vhost": c.DeleteVHost(t.Context(), ".."),
		"queue": c.DeleteQueue(t.Context(), "", "q"), "user": c.SetPermissions(t.Context(), ".", "u", broker.Permission{}),
		"declare": declared,
	} {
		sentence(t, err)
		if fail.KindOf(err) != fail.Data || !strings.Contains(err.Error(), "not sent: ") {
			t.Errorf("%s: %v", change, err)
		}
	}
}
