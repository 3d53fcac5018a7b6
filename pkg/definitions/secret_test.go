package definitions_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/rabbitctl/rabbitctl/pkg/definitions"
)

// TestSecrets: each secret is masked, is recognised once it is masked, and is hidden in a text that quotes it.
func TestSecrets(t *testing.T) {
	t.Parallel()
	for name, text := range map[string]string{
		"a hash":                         `{"users":[{"name":"u","password_hash":"canary","tags":[]}]}`,
		"a URI":                          `{"parameters":[{"component":"shovel","vhost":"/","name":"s","value":{"src-uri":"amqp://u:canary@h"}}]}`,
		"one of several URIs":            `{"parameters":[{"component":"shovel","vhost":"/","name":"s","value":{"src-uri":["amqp://h","amqp://u:canary@h"]}}]}`,
		"a member":                       `{"global_parameters":[{"name":"g","value":{"api_token":"canary"}}]}`,
		"an object in a member":          `{"global_parameters":[{"name":"g","value":{"credentials":{"user":"canary"}}}]}`,
		"an encrypted value":             `{"parameters":[{"component":"shovel","vhost":"/","name":"s","value":{"src-uri":"encrypted:canary"}}]}`,
		"a parameter of one text":        `{"global_parameters":[{"name":"jwt_secret","value":"canary"}]}`,
		"a parameter of several texts":   `{"global_parameters":[{"name":"api_tokens","value":["canary","canary2"]}]}`,
		"a number":                       `{"global_parameters":[{"name":"g","value":{"password":815canary}}]}`,
		"a member that holds no objects": `{"users":[],"new_settings":{"password":"canary"}}`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			secret := "canary"
			if name == "a number" {
				text, secret = strings.Replace(text, "815canary", "815815", 1), "815815"
			}
			d := read(t, text, "")
			if !d.Secret() {
				t.Error("it holds no secret")
			}
			redacted := d.Redacted()
			if out := written(t, redacted, definitions.JSON); strings.Contains(out, secret) {
				t.Errorf("redacted: %s", out)
			}
			if len(d.Objects) == 0 {
				return
			}
			if d.Objects[0].IsRedacted() || !redacted.Objects[0].IsRedacted() {
				t.Errorf("redacted is not told from what is not: %s", redacted.Objects[0].Value)
			}
			if back := redacted.Objects[0].Unmasked(d.Objects[0]); string(back.Value) != string(d.Objects[0].Value) {
				t.Errorf("unmasked: %s", back.Value)
			}
			if got := d.Hide("refused: " + string(d.Objects[0].Value)); strings.Contains(got, secret) {
				t.Errorf("%s", got)
			}
		})
	}
}

// TestSecrets_none: a text that only looks like a secret is kept, and does not count as masked.
func TestSecrets_none(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		`{"vhosts":[{"name":"v","description":"encrypted: the disks of this one"}]}`,
		`{"queues":[{"name":"q","vhost":"/","durable":true,"auto_delete":false,"arguments":{"x-note":"a=***"}}]}`,
		`{"bindings":[{"source":"x","vhost":"/","destination":"q","destination_type":"queue","routing_key":"a:***@b","arguments":{}}]}`,
		`{"users":[{"name":"u","password_hash":"","tags":[]}]}`,
	} {
		d := read(t, text, "")
		if d.Secret() || slices.ContainsFunc(d.Objects, definitions.Object.IsRedacted) ||
			written(t, d.Redacted(), definitions.JSON) != written(t, d, definitions.JSON) {
			t.Errorf("%s became %s", text, written(t, d.Redacted(), definitions.JSON))
		}
	}
	d := read(t, `{"users":[{"name":"a","password":"abc","tags":[]},{"name":"b","password":"abcdef","tags":[]}]}`, "")
	if got := d.Hide("abcdef, abc"); got != "***, ***" {
		t.Errorf("hidden: %s", got)
	}
}
