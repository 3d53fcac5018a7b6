package broker

import (
	"context"
	"net/http"
	"net/url"
	"strings"

	"github.com/rabbitctl/rabbitctl/pkg/fail"
)

// gate lets requests that change something through only when it is open, and only to objects with a name. It is here and not in
// the commands, so that no command can be forgotten. Whatever is no GET counts as a change.
type gate struct {
	next http.RoundTripper
	base string
	// open is asked first; nil: it is always open.
	open func(context.Context) error
}

func (t *gate) RoundTrip(req *http.Request) (*http.Response, error) {
	if changes(req.Method) {
		if err := t.misaddressed(req); err != nil {
			return nil, err
		}
		if t.open != nil {
			if err := t.open(req.Context()); err != nil {
				return nil, err
			}
		}
	}
	return t.next.RoundTrip(req)
}

// changes tells whether requests of that method change something on the broker.
func changes(method string) bool { return method != http.MethodGet }

// misaddressed refuses a change of something without a name, or called . or ..: brokers take such a path for that of something else. Names
// come from listings, too, where a proxy or a release can leave one out.
func (t *gate) misaddressed(req *http.Request) error {
	path := objectOf(t.base, req.URL)
	for _, word := range strings.Split(path, "/") {
		name, err := url.PathUnescape(word)
		if err != nil || name == "" || name == "." || name == ".." {
			return fail.New(fail.Data, "not sent: %s /api/%s would change something else, since a name in it is empty, . or ..", req.Method, path).
				Next("does the listing of it show such a name? --trace shows the requests")
		}
	}
	return nil
}
