package broker_test

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/internal/brokertest"
)

const (
	oneIsDown  = `[{"name":"a","running":true,"partitions":[]},{"name":"b","running":false}]`
	oneIsSplit = `[{"name":"a","running":true,"partitions":[]},{"name":"b","running":true,"partitions":["a"]}]`
)

func hang(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }

func TestAttendance(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		set  func(*brokertest.Server)
		kind fail.Kind
		says string
	}{
		"well": {func(*brokertest.Server) {}, "", ""},
		"denied": {func(s *brokertest.Server) {
			s.JSON(brokertest.Standing, 401, `{"error":"e","reason":"Not monitor user"}`)
		}, "", ""},
		"down": {func(s *brokertest.Server) { s.JSON(brokertest.Standing, 200, oneIsDown) }, fail.Incomplete,
			"node b does not run"},
		"split": {func(s *brokertest.Server) { s.JSON(brokertest.Standing, 200, oneIsSplit) }, fail.Incomplete,
			"the cluster is split"},
		"silent": {func(s *brokertest.Server) { s.Handle(brokertest.Standing, hang) }, fail.Incomplete, "did not say within"},
		"blind": {func(s *brokertest.Server) {
			s.JSON(brokertest.Standing, 200, `[{"name":"a","running":true}]`)
			s.JSON("GET /api/overview?columns=disable_stats", 200, `{"disable_stats":true}`)
		}, fail.Incomplete, "collects no statistics"},
		"broken": {func(s *brokertest.Server) { s.JSON(brokertest.Standing, 500, `{}`) }, fail.Incomplete,
			"it is not known whether all nodes answer"},
		"young": {func(s *brokertest.Server) {
			s.JSON(brokertest.Standing, 200, `[{"name":"a","running":true}]`)
			s.JSON("GET /api/overview?columns=disable_stats", 200, `{"disable_stats":false}`)
		}, "", ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := brokertest.New(t)
			tt.set(s)
			ctx, cancel := context.WithTimeout(t.Context(), time.Second)
			defer cancel()
			told, err := client(t, s.URL).Attendance(ctx)
			if told == (name == "denied") {
				t.Errorf("told: %v", told)
			}
			if fail.KindOf(err) != tt.kind || err != nil && !strings.Contains(err.Error(), tt.says) {
				t.Errorf("%s: %v", fail.KindOf(err), err)
			}
		})
	}
}
