package personality_test

import (
	"encoding/json"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/rabbitctl/rabbitctl/pkg/internal/brokertest"
)

// replayWith returns a broker that answers this path with the body, and every other path as 4.3 did.
func replayWith(t *testing.T, path, body string) *httptest.Server {
	t.Helper()
	return replayOf(t, "4.3", path, body)
}

// replayOf does the same as replayWith, with the answers of this release.
func replayOf(t *testing.T, release, path, body string) *httptest.Server {
	t.Helper()
	recorded := brokertest.NewReplay(t, release)
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == path {
			w.Header().Set("Content-Type", "application/json")
			_, _ = io.WriteString(w, body)
			return
		}
		recorded.Config.Handler.ServeHTTP(w, r)
	}))
	t.Cleanup(s.Close)
	return s
}

// Only the second link is printed: it does not run, and it is a link of the asked node. It is what 4.3.6 answered for
// an upstream at an address where nothing listens, and want is what rabbitmqctl of 4.3.6 printed.
func TestFederationStatus_onlyDown(t *testing.T) {
	t.Parallel()
	s := replayWith(t, "/api/federation-links", `[
 {"node":"rabbit@localhost","exchange":"up","upstream_exchange":"up","type":"exchange","vhost":"/","upstream":"east","id":"0a","status":"running","uri":"amqp://127.0.0.1:1","timestamp":"2026-11-29 7:02:30"},
 {"node":"rabbit@localhost","exchange":"fed","upstream_exchange":"fed","type":"exchange","vhost":"/","upstream":"east","id":"eae27565","status":"error","error":"econnrefused","uri":"amqp://127.0.0.1:1","timestamp":"2026-11-29 7:02:34"},
 {"node":"rabbit@other","exchange":"far","upstream_exchange":"far","type":"exchange","vhost":"/","upstream":"east","id":"0b","status":"error","error":"econnrefused","uri":"amqp://127.0.0.1:1","timestamp":"2026-11-29 7:02:34"}]`)
	const want = `[{"error":"econnrefused","id":"eae27565","status":"error","type":"exchange","exchange":"fed","queue":"","uri":"amqp://127.0.0.1:1","vhost":"/","last_changed":"2026-11-29 07:02:34","local_connection":"","upstream_exchange":"fed","upstream_queue":"","upstream":"east"}]`
	out, errs, err := replay(t, s.URL, "rabbitmqctl", "federation_status", "--only-down", "--formatter", "json", "-q")
	if diff := cmp.Diff(decoded(t, want), decoded(t, out)); diff != "" || errs != "" || err != nil {
		t.Errorf("%s\n%q %v", diff, errs, err)
	}
}

// The links are printed as maps, as rabbitmqctl of 3.10.8 and 4.3.6 did. Older Erlang sorts the keys of a map.
func TestFederationStatus_maps(t *testing.T) {
	t.Parallel()
	const links = `[{"node":"rabbit@localhost","queue":"fq","upstream_queue":"fq","consumer_tag":"federation-link-up","type":"queue","vhost":"/","upstream":"up","id":"e0a154df","status":"running","local_connection":"<rabbit@localhost.1.2.0>","uri":"amqp://","timestamp":"2026-11-29 9:54:25"},
 {"node":"rabbit@localhost","exchange":"amq.topic","upstream_exchange":"amq.topic","type":"exchange","vhost":"/","upstream":"bad","id":"11e4846b","status":"error","error":"econnrefused","uri":"amqp://127.0.0.1:1","timestamp":"2026-11-29 9:56:25"}]`
	for release, want := range map[string]string{
		"3.10": `[#{consumer_tag => <<"federation-link-up">>,error => <<>>,exchange => <<>>,
   id => <<"e0a154df">>,last_changed => <<"2026-11-29 09:54:25">>,
   local_connection => <<"<rabbit@localhost.1.2.0>">>,queue => <<"fq">>,
   status => running,type => queue,upstream => <<"up">>,
   upstream_exchange => <<>>,upstream_queue => <<"fq">>,uri => <<"amqp://">>,
   vhost => <<"/">>},
 #{error => econnrefused,exchange => <<"amq.topic">>,id => <<"11e4846b">>,
   last_changed => <<"2026-11-29 09:56:25">>,local_connection => <<>>,
   queue => <<>>,status => error,type => exchange,upstream => <<"bad">>,
   upstream_exchange => <<"amq.topic">>,upstream_queue => <<>>,
   uri => <<"amqp://127.0.0.1:1">>,vhost => <<"/">>}]
`,
		"4.3": `[#{error => <<>>,id => <<"e0a154df">>,status => running,type => queue,
   exchange => <<>>,queue => <<"fq">>,uri => <<"amqp://">>,vhost => <<"/">>,
   consumer_tag => <<"federation-link-up">>,
   last_changed => <<"2026-11-29 09:54:25">>,
   local_connection => <<"<rabbit@localhost.1.2.0>">>,
   upstream_exchange => <<>>,upstream_queue => <<"fq">>,upstream => <<"up">>},
 #{error => econnrefused,id => <<"11e4846b">>,status => error,
   type => exchange,exchange => <<"amq.topic">>,queue => <<>>,
   uri => <<"amqp://127.0.0.1:1">>,vhost => <<"/">>,
   last_changed => <<"2026-11-29 09:56:25">>,local_connection => <<>>,
   upstream_exchange => <<"amq.topic">>,upstream_queue => <<>>,
   upstream => <<"bad">>}]
`,
	} {
		s := replayOf(t, release, "/api/federation-links", links)
		out, errs, err := replay(t, s.URL, "rabbitmqctl", "federation_status", "-q")
		if diff := cmp.Diff(want, out); diff != "" || errs != "" || err != nil {
			t.Errorf("%s: %s\n%q %v", release, diff, errs, err)
		}
		out, _, err = replay(t, s.URL, "rabbitmqctl", "federation_status", "-q", "--formatter", "csv")
		header, _, _ := strings.Cut(out, "\n")
		if named := strings.Contains(header, `"consumer_tag"`); !named || err != nil {
			t.Errorf("%s: %s %v", release, header, err)
		}
	}
}

