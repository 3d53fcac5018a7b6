package broker

import (
	"context"
	"net/http"

	rabbithole "github.com/michaelklishin/rabbit-hole/v2"
)

// Account is a user of the broker's own database. A PUT replaces all of it: without a password it empties the password
// (measured on 3.10). So a caller must send back what should stay.
type Account struct {
	// Password is the password in clear text. If it is nil, Hash is sent instead.
	Password *string `json:"password,omitempty"`
	// Hash is the hash of the password, in base 64; "" means that no password opens the account.
	Hash *string `json:"password_hash,omitempty"`
	// Algorithm is the API's name for the algorithm that made Hash; "" means the algorithm of the broker.
	Algorithm string `json:"hashing_algorithm,omitempty"`
	// Tags are separated by commas.
	Tags string `json:"tags"`
}

// PutUser makes a user, or replaces one.
func (c *Client) PutUser(ctx context.Context, name string, a Account) error {
	return c.send(ctx, sent{method: http.MethodPut, path: Path("users", name), body: a})
}

// DeleteUser removes a user with its permissions. If there is no such user, the error is a Refusal with status 404.
func (c *Client) DeleteUser(ctx context.Context, name string) error {
	return c.done(c.hole(ctx).DeleteUser(name))
}

// SetUserLimit sets one limit of a user: max-connections or max-channels.
func (c *Client) SetUserLimit(ctx context.Context, user, limit string, value any) error {
	return c.send(ctx, sent{method: http.MethodPut, path: Path("user-limits", user, limit),
		body: map[string]any{"value": value}})
}

// ClearUserLimit removes one limit of a user. The broker reports no error if the limit is not set.
func (c *Client) ClearUserLimit(ctx context.Context, user, limit string) error {
	return c.send(ctx, sent{method: http.MethodDelete, path: Path("user-limits", user, limit)})
}

// Permission is what a user may do in a virtual host, as regular expressions for names.
type Permission struct{ Configure, Write, Read string }

// SetPermissions replaces what a user may do in a virtual host.
func (c *Client) SetPermissions(ctx context.Context, vhost, user string, p Permission) error {
	return c.done(c.hole(ctx).UpdatePermissionsIn(vhost, user, rabbithole.Permissions(p)))
}

// ClearPermissions removes a user's access to a virtual host. If the user had none, the error is a Refusal with status
// 404.
func (c *Client) ClearPermissions(ctx context.Context, vhost, user string) error {
	return c.done(c.hole(ctx).ClearPermissionsIn(vhost, user))
}

// TopicPermission is what a user may publish to an exchange and read from it, as regular expressions for routing keys.
type TopicPermission struct{ Exchange, Write, Read string }

// SetTopicPermissions replaces what a user may publish to an exchange and read from it.
func (c *Client) SetTopicPermissions(ctx context.Context, vhost, user string, p TopicPermission) error {
	return c.done(c.hole(ctx).UpdateTopicPermissionsIn(vhost, user, rabbithole.TopicPermissions(p)))
}

// ClearTopicPermissions removes a user's topic permissions for one exchange, or for all exchanges of a virtual host if
// exchange is "".
func (c *Client) ClearTopicPermissions(ctx context.Context, vhost, user, exchange string) error {
	if exchange == "" {
		return c.done(c.hole(ctx).ClearTopicPermissionsIn(vhost, user))
	}
	return c.done(c.hole(ctx).DeleteTopicPermissionsIn(vhost, user, exchange))
}
