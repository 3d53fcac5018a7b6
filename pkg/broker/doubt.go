package broker

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"unicode/utf8"

	"github.com/rabbitctl/rabbitctl/pkg/fail"
)

// doubter does not take an answer's word that something is not there. Brokers answer 404 for a queue whose node is down,
// and list it all the same (3.10 whatever is asked of a classic queue, 4.3 what changes it); and whatever stands between
// rabbitctl and the broker may have changed %2F in the path, so that the broker was asked for something else. So before a
// 404 is passed on, the listing is looked at: an error for which IsNotFound holds means that it is in no listing either.
type doubter struct {
	next  http.RoundTripper
	paths *paths
	// plain asks without doubts.
	plain *Client
}

// RoundTrip passes on answers to what was asked for, and says what is wrong where that is known.
func (t *doubter) RoundTrip(req *http.Request) (*http.Response, error) {
	about, named := targetOf(t.plain.base, req.URL)
	ctx := req.Context()
	if !named {
		resp, err := t.next.RoundTrip(req)
		if err != nil {
			err = t.blamed(ctx, about, err)
		}
		return resp, err
	}
	// A single object says itself what it is: see theOne. Nothing else is asked for, and nothing changed, by a path that the
	// broker may read otherwise.
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

// doubted is the error with what the listing says about it.
func (t *doubter) doubted(ctx context.Context, about target, err error) error {
	if OutcomeOf(err) != "" {
		return err // it was looked up already
	}
	status := Status(err)
	if status >= 500 && !(utf8.ValidString(about.vhost) && utf8.ValidString(about.name)) {
		return t.unspeakable(about, err)
	}
	if about.kind == "queue" {
		if IsNotFound(err) && !believes(ctx) || status >= 500 || fromInside(err) {
			if away := t.awayQueue(ctx, about, err); away != nil {
				return away
			}
		}
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

// answers tells whether the API answers where nothing in the path is escaped.
func (t *doubter) answers(ctx context.Context) bool {
	_, err := t.plain.value(ctx, Path("whoami"), nil, objectWith("name"))
	return err == nil
}

// unspeakable says of an object whose name is not UTF-8 that the broker cannot write it into its answer. So 4.3 does; 3.10 sends
// the bytes as they are.
func (t *doubter) unspeakable(about target, cause error) error {
	e := fail.New(fail.Incomplete, "%s fails with status %d at %s: the name is not UTF-8, which this release cannot write into an answer", t.plain.base, Status(cause), about.label()).
		Next("it can be deleted all the same; docs/runbooks/name-not-utf-8.md tells how, and how to find such names")
	e.Err = cause
	return e
}

// isForeign tells whether something else than the management API has answered.
func isForeign(err error) bool {
	var r *Refusal
	return errors.As(err, &r) && r.Foreign
}

// fromInside tells whether the broker refused because something failed inside it.
func fromInside(err error) bool { return strings.Contains(ReasonOf(err), "{'EXIT',") }

type belief struct{}

// Believing is a context in which a 404 is believed without a look into the listing, which costs the broker a second for
// 50,000 queues. It is for what cannot do harm: what was just deleted, or is declared next.
func Believing(ctx context.Context) context.Context { return context.WithValue(ctx, belief{}, true) }

func believes(ctx context.Context) bool { return ctx.Value(belief{}) != nil }
