package personality

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/rabbitctl/rabbitctl/pkg/broker"
	"github.com/rabbitctl/rabbitctl/pkg/change"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
)

// vhostChanges returns the commands that change virtual hosts.
func vhostChanges() []command {
	of := func(text string) func(*call) string {
		return func(c *call) string { return strings.ReplaceAll(text, "%v", `"`+c.args[0]+`"`) }
	}
	return slices.Concat([]command{
		ofOp(change.AddVHost, command{
			letters: map[string]string{"d": "description"}, banner: of("Adding vhost %v ..."), valid: queueTyped,
			usage: `add_vhost <vhost> [--description <description> --tags "<tag1>,<tag2>,<...>" --default-queue-type <quorum|classic|stream>]`,
		}, nil),
		ofOp(change.DeleteVHost, command{usage: "delete_vhost <vhost>", banner: of("Deleting vhost %v ...")}, vhostDeleted),
		ofOp(change.SetVHostTags, command{
			usage: "set_vhost_tags <vhost> <tag> [...]",
			banner: func(c *call) string {
				return fmt.Sprintf("Setting tags for virtual host \"%s\" to [%s] ...", c.args[0], strings.Join(c.args[1:], ", "))
			},
		}, nil),
		ofOp(change.UpdateVHostMetadata, command{
			letters: map[string]string{"d": "description"},
			usage: `update_vhost_metadata <vhost> [--description=<description>] [--tags="<tag1>,<tag2>,<...>"] ` +
				`[--default-queue-type=<quorum|classic|stream>] [--protected-from-deletion=<true|false>]`,
			banner: of("Updating metadata of vhost %v ..."),
			valid: func(c *call) *fault {
				for name := range c.line.options {
					if slices.Contains([]string{"description", "tags", "default-queue-type", "protected-from-deletion"}, name) {
						return queueTyped(c)
					}
				}
				return c.invalid("not enough arguments.")
			},
		}, vhostProtected),
		ofOp(change.EnableVHostDeletionProtection, command{usage: "enable_vhost_deletion_protection <vhost>",
			banner: of("Protecting virtual host %v from removal by updating its metadata...")}, vhostProtected),
		ofOp(change.DisableVHostDeletionProtection, command{usage: "disable_vhost_deletion_protection <vhost>",
			banner: of("Removing deletion protection from virtual host %v by updating its metadata...")}, vhostProtected),
	}, vhostLimitChanges(), vhostSwitches())
}

func vhostLimitChanges() []command {
	return []command{
		ofOp(change.SetVHostLimits, command{
			usage: "set_vhost_limits [--vhost <vhost>] <definition>",
			banner: func(c *call) string {
				return fmt.Sprintf("Setting vhost limits to \"%s\" for vhost \"%s\" ...", c.args[0], c.vhost())
			},
		}, nil),
		ofOp(change.ClearVHostLimits, command{
			usage:  "clear_vhost_limits [--vhost <vhost>]",
			banner: func(c *call) string { return "Clearing vhost \"" + c.vhost() + "\" limits ..." },
		}, policyCleared),
	}
}

// vhostSwitches returns the commands that turn the tracing of a virtual host on and off, and that restart a virtual
// host.
func vhostSwitches() []command {
	return []command{
		ofOp(change.TraceOn, command{
			usage:  "trace_on [--vhost <vhost>]",
			banner: func(c *call) string { return "Starting tracing for vhost \"" + c.vhost() + "\" ..." },
		}, traced("Trace enabled for vhost ")),
		ofOp(change.TraceOff, command{
			usage:  "trace_off [--vhost <vhost>]",
			banner: func(c *call) string { return "Stopping tracing for vhost \"" + c.vhost() + "\" ..." },
		}, traced("Trace disabled for vhost ")),
		ofOp(change.RestartVHost, command{
			usage: "restart_vhost [--vhost <vhost>] [--timeout <timeout>]", anywhere: true,
			banner: func(c *call) string {
				return "Trying to restart vhost '" + c.vhost() + "' on node '" + c.node + "' ..."
			},
		}, vhostRestarted),
	}
}

// queueTyped refuses a default queue type that does not exist.
func queueTyped(c *call) *fault {
	kind, ok := c.line.given("default-queue-type")
	if ok && !slices.Contains([]string{"quorum", "stream", "classic"}, kind) {
		return c.bad("Default queue type must be one of: quorum, stream, classic. Provided: %s", kind)
	}
	return nil
}

func vhostDeleted(_ context.Context, c *call, _ change.Outcome, err error) (answer, error) {
	if broker.Status(err) == 412 {
		return answer{}, no(fail.Data,
			"This virtual host is protected from deletion\n  next: %s disable_vhost_deletion_protection %s", c.tool, c.args[0])
	}
	return answer{}, shared(err)
}

func vhostProtected(_ context.Context, c *call, _ change.Outcome, err error) (answer, error) {
	if broker.IsNotOffered(err) {
		return answer{}, no(fail.Unavailable, "RabbitMQ %s does not protect virtual hosts from deletion",
			c.overview.At("rabbitmq_version").Text())
	}
	return answer{}, shared(err)
}

// traced reports success for every virtual host, even for one that does not exist, as the official tool does.
func traced(text string) says {
	return func(_ context.Context, c *call, _ change.Outcome, err error) (answer, error) {
		if change.MissingOf(err) != nil {
			err = nil
		}
		return answer{text: text + c.vhost()}, err
	}
}

func vhostRestarted(_ context.Context, c *call, o change.Outcome, err error) (answer, error) {
	switch {
	case change.MissingOf(err) != nil:
		return answer{}, no(fail.Internal, "Failed to start vhost '%s' on node '%s': there is no such virtual host",
			c.vhost(), c.node)
	case err != nil:
		return answer{}, err
	case o.Word == "unchanged":
		return answer{text: fmt.Sprintf("Vhost '%s' is already running on node '%s'", c.vhost(), c.node)}, nil
	}
	return answer{text: fmt.Sprintf("Successfully restarted vhost '%s' on node '%s'", c.vhost(), c.node)}, nil
}
