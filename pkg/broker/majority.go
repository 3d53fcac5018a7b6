package broker

import (
	"context"
	"net/http"
	"strings"

	"github.com/rabbitctl/rabbitctl/pkg/fail"
)

// waitsForMajority tells whether the broker gave up waiting for a change because most nodes of the cluster do not
// answer. After 30 s the broker then answers with status 400, as for a refusal, but it makes the change when the nodes
// are back. Seen on 4.3 with one of three nodes running: queues, exchanges, bindings and users were created later, and
// a queue was deleted.
func waitsForMajority(err error) bool {
	if err == nil || Status(err) != http.StatusBadRequest {
		return false
	}
	reason := ReasonOf(err)
	store := strings.Contains(reason, "metadata store") && strings.Contains(reason, "timed out")
	return store || reason == "timeout" || strings.HasSuffix(reason, " due to timeout") ||
		strings.HasSuffix(reason, " because the operation timed out")
}

// mayLackNodes says why a change that is not visible yet can still be made: nodes do not run, or it is not known whether
// they do, as for a user without the tag monitoring. It is "" if all nodes run. Seen on 4.3 with one of three nodes
// running: after 60 s it closed the connection of a request for a new policy, and the policy existed later.
func (c *Client) mayLackNodes(ctx context.Context) (why string, next fail.Advice) {
	s, err := c.Standing(ctx)
	switch {
	case err != nil || s.Nodes == 0:
		return "it is not known whether all nodes of the cluster run",
			fail.Say("find out whether all nodes run, then check whether the change was made")
	case len(s.Down) > 0:
		return "nodes of the cluster do not run or do not answer",
			fail.Do(fail.SeeStoppedNodes).Say("then check whether the change was made")
	}
	return "", nil
}

func mayComeLater(change change, err error) error {
	e := fail.New(fail.Lost, "%s may still be %s later: most nodes of the cluster do not answer, so the broker gave up "+
		"waiting, but it may make the change when they are back (the broker says: %s)",
		change.what, change.done, ReasonOf(err)).
		Do(fail.SeeStoppedNodes).Say("then check whether the change was made")
	e.Err = &Lost{Err: err}
	return e
}
