package personality

import (
	"context"
	"slices"
	"strings"

	"github.com/rabbitctl/rabbitctl/pkg/broker"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/record"
)

// speaker returns the API to ask, the name of its node, and what that node reports about itself. Without -n this is the
// API at the configured address (the endpoint). With -n it is the API of the named node, since an API reports only
// about its own node. That API is expected at the node's host and the endpoint's port. speaker sends credentials to it
// only if the node belongs to the endpoint's cluster. anywhere means that any node can answer the question. Then
// speaker returns the endpoint and its report, also with -n, together with the name of the node that -n names.
func (r *run) speaker(ctx context.Context, anywhere bool) (*broker.Client, string, record.Value, error) {
	client, err := r.app.Broker()
	if err != nil {
		return nil, "", nil, err
	}
	overview, err := client.Brief(ctx)
	if err != nil {
		return nil, "", nil, err
	}
	own := overview.At("node").Text()
	name, ok := r.line.given("node")
	if !ok || isNode(own, name) {
		return client, own, overview, nil
	}
	members, err := record.Texts(client.Nodes(ctx, record.Named("name")))
	if err != nil {
		return nil, "", nil, err
	}
	i := slices.IndexFunc(members, func(member string) bool { return isNode(member, name) })
	if i < 0 {
		return nil, "", nil, r.stranger(client, name, members)
	}
	if anywhere {
		return client, members[i], overview, nil
	}
	_, host, _ := strings.Cut(members[i], "@")
	there, err := client.Beside(host)
	if err != nil {
		return nil, "", nil, err
	}
	overview, err = there.Brief(ctx)
	if err != nil {
		return nil, "", nil, err
	}
	if node := overview.At("node").Text(); node != members[i] {
		return nil, "", nil, fail.New(fail.Unreachable,
			"the API at %s belongs to node %s, and the API port of node %s is not known", there.BaseURL(), node, members[i]).
			Next("give the URL of that node's HTTP API in RABBITCTL_URL, or a context in RABBITCTL_CONTEXT")
	}
	return there, members[i], overview, nil
}

// stranger returns the error that the cluster has no node of this name, with the nodes that it has.
func (r *run) stranger(client *broker.Client, name string, members []string) error {
	return fail.New(fail.Unreachable, "the cluster at %s has no node %s; it has %s", client.BaseURL(), name,
		strings.Join(members, ", ")).
		Next("give the URL of the other cluster's HTTP API in RABBITCTL_URL, or a context in RABBITCTL_CONTEXT")
}

// isNode tells whether named, the value of -n, names the node: as NAME@HOST, NAME or @HOST.
func isNode(node, named string) bool {
	return node == named || !strings.Contains(named, "@") && strings.HasPrefix(node, named+"@") ||
		strings.HasPrefix(named, "@") && strings.HasSuffix(node, named)
}
