package federation_test

import (
	"testing"

	"github.com/rabbitctl/rabbitctl/pkg/cmd/federation"
	"github.com/rabbitctl/rabbitctl/pkg/internal/cmdtest"
)

// These are bodies as brokers send them: a link that runs and one that does not, and upstreams, some with passwords.
const (
	linksBody = `[{"node":"rabbit@a","queue":"fedq","upstream_queue":"src","consumer_tag":"federation-link-up1","type":"queue","vhost":"/",
 "upstream":"up1","id":"ebee35f8","status":"running","local_connection":"<rabbit@a.1.2.0>","uri":"amqp:///","timestamp":"2026-11-23 2:18:27",
 "local_channel":{"name":"<rabbit@a.1.2.0> (1)"}},
 {"node":"rabbit@b","exchange":"orders","upstream_exchange":"orders","type":"exchange","vhost":"/","upstream":"up2","id":"0a","status":"error",
 "uri":"amqp://far","error":"econnrefused","timestamp":"2026-11-23 2:18:30"}]`
	upstreamsBody = `[{"value":{"expires":3600000,"queue":"src","uri":"amqp:///"},"vhost":"/","component":"federation-upstream","name":"up1"},
 {"value":{"exchange":"e","uri":["amqp://u:se@cr:et@h/%2f?heartbeat=5","amqps://b:secret@k:5671","amqp://only@h","amqp://h:5672/a@b"],
 "prefetch-count":7,"trust-user-id":false},"vhost":"/","component":"federation-upstream","name":"up2"},
 {"value":{},"vhost":"/","name":"odd"}]`
	linkColumns     = "?columns=vhost%2Cupstream%2Ctype%2Cexchange%2Cqueue%2Curi%2Cstatus%2Cerror"
	upstreamColumns = "?columns=vhost%2Cname%2Cvalue"
)

func TestCommands(t *testing.T) {
	t.Parallel()
	cmdtest.Cases(t, federation.Commands, "", []cmdtest.Case{
		{Name: "links", Words: "list_federation_links", Answers: map[string]string{"federation-links" +
			linkColumns: linksBody}},
		{Name: "broken links", Words: "list_federation_links id node error -p / --where status!=\"running\" -o json",
			Answers: map[string]string{"federation-links/%2F?columns=id%2Cnode%2Cerror%2Cstatus": linksBody}},
		{Name: "upstreams", Words: "list_federation_upstreams", Answers: map[string]string{"parameters/federation-upstream" +
			upstreamColumns: upstreamsBody}},
		{Name: "upstreams by address",
			Words:   "list_federation_upstreams uri prefetch-count trust-user-id expires -p / -o json --match up",
			Answers: map[string]string{"parameters/federation-upstream/%2F?columns=value%2Cname": upstreamsBody}},
		{Name: "a password is no filter", Words: "list_federation_upstreams name --where (uri)contains\"secret\"",
			Answers: map[string]string{"parameters/federation-upstream?columns=name%2Cvalue": upstreamsBody}},
	})
}
