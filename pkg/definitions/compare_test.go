package definitions_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/rabbitctl/rabbitctl/pkg/definitions"
)

// told returns a line for each object that only one document has, and a line for each member that differs.
func told(all []definitions.Difference) []string {
	var lines []string
	for _, d := range all {
		switch {
		case d.A == nil:
			lines = append(lines, "+ "+d.Object.String())
		case d.B == nil:
			lines = append(lines, "- "+d.Object.String())
		}
		for _, m := range d.Members {
			line := fmt.Sprintf("%s: %s %s -> %s", d.Object, m.Name, m.A.Text(), m.B.Text())
			if m.Secret {
				line += " (secret)"
			}
			lines = append(lines, line)
		}
	}
	return lines
}

// TestCompare_releases: brokers of three releases got the same declarations, with these exceptions: 4.0 and 4.3 do not
// know ha-mode, and the broker of 4.3 was given no transient exchange and no topic permission. Compare must find only
// these, and the password hashes.
func TestCompare_releases(t *testing.T) {
	t.Parallel()
	const hash = ": password_hash *** -> *** (secret)"
	users := []string{"user app" + hash, "user guest" + hash}
	const topic, ha, inner = "- topic permission of user app on exchange events in virtual host shop",
		"- policy ha in virtual host shop", "- exchange inner in virtual host shop"
	for _, tt := range []struct {
		a, b string
		want []string
	}{
		{"3.10", "3.10", nil},
		{"4.0", "4.3", slices.Concat(users, []string{topic, inner})},
		{"3.10", "4.0", slices.Concat(users, []string{ha})},
		{"3.10", "4.3", slices.Concat(users, []string{topic, ha, inner})},
		{"3.10-shop", "4.3-shop", []string{ha, inner}},
	} {
		got := told(definitions.Compare(recorded(t, tt.a), recorded(t, tt.b)))
		if diff := cmp.Diff(tt.want, got); diff != "" {
			t.Errorf("%s and %s (-want +got):\n%s", tt.a, tt.b, diff)
		}
	}
}

