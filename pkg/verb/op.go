package verb

import (
	"strings"

	"github.com/spf13/pflag"

	"github.com/rabbitctl/rabbitctl/pkg/change"
	"github.com/rabbitctl/rabbitctl/pkg/config"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
)

// About is the help text of a change.
type About struct{ Short, Long, Example string }

// Of makes the rabbitctl command for a change.
func Of(made func() change.Op, about About) Change {
	o := &op{made: made, Op: made(), files: map[string]string{}, texts: map[string]string{}}
	cmd := Change{Name: o.Name, Short: about.Short, Long: about.Long, Example: about.Example, Destructive: o.Loses,
		reads:    o.read,
		Unscoped: !o.Scoped, Everywhere: o.Everywhere, Flags: o.flags, Validate: o.validate, Plan: o.plan,
		Bulk:    o.Each || o.Many,
		Lasting: o.Lasting, NamesNodes: o.NamesNodes, erlang: o.Erlang, orErlang: o.OrErlang}
	if o.Op.Read != nil {
		cmd.local = o.local
	}
	if o.LocalOption != "" {
		cmd.file = o.localFile
	}
	for _, p := range o.Params {
		switch {
		case p.In == change.OfficialOnly, p.Role == change.Option:
		case p.Secret:
			cmd.secret = &newPassword{set: func(text string) error {
				o.secret = text
				return nil
			}}
			o.generates = &cmd.secret.generate
		default:
			o.args = append(o.args, p)
			cmd.Args = append(cmd.Args, argOf(p))
		}
	}
	if o.Each {
		// The names of the items can be in a file instead.
		cmd.Args[0].Many, cmd.Args[0].Optional = true, true
		cmd.reads = o.items
	}
	cmd.wide, cmd.completes = o.wide, o.complete
	return cmd
}

func argOf(p change.Param) Arg {
	return Arg{Name: strings.ToUpper(p.Name), Many: p.Role == change.Rest,
		Optional: p.Role == change.Rest || p.Optional || p.Filed,
		Free:     p.Free, Complete: p.Names, OnNode: p.OnNode, Words: p.Words}
}

// op holds what the command line gives for a change, as text, until it becomes a plan.
type op struct {
	change.Op
	made func() change.Op
	// args are the positional parameters. told holds the texts typed for options, in the order of the command line.
	args   []change.Param
	told   []told
	secret string
	// generates points to the value of --generate; nil if the change sets no password.
	generates *bool
	// files are the paths of the files with values of parameters, by the parameter's name, and texts are their contents.
	files, texts map[string]string
	// itemFile is the file with the names of items.
	itemFile string
	// begun is the change after it has read its local files; nil means that it has no such files.
	begun *change.Op
	// check means that the command only compares (--check). ifExists means that a missing object is not a failure
	// (--if-exists).
	check, ifExists bool
}

// told is one option and the text typed for it.
type told struct {
	change.Param
	text string
}

func (o *op) flags(fs *pflag.FlagSet) {
	for _, p := range o.Params {
		if p.In == change.OfficialOnly {
			continue
		}
		if p.Filed {
			o.fileFlag(fs, p)
		}
		if p.Role == change.Option {
			option(fs, p, func(text string) error {
				o.told = append(o.told, told{p, text})
				return nil
			})
		}
	}
	if o.AMQP {
		config.BindAMQPFlag(fs)
	}
	if o.Erlang || o.OrErlang {
		config.BindDistributionFlags(fs)
	}
	if o.Each {
		fs.StringVar(&o.itemFile, "from-file", "", "`FILE` with names, one on each line; they are added to those on the "+
			"command line, if there are any; - is standard input")
	}
	if o.Removes {
		fs.BoolVar(&o.ifExists, "if-exists", false, "do not fail if the "+change.InWords(o.Noun)+" does not exist")
	}
	if o.Compares {
		differs := "the present state differs, 65 if the object, or one that it needs, does not exist"
		if o.Many {
			differs = "something is still to do"
		}
		fs.BoolVar(&o.check, "check", false, "only compare, change nothing; exit code 4 if "+differs)
	}
}

