package broker

import (
	"context"

	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/record"
)

// DefaultQueueType is the type that a queue gets if it is declared in the virtual host without a type; "" if the
// virtual host has no default of its own or does not exist, or the release does not report it. Only an administrator
// may ask for a virtual host by its name; other users with access to the virtual host find it in the listing.
func (c *Client) DefaultQueueType(ctx context.Context, vhost string) (string, error) {
	raw, err := c.VHost(ctx, vhost)
	kind := raw.At("default_queue_type")
	if fail.KindOf(err) == fail.Denied {
		kind, err = nil, nil
		type host struct {
			name string
			kind record.Value
		}
		reader := record.NewReader(func(b *record.Binder, h *host) {
			b.Text("name", &h.name)
			b.Value("default_queue_type", func(v record.Value) { h.kind = v })
		})
		for h, failed := range reader.All(c.VHosts(ctx, reader.Columns())) {
			if failed != nil {
				return "", failed
			}
			if h.name == vhost {
				kind = h.kind
			}
		}
	}
	if IsNotFound(err) || kind.Text() == "undefined" {
		return "", nil
	}
	return kind.Text(), err
}
