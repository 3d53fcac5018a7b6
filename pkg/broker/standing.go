package broker

import (
	"context"
	"errors"
	"net/url"
	"strings"
	"time"

	"github.com/rabbitctl/rabbitctl/pkg/beside"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/record"
)

// Standing is the state of a cluster's nodes as the asked node sees them. A listing of objects that each node keeps for
// itself leaves out, or counts as 0, what a node does not report, and does not say so. Only the standing shows it.
// Measured on 3.10 and 4.3, with one of three nodes frozen: for a minute the listings and the node listing are not
// answered at all; then the node listing says that the node does not run, 4.3 leaves its classic queues out of the
// listing of totals, and both leave out its connections, channels and consumers. After that minute 3.10 is split, and
// says 0 for quorum queues with messages.
type Standing struct {
	// Down are the nodes that do not run, or do not answer the asked node.
	Down []string
	// Nodes is how many nodes the cluster has; 0 when not known.
	Nodes int
	// Split are the nodes that another node reports as partitioned.
	Split []string
	// NoFigures are the nodes that run and have no statistics: they have just started, or are configured to collect none.
	NoFigures []string
}

// standingNode has what Standing needs to know about a node: whether it runs, and its partitions.
type standingNode struct {
	name                string
	running, partitions record.Value
}

func bindStandingNode(b *record.Binder, n *standingNode) {
	b.Text("name", &n.name)
	b.Value("running", func(v record.Value) { n.running = v })
	b.Value("partitions", func(v record.Value) { n.partitions = v })
}

// AskStanding sends the request for the standing. RollCall.Within waits for the answer, and asks for the roll if the
// answer does not come soon. The caller must call Drop in the end.
func (c *Client) AskStanding(ctx context.Context) *RollCall { return c.rollCall(c.askStanding(ctx)) }

// Standing asks for the standing and waits for the answer. It is zero for a user who may not list nodes.
func (c *Client) Standing(ctx context.Context) (Standing, error) {
	a := c.askStanding(ctx)
	defer a.Drop()
	return c.readStanding(ctx, a)
}

// askStanding sends the request whose answer readStanding reads.
func (c *Client) askStanding(ctx context.Context) *Attempt {
	return c.AttemptWhole(ctx, Path("nodes"), OfColumns(record.NewReader(bindStandingNode).Columns()))
}

// readStanding reads the answer. If the answer has a status from 300 to 499, as for a user who may not list nodes, the
// standing is zero: nothing is known of the nodes.
func (c *Client) readStanding(ctx context.Context, a *Attempt) (Standing, error) {
	var s Standing
	if status := Status(a.Err()); status >= 300 && status < 500 {
		return s, nil
	}
	if a.Err() != nil {
		return s, a.Err()
	}
	reader := record.NewReader(bindStandingNode)
	for n, err := range reader.All(a.Rows(ctx, reader.Columns())) {
		if err != nil {
			return s, err
		}
		s.Nodes++
		if running, ok := n.running.Bool(); ok && !running {
			s.Down = append(s.Down, n.name)
			continue
		}
		if n.partitions.Absent() {
			s.NoFigures = append(s.NoFigures, n.name)
		}
		s.Split = append(s.Split, n.partitions.Texts()...)
	}
	if s.Nodes == 0 {
		return s, c.noNodes(a)
	}
	return s, nil
}

func (s Standing) Well() bool { return len(s.Down) == 0 && len(s.Split) == 0 }

// Lacks reports whether the node is one of Down, so that the asked node has no current data of it.
func (s Standing) Lacks(node string) bool {
	for _, n := range s.Down {
		if n == node {
			return true
		}
	}
	return false
}

// Fault is the error at the end of an incomplete listing; nil if no node is down and the cluster is not split. The
// argument what names the consequence for the listing: "rows may be missing".
func (s Standing) Fault(what string) error {
	switch {
	case len(s.Down) > 0:
		return fail.New(fail.Incomplete, "%s, so %s", doNotAnswer(s.Down), what).
			Do(fail.SeeNodes).Say("a node that is frozen or cut off is listed there as not running")
	case len(s.Split) > 0:
		return fail.New(fail.Incomplete, "the cluster is split: %s cut off from other nodes, so %s", isOrAre(s.Split), what).
			Do(fail.SeeNodes).Do(fail.SeeSides)
	}
	return nil
}

func doNotAnswer(nodes []string) string {
	if len(nodes) == 1 {
		return "node " + nodes[0] + " does not run or does not answer"
	}
	return "nodes " + strings.Join(nodes, ", ") + " do not run or do not answer"
}

func isOrAre(nodes []string) string {
	if len(nodes) == 1 {
		return nodes[0] + " is"
	}
	return strings.Join(nodes, ", ") + " are"
}

