package broker

import (
	"context"
	"net/http"
)

// gate lets requests that change something through only when it is open. It is here and not in the commands, so that no
// command can be forgotten. Whatever is no GET counts as a change.
type gate struct {
	next http.RoundTripper
	open func(context.Context) error
}

func (t *gate) RoundTrip(req *http.Request) (*http.Response, error) {
	if changes(req.Method) {
		if err := t.open(req.Context()); err != nil {
			return nil, err
		}
	}
	return t.next.RoundTrip(req)
}

// changes tells whether requests of that method change something on the broker.
func changes(method string) bool { return method != http.MethodGet }
