package broker

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"unicode/utf8"

	"github.com/rabbitctl/rabbitctl/pkg/fail"
)

// doubter does not believe a 404. Brokers answer 404 for a queue whose node is down, although they list the queue (3.10
// to every request for a classic queue, 4.3 to a change of it). A proxy may also have changed %2F in the path, so that
// the broker was asked for another object. So doubter reads the listing before it passes on a 404 for a queue, or for a
// name with escapes. If the object is listed, doubter returns another error, for which IsNotFound is false. With
// Believing, it reads the listing only for a name with escapes.
type doubter struct {
	next  http.RoundTripper
	paths *paths
	// plain is the client without the doubter.
	plain *Client
}

// RoundTrip passes on valid answers. It replaces an error by one that says more, if it finds out what is wrong.
func (t *doubter) RoundTrip(req *http.Request) (*http.Response, error) {
	about, named := targetOf(t.plain.base, req.URL)
	ctx := asChange(req)
	if !named {
		resp, err := t.next.RoundTrip(req)
		if err != nil {
			err = t.blamed(ctx, about, err)
		}
		return resp, err
	}
	// The answer about a single object holds the name of that object, and theOne checks it. Any other request, and every
	// change, is not sent if a proxy changes the name of the virtual host in its path.
	if read := req.Method == http.MethodGet; escapes(about.vhost) && !(read && about.single) {
		if changed := t.paths.changed(ctx, about.vhost); changed != nil {
			return nil, changed
		}
	}
	resp, err := t.next.RoundTrip(req)
	if err != nil {
		err = t.doubted(ctx, about, err)
	}
	return resp, err
}

// doubted returns the error to pass on: err itself, or an error that says more if the listing or the paths explain err.
func (t *doubter) doubted(ctx context.Context, about target, err error) error {
	if OutcomeOf(err) != "" {
		return err // the outcome was looked up already
	}
	status := Status(err)
	if status >= 500 && !(utf8.ValidString(about.vhost) && utf8.ValidString(about.name)) {
		return t.unspeakable(about, err)
	}
	if away := t.awayIfQueue(ctx, about, err); away != nil {
		return away
	}
	foreign := isForeign(err)
	if status == http.StatusUnauthorized {
		return t.blamed(ctx, about, err)
	}
	if status != http.StatusNotFound && status != http.StatusMethodNotAllowed && !foreign {
		return err
	}
	if escapes(about.vhost) {
		if changed := t.paths.changed(ctx, about.vhost); changed != nil {
			return changed
		}
	}
	if escapes(about.name) && (foreign && t.answers(ctx) || t.isListed(ctx, about)) {
		return t.paths.fault("the broker does not get the name of " + about.label() + " as it was sent")
	}
	return err
}

// awayIfQueue says why a queue that is listed cannot be reached; nil for anything else.
func (t *doubter) awayIfQueue(ctx context.Context, about target, err error) error {
	if about.kind != "queue" || !(IsNotFound(err) && !believes(ctx) || Status(err) >= 500 || fromInside(err)) {
		return nil
	}
	return t.awayQueue(ctx, about, err)
}

// answers reports whether the API answers a path without escapes. If so, the fault is in the escapes.
func (t *doubter) answers(ctx context.Context) bool {
	_, err := t.plain.value(ctx, Path("whoami"), nil, objectWith("name"))
	return err == nil
}

// unspeakable is the error for an object whose name is not UTF-8, so that the broker cannot write the name into its
// answer. 4.3 fails in this way; 3.10 sends the bytes as they are.
func (t *doubter) unspeakable(about target, cause error) error {
	e := fail.New(fail.Incomplete,
		"%s fails with status %d at %s: the name is not UTF-8, and this release cannot write it into an answer", t.plain.base,
		Status(cause), about.label()).
		Next("it can be deleted anyway").Do(fail.ReadPage, "name-not-utf-8")
	e.Err = cause
	return e
}

// isForeign reports whether the answer came from something else than the management API.
func isForeign(err error) bool {
	var r *Refusal
	return errors.As(err, &r) && r.Foreign
}

// fromInside reports whether the reason of the broker's refusal names an Erlang exit, whatever the status is: then
// something inside the broker failed.
func fromInside(err error) bool {
	reason := ReasonOf(err)
	// The broker's refusal of an invalid URI holds the same text, and is not an internal failure.
	return strings.Contains(reason, "{'EXIT',") && !strings.HasPrefix(reason, "Validation failed")
}

type belief struct{}

// Believing returns a context in which a 404 for a queue is believed without reading the listing, which takes the
// broker a second for 50,000 queues. For a name with escapes the listing is still read. Use it where a false 404 does
// no harm: for an object that was just deleted, or is declared next, or if the caller asks for the queue itself after a
// 404.
func Believing(ctx context.Context) context.Context { return context.WithValue(ctx, belief{}, true) }

func believes(ctx context.Context) bool { return ctx.Value(belief{}) != nil }

type forChange struct{}

// Changing returns a context in which a read request counts as part of a change. If it is refused, the error says that
// the user may not do this; for other read requests, it says that the user may not see this.
func Changing(ctx context.Context) context.Context { return context.WithValue(ctx, forChange{}, true) }

// asChange returns the context of a request, made with Changing if the request changes something.
func asChange(req *http.Request) context.Context {
	if req.Method == http.MethodGet {
		return req.Context()
	}
	return Changing(req.Context())
}

// refusedTo returns the verb for what a refused user may not do: "do" or "see".
func refusedTo(ctx context.Context) string {
	if ctx.Value(forChange{}) != nil {
		return "do"
	}
	return "see"
}
