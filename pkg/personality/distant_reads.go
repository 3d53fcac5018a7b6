package personality

import (
	"context"
	"strings"
	"time"

	"github.com/rabbitctl/rabbitctl/pkg/change"
	"github.com/rabbitctl/rabbitctl/pkg/erlang"
	"github.com/rabbitctl/rabbitctl/pkg/erldist"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/inside"
	"github.com/rabbitctl/rabbitctl/pkg/record"
)

// distantReads returns the commands that read over Erlang distribution what only the node itself knows.
func distantReads() []command {
	return []command{
		{name: "tls_versions", ready: needsApp, banner: say("Listing all TLS versions supported by the runtime..."),
			run: tlsVersions},
		cipherSuites(),
		{name: "os_env", ready: needsApp,
			banner: say("Listing RabbitMQ-specific environment variables defined on node %s..."), run: osEnv},
		resolveHostname(),
		{name: "resolver_info", usage: "resolver_info", switches: switches{"offline": truth}, valid: onNodeOnly,
			banner: say("Asking node %s for its effective hostname resolver (inetrc) configuration..."), run: resolverInfo},
		{name: "discover_peers", ready: needsApp, banner: say("Discovering peers nodes ..."), run: discoverPeers},
		{name: "erlang_cookie_hash", banner: say("Asking node %s its Erlang cookie hash..."),
			run: func(ctx context.Context, c *call) (answer, error) {
				hash, err := inside.CookieHash(ctx, c.erlang)
				return c.told(ctx, answer{text: hash, data: object("result", erlang.Atom("ok"), "value", erlang.Binary(hash))}, err)
			}},
		{name: "metadata_store_status", usage: "metadata_store_status", ready: needsApp,
			banner: say("Status of metadata store on node %s ..."), run: metadataStatus},
		{name: "maybe_stuck", ready: needsApp,
			banner: say("Asking node %s to detect potentially stuck Erlang processes..."),
			run: func(ctx context.Context, c *call) (answer, error) {
				err := inside.MaybeStuck(ctx, c.erlang, func(text string) { _ = c.print(text) })
				return c.told(ctx, answer{}, err)
			}},
		schemaInfo(), unresponsive(),
	}
}

// told returns the answer a, or, if err is not nil, the node's refusal as the tools print it.
func (c *call) told(ctx context.Context, a answer, err error) (answer, error) {
	if err != nil {
		return asNode(ctx, c, change.Outcome{}, err)
	}
	return a, nil
}

// learn asks the node of a distant command for its release, because the output depends on the release.
func (c *call) learn(ctx context.Context) error {
	version, err := c.erlang.Ask(ctx, erldist.Call{Module: "rabbit_misc", Function: "version"})
	if err == nil {
		text, _ := erldist.Characters(version, false)
		c.overview = record.Of(map[string]string{"rabbitmq_version": text})
	}
	return err
}

// onNodeOnly refuses --offline. With this option, the tools report on the Erlang that they themselves run in.
func onNodeOnly(c *call) *fault {
	if c.line.on("offline") {
		return no(fail.Unavailable, "--offline asks a local Erlang, and this program runs without Erlang")
	}
	return nil
}

func terms(texts []string) erlang.List {
	out := erlang.List{}
	for _, t := range texts {
		out = append(out, erlang.Binary(t))
	}
	return out
}

func tlsVersions(ctx context.Context, c *call) (answer, error) {
	all, err := inside.TLSVersions(ctx, c.erlang)
	if err == nil {
		err = c.learn(ctx)
	}
	between := "\n"
	if c.since(4, 0) {
		between = "" // the tools of 4.3.6 print all versions as one word
	}
	return c.told(ctx, answer{text: strings.Join(all, between), data: object("versions", terms(all))}, err)
}

