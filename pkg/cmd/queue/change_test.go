package queue_test

import (
	"encoding/json"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/rabbitctl/rabbitctl/pkg/cmd/queue"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/internal/brokertest"
	"github.com/rabbitctl/rabbitctl/pkg/internal/cmdtest"
	"github.com/rabbitctl/rabbitctl/pkg/steps"
)

const (
	atOrders = " /api/queues/%2F/orders"
	ownView  = "?disable_stats=true&enable_queue_totals=true"

	policies         = " /api/policies/%2F?columns=name%2Cdefinition%2Cpriority"
	operatorPolicies = " /api/operator-policies/%2F?columns=name%2Cdefinition%2Cpriority"
	notFound         = `{"error":"Object Not Found","reason":"Not Found"}`
)

// theQueue answers one request for the queue "orders" with the body.
func theQueue(s *brokertest.Server, body string) { s.JSON("GET"+atOrders, 200, body) }

// absentQueue answers that the queue "orders" does not exist, and that its virtual host does.
func absentQueue(s *brokertest.Server) {
	s.JSON("GET"+atOrders, 404, notFound)
	s.JSON("GET /api/exchanges/%2F/amq.default", 200, `{"name":"/"}`)
}

// look answers the requests with which a destructive command looks once at the queue "orders". It answers like a broker
// of 4.x.
func look(s *brokertest.Server, ready, unacked string) {
	theQueue(s, `{"name":"orders","vhost":"/","type":"classic","state":"running","consumers":1,"node":"rabbit@a"}`)
	s.JSON("GET"+atOrders+ownView, 200, `{"name":"orders","messages_ready":`+ready+`,"messages_unacknowledged":`+unacked+
		`}`)
	s.JSON("GET"+atOrders+"/bindings", 200, `[{"source":""},{"source":"amq.topic"}]`)
}

// counts answers with the message counts that the queue "orders" itself reports, and with its bindings.
func counts(s *brokertest.Server) {
	s.JSON("GET"+atOrders+ownView, 200, `{"name":"orders","messages_ready":5,"messages_unacknowledged":1}`)
	s.JSON("GET"+atOrders+"/bindings", 200, `[{"source":""},{"source":"shop"},{"source":"mail"}]`)
}

// gone answers the request after a deletion: the queue does not exist any more.
func gone(s *brokertest.Server) { s.JSON("GET"+atOrders, 404, notFound) }