func decoded(t *testing.T, text string) (value any) {
	t.Helper()
	if err := json.Unmarshal([]byte(text), &value); err != nil {
		t.Fatalf("%v: %s", err, text)
	}
	return value
}

// The answers are those of rabbitmqctl of 4.3.6 and 3.10.8.
func TestAutocomplete(t *testing.T) {
	t.Parallel()
	for words, want := range map[string]string{
		"rabbitmqctl autocomplete list_q": "list_queues\n", "rabbitmqctl autocomplete list_v": "list_vhost_limits\nlist_vhosts\n",
		"rabbitmq-diagnostics autocomplete check_v": "check_virtual_hosts\n", "rabbitmq-queues autocomplete z": "",
	} {
		typed := strings.Fields(words)
		out, errs, err := replay(t, "http://127.0.0.1:1", typed[0], typed[1:]...)
		if out != want || errs != "" || err != nil {
			t.Errorf("%s: %q %q %v, want %q", words, out, errs, err, want)
		}
	}
}

// The text around the ports is that of rabbitmq-diagnostics of 4.3.6.
func TestCheckPortConnectivity(t *testing.T) {
	t.Parallel()
	open, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	port := func(l net.Listener) string { return strings.TrimPrefix(l.Addr().String(), "127.0.0.1:") }
	overview := func(ports ...string) string {
		var listeners []string
		for _, p := range ports {
			listeners = append(listeners, `{"node":"rabbit@localhost","protocol":"amqp","ip_address":"127.0.0.1","port":`+p+`}`)
		}
		return strings.Replace(brokertest.Recorded(t, "4.3", "overview"), `"listeners":[`,
			`"listeners":[`+strings.Join(listeners, ",")+`],"recorded_listeners":[`, 1)
	}
	const asking = "Testing TCP connections to all active listeners on node rabbit@localhost using address 127.0.0.1 ...\n"
	check := func(ports ...string) (out, errs string, err error) {
		return replay(t, replayWith(t, "/api/overview", overview(ports...)).URL, "rabbitmq-diagnostics",
			"check_port_connectivity", "--address", "127.0.0.1")
	}
	p := port(open)
	out, errs, err := check(p)
	if out != asking+"Will connect to 127.0.0.1:"+p+"\nSuccessfully connected to ports "+p+
		" on node rabbit@localhost (using address 127.0.0.1)\n" || errs != "" || err != nil {
		t.Errorf("%q %q %v", out, errs, err)
	}
	const closed = "1"
	out, errs, err = check(p, closed)
	if out != asking+"Will connect to 127.0.0.1:"+p+"\nWill connect to 127.0.0.1:"+closed+"\n" ||
		errs != "Error:\nConnection to ports of the following listeners on node rabbit@localhost failed: \n"+closed+"\n" ||
		err == nil {
		t.Errorf("%q %q %v", out, errs, err)
	}
	_ = open.Close()
}

// Where rabbitmqctl report prints something that the API does not have, the report names it as left out and goes on.
func TestReport(t *testing.T) {
	t.Parallel()
	broker := brokertest.NewReplay(t, "4.3")
	out, errs, err := replayKnowing(t, ofNoNode(), broker.URL, "rabbitmqctl", "report", "-t", "20")
	out = strings.ReplaceAll(out, broker.URL, "http://broker")
	var left []string
	for _, line := range strings.Split(out, "\n") {
		if what, is := strings.CutPrefix(line, "Left out: "); is && !slices.Contains(left, what) {
			left = append(left, what)
		}
	}
	const noEpmd = "cannot connect to epmd, which knows the ports of Erlang nodes, at localhost:1: connection refused"
	want := []string{
		"environment: the HTTP API of RabbitMQ 4.3.6 does not report the environment of a node, and node rabbit@localhost " +
			"itself cannot be asked: " + noEpmd,
		"pid, which the HTTP API does not report", "pid, connection, which the HTTP API does not report",
		"command_line_arguments: " + noEpmd, "os_env: " + noEpmd,
		"pid, owner_pid, exclusive_consumer_pid, disk_reads, disk_writes, which the HTTP API does not report",
	}
	if !slices.Equal(left, want) || errs != "" || err != nil {
		t.Errorf("%q\n%q %v", left, errs, err)
	}
	at := 0
	for _, banner := range []string{"Reporting server status of node rabbit@localhost ...",
		"Status of node rabbit@localhost ...",
		"Cluster status of node rabbit@localhost ...", "Listing connections ...", "Listing channels ...",
		"Listing queues for vhost / ...", "Listing exchanges for vhost / ...", "Listing queues for vhost a b/ü ...",
		"Listing queues for vhost prod ..."} {
		next := strings.Index(out[at:], banner)
		if next < 0 {
			t.Fatalf("no %q behind %q", banner, out[max(0, at-200):min(len(out), at+200)])
		}
		at += next
	}
}
