package personality

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestParse(t *testing.T) {
	known, letters := globals()
	known["online"], known["table-headers"] = truth, truth
	for _, c := range []struct {
		typed   string
		words   string
		options map[string]string
		invalid string
	}{
		{"list_queues", "list_queues", nil, ""},
		{"-q list_queues -p v", "list_queues", map[string]string{"quiet": "true", "vhost": "v"}, ""},
		{"-qp v list_queues", "list_queues", map[string]string{"quiet": "true", "vhost": "v"}, ""},
		{"-qs list_vhosts", "list_vhosts", map[string]string{"quiet": "true", "silent": "true"}, ""},
		{"list_queues -p=v", "list_queues", map[string]string{"vhost": "v"}, ""},
		{"list_queues -t30", "list_queues", map[string]string{"timeout": "30"}, ""},
		{"list_queues --vhost=v --no-quiet", "list_queues", map[string]string{"vhost": "v", "quiet": "false"}, ""},
		{"list_queues --no-table-headers name", "list_queues name", map[string]string{"table-headers": "false"}, ""},
		{"list_queues --quiet=false", "list_queues", map[string]string{"quiet": "false"}, ""},
		{"list_queues --quiet=maybe", "list_queues", nil, "--quiet : maybe"},
		{"-q --no-quiet -q x", "x", map[string]string{"quiet": "true"}, ""},
		{"-- list_queues --online", "list_queues --online", nil, ""},
		{"list_queues -1 name", "list_queues -1 name", nil, ""},
		{"list_queues -", "list_queues -", nil, ""},
		// The tools of 3.10 and 4.3 refuse these command lines with these words.
		{"list_queues name --bogus", "list_queues name", nil, "--bogus : "},
		{"list_queues -t abc", "list_queues", nil, "-t : abc"},
		{"list_queues -t 10.5", "list_queues", nil, "-t : 10.5"},
		{"list_queues --vhost", "list_queues", nil, "--vhost : "},
		{"list_queues --vhost --quiet", "list_queues", map[string]string{"quiet": "true"}, "--vhost : "},
		{"list_users -x -y 3", "list_users 3", nil, "-x : |-y : "},
		{"--dry_run list_queues", "list_queues", nil, "--dry_run : "},
		{"list_queues --onl", "list_queues", nil, "--onl : "},
	} {
		l := parse(strings.Fields(c.typed), known, letters)
		if c.options == nil {
			c.options = map[string]string{}
		}
		var invalid []string
		for _, o := range l.invalid {
			invalid = append(invalid, o.name+" : "+o.value)
		}
		if diff := cmp.Diff(c.options, l.options); diff != "" || strings.Join(l.words, " ") != c.words ||
			strings.Join(invalid, "|") != c.invalid {
			t.Errorf("%s: words %q, invalid %q, options %s", c.typed, l.words, invalid, diff)
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, seed := range []string{"list_queues -p v", "-qp=v --no-quiet --", "-t5 -é9 --=x", "-1 -n", "-ab-c"} {
		f.Add(seed)
	}
	known, letters := globals()
	f.Fuzz(func(t *testing.T, typed string) {
		words := strings.Split(typed, " ")
		l := parse(words, known, letters)
		for name := range l.options {
			if _, ok := known[name]; !ok {
				t.Errorf("%q: unknown option %q was taken", typed, name)
			}
		}
		if len(l.words) > len(words) {
			t.Errorf("%q: more words than were typed: %q", typed, l.words)
		}
	})
}
