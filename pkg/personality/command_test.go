package personality_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/rabbitctl/rabbitctl/pkg/app"
	"github.com/rabbitctl/rabbitctl/pkg/cmd/listener"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/internal/brokertest"
	"github.com/rabbitctl/rabbitctl/pkg/iostreams"
	"github.com/rabbitctl/rabbitctl/pkg/personality"
	"github.com/rabbitctl/rabbitctl/pkg/verb"
)

const (
	whoAnswers = "GET /api/overview?disable_stats=true"
	of43       = `{"node":"rabbit@a","rabbitmq_version":"4.3.6","erlang_version":"29.1"}`
	of310      = `{"node":"rabbit@a","rabbitmq_version":"3.10.8","erlang_version":"25.2"}`
	notThere   = `{"error":"Object Not Found","reason":"Not Found"}`
)

// as runs a command line of an official tool against the server.
func as(t *testing.T, s *brokertest.Server, stdin, tool string, words ...string) (out, errs string, err error) {
	t.Helper()
	streams, stdout, stderr := iostreams.Test(stdin)
	env := []string{brokertest.NoHome, "RABBITCTL_URL=" + s.URL, "RABBITCTL_USERNAME=admin",
		"RABBITCTL_PASSWORD=secret"}
	a := app.New(streams, env, "test")
	a.UseFlags(t.Context(), nil, true)
	err = personality.Run(t.Context(), a, among(listener.Commands()), tool, words)
	return stdout.String(), stderr.String(), err
}

// among returns a function that finds rabbitctl's own commands in this list by their names.
func among(commands []verb.Command) personality.Own {
	return func(name string) (verb.Command, bool) {
		for _, c := range commands {
			if own, _ := c.Title(); own == name {
				return c, true
			}
		}
		return nil, false
	}
}

// TestTagsKeepThePassword: setting tags sends the password hash along, because a PUT without a hash removes the
// password.
func TestTagsKeepThePassword(t *testing.T) {
	s := brokertest.New(t)
	s.JSON(whoAnswers, 200, of43)
	s.JSON("GET /api/users/pa", 200,
		`{"name":"pa","password_hash":"aGFzaA==","hashing_algorithm":"rabbit_password_hashing_sha256","tags":["old"]}`)
	s.Empty("PUT /api/users/pa", 204)
	out, errs, err := as(t, s, "", "rabbitmqctl", "set_user_tags", "pa", "monitoring", "management")
	if out != "Setting tags for user \"pa\" to [monitoring, management] ...\n" || errs != "" || err != nil {
		t.Errorf("%q %q %v", out, errs, err)
	}
	const want = `PUT /api/users/pa {"password_hash":"aGFzaA==","hashing_algorithm":"rabbit_password_hashing_sha256","tags":"monitoring,management"}`
	if got := s.Requests(); !slices.Contains(got, want) {
		t.Errorf("%q, want %s", got, want)
	}
}

// TestTagsWithoutAHash: if the broker does not report the password hash, setting tags is refused, because it would
// remove the password.
func TestTagsWithoutAHash(t *testing.T) {
	s := brokertest.New(t)
	s.JSON(whoAnswers, 200, of43)
	s.JSON("GET /api/users/pa", 200, `{"name":"pa","tags":[]}`)
	_, errs, err := as(t, s, "", "rabbitmqctl", "set_user_tags", "pa", "monitoring")
	if fail.KindOf(err) != fail.Unavailable || !strings.Contains(errs, "would empty the password") {
		t.Errorf("%q %v", errs, err)
	}
}

