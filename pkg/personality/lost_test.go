package personality

import (
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/rabbitctl/rabbitctl/pkg/app"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/internal/brokertest"
	"github.com/rabbitctl/rabbitctl/pkg/internal/faultproxy"
	"github.com/rabbitctl/rabbitctl/pkg/iostreams"
)

// lossy returns the official commands that change something over the HTTP API. Each of them finds something to change
// on the broker of the function seeded. "?" marks a command whose effect cannot be read from the API afterwards.
func lossy() []string {
	return []string{
		"add_user new geheim", "change_password ann geheim", "clear_password ann", "set_user_tags ann monitoring",
		"delete_user ann",
		`set_user_limits ann {"max-channels":5}`, "clear_user_limits ann max-channels",
		"set_permissions ann a b c", "set_permissions_globally ann a b c", "clear_permissions guest",
		"set_topic_permissions ann e a b", "clear_topic_permissions ann", "clear_topic_permissions ann e",
		"add_vhost new", "delete_vhost old", "set_vhost_tags old a b", "update_vhost_metadata old --description d",
		"enable_vhost_deletion_protection old", "disable_vhost_deletion_protection shielded",
		`set_vhost_limits {"max-queues":5}`, "clear_vhost_limits",
		"trace_on", "trace_off -p traced", "restart_vhost",
		`set_policy new ^q {"max-length":5}`, `set_operator_policy new ^q {"max-length":5}`, "clear_policy p",
		"clear_operator_policy p",
		`set_parameter shovel new {"src-uri":"amqp://"}`, "clear_parameter shovel mine", "set_global_parameter new 1",
		"clear_global_parameter mine",
		"purge_queue q", "delete_queue q", "close_connection c why", "close_all_connections why",
		"close_all_user_connections ann why",
		"set_cluster_name new", "enable_feature_flag khepri", "delete_shovel mine",
		"add_member quorum rabbit@third", "delete_member quorum rabbit@other", "grow rabbit@third all", "shrink rabbit@other",
		"? restart_shovel mine", "? reset_stats_db", "? reset_node_auth_attempt_metrics", "? rebalance all",
		"? restart_federation_link id",
		"? import_definitions", "add_super_stream s --partitions 2",
	}
}

// seeded returns a broker for the commands of lossy. It has the objects that they change.
func seeded(t *testing.T) *brokertest.Keeper {
	k := brokertest.NewKeeper(t)
	for path, object := range map[string]string{
		"users/ann":                          `{"name":"ann","password_hash":"c2FsdG9sZA==","hashing_algorithm":"rabbit_password_hashing_sha256","tags":["old"]}`,
		"user-limits/ann/max-channels":       `{"user":"ann","value":{"max-channels":3}}`,
		"topic-permissions/%2F/ann/e":        `{"exchange":"e","write":"x","read":"y","user":"ann","vhost":"/"}`,
		"vhosts/old":                         `{"name":"old","description":"","tags":[]}`,
		"vhosts/traced":                      `{"name":"traced","description":"","tags":[],"tracing":true}`,
		"vhosts/shielded":                    `{"name":"shielded","protected_from_deletion":true}`,
		"exchanges/old/amq.default":          `{"name":"","vhost":"old"}`,
		"policies/%2F/p":                     `{"name":"p","vhost":"/","pattern":"x","definition":{},"priority":0,"apply-to":"all"}`,
		"operator-policies/%2F/p":            `{"name":"p","vhost":"/","pattern":"x","definition":{},"priority":0,"apply-to":"all"}`,
		"parameters/vhost-limits/%2F/limits": `{"name":"limits","vhost":"/","component":"vhost-limits","value":{}}`,
		"queues/%2F/q":                       `{"name":"q","vhost":"/","type":"classic","durable":true,"messages_ready":7,"messages":7,"consumers":0}`,
		"connections/c":                      `{"name":"c","user":"ann","vhost":"/","node":"rabbit@fake"}`,
		"federation-links/%2F/id":            `{"id":"id","node":"rabbit@fake","vhost":"/","name":"id"}`,
		"nodes/rabbit@third":                 `{"name":"rabbit@third","running":true}`,
		"nodes/rabbit@other":                 `{"name":"rabbit@other","running":true}`,
	} {
		k.Keep(path, object)
	}
	return k
}

// If the answer to a change is lost, the command sends the change only once. It reports the change as done if that can
// be seen on the broker. Otherwise the outcome is unknown, with exit code 75.
func TestLostAnswer_everyCommand(t *testing.T) {
	t.Parallel()
	var all sync.WaitGroup
	var mu sync.Mutex
	var tried []string
	for _, typed := range lossy() {
		words, hidden := strings.CutPrefix(typed, "? ")
		name, _, _ := strings.Cut(words, " ")
		mu.Lock()
		tried = append(tried, name)
		mu.Unlock()
		all.Go(func() {
			k := seeded(t)
			p := faultproxy.New(t, k.URL)
			for _, method := range []string{"PUT", "POST", "DELETE"} {
				p.On(method, "", faultproxy.Reset())
			}
			streams, out, errs := iostreams.Test(`{"users":[]}`)
			a := app.New(streams, []string{brokertest.NoHome, "RABBITCTL_URL=" + p.URL, "RABBITCTL_USERNAME=admin",
				"RABBITCTL_PASSWORD=hush"}, "test")
			a.UseFlags(t.Context(), nil, true)
			d, ok := commandOf(ctl|queuesTool, name) // rabbitmq-streams has some of the same names, over Erlang distribution
			if !ok {
				t.Errorf("no command %s", name)
				return
			}
			r := &run{app: a, tool: "rabbitmqctl", command: name, typed: strings.Fields(words)}
			err := r.perform(t.Context(), d)
			if err != nil {
				err = r.faultOf(err)
			}
			changes := k.Changes()
			if n := len(slices.Compact(slices.Sorted(slices.Values(changes)))); n != len(changes) || n == 0 {
				t.Errorf("%s: sent %q: %v", words, changes, err)
			}
			var f *fault
			switch {
			case hidden && (!errors.As(err, &f) || f.kind != fail.Lost || !strings.Contains(f.text, "may have been")):
				t.Errorf("%s: %q %q %v", words, out, errs, err)
			case !hidden && (err != nil || !strings.Contains(errs.String(), "note: the answer was lost (")):
				t.Errorf("%s: %q %q %v", words, out, errs, err)
			}
		})
	}
	all.Wait()
	// All commands must be tried, except two, which send only requests of other commands, or no request. Changes over
	// Erlang distribution are not tried either, because they are not HTTP requests.
	for _, d := range commands() {
		if d.changes && !d.distant && !slices.Contains(tried, d.name) &&
			!slices.Contains([]string{"grow_to_count", "delete_super_stream"}, d.name) {
			t.Errorf("%s is not tried", d.name)
		}
	}
}
