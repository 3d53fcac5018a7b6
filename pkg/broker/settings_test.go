package broker_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/internal/brokertest"
)

// The name of a global parameter becomes an Erlang atom. Brokers answer 500 to a name that cannot become one, so the
// client refuses such a name and sends nothing. 3.10 also answers 500 when the parameter is read or removed.
func TestGlobalParameter_asAtom(t *testing.T) {
	t.Parallel()
	for name, good := range map[string]bool{strings.Repeat("ü", 255): true, strings.Repeat("n", 256): false,
		"caf\xe9": false} {
		k := brokertest.NewKeeper(t)
		c := client(t, k.URL)
		set := c.SetGlobalParameter(t.Context(), name, json.RawMessage("1"))
		cleared := c.ClearGlobalParameter(t.Context(), name)
		if sent := len(k.Changes()) == 2; sent != good || (set == nil && cleared == nil) != good {
			t.Errorf("%d bytes: %v %v %q", len(name), set, cleared, k.Changes())
		}
		for _, err := range []error{set, cleared} {
			if !good && (fail.KindOf(err) != fail.Data || len(err.Error()) > 120) {
				t.Error(fail.KindOf(err), err)
			}
		}
	}
}

// Status 500 of a broker is an answer, so the error must not say that the answer was lost. The client still looks
// whether the change was made.
func TestLost_brokersOwn500(t *testing.T) {
	t.Parallel()
	s := brokertest.New(t)
	s.JSON("PUT /api/global-parameters/a", 500, "")
	s.Always("GET /api/global-parameters/a", 404, notThere)
	err := client(t, s.URL).SetGlobalParameter(t.Context(), "a", json.RawMessage("1"))
	if fail.KindOf(err) != fail.Lost || !strings.Contains(err.Error(),
		"failed with status 500, and the broker does not show the change") || strings.Contains(err.Error(), "was lost") {
		t.Error(fail.KindOf(err), err)
	}
}
