package node

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/rabbitctl/rabbitctl/cmd/devbroker/internal/state"
)

// ErrDenied means that the node answers, but refuses the default user: a test may have changed that user.
var ErrDenied = errors.New("the broker refuses the default user")

// Answers returns nil when the node's management API answers with all virtual hosts running, and belongs to that node.
// It also returns nil when the node refuses the default user, because more cannot be checked then.
func Answers(ctx context.Context, n state.Node) error {
	var overview struct{ Node string }
	if err := get(ctx, n, "/api/overview", &overview); errors.Is(err, ErrDenied) {
		return nil
	} else if err != nil {
		return err
	}
	if overview.Node != n.Node {
		return fmt.Errorf("port %d is answered by %s, not by %s", n.Ports.Management, overview.Node, n.Node)
	}
	return get(ctx, n, "/api/health/checks/virtual-hosts", nil)
}

// Members returns the members of the node's cluster as the node sees them, and for each whether it is running.
func Members(ctx context.Context, n state.Node) (map[string]bool, error) {
	var nodes []struct {
		Name    string
		Running bool
	}
	if err := get(ctx, n, "/api/nodes?columns=name,running", &nodes); err != nil {
		return nil, err
	}
	members := map[string]bool{}
	for _, one := range nodes {
		members[one.Name] = one.Running
	}
	return members, nil
}

// get reads from the node's management API and decodes the answer into a value. If the value is nil, get drops the
// answer.
func get(ctx context.Context, n state.Node, path string, into any) error {
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, fmt.Sprintf("http://127.0.0.1:%d%s", n.Ports.Management,
		path), nil)
	if err != nil {
		return err
	}
	req.SetBasicAuth("guest", "guest")
	// The client has a transport of its own, because a proxy of the environment must not be used for loopback.
	transport := &http.Transport{DisableKeepAlives: true}
	resp, err := (&http.Client{Transport: transport}).Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	if resp.StatusCode == http.StatusUnauthorized {
		return ErrDenied
	}
	if resp.StatusCode != http.StatusOK {
		return fmt.Errorf("%s: %s", path, resp.Status)
	}
	if into == nil {
		return nil
	}
	return json.NewDecoder(resp.Body).Decode(into)
}
