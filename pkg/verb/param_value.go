package verb

import (
	"strings"

	"github.com/rabbitctl/rabbitctl/pkg/change"
)

// paramValue is a flag of a parameter. The help shows the holder where the value stands: --type classic|quorum|stream.
type paramValue struct {
	set    func(text string) error
	holder string
	// listed means that it takes several words, with commas between them.
	listed bool
}

func (v paramValue) Set(text string) error { return v.set(text) }
func (v paramValue) String() string        { return "" }

// Type is what the help shows for the value.
func (v paramValue) Type() string { return v.holder }

// holderOf is what the help shows for the value of a parameter: its words where they are few, else one word in capitals.
// A word in backquotes in the help takes precedence.
func holderOf(p change.Param) string {
	const few = 36
	switch words := strings.Join(p.Words, "|"); {
	case words != "" && len(words) <= few:
		return words
	case words != "":
		return "WORD"
	case p.Kind == change.Whole:
		return "N"
	}
	return strings.ToUpper(p.Name[strings.LastIndexByte(p.Name, '-')+1:])
}
