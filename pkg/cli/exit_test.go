package cli

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/rabbitctl/rabbitctl/pkg/fail"
)

// Scripts rely on the exit codes: a change here breaks somebody's cron job.
func TestExitCodes(t *testing.T) {
	want := map[fail.Kind]int{
		"": 0, fail.Warning: 1, fail.Critical: 2, fail.Unknown: 3, fail.Differs: 4, fail.Unlike: 1,
		fail.Usage: 64, fail.NotFound: 65, fail.Data: 65, fail.NoUser: 67, fail.Unreachable: 69, fail.Unavailable: 69,
		fail.Internal: 70, fail.Output: 74, fail.Timeout: 75, fail.Incomplete: 75, fail.Lost: 75, fail.Denied: 77,
		fail.Config: 78, fail.Canceled: 130,
	}
	got := map[fail.Kind]int{}
	for _, e := range exits() {
		got[e.kind] = e.code
		if exitCode(e.kind) != e.code || e.meaning == "" || strings.HasSuffix(e.meaning, ".") {
			t.Errorf("%q: %d, %q", e.kind, exitCode(e.kind), e.meaning)
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if got := exitCode("never heard of"); got != 70 {
		t.Errorf("an unknown kind is %d", got)
	}
}

// A command can also end with exit code 4 after a change: add_vhost, if the broker keeps other settings than it was sent.
func TestExitCodes_differs(t *testing.T) {
	for _, e := range exits() {
		if e.code == 4 && (strings.Contains(e.meaning, "nothing was changed") ||
			!strings.Contains(e.meaning, "still not as wanted after the change")) {
			t.Errorf("%d: %s", e.code, e.meaning)
		}
	}
}

func TestClassify_flagLibrarysErrorsAreUsage(t *testing.T) {
	for _, text := range []string{"unknown command \"x\" for \"rabbitctl version\"", "unknown flag: --x",
		"unknown shorthand flag: 'x' in -x",
		"flag needs an argument: --sort", "invalid argument \"x\" for \"--limit\" flag: strconv.ParseInt",
		`required flag(s) "x" not set`} {
		if got := fail.KindOf(classify(errors.New(text))); got != fail.Usage {
			t.Errorf("%s: %s", text, got)
		}
	}
	for _, err := range []error{errors.New("something else"), fmt.Errorf("about an unknown flag")} {
		if got := fail.KindOf(classify(err)); got != fail.Internal {
			t.Errorf("%v: %s", err, got)
		}
	}
	known := fail.New(fail.Data, "unknown flag: of a broker")
	if got := classify(known); !errors.Is(got, known) {
		t.Errorf("a classified error was changed: %v", got)
	}
}