func TestDeclareQueue_created(t *testing.T) {
	t.Parallel()
	declared := `{"name":"orders","vhost":"/","type":"quorum","durable":true,"auto_delete":false,"exclusive":false,"arguments":{"x-queue-type":"quorum","x-delivery-limit":5,"x-dead-letter-exchange":"dlx"}}`
	words := []string{"declare_queue", "orders", "--type", "quorum", "--delivery-limit", "5", "--dead-letter-exchange",
		"dlx"}
	t.Run("new", func(t *testing.T) {
		t.Parallel()
		s := brokertest.New(t)
		absentQueue(s)
		s.Empty("PUT"+atOrders, 201)
		theQueue(s, declared)
		s.JSON("GET /api/exchanges/%2F/dlx", 200, `{"name":"dlx"}`)
		run(t, "declare/created", cmdtest.Run{}, s, words...)
	})
	t.Run("json", func(t *testing.T) {
		t.Parallel()
		s := brokertest.New(t)
		absentQueue(s)
		s.Empty("PUT"+atOrders, 201)
		theQueue(s, declared)
		s.JSON("GET /api/exchanges/%2F/dlx", 200, `{"name":"dlx"}`)
		run(t, "declare/created json", cmdtest.Run{}, s, append(words, "-o", "json")...)
	})
	t.Run("its dead-letter exchange is missing", func(t *testing.T) {
		t.Parallel()
		s := brokertest.New(t)
		absentQueue(s)
		s.Empty("PUT"+atOrders, 201)
		theQueue(s, declared)
		s.JSON("GET /api/exchanges/%2F/dlx", 404, notFound)
		run(t, "declare/created without dlx", cmdtest.Run{}, s, words...)
	})
	t.Run("the broker drops an argument", func(t *testing.T) {
		t.Parallel()
		s := brokertest.New(t)
		absentQueue(s)
		s.Empty("PUT"+atOrders, 201)
		theQueue(s, `{"name":"orders","vhost":"/","type":"classic","durable":true,"auto_delete":false,"arguments":{}}`)
		counts(s)
		run(t, "declare/read-back differs", cmdtest.Run{}, s, "declare_queue", "orders", "--argument",
			"x-custom:string=value")
	})
	t.Run("cannot be read back", func(t *testing.T) {
		t.Parallel()
		s := brokertest.New(t)
		absentQueue(s)
		s.Empty("PUT"+atOrders, 201)
		s.JSON("GET"+atOrders, 500, `{"error":"Internal Server Error"}`)
		run(t, "declare/not read back", cmdtest.Run{}, s, "declare_queue", "orders")
	})
	t.Run("dry run", func(t *testing.T) {
		t.Parallel()
		s := brokertest.New(t)
		absentQueue(s)
		run(t, "declare/dry run", cmdtest.Run{}, s, "declare_queue", "orders", "--dry-run")
	})
	t.Run("every kind of argument", func(t *testing.T) {
		t.Parallel()
		s := brokertest.New(t)
		absentQueue(s)
		s.Empty("PUT"+atOrders, 201)
		theQueue(s, `{"name":"orders","vhost":"/","type":"classic","durable":false,"auto_delete":true,"exclusive":false,"arguments":`+
			`{"x-message-ttl":600000,"x-max-length-bytes":20000000,"x-overflow":"reject-publish","x-single-active-consumer":true,"x-n":7,"x-j":{"a":[1.5]},"x-s":"7"}}`)
		run(t, "declare/arguments", cmdtest.Run{}, s, "declare_queue", "orders", "--durable=false", "--auto-delete",
			"--message-ttl", "10m",
			"--max-length-bytes", "20MB", "--overflow", "reject-publish", "--single-active-consumer", "--argument", "x-n=7",
			"--argument", `x-j:json={"a":[1.50]}`, "--argument", "x-s:string=7")
	})
}

func TestDeclareQueue_missing(t *testing.T) {
	t.Parallel()
	t.Run("check", func(t *testing.T) {
		t.Parallel()
		s := brokertest.New(t)
		absentQueue(s)
		run(t, "declare/missing", cmdtest.Run{}, s, "declare_queue", "orders", "--check")
	})
	t.Run("virtual host", func(t *testing.T) {
		t.Parallel()
		s := brokertest.New(t)
		s.JSON("GET /api/queues/nope/orders", 404, notFound)
		s.JSON("GET /api/exchanges/nope/amq.default", 404, notFound)
		s.JSON("GET /api/vhosts?columns=name", 200, `[{"name":"/"}]`)
		run(t, "declare/missing vhost", cmdtest.Run{}, s, "declare_queue", "orders", "-p", "nope")
	})
}

func TestDeclareQueue_unchanged(t *testing.T) {
	t.Parallel()
	const same = `{"name":"orders","vhost":"/","type":"classic","durable":true,"auto_delete":false,"exclusive":false,"policy":null,"arguments":{"x-message-ttl":6e4}}`
	words := []string{"declare_queue", "orders", "--type", "classic", "--message-ttl", "1m"}
	t.Run("declared again", func(t *testing.T) {
		t.Parallel()
		s := brokertest.New(t)
		theQueue(s, same)
		s.Empty("PUT"+atOrders, 204)
		theQueue(s, same)
		run(t, "declare/unchanged", cmdtest.Run{}, s, words...)
	})
	t.Run("checked only", func(t *testing.T) {
		t.Parallel()
		s := brokertest.New(t)
		theQueue(s, same)
		run(t, "declare/unchanged check", cmdtest.Run{}, s, append(words, "--check")...)
	})
	t.Run("dry run", func(t *testing.T) {
		t.Parallel()
		s := brokertest.New(t)
		theQueue(s, same)
		run(t, "declare/unchanged dry run", cmdtest.Run{}, s, append(words, "--dry-run")...)
	})
	for _, release := range brokertest.Releases() {
		t.Run(release, func(t *testing.T) {
			t.Parallel()
			s := brokertest.New(t)
			s.JSON("GET /api/queues/%2F/ledger", 200, brokertest.Recorded(t, release, "queue-quorum"))
			run(t, "declare/recorded unchanged "+release, cmdtest.Run{}, s, "declare_queue", "ledger", "--type", "quorum",
				"--delivery-limit", "5", "--check")
		})
	}
}

