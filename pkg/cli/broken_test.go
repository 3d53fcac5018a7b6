package cli

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
)

// No line of any help is wider than the screen unless a word is, nothing is lost, and an example is still the same command.
func TestBroken_everyHelp(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("testdata/help/*.golden")
	if err != nil || len(files) < 100 {
		t.Fatalf("%d files, %v", len(files), err)
	}
	same := func(s string) string {
		return strings.Join(strings.Fields(strings.ReplaceAll(s, " \\\n", " ")), " ")
	}
	for _, file := range files {
		b, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, screen := range []int{80, 100, 200} {
			got := broken(string(b), screen)
			for _, line := range strings.Split(got, "\n") {
				if widest := utf8.RuneCountInString(line); widest > screen && len(strings.Fields(line)) > 2 && !strings.Contains(line, "'") {
					t.Errorf("%s at %d columns: %d in %q", file, screen, widest, line)
				}
			}
			if diff := cmp.Diff(same(string(b)), same(got)); diff != "" {
				t.Errorf("%s says something else at %d columns:\n%s", file, screen, diff)
			}
		}
	}
}

func TestBroken(t *testing.T) {
	t.Parallel()
	text := `A paragraph whose lines are of such a length that
they are laid out anew, and

another one.

Examples:
  rabbitctl list_queues name messages --where 'messages > 1000'

Flags:
      --limit N   print at most N rows, and no more than these
  -p, --vhost V   virtual host

  a_name_that_is_longer_than_its_column  what it is for`
	want := `A paragraph whose lines are of such a length that
they are laid out anew, and

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
