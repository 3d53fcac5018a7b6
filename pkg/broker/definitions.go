package broker

import (
	"context"
	"encoding/json"
	"net/http"

	"github.com/rabbitctl/rabbitctl/pkg/record"
)

// Definitions returns everything that is declared, as one JSON document. The document has the hashes of passwords.
func (c *Client) Definitions(ctx context.Context) (record.Value, error) {
	return c.value(ctx, Path("definitions"), nil, definitions())
}

// VHostDefinitions returns everything that is declared in one virtual host. The document does not repeat the name of
// the virtual host.
func (c *Client) VHostDefinitions(ctx context.Context, vhost string) (record.Value, error) {
	return c.value(ctx, Path("definitions", vhost), nil, definitions())
}

// definitions describes a valid answer with the definitions of the broker or of one virtual host.
func definitions() wanted {
	return wanted{members: []string{"rabbit_version", "queues", "exchanges", "bindings"}, limit: maxDefinitions}
}

// ImportDefinitions declares everything in a JSON document of definitions, and deletes nothing. The broker answers when
// it is done. An invalid document, or one beyond the limit for bodies (about 10 MB), is a Refusal with status 400.
func (c *Client) ImportDefinitions(ctx context.Context, document json.RawMessage) error {
	return c.send(ctx, sent{method: http.MethodPost, path: Path("definitions"), body: document})
}

// ImportVHostDefinitions is ImportDefinitions for one virtual host, which the document need not name.
func (c *Client) ImportVHostDefinitions(ctx context.Context, vhost string, document json.RawMessage) error {
	return c.send(ctx, sent{method: http.MethodPost, path: Path("definitions", vhost), body: document})
}