func TestDeclareQueue_differs(t *testing.T) {
	t.Parallel()
	for _, release := range brokertest.Releases() {
		t.Run(release, func(t *testing.T) {
			t.Parallel()
			s := brokertest.New(t)
			theQueue(s, brokertest.Recorded(t, release, "queue"))
			s.JSON("GET"+policies, 200, "["+brokertest.Recorded(t, release, "policy")+"]")
			s.JSON("GET"+operatorPolicies, 200, "["+brokertest.Recorded(t, release, "operator-policy")+"]")
			counts(s)
			run(t, "declare/recorded differs "+release, cmdtest.Run{}, s, "declare_queue", "orders", "--type", "classic",
				"--message-ttl", "1m", "--max-priority", "9")
		})
	}
	const has = `{"name":"orders","vhost":"/","type":"classic","durable":false,"auto_delete":true,"exclusive":false,"policy":null,"arguments":{},"messages_ready":3,"messages_unacknowledged":1,"consumers":2}`
	for _, format := range []string{"tsv", "json", "table"} {
		t.Run(format, func(t *testing.T) {
			t.Parallel()
			s := brokertest.New(t)
			theQueue(s, has)
			counts(s)
			run(t, "declare/differs "+format, cmdtest.Run{}, s, "declare_queue", "orders", "--type", "quorum", "--message-ttl",
				"60000", "-o", format)
		})
	}
	t.Run("from the virtual host's default type", func(t *testing.T) {
		t.Parallel()
		s := brokertest.New(t)
		theQueue(s, strings.NewReplacer(`"durable":false`, `"durable":true`, `"auto_delete":true`, `"auto_delete":false`).
			Replace(has))
		s.JSON("GET /api/vhosts/%2F", 200, `{"name":"/","default_queue_type":"quorum"}`)
		counts(s)
		run(t, "declare/differs default type", cmdtest.Run{}, s, "declare_queue", "orders")
	})
	t.Run("from the default type, as a user who may only list virtual hosts", func(t *testing.T) {
		t.Parallel()
		s := brokertest.New(t)
		theQueue(s, strings.NewReplacer(`"durable":false`, `"durable":true`, `"auto_delete":true`, `"auto_delete":false`).
			Replace(has))
		s.JSON("GET /api/vhosts/%2F", 401, `{"error":"not_authorised","reason":"Not administrator user"}`)
		s.JSON("GET /api/vhosts?columns=name%2Cdefault_queue_type", 200,
			`[{"name":"prod","default_queue_type":"stream"},{"name":"/","default_queue_type":"quorum"}]`)
		counts(s)
		run(t, "declare/differs default type listed", cmdtest.Run{}, s, "declare_queue", "orders")
	})
	t.Run("only the broker knows", func(t *testing.T) {
		t.Parallel()
		s := brokertest.New(t)
		same := `{"name":"orders","vhost":"/","type":"classic","durable":true,"auto_delete":false,"exclusive":false,"policy":null,"arguments":{}}`
		other := strings.Replace(same, `"arguments":{}`, `"arguments":{"x-max-priority":5}`, 1)
		theQueue(s, same)
		s.JSON("PUT"+atOrders, 400, brokertest.Recorded(t, "4.3", "400-inequivalent"))
		theQueue(s, other) // another client was faster
		counts(s)
		run(t, "declare/race", cmdtest.Run{}, s, "declare_queue", "orders", "--type", "classic")
	})
	t.Run("a young queue tells its policy late", func(t *testing.T) {
		t.Parallel()
		s := brokertest.New(t)
		young := `{"name":"orders","vhost":"/","type":"classic","durable":true,"auto_delete":false,"exclusive":false,"arguments":{}}`
		theQueue(s, young)
		s.JSON("GET"+atOrders+ownView, 200, young) // as 3.10
		theQueue(s, young)
		theQueue(s, strings.Replace(young, "{", `{"policy":"ttl","operator_policy":null,`, 1))
		s.JSON("GET"+policies, 200,
			`[{"name":"other","priority":9,"definition":{"message-ttl":9}},`+
				`{"name":"ttl","priority":3,"definition":{"message-ttl":7,"expires":9}}]`)
		counts(s)
		run(t, "declare/differs young", cmdtest.Run{}, s, "declare_queue", "orders", "--type", "classic", "--message-ttl",
			"5")
	})
}

