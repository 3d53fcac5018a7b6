package queue

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"github.com/spf13/pflag"

	"github.com/rabbitctl/rabbitctl/pkg/fail"
)

// guard are the conditions that a destructive command can be given.
type guard struct {
	expect   string
	low      int64
	high     int64
	ifExists bool
	ifEmpty  bool
	ifUnused bool
}

func (g *guard) expectFlag(fs *pflag.FlagSet) {
	fs.StringVar(&g.expect, "expect-messages", "", "refuse unless the queue holds `N[:M]` messages, ready and unacknowledged together")
	fs.BoolVar(&g.ifExists, "if-exists", false, "a queue that is not there is no failure")
}

// parse checks the flags before anything is sent.
func (g *guard) parse() error {
	if g.expect == "" {
		return nil
	}
	low, high, ranged := strings.Cut(g.expect, ":")
	var errLow, errHigh error
	g.low, errLow = strconv.ParseInt(low, 10, 64)
	g.high = g.low
	if ranged {
		g.high = math.MaxInt64
		if high != "" {
			g.high, errHigh = strconv.ParseInt(high, 10, 64)
		}
	}
	if errLow != nil || errHigh != nil || g.low < 0 || g.high < g.low {
		return fail.Usagef("--expect-messages %q is no number and no range", g.expect).Next("for example 200, 0:1000, or 1:")
	}
	return nil
}

// refuse says why a queue may not be touched; nil when it may.
func (g *guard) refuse(q counted, name string) error {
	needsCounts := g.expect != "" || g.ifEmpty
	if needsCounts && !q.countsKnown {
		return fail.New(fail.Data, "refused: the broker does not know how many messages queue %s holds", name).
			Next("is its node up? rabbitctl list_queues name state node messages")
	}
	total := q.readyCount + q.unackedCount
	switch {
	case g.expect != "" && (total < g.low || total > g.high):
		return fail.New(fail.Data, "refused: queue %s holds %d messages, expected %s", name, total, g.expect)
	case g.ifEmpty && total > 0:
		return fail.New(fail.Data, "refused: queue %s is not empty: %d ready, %d unacknowledged", name, q.readyCount, q.unackedCount)
	case g.ifUnused && !q.consumers.Known():
		return fail.New(fail.Data, "refused: the broker does not know whether queue %s has consumers", name)
	case g.ifUnused && q.consumers.Text() != "0":
		return fail.New(fail.Data, "refused: queue %s is in use by %s", name, plural(q.consumers.Text(), "consumer"))
	}
	return nil
}

func plural(n, one string) string {
	if n == "1" {
		return "1 " + one
	}
	return fmt.Sprintf("%s %ss", n, one)
}
