package await

import (
	"strings"

	"github.com/rabbitctl/rabbitctl/pkg/fail"
)

// sentence is the command line of wait_for: a listing, the arguments of the listing, and a filter.
type sentence struct {
	listing string
	args    []string
	// where is the filter; "" means no filter.
	where string
}

// parseSentence parses "list_queues where messages > 0" or "list_user_permissions ann where vhost == '/'". The text can
// be one word of the shell, or several.
func parseSentence(words []string) (sentence, error) {
	text := strings.TrimSpace(strings.Join(words, " "))
	if text == "" {
		return sentence{}, fail.Usagef("LISTING is missing").
			Next("for example: rabbitctl wait_for 'list_queues where name == \"orders\"'")
	}
	var s sentence
	for text != "" {
		word, rest := text, ""
		if i := strings.IndexAny(text, " \t\n"); i >= 0 {
			word, rest = text[:i], strings.TrimLeft(text[i:], " \t\n")
		}
		switch {
		case s.listing == "":
			s.listing = word
		case word == "where":
			if s.where = strings.TrimSpace(rest); s.where == "" {
				return s, fail.Usagef("nothing follows where").
					Next("for example: rabbitctl wait_for 'list_queues where name == \"orders\"'")
			}
			return s, nil
		default:
			s.args = append(s.args, word)
		}
		text = rest
	}
	return s, nil
}
