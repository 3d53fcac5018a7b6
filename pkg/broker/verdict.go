package broker

import (
	"context"
	"io"
	"net/http"
	"strings"

	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/record"
)

// Verdict asks one of the API's own health checks, named by the words of its path: "port-listener", "5672". It returns whether
// the check passed, and the body, which names what did not. Most checks are about the node that answers and no other. A check
// that the release does not have is fail.Unavailable.
func (c *Client) Verdict(ctx context.Context, words ...string) (passed bool, body record.Value, err error) {
	resp, err := c.get(ctx, Path(append([]string{"health", "checks"}, words...)...), nil)
	switch {
	case IsNotFound(err):
		return false, nil, fail.New(fail.Unavailable, "%s does not offer the check %s", c.base, words[0]).
			Next("its release is too old for it: rabbitctl show_overview shows the release")
	case err != nil:
		return false, nil, err
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		return false, nil, c.broken(ctx, err)
	}
	return resp.StatusCode == http.StatusOK, record.Value(strings.TrimSpace(string(text))), nil
}
