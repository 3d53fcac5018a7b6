package survey

import (
	"net/url"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/rabbitctl/rabbitctl/pkg/record"
)

// A password must not be sent to an address that it was not meant for.
func TestAddressOf(t *testing.T) {
	const (
		any4  = `{"node":"rabbit@b","protocol":"http","ip_address":"0.0.0.0","port":15672,"socket_opts":{"port":15672}}`
		any6  = `{"node":"rabbit@b","protocol":"http","ip_address":"::","port":15672,"socket_opts":[]}`
		own   = `{"node":"rabbit@b","protocol":"http","ip_address":"::","port":15673,"socket_opts":{"ip":"10.0.0.2"}}`
		local = `{"node":"rabbit@b","protocol":"http","ip_address":"127.0.0.1","port":15673}`
		odd   = `{"node":"rabbit@b","protocol":"http","ip_address":"10.0.0.2","port":"x"}`
		tls   = `{"node":"rabbit@b","protocol":"https","ip_address":"::","port":15671}`
		other = `{"node":"rabbit@c","protocol":"http","ip_address":"10.0.0.3","port":15672},{"node":"rabbit@b","protocol":"http/prometheus","ip_address":"10.0.0.2","port":15692}`
	)
	tests := []struct {
		name, node, base, listeners string
		url, unknown                string
	}{
		{"all addresses", "rabbit@b", "http://a:15672", any4, "http://b:15672", ""},
		{"all addresses, IPv6", "rabbit@b", "http://a:15672", any6, "http://b:15672", ""},
		{"one address, among the options only", "rabbit@b", "http://a:15672", own, "http://10.0.0.2:15673", ""},
		{"a path prefix", "rabbit@b", "http://a:15672/mq", any4, "http://b:15672/mq", ""},
		{"loopback from loopback", "rabbit@b", "http://127.0.0.1:15672", local, "http://127.0.0.1:15673", ""},
		{"loopback from elsewhere", "rabbit@b", "http://a:15672", local, "",
			"it listens on the loopback of its own host only"},
		{"TLS", "rabbit@b", "https://a:15671", any4 + "," + tls, "https://b:15671", ""},
		{"plain text only, asked over TLS", "rabbit@b", "https://a:15671", any4, "",
			"it offers its API over plain HTTP only, and the password is sent over TLS only"},
		{"TLS where plain text was asked", "rabbit@b", "http://a:15672", tls, "https://b:15671", ""},
		{"no listener", "rabbit@b", "http://a:15672", other, "http://b:15672", ""},
		{"no listener, the same host", "rabbit@a", "http://a:15672", other, "",
			"the asked node does not report where its API is"},
		{"no listener, on loopback", "rabbit@localhost", "http://127.0.0.1:15672", other, "",
			"the asked node does not report where its API is"},
		{"a port that is none", "rabbit@b", "http://a:15672", odd, "",
			`the overview lists a listener of node rabbit@b for http at port "x", which is not a port number`},
		{"a port that is none beside one", "rabbit@b", "http://a:15672", odd + "," + any4, "http://b:15672", ""},
		{"no listener, the port of the scheme", "rabbit@b", "https://a", other, "https://b", ""},
	}
	for _, tt := range tests {
		base, err := url.Parse(tt.base)
		if err != nil {
			t.Fatal(err)
		}
		got := addressOf(tt.node, base, record.Value(`{"listeners":[`+tt.listeners+`]}`))
		if diff := cmp.Diff(Address{Node: tt.node, URL: tt.url, Unknown: tt.unknown}, got); diff != "" {
			t.Errorf("%s:\n%s", tt.name, diff)
		}
	}
}
