package connection_test

import (
	"testing"

	"github.com/rabbitctl/rabbitctl/pkg/cmd/connection"
	"github.com/rabbitctl/rabbitctl/pkg/internal/cmdtest"
)

func TestShow(t *testing.T) {
	t.Parallel()
	cmdtest.Cases(t, connection.Commands, "show", []cmdtest.Case{
		{Name: "by the program", Words: "show_connection worker-7",
			Answers: map[string]string{"connections/worker-7": cmdtest.NotFound,
				"connections?columns=name%2Cuser_provided_name%2Cclient_properties&node_stats_age=60&node_stats_incr=5": `[{"name":"10.0.0.7:1 -> 10.0.0.1:5672","user_provided_name":"worker-7"},{"name":"x","user_provided_name":"other"}]`,
				"connections/10.0.0.7:1%20-%3E%2010.0.0.1:5672":                                                         `{"name":"10.0.0.7:1 -> 10.0.0.1:5672","vhost":"a/b","user":"app","user_provided_name":"worker-7","state":"running","client_properties":{"product":"client","version":"1.16.0","capabilities":{"basic.nack":true},"connection_name":"worker-7"},"recv_oct":2015,"recv_oct_details":{"rate":1.6},"connected_at":1795400307935}`,
				"connections/10.0.0.7:1%20-%3E%2010.0.0.1:5672/channels?columns=number%2Cstate%2Cconsumer_count%2Cprefetch_count%2Cmessages_unacknowledged%2Cmessages_unconfirmed%2Cmessages_uncommitted%2Cconfirm%2Ctransactional%2Cidle_since": `[{"number":1,"state":"running","consumer_count":1,"prefetch_count":5,"messages_unacknowledged":2}]`,
				"consumers/a%2Fb?columns=queue.name%2Cconsumer_tag%2Cchannel_details.number%2Cprefetch_count%2Cack_required%2Cactive%2Cchannel_details.connection_name":                                                                          `[{"queue":{"name":"q"},"consumer_tag":"hold","channel_details":{"number":1,"connection_name":"10.0.0.7:1 -> 10.0.0.1:5672"}},{"queue":{"name":"q"},"consumer_tag":"others","channel_details":{"number":1,"connection_name":"x"}}]`}},
		{Name: "several programs", Words: "show_connection worker",
			Answers: map[string]string{"connections/worker": cmdtest.NotFound,
				"connections?columns=name%2Cuser_provided_name%2Cclient_properties&node_stats_age=60&node_stats_incr=5": `[{"name":"a","user_provided_name":"worker"},{"name":"b","user_provided_name":"worker"}]`}},
		{Name: "not there", Words: "show_connection workr", Answers: map[string]string{"connections/workr": cmdtest.NotFound,
			"connections?columns=name%2Cuser_provided_name%2Cclient_properties&node_stats_age=60&node_stats_incr=5": `[{"name":"a","user_provided_name":"worker"}]`}},
	})
}
