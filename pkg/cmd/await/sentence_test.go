package await

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/steps"
)

func TestParseSentence(t *testing.T) {
	tests := []struct {
		words []string
		want  sentence
	}{
		{[]string{"list_queues"}, sentence{listing: "list_queues"}},
		{[]string{"list_queues where messages > 0"}, sentence{listing: "list_queues", where: "messages > 0"}},
		{[]string{"list_queues", "where", `name == "a where b"`}, sentence{listing: "list_queues",
			where: `name == "a where b"`}},
		{[]string{" list_user_permissions\tann  where vhost == '/' "}, sentence{listing: "list_user_permissions",
			args: []string{"ann"}, where: "vhost == '/'"}},
		{[]string{"list_user_permissions", "whereabouts"}, sentence{listing: "list_user_permissions",
			args: []string{"whereabouts"}}},
	}
	for _, tt := range tests {
		got, err := parseSentence(tt.words)
		if diff := cmp.Diff(tt.want, got, cmp.AllowUnexported(sentence{})); err != nil || diff != "" {
			t.Errorf("%q: %v\n%s", tt.words, err, diff)
		}
	}
	for _, words := range [][]string{nil, {""}, {" \t"}, {"list_queues where"}, {"list_queues where  "}} {
		if _, err := parseSentence(words); fail.KindOf(err) != fail.Usage || steps.Of(err) == "" {
			t.Errorf("%q: %v", words, err)
		}
	}
}

func FuzzParseSentence(f *testing.F) {
	f.Add("list_queues where messages > 0")
	f.Add("a b\nwhere c")
	f.Fuzz(func(t *testing.T, text string) {
		s, err := parseSentence([]string{text})
		if err != nil {
			if fail.KindOf(err) != fail.Usage {
				t.Fatal(err)
			}
			return
		}
		if s.listing == "" || strings.ContainsAny(s.listing, " \t\n") {
			t.Fatalf("%q: %+v", text, s)
		}
		// A sentence that was parsed can be written as words and parsed again.
		words := append([]string{s.listing}, s.args...)
		if s.where != "" {
			words = append(words, "where", s.where)
		}
		again, err := parseSentence(words)
		if diff := cmp.Diff(s, again, cmp.AllowUnexported(sentence{})); err != nil || diff != "" {
			t.Fatalf("%q: %v\n%s", text, err, diff)
		}
	})
}