func cipherSuites() command {
	titles := map[string]string{"openssl": "OpenSSL", "erlang": "Erlang term", "map": "map"}
	return command{
		name: "cipher_suites", usage: "cipher_suites [--format <openssl | erlang | map>] [--all] [--timeout <timeout>]",
		switches: switches{"format": text, "all": truth},
		valid: func(c *call) *fault {
			if titles[c.option("format", "openssl")] == "" {
				return c.bad("Format should be either openssl, erlang or map")
			}
			return nil
		},
		banner: func(c *call) string {
			return "Listing available cipher suites in " + titles[c.option("format", "openssl")] + " format"
		},
		run: func(ctx context.Context, c *call) (answer, error) {
			form := c.option("format", "openssl")
			all, err := inside.CipherSuites(ctx, c.erlang, form, c.line.on("all"))
			if err != nil {
				return c.told(ctx, answer{}, err)
			}
			if err := c.learn(ctx); err != nil {
				return answer{}, err
			}
			var lines []string
			for _, s := range all {
				switch name, _ := s.(erlang.String); {
				case c.machine() && name != "" && !c.since(4, 1): // 3.10 and 4.0.5
					lines = append(lines, erlang.JSON(erlang.Characters(name))) // a list of numbers
				case c.machine():
					lines = append(lines, erlang.JSON(s))
				case form == "openssl":
					lines = append(lines, erlang.Cell(s))
				default:
					lines = append(lines, erlang.Lines(s, 1, 0))
				}
			}
			if form == "openssl" && !c.machine() {
				return answer{text: strings.Join(lines, "\n")}, nil
			}
			return answer{printed: true}, c.print("[\n" + strings.Join(lines, "\n,") + "\n]\n")
		},
	}
}

func osEnv(ctx context.Context, c *call) (answer, error) {
	all, err := inside.OSEnv(ctx, c.erlang)
	var lines []string
	var pairs erlang.Map
	for _, p := range all {
		lines = append(lines, p.Name+"="+p.Value)
		pairs = append(pairs, erlang.Entry{Key: erlang.Binary(p.Name), Value: erlang.Binary(p.Value)})
	}
	return c.told(ctx, answer{text: strings.Join(lines, "\n"), data: object("node", erlang.Atom(c.node), "result",
		erlang.Atom("ok"), "variables", pairs)}, err)
}

func resolveHostname() command {
	return command{
		name: "resolve_hostname", usage: "resolve_hostname <hostname> [--address-family <ipv4 | ipv6>]", min: 1, max: 1,
		switches: switches{"address-family": text, "offline": truth}, letters: map[string]string{"a": "address-family"},
		valid: func(c *call) *fault {
			switch family, given := c.line.given("address-family"); {
			case !given, family == "ipv4", family == "ipv6":
				return onNodeOnly(c)
			default:
				return c.bad("unsupported IP address family %s. Valid values are: ipv4, ipv6", family)
			}
		},
		banner: func(c *call) string {
			return "Asking node " + c.node + " to resolve hostname " + c.args[0] + " to " + c.option("address-family", "IPv4") +
				" addresses..."
		},
		run: func(ctx context.Context, c *call) (answer, error) {
			typed := c.option("address-family", "IPv4")
			family := "inet"
			if typed == "ipv6" {
				family = "inet6"
			}
			all, err := inside.ResolveHost(ctx, c.erlang, c.args[0], family)
			if r := inside.RefusedBy(err); r != nil {
				return answer{}, no(fail.Data, "Hostname does not resolve (resolution failed with an %s)", erlang.Cell(r.Reason))
			}
			return c.told(ctx, answer{text: strings.Join(all, "\n"), data: object("address_family", erlang.Binary(typed),
				"addresses", terms(all), "hostname", erlang.Binary(c.args[0]), "node", erlang.Atom(c.node), "result",
				erlang.Atom("ok"))}, err)
		},
	}
}

func resolverInfo(ctx context.Context, c *call) (answer, error) {
	all, err := inside.Resolver(ctx, c.erlang)
	if err == nil {
		err = c.learn(ctx)
	}
	if err != nil {
		return c.told(ctx, answer{}, err)
	}
	known := map[string]string{}
	var hosts []string
	var data []any
	for _, p := range inside.Pairs(all) {
		known[p.Name] = p.Value
		data = append(data, p.Name, erlang.Binary(p.Value))
	}
	for _, e := range inside.HostEntries(all) {
		hosts = append(hosts, e.Name+" "+e.Value)
	}
	text := c.sections([]section{
		{"Runtime Hostname Resolver (inetrc) Settings", []string{"Lookup order: " + known["lookup"],
			"Hosts file: " + known["hosts_file"], "Resolver conf file: " + known["resolv_conf"],
			"Cache size: " + known["cache_size"]}},
		{"inetrc File Host Entries", orNone(hosts)},
	})
	return answer{text: text, data: object("node", erlang.Atom(c.node), "result", erlang.Atom("ok"), "resolver",
		object(data...))}, nil
}

