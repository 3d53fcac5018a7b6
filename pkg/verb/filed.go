package verb

import (
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/spf13/pflag"

	"github.com/rabbitctl/rabbitctl/pkg/app"
	"github.com/rabbitctl/rabbitctl/pkg/change"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/record"
)

// fileFlag adds the flag that names the file with the value of a parameter.
func (o *op) fileFlag(fs *pflag.FlagSet, p change.Param) {
	fs.Func(p.Name+"-file", "`FILE` that holds the "+shownName(p)+"; - is standard input", func(text string) error {
		o.files[p.Name] = text
		return nil
	})
}

// shownName returns the name of a parameter in the help: VALUE, or --source-uri.
func shownName(p change.Param) string {
	if p.Role == change.Option {
		return "--" + p.Name
	}
	return strings.ToUpper(p.Name)
}

// read reads the files with values of parameters. It refuses a parameter that is given twice, and an argument that is
// not given at all.
func (o *op) read(a *app.App, args []string, stdinTaken bool) (items []string, err error) {
	at := 0
	for _, p := range o.Params {
		if p.In == change.OfficialOnly || p.Secret {
			continue
		}
		typed := o.typedFor(p.Name)
		if p.Role == change.Positional {
			typed, at = args[min(at, len(args)):min(at+1, len(args))], at+1
		}
		given := len(typed) > 0
		if p.Filed && slices.ContainsFunc(typed, func(text string) bool { return record.MaskURIs(text) != text }) {
			note(a, "%s holds a password, which every user of this machine can read with ps: use --%s-file FILE instead",
				shownName(p), p.Name)
		}
		path, named := o.files[p.Name]
		switch {
		case !p.Filed, given && !named:
			continue
		case given:
			return nil, fail.Usagef("%s and --%s-file both give the value", shownName(p), p.Name).Next("give only one of them")
		case !named && p.Role == change.Positional:
			return nil, fail.Usagef("%s is missing", shownName(p)).
				Next("it follows the other arguments, or --%s-file FILE reads it; - is standard input", p.Name)
		case !named:
			continue
		case path == "-" && stdinTaken:
			return nil, fail.Usagef("--%s-file - reads standard input, but another option reads it too", p.Name).
				Next("name a file, as in --%s-file FILE", p.Name)
		}
		text, err := contents(a, path)
		if err != nil {
			return nil, err
		}
		o.texts[p.Name], stdinTaken = text, stdinTaken || path == "-"
	}
	return nil, nil
}

// items returns the names in the file of --from-file, each checked as if it were typed.
func (o *op) items(a *app.App, args []string, stdinTaken bool) (items []string, err error) {
	name := strings.ToUpper(o.args[0].Name)
	switch {
	case o.itemFile == "" && len(args) == 0:
		return nil, fail.Usagef("%s is missing", name).
			Next("give it after %s, or give --from-file FILE, which has one name on each line", o.Name)
	case o.itemFile == "":
		return nil, nil
	case o.itemFile == "-" && stdinTaken:
		return nil, fail.Usagef("--from-file - reads standard input, but another option reads it too").
			Next("name a file")
	}
	text, err := whole(a, o.itemFile)
	if err != nil {
		return nil, err
	}
	for line := range strings.Lines(text) {
		if line = strings.TrimRight(line, "\r\n"); line == "" {
			continue
		}
		if !o.args[0].Free {
			if err := addressable(name, line); err != nil {
				return nil, err
			}
		}
		items = append(items, line)
	}
	if len(items)+len(args) == 0 {
		from := o.itemFile
		if from == "-" {
			from = "standard input"
		}
		return nil, fail.New(fail.Data, "there is no name in %s", from).Next("each name is a line of its own")
	}
	return items, nil
}

// typedFor returns the texts that were typed for an option.
func (o *op) typedFor(name string) (texts []string) {
	for _, t := range o.told {
		if t.Name == name {
			texts = append(texts, t.text)
		}
	}
	return texts
}

// contents returns the contents of a file without white space around them.
func contents(a *app.App, path string) (string, error) {
	text, err := whole(a, path)
	return strings.TrimSpace(text), err
}

// whole returns the contents of a file, or of standard input for "-".
func whole(a *app.App, path string) (string, error) {
	var data []byte
	var err error
	if path == "-" {
		data, err = a.ReadInput()
	} else {
		data, err = a.ReadFile(path)
	}
	switch {
	case err != nil:
		return "", err
	case !utf8.Valid(data):
		return "", fail.New(fail.Data, "the contents of %s are not UTF-8", path)
	}
	return string(data), nil
}
