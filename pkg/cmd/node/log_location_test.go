package node_test

import (
	"testing"

	"github.com/rabbitctl/rabbitctl/pkg/internal/brokertest"
	"github.com/rabbitctl/rabbitctl/pkg/internal/cmdtest"
)

func TestLogLocation(t *testing.T) {
	t.Parallel()
	s := brokertest.New(t)
	s.JSON("GET /api/nodes?columns=name%2Clog_files", 200,
		`[{"name":"rabbit@a","log_files":["/var/log/rabbitmq/rabbit@a.log","<stdout>"]},{"name":"rabbit@b"},{"name":"rabbit@c","log_files":["/c.log"]}]`)
	run(t, "log_location", cmdtest.Run{}, s, "log_location")
}
