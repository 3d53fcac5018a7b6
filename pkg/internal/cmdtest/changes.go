package cmdtest

import (
	"path"
	"strings"
	"testing"

	"github.com/rabbitctl/rabbitctl/pkg/internal/brokertest"
	"github.com/rabbitctl/rabbitctl/pkg/verb"
)

// ChangeCase is a command line that may change something, and the broker's answers.
type ChangeCase struct {
	// Name is the name of the golden file. If it ends in "terminal", the command runs at a terminal.
	Name, Words string
	// Input is the standard input.
	Input string
	// Answers are given one after the other to the same request, each as "METHOD /api/PATH STATUS BODY".
	Answers []string
}

// NewChange is a ChangeCase in one line.
func NewChange(name, words, input string, answers []string) ChangeCase {
	return ChangeCase{Name: name, Words: words, Input: input, Answers: answers}
}

// Changes runs the cases in parallel and compares each with its golden file in a folder below testdata. The golden file
// has the requests too, with what was sent.
func Changes(t *testing.T, commands func() []verb.Command, folder string, cases []ChangeCase) {
	t.Helper()
	for _, c := range cases {
		t.Run(c.Name, func(t *testing.T) {
			t.Parallel()
			s := brokertest.New(t)
			for _, answer := range c.Answers {
				method, rest, _ := strings.Cut(answer, " ")
				request, rest, _ := strings.Cut(rest, " ")
				status, body := brokertest.StatusOf(rest + "  ")
				body = strings.TrimSpace(body)
				if body == "" {
					s.Empty(method+" "+request, status)
				} else {
					s.JSON(method+" "+request, status, body)
				}
			}
			Run{Commands: commands(), Input: c.Input, Terminal: strings.HasSuffix(c.Name, "terminal")}.
				Check(t, path.Join(folder, c.Name), s, strings.Fields(c.Words)...)
		})
	}
}
