package broker

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/record"
)

// change describes a request that changes something: in words for messages, and how to see whether it was done.
type change struct {
	// what names the object, for example "queue q in virtual host /". done says what happens to it: "deleted". seen says
	// what a look finds after the change: "deleted", or "without ready messages" after a purge.
	what, done, seen string
	// look reports whether the change was made; nil means that the API does not show it.
	look func(ctx context.Context) (bool, error)
	// members means that the change is about the members of a queue.
	members bool
}

// refused reports whether the broker refused the change with status 503. It does so if another change of the members of
// the same quorum queue is under way (measured on 4.3). A 503 with the reason timeout proves nothing: the change may
// have been made.
func (c change) refused(err error) bool {
	reason := ReasonOf(err)
	return c.members && Status(err) == http.StatusServiceUnavailable && reason != "" && reason != "timeout"
}

// subject is what a request is about: the words of its path that name things, and its body.
type subject struct {
	words []string
	body  record.Value
}

// changeOf returns the change that a request makes.
func (c *Client) changeOf(req *http.Request) change {
	path := objectOf(c.base, req.URL)
	var words []string
	for _, word := range strings.Split(path, "/") {
		name, err := url.PathUnescape(word)
		if err != nil {
			name = word
		}
		words = append(words, name)
	}
	t := subject{body: bodyOf(req)}
	for _, k := range changeKinds() {
		names, ok := k.match(req.Method, words)
		if !ok {
			continue
		}
		t.words = names
		found := change{what: k.what(names), done: k.done, seen: k.seen(),
			members: strings.HasPrefix(k.path, "queues/quorum/")}
		if k.look != nil {
			found.look = func(ctx context.Context) (bool, error) { return k.look(ctx, c, t) }
		}
		return found
	}
	return change{what: "the request " + req.Method + " /api/" + path, done: "carried out"}
}

// bodyOf returns the body of a request that was sent, or nil if it cannot be read again.
func bodyOf(req *http.Request) record.Value {
	if req.GetBody == nil {
		return nil
	}
	body, err := req.GetBody()
	if err != nil {
		return nil
	}
	defer body.Close()
	text, err := io.ReadAll(body)
	if err != nil {
		return nil
	}
	return record.Value(text)
}

// lookUp looks several times whether a change was made. The error is a clause that says why that is not known.
func (c *Client) lookUp(ctx context.Context, ch change) (done bool, unseen error) {
	if ch.look == nil {
		return false, errors.New("the API does not report whether it was")
	}
	// Looks begin only in the first three fifths of the time: the last look needs time too. One look is not enough,
	// because a deletion may take some time.
	began, within := time.Now(), c.made.LookUp*3/5
	for wait := 100 * time.Millisecond; ; wait = min(2*wait, time.Second) {
		so, err := ch.look(ctx)
		var says ambiguous
		switch {
		case err == nil && so:
			return true, nil
		case errors.As(err, &says):
			unseen = says
		case err != nil:
			unseen = fmt.Errorf("this program could not check whether the change was made: %w", err)
		default:
			unseen = nil
		}
		if fail.KindOf(err) == fail.Denied || time.Since(began)+wait > within {
			return false, unseen
		}
		select {
		case <-ctx.Done():
			return false, unseen
		case <-time.After(wait):
		}
	}
}

// ambiguous says what was seen, if that neither proves nor disproves that the change was made.
type ambiguous string

func (a ambiguous) Error() string { return string(a) }
