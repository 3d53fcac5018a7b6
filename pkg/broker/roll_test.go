package broker_test

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/internal/brokertest"
	"github.com/rabbitctl/rabbitctl/pkg/record"
	"github.com/rabbitctl/rabbitctl/pkg/steps"
)

// These are listings of nodes without figures while one node is frozen: first as 4.3 sends it, then as 3.10 does.
const (
	rollNamed   = `[{"name":"a","type":"disc","running":true},{"name":"b","type":"disc","running":false}]`
	rollUnnamed = `[{"name":"a","type":"disc","running":true},{"name":"b","type":"disc","running":true}]`
)

func TestNodes_silent(t *testing.T) {
	t.Parallel()
	const listing = "GET /api/nodes?columns=name%2Crunning%2Cmem_used"
	for name, tt := range map[string]struct {
		set  func(*brokertest.Server)
		rows string
		kind fail.Kind
		says string
	}{
		"named": {func(s *brokertest.Server) { s.JSON(brokertest.Roll, 200, rollNamed) }, "a true ,b false ", fail.Incomplete,
			"node b does not answer, so the figures of all nodes"},
		"not named": {func(s *brokertest.Server) { s.JSON(brokertest.Roll, 200, rollUnnamed) }, "a  ,b  ", fail.Incomplete,
			"a node of the cluster does not answer, and the broker does not say which"},
		"the only node is slow": {func(s *brokertest.Server) {
			s.JSON(brokertest.Roll, 200, `[{"name":"a","running":true}]`)
		}, "", fail.Timeout,
			"did not list its nodes in time"},
		"refused": {func(s *brokertest.Server) { s.JSON(brokertest.Roll, 401, brokertest.NotMonitor) }, "", fail.Timeout,
			"did not list its nodes in time"},
		"nothing": {func(*brokertest.Server) {}, "", fail.Timeout, "did not list its nodes in time"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := brokertest.New(t)
			s.Handle(listing, hang)
			tt.set(s)
			ctx, cancel := context.WithTimeout(t.Context(), time.Second)
			defer cancel()
			var rows []string
			var failed error
			for row, err := range client(t, s.URL).Nodes(ctx, []record.Column{{Name: "name"}, {Name: "running"},
				{Name: "mem_used"}}) {
				if failed = err; err == nil {
					rows = append(rows, row[0].Text()+" "+row[1].Text()+" "+row[2].Text())
				}
			}
			if got := strings.Join(rows, ","); got != tt.rows {
				t.Errorf("rows %q", got)
			}
			if fail.KindOf(failed) != tt.kind || !strings.Contains(failed.Error(), tt.says) {
				t.Errorf("%s: %v", fail.KindOf(failed), failed)
			}
			if hint := steps.Of(failed); hint == "" || strings.Contains(hint, "list_nodes") {
				t.Errorf("next: %s", hint)
			}
		})
	}
}

func TestMembers_silent(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		roll    string
		nodes   int
		missing []string
		says    string
	}{
		"named":     {rollNamed, 2, []string{"b"}, ""},
		"not named": {rollUnnamed, 0, nil, "does not say which, so there may be alarms that the broker does not know of"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := brokertest.New(t)
			s.Handle(brokertest.Standing, hang)
			s.JSON(brokertest.Roll, 200, tt.roll)
			ctx, cancel := context.WithTimeout(t.Context(), time.Second)
			defer cancel()
			nodes, missing, err := client(t, s.URL).Members(ctx)
			if nodes != tt.nodes || !slices.Equal(missing, tt.missing) || (err == nil) != (tt.says == "") || err != nil &&
				!strings.Contains(err.Error(), tt.says) {
				t.Errorf("%d %v %v", nodes, missing, err)
			}
		})
	}
}
