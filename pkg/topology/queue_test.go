package topology_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/steps"
	"github.com/rabbitctl/rabbitctl/pkg/topology"
)

// queue is a durable queue with arguments, given as key and value in turn.
func queue(kind string, arguments ...any) topology.Queue {
	q := topology.Queue{VHost: "/", Name: "q", Type: kind, Durable: true, Arguments: map[string]any{}}
	for i := 0; i < len(arguments); i += 2 {
		q.Arguments[arguments[i].(string)] = arguments[i+1]
	}
	return q
}

func with(q topology.Queue, change func(*topology.Queue)) topology.Queue {
	change(&q)
	return q
}

func differ(property, wanted, has, decidedBy, policy string) topology.Difference {
	return topology.Difference{Property: property, Wanted: wanted, Has: has, DecidedBy: decidedBy, Policy: policy}
}

func num(text string) json.Number { return json.Number(text) }

// Compare must list every difference. The cases before the empty line are differences for which a broker refuses a
// declaration with 400, and some that it accepts and ignores.
func TestCompare(t *testing.T) {
	plain := queue("classic")
	notDurable := with(plain, func(q *topology.Queue) { q.Durable = false })
	autoDelete := with(plain, func(q *topology.Queue) { q.AutoDelete = true })
	exclusive := with(plain, func(q *topology.Queue) { q.Exclusive = true })
	byPolicy := topology.Deciders{Policy: "ttl", PolicyKeys: map[string]any{"message-ttl": num("60000"),
		"max-length": num("10")},
		OperatorPolicy: "caps", OperatorKeys: map[string]any{"max-length": num("5")}}
	tests := []struct {
		name      string
		want, has topology.Queue
		by        topology.Deciders
		diff      []topology.Difference
	}{
		{"durable", plain, notDurable, topology.Deciders{}, []topology.Difference{differ("durable", "true", "false",
			"argument", "no")}},
		{"auto-delete", plain, autoDelete, topology.Deciders{}, []topology.Difference{differ("auto_delete", "false", "true",
			"argument", "no")}},
		{"TTL", queue("classic", "x-message-ttl", num("5000")), queue("classic", "x-message-ttl", num("6000")),
			topology.Deciders{},
			[]topology.Difference{differ("x-message-ttl", "5000", "6000", "argument", "yes: message-ttl")}},
		{"type", queue("quorum"), plain, topology.Deciders{}, []topology.Difference{differ("type", "quorum", "classic",
			"argument", "no")}},
		{"a policy of another type", queue("stream", "x-max-age", "7D"), plain, topology.Deciders{},
			[]topology.Difference{differ("type", "stream", "classic", "argument", "no"),
				differ("x-max-age", "7D", "(none)", "nobody", "no, not for type classic")}},
		{"consumer timeout", queue("quorum", "x-consumer-timeout", num("60000")), queue("quorum"), topology.Deciders{},
			[]topology.Difference{differ("x-consumer-timeout", "60000", "(none)", "nobody", "yes: consumer-timeout")}},
		{"custom argument, absent", queue("classic", "x-custom", "a"), plain, topology.Deciders{},
			[]topology.Difference{differ("x-custom", "a", "(none)", "nobody", "no")}},
		{"custom argument, other", queue("classic", "x-custom", "a"), queue("classic", "x-custom", "b"), topology.Deciders{},
			[]topology.Difference{differ("x-custom", "a", "b", "argument", "no")}},

		{"equal", queue("classic", "x-a", "1", "x-b", true), queue("classic", "x-a", "1", "x-b", true), topology.Deciders{},
			nil},
		{"exclusive", plain, exclusive, topology.Deciders{}, []topology.Difference{differ("exclusive", "false", "true",
			"the client that declared it", "no")}},
		{"no type wanted, default unknown", queue(""), queue("quorum"), topology.Deciders{}, nil},
		{"no type wanted, default agrees", queue(""), queue("quorum"), topology.Deciders{DefaultType: "quorum"}, nil},
		{"no type wanted, default is another", queue(""), queue("classic"), topology.Deciders{DefaultType: "quorum"},
			[]topology.Difference{differ("type", "quorum", "classic", "argument (wanted: virtual host default)", "no")}},
		{"an argument not wanted", plain, queue("classic", "x-max-length", num("5")), topology.Deciders{},
			[]topology.Difference{differ("x-max-length", "(none)", "5", "argument", "no")}},
		{"a policy sets what is wanted as an argument", queue("classic", "x-message-ttl", num("60000")), plain, byPolicy,
			[]topology.Difference{differ("x-message-ttl", "60000", "(none)", "policy ttl (60000)", "yes: message-ttl")}},
		{"argument, policy and operator policy meet", queue("classic", "x-max-length", num("1")),
			queue("classic", "x-max-length", num("7")), byPolicy,
			[]topology.Difference{differ("x-max-length", "1", "7", "argument, policy ttl (10), operator policy caps (5)",
				"yes: max-length")}},
		{"a text is no number", queue("classic", "x-a", "5"), queue("classic", "x-a", num("5")), topology.Deciders{},
			[]topology.Difference{differ("x-a", `"5"`, "5", "argument", "no")}},
		{"a text is no truth", queue("classic", "x-a", "true"), queue("classic", "x-a", true), topology.Deciders{},
			[]topology.Difference{differ("x-a", `"true"`, "true", "argument", "no")}},
		{"type first, then flags, then arguments by key",
			with(queue("quorum", "x-b", "1", "x-a", "1"), func(q *topology.Queue) { q.AutoDelete = true }), notDurable,
			topology.Deciders{},
			[]topology.Difference{
				differ("type", "quorum", "classic", "argument", "no"),
				differ("durable", "true", "false", "argument", "no"),
				differ("auto_delete", "true", "false", "argument", "no"),
				differ("x-a", "1", "(none)", "nobody", "no"),
				differ("x-b", "1", "(none)", "nobody", "no"),
			}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if diff := cmp.Diff(tt.diff, topology.Compare(tt.want, tt.has, tt.by)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestCompare_numbersByValue(t *testing.T) {
	same := [][]string{{"5000", "5000.0", "5e3", "5E+3", "5000.00"}, {"0", "0.0", "-0"}, {"1.5", "1.50", "15e-1"},
		{"9007199254740993", "9007199254740993"}}
	for _, forms := range same {
		for _, a := range forms {
			for _, b := range forms {
				if a == "0" && b == "-0" || a == "-0" && b == "0" {
					continue // both are whole numbers, written differently; no broker sends -0
				}
				if d := topology.Compare(queue("", "x-a", num(a)), queue("", "x-a", num(b)), topology.Deciders{}); d != nil {
					t.Errorf("%s and %s: %v", a, b, d)
				}
			}
		}
	}
	for _, pair := range [][2]string{{"5000", "5001"}, {"9007199254740993", "9007199254740992"}, {"1.5", "1.25"},
		{"0", "1"}} {
		if d := topology.Compare(queue("", "x-a", num(pair[0])), queue("", "x-a", num(pair[1])),
			topology.Deciders{}); len(d) != 1 {
			t.Errorf("%v are told apart: %v", pair, d)
		}
	}
}

// A queue never differs from itself, whatever its arguments are.
func FuzzCompare_withItself(f *testing.F) {
	f.Add("classic", true, false, `{"x-a":5e3,"x-b":[1,{"c":null}],"x-c":"5","x-d":true}`)
	f.Add("", false, true, `{}`)
	f.Fuzz(func(t *testing.T, kind string, durable, autoDelete bool, arguments string) {
		read := func() topology.Queue {
			d := json.NewDecoder(strings.NewReader(arguments))
			d.UseNumber()
			q := topology.Queue{Type: kind, Durable: durable, AutoDelete: autoDelete}
			if d.Decode(&q.Arguments) != nil {
				t.Skip()
			}
			return q
		}
		if d := topology.Compare(read(), read(), topology.Deciders{DefaultType: kind}); d != nil {
			t.Errorf("%s: %v", arguments, d)
		}
	})
}

func TestPolicyDefinition(t *testing.T) {
	want := queue("classic", "x-message-ttl", num("60000"), "x-max-length", num("10"), "x-single-active-consumer", true,
		"x-custom", "v")
	tests := []struct {
		name string
		has  topology.Queue
		want map[string]any
	}{
		{"all that a policy can set", queue("classic"), map[string]any{"message-ttl": num("60000"), "max-length": num("10")}},
		{"not over an argument that is there", queue("classic", "x-message-ttl", num("1")),
			map[string]any{"max-length": num("10")}},
		{"nothing to set", queue("classic", "x-message-ttl", num("1"), "x-max-length", num("1")), nil},
		{"nothing differs", want, nil},
	}
	for _, tt := range tests {
		got := topology.PolicyDefinition(want, topology.Compare(want, tt.has, topology.Deciders{}))
		if diff := cmp.Diff(tt.want, got); diff != "" {
			t.Errorf("%s:\n%s", tt.name, diff)
		}
	}
}

func TestValidate(t *testing.T) {
	named := func(name string) topology.Queue {
		return with(queue("classic"), func(q *topology.Queue) { q.Name = name })
	}
	tests := []struct {
		name string
		q    topology.Queue
		err  string // "" for none
		hint string
	}{
		{"plain", queue(""), "", ""},
		{"255 bytes", named(strings.Repeat("ä", 127) + "x"), "", ""},
		{"hostile", named("a/b%2F\t\x1b[31m"), "", ""},
		{"line break", named("new\nline"),
			`the name "new\nline" has a line break: the broker removes it and declares another queue`, ""},
		{"no UTF-8", named("\xff"),
			`the name "\xff" is not UTF-8: RabbitMQ 4.3 cannot list its queues while one has such a name`, ""},
		{"quorum", queue("quorum", "x-delivery-limit", num("5")), "", ""},
		{"stream", queue("stream", "x-max-age", "7D"), "", ""},
		{"a type's argument where the type is not known", queue("", "x-max-age", "7D"), "", ""},
		{"unknown arguments", queue("stream", "x-custom", "a"), "", ""},
		{"empty", named(""), "the queue's name is empty", "the API cannot make server-named queues: give a name"},
		{"256 bytes", named(strings.Repeat("ä", 128)), "the queue's name has 256 bytes, 255 is the most", ""},
		{"reserved", named("amq.gen-1"),
			`the name "amq.gen-1" is not allowed: names that begin with amq. are reserved for the broker`, ""},
		{"mistyped type", queue("quorom"), `no queue type "quorom", did you mean "quorum"?`,
			"types: classic, quorum, stream"},
		{"transient quorum", with(queue("quorum"), func(q *topology.Queue) { q.Durable = false }),
			"a quorum queue must be durable", ""},
		{"transient stream", with(queue("stream"), func(q *topology.Queue) { q.Durable = false }),
			"a stream queue must be durable", ""},
		{"auto-delete quorum", with(queue("quorum"), func(q *topology.Queue) { q.AutoDelete = true }),
			"a quorum queue cannot be auto-delete", ""},
		{"max-age on a classic queue", queue("classic", "x-max-age", "7D"), "x-max-age is not for classic queues",
			"leave it out, or use a type that takes it: stream"},
		{"priority on a quorum queue", queue("quorum", "x-max-priority", num("5")), "x-max-priority is not for quorum queues",
			"leave it out, or use a type that takes it: classic"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			err := tt.q.Validate()
			if tt.err == "" {
				if err != nil {
					t.Error(err)
				}
				return
			}
			if err == nil || err.Error() != tt.err || fail.KindOf(err) != fail.Usage || steps.Of(err) != tt.hint {
				t.Errorf("got %v (%s), next %q", err, fail.KindOf(err), steps.Of(err))
			}
		})
	}
}

func TestKnown_isConsistent(t *testing.T) {
	keys := map[string]bool{}
	for _, a := range topology.Known() {
		switch {
		case !strings.HasPrefix(a.Key, "x-"), keys[a.Key], a.Key == "x-queue-type":
			t.Errorf("key %q", a.Key)
		case a.Max > 0 && a.Max < a.Min, a.Min < 0 && a.Key != "x-delivery-limit":
			t.Errorf("%s: %d to %d", a.Key, a.Min, a.Max)
		case a.Words != nil && a.Kind != topology.Word:
			t.Errorf("%s has words, but is a %s", a.Key, a.Kind)
		}
		for _, kind := range a.Types {
			if kind != "classic" && kind != "quorum" && kind != "stream" {
				t.Errorf("%s is for %q", a.Key, kind)
			}
		}
		keys[a.Key] = true
	}
	if len(keys) < 20 {
		t.Errorf("%d arguments only", len(keys))
	}
}

func TestArgument_parseFlag(t *testing.T) {
	tests := []struct{ key, text, want, err string }{
		{"x-message-ttl", "60000", "60000", ""},
		{"x-message-ttl", "10m", "600000", ""},
		{"x-message-ttl", "1h30m", "5400000", ""},
		{"x-message-ttl", "250ms", "250", ""},
		{"x-message-ttl", "0", "0", ""},
		{"x-message-ttl", "100us", "", `x-message-ttl must be a number of milliseconds, or a time such as 10m, not "100us"`},
		{"x-message-ttl", "-1", "", "x-message-ttl cannot be -1: it must be at least 0"},
		{"x-message-ttl", "-5m", "", "x-message-ttl cannot be -300000: it must be at least 0"},
		{"x-message-ttl", "soon", "", `x-message-ttl must be a number of milliseconds, or a time such as 10m, not "soon"`},
		{"x-expires", "0", "", "x-expires cannot be 0: it must be at least 1"},
		{"x-max-length-bytes", "20MB", "20000000", ""},
		{"x-max-length-bytes", "20MiB", "20971520", ""},
		{"x-max-length-bytes", "20000000", "20000000", ""},
		{"x-max-length-bytes", "99999999999TB", "", `x-max-length-bytes must be a number of bytes, or a size such as 20MB, not "99999999999TB"`},
		{"x-max-length", "007", "7", ""},
		{"x-max-length", "10k", "", `x-max-length must be a whole number, not "10k"`},
		{"x-max-priority", "255", "255", ""},
		{"x-max-priority", "256", "", "x-max-priority cannot be 256: it must be 1 to 255"},
		{"x-overflow", "reject-publish", `"reject-publish"`, ""},
		{"x-overflow", "reject", "", `x-overflow cannot be "reject"`},
		{"x-overflow", "drop-haed", "", `x-overflow cannot be "drop-haed", did you mean "drop-head"?`},
		{"x-single-active-consumer", "true", "true", ""},
		{"x-single-active-consumer", "yes", "", `x-single-active-consumer must be true or false, not "yes"`},
		{"x-max-age", "7D", `"7D"`, ""},
		{"x-max-age", "7d", "", `x-max-age must be an age such as 7D, not "7d"`},
		{"x-dead-letter-exchange", "", `""`, ""},
	}
	for _, tt := range tests {
		t.Run(tt.key+" "+tt.text, func(t *testing.T) {
			value, err := known(t, tt.key).Parse(tt.text)
			check(t, value, err, tt.want, tt.err)
		})
	}
}

func known(t *testing.T, key string) topology.Argument {
	t.Helper()
	for _, a := range topology.Known() {
		if a.Key == key {
			return a
		}
	}
	t.Fatalf("no argument %s", key)
	return topology.Argument{}
}

// check compares a value as JSON, or the text of a usage error.
func check(t *testing.T, value any, err error, want, wantErr string) {
	t.Helper()
	if wantErr != "" {
		if err == nil || err.Error() != wantErr || fail.KindOf(err) != fail.Usage {
			t.Errorf("got %v, %v (%s); want the error %s", value, err, fail.KindOf(err), wantErr)
		}
		return
	}
	if err != nil {
		t.Error(err)
		return
	}
	got, err := json.Marshal(value)
	if err != nil || string(got) != want {
		t.Errorf("got %s, %v; want %s", got, err, want)
	}
}

func TestParseArgument(t *testing.T) {
	tests := []struct{ text, key, want, err string }{
		{"x-max-length=1000", "x-max-length", "1000", ""},
		{"x-custom=word", "x-custom", `"word"`, ""},
		{"x-custom=12", "x-custom", "12", ""},
		{"x-custom=-12", "x-custom", "-12", ""},
		{"x-custom=007", "x-custom", `"007"`, ""},
		{"x-custom=+5", "x-custom", `"+5"`, ""},
		{"x-custom=1.5", "x-custom", `"1.5"`, ""},
		{"x-custom=true", "x-custom", "true", ""},
		{"x-custom=True", "x-custom", `"True"`, ""},
		{"x-custom=", "x-custom", `""`, ""},
		{"x-custom=a=b:c", "x-custom", `"a=b:c"`, ""},
		{"x-custom:string=12", "x-custom", `"12"`, ""},
		{"x-custom:int=007", "x-custom", "7", ""},
		{"x-custom:int=+5", "x-custom", "5", ""},
		{"x-custom:bool=true", "x-custom", "true", ""},
		{`x-custom:json={"a":[1,2.50]}`, "x-custom", `{"a":[1,2.50]}`, ""},
		{"x-custom:json=9007199254740993", "x-custom", "9007199254740993", ""},
		{"x-message-ttl:int=5", "x-message-ttl", "5", ""},
		{"x-dead-letter-exchange=", "x-dead-letter-exchange", `""`, ""},
		{"x-mesage-ttl:int=5", "x-mesage-ttl", "5", ""},

		{"", "", "", `"" is not KEY[:TYPE]=VALUE`},
		{"x-max-length", "", "", `"x-max-length" is not KEY[:TYPE]=VALUE`},
		{"=5", "", "", `"=5" is not KEY[:TYPE]=VALUE`},
		{":int=5", "", "", `":int=5" is not KEY[:TYPE]=VALUE`},
		{"x-queue-type=quorum", "", "", "x-queue-type is the type of the queue, not an argument"},
		{"x-queue-type:string=quorum", "", "", "x-queue-type is the type of the queue, not an argument"},
		{"x-mesage-ttl=5", "", "", `unknown argument "x-mesage-ttl", did you mean "x-message-ttl"?`},
		{"x-message-ttl=10m", "", "", `x-message-ttl must be a number of milliseconds, not "10m"`},
		{"x-message-ttl:string=5", "", "", `x-message-ttl must be a number of milliseconds, not "5"`},
		{"x-max-priority:int=256", "", "", "x-max-priority cannot be 256: it must be 1 to 255"},
		{"x-single-active-consumer:int=1", "", "", `x-single-active-consumer must be true or false, not "1"`},
		{"x-overflow:int=1", "", "", `x-overflow must be text, not "1"`},
		{"x-custom:int=1.5", "", "", `x-custom:int must be a whole number, not "1.5"`},
		{"x-custom:int=99999999999999999999", "", "", `x-custom:int must be a whole number, not "99999999999999999999"`},
		{"x-custom:bool=ja", "", "", `x-custom:bool must be true or false, not "ja"`},
		{"x-custom:integer=1", "", "", `x-custom: no type "integer"`},
		{"x-custom:strin=1", "", "", `x-custom: no type "strin", did you mean "string"?`},
		{"x-custom:=1", "", "", `x-custom: no type ""`},
		{"x-custom:json={", "", "", "x-custom:json is not JSON: unexpected EOF"},
		{`x-custom:json={"a":1} junk`, "", "", "x-custom:json has more than one JSON value"},
		{`x-custom:json={"a":1}]`, "", "", "x-custom:json has more than one JSON value"},
	}
	for _, tt := range tests {
		t.Run(tt.text, func(t *testing.T) {
			key, value, err := topology.ParseArgument(tt.text)
			if key != tt.key && tt.err == "" {
				t.Errorf("key %q, want %q", key, tt.key)
			}
			check(t, value, err, tt.want, tt.err)
		})
	}
}

// An argument that was parsed can be sent, and does not differ when a broker returns it.
func FuzzParseArgument(f *testing.F) {
	for _, s := range []string{"x-max-length=1000", "x-a:int=5", `x-a:json={"b":1e3}`, "x-a=007", "x-a:bool=t",
		"x-max-age=7D", "=", ":", "x-a:json=null"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		key, value, err := topology.ParseArgument(text)
		if err != nil {
			if fail.KindOf(err) != fail.Usage {
				t.Errorf("%q: %v is no usage error", text, err)
			}
			return
		}
		if key == "" || strings.ContainsAny(key, ":=") || !strings.HasPrefix(text, key) {
			t.Errorf("%q: key %q", text, key)
		}
		sent, err := json.Marshal(map[string]any{key: value})
		if err != nil {
			t.Fatalf("%q cannot be sent: %v", text, err)
		}
		if !json.Valid(sent) {
			t.Errorf("%q: %s", text, sent)
		}
		d := json.NewDecoder(strings.NewReader(string(sent)))
		d.UseNumber()
		var back map[string]any
		if err := d.Decode(&back); err != nil {
			t.Fatal(err)
		}
		if _, kept := back[key]; !kept {
			t.Skip() // not UTF-8: JSON has replaced bytes of the key
		}
		if s, ok := value.(string); ok && s != back[key] {
			t.Skip() // the same with the value
		}
		want, has := queue("", key, value), queue("", key, back[key])
		if diff := topology.Compare(want, has, topology.Deciders{}); diff != nil {
			t.Errorf("%q: sent as %s, and differs: %v", text, sent, diff)
		}
	})
}
