//go:build acceptance

package acceptance

import (
	"fmt"
	"strings"
	"testing"
)

// stopVHost kills the processes of a virtual host until their supervisor gives up. The same happens if its message
// store fails again and again. 4.3 would restart them within 30 s, so the function disables that until the test ends.
func (b *broker) stopVHost(t *testing.T, name string) {
	t.Helper()
	t.Cleanup(func() { afterwards(t, b.Name, "rabbitmqctl", "eval", "catch rabbit_vhosts:enable_reconciliation().") })
	stop := fmt.Sprintf(`catch rabbit_vhosts:disable_reconciliation(),
Stop = fun(Again, N) -> case {N, rabbit_vhost_sup_sup:get_vhost_sup(<<"%s">>)} of
  {0, _} -> still_there;
  {_, {ok, Pid}} -> exit(Pid, kill), timer:sleep(300), Again(Again, N - 1);
  {_, _} -> stopped
end end, Stop(Stop, 30).`, name)
	if got := b.ctl(t, "rabbitmqctl", "eval", stop); !strings.Contains(got.stdout, "stopped") {
		t.Fatalf("virtual host %s did not stop: %s%s", name, got.stdout, got.stderr)
	}
}

// TestStoppedVHost: commands that look at a stopped virtual host say that it is stopped, or leave blank what nobody
// knows. The command that doctor advises starts it again.
func TestStoppedVHost(t *testing.T) {
	onEach(t, func(t *testing.T, b *broker) {
		vhost := b.vhost(t, "stopped")
		b.declare(t, vhost, "orders", map[string]any{"x-queue-type": "classic"})
		b.declare(t, vhost, "votes", map[string]any{"x-queue-type": "quorum"})
		b.publish(t, vhost, "orders", "--count", "2", "--persistent", "--confirm")
		b.stopVHost(t, vhost)
		says := "virtual host " + vhost + " is stopped on " + b.Node
		for _, tt := range []struct {
			args []string
			code int
			want string
		}{
			{[]string{"cluster_status"}, 2, "CRITICAL  " + says},
			{[]string{"check_virtual_hosts"}, 2, "CRITICAL - " + says},
			{[]string{"check", "--all"}, 2, "CRITICAL check_virtual_hosts: " + says},
			// Quorum queues of a stopped virtual host are still listed as running.
			{[]string{"explain_route", "-p", vhost, "", "votes"}, 2,
				"REFUSED  a message to the default exchange with routing key \"votes\" is not taken: " + says},
			{[]string{"declare_queue", "-p", vhost, "more", "--type", "classic"}, 69, "virtual host " + vhost +
				" is stopped on the node of"},
			{[]string{"list_queues", "-p", vhost, "name", "type", "state", "messages"}, 0, "orders\tclassic\tstopped\t\n"},
			{[]string{"list_queues", "-p", vhost, "name", "state", "messages", "consumers"}, 0, "orders\tstopped\t\t\n"},
			{[]string{"list_queues", "-p", vhost, "name", "messages", "consumers"}, 0, "orders\t\t\n"},
			{[]string{"list_queues", "-p", vhost, "name", "messages"}, 0, "orders\t\n"},
			{[]string{"list_queues", "-p", vhost, "name", "consumers"}, 0, "orders\t\n"},
			{[]string{"list_stuck", "-p", vhost, "queue", "class", "reason", "--sample", "5s"}, 0,
				"orders\tstopped\tits virtual host does not run on its node"},
			{[]string{"show_queue", "-p", vhost, "orders"}, 0, "messages\t\n"},
		} {
			got := b.rabbitctl(t, tt.args...)
			if got.code != tt.code || !strings.Contains(got.stdout+got.stderr, tt.want) {
				t.Errorf("%q: exit %d\n%s%s\nwant %d: %s", tt.args, got.code, got.stdout, got.stderr, tt.code, tt.want)
			}
		}
		found, code := b.doctor(t)
		f := found["virtual-host-stopped"]
		if code != 2 || f.Severity != "CRITICAL" || f.What != says || len(f.Do) == 0 {
			t.Fatalf("exit %d, %+v", code, f)
		}
		b.rabbitctl(t, strings.Fields(strings.TrimPrefix(f.Do[0], "rabbitctl "))...).ok(t)
		eventually(t, func() (bool, string) {
			got := b.rabbitctl(t, "list_queues", "-p", vhost, "name", "state")
			return strings.Contains(got.stdout, "orders\trunning\n"), got.stdout
		})
		b.rabbitctl(t, "check_virtual_hosts").ok(t)
	})
}

// TestExchangeTypeOff: if the type of an exchange comes from a plugin, the exchange refuses every message once that
// plugin is disabled, also messages from another exchange. The test only removes the type from the broker's registry:
// disabling the plugin does the same, but takes longer.
func TestExchangeTypeOff(t *testing.T) {
	onEach(t, func(t *testing.T, b *broker) {
		vhost := b.vhost(t, "typeoff")
		const kind = "x-federation-upstream"
		b.do(t, "PUT", path("exchanges", vhost, "special"), map[string]any{"type": kind, "durable": true,
			"arguments": map[string]any{"x-max-hops": 1}})
		b.do(t, "PUT", path("exchanges", vhost, "before"), map[string]any{"type": "fanout", "durable": true})
		b.declare(t, vhost, "orders", nil)
		b.declare(t, vhost, "dead", map[string]any{"x-dead-letter-exchange": "special"})
		b.do(t, "POST", "/bindings/"+vhost+"/e/before/e/special", map[string]any{})
		b.do(t, "POST", "/bindings/"+vhost+"/e/before/q/orders", map[string]any{})
		t.Cleanup(func() {
			afterwards(t, b.Name, "rabbitmqctl", "eval", `rabbit_registry:register(exchange, <<"`+kind+
				`">>, rabbit_federation_upstream_exchange).`)
		})
		b.ctl(t, "rabbitmqctl", "eval", `rabbit_registry:unregister(exchange, <<"`+kind+`">>).`).ok(t)
		for _, exchange := range []string{"special", "before"} {
			refused := b.devbroker(t, "publish", "-p", vhost, "--exchange", exchange, "--routing-key", "k", "--confirm")
			got := b.rabbitctl(t, "explain_route", "-p", vhost, exchange, "k")
			if refused.code == 0 || !strings.Contains(refused.stdout, "406 PRECONDITION_FAILED") || got.code != 2 ||
				!strings.HasPrefix(got.stdout, "REFUSED  ") ||
				!strings.Contains(got.stdout, b.Node+" does not offer the exchange type "+kind) {
				t.Errorf("%s: the broker says\n%s%s\nexplain_route says %d\n%s%s", exchange, refused.stdout, refused.stderr,
					got.code, got.stdout, got.stderr)
			}
		}
		got := b.rabbitctl(t, "list_unroutable", "-p", vhost, "kind", "name").ok(t)
		if got.stdout != "kind\tname\nexchange\tspecial\nqueue\tdead\n" {
			t.Errorf("%s%s", got.stdout, got.stderr)
		}
		found, code := b.doctor(t)
		if f := found["exchange-type-off"]; code != 2 || f.Severity != "CRITICAL" ||
			!strings.Contains(strings.Join(f.Evidence, "\n"), "queue dead in "+vhost) {
			t.Errorf("exit %d, %+v", code, f)
		}
	})
}
