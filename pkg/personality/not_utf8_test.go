package personality

import (
	"strings"
	"testing"

	"github.com/rabbitctl/rabbitctl/pkg/change"
)

// Every official command that creates or sets something refuses an argument that is not UTF-8 before it sends a
// request. 4.3 accepts some such names, and after that each listing fails.
func TestNotUTF8_everyChange(t *testing.T) {
	refused := 0
	for _, d := range commands() {
		if !d.changes || change.OnlyRemoves(d.name) {
			continue
		}
		for i := range wordsFor(d) {
			words := append([]string{d.name}, wordsFor(d)...)
			if strings.HasPrefix(words[i+1], "--") || d.name == "import_definitions" {
				continue // an option, or a file, whose content is another matter
			}
			words[i+1] += "\xff"
			w := newWire(t)
			a, out, errs := inContext(t, w.URL, "", "", false)
			r := &run{app: a, tool: "rabbitmqctl", command: d.name, typed: words}
			err := r.perform(t.Context(), d)
			refused++
			if err == nil || len(w.requests) > 0 {
				t.Errorf("%q: %v, %q %q; sent: %q", words, err, out(), errs(), w.requests)
			}
		}
	}
	if refused < 45 {
		t.Errorf("only %d lines", refused)
	}
}
