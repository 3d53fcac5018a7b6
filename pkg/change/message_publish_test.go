package change

import (
	"testing"

	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/messages"
	"github.com/rabbitctl/rabbitctl/pkg/steps"
)

// TestPublishing_returned: if the broker returns a message of --lines, the next step is the explain_route command with
// the headers of that message.
func TestPublishing_returned(t *testing.T) {
	t.Parallel()
	p := &publishing{exchange: "h", key: "a b", lines: true, at: Site{VHost: "/"}}
	for _, header := range []string{"region=eu", "level:int=5"} {
		if err := p.header(header); err != nil {
			t.Fatal(err)
		}
	}
	o := p.outcome(messages.Counts{Put: 2}, 2, 0, fail.New(fail.Data, "returned"))
	const want = "rabbitctl explain_route -p / --header region=eu --header level:int=5 h 'a b'"
	if got := steps.Of(o.Failed); got != want {
		t.Errorf("next step %q, want %q", got, want)
	}
}
