package broker

import (
	"context"
	"net/http"

	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/record"
)

// StreamTracking returns what a stream stores for its clients: {"offsets": {NAME: OFFSET}, "writers": {NAME:
// SEQUENCE}}. If the broker does not offer this, as releases before 3.13, IsNotOffered holds for the error.
func (c *Client) StreamTracking(ctx context.Context, vhost, stream string) (record.Value, error) {
	// A release without this endpoint also answers 404. The listing of queues cannot explain that 404, so Believing avoids
	// reading it.
	v, err := c.value(Believing(ctx), Path("stream", vhost, stream, "tracking"), nil, objectWith("offsets", "writers"))
	if err == nil || !mayBeNoEndpoint(err) && Status(err) != http.StatusServiceUnavailable {
		return v, err
	}
	// For a queue that is not a stream, the broker answers that its leader is away. An old release answers that the
	// queue does not exist, or that the request is bad.
	raw, missing := c.Queue(ctx, vhost, stream)
	switch {
	case IsNotFound(missing):
		if err := c.EnterVHost(ctx, vhost); err != nil {
			return nil, err
		}
		return nil, fail.New(fail.NotFound, "stream %s does not exist in virtual host %s on %s", stream, vhost, c.base).
			Do(fail.SeeStreams)
	case missing != nil && mayBeNoEndpoint(err):
		return nil, missing
	case missing != nil:
		return nil, err
	case raw.At("type").Text() != "stream":
		return nil, fail.New(fail.Data, "queue %s in virtual host %s is not a stream: its type is %s",
			stream, vhost, raw.At("type").Text()).
			Do(fail.SeeStreams)
	case mayBeNoEndpoint(err):
		return nil, c.NotOffered("the tracking of streams").
			Next("its release is older than 3.13, or its plugin rabbitmq_stream_management is off: ").Do(fail.SeeRelease)
	}
	return nil, err
}
