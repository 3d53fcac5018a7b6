package personality

import (
	"context"
	"errors"
	"io/fs"
	"strconv"
	"strings"

	"github.com/rabbitctl/rabbitctl/pkg/change"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
)

// distantSettings returns the commands that change what a node keeps only while it runs, such as a cache, and the
// commands reconcile_vhosts and eval_file.
func distantSettings() []command {
	return distant(
		ofOp(change.EnableSourceTracking, command{usage: "enable_auth_attempt_source_tracking", ready: needsApp,
			banner: say("Enabling authentication attempt source tracking ...")}, asNode),
		ofOp(change.DisableSourceTracking, command{usage: "disable_auth_attempt_source_tracking", ready: needsApp,
			banner: say("Disabling authentication attempt source tracking ...")}, asNode),
		clearingCache(),
		anyNumber(ofOp(change.RefreshTrustStore, command{usage: "refresh_trust_store",
			banner: say("Refreshing trust store certificates on node %s...")}, asNode)),
		ofOp(change.ReconcileVHosts, command{ready: needsApp,
			banner: say("Will try to initiate virtual host reconciliation on all reachable cluster nodes...")}, asNode),
		ofOp(change.SetInterceptorPriorities, command{
			usage: "set_channel_interceptor_priorities <interceptor> <priority> [<interceptor> <priority> ...] " +
				"[--timeout <timeout>]", min: 1, valid: validPriorities, ready: needsApp,
			banner: func(c *call) string {
				var pairs []string
				for i := 0; i+1 < len(c.args); i += 2 {
					pairs = append(pairs, c.args[i]+"="+c.args[i+1])
				}
				return "Setting channel interceptor priorities to [" + strings.Join(pairs, ", ") + "] ..."
			}}, asNode),
		signingKey(change.AddSigningKey), signingKey(change.AddUAAKey),
		evalFile(),
	)
}

// anyNumber lets a command take any number of arguments: some commands of plugins ignore their arguments.
func anyNumber(d command) command {
	d.max = -1
	return d
}

// clearingCache returns the command clear_auth_backend_cache. It prints :ok, as the tool does for one node. With
// --formatter json, the tool clears the cache and then fails; this program does not fail.
func clearingCache() command {
	return anyNumber(ofOp(change.ClearAuthCache, command{usage: "clear_auth_backend_cache",
		banner: say("Will clear rabbitmq_auth_backend_cache plugin's cache on the target node...")},
		func(ctx context.Context, c *call, o change.Outcome, err error) (answer, error) {
			if err != nil {
				return asNode(ctx, c, o, err)
			}
			return answer{text: ":ok"}, nil
		}))
}

func validPriorities(c *call) *fault {
	if len(c.args)%2 != 0 {
		return c.bad("Interceptors and priorities must be provided as <interceptor> <priority> pairs")
	}
	for i := 1; i < len(c.args); i += 2 {
		if _, err := strconv.Atoi(c.args[i]); err != nil {
			return c.bad("Priority %q is not a valid integer", c.args[i])
		}
	}
	return nil
}

// signingKey returns the command add_signing_key or add_uaa_key. It sends the content of a PEM file, so the node does
// not need the file. As in the tools, the banner contains the key.
func signingKey(made func() change.Op) command {
	name := made().Name
	return ofOp(made, command{
		usage:    name + " <name> [--json=<json_key>] [--pem=<public_key>] [--pem-file=<pem_file>]",
		switches: switches{"pem-file": text}, valid: validKey,
		ready: func(ctx context.Context, c *call) error { return c.learn(ctx) },
		banner: func(c *call) string {
			head := "Adding OAuth signing key \"" + c.args[0] + "\" "
			if !c.since(3, 13) {
				head = "Adding UAA signing key \"" + c.args[0] + "\" "
			}
			file, filed := c.line.given("pem-file")
			key, isJSON := c.line.given("json")
			switch {
			case filed:
				return head + "filename: \"" + file + "\""
			case isJSON:
				return head + "in JSON format: \"" + key + "\""
			}
			return head + "public key: \"" + c.option("pem", "") + "\""
		}}, func(ctx context.Context, c *call, o change.Outcome, err error) (answer, error) {
		a, err := asNode(ctx, c, o, err)
		a.printed = c.machine() // the tools print nothing in JSON
		return a, err
	})
}

func validKey(c *call) *fault {
	given := 0
	for _, name := range []string{"json", "pem", "pem-file"} {
		if _, ok := c.line.given(name); ok {
			given++
		}
	}
	key, isJSON := c.line.given("json")
	path, filed := c.line.given("pem-file")
	switch {
	case given == 0:
		return c.bad("No key specified")
	case given > 1:
		return c.bad("There can be only one key type")
	case isJSON && change.KeyProblem(key) == change.NoObject:
		return c.bad("Invalid JSON")
	case isJSON && change.KeyProblem(key) != "":
		return c.bad("Json key should contain \"kty\" field")
	case filed:
		content, err := c.app.ReadFile(path)
		if err != nil {
			return c.bad("PEM file not found")
		}
		c.line.options["pem"] = string(content)
		if !change.IsPEM(string(content)) {
			return c.invalid(`"Unable to read a key from the PEM file"`)
		}
	case !isJSON && !change.IsPEM(c.option("pem", "")):
		return c.invalid(`"Unable to read a key from the PEM string"`)
	}
	return nil
}

// evalFile returns the command eval_file. It runs eval with the content of a file on this machine. The official command
// passes no arguments to the expression.
func evalFile() command {
	d := ofOp(change.Eval, command{usage: "eval_file <file path>", valid: validFile}, nil)
	d.name, d.min, d.max, d.run = "eval_file", 1, 1, evaluate
	return d
}

func validFile(c *call) *fault {
	content, err := c.app.ReadFile(c.args[0])
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return c.invalid("\"File " + c.args[0] + " does not exist\"")
	case err != nil && strings.Contains(err.Error(), "is a directory"):
		return c.invalid(":eisdir")
	case err != nil:
		return no(fail.Unavailable, "%v", err)
	case strings.TrimSpace(string(content)) == "":
		return c.invalid(`"syntax error before: "`)
	}
	c.args = []string{string(content)}
	return nil
}
