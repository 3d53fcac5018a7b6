package definitions_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/rabbitctl/rabbitctl/pkg/definitions"
)

const before = `{"rabbit_version":"4.3.6",
"vhosts":[{"name":"v"},{"name":"old"}],
"users":[{"name":"a","password_hash":"","tags":[]},{"name":"gone","password_hash":"","tags":[]}],
"permissions":[{"user":"gone","vhost":"v","configure":"","write":"","read":""},{"user":"a","vhost":"v","configure":"","write":"","read":""}],
"policies":[{"vhost":"v","name":"p","pattern":"","definition":{"max-length":1}}],
"exchanges":[{"name":"x","vhost":"v","type":"topic","durable":true,"auto_delete":false,"arguments":{}},
 {"name":"x-old","vhost":"v","type":"topic","durable":true,"auto_delete":false,"arguments":{}}],
"queues":[{"name":"q","vhost":"v","durable":true,"auto_delete":false,"arguments":{"x-queue-type":"classic"}},
 {"name":"q-old","vhost":"v","durable":true,"auto_delete":false,"arguments":{"x-queue-type":"classic"}},
 {"name":"lost","vhost":"old","durable":true,"auto_delete":false,"arguments":{"x-queue-type":"classic"}}],
"bindings":[{"source":"x","vhost":"v","destination":"q","destination_type":"queue","routing_key":"kept","arguments":{}},
 {"source":"x","vhost":"v","destination":"q","destination_type":"queue","routing_key":"extra","arguments":{}},
 {"source":"x-old","vhost":"v","destination":"q","destination_type":"queue","routing_key":"","arguments":{}},
 {"source":"x","vhost":"v","destination":"q-old","destination_type":"queue","routing_key":"","arguments":{}}]}`

const after = `{"vhosts":[{"name":"v"},{"name":"new"}],
"users":[{"name":"a","password_hash":"","tags":["monitoring"]}],
"permissions":[{"user":"a","vhost":"v","configure":"","write":"","read":""},{"user":"a","vhost":"new","configure":"","write":"","read":""}],
"policies":[{"vhost":"v","name":"p","pattern":"","definition":{"max-length":2}}],
"exchanges":[{"name":"x","vhost":"v","type":"topic","durable":true,"auto_delete":false,"arguments":{}}],
"queues":[{"name":"q","vhost":"v","durable":true,"auto_delete":false,"arguments":{"x-queue-type":"quorum"}},
 {"name":"n","vhost":"new","durable":true,"auto_delete":false,"arguments":{"x-queue-type":"classic"}}],
"bindings":[{"source":"x","vhost":"v","destination":"q","destination_type":"queue","routing_key":"kept","arguments":{}},
 {"source":"x","vhost":"v","destination":"q","destination_type":"queue","routing_key":"more","arguments":{}}]}`

func planned(t *testing.T, has, wants string, prune bool, mine func(definitions.Object) bool) []string {
	t.Helper()
	var lines []string
	for _, p := range definitions.Plan(read(t, has, ""), read(t, wants, ""), prune, mine) {
		line := string(p.Action) + " " + p.Object.String()
		if p.Again {
			line += " again"
		}
		lines = append(lines, line)
	}
	return lines
}

func TestPlan(t *testing.T) {
	t.Parallel()
	const binding, in = "binding x -> q with routing key ", " in virtual host v"
	want := []string{
		"create virtual host new", "update user a", "create permission of user a in virtual host new", "update policy p" + in,
		"create queue n in virtual host new", "replace queue q" + in, "create " + binding + `"more"` + in,
		"create " + binding + `"extra"` + in + " again", "create " + binding + `"kept"` + in + " again",
		"create binding x-old -> q" + in + " again"}
	if diff := cmp.Diff(want, planned(t, before, after, false, nil)); diff != "" {
		t.Errorf("without prune (-want +got):\n%s", diff)
	}
	// Objects in a deleted virtual host, of a deleted user, or bound to a deleted queue are deleted along with it, so the
	// plan does not list them.
	want = append(want[:7:7], "create "+binding+`"kept"`+in+" again",
		"delete binding x -> q with routing key \"extra\""+in, "delete queue q-old"+in, "delete exchange x-old"+in,
		"delete user gone", "delete virtual host old")
	if diff := cmp.Diff(want, planned(t, before, after, true, nil)); diff != "" {
		t.Errorf("with prune (-want +got):\n%s", diff)
	}
	mine := func(o definitions.Object) bool { return o.Kind == definitions.Queues && o.VHost == "v" }
	want = []string{"replace queue q" + in, "create " + binding + `"extra"` + in + " again",
		"create " + binding + `"kept"` + in + " again", "create binding x-old -> q" + in + " again", "delete queue q-old" + in}
	if diff := cmp.Diff(want, planned(t, before, after, true, mine)); diff != "" {
		t.Errorf("of some objects (-want +got):\n%s", diff)
	}
	for _, same := range []string{before, after} {
		if got := planned(t, same, same, true, nil); got != nil {
			t.Errorf("of what is as wanted: %q", got)
		}
	}
}

// TestPlan_masked: a changed object keeps the secrets that are masked in the file.
func TestPlan_masked(t *testing.T) {
	t.Parallel()
	has := read(t, `{"users":[{"name":"u","password_hash":"kept","tags":["a"]}]}`, "")
	wants := read(t, `{"users":[{"name":"u","password_hash":"***","tags":["b"]},{"name":"new","password_hash":"***","tags":[]}]}`, "")
	got := definitions.Plan(has, wants, false, nil)
	if len(got) != 2 || got[0].Action != definitions.Create || !got[0].Object.IsRedacted() ||
		string(got[1].Object.Value) != `{"name":"u","password_hash":"kept","tags":["b"]}` || got[1].Object.IsRedacted() {
		t.Errorf("%+v", got)
	}
}