// Blind reports whether nodes have no figures because the asked node is configured to collect no statistics. It is
// false if every running node has figures, or if the configuration cannot be read.
func (c *Client) Blind(ctx context.Context, s Standing) bool {
	if len(s.NoFigures) == 0 {
		return false
	}
	off, err := c.StatisticsOff(ctx)
	return err == nil && off
}

// StatisticsOff reports whether the asked node is configured to collect no statistics.
func (c *Client) StatisticsOff(ctx context.Context) (bool, error) {
	overview, err := c.value(ctx, Path("overview"), url.Values{"columns": {"disable_stats"}}, objectWith("disable_stats"))
	off, _ := overview.At("disable_stats").Bool()
	return off, err
}

// WhyNoFigures says why some nodes report that they run, and nothing else: no figures, plugins, files or partitions. It
// is "" if all nodes that run report these, or if that is not known within a moment. A node reports them some seconds
// after its start (measured on 3.10 and 4.3).
func (c *Client) WhyNoFigures(ctx context.Context) string {
	a := c.askStanding(ctx)
	defer a.Drop()
	if !a.Within(ctx, beside.Share(ctx, 0.3, attendance)) {
		return ""
	}
	s, err := c.readStanding(ctx, a)
	switch {
	case err != nil || len(s.NoFigures) == 0:
		return ""
	case c.Blind(ctx, s):
		return c.base + " collects no statistics (management_agent.disable_metrics_collector), so nodes have no figures"
	case len(s.NoFigures) == 1:
		return "node " + s.NoFigures[0] +
			" has reported no figures yet, so they are empty: a node reports them some seconds after its start; look again then"
	}
	return "nodes " + strings.Join(s.NoFigures, ", ") +
		" have reported no figures yet, so they are empty: nodes report them some seconds after their start; look again then"
}

// NoFigures returns the error that a listing from the statistics is empty, or has empty cells, because the broker
// collects no statistics.
func (c *Client) NoFigures(what string) error {
	return fail.New(fail.Incomplete, "%s collects no statistics (management_agent.disable_metrics_collector), so %s",
		c.base, what).
		Do(fail.SeeUnstatistic)
}

// nobodySays returns the error if, after this wait, neither the standing nor the roll tells which nodes answer. The
// argument what names the consequence.
func (c *Client) nobodySays(waited time.Duration, what string) error {
	return fail.New(fail.Incomplete, "%s did not say within %s whether all nodes answer, so %s", c.base,
		waited.Round(100*time.Millisecond), what).
		Next("a node may be silent: after about a minute (net_ticktime) the cluster treats it as down, and the others " +
			"are listed").
		Do(fail.SeeNodes)
}

// Unsaid returns the error for a failed request for the standing.
func (c *Client) Unsaid(err error, what string) error {
	return fail.New(fail.Incomplete, "it is not known whether all nodes answer (%w), so %s", err, what).
		Next("try again").Do(fail.SeeRequests)
}

// attendance is the longest wait for the standing, or for another small answer, where the node is expected to answer at
// once.
const attendance = 2 * time.Second

// stand asks which nodes answer, for a caller whose own request needs an answer from every node. If that is not known,
// the error is Incomplete; its cause is a Silence if at least the names of the nodes are known. The argument what says
// what may be missing: "something may be missing here".
func (c *Client) stand(ctx context.Context, what string) (Standing, error) {
	call := c.AskStanding(ctx)
	defer call.Drop()
	patience := beside.Share(ctx, 0.8, patienceForRoll)
	if !call.Within(ctx, patience) {
		return Standing{}, call.Incomplete(ctx, patience, what)
	}
	s, err := call.Standing(ctx)
	if err != nil {
		return s, c.Unsaid(err, what)
	}
	return s, nil
}

// Attendance returns no error if all nodes of the cluster run and report what they hold, as far as the asked node sees
// and the user may know. Otherwise the error is Incomplete: a listing that was read meanwhile does not show everything.
// told is false for a user without the tag monitoring: it may not list nodes, and sees only its own clients.
func (c *Client) Attendance(ctx context.Context) (told bool, err error) {
	s, err := c.stand(ctx, "something may be missing here")
	switch {
	case err != nil:
		return true, err
	case !s.Well():
		return true, s.Fault("the broker may have left out rows, or parts of figures")
	case c.Blind(ctx, s):
		return true, c.NoFigures("rows and figures may be missing here")
	}
	return s.Nodes > 0, nil
}

// Members returns how many nodes the cluster has (0 if the user may not know that), and the nodes that do not run or do
// not answer. If it is not known which nodes these are, the error is Incomplete.
func (c *Client) Members(ctx context.Context) (nodes int, missing []string, err error) {
	s, err := c.stand(ctx, "there may be alarms that the broker does not know of")
	var silence *Silence
	if errors.As(err, &silence) && len(silence.Silent) > 0 {
		return silence.nodes, silence.Silent, nil
	}
	if err != nil {
		return 0, nil, err
	}
	return s.Nodes, s.Down, nil
}
