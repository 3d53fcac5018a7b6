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
	// Answers are the broker's answers, each as "METHOD /api/PATH STATUS BODY". Several answers to the same request are
	// given one after the other.
	Answers []string
}

// NewChange makes a ChangeCase, so that a table of tests can have one line for each.
func NewChange(name, words, input string, answers []string) ChangeCase {
	return ChangeCase{Name: name, Words: words, Input: input, Answers: answers}
}

// Changes runs the cases in parallel and compares each with its golden file in a folder below testdata. As with Cases,
// the golden file has the requests with their bodies.
func Changes(t *testing.T, commands func() []verb.Command, folder string, cases []ChangeCase) {
	t.Helper()
	for _, c := range cases {
		t.Run(c.Name, func(t *testing.T) {
			t.Parallel()
			s := brokertest.New(t)
			Answer(s, c.Answers)
			Run{Commands: commands(), Input: c.Input, Terminal: strings.HasSuffix(c.Name, "terminal")}.
				Check(t, path.Join(folder, c.Name), s, strings.Fields(c.Words)...)
		})
	}
}

// Answer lets the broker give the answers, in the form of ChangeCase.Answers.
func Answer(s *brokertest.Server, answers []string) {
	for _, answer := range answers {
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
}
