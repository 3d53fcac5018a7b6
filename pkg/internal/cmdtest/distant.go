package cmdtest

import (
	"fmt"
	"strings"
	"testing"

	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/internal/brokertest"
	"github.com/rabbitctl/rabbitctl/pkg/internal/nodetest"
	"github.com/rabbitctl/rabbitctl/pkg/verb"
)

// DistantCase is a command line that goes to a node over Erlang distribution, and what is expected: a text in its
// output (Out), a text in its notes or its error (Err), and the kind of the error (Kind), which is "" for success.
type DistantCase struct {
	Line, Out, Err string
	Kind           fail.Kind
}

// NewDistantCase makes a DistantCase, so that a table of tests can have one line for each. kind is "" for a command
// that succeeds.
func NewDistantCase(line, out, err string, kind fail.Kind) DistantCase {
	return DistantCase{line, out, err, kind}
}

// Distant runs the lines one after the other against the node. The test fails if a command asks the HTTP API, or shows
// the cookie.
func Distant(t *testing.T, commands func() []verb.Command, n *nodetest.Node, all []DistantCase) {
	t.Helper()
	for _, c := range all {
		r := Run{Commands: commands(), Env: n.Env(t)}.Do(t, brokertest.New(t), strings.Fields(c.Line)...)
		said := r.Err
		if r.Error != nil {
			said += r.Error.Error()
		}
		if !strings.Contains(r.Out, c.Out) || !strings.Contains(said, c.Err) || fail.KindOf(r.Error) != c.Kind {
			t.Errorf("%s: %q %q, which is %q", c.Line, r.Out, said, fail.KindOf(r.Error))
		}
		if strings.Contains(fmt.Sprint(r), "secret") || len(r.Requests) > 0 {
			t.Errorf("%s: the cookie is shown, or HTTP is asked: %+v", c.Line, r)
		}
	}
}
