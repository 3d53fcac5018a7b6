package record

import "testing"

func TestMaskURIs(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"amqp://h":                          "amqp://h",
		"amqp://u@h:5672/%2f":               "amqp://u@h:5672/%2f",
		"amqp://u:hush@h":                   "amqp://u:***@h",
		"amqp://u:hu@sh@h/v?x=1":            "amqp://u:***@h/v?x=1",
		"amqp://u:hu/sh@h:5672/v":           "amqp://u:***@h:5672/v",
		"amqp://u:hu@sh/4@h":                "amqp://u:***@h",
		"amqp://u:hush@h,amqp://u:hush@i":   "amqp://u:***@h,amqp://u:***@i",
		"http://h:15672/api/nodes/rabbit@a": "http://h:15672/api/nodes/rabbit@a",
		"amqp://:hush@h":                    "amqp://:***@h",
		"amqp://u:@h":                       "amqp://u:***@h",
		"amqps://h?password=hush&x=a:b@c":   "amqps://h?password=***&x=a:b@c",
		"amqps://h?x=1&PassPhrase=hush":     "amqps://h?x=1&PassPhrase=***",
		"amqps://h?%70assword=hush":         "amqps://h?%70assword=***",
		"amqps://h?password=hu=sh;x=1":      "amqps://h?password=***;x=1",
		"amqps://h?auth_mechanism=plain":    "amqps://h?auth_mechanism=plain",
		"no://a:b@c but amqp://u:hush@h":    "no://a:***@c but amqp://u:***@h",
		"a:b@c?password=x is no URI of any": "a:b@c?password=x is no URI of any",
	} {
		if got := MaskURIs(text); got != want {
			t.Errorf("%s\ngot  %s\nwant %s", text, got, want)
		}
	}
}

func TestWithoutSecrets(t *testing.T) {
	t.Parallel()
	for raw, want := range map[string]string{
		`"amqp://u:hush@h"`: `"amqp://u:***@h"`,
		`"a \u0026 b"`:      `"a \u0026 b"`, // nothing to hide: as it was
		`12`:                `12`,
		`{"uri":["amqp://u:hush@h","amqps://h?a=1\u0026password=hush"],"n":1.50}`: `{"uri":["amqp://u:***@h","amqps://h?a=1&password=***"],"n":1.50}`,
		`{"amqp://u:name@h":{"x":[["amqp://u:hu\"sh@h"]]},"a":1,"a":2}`:           `{"amqp://u:name@h":{"x":[["amqp://u:***@h"]]},"a":1,"a":2}`,
	} {
		if got := string(Value(raw).WithoutSecrets()); got != want {
			t.Errorf("%s\ngot  %s\nwant %s", raw, got, want)
		}
	}
	if got := Value(nil).WithoutSecrets(); !got.Absent() {
		t.Errorf("nothing became %s", got)
	}
}