// A user may be able to read a queue, and not the policy that applies to it: the advice then leaves open what it sets.
func TestDeclareQueue_hiddenPolicy(t *testing.T) {
	t.Parallel()
	s := brokertest.New(t)
	theQueue(s, `{"name":"orders","vhost":"/","type":"classic","durable":true,"auto_delete":false,"exclusive":false,`+
		`"policy":"ttl","operator_policy":null,"arguments":{}}`)
	s.JSON("GET"+policies, 401, `{"error":"not_authorised","reason":"User not authorised to access virtual host"}`)
	counts(s)
	run(t, "declare/differs hidden policy", cmdtest.Run{}, s, "declare_queue", "orders", "--type", "classic",
		"--message-ttl", "5")
}

func TestDeclareQueue_refused(t *testing.T) {
	t.Parallel()
	t.Run("by the broker", func(t *testing.T) {
		t.Parallel()
		s := brokertest.New(t)
		absentQueue(s)
		s.JSON("PUT"+atOrders, 400,
			`{"error":"bad_request","reason":"invalid arg 'x-max-length' for queue 'orders' in vhost '/': {value_negative,-1}"}`)
		run(t, "declare/400", cmdtest.Run{}, s, "declare_queue", "orders")
	})
	t.Run("for want of permission", func(t *testing.T) {
		t.Parallel()
		s := brokertest.New(t)
		absentQueue(s)
		s.JSON("PUT"+atOrders, 401, brokertest.Recorded(t, "4.3", "401-reserved-name"))
		run(t, "declare/401", cmdtest.Run{}, s, "declare_queue", "orders")
	})
	t.Run("by a redirect", func(t *testing.T) {
		t.Parallel()
		s := brokertest.New(t)
		absentQueue(s)
		s.Handle("PUT"+atOrders, func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "https://mq.example.com/", http.StatusFound)
		})
		run(t, "declare/redirect", cmdtest.Run{}, s, "declare_queue", "orders")
	})
	// These command lines fail before rabbitctl sends a request.
	for name, words := range map[string][]string{
		"no name":            {},
		"two names":          {"a", "b"},
		"empty name":         {""},
		"dots":               {".."},
		"reserved name":      {"amq.mine"},
		"long name":          {strings.Repeat("x", 256)},
		"unknown type":       {"q", "--type", "quorom"},
		"transient quorum":   {"q", "--type", "quorum", "--durable=false"},
		"auto-delete quorum": {"q", "--type", "quorum", "--auto-delete"},
		"no pair":            {"q", "--argument", "x-max-length"},
		"type as argument":   {"q", "--argument", "x-queue-type=stream"},
		"wrong TTL":          {"q", "--message-ttl", "soon"},
		"mistyped argument":  {"q", "--argument", "x-mesage-ttl=5"},
		"argument twice":     {"q", "--message-ttl", "5", "--argument", "x-message-ttl=6"},
		"not for that type":  {"q", "--type", "stream", "--message-ttl", "5"},
		"unknown overflow":   {"q", "--overflow", "drop"},
		"empty virtual host": {"q", "-p", ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			run(t, "declare/usage "+name, cmdtest.Run{}, brokertest.New(t), append([]string{"declare_queue"}, words...)...)
		})
	}
}

