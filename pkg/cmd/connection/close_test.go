package connection_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/rabbitctl/rabbitctl/pkg/cmd/connection"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/internal/brokertest"
	"github.com/rabbitctl/rabbitctl/pkg/internal/cmdtest"
	"github.com/rabbitctl/rabbitctl/pkg/internal/golden"
	"github.com/rabbitctl/rabbitctl/pkg/steps"
)

func TestCloseConnection(t *testing.T) {
	t.Parallel()
	const (
		ask      = "GET /api/connections/c1"
		channels = "GET /api/connections/c1/channels?columns=consumer_count%2Cmessages_unacknowledged"
		remove   = "DELETE /api/connections/c1"
		there    = `{"name":"c1","vhost":"/","user":"app","user_provided_name":"worker-7","protocol":"AMQP 0-9-1","connected_at":1795400307935}`
		gone     = `{"error":"Object Not Found","reason":"Not Found"}`
	)
	tests := []struct {
		name   string
		words  []string
		reason string // sent; "" when nothing is to be sent
		asked  int    // how many requests still find the connection after it was closed
		run    cmdtest.Run
	}{
		{"closed", []string{"close_connection", "c1", "does not acknowledge", "--yes"}, "does not acknowledge", 2,
			cmdtest.Run{}},
		{"no reason", []string{"close_connection", "c1", "--yes", "-o", "json"}, "closed by an operator with rabbitctl", 0,
			cmdtest.Run{}},
		{"dry run", []string{"close_connection", "c1", "--dry-run"}, "", 0, cmdtest.Run{}},
		{"stays", []string{"close_connection", "c1", "--yes"}, "closed by an operator with rabbitctl", 60, cmdtest.Run{}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			s := brokertest.New(t)
			s.JSON(ask, 200, there)
			s.JSON(channels, 200,
				`[{"consumer_count":1,"messages_unacknowledged":4},{"consumer_count":0,"messages_unacknowledged":1}]`)
			if tt.reason != "" {
				s.Handle(remove, func(w http.ResponseWriter, r *http.Request) {
					if got := r.Header.Get("X-Reason"); got != tt.reason {
						t.Errorf("the reason is %q", got)
					}
					w.WriteHeader(http.StatusNoContent)
				})
				if tt.asked > 50 {
					s.Always(ask, 200, there)
				} else {
					for range tt.asked {
						s.JSON(ask, 200, there)
					}
					s.JSON(ask, 404, gone)
				}
			}
			tt.run.Commands = connection.Commands()
			got := tt.run.Do(t, s, tt.words...)
			if tt.asked > 50 {
				got.Requests = got.Requests[:4]
			}
			golden.Check(t, "close/"+tt.name, "$ rabbitctl "+strings.Join(tt.words, " ")+"\n"+got.Golden(s))
		})
	}
	// The broker has already got the request to close. So if the time ends here, the error must not say that nothing was
	// done.
	t.Run("the time ends while it is listed", func(t *testing.T) {
		t.Parallel()
		s := brokertest.New(t)
		s.Always(ask, 200, there)
		s.JSON(channels, 200, `[]`)
		s.Empty(remove, http.StatusNoContent)
		got := cmdtest.Run{Commands: connection.Commands()}.Do(t, s, "close_connection", "c1", "--yes", "--timeout", "1s")
		if fail.KindOf(got.Error) != fail.Incomplete || !strings.HasPrefix(got.Error.Error(),
			"the broker accepted the request to close connection c1, but still lists it") ||
			!strings.HasPrefix(steps.Of(got.Error),
				"the listing can be some seconds old: once the connection is closed, rabbitctl show_connection c1") {
			t.Errorf("%v\nnext: %s", got.Error, steps.Of(got.Error))
		}
	})
	t.Run("the time ends without an answer", func(t *testing.T) {
		t.Parallel()
		s := brokertest.New(t)
		s.JSON(ask, 200, there)
		s.JSON(channels, 200, `[]`)
		s.Empty(remove, http.StatusNoContent)
		s.Handle(ask, func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() })
		got := cmdtest.Run{Commands: connection.Commands()}.Do(t, s, "close_connection", "c1", "--yes", "--timeout", "1s")
		if fail.KindOf(got.Error) != fail.Incomplete || !strings.HasPrefix(got.Error.Error(),
			"the broker accepted the request to close connection c1, but it is not known whether it is closed") {
			t.Errorf("%v", got.Error)
		}
	})
	t.Run("reason of two lines", func(t *testing.T) {
		t.Parallel()
		got := cmdtest.Run{Commands: connection.Commands()}.Do(t, brokertest.New(t), "close_connection", "c1", "two\nlines",
			"--yes")
		if fail.KindOf(got.Error) != fail.Usage {
			t.Errorf("%v", got.Error)
		}
	})
	t.Run("nobody to ask", func(t *testing.T) {
		t.Parallel()
		s := brokertest.New(t)
		r := cmdtest.Run{Commands: connection.Commands()}
		golden.Check(t, "close/nobody to ask", "$ rabbitctl close_connection c1\n"+r.Do(t, s, "close_connection", "c1").
			Golden(s))
	})
}
