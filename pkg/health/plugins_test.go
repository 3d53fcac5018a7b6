package health_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/rabbitctl/rabbitctl/pkg/health"
)

func TestEnabledPlugins(t *testing.T) {
	t.Parallel()
	well := health.PluginHost{Node: "a", Running: true, Reported: true, Enabled: []string{"shovel"},
		Applications: []string{"rabbit", "shovel", "client"}}
	bare := health.PluginHost{Node: "b", Running: true, Reported: true, Applications: []string{"rabbit"}}
	stuck := health.PluginHost{Node: "c", Running: true, Reported: true, Enabled: []string{"shovel"},
		Applications: []string{"rabbit"}}
	down := health.PluginHost{Node: "d"}
	mute := health.PluginHost{Node: "e", Running: true}
	tests := []struct {
		name    string
		hosts   []health.PluginHost
		plugins []string
		want    health.Result
	}{
		{"one node", []health.PluginHost{well}, []string{"shovel"},
			health.Result{Summary: "running: shovel on a"}},
		{"several", []health.PluginHost{well, well}, []string{"shovel", "client"},
			health.Result{Summary: "running: shovel, client on all 2 nodes",
				Details: []string{"client runs on a without being enabled explicitly: another plugin needs it",
					"client runs on a without being enabled explicitly: another plugin needs it"}}},
		{"off", []health.PluginHost{well, bare}, []string{"shovel"}, health.Result{Status: health.Critical,
			Summary: "shovel is not enabled on b"}},
		{"does not run", []health.PluginHost{stuck, down}, []string{"shovel", "client"},
			health.Result{Status: health.Critical,
				Summary: "shovel is enabled on c, and does not run, and 1 more",
				Details: []string{"client is not enabled on c", "enabled plugins are unknown on nodes that do not run: d"}}},
		{"not seen", []health.PluginHost{well, down, mute}, []string{"shovel"}, health.Result{Status: health.Unknown,
			Summary: "enabled plugins are unknown on nodes that do not run: d",
			Details: []string{"running nodes that have not reported their plugins yet: e"}}},
		{"not told", []health.PluginHost{well, mute}, []string{"shovel"}, health.Result{Status: health.Unknown,
			Summary: "running nodes that have not reported their plugins yet: e"}},
		{"nothing", nil, []string{"shovel"}, health.Result{Status: health.Unknown, Summary: "the broker listed no nodes"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got := health.EnabledPlugins(tt.hosts, tt.plugins)
			got.LookedAt = ""
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}
