package broker

import (
	"io"
	"net/http"
	"time"
)

const (
	// quick is how soon a failure has to come for the request to be sent again: one that took the broker long would take
	// it as long once more.
	quick = 2 * time.Second
	// breath is how long the broker is left alone before that.
	breath = 100 * time.Millisecond
)

// again sends a reading request once more where the broker failed at it quickly, with status 500. So it answers where
// something ended while it was being listed, a connection for example (seen on 3.10), and a check that runs every minute
// would cry wolf. Nothing that changes anything is sent twice.
type again struct {
	next http.RoundTripper
}

func (t *again) RoundTrip(req *http.Request) (*http.Response, error) {
	began := time.Now()
	resp, err := t.next.RoundTrip(req)
	if err != nil || resp.StatusCode != http.StatusInternalServerError || req.Method != http.MethodGet || time.Since(began) > quick {
		return resp, err
	}
	select {
	case <-req.Context().Done():
		return resp, nil
	case <-time.After(breath):
	}
	// What cannot be read to its end costs a connection only.
	_, _ = io.Copy(io.Discard, io.LimitReader(resp.Body, 64<<10))
	resp.Body.Close()
	return t.next.RoundTrip(req)
}