func TestChanges(t *testing.T) {
	tests := []struct {
		words, stdin string
		overview     string
		answers      []string // as the function answer takes them
		out, errs    string
		kind         fail.Kind
		sent         string
	}{
		{
			words: "add_user pa", stdin: "secret\n", answers: []string{"404 GET /api/users/pa", "201 PUT /api/users/pa"},
			out:  "Adding user \"pa\" ...\nPassword: Done. Don't forget to grant the user permissions to some virtual hosts! See 'rabbitmqctl help set_permissions' to learn more.\n",
			sent: `PUT /api/users/pa {"password":"secret","tags":""}`,
		},
		{
			words: "-q add_user pa x", answers: []string{"200 GET /api/users/pa"}, errs: "Error:\nUser \"pa\" already exists\n",
			kind: fail.Internal,
		},
		{
			words: "-q change_password pa new", answers: []string{`200 GET /api/users/pa {"password_hash":"x","tags":["a","b"]}`,
				"204 PUT /api/users/pa"},
			sent: `PUT /api/users/pa {"password":"new","tags":"a,b"}`,
		},
		{
			words: "-q clear_password pa", answers: []string{`200 GET /api/users/pa {"password_hash":"x","tags":"a"}`,
				"204 PUT /api/users/pa"},
			sent: `PUT /api/users/pa {"password_hash":"","tags":"a"}`,
		},
		{words: "-q delete_user pa", overview: of310, answers: []string{"404 DELETE /api/users/pa"},
			errs: "Error:\nUser \"pa\" does not exist\n", kind: fail.NoUser},
		{words: "-q delete_user pa", answers: []string{"404 DELETE /api/users/pa"}},
		{
			words: "-q delete_vhost a\x1bb", answers: []string{"404 DELETE /api/vhosts/a%1Bb"}, kind: fail.Data,
			errs: "Virtual host 'a\\x1bb' does not exist\n",
		},
		{words: "-q delete_vhost v", answers: []string{"404 DELETE /api/vhosts/v"}, errs: "Virtual host 'v' does not exist\n",
			kind: fail.Data},
		{words: "-q add_vhost v", answers: []string{"200 GET /api/vhosts/v"}},
		{
			words: "-q set_vhost_tags v a",
			answers: []string{`200 GET /api/vhosts/v {"description":"d","tags":["x"],"default_queue_type":"quorum"}`,
				"204 PUT /api/vhosts/v"},
			sent: `PUT /api/vhosts/v {"description":"d","tags":"a","default_queue_type":"quorum","defaultqueuetype":"quorum"}`,
		},
		{words: "-q trace_on -p v", answers: []string{"404 GET /api/vhosts/v"}, out: "Trace enabled for vhost v\n"},
		{
			words:   `-q set_policy -p / a/b ^q {"max-length":9} --priority 3`,
			answers: []string{"201 PUT /api/policies/%2F/a%2Fb"},
			sent:    `PUT /api/policies/%2F/a%2Fb {"pattern":"^q","definition":{"max-length":9},"priority":3,"apply-to":"all"}`,
		},
		{words: "-q clear_policy p", answers: []string{"404 DELETE /api/policies/%2F/p"},
			errs: "Error:\nParameter does not exist\n", kind: fail.Unavailable},
		{words: "-q set_parameter policy p {}", errs: "Error:\npolicies may not be set using this method\n",
			kind: fail.Unavailable},
		{words: "-q purge_queue q", answers: []string{"404 DELETE /api/queues/%2F/q/contents"},
			errs: "Object (queue, stream, exchange, etc) 'q' was not found in virtual host '/'\n", kind: fail.Data},
		{
			words: "-q delete_queue q --if-unused", sent: "DELETE /api/queues/%2F/q?if-unused=true",
			answers: []string{`200 GET /api/queues/%2F/q {"name":"q","messages_ready":1}`,
				`200 GET /api/queues/%2F?disable_stats=true&enable_queue_totals=true&name=%5Eq%24&page=1&page_size=500&use_regex=true {"items":[{"name":"q","messages_ready":7}]}`,
				"204 DELETE /api/queues/%2F/q?if-unused=true"},
			out: "Queue was successfully deleted with 7 ready messages\n",
		},
		{
			words: "-q close_all_connections -p v why", out: "Closed 1 connections\n",
			sent: "DELETE /api/connections/a%20-%3E%20b",
			answers: []string{`200 GET /api/connections?columns=name%2Cuser%2Cvhost%2Cnode&node_stats_age=60&node_stats_incr=5 [{"name":"a -> b","vhost":"v"},{"name":"c","vhost":"w"}]`,
				"204 DELETE /api/connections/a%20-%3E%20b"},
		},
		{
			words: "-q authenticate_user pa x", out: "Success\n",
			answers: []string{`401 GET /api/whoami {"error":"not_authorised","reason":"Not management user"}`},
		},
		{
			words: "-q authenticate_user pa x", kind: fail.Data,
			errs:    "Error:\nError: failed to authenticate user \"pa\"\nuser 'pa' - invalid credentials\n",
			answers: []string{`401 GET /api/whoami {"error":"not_authorized","reason":"Not_Authorized"}`},
		},
		{
			words: `-q set_user_limits pa {"max-channels":7}`, answers: []string{"200 GET /api/users/pa",
				"204 PUT /api/user-limits/pa/max-channels"},
			sent: `PUT /api/user-limits/pa/max-channels {"value":7}`,
		},
		{
			words: `-q set_user_limits pa {"bogus":7}`, kind: fail.Unavailable,
			errs: "Error:\nUnrecognised terms [{<<\"bogus\">>,7}] in user-limits\n",
		},
		{
			words: "-q enable_feature_flag all", sent: "PUT /api/feature-flags/b/enable {}",
			answers: []string{`200 GET /api/feature-flags?columns=name%2Cstate%2Cstability [{"name":"a","state":"enabled","stability":"stable"},` +
				`{"name":"b","state":"disabled","stability":"stable"},{"name":"c","state":"disabled","stability":"experimental"}]`,
				"204 PUT /api/feature-flags/b/enable"},
		},
		{
			words: "-q enable_feature_flag c", kind: fail.Usage,
			errs:    "Error:\nFeature flag c requires the user to explicitly opt-in. Use --opt-in with a specific feature flag name\n",
			answers: []string{`200 GET /api/feature-flags?columns=name%2Cstate%2Cstability [{"name":"c","state":"disabled","stability":"experimental"}]`},
		},
		{
			words: "-q delete_vhost v", kind: fail.Data,
			answers: []string{`412 DELETE /api/vhosts/v {"error":"precondition_failed","reason":"protected"}`},
			errs:    "Error:\nThis virtual host is protected from deletion\n  next: rabbitmqctl disable_vhost_deletion_protection v\n",
		},
		{words: "--dry-run delete_vhost v", out: "Deleting vhost \"v\" ...\n"},
		{
			words: "-q delete_user .", kind: fail.Unavailable, errs: "Error:\nthe HTTP API cannot address the name \".\"\n",
		},
	}
	for _, tt := range tests {
		t.Run(tt.words, func(t *testing.T) {
			s := brokertest.New(t)
			if tt.overview == "" {
				tt.overview = of43
			}
			s.JSON(whoAnswers, 200, tt.overview)
			for _, a := range tt.answers {
				answer(s, a)
			}
			out, errs, err := as(t, s, tt.stdin, "rabbitmqctl", strings.Fields(tt.words)...)
			if out != tt.out || errs != tt.errs || err == nil != (tt.kind == "") || err != nil && fail.KindOf(err) != tt.kind {
				t.Errorf("%q %q %v, want %q %q %s", out, errs, err, tt.out, tt.errs, tt.kind)
			}
			if got := s.Requests(); tt.sent != "" && !slices.Contains(got, tt.sent) {
				t.Errorf("%q, want %s", got, tt.sent)
			}
		})
	}
}

