package verb

import (
	"github.com/rabbitctl/rabbitctl/pkg/app"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
)

// Ask makes the Ask for a listing from the arguments and from the virtual host of the settings. It is for a command
// that reads the rows of the listing itself and writes its own notes. A wrong number of arguments is a usage error.
func (l List) Ask(a *app.App, args []string) (Ask, error) {
	ask := Ask{Host: Silent(a), Args: args}
	switch {
	case len(args) < len(l.Args) && !l.Args[len(args)].Optional:
		return ask, fail.Usagef("%s: %s is missing", l.Name, l.Args[len(args)].Name).Next("usage: %s", usage(l.Name, l.Args))
	case len(args) > len(l.Args):
		return ask, fail.Usagef("%s: unexpected argument %q", l.Name, args[len(l.Args)]).
			Next("usage: %s", usage(l.Name, l.Args))
	}
	for i, arg := range args {
		if err := addressable(l.Args[i].Name, arg); err != nil {
			return ask, err
		}
	}
	var err error
	if l.Scoped {
		ask.VHost, err = scope(a, usualVHost(l.OneVHost))
	}
	return ask, err
}
