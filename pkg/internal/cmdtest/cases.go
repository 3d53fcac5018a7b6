package cmdtest

import (
	"path"
	"strings"
	"testing"

	"github.com/rabbitctl/rabbitctl/pkg/internal/brokertest"
	"github.com/rabbitctl/rabbitctl/pkg/internal/golden"
	"github.com/rabbitctl/rabbitctl/pkg/verb"
)

// Check runs a command line and compares the whole result with testdata/NAME.golden.
func (r Run) Check(t *testing.T, name string, s *brokertest.Server, words ...string) Result {
	t.Helper()
	got := r.Do(t, s, words...)
	golden.Check(t, name, "$ rabbitctl "+strings.Join(words, " ")+"\n"+got.Golden(s))
	return got
}

// Case is a command line and the broker's answers.
type Case struct {
	// Name is the name of the golden file. If it ends in "terminal", the command runs at a terminal.
	Name, Words string
	// Answers has a body for each request. The request is written without "GET /api/"; the body may begin with a status
	// and a space.
	Answers map[string]string
}

// NotFound is the answer of brokers for a missing object.
const NotFound = `404 {"error":"Object Not Found","reason":"Not Found"}`

// Cases runs the cases in parallel and compares each with its golden file in a folder below testdata; folder "" means
// testdata itself.
func Cases(t *testing.T, commands func() []verb.Command, folder string, cases []Case) {
	t.Helper()
	for _, c := range cases {
		t.Run(c.Name, func(t *testing.T) {
			t.Parallel()
			s := brokertest.New(t)
			for request, body := range c.Answers {
				status, body := brokertest.StatusOf(body)
				s.JSON("GET /api/"+request, status, body)
			}
			Run{Commands: commands(), Terminal: strings.HasSuffix(c.Name, "terminal")}.Check(t, path.Join(folder, c.Name), s,
				strings.Fields(c.Words)...)
		})
	}
}
