package survey

import (
	"context"
	"io"
	"net"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/rabbitctl/rabbitctl/pkg/broker"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
)

// overWire is a Wire to a broker. Each of its connections has the addresses from and to at its two ends. dialed are the
// addresses to which it was asked to connect.
type overWire struct {
	from, to string
	mu       sync.Mutex
	dialed   []string
}

func (w *overWire) RoundTrip(r *http.Request) (*http.Response, error) {
	body := `{"expired":[],"status":"ok"}`
	if strings.HasSuffix(r.URL.Path, "/overview") {
		body = `{"node":"rabbit@mq","rabbitmq_version":"4.3.6","listeners":[
			{"node":"rabbit@mq","protocol":"amqp","ip_address":"::","port":5672,"tls":false},
			{"node":"rabbit@mq","protocol":"amqp/ssl","ip_address":"127.0.0.1","port":5671,"tls":true}]}`
	}
	return &http.Response{StatusCode: 200, Request: r, Header: http.Header{"Content-Type": {"application/json"}},
		Body: io.NopCloser(strings.NewReader(body))}, nil
}

func (w *overWire) DialContext(_ context.Context, _, address string) (net.Conn, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.dialed = append(w.dialed, address)
	end, other := net.Pipe()
	other.Close()
	return placed{end, w.from, w.to}, nil
}

// placed is a connection between two addresses.
type placed struct {
	net.Conn
	from, to string
}

func (p placed) LocalAddr() net.Addr  { return &net.TCPAddr{IP: net.ParseIP(p.from)} }
func (p placed) RemoteAddr() net.Addr { return &net.TCPAddr{IP: net.ParseIP(p.to)} }

// A loopback address that a broker reports belongs to the broker's machine. If rabbitctl runs on another machine, it
// must not connect to this address, because it would reach a program on its own machine.
func TestListeners_loopback(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name, url, from, to string
		reached             bool
	}{
		{"another machine", "http://mq:15672", "192.0.2.1", "192.0.2.2", false},
		{"this machine by its own name", "http://mq:15672", "192.0.2.1", "192.0.2.1", true},
		{"this machine by its loopback address", "http://127.0.0.1:15672", "", "", true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			w := &overWire{from: tt.from, to: tt.to}
			c, err := broker.New(broker.Options{BaseURL: tt.url, Wire: w})
			if err != nil {
				t.Fatal(err)
			}
			_, listeners, err := Listeners(t.Context(), c)
			if err != nil || len(listeners) != 2 {
				t.Fatal(listeners, err)
			}
			for i, reached := range []bool{true, tt.reached} {
				err := listeners[i].Connect(t.Context(), c)
				if (err == nil) != reached || err != nil && fail.KindOf(err) != fail.Unreachable {
					t.Errorf("%s: %v", listeners[i].Name(), err)
				}
			}
			facts, _, err := Certificates(t.Context(), c, time.Now(), nil, 7)
			if err != nil || len(facts.Listeners) != 1 || facts.Listeners[0].Name != "amqp/ssl 127.0.0.1:5671" {
				t.Fatal(facts, err)
			}
			if reached := slices.Contains(w.dialed, "127.0.0.1:5671"); reached != tt.reached {
				t.Errorf("connected to %v", w.dialed)
			}
			if says := facts.Listeners[0].Failed; strings.Contains(says, "own machine") == tt.reached {
				t.Errorf("it says: %s", says)
			}
		})
	}
}
