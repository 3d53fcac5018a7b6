package broker

import (
	"context"
	"io"
	"net/http"
	"sync"
)

// contextual adds the command's context to requests that rabbit-hole made without one. It also keeps connections open,
// which rabbit-hole would close after each request.
type contextual struct {
	next http.RoundTripper
	ctx  context.Context
}

func (t *contextual) RoundTrip(req *http.Request) (*http.Response, error) {
	ctx, cancel := context.WithCancelCause(req.Context())
	stop := context.AfterFunc(t.ctx, func() { cancel(context.Cause(t.ctx)) })
	req = req.Clone(ctx)
	req.Close = false
	resp, err := t.next.RoundTrip(req)
	if err != nil {
		stop()
		cancel(nil)
		return nil, err
	}
	resp.Body = &closing{ReadCloser: resp.Body, after: func() { stop(); cancel(nil) }}
	return resp, nil
}

// closing runs a function once the body is closed.
type closing struct {
	io.ReadCloser
	after func()
	once  sync.Once
}

func (c *closing) Close() error {
	err := c.ReadCloser.Close()
	c.once.Do(c.after)
	return err
}

// identity is the user and the password. They are asked for once, before the first request, because a person may have
// to type them.
type identity struct {
	ask func(context.Context) (username, password string, err error)

	mu       sync.Mutex
	username string
	password string
	known    bool
}

func (i *identity) name() string {
	i.mu.Lock()
	defer i.mu.Unlock()
	return i.username
}

func (i *identity) credentials(ctx context.Context) (username, password string, err error) {
	i.mu.Lock()
	defer i.mu.Unlock()
	if !i.known && i.ask != nil {
		if i.username, i.password, err = i.ask(ctx); err != nil {
			return "", "", err
		}
		i.known = true
	}
	return i.username, i.password, nil
}

// authenticator adds the credentials and the User-Agent.
type authenticator struct {
	next      http.RoundTripper
	who       *identity
	userAgent string
}

func (t *authenticator) RoundTrip(req *http.Request) (*http.Response, error) {
	username, password, err := t.who.credentials(req.Context())
	if err != nil {
		return nil, err
	}
	req = req.Clone(req.Context())
	req.SetBasicAuth(username, password)
	req.Header.Set("User-Agent", t.userAgent)
	return t.next.RoundTrip(req)
}
