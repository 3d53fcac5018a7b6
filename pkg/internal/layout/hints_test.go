package layout

import (
	"go/ast"
	"go/token"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	command "github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/rabbitctl/rabbitctl/pkg/app"
	"github.com/rabbitctl/rabbitctl/pkg/cli"
	"github.com/rabbitctl/rabbitctl/pkg/iostreams"
)

// TestHintsNameWhatThereIs: if a text contains a command line of rabbitctl, the command exists and has the flags of
// this command line.
func TestHintsNameWhatThereIs(t *testing.T) {
	t.Parallel()
	streams, _, _ := iostreams.Test("")
	root := cli.Root(app.New(streams, nil, "test"))
	// A word after "rabbitctl" that has an underscore must be a command. A word without an underscore that is no command
	// is taken as a verb of the sentence, as in "rabbitctl uses", and is skipped.
	line := regexp.MustCompile(`rabbitctl ((?:-[-a-zA-Z]+ \S+ )*)([a-z][a-z_-]*[a-z])\b([^;:|)\n"]*)`)
	flag := regexp.MustCompile(`(?:^|[ \[(])(--[a-z][-a-z]*|-[a-z]\b)`)
	seen := 0
	places := []string{"steps", "verb", "diagnose", "change", "cmd", "health", "cli", "app", "config", "survey"}
	for _, place := range places {
		each(t, filepath.Join("..", "..", place), func(files *token.FileSet, f *ast.File) {
			ast.Inspect(f, func(n ast.Node) bool {
				text, is := n.(*ast.BasicLit)
				if !is || text.Kind != token.STRING {
					return true
				}
				words, err := strconv.Unquote(text.Value)
				if err != nil {
					t.Fatal(err)
				}
				for _, found := range line.FindAllStringSubmatch(words, -1) {
					cmd, _, err := root.Find([]string{found[2]})
					switch {
					case cmd != nil && cmd.Name() == "as":
						continue // its flags are those of the other tool
					case (err != nil || cmd == root) && strings.Contains(found[2], "_"):
						t.Errorf("%s: there is no command %s: %q", files.Position(text.Pos()), found[2], found[0])
						continue
					case err != nil || cmd == root:
						continue
					}
					if sub, _, err := cmd.Find(strings.Fields(found[3])); err == nil {
						cmd = sub
					}
					seen++
					for _, fl := range flag.FindAllStringSubmatch(" "+found[1]+found[3], -1) {
						if !takes(cmd, fl[1]) {
							t.Errorf("%s: %s takes no %s: %q", files.Position(text.Pos()), cmd.Name(), fl[1], found[0])
						}
					}
				}
				return true
			})
		})
	}
	if seen < 100 {
		t.Errorf("only %d command lines were found", seen)
	}
}

// takes reports whether the command has the flag, such as "--name" or "-n".
func takes(cmd *command.Command, flag string) bool {
	for _, set := range []*pflag.FlagSet{cmd.Flags(), cmd.InheritedFlags(), cmd.PersistentFlags()} {
		if name, long := strings.CutPrefix(flag, "--"); long && set.Lookup(name) != nil ||
			!long && set.ShorthandLookup(flag[1:]) != nil {
			return true
		}
	}
	return flag == "--help" || flag == "-h"
}
