package broker

import (
	"context"
	"net/http"
	"net/url"
	"strings"

	"github.com/rabbitctl/rabbitctl/pkg/fail"
)

// gate passes on a change only if the function open allows it and the object has a valid name. Every request but a GET
// is a change. The gate is here and not in the commands, so no command can forget it.
type gate struct {
	next http.RoundTripper
	base string
	// open is called before each change, and refuses the change if it returns an error; nil allows every change.
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

// misaddressed refuses a change of an object without a name, or called . or .., because brokers resolve such a path to
// another object. Names also come from listings, where a proxy or a release can leave a name out.
func (t *gate) misaddressed(req *http.Request) error {
	path := objectOf(t.base, req.URL)
	for _, word := range strings.Split(path, "/") {
		name, err := url.PathUnescape(word)
		if err != nil || name == "" || name == "." || name == ".." {
			return fail.New(fail.Data, "not sent: %s /api/%s would change another object: a name in it is empty, . or ..",
				req.Method, path).
				Next("the name may come from a listing: ").Do(fail.SeeRequests)
		}
	}
	return nil
}
