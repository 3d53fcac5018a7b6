package broker

import (
	"context"
	"io"
	"mime"
	"net/http"
	"strings"

	"github.com/rabbitctl/rabbitctl/pkg/fail"
)

// Scrape reads the metrics of a node, a text from outside the management API. base is scheme, host and port; target is
// the path and the query. The function read reads the body; if it fails, Scrape explains its error. No credentials are
// sent: the plugin has no users.
func (c *Client) Scrape(ctx context.Context, base, target string, read func(io.Reader) error) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, base+target, nil)
	if err != nil {
		return fail.New(fail.Data, "the overview lists a Prometheus listener at %s, which is not an address", base)
	}
	resp, err := c.bare.RoundTrip(req)
	if err != nil {
		switch ended := fail.Ended(ctx); fail.KindOf(ended) {
		case fail.Timeout:
			return late(base)
		case fail.Canceled:
			return ended
		}
		return fail.New(fail.Unreachable, "the metrics at %s cannot be read: %s", base, lastPart(brief(err.Error()))).
			Next("is that port open to this machine?")
	}
	defer resp.Body.Close()
	path, _, _ := strings.Cut(target, "?")
	media, _, _ := mime.ParseMediaType(resp.Header.Get("Content-Type"))
	if resp.StatusCode != http.StatusOK || media != "text/plain" {
		return fail.New(fail.Unavailable, "%s%s serves no metrics: it answers with status %d and %s", base,
			path, resp.StatusCode, mediaWords(media)).
			Next("the broker's release may be too old, or another program listens at that port")
	}
	if err := read(timely{ctx, resp.Body}); err != nil {
		return c.broken(ctx, nil, err)
	}
	return nil
}
