package node

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"path/filepath"
	"time"

	"github.com/rabbitctl/rabbitctl/cmd/devbroker/internal/process"
	"github.com/rabbitctl/rabbitctl/cmd/devbroker/internal/state"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
)

// Rabbitmqadmin fetches the Python script from the node's management plugin and returns its path. A release without
// the script is an Unavailable error.
func Rabbitmqadmin(ctx context.Context, b state.Broker, n state.Node) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, 30*time.Second)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, fmt.Sprintf("http://127.0.0.1:%d/cli/rabbitmqadmin",
		n.Ports.Management), nil)
	if err != nil {
		return "", err
	}
	resp, err := (&http.Client{Transport: &http.Transport{DisableKeepAlives: true}}).Do(req)
	if err != nil {
		return "", fail.New(fail.Unavailable, "%s/%d does not answer: %w", b.Name, n.Index, err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		return "", fail.New(fail.Unavailable, "fetching rabbitmqadmin from %s/%d: %w", b.Name, n.Index, err)
	}
	if resp.StatusCode != http.StatusOK || len(text) < 2 || string(text[:2]) != "#!" {
		return "", fail.New(fail.Unavailable, "RabbitMQ %s has no rabbitmqadmin script (%s)", b.Version, resp.Status).
			Next("3.10 and 4.0 have the script, 4.3 and later do not")
	}
	path := filepath.Join(b.NodeDir(n), "rabbitmqadmin")
	return path, process.WriteFile(path, text, 0o700)
}
