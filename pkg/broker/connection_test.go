package broker_test

import (
	"net/http"
	"testing"

	"github.com/rabbitctl/rabbitctl/pkg/broker"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/internal/brokertest"
	"github.com/rabbitctl/rabbitctl/pkg/record"
)

func TestCloseConnection(t *testing.T) {
	t.Parallel()
	s := brokertest.New(t)
	const request = "DELETE /api/connections/10.0.0.7:1%20-%3E%2010.0.0.1:5672%2F"
	s.Handle(request, func(w http.ResponseWriter, r *http.Request) {
		if got := r.Header.Get("X-Reason"); got != "bleibt hängen" {
			t.Errorf("the reason is %q", got)
		}
		w.WriteHeader(http.StatusNoContent)
	})
	c := client(t, s.URL)
	const name = "10.0.0.7:1 -> 10.0.0.1:5672/"
	if err := c.CloseConnection(t.Context(), name, "bleibt hängen"); err != nil {
		t.Error(err)
	}
	s.JSON(request, 404, `{"error":"Object Not Found","reason":"Not Found"}`)
	if err := c.CloseConnection(t.Context(), name, "x"); !broker.IsNotFound(err) || fail.KindOf(err) != fail.NotFound {
		t.Errorf("%v", err)
	}
}

func TestUserConnections_ofAHostileName(t *testing.T) {
	t.Parallel()
	s := brokertest.New(t)
	s.JSON("GET /api/connections/username/a%2Fb%20c?columns=name", 200, `[{"name":"x"}]`)
	n := 0
	for row, err := range client(t, s.URL).UserConnections(t.Context(), "a/b c", []record.Column{{Name: "name"}}) {
		if err != nil || row[0].Text() != "x" {
			t.Errorf("%v %v", row, err)
		}
		n++
	}
	if n != 1 {
		t.Errorf("%d rows", n)
	}
}