func TestDeleteQueue(t *testing.T) {
	t.Parallel()
	t.Run("with --yes", func(t *testing.T) {
		t.Parallel()
		s := brokertest.New(t)
		look(s, "3", "1")
		look(s, "4", "1")
		s.Empty("DELETE"+atOrders+"?", 204)
		gone(s)
		run(t, "delete/yes flag", cmdtest.Run{}, s, "delete_queue", "orders", "--yes")
	})
	t.Run("it goes a little later", func(t *testing.T) {
		t.Parallel()
		s := brokertest.New(t)
		look(s, "0", "0")
		look(s, "0", "0")
		s.Empty("DELETE"+atOrders+"?", 204)
		theQueue(s, `{"name":"orders"}`)
		gone(s)
		run(t, "delete/later", cmdtest.Run{}, s, "delete_queue", "orders", "-y", "-o", "json")
	})
	t.Run("dry run", func(t *testing.T) {
		t.Parallel()
		s := brokertest.New(t)
		look(s, "3", "1")
		run(t, "delete/dry run", cmdtest.Run{}, s, "delete_queue", "orders", "--dry-run")
	})
	t.Run("dry run at a terminal", func(t *testing.T) {
		t.Parallel()
		s := brokertest.New(t)
		look(s, "3000", "1")
		run(t, "delete/dry run terminal", cmdtest.Run{Terminal: true}, s, "delete_queue", "orders", "--dry-run")
	})
	t.Run("answered with yes", func(t *testing.T) {
		t.Parallel()
		s := brokertest.New(t)
		look(s, "3", "1")
		look(s, "3", "1")
		s.Empty("DELETE"+atOrders+"?", 204)
		gone(s)
		run(t, "delete/prompt yes", cmdtest.Run{Terminal: true, Input: "y\n"}, s, "delete_queue", "orders")
	})
	for name, input := range map[string]string{"no": "n\n", "nothing": "\n", "end of input": ""} {
		t.Run("answered with "+name, func(t *testing.T) {
			t.Parallel()
			s := brokertest.New(t)
			look(s, "3", "1")
			run(t, "delete/prompt "+name, cmdtest.Run{Terminal: true, Input: input}, s, "delete_queue", "orders")
		})
	}
	t.Run("nobody can be asked", func(t *testing.T) {
		t.Parallel()
		run(t, "delete/no terminal", cmdtest.Run{Input: "y\n"}, brokertest.New(t), "delete_queue", "orders")
	})
	t.Run("not there", func(t *testing.T) {
		t.Parallel()
		s := brokertest.New(t)
		absentQueue(s)
		s.JSON("GET /api/queues/%2F?columns=name&disable_stats=true", 200, `[{"name":"order"}]`)
		run(t, "delete/absent", cmdtest.Run{}, s, "delete_queue", "orders", "--yes")
	})
	t.Run("not there, which is fine", func(t *testing.T) {
		t.Parallel()
		s := brokertest.New(t)
		absentQueue(s)
		run(t, "delete/if-exists", cmdtest.Run{}, s, "delete_queue", "orders", "--yes", "--if-exists")
	})
	t.Run("somebody else was faster", func(t *testing.T) {
		t.Parallel()
		s := brokertest.New(t)
		look(s, "3", "1")
		look(s, "3", "1")
		s.JSON("DELETE"+atOrders+"?", 404, notFound)
		run(t, "delete/404", cmdtest.Run{}, s, "delete_queue", "orders", "--yes")
	})
	t.Run("somebody else was faster, which is fine", func(t *testing.T) {
		t.Parallel()
		s := brokertest.New(t)
		look(s, "3", "1")
		look(s, "3", "1")
		s.JSON("DELETE"+atOrders+"?", 404, notFound)
		run(t, "delete/404 if-exists", cmdtest.Run{}, s, "delete_queue", "orders", "--yes", "--if-exists")
	})
	t.Run("whether it went cannot be seen", func(t *testing.T) {
		t.Parallel()
		s := brokertest.New(t)
		look(s, "3", "1")
		look(s, "3", "1")
		s.Empty("DELETE"+atOrders+"?", 204)
		s.JSON("GET"+atOrders, 500, `{"error":"x"}`)
		run(t, "delete/unseen", cmdtest.Run{}, s, "delete_queue", "orders", "--yes")
	})
	t.Run("no such virtual host", func(t *testing.T) {
		t.Parallel()
		s := brokertest.New(t)
		s.JSON("GET /api/queues/nope/orders", 404, notFound)
		s.JSON("GET /api/exchanges/nope/amq.default", 404, notFound)
		s.JSON("GET /api/vhosts?columns=name", 200, `[{"name":"/"}]`)
		run(t, "delete/missing vhost", cmdtest.Run{}, s, "delete_queue", "orders", "-p", "nope", "--yes", "--if-exists")
	})
	for label, name := range map[string]string{"empty": "", "dot": ".", "two dots": ".."} {
		t.Run("a name that HTTP cannot say: "+label, func(t *testing.T) {
			t.Parallel()
			run(t, "delete/name "+label, cmdtest.Run{}, brokertest.New(t), "delete_queue", name, "--yes")
		})
	}
}

