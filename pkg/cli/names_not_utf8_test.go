package cli_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/spf13/cobra"

	"github.com/rabbitctl/rabbitctl/pkg/change"
)

// failsAtNames starts a fake broker that fails like 4.3: it cannot write a name that is not UTF-8 into an answer. It
// accepts changes of objects with such a name, and refuses all other changes. It counts all requests in asked, and the
// accepted changes in removed.
func failsAtNames(t *testing.T) (env []string, asked, removed *atomic.Int32) {
	t.Helper()
	asked, removed = new(atomic.Int32), new(atomic.Int32)
	var gone atomic.Bool
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked.Add(1)
		hidden := strings.Contains(strings.ToUpper(r.RequestURI), "%FF")
		w.Header().Set("Content-Type", "application/json")
		switch columns := r.URL.Query().Get("columns"); {
		case r.Method != http.MethodGet:
			if hidden && removed.Add(1) > 0 {
				gone.Store(!strings.HasSuffix(r.URL.Path, "/contents"))
				w.WriteHeader(http.StatusNoContent)
				return
			}
			w.WriteHeader(http.StatusMethodNotAllowed)
		case gone.Load() && strings.Contains(r.URL.Path, "/e/"):
			io.WriteString(w, "[]")
		case hidden && gone.Load():
			w.WriteHeader(http.StatusNotFound)
			io.WriteString(w, `{"error":"Object Not Found","reason":"Not Found"}`)
		case strings.Contains(r.URL.Path, "/e/"):
			io.WriteString(w, `[{"routing_key":"order.*.eu","arguments":{},"properties_key":"order.%2A.eu"}]`)
		case strings.HasSuffix(r.URL.Path, "/amq.default"):
			io.WriteString(w, `{"vhost":"/","name":""}`)
		case strings.HasSuffix(r.URL.Path, "/orders"):
			io.WriteString(w, `{"vhost":"/","name":"orders"}`)
		case hidden && columns != "" && !strings.Contains(columns, "name") && strings.HasPrefix(r.URL.Path, "/api/queues/") &&
			!strings.HasSuffix(r.URL.Path, "/bindings"):
			io.WriteString(w, `{"vhost":"/","type":"classic","durable":true,"auto_delete":false,"arguments":{},"messages_ready":0,`+
				`"messages_unacknowledged":0,"consumers":0}`)
		case strings.HasPrefix(r.URL.Path, "/api/vhosts/") && strings.Count(r.URL.Path, "/") == 3:
			io.WriteString(w, `{"name":"`+strings.TrimPrefix(r.URL.Path, "/api/vhosts/")+`"}`)
		case r.URL.Path == "/api/users/app/topic-permissions":
			io.WriteString(w, `[{"vhost":"/","exchange":"events\ufffd","write":"","read":""}]`)
		case hidden:
			w.Header().Del("Content-Type")
			w.WriteHeader(http.StatusInternalServerError)
		default:
			io.WriteString(w, "[]")
		}
	}))
	t.Cleanup(s.Close)
	return []string{"RABBITCTL_URL=" + s.URL, "RABBITCTL_USERNAME=u", "RABBITCTL_PASSWORD=p"}, asked, removed
}

// A command that creates or sets something refuses a name that is not UTF-8 before it sends anything: 4.3 accepts some
// such names, and then fails at every listing. A command that removes something accepts such a name, because users must
// be able to remove the object.
func TestTree_namesThatAreNotUTF8(t *testing.T) {
	t.Parallel()
	refusing, taking := 0, 0
	for _, c := range commands(t) {
		if c.Flags().Lookup("dry-run") == nil || c.Flags().Lookup("journal") == nil {
			continue
		}
		for _, line := range spoiled(t, c) {
			if change.OnlyRemoves(c.Name()) && neverSo(line) {
				continue
			}
			env, asked, removed := failsAtNames(t)
			got := run(t, t.Context(), env, append(line, "--yes")...)
			if !change.OnlyRemoves(c.Name()) {
				refusing++
				if got.code != 64 || got.out != "" || asked.Load() > 0 {
					t.Errorf("%q: %d requests, %+v", line, asked.Load(), got)
				}
				continue
			}
			taking++
			if got.code != 0 || removed.Load() == 0 {
				t.Errorf("%q: %d changes, %+v", line, removed.Load(), got)
			}
		}
	}
	if refusing < 60 || taking < 15 {
		t.Errorf("%d lines are to be refused, and %d to be taken", refusing, taking)
	}
}

// neverSo reports whether the argument that ends in \xff can never be the name of an existing object: every release
// refuses to create such a name, rabbitctl accepts only certain words there, or rabbitctl first looks for the object in a
// listing, which cannot contain the name.
func neverSo(line []string) bool {
	at := slices.IndexFunc(line, func(word string) bool { return strings.HasSuffix(word, "\xff") })
	switch line[0] {
	case "clear_global_parameter": // brokers fail at the request that sets one (3.10 and 4.3)
		return true
	case "delete_replica": // a node does it, and no request is sent
		return true
	case "clear_parameter":
		return at == 1 // the component: only a few words are valid
	case "clear_user_limits", "clear_vhost_limits":
		return line[at] == "all\xff" // the limit
	case "clear_topic_permissions":
		return at == 2 // 4.3 cannot list the exchange; without EXCHANGE, all of the user are cleared
	case "unbind":
		return at == 3 // no release takes such a routing key
	case "close_connection", "close_all_connections", "close_all_user_connections":
		return true // found in a listing; delete_user closes the connections of its user
	case "delete_member": // the word is a node, or a queue: delete_queue accepts that
		return true
	case "delete_super_stream": // its partitions are found in a listing; delete_queue and delete_exchange accept them
		return true
	}
	return false
}

// spoiled returns copies of the command's goodLine. In each copy, one argument or the virtual host is not UTF-8.
func spoiled(t *testing.T, c *cobra.Command) (all [][]string) {
	t.Helper()
	line := goodLine(t, c)
	if err := c.ParseFlags(line[1:]); err != nil {
		t.Fatal(err)
	}
	for i, word := range c.Flags().Args() {
		if names := strings.Fields(c.Use); names[min(i+1, len(names)-1)] == "FILE" {
			continue // the path of a file on this machine may have any bytes
		}
		with := slices.Clone(line)
		with[slices.Index(with[1:], word)+1] += "\xff"
		all = append(all, with)
	}
	if c.Flags().Lookup("vhost") != nil && !change.OnlyRemoves(c.Name()) {
		all = append(all, append(slices.Clone(line), "-p", "v\xff"))
	}
	return all
}
