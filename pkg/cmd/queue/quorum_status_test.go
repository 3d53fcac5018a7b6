package queue_test

import (
	"testing"

	"github.com/rabbitctl/rabbitctl/pkg/internal/brokertest"
	"github.com/rabbitctl/rabbitctl/pkg/internal/cmdtest"
)

func TestQuorumStatus(t *testing.T) {
	t.Parallel()
	const (
		ask    = "GET /api/queues/%2F/qq"
		logs   = "GET /api/queues/quorum/%2F/qq/status"
		quorum = `{"type":"quorum","leader":"rabbit@a","members":["rabbit@a","rabbit@b","rabbit@c"],"online":["rabbit@a","rabbit@b"]}`
	)
	t.Run("logs", func(t *testing.T) {
		t.Parallel()
		s := brokertest.New(t)
		s.JSON(ask, 200, quorum)
		s.JSON(logs, 200, `[{"Node Name":"rabbit@b","Raft State":"follower","Membership":"voter","Last Log Index":7,"Last Applied":6,"Commit Index":7,"Term":2},
{"Node Name":"rabbit@a","Raft State":"leader","Membership":"voter","Last Log Index":7,"Last Applied":7,"Commit Index":7,"Term":2},{"Node Name":"rabbit@c","Raft State":"noproc"}]`)
		run(t, "quorum_status/logs", cmdtest.Run{}, s, "quorum_status", "qq")
	})
	t.Run("not offered", func(t *testing.T) {
		t.Parallel()
		s := brokertest.New(t)
		s.JSON(ask, 200, quorum)
		s.Empty(logs, 400)
		s.JSON(ask, 200, quorum)
		run(t, "quorum_status/not offered", cmdtest.Run{}, s, "quorum_status", "qq", "-o", "json")
	})
	t.Run("classic", func(t *testing.T) {
		t.Parallel()
		s := brokertest.New(t)
		s.JSON(ask, 200, `{"type":"classic"}`)
		run(t, "quorum_status/classic", cmdtest.Run{}, s, "quorum_status", "qq")
	})
}