// answer makes the server answer a request. text is "STATUS METHOD PATH BODY", and BODY may be missing. If STATUS is *,
// the server gives the answer any number of times, with status 200.
func answer(s *brokertest.Server, text string) {
	words := strings.SplitN(text, " ", 4)
	request, body := words[1]+" "+words[2], ""
	if len(words) > 3 {
		body = words[3]
	}
	switch words[0] {
	case "404":
		s.JSON(request, 404, notThere)
	case "503":
		s.JSON(request, 503, body)
	case "401":
		s.JSON(request, 401, body)
	case "412":
		s.JSON(request, 412, body)
	case "200":
		if body == "" {
			body = "{}"
		}
		s.JSON(request, 200, body)
	case "*":
		s.Always(request, 200, body)
	case "201":
		s.Empty(request, 201)
	default:
		s.Empty(request, 204)
	}
}

func TestChecks(t *testing.T) {
	const alarms = `503 GET /api/health/checks/alarms {"status":"failed","reason":"x","alarms":[{"node":"rabbit@a","resource":"disk space"},{"node":"rabbit@b","resource":"memory"}]}`
	tests := []struct {
		words     string
		answers   []string
		out, errs string
		kind      fail.Kind
	}{
		{
			words: "check_alarms", answers: []string{`200 GET /api/health/checks/alarms {"status":"ok"}`},
			out: "Asking node rabbit@a to report any local resource alarms ...\nNode rabbit@a reported no alarms, local or clusterwide\n",
		},
		{words: "check_alarms -s", answers: []string{`200 GET /api/health/checks/alarms {"status":"ok"}`}},
		{
			words: "-q check_alarms", answers: []string{alarms}, kind: fail.Unavailable,
			errs: "Free disk space alarm on node rabbit@a\nMemory alarm on node rabbit@b\n",
		},
		{
			words: "alarms --formatter json", answers: []string{alarms},
			out: `{"global":["Memory alarm on node rabbit@b"],"local":["Free disk space alarm on node rabbit@a"],"message":"Node rabbit@a reported alarms","result":"ok"}` + "\n",
		},
		{
			words: "-q check_port_listener 1", kind: fail.Unavailable,
			answers: []string{`503 GET /api/health/checks/port-listener/1 {"status":"failed","missing":1,"ports":[5672]}`},
			errs:    "No listener for port 1 is active on node rabbit@a. Found listeners that use the following ports: 5672\n",
		},
		{
			words: "-q check_if_node_is_quorum_critical", kind: fail.Unavailable,
			answers: []string{`503 GET /api/health/checks/node-is-quorum-critical {"status":"failed","queues":[{"readable_name":"queue 'q' in vhost '/'"}]}`},
			errs:    "Error:\nSome quorum queues, streams or Raft components on node rabbit@a do not have an online majority without it:\n\nqueue 'q' in vhost '/'\n",
		},
		{
			words: "-q has_reached_target_cluster_size", kind: fail.Unavailable,
			answers: []string{"404 GET /api/health/checks/reached-target-cluster-size"},
			errs:    "reached-target-cluster-size is not offered by this broker",
		},
		{
			words: "-q is_enabled rabbitmq_x", kind: fail.Usage, errs: "Command 'is_enabled' not found.",
		},
		{
			words: "-q listeners", out: "Interface: [::], port: 5672, protocol: amqp, purpose: AMQP 0-9-1 and AMQP 1.0\n",
			answers: []string{`200 GET /api/overview {"listeners":[{"node":"rabbit@a","protocol":"amqp","ip_address":"::","port":5672},{"node":"rabbit@b","protocol":"amqp","ip_address":"::","port":1}]}`},
		},
		{
			words: "-q -n rabbit@b check_virtual_hosts", kind: fail.Unavailable,
			answers: []string{`200 GET /api/nodes?columns=name [{"name":"rabbit@a"}]`},
			errs:    "has no node rabbit@b; it has rabbit@a",
		},
		{
			words: "memory_breakdown --unit zz", kind: fail.Usage,
			errs: "Error (argument validation): \"unit 'zz' is not supported. Please use one of: bytes, mb, gb\"\n",
		},
	}
	for _, tt := range tests {
		t.Run(tt.words, func(t *testing.T) {
			s := brokertest.New(t)
			if tt.kind != fail.Usage {
				s.JSON(whoAnswers, 200, of43)
			}
			for _, a := range tt.answers {
				answer(s, a)
			}
			out, errs, err := as(t, s, "", "rabbitmq-diagnostics", strings.Fields(tt.words)...)
			if out != tt.out || !strings.Contains(errs, tt.errs) || tt.errs == "" && errs != "" ||
				err == nil != (tt.kind == "") || err != nil && fail.KindOf(err) != tt.kind {
				t.Errorf("%q %q %v, want %q %q %s", out, errs, err, tt.out, tt.errs, tt.kind)
			}
		})
	}
}

