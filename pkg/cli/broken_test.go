package cli

import (
	"bytes"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"github.com/spf13/cobra"

	"github.com/rabbitctl/rabbitctl/pkg/app"
	"github.com/rabbitctl/rabbitctl/pkg/internal/brokertest"
	"github.com/rabbitctl/rabbitctl/pkg/iostreams"
)

// TestBroken_everyHelp: no line of any help is wider than the screen, unless it has only two words or a quoted text. No
// text is lost, and every example stays the same command.
func TestBroken_everyHelp(t *testing.T) {
	t.Parallel()
	streams, _, _ := iostreams.Test("")
	same := func(s string) string {
		return strings.Join(strings.Fields(strings.ReplaceAll(s, " \\\n", " ")), " ")
	}
	seen := 0
	var walk func(*cobra.Command)
	walk = func(c *cobra.Command) {
		for _, sub := range c.Commands() {
			walk(sub)
		}
		var text bytes.Buffer
		c.SetOut(&text)
		if err := c.Help(); err != nil {
			t.Fatal(err)
		}
		seen++
		for _, screen := range []int{80, 100, 200} {
			got := broken(text.String(), screen)
			for _, line := range strings.Split(got, "\n") {
				if widest := utf8.RuneCountInString(line); widest > screen && len(strings.Fields(line)) > 2 &&
					!strings.Contains(line, "'") {
					t.Errorf("%s at %d columns: %d in %q", c.CommandPath(), screen, widest, line)
				}
			}
			if diff := cmp.Diff(same(text.String()), same(got)); diff != "" {
				t.Errorf("%s says something else at %d columns:\n%s", c.CommandPath(), screen, diff)
			}
		}
	}
	walk(Root(app.New(streams, []string{brokertest.NoHome}, "test")))
	if seen < 100 {
		t.Errorf("only %d helps", seen)
	}
}

func TestBroken(t *testing.T) {
	t.Parallel()
	text := `A paragraph whose lines are of such a length that
they are laid out again, and

another one.

Examples:
  rabbitctl list_queues name messages --where 'messages > 1000'

Flags:
      --limit N   print at most N rows, and no more than these
  -p, --vhost V   virtual host

  a_name_that_is_longer_than_its_column  what it is for`
	want := `A paragraph whose lines are of such a length that
they are laid out again, and

another one.

Examples:
  rabbitctl list_queues name messages --where \
      'messages > 1000'

Flags:
      --limit N   print at most N rows, and no
                  more than these
  -p, --vhost V   virtual host

  a_name_that_is_longer_than_its_column
                  what it is for`
	if diff := cmp.Diff(want, broken(text, 50)); diff != "" {
		t.Error(diff)
	}
	if got := broken(text, 0); got != text {
		t.Errorf("without a width: %s", got)
	}
}
