package broker_test

import (
	"strings"
	"testing"

	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/internal/brokertest"
)

// TestAnotherObject has answers about another object than the requested one. The path has no escapes, so the error must
// not blame the path.
func TestAnotherObject(t *testing.T) {
	t.Parallel()
	for name, body := range map[string]string{"another": `{"name":"alice","tags":""}`, "a list": `[]`} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := brokertest.New(t)
			s.JSON("GET /api/users/bob", 200, body)
			_, err := client(t, s.URL).User(t.Context(), "bob")
			if fail.KindOf(err) != fail.Data || !strings.Contains(err.Error(), "where user bob was asked for") ||
				strings.Contains(err.Error(), "%2F") {
				t.Errorf("%v", err)
			}
		})
	}
}
