package check_test

import (
	"strings"
	"testing"

	"github.com/rabbitctl/rabbitctl/pkg/cmd/check"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/internal/brokertest"
	"github.com/rabbitctl/rabbitctl/pkg/internal/cmdtest"
)

func TestTargetClusterSize(t *testing.T) {
	t.Parallel()
	const ask, who = checksAt + "reached-target-cluster-size", "GET /api/overview?disable_stats=true"
	for _, tt := range []struct {
		status int
		body   string
		kind   fail.Kind
		says   string
	}{
		{200, brokertest.NoAlarm, "", "OK - the cluster has as many nodes as the configuration of rabbit@a wants"},
		{503, `{"reason":"target cluster size not reached: 1 of 3 nodes are online","status":"failed","target":3,"online":1}`,
			fail.Critical,
			"CRITICAL - the cluster has fewer than the 3 nodes that the configuration of rabbit@a wants; 1 of its nodes run"},
		{503, `{"reason":"not reached","status":"failed"}`, fail.Critical, "CRITICAL - not reached"},
		{404, brokertest.Recorded(t, "3.10", "404-endpoint"), fail.Unknown,
			"UNKNOWN - the health check reached-target-cluster-size is not offered by this broker"},
	} {
		s := brokertest.New(t)
		s.JSON(who, 200, `{"node":"rabbit@a"}`)
		s.JSON(ask, tt.status, tt.body)
		if got := (cmdtest.Run{Commands: check.Commands()}).
			Do(t, s, "has_reached_target_cluster_size"); kindOf(got.Error) != tt.kind || !strings.HasPrefix(got.Out, tt.says) {
			t.Errorf("%v\n%s", got.Error, got.Out)
		}
	}
	// The broker reports the size to any user, so the command must find out first that the password is wrong.
	s := brokertest.New(t)
	s.JSON(who, 401, brokertest.Recorded(t, "4.3", "401-login"))
	if got := (cmdtest.Run{Commands: check.Commands()}).
		Do(t, s, "has_reached_target_cluster_size"); kindOf(got.Error) != fail.Unknown || !strings.Contains(got.Out,
		"wrong password") {
		t.Errorf("%v\n%s", got.Error, got.Out)
	}
}
