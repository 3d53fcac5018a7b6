package broker

import (
	"io"
	"net/http"
	"time"
)

const (
	// quick is the limit for a second try: only a request that failed within this time is sent once more. After a slow
	// failure, the second try would take just as long as the first one.
	quick = 2 * time.Second
	// breath is the pause before the second request.
	breath = 100 * time.Millisecond
)

// again sends a read request once more after a quick 500. The broker answers with 500 when an object, for example a
// connection, disappears while the broker lists it (seen on 3.10). Without the second request a check that runs every
// minute would raise false alarms. A change is never sent twice.
type again struct {
	next http.RoundTripper
}

func (t *again) RoundTrip(req *http.Request) (*http.Response, error) {
	began := time.Now()
	resp, err := t.next.RoundTrip(req)
	if err != nil || resp.StatusCode != http.StatusInternalServerError || req.Method != http.MethodGet ||
		time.Since(began) > quick {
		return resp, err
	}
	select {
	case <-req.Context().Done():
		return resp, nil
	case <-time.After(breath):
	}
	// An error here means only that the connection cannot be used again.
	_, _ = io.Copy(io.Discard, io.LimitReader(resp.Body, 64<<10))
	resp.Body.Close()
	return t.next.RoundTrip(req)
}
