package routing_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/rabbitctl/rabbitctl/pkg/health"
	"github.com/rabbitctl/rabbitctl/pkg/routing"
)

func members(t *testing.T, text string) map[string]any {
	t.Helper()
	d := json.NewDecoder(strings.NewReader("{" + text + "}"))
	d.UseNumber()
	var m map[string]any
	if err := d.Decode(&m); err != nil {
		t.Fatalf("%v: %s", err, text)
	}
	return m
}

func known(n float64) health.Reading { return health.Reading{Value: n, Known: true} }

func TestFate(t *testing.T) {
	const rejects, drops = `"x-overflow":"reject-publish"`, `"x-overflow":"drop-head"`
	tests := []struct {
		name, kind, arguments, policy string
		ready, consumers              float64 // -1: not known
		want                          string
	}{
		{"plain", "classic", ``, ``, 0, 0, "kept"},
		{"a stream has no such limits", "stream", `"x-max-length-bytes":0`, ``, 0, 0, "kept"},
		{"ttl 0", "classic", `"x-message-ttl":0`, ``, 0, 0,
			"lost message-ttl 0 (argument) drops the message unless a consumer takes it at once; the queue has none"},
		{"ttl 0 and a consumer", "quorum", `"x-message-ttl":0`, ``, 0, 1,
			"perhaps message-ttl 0 (argument) drops the message unless a consumer takes it at once; the queue has 1 consumer"},
		{"ttl 0 and who knows", "classic", `"x-message-ttl":0`, ``, 0, -1,
			"perhaps message-ttl 0 (argument) drops the message unless a consumer takes it at once; the number of consumers is not known"},
		{"ttl 0 by policy", "classic", `"x-message-ttl":5`, `"message-ttl":0`, 0, 0,
			"lost message-ttl 0 (policy p) drops the message unless a consumer takes it at once; the queue has none"},
		{"ttl", "classic", `"x-message-ttl":5`, `"message-ttl":1`, 0, 0, "kept"},
		{"length 0", "classic", `"x-max-length":0`, ``, 0, 0,
			"lost max-length 0 (argument) drops the message unless a consumer takes it at once; the queue has none"},
		{"bytes 0", "quorum", ``, `"max-length-bytes":0`, 0, 0,
			"lost max-length-bytes 0 (policy p) drops the message unless a consumer takes it at once; the queue has none"},
		{"dead-letters what expires", "classic",
			`"x-message-ttl":0,"x-dead-letter-exchange":"x","x-dead-letter-routing-key":"k"`, ``, 0, 0,
			`lost message-ttl 0 (argument) drops the message unless a consumer takes it at once; the queue has none; dead-letters to "x" with key "k"`},

		{"room", "classic", `"x-max-length":2,` + rejects, ``, 1, 0, "kept"},
		{"full", "classic", `"x-max-length":2,` + rejects, ``, 2, 0,
			"lost refused, because the queue is full: 2 ready, max-length 2 (argument), overflow reject-publish; a publisher sees this only with publisher confirms"},
		{"full by policy", "classic", ``, `"max-length":2,"overflow":"reject-publish"`, 3, 0,
			"lost refused, because the queue is full: 3 ready, max-length 2 (policy p), overflow reject-publish; a publisher sees this only with publisher confirms"},
		{"a full quorum queue takes one more", "quorum", `"x-max-length":2,` + rejects, ``, 2, 0, "kept"},
		{"and no more", "quorum", `"x-max-length":2,` + rejects, ``, 3, 0,
			"lost refused, because the queue is full: 3 ready, max-length 2 (argument), overflow reject-publish; a publisher sees this only with publisher confirms"},
		{"full of bytes", "classic", `"x-max-length":20,"x-max-length-bytes":20,` + rejects, ``, 2, 0,
			"lost refused, because the queue is full: 20 bytes ready, max-length-bytes 20 (argument), overflow reject-publish; a publisher sees this only with publisher confirms"},
		{"how full is not known", "classic", `"x-max-length":2,` + rejects, ``, -1, 0,
			"perhaps refused if it is full, which is not known: max-length 2 (argument), overflow reject-publish"},
		{"never takes any", "classic", `"x-max-length":0,` + rejects, ``, -1, 0,
			"lost refused: max-length 0 (argument) with overflow reject-publish never takes a message"},
		{"refused is not dead-lettered", "classic", `"x-max-length":1,"x-dead-letter-exchange":"x",` + rejects, ``, 1, 0,
			"lost refused, because the queue is full: 1 ready, max-length 1 (argument), overflow reject-publish; a publisher sees this only with publisher confirms"},
		{"unless it says so", "classic", `"x-max-length":1,"x-dead-letter-exchange":"","x-overflow":"reject-publish-dlx"`, ``,
			1, 0,
			`lost refused, because the queue is full: 1 ready, max-length 1 (argument), overflow reject-publish-dlx; a publisher sees this only with publisher confirms; dead-letters to "" with key ""`},
		{"a quorum queue does not know it", "quorum", `"x-max-length":1,"x-overflow":"reject-publish-dlx"`, ``, 1, 0,
			"kept it is full, so its oldest message is dropped: 1 ready, max-length 1 (argument)"},
		{"drops the oldest", "classic", `"x-max-length":2,` + drops, ``, 2, 0,
			"kept it is full, so its oldest message is dropped: 2 ready, max-length 2 (argument)"},
		{"does so by default", "quorum", `"x-max-length":2`, ``, 2, 0,
			"kept it is full, so its oldest message is dropped: 2 ready, max-length 2 (argument)"},
		{"drops nothing yet", "classic", `"x-max-length":2`, ``, 1, 0, "kept"},
		{"a limit that is no number", "classic", `"x-max-length":"2"`, ``, 5, 0, "kept"},
	}
	for _, tt := range tests {
		q := routing.Queue{Name: "q", Type: tt.kind, State: "running", Arguments: members(t, tt.arguments),
			Policy: members(t, tt.policy), PolicyName: "policy p"}
		if tt.ready >= 0 {
			q.Ready, q.ReadyBytes = known(tt.ready), known(10*tt.ready)
		}
		if tt.consumers >= 0 {
			q.Consumers = known(tt.consumers)
		}
		f := q.Fate()
		got := strings.TrimSpace(fmt.Sprint(f.Outcome, " ", f.Text))
		if f.DeadLetters {
			got += fmt.Sprintf("; dead-letters to %q with key %q", f.DeadLetterExchange, f.DeadLetterKey)
		}
		if got != tt.want {
			t.Errorf("%s: %s\nwant %s", tt.name, got, tt.want)
		}
	}
}

