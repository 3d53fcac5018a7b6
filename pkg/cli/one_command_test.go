package cli_test

import (
	"bytes"
	"testing"

	"github.com/rabbitctl/rabbitctl/pkg/app"
	"github.com/rabbitctl/rabbitctl/pkg/cli"
	"github.com/rabbitctl/rabbitctl/pkg/iostreams"
)

// A run creates only the commands that its command line names. Each must be the same as in the whole command tree.
func TestRun_makesTheSameCommand(t *testing.T) {
	t.Parallel()
	streams, _, _ := iostreams.Test("")
	whole := cli.Root(app.New(streams, nil, "test"))
	for _, cmd := range whole.Commands() {
		if !cmd.IsAvailableCommand() {
			continue
		}
		var want bytes.Buffer
		whole.SetOut(&want)
		whole.SetArgs([]string{"help", cmd.Name()})
		if err := whole.ExecuteContext(t.Context()); err != nil {
			t.Fatal(err)
		}
		streams, out, errOut := iostreams.Test("")
		if code := cli.Run(t.Context(), app.New(streams, nil, "test"), []string{cmd.Name(), "--help"}); code != 0 ||
			out.String() != want.String() || errOut.Len() > 0 {
			t.Errorf("%s --help: exit %d, %d bytes, and in the whole tree %d; stderr %q", cmd.Name(), code, out.Len(),
				want.Len(), errOut)
		}
	}
	for _, args := range [][]string{{"--version"}, {"version"}} {
		streams, out, _ := iostreams.Test("")
		if code := cli.Run(t.Context(), app.New(streams, nil, "test"), args); code != 0 || out.Len() == 0 {
			t.Errorf("%q: exit %d, %q", args, code, out)
		}
	}
}