// TestCompare_same has definitions that differ in their text but mean the same, and some that look the same but are
// not.
func TestCompare_same(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name, a, b string
		want       []string
	}{
		{"numbers", `{"queues":[{"name":"q","vhost":"/","durable":true,"auto_delete":false,"arguments":{"x-max-length":1000}}]}`,
			`{"queues":[{"name":"q","vhost":"/","durable":true,"auto_delete":false,"arguments":{"x-max-length":1e3}}]}`, nil},
		{"whole numbers that are the same float", `{"queues":[{"name":"q","vhost":"/","durable":true,"auto_delete":false,"arguments":{"x-a":9007199254740993}}]}`,
			`{"queues":[{"name":"q","vhost":"/","durable":true,"auto_delete":false,"arguments":{"x-a":9007199254740992}}]}`,
			[]string{"queue q in virtual host /: arguments.x-a 9007199254740993 -> 9007199254740992"}},
		{"what only one broker says of a virtual host", `{"rabbit_version":"4.3.6","vhosts":[{"name":"v","metadata":{"description":"","tags":[],"default_queue_type":"quorum","protected_from_deletion":true}},{"name":"w","metadata":{"description":"","tags":[],"default_queue_type":"classic","protected_from_deletion":false}}]}`,
			`{"rabbit_version":"3.10.8","vhosts":[{"name":"v","metadata":{"description":"","tags":[]}},{"name":"w","metadata":{"description":"","tags":[]}}]}`,
			[]string{"virtual host v: default_queue_type quorum -> ", "virtual host v: protected_from_deletion true -> "}},
		{"an argument as text", `{"queues":[{"name":"q","vhost":"/","durable":true,"auto_delete":false,"arguments":{"x-max-length":1000}}]}`,
			`{"queues":[{"name":"q","vhost":"/","durable":true,"auto_delete":false,"arguments":{"x-max-length":"1000"}}]}`,
			[]string{"queue q in virtual host /: arguments.x-max-length 1000 -> 1000"}},
		{"no type by hand", `{"rabbit_version":"4.3.6","queues":[{"name":"q","vhost":"/","durable":true,"auto_delete":false,"arguments":{"x-queue-type":"quorum"},"type":"quorum"}]}`,
			`{"queues":[{"name":"q","vhost":"/","durable":true,"auto_delete":false,"arguments":{}}]}`, nil},
		{"no type in an export is classic", `{"rabbit_version":"4.3.6","queues":[{"name":"q","vhost":"/","durable":true,"auto_delete":false,"arguments":{"x-queue-type":"quorum"},"type":"quorum"}]}`,
			`{"rabbit_version":"3.10.8","queues":[{"name":"q","vhost":"/","durable":true,"auto_delete":false,"arguments":{}}]}`,
			[]string{"queue q in virtual host /: arguments.x-queue-type quorum -> classic"}},
		{"the default type of the file's virtual host", `{"rabbit_version":"4.3.6","vhosts":[],"queues":[{"name":"q","vhost":"v","durable":true,"auto_delete":false,"arguments":{},"type":"classic"}]}`,
			`{"vhosts":[{"name":"v","default_queue_type":"quorum"}],"queues":[{"name":"q","vhost":"v","durable":true,"auto_delete":false,"arguments":{}}]}`,
			[]string{"+ virtual host v", "queue q in virtual host v: arguments.x-queue-type classic -> quorum"}},
		{"tags in another order, and as text", `{"users":[{"name":"u","password_hash":"","tags":["b","a"]}]}`,
			`{"users":[{"name":"u","password_hash":"","hashing_algorithm":"rabbit_password_hashing_sha256","tags":"a,b","limits":[]}]}`, nil},
		{"limits that one does not say", `{"users":[{"name":"u","password_hash":"","tags":[],"limits":{"max-channels":5}}]}`,
			`{"users":[{"name":"u","password_hash":"","tags":[]}]}`, nil},
		{"limits that one does not have", `{"users":[{"name":"u","password_hash":"","tags":[],"limits":{"max-channels":5}}]}`,
			`{"users":[{"name":"u","password_hash":"","tags":[],"limits":{}}]}`, []string{"user u: limits.max-channels 5 -> "}},
		{"metadata", `{"vhosts":[{"name":"v","metadata":{"description":"d","tags":["x"],"default_queue_type":"undefined"},"limits":{"max-queues":1}}]}`,
			`{"vhosts":[{"name":"v","description":"d","tags":["x"]}]}`, nil},
		{"a policy's defaults", `{"policies":[{"vhost":"/","name":"p","pattern":"","definition":{"ttl":1}}]}`,
			`{"policies":[{"vhost":"/","name":"p","pattern":"","definition":{"ttl":2},"priority":0,"apply-to":"all"}]}`,
			[]string{"policy p in virtual host /: definition.ttl 1 -> 2"}},
		{"a password and its hash", `{"users":[{"name":"u","password":"canary","tags":[]}]}`,
			// salt 01020304, SHA-256
			`{"users":[{"name":"u","password_hash":"AQIDBC5c8wGJ33mvDDONy6eHxXAGUIbVFLDCkbge5v4Hnret","tags":[]}]}`, nil},
		{"another password", `{"users":[{"name":"u","password":"canary2","tags":[]}]}`,
			`{"users":[{"name":"u","password_hash":"AQIDBC5c8wGJ33mvDDONy6eHxXAGUIbVFLDCkbge5v4Hnret","tags":[]}]}`,
			[]string{"user u: password *** ->  (secret)", "user u: password_hash  -> *** (secret)"}},
		{"a password in a URI", `{"parameters":[{"component":"shovel","vhost":"/","name":"s","value":{"src-uri":"amqp://u:canary@h"}}]}`,
			`{"parameters":[{"component":"shovel","vhost":"/","name":"s","value":{"src-uri":"amqp://u:canary2@h"}}]}`,
			[]string{"parameter shovel s in virtual host /: value.src-uri amqp://u:***@h -> amqp://u:***@h (secret)"}},
		{"masked secrets", `{"users":[{"name":"u","password_hash":"***","tags":["a"]}],"parameters":[
			{"component":"shovel","vhost":"/","name":"s","value":{"src-uri":["amqp://u:***@h"],"ack-mode":"no-ack"}}]}`,
			`{"users":[{"name":"u","password_hash":"canary","tags":["b"]}],"parameters":[
			{"component":"shovel","vhost":"/","name":"s","value":{"src-uri":["amqp://u:canary@h"],"ack-mode":"on-confirm"}}]}`,
			[]string{"user u: tags [\"a\"] -> [\"b\"]",
				"parameter shovel s in virtual host /: value.ack-mode no-ack -> on-confirm"}},
		{"masked, and another address", `{"parameters":[{"component":"shovel","vhost":"/","name":"s","value":{"src-uri":"amqp://u:***@h"}}]}`,
			`{"parameters":[{"component":"shovel","vhost":"/","name":"s","value":{"src-uri":"amqp://u:canary@other"}}]}`,
			[]string{"parameter shovel s in virtual host /: value.src-uri amqp://u:***@h -> amqp://u:***@other (secret)"}},
		{"kinds that one does not have", `{"queues":[]}`, `{"users":[{"name":"u","tags":[]}]}`, nil},
		{"what brokers make", `{"exchanges":[],"global_parameters":[]}`,
			`{"exchanges":[{"name":"amq.rabbitmq.log","vhost":"/","type":"topic","durable":true,"auto_delete":false,"arguments":{}}],
			"global_parameters":[{"name":"cluster_name","value":"x"}]}`, nil},
	} {
		got := told(definitions.Compare(read(t, tt.a, ""), read(t, tt.b, "")))
		for _, line := range got {
			if strings.Contains(line, "canary") {
				t.Errorf("%s: a secret is shown: %s", tt.name, line)
			}
		}
		if diff := cmp.Diff(tt.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tt.name, diff)
		}
	}
}

// TestUnmet: a setting of a virtual host that only the document has is a difference, unless it has its default. A
// setting that only the broker has is not compared. Unmet and Drift find the same number of differences.
func TestUnmet(t *testing.T) {
	t.Parallel()
	const has = `{"rabbit_version":"4.3.6","vhosts":[{"name":"v","metadata":{"description":"d","tags":["t"],"default_queue_type":"classic"}}]}`
	for _, tt := range []struct {
		wants string
		want  []string
	}{
		{`{"vhosts":[{"name":"v"}]}`, nil},
		{`{"vhosts":[{"name":"v","protected_from_deletion":false}]}`, nil},
		{`{"vhosts":[{"name":"v","metadata":{"protected_from_deletion":true}}]}`,
			[]string{"virtual host v: protected_from_deletion  -> true"}},
		{`{"rabbit_version":"3.10.8","vhosts":[{"name":"v","metadata":{"description":"d"}}]}`, nil},
	} {
		got := told(definitions.Unmet(read(t, has, ""), read(t, tt.wants, "")))
		if diff := cmp.Diff(tt.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tt.wants, diff)
		}
		if back := definitions.Drift(read(t, tt.wants, ""), read(t, has, "")); len(back) != len(got) {
			t.Errorf("%s: drift is %v", tt.wants, told(back))
		}
	}
}
