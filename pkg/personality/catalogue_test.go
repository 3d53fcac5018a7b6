package personality

import (
	"slices"
	"strings"
	"testing"

	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/steps"
)

// TestNothingIsPromised: for every command that the program can run according to the catalogue, there is code that runs
// it.
func TestNothingIsPromised(t *testing.T) {
	for _, e := range catalogue() {
		_, served := commandNamed(e.name)
		served = served || slices.ContainsFunc(listings(), func(l listing) bool { return l.name == e.name }) ||
			slices.Contains([]string{"version", "autocomplete", "help"}, e.name)
		if !served && e.lacks == "" {
			t.Errorf("%s lacks nothing, and is not served", e.name)
		}
	}
}

// TestUnserved: the catalogue has a command that this program cannot run, and its error says what to use in its place.
// Completion does not offer commands that only older releases of the tools have.
func TestUnserved(t *testing.T) {
	for _, tt := range []struct {
		tool tools
		name string
		next string
	}{
		{ctl, "exec", "rabbitmqctl eval runs Erlang code on the node"},
	} {
		e, ok := find(tt.tool, tt.name)
		if !ok || e.lacks == "" {
			t.Fatalf("%s is not found, or served", tt.name)
		}
		if err := e.unserved("rabbitmqctl"); fail.KindOf(err) != fail.Unavailable || !strings.Contains(steps.Of(err),
			tt.next) {
			t.Errorf("%s: %v; next: %s", tt.name, err, steps.Of(err))
		}
	}
	for _, e := range former() {
		if slices.Contains(commandsOf(e.tools), e.name) {
			t.Errorf("%s is completed", e.name)
		}
	}
}
