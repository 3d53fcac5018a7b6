package definitions_test

import (
	"strings"
	"testing"

	"github.com/rabbitctl/rabbitctl/pkg/cmd/definitions"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/internal/brokertest"
	"github.com/rabbitctl/rabbitctl/pkg/internal/cmdtest"
)

func TestDrift(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ name, file, words string }{
		{"as it is", recorded(t, "3.10"), "check_drift -"},
		{"as it is, json", recorded(t, "3.10"), "check_drift - -o json"},
		{"one virtual host", recorded(t, "3.10-shop"), "check_drift - --only exchanges,queues"},
		{"drifted", strings.ReplaceAll(recorded(t, "3.10"), `"name":"orders"`, `"name":"invoices"`), "check_drift -"},
		{"drifted, json", strings.ReplaceAll(recorded(t, "3.10"), `"name":"orders"`, `"name":"invoices"`),
			"check_drift - -o json --only queues"},
		{"extra", `{"queues":[]}`, "check_drift -"},
		{"extra ignored", `{"queues":[]}`, "check_drift - --ignore-extra"},
		{"no document", `[]`, "check_drift -"},
		{"a queue without a name", `{"queues":[{"nam":"q","vhost":"/"}]}`, "check_drift - --ignore-extra"},
		{"a list that is none", `{"queues":{}}`, "check_drift - --ignore-extra"},
		{"no kind", `{}`, "check_drift - --only quues"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			s := brokertest.New(t)
			s.Optional("GET /api/definitions", 200, recorded(t, "3.10"))
			s.Optional("GET /api/vhosts?columns=name%2Cmetadata", 200, vhosts)
			s.Optional("GET /api/definitions/shop", 200, recorded(t, "3.10-shop"))
			cmdtest.Run{Commands: definitions.Commands(), Input: tt.file}.Check(t, "drift/"+tt.name, s,
				strings.Fields(tt.words)...)
		})
	}
}

// TestDrift_contexts: for several brokers, a file on standard input is read only once.
func TestDrift_contexts(t *testing.T) {
	t.Parallel()
	old, recent := broker(t, "3.10"), broker(t, "4.3")
	r := cmdtest.Run{Commands: definitions.Commands(), Input: recorded(t, "3.10"),
		Env: inContexts(t, "old", old.URL, "new", recent.URL)}
	got := r.Do(t, brokertest.New(t), "check_drift", "-", "--only", "policies", "--contexts", "old,new")
	if fail.KindOf(got.Error) != fail.Warning || !strings.HasPrefix(got.Out,
		"WARNING - context new: 1 difference: policy ha in virtual host shop is missing (1 of 2 contexts)") {
		t.Errorf("%v\n%s", got.Error, got.Out)
	}
}
