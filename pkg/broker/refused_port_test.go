package broker

import (
	"slices"
	"testing"

	"github.com/rabbitctl/rabbitctl/pkg/steps"
)

// TestAfterRefusal: if the management plugin's own port refuses connections while a broker answers at the AMQP port,
// the plugin may be off. If another port refuses connections on such a machine, it is more likely the wrong port.
func TestAfterRefusal(t *testing.T) {
	const (
		plugin   = "so perhaps only the management plugin is off: rabbitctl enable_plugins rabbitmq_management; if the API has another port, say where it is with --url or RABBITCTL_URL"
		nothing  = "is the broker running, and is this its management port? say where it is with --url or RABBITCTL_URL"
		elsewhat = ", the default port of the management API, answers there: is that the port? say where it is with --url or RABBITCTL_URL"
	)
	for _, tt := range []struct {
		scheme, port string
		open         []string
		want         string
	}{
		{"http", "15672", nil, nothing},
		{"http", "15672", []string{"5672"}, "AMQP port 5672 answers there, " + plugin},
		{"https", "15671", []string{"5671"}, "AMQP port 5671 answers there, " + plugin},
		{"http", "15672", []string{"5672", "15671"}, "AMQP port 5672 answers there, " + plugin},
		{"http", "12345", nil, nothing},
		{"http", "12345", []string{"5672"}, nothing},
		{"http", "12345", []string{"5672", "15672"}, "port 15672" + elsewhat},
		{"https", "12345", []string{"5671", "15671"}, "port 15671" + elsewhat},
		{"https", "15672", []string{"5671", "15671"}, "port 15671" + elsewhat},
	} {
		if got := steps.Words(afterRefusal(tt.scheme, tt.port, func(port string) bool {
			return slices.Contains(tt.open, port)
		})); got != tt.want {
			t.Errorf("%s:%s, open %v: %s", tt.scheme, tt.port, tt.open, got)
		}
	}
}
