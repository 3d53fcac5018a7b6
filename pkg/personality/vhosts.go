package personality

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/rabbitctl/rabbitctl/pkg/broker"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
)

// vhostChanges are the commands that change virtual hosts.
func vhostChanges() []command {
	settings := switches{"description": text, "tags": text, "default-queue-type": text}
	of := func(text string) func(*call) string {
		return func(c *call) string { return strings.ReplaceAll(text, "%v", `"`+c.args[0]+`"`) }
	}
	typed := func(c *call) *fault {
		if kind, ok := c.line.given("default-queue-type"); ok && !slices.Contains([]string{"quorum", "stream", "classic"},
			kind) {
			return c.bad("Default queue type must be one of: quorum, stream, classic. Provided: %s", kind)
		}
		return nil
	}
	protect := func(on bool) func(context.Context, *call) (answer, error) {
		return func(ctx context.Context, c *call) (answer, error) { return answer{}, c.protect(ctx, on) }
	}
	return []command{
		{
			name: "add_vhost", min: 1, max: 1, switches: settings, letters: map[string]string{"d": "description"},
			usage:  `add_vhost <vhost> [--description <description> --tags "<tag1>,<tag2>,<...>" --default-queue-type <quorum|classic|stream>]`,
			banner: of("Adding vhost %v ..."), valid: typed, run: addVHost,
		},
		{name: "delete_vhost", usage: "delete_vhost <vhost>", min: 1, max: 1, banner: of("Deleting vhost %v ..."),
			run: deleteVHost},
		{
			name: "set_vhost_tags", usage: "set_vhost_tags <vhost> <tag> [...]", min: 1, max: -1,
			banner: func(c *call) string {
				return fmt.Sprintf("Setting tags for virtual host \"%s\" to [%s] ...", c.args[0], strings.Join(c.args[1:], ", "))
			},
			run: func(ctx context.Context, c *call) (answer, error) {
				return answer{}, c.replaceVHost(ctx, c.args[0], func(s *broker.VHostSettings) {
					s.Tags = strings.Join(c.args[1:], ",")
				})
			},
		},
		{
			name: "update_vhost_metadata", min: 1, max: 1, letters: map[string]string{"d": "description"}, run: updateVHost,
			usage: `update_vhost_metadata <vhost> [--description=<description>] [--tags="<tag1>,<tag2>,<...>"] ` +
				`[--default-queue-type=<quorum|classic|stream>] [--protected-from-deletion=<true|false>]`,
			switches: switches{"description": text, "tags": text, "default-queue-type": text, "protected-from-deletion": truth},
			banner:   of("Updating metadata of vhost %v ..."),
			valid: func(c *call) *fault {
				for name := range c.line.options {
					if slices.Contains([]string{"description", "tags", "default-queue-type", "protected-from-deletion"}, name) {
						return typed(c)
					}
				}
				return c.invalid("not enough arguments.")
			},
		},
		{
			name: "enable_vhost_deletion_protection", usage: "enable_vhost_deletion_protection <vhost>", min: 1, max: 1,
			run:    protect(true),
			banner: of("Protecting virtual host %v from removal by updating its metadata..."),
		},
		{
			name: "disable_vhost_deletion_protection", usage: "disable_vhost_deletion_protection <vhost>", min: 1, max: 1,
			run:    protect(false),
			banner: of("Removing deletion protection from virtual host %v by updating its metadata..."),
		},
		{
			name: "set_vhost_limits", usage: "set_vhost_limits [--vhost <vhost>] <definition>", min: 1, max: 1,
			run: setVHostLimits,
			banner: func(c *call) string {
				return fmt.Sprintf("Setting vhost limits to \"%s\" for vhost \"%s\" ...", c.args[0], c.vhost())
			},
		},
		{
			name: "clear_vhost_limits", usage: "clear_vhost_limits [--vhost <vhost>]", run: clearVHostLimits,
			banner: func(c *call) string { return "Clearing vhost \"" + c.vhost() + "\" limits ..." },
		},
		{
			name: "trace_on", usage: "trace_on [--vhost <vhost>]", run: trace(true, "Trace enabled for vhost "),
			banner: func(c *call) string { return "Starting tracing for vhost \"" + c.vhost() + "\" ..." },
		},
		{
			name: "trace_off", usage: "trace_off [--vhost <vhost>]", run: trace(false, "Trace disabled for vhost "),
			banner: func(c *call) string { return "Stopping tracing for vhost \"" + c.vhost() + "\" ..." },
		},
		{
			name: "restart_vhost", usage: "restart_vhost [--vhost <vhost>] [--timeout <timeout>]", run: restartVHost,
			anywhere: true,
			banner: func(c *call) string {
				return "Trying to restart vhost '" + c.vhost() + "' on node '" + c.node + "' ..."
			},
		},
	}
}

// addVHost leaves a virtual host that is there as it is, where a PUT would replace its settings.
func addVHost(ctx context.Context, c *call) (answer, error) {
	if err := addressable(c.args[0]); err != nil {
		return answer{}, err
	}
	switch _, err := c.client.VHost(ctx, c.args[0]); {
	case err == nil:
		return answer{}, nil
	case !broker.IsNotFound(err):
		return answer{}, err
	}
	return answer{}, c.client.PutVHost(ctx, c.args[0], broker.VHostSettings{
		Description: c.option("description", ""), Tags: c.option("tags", ""), DefaultQueueType: c.option("default-queue-type",
			""),
	})
}

