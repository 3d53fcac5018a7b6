package personality

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"strings"

	"github.com/rabbitctl/rabbitctl/pkg/change"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
)

// superStreamChanges returns the commands about super streams.
func superStreamChanges() []command {
	return []command{
		ofOp(change.AddSuperStream, command{
			usage:  "add_super_stream <name> [--vhost <vhost>] [--partitions <partitions>] [--binding-keys <binding-keys>]",
			banner: superStream("Adding a super stream"), valid: (*call).superStreamTold, ready: asOfRelease,
		}, superStreamAdded),
		ofOp(change.DeleteSuperStream, command{usage: "delete_super_stream <name> [--vhost <vhost>]",
			banner: superStream("Deleting a super stream")}, superStreamDeleted),
	}
}

func superStream(doing string) func(*call) string {
	return func(c *call) string {
		if !c.since(4, 0) {
			return doing + " (experimental feature)..."
		}
		return doing + "..."
	}
}

// keys returns the keys given with --binding-keys or --routing-keys: each key gets a partition.
func (c *call) keys() []string {
	for _, option := range []string{"binding-keys", "routing-keys"} {
		if text, given := c.line.given(option); given {
			return change.KeysOf(text)
		}
	}
	return nil
}

// superStreamTold refuses options with wrong values, and options that exclude each other, in the words of the official
// tool. It does so before any request is sent.
func (c *call) superStreamTold() *fault {
	wrong := func(what string) *fault { return c.invalid(`~c"` + what + `"`) }
	count, counted := c.line.given("partitions")
	if counted && len(c.keys()) > 0 {
		return wrong("Specify --partitions or --binding-keys, not both.")
	}
	if n, err := strconv.Atoi(count); counted && err == nil && n < 1 {
		return wrong("The partition number must be greater than 0")
	}
	for _, option := range []string{"max-length-bytes", "stream-max-segment-size-bytes"} {
		if text, given := c.line.given(option); given && !change.OfficialSize(text) {
			return c.wrongSize(option)
		}
	}
	if text, given := c.line.given("max-age"); given {
		if _, ok := change.ISOSeconds(text); !ok {
			//nolint:dupword // the words of the tool
			return wrong("Invalid value for --max-age, the value must a ISO 8601 duration, e.g. e.g. PT10M30S for 10 minutes 30 " +
				"seconds, P5DT8H for 5 days 8 hours.")
		}
	}
	locators := []string{"client-local", "balanced", "random", "least-leaders"}
	if text, given := c.line.given("leader-locator"); given && !slices.Contains(locators, text) {
		return wrong("Invalid value for --leader-locator, valid values are client-local, balanced.")
	}
	if n, err := strconv.Atoi(c.line.options["initial-cluster-size"]); err == nil && n < 1 {
		return wrong("Invalid value for --initial-cluster-size, the value must be positive.")
	}
	return nil
}

func (c *call) wrongSize(option string) *fault {
	return c.invalid(`~c"Invalid value for --` + option + `, valid example values: 100gb, 50mb"`)
}

// asOfRelease handles two differences of the tools before 4.0 (measured on 3.10): they refuse --binding-keys, and sizes
// in terabytes or petabytes, and they read 5g as 5gib, where later tools read 5gb.
func asOfRelease(_ context.Context, c *call) error {
	if c.since(4, 0) {
		return nil
	}
	if _, given := c.line.given("binding-keys"); given {
		return c.invalid("Invalid options for this command:\n--binding-keys : ")
	}
	for _, option := range []string{"max-length-bytes", "stream-max-segment-size-bytes"} {
		text, given := c.line.given(option)
		switch {
		case given && strings.ContainsAny(text, "tTpP"):
			return c.wrongSize(option)
		case given && strings.ContainsAny(text[len(text)-1:], "kmgKMG"):
			c.line.options[option] = text + "ib"
		}
	}
	return nil
}

func superStreamAdded(_ context.Context, c *call, _ change.Outcome, err error) (answer, error) {
	name := c.args[0]
	keys := c.keys()
	for i, key := range keys {
		switch {
		case !slices.Contains(keys[:i], key):
		case c.since(4, 0):
			twice := name + "-" + key
			return answer{}, no(fail.Internal, `{:validation_failed, {~c"Duplicate partition names found %s"}}`, twice+twice)
		default:
			return answer{}, no(fail.Internal, "reference_already_exists")
		}
	}
	var there *change.Exists
	if errors.As(err, &there) {
		return answer{}, no(fail.Internal, `{:reference_already_exists, ~c"there is already %s named %s"}`,
			map[string]string{"exchange": "an exchange", "queue": "a queue"}[there.What], there.Name)
	}
	return answer{text: "Super stream " + name + " has been created"}, err
}

func superStreamDeleted(_ context.Context, c *call, _ change.Outcome, err error) (answer, error) {
	if m := change.MissingOf(err); m != nil {
		return answer{}, no(fail.Internal, "stream_not_found")
	}
	return answer{text: "Super stream " + c.args[0] + " has been deleted"}, err
}