// TestAnotherNode: the API of another node is asked at the host of that node, and at no other host.
func TestAnotherNode(t *testing.T) {
	const nodes = "GET /api/nodes?columns=name"
	for named, want := range map[string]struct {
		second, out, errs string
	}{
		"rabbit@localhost": {second: `{"node":"rabbit@localhost","rabbitmq_version":"4.3.7"}`, out: "4.3.7\n"},
		"@localhost":       {second: `{"node":"rabbit@localhost","rabbitmq_version":"4.3.7"}`, out: "4.3.7\n"},
		"b@localhost":      {errs: "has no node b@localhost; it has rabbit@a, rabbit@localhost"},
		"rabbit":           {second: "", out: "4.3.6\n"},
	} {
		t.Run(named, func(t *testing.T) {
			s := brokertest.New(t)
			s.JSON(whoAnswers, 200, of43)
			if named != "rabbit" {
				s.JSON(nodes, 200, `[{"name":"rabbit@a"},{"name":"rabbit@localhost"}]`)
			}
			if want.second != "" {
				s.JSON(whoAnswers, 200, want.second)
			}
			out, errs, err := as(t, s, "", "rabbitmq-diagnostics", "-q", "-n", named, "server_version")
			if out != want.out || !strings.Contains(errs, want.errs) || err == nil != (want.errs == "") {
				t.Errorf("%q %q %v", out, errs, err)
			}
		})
	}
	s := brokertest.New(t)
	s.JSON(whoAnswers, 200, of43)
	s.JSON(nodes, 200, `[{"name":"rabbit@a"},{"name":"rabbit@localhost"}]`)
	s.JSON(whoAnswers, 200, of43)
	_, errs, err := as(t, s, "", "rabbitmq-diagnostics", "-q", "-n", "rabbit@localhost", "check_alarms")
	if fail.KindOf(err) != fail.Unavailable || !strings.Contains(errs, "belongs to node rabbit@a") {
		t.Errorf("another node answered there: %q %v", errs, err)
	}
}

