package cli

import (
	"context"
	"strings"
	"testing"

	"github.com/rabbitctl/rabbitctl/pkg/app"
	"github.com/rabbitctl/rabbitctl/pkg/internal/brokertest"
	"github.com/rabbitctl/rabbitctl/pkg/internal/golden"
	"github.com/rabbitctl/rabbitctl/pkg/iostreams"
)

// listing is a command line, the one request that must go out for it, and the body that comes back: recorded from each
// release, or, for what the recording broker had none of, written here as the API documents it.
type listing struct {
	line, request, recorded, body string
}

func listings() []listing {
	return []listing{
		{line: "list_exchanges", request: "exchanges?columns=vhost%2Cname%2Ctype", recorded: "exchanges"},
		{line: "list_exchanges name durable -p a/b", request: "exchanges/a%2Fb?columns=name%2Cdurable", recorded: "exchanges"},
		{line: "list_bindings", request: "bindings?columns=vhost%2Csource%2Cdestination%2Cdestination_type%2Crouting_key%2Carguments",
			body: `[{"source":"x","vhost":"/","destination":"q","destination_type":"queue","routing_key":"k","arguments":{"n":1},"properties_key":"k"}]`},
		{line: "list_connections name user state user_provided_name", recorded: "connections",
			request: "connections?columns=name%2Cuser%2Cstate%2Cuser_provided_name%2Cclient_properties"},
		{line: "list_channels name consumer_count", request: "channels?columns=name%2Cconsumer_count", recorded: "channels"},
		{line: "list_consumers queue_name consumer_tag active", request: "consumers?columns=queue.name%2Cconsumer_tag%2Cactive", recorded: "consumers"},
		{line: "list_policies", request: "policies?columns=vhost%2Cname%2Cpattern%2Capply-to%2Cdefinition%2Cpriority", recorded: "policies"},
		{line: "list_operator_policies -p /", request: "operator-policies/%2F?columns=vhost%2Cname%2Cpattern%2Capply-to%2Cdefinition%2Cpriority",
			recorded: "operator-policies"},
		{line: "list_users", request: "users?columns=name%2Ctags", body: `[{"name":"app","tags":["management","x"]},{"name":"old","tags":[]}]`},
		{line: "list_permissions -p /", request: "vhosts/%2F/permissions?columns=vhost%2Cuser%2Cconfigure%2Cwrite%2Cread",
			body: `[{"user":"app","vhost":"/","configure":"","write":".*","read":"^a"}]`},
		{line: "list_user_permissions a/b", request: "users/a%2Fb/permissions?columns=vhost%2Cconfigure%2Cwrite%2Cread",
			body: `[{"user":"a/b","vhost":"/","configure":"","write":".*","read":"^a"}]`},
		{line: "list_topic_permissions", request: "topic-permissions?columns=vhost%2Cuser%2Cexchange%2Cwrite%2Cread",
			body: `[{"user":"app","vhost":"/","exchange":"amq.topic","write":"^a","read":".*"}]`},
		{line: "list_user_topic_permissions app", request: "users/app/topic-permissions?columns=vhost%2Cexchange%2Cwrite%2Cread",
			body: `[{"user":"app","vhost":"/","exchange":"amq.topic","write":"^a","read":".*"}]`},
		{line: "list_parameters -p /", request: "parameters?columns=vhost%2Ccomponent%2Cname%2Cvalue",
			body: `[{"component":"shovel","vhost":"/","name":"s","value":{"src-queue":"q"}},{"component":"shovel","vhost":"other","name":"t","value":1}]`},
		{line: "list_global_parameters", request: "global-parameters?columns=name%2Cvalue", body: `[{"name":"cluster_name","value":"rabbit@a"},{"name":"tags","value":[]}]`},
		{line: "list_vhost_limits limits.max-queues", request: "vhost-limits?columns=value", body: `[{"vhost":"/","value":{"max-queues":5}}]`},
		{line: "list_user_limits", request: "user-limits?columns=user%2Cvalue", body: `[{"user":"app","value":{"max-connections":2}}]`},
		{line: "list_feature_flags", request: "feature-flags?columns=name%2Cstate", body: `[{"name":"quorum_queue","state":"enabled"}]`},
		{line: "list_deprecated_features", request: "deprecated-features?columns=name%2Cdeprecation_phase%2Cstate",
			body: `[{"name":"global_qos","state":"denied","deprecation_phase":"denied_by_default"}]`},
	}
}

// TestListings holds, for every listing beside queues, the one request that it makes and what it prints of the answer.
func TestListings(t *testing.T) {
	for _, l := range listings() {
		if l.recorded == "" {
			t.Run(l.line, func(t *testing.T) { l.check(t, "any release", l.body) })
			continue
		}
		for _, release := range brokertest.Releases() {
			t.Run(l.line+"/"+release, func(t *testing.T) { l.check(t, release, brokertest.Recorded(t, release, l.recorded)) })
		}
	}
}

func (l listing) check(t *testing.T, release, body string) {
	server := brokertest.New(t)
	server.JSON("GET /api/"+l.request, 200, body)
	streams, out, errOut := iostreams.Test("")
	a := app.New(streams, []string{"RABBITCTL_URL=" + strings.Replace(server.URL, "//", "//guest:guest@", 1)}, "test")
	if code := Run(context.Background(), a, strings.Fields(l.line)); code != 0 || errOut.Len() > 0 {
		t.Fatalf("exit %d, stderr: %s", code, errOut)
	}
	golden.Check(t, "listings/"+strings.ReplaceAll(l.line+" "+release, "/", "-"), out.String())
}