// Options adds a flag for each parameter that is an option. It is for commands that take the options of a change but do
// not make the change.
func Options(fs *pflag.FlagSet, params []change.Param) {
	for _, p := range params {
		if p.Role == change.Option {
			option(fs, p, p.Set)
		}
	}
}

// option adds the flag of a parameter. set receives the text of the flag.
func option(fs *pflag.FlagSet, p change.Param, set func(text string) error) {
	help, holder := p.Help, holderOf(p)
	if len(p.Words) > 0 && holder != strings.Join(p.Words, "|") {
		help += ": " + strings.Join(p.Words, ", ")
	}
	if p.Default != "" && p.Kind != change.Truth {
		help += " (default " + p.Default + ")"
	}
	if p.Kind == change.Truth {
		fs.BoolFunc(p.Name, help, set)
		return
	}
	fs.Var(paramValue{set, holder, p.Listed}, p.Name, help)
	if len(p.Words) > 0 {
		Words(fs, p.Name, p.Words...)
	}
}

// fresh makes a new change and sets its parameters.
func (o *op) fresh(args []string) (change.Op, error) {
	fresh := o.made()
	at := 0
	for _, p := range fresh.Params {
		var words []string
		text, filed := o.texts[p.Name]
		switch {
		case p.In == change.OfficialOnly:
			continue
		case filed:
			words = []string{text}
		case p.Secret:
			words = []string{o.secret}
		case p.Role == change.Option:
			for _, t := range o.told {
				if t.Name == p.Name {
					words = append(words, t.text)
				}
			}
		case p.Role == change.Rest:
			words = args[min(at, len(args)):]
		case at < len(args):
			words = args[at : at+1]
			at++
		}
		for _, word := range words {
			if err := p.Set(word); err != nil {
				return fresh, inParam(p, filed, err)
			}
		}
	}
	return fresh, nil
}

// inParam adds to an error the name of the parameter that it is about, or of the option that gave the file with the
// value.
func inParam(p change.Param, filed bool, err error) error {
	name := shownName(p)
	if filed {
		name = "--" + p.Name + "-file"
	}
	e := fail.Usagef("%s: %v", name, err)
	e.Hint = fail.HintOf(err)
	return e
}

// localFile returns the text typed for the option that names the local file to change, or "" if it was not typed.
func (o *op) localFile() string {
	for _, t := range o.told {
		if t.Name == o.LocalOption {
			return t.text
		}
	}
	return ""
}

// runs returns the arguments of each run: one run, or one for each name.
func (o *op) runs(args []string) [][]string {
	if !o.Each {
		return [][]string{args}
	}
	runs := make([][]string, len(args))
	for i, name := range args {
		runs[i] = []string{name}
	}
	return runs
}

func (o *op) validate(ask Ask) error {
	for _, args := range o.runs(ask.Args) {
		fresh, err := o.fresh(args)
		if err == nil && fresh.Check != nil {
			err = fresh.Check()
		}
		if err != nil {
			return err
		}
	}
	return o.speakable(ask)
}

// speakable refuses text that is not UTF-8, if the change would make or set something with it.
func (o *op) speakable(ask Ask) error {
	if change.OnlyRemoves(o.Name) {
		return nil
	}
	if err := change.NotUTF8("--vhost", ask.VHost); err != nil {
		return err
	}
	for i, word := range ask.Args {
		p := o.args[min(i, len(o.args)-1)]
		if err := change.NotUTF8(strings.ToUpper(p.Name), word); err != nil && !p.File {
			return err
		}
	}
	for _, t := range o.told {
		if err := change.NotUTF8("--"+t.Name, t.text); err != nil && !t.File {
			return err
		}
	}
	return nil
}
