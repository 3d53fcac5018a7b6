package broker

import (
	"context"
	"net/http"

	"github.com/rabbitctl/rabbitctl/pkg/release"
)

// ChangesMembers reports whether the API of a release has the requests of AddMember and DeleteMember. They came with
// 3.11.19 and 3.12.1. A version that cannot be parsed counts as a later one.
func ChangesMembers(version string) bool {
	major, minor, known := release.Series(version)
	switch {
	case !known || major > 3:
		return true
	case major == 3 && minor == 11:
		return release.Patch(version) >= 19
	case major == 3 && minor == 12:
		return release.Patch(version) >= 1
	}
	return major == 3 && minor > 12
}

// AddMember adds a member of a quorum queue on a node; with membership "" the broker chooses the membership. The member
// exists when the broker answers. If the node had a member already, that is no error. IsNotOffered holds for the error
// on releases for which ChangesMembers is false, and on brokers that are configured to refuse the request.
func (c *Client) AddMember(ctx context.Context, vhost, queue, node, membership string) error {
	body := map[string]string{"node": node}
	if membership != "" {
		body["membership"] = membership
	}
	return c.changeMembers(ctx, vhost, queue, sent{method: http.MethodPost, path: Path("queues", "quorum", vhost, queue,
		"replicas", "add"), body: body})
}

// DeleteMember removes the member of a quorum queue on a node. If the node had no member, that is no error. Brokers
// that offer AddMember offer this too.
func (c *Client) DeleteMember(ctx context.Context, vhost, queue, node string) error {
	return c.changeMembers(ctx, vhost, queue, sent{
		method: http.MethodDelete, path: Path("queues", "quorum", vhost, queue, "replicas", "delete"),
		body: map[string]string{"node": node},
	})
}

// changeMembers distinguishes a queue that does not exist (a Refusal with status 404) from a release without this
// request (IsNotOffered holds).
func (c *Client) changeMembers(ctx context.Context, vhost, queue string, change sent) error {
	err := c.send(Believing(ctx), change)
	switch status := Status(err); {
	case status == http.StatusBadRequest && ReasonOf(err) == "bad_request", status == http.StatusNotFound:
		if _, err := c.Queue(ctx, vhost, queue); err != nil {
			return err
		}
	case status != http.StatusMethodNotAllowed:
		return err
	}
	return c.NotOffered("a change of the members of quorum queues")
}

// RestartFederationLink restarts a link on the node that runs it.
func (c *Client) RestartFederationLink(ctx context.Context, vhost, id, node string) error {
	return c.send(ctx, sent{method: http.MethodDelete, path: Path("federation-links", "vhost", vhost, id, node,
		"restart")})
}