// The API can start a virtual host on any node of the cluster, even on a node that has no API of its own.
func TestRestartVHost_onAnotherNode(t *testing.T) {
	s := brokertest.New(t)
	s.JSON(whoAnswers, 200, of43)
	s.JSON("GET /api/nodes?columns=name", 200, `[{"name":"rabbit@a"},{"name":"rabbit@b"}]`)
	s.JSON("GET /api/vhosts/v", 200, `{"name":"v","cluster_state":{"rabbit@a":"running","rabbit@b":"stopped"}}`)
	s.Empty("POST /api/vhosts/v/start/rabbit@b", 204)
	out, errs, err := as(t, s, "", "rabbitmqctl", "-n", "rabbit@b", "restart_vhost", "-p", "v")
	if out != "Trying to restart vhost 'v' on node 'rabbit@b' ...\nSuccessfully restarted vhost 'v' on node 'rabbit@b'\n" || errs != "" || err != nil {
		t.Errorf("%q %q %v", out, errs, err)
	}
}

// TestCommandTakenAsAValue: an option in front of the command takes the command as its value. The error then says to
// put the options after the command.
func TestCommandTakenAsAValue(t *testing.T) {
	for _, words := range []string{"--unit status", "--description add_vhost"} {
		out, errs, err := as(t, brokertest.New(t), "", "rabbitmqctl", strings.Fields(words)...)
		if out != "" || !strings.Contains(errs, "put the options after the command") || fail.KindOf(err) != fail.Usage {
			t.Errorf("%s: %q %q %v", words, out, errs, err)
		}
	}
}

// TestAwaitEnds: a wait whose time is over ends with exit code 70, as with the official tool.
func TestAwaitEnds(t *testing.T) {
	s := brokertest.New(t)
	s.JSON(whoAnswers, 200, of43)
	s.Always("GET /api/nodes?columns=name%2Crunning", 200,
		`[{"name":"rabbit@a","running":true},{"name":"rabbit@b","running":false}]`)
	out, errs, err := as(t, s, "", "rabbitmqctl", "await_online_nodes", "2", "-t", "1")
	if fail.KindOf(err) != fail.Internal || !strings.Contains(errs, "timed out") ||
		out != "Will wait for at least 2 nodes to join the cluster of rabbit@a. Timeout: 1 seconds.\n" {
		t.Errorf("%q %q %v", out, errs, err)
	}
}

// TestOddFlags: if the listing has a feature flag without a name or a state, no flag is enabled.
func TestOddFlags(t *testing.T) {
	for _, rows := range []string{`[{"name":"khepri","state":"disabled","stability":"stable"},{"name":"","state":"disabled","stability":"stable"}]`,
		`[{"name":"khepri","state":"disabled","stability":"stable"},{"state":"disabled"}]`, `[{"name":"khepri"}]`} {
		s := brokertest.New(t)
		s.JSON(whoAnswers, 200, of43)
		s.JSON("GET /api/feature-flags?columns=name%2Cstate%2Cstability", 200, rows)
		_, errs, err := as(t, s, "", "rabbitmqctl", "enable_feature_flag", "all")
		if fail.KindOf(err) != fail.Data || !strings.Contains(errs, "nothing was enabled") {
			t.Errorf("%s: %q %v", rows, errs, err)
		}
	}
}