func TestDeleteQueue_guards(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name           string
		ready, unacked string
		words          []string
		passes         bool
	}{
		{"empty", "0", "0", []string{"--if-empty"}, true},
		{"ready messages", "1", "0", []string{"--if-empty"}, false},
		// The broker's own if-empty would delete this queue and lose its unacknowledged messages.
		{"unacknowledged messages", "0", "3", []string{"--if-empty"}, false},
		{"counts unknown", "null", "null", []string{"--if-empty"}, false},
		{"in use", "0", "0", []string{"--if-unused"}, false},
		{"as many as expected", "2", "1", []string{"--expect-messages", "3"}, true},
		{"fewer than expected", "1", "1", []string{"--expect-messages", "3"}, false},
		{"in the range", "9", "1", []string{"--expect-messages", "5:10"}, true},
		{"above the range", "10", "1", []string{"--expect-messages", "5:10"}, false},
		{"at least", "100", "0", []string{"--expect-messages", "1:"}, true},
		{"at most", "100", "400", []string{"--expect-messages", ":500"}, true},
		{"above what is allowed", "100", "401", []string{"--expect-messages", ":500"}, false},
		{"at least, and none", "0", "0", []string{"--expect-messages", "1:"}, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			s := brokertest.New(t)
			look(s, tt.ready, tt.unacked)
			switch {
			case tt.ready == "null":
				s.JSON(listed, 200, `{"items":[{"name":"orders","vhost":"/","type":"classic"}]}`)
			case tt.passes:
				look(s, tt.ready, tt.unacked)
				condition := ""
				if slices.Contains(tt.words, "--if-empty") {
					condition = "if-empty=true" // the broker checks this when it deletes
				}
				s.Empty("DELETE"+atOrders+"?"+condition, 204)
				gone(s)
			}
			run(t, "delete/guard "+tt.name, cmdtest.Run{}, s, append([]string{"delete_queue", "orders", "--yes"},
				tt.words...)...)
		})
	}
	t.Run("a message arrives while the person thinks", func(t *testing.T) {
		t.Parallel()
		s := brokertest.New(t)
		look(s, "0", "0")
		look(s, "1", "0")
		run(t, "delete/guard late message", cmdtest.Run{Terminal: true, Input: "yes\n"}, s, "delete_queue", "orders",
			"--if-empty")
	})
	for name, text := range map[string]string{"word": "many", "negative": "-1", "backwards": "9:3", "colon": ":",
		"half": "x:5"} {
		t.Run("a range that is none: "+name, func(t *testing.T) {
			t.Parallel()
			run(t, "delete/range "+name, cmdtest.Run{}, brokertest.New(t), "delete_queue", "orders", "--yes",
				"--expect-messages", text)
		})
	}
}

