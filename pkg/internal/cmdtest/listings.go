package cmdtest

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/rabbitctl/rabbitctl/pkg/internal/brokertest"
	"github.com/rabbitctl/rabbitctl/pkg/verb"
)

// Listing is a command line, its request without "GET /api/", and the name of the recorded answer. It may send no other
// request, except those that brokertest answers by default.
type Listing struct {
	Line, Request, Recorded string
	// Since is the first recorded release that has the endpoint; "" means all. Older releases answer 404.
	Since string
}

func (l Listing) answer(t *testing.T, release string) (status int, body string) {
	all := brokertest.Releases()
	if slices.Index(all, release) < slices.Index(all, l.Since) {
		return http.StatusNotFound, brokertest.Recorded(t, release, "404-endpoint")
	}
	return http.StatusOK, brokertest.Recorded(t, release, l.Recorded)
}

// Listings runs each line on the recorded answer of each release, and compares the result with a golden file in
// testdata/list.
func Listings(t *testing.T, commands func() []verb.Command, listings ...Listing) {
	t.Helper()
	for _, l := range listings {
		for _, release := range brokertest.Releases() {
			t.Run(l.Line+"/"+release, func(t *testing.T) {
				t.Parallel()
				status, body := l.answer(t, release)
				s := brokertest.New(t)
				s.JSON("GET /api/"+l.Request, status, body)
				name := strings.ReplaceAll(l.Line+" "+release, "/", "-")
				Run{Commands: commands()}.Check(t, "list/"+name, s, strings.Fields(l.Line)...)
			})
		}
	}
}