func TestFate_unsure(t *testing.T) {
	for state, want := range map[string]routing.Outcome{"": routing.Kept, "running": routing.Kept, "idle": routing.Kept,
		"flow": routing.Kept,
		"down": routing.Perhaps, "crashed": routing.Perhaps, "stopped": routing.Perhaps, "minority": routing.Perhaps} {
		if got := (routing.Queue{State: state}).Fate(); got.Outcome != want {
			t.Errorf("state %q: %+v", state, got)
		}
	}
	if got := (routing.Queue{PolicyUnknown: true}).Fate(); got.Outcome != routing.Perhaps {
		t.Errorf("an unknown policy: %+v", got)
	}
	// A loss that is certain stays certain when the policy is not known.
	if got := (routing.Queue{PolicyUnknown: true, Arguments: map[string]any{"x-message-ttl": json.Number("0")},
		Consumers: known(0)}).Fate(); got.Outcome != routing.Lost {
		t.Errorf("ttl 0 and an unknown policy: %+v", got)
	}
}

func TestDeadLetters(t *testing.T) {
	tests := []struct{ kind, arguments, policy, want string }{
		{"classic", ``, ``, "none"},
		{"classic", `"x-dead-letter-exchange":"x"`, ``, `"x" "" argument`},
		{"classic", ``, `"dead-letter-exchange":"x","dead-letter-routing-key":"k"`, `"x" "k" policy p`},
		{"classic", `"x-dead-letter-exchange":""`, `"dead-letter-exchange":"x","message-ttl":5`,
			`"" "" argument automatic: message-ttl 5 (policy p)`},
		{"quorum", `"x-dead-letter-exchange":"x","x-max-length":5`, ``, `"x" "" argument automatic: max-length 5 (argument)`},
		{"quorum", `"x-dead-letter-exchange":"x","x-max-length":5,"x-overflow":"reject-publish"`, ``, `"x" "" argument`},
		{"classic", `"x-dead-letter-exchange":"x","x-max-length-bytes":5,"x-overflow":"reject-publish-dlx"`, ``,
			`"x" "" argument automatic: max-length-bytes 5 (argument)`},
		{"stream", ``, `"dead-letter-exchange":"x"`, "none"},
	}
	for _, tt := range tests {
		q := routing.Queue{Type: tt.kind, Arguments: members(t, tt.arguments), Policy: members(t, tt.policy),
			PolicyName: "policy p"}
		got := "none"
		if d, ok := q.DeadLetters(); ok {
			got = fmt.Sprintf("%q %q %s", d.Exchange, d.Key, d.By)
			if d.Automatic {
				got += " automatic: " + d.Cause
			}
		}
		if got != tt.want {
			t.Errorf("%+v: %s", tt, got)
		}
	}
}