func TestPurgeQueue(t *testing.T) {
	t.Parallel()
	const contents = "DELETE" + atOrders + "/contents"
	t.Run("with --yes", func(t *testing.T) {
		t.Parallel()
		s := brokertest.New(t)
		look(s, "3", "0")
		look(s, "5", "0")
		s.Empty(contents, 204)
		look(s, "0", "0")
		run(t, "purge/yes flag", cmdtest.Run{}, s, "purge_queue", "orders", "--yes")
	})
	t.Run("a message arrives meanwhile", func(t *testing.T) {
		t.Parallel()
		s := brokertest.New(t)
		look(s, "3", "0")
		look(s, "3", "0")
		s.Empty(contents, 204)
		for range 21 {
			look(s, "1", "0")
		}
		run(t, "purge/one arrives", cmdtest.Run{}, s, "purge_queue", "orders", "--yes")
	})
	t.Run("unacknowledged stay", func(t *testing.T) {
		t.Parallel()
		s := brokertest.New(t)
		look(s, "3", "4")
		look(s, "3", "4")
		s.Empty(contents, 204)
		look(s, "3", "4") // the count lags
		look(s, "0", "4")
		run(t, "purge/unacknowledged", cmdtest.Run{}, s, "purge_queue", "orders", "--yes", "-o", "json")
	})
	t.Run("answered with yes", func(t *testing.T) {
		t.Parallel()
		s := brokertest.New(t)
		look(s, "3", "0")
		look(s, "3", "0")
		s.Empty(contents, 204)
		look(s, "0", "0")
		run(t, "purge/prompt yes", cmdtest.Run{Terminal: true, Input: "yes\n"}, s, "purge_queue", "orders")
	})
	t.Run("answered with no", func(t *testing.T) {
		t.Parallel()
		s := brokertest.New(t)
		look(s, "3", "0")
		run(t, "purge/prompt no", cmdtest.Run{Terminal: true, Input: "no\n"}, s, "purge_queue", "orders")
	})
	t.Run("dry run", func(t *testing.T) {
		t.Parallel()
		s := brokertest.New(t)
		look(s, "3", "0")
		run(t, "purge/dry run", cmdtest.Run{}, s, "purge_queue", "orders", "--dry-run", "-o", "json")
	})
	t.Run("whether it is empty cannot be seen", func(t *testing.T) {
		t.Parallel()
		s := brokertest.New(t)
		look(s, "3", "0")
		look(s, "3", "0")
		s.Empty(contents, 204)
		s.JSON("GET"+atOrders, 500, `{"error":"x"}`)
		run(t, "purge/unseen", cmdtest.Run{}, s, "purge_queue", "orders", "--yes")
	})
	t.Run("not as expected", func(t *testing.T) {
		t.Parallel()
		s := brokertest.New(t)
		look(s, "3", "0")
		run(t, "purge/expected", cmdtest.Run{}, s, "purge_queue", "orders", "--yes", "--expect-messages", "200")
	})
	t.Run("not there, which is fine", func(t *testing.T) {
		t.Parallel()
		s := brokertest.New(t)
		absentQueue(s)
		run(t, "purge/if-exists", cmdtest.Run{}, s, "purge_queue", "orders", "--yes", "--if-exists")
	})
	t.Run("nobody can be asked", func(t *testing.T) {
		t.Parallel()
		run(t, "purge/no terminal", cmdtest.Run{}, brokertest.New(t), "purge_queue", "orders")
	})
	t.Run("a release that does not count in the queue's own endpoint", func(t *testing.T) {
		t.Parallel()
		s := brokertest.New(t)
		s.JSON("GET"+atOrders, 200, brokertest.Recorded(t, "3.10", "queue"))
		s.JSON("GET"+atOrders+ownView, 200, brokertest.Recorded(t, "3.10", "queue-totals"))
		s.JSON(listed, 200,
			`{"items":[{"name":"order","messages_ready":1,"messages_unacknowledged":1},{"name":"orders","messages_ready":15,"messages_unacknowledged":2}]}`)
		s.JSON("GET"+atOrders+"/bindings", 200, brokertest.Recorded(t, "3.10", "queue-bindings"))
		run(t, "purge/3.10", cmdtest.Run{}, s, "purge_queue", "orders", "--dry-run")
	})
}

