package app

import (
	"strings"
	"testing"

	"github.com/spf13/pflag"

	"github.com/rabbitctl/rabbitctl/pkg/broker"
	"github.com/rabbitctl/rabbitctl/pkg/config"
	"github.com/rabbitctl/rabbitctl/pkg/internal/brokertest"
	"github.com/rabbitctl/rabbitctl/pkg/iostreams"
)

// TestNodeName_refused: if the API at the default address refuses the login, a note says that node rabbit on this
// machine is taken.
func TestNodeName_refused(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		words  []string
		mayAsk bool
		status int
		body   string
		node   string
		says   string
	}{
		"refused": {nil, true, 401, `{"error":"not_authorised","reason":"Login failed"}`, "rabbit",
			"; so node rabbit on this machine is asked\n"},
		"without a name": {nil, true, 200, `{}`, "rabbit", "does not say which node answers; so node rabbit on this"},
		"quiet":          {[]string{"--quiet"}, true, 401, `{"error":"not_authorised","reason":"Login failed"}`, "rabbit", ""},
		"completion":     {nil, false, 401, `{"error":"not_authorised","reason":"Login failed"}`, "rabbit", ""},
		"named":          {nil, true, 200, `{"node":"rabbit@a"}`, "rabbit@a", ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := brokertest.New(t)
			s.Always("GET /api/overview?disable_stats=true", c.status, c.body)
			streams, _, errs := iostreams.Test("")
			a := New(streams, []string{brokertest.NoHome}, "test")
			flags := pflag.NewFlagSet("test", pflag.ContinueOnError)
			config.BindFlags(flags)
			if err := flags.Parse(c.words); err != nil {
				t.Fatal(err)
			}
			a.UseFlags(t.Context(), flags, c.mayAsk)
			settings, err := a.Settings()
			if err != nil {
				t.Fatal(err)
			}
			if a.client, err = broker.New(broker.Options{BaseURL: s.URL, Username: "u"}); err != nil {
				t.Fatal(err)
			}
			node, err := a.nodeName(t.Context(), settings, "", true)
			if node != c.node || err != nil || !strings.Contains(errs.String(), c.says) || c.says == "" && errs.Len() > 0 {
				t.Errorf("%q %v %q", node, err, errs.String())
			}
		})
	}
}
