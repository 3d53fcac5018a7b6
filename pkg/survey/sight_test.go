package survey

import (
	"testing"

	"github.com/rabbitctl/rabbitctl/pkg/internal/brokertest"
	"github.com/rabbitctl/rabbitctl/pkg/steps"
)

// TestSee_nothing: the advice names the virtual host if one was given.
func TestSee_nothing(t *testing.T) {
	t.Parallel()
	s := brokertest.New(t)
	s.JSON("GET /api/exchanges/a%20b?columns=vhost", 200, "[]")
	_, err := See(t.Context(), client(t, s), "a b")
	const want = "as an administrator: rabbitctl set_permissions -p 'a b' u '^$' '^$' '^$' gives access without permission to configure, write or read"
	if got := steps.Of(err); got != want {
		t.Errorf("%v: %s, want %s", err, got, want)
	}
}
