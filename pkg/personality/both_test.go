package personality_test

import (
	"cmp"
	"maps"
	"slices"
	"testing"

	"github.com/rabbitctl/rabbitctl/pkg/app"
	"github.com/rabbitctl/rabbitctl/pkg/cli"
	"github.com/rabbitctl/rabbitctl/pkg/iostreams"
	"github.com/rabbitctl/rabbitctl/pkg/personality"
)

// Every change of the official tools is made by package change, and a native command makes it, too. The test names the
// exceptions.
func TestEveryChangeInBothDialects(t *testing.T) {
	officialOnly := map[string]string{
		"import_definitions": "it sends the whole file as it is, and the native one what is not there",
		"remote_shell":       "it is not planned: a person types",
	}
	// These commands have another name in the native dialect.
	renamed := map[string]string{"reset_stats_db": "reset_statistics", "set_permissions_globally": "set_permissions",
		"enable": "enable_plugins", "disable": "disable_plugins", "set": "set_plugins"}
	streams, _, _ := iostreams.Test("")
	var native []string
	for _, c := range cli.Root(app.New(streams, nil, "test")).Commands() {
		native = append(native, c.Name())
	}
	all := personality.Changes()
	if len(all) < 45 || len(native) < 100 {
		t.Fatalf("%d changes, %d native commands", len(all), len(native))
	}
	for _, name := range slices.Sorted(maps.Keys(all)) {
		switch why := officialOnly[name]; {
		case why != "" && all[name]:
			t.Errorf("%s is made of a change of package change: it needs no excuse", name)
		case why != "" && slices.Contains(native, name):
		case !all[name]:
			t.Errorf("%s is not made of a change of package change", name)
		case name == "set_stream_retention_policy": // no stream obeys it, so there is nothing to offer
		case name == "post_upgrade": // it is rebalance, under the name of the tool for upgrades
		case name == "decommission_mqtt_node": // no release since 4.0 keeps that state
		case !slices.Contains(native, cmp.Or(renamed[name], name)):
			t.Errorf("%s has no native command", name)
		}
	}
}