func discoverPeers(ctx context.Context, c *call) (answer, error) {
	all, err := inside.Peers(ctx, c.erlang)
	if len(all) == 0 {
		const none = "No peers discovered"
		return c.told(ctx, answer{text: none, data: object("message", erlang.Binary(none))}, err)
	}
	return c.told(ctx, answer{text: erlang.Elixir(erlang.List(all)), data: erlang.List(all)}, err)
}

func metadataStatus(ctx context.Context, c *call) (answer, error) {
	rows, khepri, err := inside.MetadataStatus(ctx, c.erlang)
	if err != nil {
		return c.told(ctx, answer{}, err)
	}
	t := ofRows(rows)
	if !khepri {
		t.names, t.rows = []string{"Metadata Store"}, [][]erlang.Term{{erlang.Atom("mnesia")}}
	}
	return answer{table: t, format: "pretty_table"}, nil
}

// columned returns the columns that the arguments name, or all columns without arguments. It refuses unknown columns.
func columned(c *call, all string) (names []string, f *fault) {
	known := strings.Fields(all)
	var odd []string
	for _, word := range c.args {
		for name := range strings.SplitSeq(word, ",") {
			switch {
			case name == "":
			case strings.Contains(" "+all+" ", " "+name+" "):
				names = append(names, name)
			default:
				odd = append(odd, name)
			}
		}
	}
	if len(odd) > 0 {
		return nil, c.invalid("Info key(s) " + strings.Join(odd, ",") + " are not supported")
	}
	if len(names) == 0 {
		names = known
	}
	return names, nil
}

// cells returns the values that a row of pairs has for the names; nil for a name that the row lacks. For a queue or
// another resource it returns only the name.
func cells(row erlang.Term, names []string) []erlang.Term {
	out := make([]erlang.Term, 0, len(names))
	for _, name := range names {
		value := inside.ValueOf(row, name)
		if text := inside.NameOf(value); text != "" {
			value = erlang.Binary(text)
		}
		out = append(out, value)
	}
	return out
}

func schemaInfo() command {
	const all = "name cookie active_replicas user_properties"
	return command{
		name: "schema_info", usage: "schema_info [--no-table-headers] [<column> ...] [--timeout <timeout>]", max: -1,
		switches: switches{"table-headers": truth},
		valid: func(c *call) *fault {
			_, f := columned(c, all)
			return f
		},
		banner: say("Asking node %s to report its schema..."),
		run: func(ctx context.Context, c *call) (answer, error) {
			names, _ := columned(c, all)
			rows, err := inside.Schema(ctx, c.erlang, names)
			t := &table{names: names}
			for _, r := range rows {
				t.rows = append(t.rows, cells(r, names))
			}
			return c.told(ctx, answer{table: t, format: "table"}, err)
		},
	}
}

func unresponsive() command {
	const all = "name durable auto_delete arguments pid"
	const patience = 15
	return command{
		name: "list_unresponsive_queues", usage: "list_unresponsive_queues [--local] [--queue-timeout <seconds>] " +
			"[<column> ...] [--no-table-headers] [--timeout <timeout>]", max: -1, ready: needsApp,
		switches: switches{"local": truth, "queue-timeout": integer, "table-headers": truth, "pad-to-header": truth},
		valid: func(c *call) *fault {
			_, f := columned(c, all)
			return f
		},
		banner: func(c *call) string { return "Listing unresponsive queues for vhost " + c.vhost() + " ..." },
		run: func(ctx context.Context, c *call) (answer, error) {
			names, _ := columned(c, all)
			within := time.Duration(c.number("queue-timeout", patience)) * time.Second
			t := &table{names: names, streamed: true}
			err := inside.Unresponsive(ctx, c.erlang, c.vhost(), names, within, c.line.on("local"),
				func(row erlang.Term) error {
					t.rows = append(t.rows, cells(row, names))
					return nil
				})
			return c.told(ctx, answer{table: t, format: "table"}, err)
		},
	}
}
