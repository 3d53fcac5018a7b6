package cmdtest

import (
	"path"
	"strings"
	"testing"

	"github.com/rabbitctl/rabbitctl/pkg/internal/brokertest"
	"github.com/rabbitctl/rabbitctl/pkg/internal/golden"
	"github.com/rabbitctl/rabbitctl/pkg/verb"
)

// Check runs the words and compares all that came of it with testdata/NAME.golden.
func (r Run) Check(t *testing.T, name string, s *brokertest.Server, words ...string) Result {
	t.Helper()
	got := r.Do(t, s, words...)
	golden.Check(t, name, "$ rabbitctl "+strings.Join(words, " ")+"\n"+got.Golden(s))
	return got
}

// Case is a command line and what the broker answers to it.
type Case struct {
	// Name is that of the golden file. Where it ends in "terminal" the command runs at one.
	Name, Words string
	// Answers are requests without GET /api/, and bodies; a body may begin with a status and a blank.
	Answers map[string]string
}

// NotFound is what brokers answer where there is no such thing.
const NotFound = `404 {"error":"Object Not Found","reason":"Not Found"}`

// Cases runs the cases side by side and compares each with its golden file in a folder of testdata, or in testdata
// where folder is "".
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
			Run{Commands: commands(), Terminal: strings.HasSuffix(c.Name, "terminal")}.Check(t, path.Join(folder, c.Name), s, strings.Fields(c.Words)...)
		})
	}
}