func deleteVHost(ctx context.Context, c *call) (answer, error) {
	if err := addressable(c.args[0]); err != nil {
		return answer{}, err
	}
	err := c.client.DeleteVHost(ctx, c.args[0])
	switch {
	case broker.IsNotFound(err):
		return answer{}, missingVHost(c.args[0])
	case broker.Status(err) == 412:
		return answer{}, no(fail.Data,
			"This virtual host is protected from deletion\n  next: %s disable_vhost_deletion_protection %s", c.tool, c.args[0])
	}
	return answer{}, err
}

// replaceVHost changes settings of a virtual host and sends the rest back as they were. One that is not there is not
// made.
func (c *call) replaceVHost(ctx context.Context, name string, change func(*broker.VHostSettings)) error {
	if err := addressable(name); err != nil {
		return err
	}
	vhost, err := c.client.VHost(ctx, name)
	switch {
	case broker.IsNotFound(err):
		return missingVHost(name)
	case err != nil:
		return err
	}
	s := broker.VHostSettings{Description: vhost.At("description").Text(), Tags: strings.Join(textsOf(vhost.At("tags")),
		",")}
	if kind := vhost.At("default_queue_type").Text(); slices.Contains([]string{"quorum", "stream", "classic"}, kind) {
		s.DefaultQueueType = kind
	}
	change(&s)
	return c.client.PutVHost(ctx, name, s)
}

func updateVHost(ctx context.Context, c *call) (answer, error) {
	err := c.replaceVHost(ctx, c.args[0], func(s *broker.VHostSettings) {
		s.Description, s.Tags = c.option("description", s.Description), c.option("tags", s.Tags)
		s.DefaultQueueType = c.option("default-queue-type", s.DefaultQueueType)
	})
	if _, ok := c.line.given("protected-from-deletion"); err == nil && ok {
		err = c.protect(ctx, c.line.on("protected-from-deletion"))
	}
	return answer{}, err
}

func (c *call) protect(ctx context.Context, on bool) error {
	if err := addressable(c.args[0]); err != nil {
		return err
	}
	err := c.client.ProtectVHost(ctx, c.args[0], on)
	if !broker.IsNotFound(err) {
		return err
	}
	if c.client.HasVHost(ctx, c.args[0]) {
		return no(fail.Unavailable, "RabbitMQ %s does not protect virtual hosts from deletion",
			c.overview.At("rabbitmq_version").Text())
	}
	return missingVHost(c.args[0])
}

func setVHostLimits(ctx context.Context, c *call) (answer, error) {
	var limits json.RawMessage
	if f := c.parsed(c.args[0], &limits); f != nil {
		return answer{}, f
	}
	if err := addressable(c.vhost()); err != nil {
		return answer{}, err
	}
	return answer{}, c.inVHost(ctx, c.client.SetParameter(ctx, "vhost-limits", c.vhost(), "limits", limits))
}

func clearVHostLimits(ctx context.Context, c *call) (answer, error) {
	if err := addressable(c.vhost()); err != nil {
		return answer{}, err
	}
	return answer{}, missingParameter(c.client.ClearParameter(ctx, "vhost-limits", c.vhost(), "limits"))
}

// inVHost reads a refusal that means that the virtual host is not there: a 404, or with some releases a 500.
func (c *call) inVHost(ctx context.Context, err error) error {
	if broker.IsNotFound(err) || broker.Status(err) >= 500 && !c.client.HasVHost(ctx, c.vhost()) {
		return missingVHost(c.vhost())
	}
	return err
}

// missingParameter reads a 404 as that of a parameter or a policy.
func missingParameter(err error) error {
	if broker.IsNotFound(err) {
		return no(fail.Unavailable, "Parameter does not exist")
	}
	return err
}

// trace switches tracing. The official tool takes any virtual host, one that is not there too.
func trace(on bool, text string) func(context.Context, *call) (answer, error) {
	return func(ctx context.Context, c *call) (answer, error) {
		err := c.replaceVHost(ctx, c.vhost(), func(s *broker.VHostSettings) { s.Tracing = &on })
		if f := (*fault)(nil); errors.As(err, &f) && f.kind == fail.Data {
			err = nil
		}
		return answer{text: text + c.vhost()}, err
	}
}

func restartVHost(ctx context.Context, c *call) (answer, error) {
	if err := addressable(c.vhost()); err != nil {
		return answer{}, err
	}
	vhost, err := c.client.VHost(ctx, c.vhost())
	switch {
	case broker.IsNotFound(err):
		return answer{}, no(fail.Internal, "Failed to start vhost '%s' on node '%s': there is no such virtual host",
			c.vhost(), c.node)
	case err != nil:
		return answer{}, err
	}
	running := false
	for node, state := range vhost.At("cluster_state").Members() {
		running = running || node == c.node && state.Text() == "running"
	}
	if running {
		return answer{text: fmt.Sprintf("Vhost '%s' is already running on node '%s'", c.vhost(), c.node)}, nil
	}
	if err := c.client.RestartVHost(ctx, c.vhost(), c.node); err != nil {
		return answer{}, err
	}
	return answer{text: fmt.Sprintf("Successfully restarted vhost '%s' on node '%s'", c.vhost(), c.node)}, nil
}
