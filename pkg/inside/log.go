package inside

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/rabbitctl/rabbitctl/pkg/erlang"
	"github.com/rabbitctl/rabbitctl/pkg/erldist"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
)

// LogFile returns the file into which the node writes its log. If the node's settings name no file, it returns the
// first file that the node lists, except the log of upgrades, which 3.10 lists first. A node that logs to no file lists
// another target, such as <stdout>; for this node LogFile returns an error. If official is true, LogFile returns even
// the log of upgrades or <stdout>, as the official tools do.
func LogFile(ctx context.Context, n Node, official bool) (string, error) {
	all, err := ask(ctx, n, "rabbit", "log_locations")
	if err != nil {
		return "", err
	}
	var files []string
	for _, f := range listed(all) {
		files = append(files, characters(f))
	}
	if len(files) == 0 {
		return "", fail.New(fail.Unavailable, "no log files are configured on the node").
			Next("log.file in the node's rabbitmq.conf names one, from the node's next start")
	}
	settings, err := ask(ctx, n, "application", "get_env", erlang.Atom("rabbit"), erlang.Atom("log"), erlang.Atom("none"))
	if err != nil {
		return "", err
	}
	if set := ValueOf(ValueOf(settings, "file"), "file"); set != nil && slices.Contains(files, characters(set)) {
		return characters(set), nil
	}
	if official {
		return files[0], nil
	}
	for _, f := range files {
		if !strings.HasSuffix(f, "_upgrade.log") && !strings.HasPrefix(f, "<") {
			return f, nil
		}
	}
	return "", fail.New(fail.Unavailable, "the node writes its log to no file, but to %s", strings.Join(files, ", ")).
		Next("read it where the node runs, for example: docker logs NAME, kubectl logs POD, journalctl -u rabbitmq-server")
}

// LogTail returns the last lines of a log of the node.
func LogTail(ctx context.Context, n Node, file string, lines int) ([]string, error) {
	tail, err := granted(ask(ctx, n, "rabbit_log_tail", "tail_n_lines", erlang.String(file), erlang.Int(int64(lines))))
	if err != nil {
		return nil, err
	}
	var out []string
	for _, l := range listed(tail) {
		out = append(out, characters(l))
	}
	return out, nil
}

// lasting converts a duration to the argument of the node's functions that send for a limited time: whole seconds, or
// the atom infinity if length is 0.
func lasting(length time.Duration) erlang.Term {
	if length <= 0 {
		return erlang.Atom("infinity")
	}
	return erlang.Int(int64((length + time.Second - 1) / time.Second))
}

// LogStream calls the function "each" with what the node writes into a log from now on, for the duration length; 0
// means without end. A part may end in the middle of a line.
func LogStream(ctx context.Context, n Node, file string, length time.Duration, each func(part string) error) error {
	return n.Stream(ctx, erldist.Rows{Module: "rabbit_log_tail", Function: "init_tail_stream",
		Args: func(ref erlang.Ref, to erlang.Pid) []erlang.Term {
			return []erlang.Term{erlang.String(file), to, ref, lasting(length)}
		}}, func(part erlang.Term) error { return each(characters(part)) })
}

// LogUnopened returns an error that names the file, if err says that the node cannot open its log. It
// returns any other error unchanged.
func LogUnopened(ctx context.Context, n Node, file string, err error) error {
	var reason erlang.Term
	var failed *erldist.RowsFailed
	if r := RefusedBy(err); r != nil {
		reason = r.Reason
	} else if errors.As(err, &failed) {
		reason = failed.Reason
	}
	why := "there is no such file"
	switch reason {
	case erlang.Atom("enoent"):
	case erlang.Atom("eacces"):
		why = "the node has no permission to read it"
	default:
		return err
	}
	node, err := n.Node(ctx)
	if err != nil {
		return err
	}
	return fail.New(fail.Unavailable, "node %s cannot open its log %s: %s", node, file, why).
		Next("rabbitctl log_location shows the log files of all nodes")
}

// Events calls the function "each" with every event on the node from now on, as a list of pairs, for the duration
// length; 0 means without end. pattern is a regular expression that the name of the event must match, such as ^queue\.
// or .* for all.
func Events(ctx context.Context, n Node, length time.Duration, pattern string,
	each func(event erlang.Term) error) error {
	if err := NeedsRabbit(ctx, n); err != nil {
		return err
	}
	return n.Stream(ctx, erldist.Rows{Module: "rabbit_event_consumer", Function: "register",
		Args: func(ref erlang.Ref, to erlang.Pid) []erlang.Term {
			return []erlang.Term{to, ref, lasting(length), erlang.Binary(pattern)}
		}}, each)
}
