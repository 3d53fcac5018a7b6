package definitions_test

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/rabbitctl/rabbitctl/pkg/definitions"
	"github.com/rabbitctl/rabbitctl/pkg/internal/golden"
)

func recorded(t *testing.T, name string) *definitions.Document {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("testdata", "recorded", name+".json"))
	if err != nil {
		t.Fatal(err)
	}
	return read(t, string(text), "")
}

func read(t *testing.T, text, vhost string) *definitions.Document {
	t.Helper()
	d, err := definitions.Read(strings.NewReader(text), definitions.From{Name: "it", VHost: vhost})
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func written(t *testing.T, d *definitions.Document, as definitions.Format) string {
	t.Helper()
	var b bytes.Buffer
	if err := d.Write(&b, as); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func releases() []string { return []string{"3.10", "4.0", "4.3", "3.10-shop", "4.0-shop", "4.3-shop"} }

// TestWritten: the export of a release is written in a fixed order. Read again from JSON or YAML, the document is the
// same.
func TestWritten(t *testing.T) {
	t.Parallel()
	for _, name := range releases() {
		d := recorded(t, name)
		if len(d.Faults) > 0 {
			t.Errorf("%s: %v", name, d.Faults)
		}
		vhost := ""
		if strings.HasSuffix(name, "shop") {
			vhost = "shop"
		}
		inJSON, inYAML := written(t, d, definitions.JSON), written(t, d, definitions.YAML)
		golden.Check(t, "written/"+name+".json", inJSON)
		golden.Check(t, "written/"+name+".yaml", inYAML)
		for _, text := range []string{inJSON, inYAML, "\xef\xbb\xbf" + inJSON} {
			again := read(t, text, vhost)
			if got := written(t, again, definitions.JSON); got != inJSON {
				t.Errorf("%s: written again it differs:\n%s", name, got)
			}
			if len(again.Objects) != len(d.Objects) || again.VHost != d.VHost {
				t.Errorf("%s: %d objects of %q, then %d of %q", name, len(d.Objects), d.VHost, len(again.Objects), again.VHost)
			}
		}
	}
}

// TestOrderDoesNotCount: two texts with the same objects in another order, and with other escapes, are the same
// document.
func TestOrderDoesNotCount(t *testing.T) {
	t.Parallel()
	one := read(t, `{"queues":[{"name":"b","vhost":"/","durable":true,"auto_delete":false,"arguments":{"y":1,"x":{"b":[1,{}],"a":null}}},
		{"name":"é","vhost":"/","durable":true,"auto_delete":false,"arguments":{}}],"users":[],"rabbit_version":"4.3.6"}`, "")
	other := read(t, `{"rabbit_version":"4.3.6","users":[ ],"queues":[{"vhost":"\/","name":"\u00e9","arguments":{},"auto_delete":false,
		"durable":true},{"arguments":{"x":{"a":null,"b":[1, {}]},"y":1},"vhost":"/","name":"b","durable":true,"auto_delete":false}]}`, "")
	if a, b := written(t, one, definitions.JSON), written(t, other, definitions.JSON); a != b {
		t.Errorf("%s\n%s", a, b)
	}
}

// TestVHostOfSingle checks which virtual host objects belong to if they do not name one.
func TestVHostOfSingle(t *testing.T) {
	t.Parallel()
	const queue = `"queues":[{"name":"q","durable":true,"auto_delete":false,"arguments":{}}]`
	for _, c := range []struct{ text, given, want string }{
		{`{` + queue + `}`, "", ""},
		{`{` + queue + `}`, "b", "b"},
		{`{"original_vhost_name":"a",` + queue + `}`, "", "a"},
		{`{"original_vhost_name":"a",` + queue + `}`, "b", "b"},
		{`{"parameters":[{"component":"c","name":"n","vhost":"a","value":1}],` + queue + `}`, "", "a"},
		{`{"parameters":[{"component":"c","name":"n","vhost":"a","value":1}],` + queue + `}`, "b", "b"},
	} {
		d := read(t, c.text, c.given)
		if !d.Single || d.VHost != c.want || slices.ContainsFunc(d.Objects, func(o definitions.Object) bool {
			return o.VHost != c.want
		}) {
			t.Errorf("%s in %q: %q, %v", c.text, c.given, d.VHost, d.Objects)
		}
	}
}

// TestUnreadable: a text that is not a document gives an error that says so, and the error shows nothing of the text.
func TestUnreadable(t *testing.T) {
	t.Parallel()
	whole := `{"rabbit_version":"4.3.6","queues":[{"name":"q","vhost":"/","durable":true,"auto_delete":false,"arguments":{}}]}`
	for _, c := range []struct{ text, want string }{
		{"", "it is empty"},
		{" \n", "it is empty"},
		{"\x1f\x8b", "it is compressed"},
		{"[]", "it is a list"},
		{`"canary"`, "it is text"},
		{"canary", "it is text"},
		{"# canary\n", "it is nothing but comments"},
		{"{}", "it has none of the members"},
		{`{"log":{"version":"1.2"}}`, "it has none of the members"},
		{whole + whole, "line 1: there is more text after the end of the JSON"},
		{whole + "x", "line 1: there is more text after the end of the JSON"},
		{"{\n\"queues\":[\n{\"name\": canary}]}", "line 3: it is not JSON"},
		{"queues: []\n---\nqueues: []", "there is more text after the end of the first YAML document"},
		{"queues:\n- {<<: {a: 1}}", "line 2: <<, which merges objects, is not supported"},
		{"a: &a [x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b,*b,*b]\nqueues: [*c,*c,*c,*c,*c,*c]",
			"its aliases expand to a document many times as long"},
		{strings.Repeat("[", 20000), "it is not JSON"},
	} {
		_, err := definitions.Read(strings.NewReader(c.text), definitions.From{Name: "it"})
		if err == nil || !strings.Contains(err.Error(), c.want) || strings.Contains(err.Error(), "canary") {
			t.Errorf("%.60q: %v, want %s", c.text, err, c.want)
		}
	}
	for n := 1; n < len(whole); n++ {
		if _, err := definitions.Read(strings.NewReader(whole[:n]), definitions.From{Name: "it"}); err == nil ||
			!strings.Contains(err.Error(), "cut off") {
			t.Errorf("%s: %v", whole[:n], err)
		}
	}
	if _, err := definitions.Read(strings.NewReader(whole), definitions.From{Limit: int64(len(whole))}); err != nil {
		t.Errorf("of just the limit: %v", err)
	}
	if _, err := definitions.Read(strings.NewReader(whole), definitions.From{Limit: int64(len(whole) - 1)}); err == nil {
		t.Error("beyond the limit it was read")
	}
}

// TestFaults: each fault in a document is reported with its place, and without the content, which can be a secret.
func TestFaults(t *testing.T) {
	t.Parallel()
	golden.Check(t, "faults.json", faults(read(t, `{
  "users": [
    {"name": "u", "name": "v", "password_hash": "canary"},
    "canary",
    {"password": "canary"}
  ],
  "queues": [
    {"name": "q", "vhost": "/", "durable": true, "auto_delete": false, "arguments": {}},
    {"name": "q", "vhost": "/", "durable": false, "auto_delete": false, "arguments": {}},
    {"name": 5, "vhost": "/"},
    {"name": "x", "vhost": ["/"]}
  ],
  "bindings": null,
  "exchanges": {},
  "quues": [],
  "queues": []
}`, "")))
	golden.Check(t, "faults.yaml", faults(read(t, `
users:
- name: u
  password_hash: canary
- canary
- password: canary
queues:
- {name: q, vhost: /, durable: yes, auto_delete: false, arguments: {x: 0x10, d: 2020-01-01}}
- name: q
  vhost: /
bindings: {}
`, "")))
}

func faults(d *definitions.Document) string {
	var b strings.Builder
	for _, f := range d.Faults {
		b.WriteString(f.At.String() + ": " + f.Text + "\n")
	}
	return b.String() + written(&testing.T{}, d.Redacted(), definitions.JSON)
}

// TestRedacted: a redacted document contains no secret when it is written, and it is recognised as redacted.
func TestRedacted(t *testing.T) {
	t.Parallel()
	for _, name := range releases() {
		d := recorded(t, name)
		text := written(t, d.Redacted(), definitions.JSON)
		secrets := []string{"canary"}
		for _, o := range d.Of(definitions.Users) {
			secrets = append(secrets, o.Member("password_hash").Text())
		}
		for _, secret := range secrets {
			if secret != "" && strings.Contains(text, secret) {
				t.Errorf("%s: %s is in what is redacted", name, secret)
			}
		}
		if !d.Secret() || read(t, text, "x").Secret() {
			t.Errorf("%s: secret is %v, and redacted %v", name, d.Secret(), read(t, text, "x").Secret())
		}
		redacted := slices.ContainsFunc(d.Redacted().Objects, definitions.Object.IsRedacted)
		if slices.ContainsFunc(d.Objects, definitions.Object.IsRedacted) || !redacted {
			t.Errorf("%s: redacted is not told from what is not", name)
		}
	}
}

// TestNames: each object has a name for messages, and an ID that no other object has.
func TestNames(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	var b strings.Builder
	for _, o := range recorded(t, "3.10").Objects {
		if seen[o.ID()] {
			t.Errorf("%s is not the only one with %s", o, o.ID())
		}
		seen[o.ID()] = true
		b.WriteString(o.String() + "\n")
		if again := o.With("x", []byte("1")).With("x", nil); again.ID() != o.ID() || string(again.Value) != string(o.Value) {
			t.Errorf("%s: %s became %s", o, o.Value, again.Value)
		}
	}
	golden.Check(t, "names", b.String())
}

// TestLarge: 20,000 queues take at most eight times as much memory as their text.
func TestLarge(t *testing.T) {
	var text strings.Builder
	text.WriteString(`{"queues":[`)
	for i := range 20000 {
		if i > 0 {
			text.WriteString(",\n")
		}
		text.WriteString(`{"name":"queue-` + strings.Repeat("x", i%7) + string(record(i)) +
			`","vhost":"/","durable":true,"auto_delete":false,"arguments":{"x-queue-type":"quorum"}}`)
	}
	text.WriteString("]}")
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	d := read(t, text.String(), "")
	runtime.GC()
	runtime.ReadMemStats(&after)
	if len(d.Objects) != 20000 || len(d.Faults) > 0 || d.Objects[0].At.Line == 0 {
		t.Errorf("%d objects, %v", len(d.Objects), d.Faults)
	}
	if held := after.HeapAlloc - before.HeapAlloc; held > 8*uint64(text.Len()) {
		t.Errorf("%d bytes are held for %d", held, text.Len())
	}
	runtime.KeepAlive(d)
}

func record(n int) []byte {
	return []byte{byte('a' + n%26), byte('a' + n/26%26), byte('a' + n/676%26), byte('a' + n/17576%26)}
}

func FuzzRead(f *testing.F) {
	f.Add(`{"queues":[{"name":"q","vhost":"/"}]}`)
	f.Add("queues:\n- name: q\n")
	f.Fuzz(func(t *testing.T, text string) {
		d, err := definitions.Read(strings.NewReader(text), definitions.From{Name: "it"})
		if err != nil {
			return
		}
		first := written(t, d, definitions.JSON)
		again, err := definitions.Read(strings.NewReader(first), definitions.From{Name: "it"})
		if err != nil {
			t.Fatalf("%q: %v", first, err)
		}
		if second := written(t, again, definitions.JSON); second != first && len(d.Faults) == 0 {
			t.Errorf("%q\n%q", first, second)
		}
	})
}

// TestRead_numbers: a number in YAML becomes the same number in JSON, whatever its size. 1.0 does not become 1.
func TestRead_numbers(t *testing.T) {
	t.Parallel()
	d := read(t, "global_parameters:\n- {name: g, value: [1.0, 9007199254740993, 18446744073709551616, 0x10, 1_000, .5, -0.0, !!int \"\"]}\n", "")
	want := `[1.0,9007199254740993,18446744073709551616,16,1000,0.5,-0.0,""]`
	if got := string(d.Objects[0].Member("value")); got != want {
		t.Errorf("%s, want %s", got, want)
	}
}

// TestRead_hostile: a document that is made to cost much time or memory is quickly read or refused.
func TestRead_hostile(t *testing.T) {
	t.Parallel()
	const many = 50_000
	one := `{"name":"q","vhost":"/","durable":true,"auto_delete":false,"arguments":{}}`
	wide, heads := []string{}, []string{}
	for i := range many {
		wide = append(wide, fmt.Sprintf(`"k%d":1`, i))
		heads = append(heads, fmt.Sprintf(`"k%d":1`, i))
	}
	aliases := "global_parameters:\n- {name: &a " + strings.Repeat("x", many) + ", value: [" +
		strings.Repeat("*a,", many) + "]}\n"
	for _, tt := range []struct{ name, text, err string }{
		{"duplicates", `{"queues":[` + strings.Repeat(one+",", many) + one + `]}`, ""},
		{"members", `{"global_parameters":[{"name":"g","value":{` + strings.Join(wide, ",") + `}}]}`, ""},
		{"heads", `{"queues":[],` + strings.Join(heads, ",") + `}`, ""},
		{"aliases", aliases, "its aliases expand to a document many times as long"},
	} {
		began := time.Now()
		_, err := definitions.Read(strings.NewReader(tt.text), definitions.From{Name: "it"})
		if err == nil && tt.err != "" || err != nil && (tt.err == "" || !strings.Contains(err.Error(), tt.err)) {
			t.Errorf("%s: %v", tt.name, err)
		}
		if took := time.Since(began); took > 10*time.Second {
			t.Errorf("%s: it took %s", tt.name, took)
		}
	}
}

// TestKinds: a document of one of the three kinds of parameters does not cover the two other kinds. That stays so when
// the document is written and read again, and when it has no objects.
func TestKinds(t *testing.T) {
	t.Parallel()
	whole := read(t, `{"parameters":[{"component":"operator_policy","vhost":"/","name":"o","value":{"pattern":"","definition":{"max-length":1}}},
		{"component":"vhost-limits","vhost":"/","name":"limits","value":{"max-queues":1}},
		{"component":"shovel","vhost":"/","name":"s","value":{}}],"queues":[]}`, "")
	empty := read(t, `{"parameters":[],"queues":[]}`, "")
	for _, k := range []definitions.Kind{definitions.Parameters, definitions.OperatorPolicies, definitions.VHostLimits} {
		for _, d := range []*definitions.Document{whole, empty} {
			for _, format := range []definitions.Format{definitions.JSON, definitions.YAML} {
				again := read(t, written(t, d.Only([]definitions.Kind{k}), format), "")
				for _, p := range definitions.Plan(whole, again, true, nil) {
					if p.Object.Kind != k {
						t.Errorf("a document of %s: %s %s", k, p.Action, p.Object)
					}
				}
				if !again.Covers(k) || again.Covers(definitions.Queues) || len(again.Faults) > 0 {
					t.Errorf("a document of %s: %v", k, again.Faults)
				}
			}
		}
	}
	for text, want := range map[string]string{
		`{"kinds":["vhost_limits"],"parameters":[{"component":"shovel","vhost":"/","name":"s","value":{}}]}`: "the member kinds does not list parameters",
		`{"kinds":["limits"],"parameters":[]}`:                "it is not a list of kinds",
		`{"kinds":["queues"],"kinds":["queues"],"queues":[]}`: `the document has the field "kinds" twice`,
	} {
		if d := read(t, text, ""); len(d.Faults) != 1 || !strings.Contains(d.Faults[0].Text, want) {
			t.Errorf("%s: %v", text, d.Faults)
		}
	}
}

// TestOnlyOf: the export of a virtual host of 3.10 is recognised as one, even if it has no objects.
func TestOnlyOf(t *testing.T) {
	t.Parallel()
	d := read(t, `{"rabbit_version":"3.10.8","policies":[],"queues":[]}`, "shop")
	d.OnlyOf("shop")
	if again := read(t, written(t, d, definitions.JSON), ""); !again.Single || again.VHost != "shop" {
		t.Errorf("%+v", again)
	}
}
