package personality_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/rabbitctl/rabbitctl/pkg/internal/nodetest"
	"github.com/rabbitctl/rabbitctl/pkg/personality"
)

// TestCookieIsNowhere: no official command that uses Erlang distribution shows the cookie, whether the node accepts the
// cookie or not.
func TestCookieIsNowhere(t *testing.T) {
	t.Parallel()
	const canary = "CANARYOFTHECOOKIE"
	names := append(personality.Distant(), "list_queues")
	if len(names) < 30 {
		t.Fatalf("%q", names)
	}
	for _, other := range []string{"", "another"} {
		n := (&nodetest.Node{Cookie: canary + other, Calls: nodetest.Itself(nil)}).Start(t)
		for _, name := range names {
			for _, args := range [][]string{nil, {"1"}, {"x", "1"}, {"a", "b", "{}"}} {
				out, errs, _ := withCookie(t, n, canary, slices.Concat([]string{name, "-t", "3"}, args)...)
				if strings.Contains(out+errs, canary) {
					t.Errorf("%s %q shows the cookie: %q %q", name, args, out, errs)
				}
			}
		}
		if asked := n.Asked(); other == "" && len(asked) < len(names) || other != "" && len(asked) > 0 {
			t.Errorf("cookie %q: %d functions were called", other, len(asked))
		}
	}
}
