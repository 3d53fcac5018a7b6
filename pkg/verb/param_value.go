package verb

import (
	"strings"

	"github.com/rabbitctl/rabbitctl/pkg/change"
)

// paramValue is the value of a parameter's flag. The help shows holder in place of the value: --type
// classic|quorum|stream.
type paramValue struct {
	set    func(text string) error
	holder string
	// listed means that the flag takes several words, separated by commas.
	listed bool
}

func (v paramValue) Set(text string) error { return v.set(text) }
func (v paramValue) String() string        { return "" }

// Type returns the text that the help shows in place of the value.
func (v paramValue) Type() string { return v.holder }

// holderOf returns the text that the help shows in place of a parameter's value: the allowed words if they are short
// enough, otherwise one word in capitals. A word in backquotes in the help takes precedence.
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
