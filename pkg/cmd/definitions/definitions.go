// Package definitions has the commands about what a broker has declared, as a whole.
package definitions

import (
	"strings"

	"github.com/rabbitctl/rabbitctl/pkg/definitions"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/verb"
)

// Commands are this noun's commands, in the order of the help.
func Commands() []verb.Command {
	return []verb.Command{export{}, check(), imports()}
}

// kindNames are what the kinds of objects are called.
func kindNames() []string {
	var names []string
	for _, k := range definitions.Kinds() {
		names = append(names, k.String())
	}
	return names
}

// kindsOf are the kinds that --only names.
func kindsOf(only []string) ([]definitions.Kind, error) {
	var kinds []definitions.Kind
	for _, name := range only {
		k, is := definitions.KindNamed(name)
		if !is {
			return nil, fail.Usagef("--only: there are no definitions of %q%s", name, fail.DidYouMean(name, kindNames())).
				Next("kinds: %s", strings.Join(kindNames(), ", "))
		}
		kinds = append(kinds, k)
	}
	return kinds, nil
}
