package vhost_test

import (
	"strings"
	"testing"

	"github.com/rabbitctl/rabbitctl/pkg/cmd/vhost"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/internal/brokertest"
	"github.com/rabbitctl/rabbitctl/pkg/internal/cmdtest"
)

func run(t *testing.T, name string, s *brokertest.Server, words ...string) {
	t.Helper()
	r := cmdtest.Run{Commands: vhost.Commands()}
	r.Check(t, "list/"+name, s, words...)
}

func TestListVHosts_recorded(t *testing.T) {
	t.Parallel()
	for _, release := range brokertest.Releases() {
		t.Run(release, func(t *testing.T) {
			t.Parallel()
			s := brokertest.New(t)
			s.JSON("GET /api/vhosts?columns=name", 200, brokertest.Recorded(t, release, "vhosts"))
			run(t, release+" default", s, "list_vhosts")
		})
		t.Run(release+" columns", func(t *testing.T) {
			t.Parallel()
			s := brokertest.New(t)
			s.JSON("GET /api/vhosts?columns=name%2Cdescription%2Ctags%2Cdefault_queue_type%2Cprotected_from_deletion%2Ctracing%2Ccluster_state", 200,
				brokertest.Recorded(t, release, "vhosts"))
			run(t, release+" columns", s, "list_vhosts",
				"name,description,tags,default_queue_type,protected_from_deletion,tracing,cluster_state", "-o", "json")
		})
	}
}

func TestListVHosts_options(t *testing.T) {
	t.Parallel()
	const counts = "GET /api/vhosts?columns=name%2Cmessages"
	body := `[{"name":"/","messages":12},{"name":"quiet"},{"name":"prod","messages":200000}]`
	tests := []struct {
		name    string
		request string
		words   []string
	}{
		{"where", counts, []string{"name", "messages", "--where", "messages > 100"}},
		{"sort", counts, []string{"name", "messages", "--sort", "-messages"}},
		{"unknown column", "", []string{"nmae"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			s := brokertest.New(t)
			if tt.request != "" {
				s.JSON(tt.request, 200, body)
			}
			run(t, tt.name, s, append([]string{"list_vhosts"}, tt.words...)...)
		})
	}
}

func TestListVHosts_none(t *testing.T) {
	t.Parallel()
	s := brokertest.New(t)
	s.JSON("GET /api/vhosts?columns=name", 200, "[]")
	run(t, "none", s, "list_vhosts", "-o", "json")
}

// If a node is missing, figures do not include those of that node, and the command says so. Names are complete.
func TestListVHosts_aNodeIsMissing(t *testing.T) {
	t.Parallel()
	const missing = `[{"name":"a","running":true,"partitions":[]},{"name":"b","running":false}]`
	for _, columns := range []string{"name,messages", "name,message_stats.publish", "recv_oct"} {
		t.Run(columns, func(t *testing.T) {
			t.Parallel()
			s := brokertest.New(t)
			s.JSON("GET /api/vhosts?columns="+strings.ReplaceAll(columns, ",", "%2C"), 200, `[{"name":"/","messages":7}]`)
			s.JSON(brokertest.Standing, 200, missing)
			got := cmdtest.Run{Commands: vhost.Commands()}.Do(t, s, "list_vhosts", columns)
			if fail.KindOf(got.Error) != fail.Incomplete || !strings.Contains(got.Error.Error(),
				"1 row was printed before this error: node b does not run or does not answer") {
				t.Errorf("%v\n%s", got.Error, got.Out)
			}
		})
	}
	t.Run("show", func(t *testing.T) {
		t.Parallel()
		s := brokertest.New(t)
		s.JSON("GET /api/vhosts/v", 200, `{"name":"v","messages":7}`)
		for _, path := range []string{"vhost-limits/v?columns=value",
			"policies/v?columns=name%2Cpattern%2Capply-to%2Cdefinition%2Cpriority",
			"operator-policies/v?columns=name%2Cpattern%2Capply-to%2Cdefinition%2Cpriority",
			"vhosts/v/permissions?columns=user%2Cconfigure%2Cwrite%2Cread"} {
			s.JSON("GET /api/"+path, 200, "[]")
		}
		s.JSON(brokertest.Standing, 200, missing)
		got := cmdtest.Run{Commands: vhost.Commands()}.Do(t, s, "show_vhost", "v")
		if fail.KindOf(got.Error) != fail.Incomplete || !strings.Contains(got.Out, "messages\t7\n") {
			t.Errorf("%v\n%s", got.Error, got.Out)
		}
	})
}
