package health_test

import (
	"testing"

	"github.com/rabbitctl/rabbitctl/pkg/health"
)

func vhost(name string, states ...string) health.VHost {
	v := health.VHost{Name: name, States: map[string]string{}}
	for i := 0; i < len(states); i += 2 {
		v.States[states[i]] = states[i+1]
	}
	return v
}

func TestVHosts(t *testing.T) {
	tests := []struct {
		name string
		all  []health.VHost
		want string
	}{
		{"none", nil, "UNKNOWN no node reports whether virtual hosts run"},
		{"no node tells", []health.VHost{vhost("/")}, "UNKNOWN no node reports whether virtual hosts run"},
		{"one runs", []health.VHost{vhost("/", "a", "running")},
			"OK the only listed virtual host runs on the only node that reports it"},
		{"all run", []health.VHost{vhost("/", "a", "running", "b", "running"), vhost("v", "b", "running", "a", "running")},
			"OK all 2 listed virtual hosts run on all 2 nodes that report it"},
		{"one is stopped", []health.VHost{vhost("/", "a", "running"), vhost("v", "a", "stopped")},
			"CRITICAL virtual host v is stopped on a"},
		{"stopped on some", []health.VHost{vhost("v", "c", "stopped", "b", "running", "a", "stopped")},
			"CRITICAL virtual host v is stopped on a, c"},
		{"stopped everywhere", []health.VHost{vhost("v", "a", "stopped", "b", "stopped")},
			"CRITICAL virtual host v is stopped on all 2 nodes"},
		{"a node that did not say", []health.VHost{vhost("v", "a", "running", "b", "nodedown")},
			"UNKNOWN no state of virtual hosts came from b"},
		{"stopped, and a node that did not say", []health.VHost{vhost("v", "a", "stopped", "b", "nodedown")},
			"CRITICAL virtual host v is stopped on a; no state of virtual hosts came from b"},
		{"two", []health.VHost{vhost("v", "a", "stopped"), vhost("w", "a", "stopped")},
			"CRITICAL virtual host v is stopped on a; virtual host w is stopped on a"},
	}
	for _, tt := range tests {
		r := health.VHosts(tt.all)
		if got := r.Status.String() + " " + r.Summary; got != tt.want {
			t.Errorf("%s: %s\nwant %s", tt.name, got, tt.want)
		}
	}
}

func TestVHost_lost(t *testing.T) {
	for _, tt := range []struct {
		vhost health.VHost
		want  bool
	}{
		{vhost("v"), false}, {vhost("v", "a", "running"), false}, {vhost("v", "a", "stopped"), true},
		{vhost("v", "a", "stopped", "b", "running"), false}, {vhost("v", "a", "stopped", "b", "stopped"), true},
		{vhost("v", "a", "stopped", "b", "nodedown"), true}, {vhost("v", "a", "nodedown"), false},
	} {
		if got := tt.vhost.Lost(); got != tt.want {
			t.Errorf("%v: %v", tt.vhost, got)
		}
	}
}