// lines returns the entries of the journal at path.
func lines(t *testing.T, path string) []map[string]any {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var out []map[string]any
	for _, line := range strings.Split(strings.TrimSuffix(string(b), "\n"), "\n") {
		var m map[string]any
		if err := json.Unmarshal([]byte(line), &m); err != nil {
			t.Fatalf("%q: %v", line, err)
		}
		out = append(out, m)
	}
	return out
}

func TestJournal(t *testing.T) {
	t.Parallel()
	entry := func(s *brokertest.Server, phase string, more ...string) map[string]any {
		m := map[string]any{"time": "2026-03-04T05:06:07Z", "phase": phase, "command": "delete_queue", "broker": s.URL,
			"user":  "monitor",
			"vhost": "/", "action": "delete queue orders in virtual host /"}
		for i := 0; i < len(more); i += 2 {
			m[more[i]] = more[i+1]
		}
		return m
	}
	t.Run("a line before and a line after, behind what is there", func(t *testing.T) {
		t.Parallel()
		s := brokertest.New(t)
		look(s, "0", "0")
		look(s, "0", "0")
		s.Empty("DELETE"+atOrders+"?", 204)
		gone(s)
		path := filepath.Join(t.TempDir(), "changes.jsonl")
		if err := os.WriteFile(path, []byte(`{"phase":"old"}`+"\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		if r := (cmdtest.Run{Commands: queue.Commands()}).Do(t, s, "delete_queue", "orders", "--yes", "--journal",
			path); r.Error != nil {
			t.Fatal(r.Error)
		}
		want := []map[string]any{{"phase": "old"}, entry(s, "before"), entry(s, "after", "outcome", "deleted")}
		if diff := cmp.Diff(want, lines(t, path)); diff != "" {
			t.Error(diff)
		}
	})
	t.Run("a failure is written too, for the owner only", func(t *testing.T) {
		t.Parallel()
		s := brokertest.New(t)
		look(s, "0", "0")
		look(s, "0", "0")
		s.JSON("DELETE"+atOrders+"?", 403, `{"error":"x"}`)
		path := filepath.Join(t.TempDir(), "changes.jsonl")
		r := (cmdtest.Run{Commands: queue.Commands()}).Do(t, s, "delete_queue", "orders", "--yes", "--journal", path)
		if fail.KindOf(r.Error) != fail.Denied {
			t.Fatal(r.Error)
		}
		want := []map[string]any{entry(s, "before"), entry(s, "after", "error", r.Error.Error())}
		if diff := cmp.Diff(want, lines(t, path)); diff != "" {
			t.Error(diff)
		}
		if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("%v, %v", info.Mode(), err)
		}
	})
	t.Run("one that cannot be written stops the change", func(t *testing.T) {
		t.Parallel()
		s := brokertest.New(t)
		look(s, "0", "0")
		r := (cmdtest.Run{Commands: queue.Commands()}).Do(t, s, "delete_queue", "orders", "--yes", "--journal",
			filepath.Join(t.TempDir(), "no", "such", "folder"))
		if fail.KindOf(r.Error) != fail.Config ||
			steps.Of(r.Error) != "--journal FILE names another file; nothing was changed" {
			t.Errorf("%v", r.Error)
		}
	})
	t.Run("a dry run writes nothing", func(t *testing.T) {
		t.Parallel()
		s := brokertest.New(t)
		look(s, "0", "0")
		path := filepath.Join(t.TempDir(), "changes.jsonl")
		if r := (cmdtest.Run{Commands: queue.Commands()}).Do(t, s, "delete_queue", "orders", "--dry-run", "--journal",
			path); r.Error != nil {
			t.Fatal(r.Error)
		}
		if _, err := os.Stat(path); !os.IsNotExist(err) {
			t.Errorf("%v", err)
		}
	})
}
