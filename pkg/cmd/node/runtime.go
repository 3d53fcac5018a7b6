package node

import (
	"context"

	"github.com/spf13/pflag"

	"github.com/rabbitctl/rabbitctl/pkg/erlang"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/inside"
	"github.com/rabbitctl/rabbitctl/pkg/record"
	"github.com/rabbitctl/rabbitctl/pkg/verb"
)

// texts returns a table in which all columns are texts. By default it shows all of them, in the given order.
func texts(noun string, columns ...[2]string) record.Table {
	t := record.Table{Noun: noun}
	for _, c := range columns {
		t.Default = append(t.Default, c[0])
		t.Columns = append(t.Columns, record.Column{Name: c[0], Kind: record.Text, Help: c[1]})
	}
	return t
}

// named returns a row with one or more columns, from pairs of a name and a value: name, value, name, value.
func named(pairs ...string) map[string]record.Value {
	row := map[string]record.Value{}
	for i := 0; i+1 < len(pairs); i += 2 {
		row[pairs[i]] = record.Of(pairs[i+1])
	}
	return row
}

// each passes a row for each text to the function add. If err is set, it only returns err.
func each(column string, all []string, err error, add func(map[string]record.Value) error) error {
	for _, one := range all {
		if err == nil {
			err = add(named(column, one))
		}
	}
	return err
}

func tlsVersions() verb.List {
	return verb.List{
		Name:  "tls_versions",
		Short: "List the versions of TLS that a node can speak",
		Long: `List the versions of TLS that the Erlang of a node has. Each listener can be configured to offer only some
of them.` + overErlang,
		Example: `  rabbitctl tls_versions --node rabbit@b`,
		Table:   texts("versions of TLS", [2]string{"version", "tlsv1.3 and so on"}),
		Flags:   verb.NodeFlags(nil),
		Rows: verb.RowsFromNode(func(ctx context.Context, n inside.Node, _ verb.Ask,
			add func(map[string]record.Value) error) error {
			all, err := inside.TLSVersions(ctx, n)
			return each("version", all, err, add)
		}),
	}
}

func cipherSuites() verb.List {
	all := false
	return verb.List{
		Name:  "cipher_suites",
		Short: "List the cipher suites that a node can use",
		Long: `List the cipher suites that the Erlang of a node offers, by their names in OpenSSL; with --all also those that
it knows and does not offer by default.` + overErlang,
		Example: `  rabbitctl cipher_suites
  rabbitctl cipher_suites --all --match CHACHA20`,
		Table: record.Table{Noun: "cipher suites", Default: []string{"name"},
			Columns: []record.Column{{Name: "name", Kind: record.Text, Help: "the name in OpenSSL"}}},
		Flags: verb.NodeFlags(func(fs *pflag.FlagSet) {
			fs.BoolVar(&all, "all", false, "also those that are not offered by default")
		}),
		Rows: verb.RowsFromNode(func(ctx context.Context, n inside.Node, _ verb.Ask,
			add func(map[string]record.Value) error) error {
			suites, err := inside.CipherSuites(ctx, n, "openssl", all)
			var names []string
			for _, s := range suites {
				names = append(names, erlang.Cell(s))
			}
			return each("name", names, err, add)
		}),
	}
}

func osEnv() verb.List {
	return verb.List{
		Name:  "os_env",
		Short: "List the environment variables that a node uses",
		Long: `List the variables of the operating system's environment that RabbitMQ uses on a node, with their values
there.` + overErlang,
		Example: `  rabbitctl os_env
  rabbitctl os_env value --where 'name == "RABBITMQ_CONFIG_FILE"' --no-table-headers`,
		Table: texts("variables", [2]string{"name", "the variable"}, [2]string{"value", "its value on the node"}),
		Flags: verb.NodeFlags(nil),
		Rows: verb.RowsFromNode(func(ctx context.Context, n inside.Node, _ verb.Ask,
			add func(map[string]record.Value) error) error {
			all, err := inside.OSEnv(ctx, n)
			for _, p := range all {
				if err == nil {
					err = add(named("name", p.Name, "value", p.Value))
				}
			}
			return err
		}),
	}
}

func resolveHostname() verb.List {
	family := "ipv4"
	families := map[string]string{"ipv4": "inet", "ipv6": "inet6"}
	return verb.List{
		Name:  "resolve_hostname",
		Short: "List the addresses that a node finds for a host's name",
		Long: `List the IPv4 addresses that a node itself finds for the name of a host, as it does before it connects to
another node; with --address-family ipv6 only the IPv6 addresses. If it finds none, the exit code is 65.` + overErlang,
		Example: `  rabbitctl resolve_hostname other.example --node rabbit@b
  rabbitctl resolve_hostname other.example --address-family ipv6`,
		Args:  []verb.Arg{{Name: "HOST", Free: true}},
		Table: texts("addresses", [2]string{"address", "one of the host's addresses"}),
		Flags: verb.NodeFlags(func(fs *pflag.FlagSet) {
			fs.StringVar(&family, "address-family", "ipv4", "`FAMILY` of the addresses: ipv4 or ipv6")
			verb.Words(fs, "address-family", "ipv4", "ipv6")
		}),
		Validate: func(verb.Ask) error {
			if families[family] == "" {
				return fail.Usagef("--address-family: %q is neither ipv4 nor ipv6", family)
			}
			return nil
		},
		Rows: verb.RowsFromNode(func(ctx context.Context, n inside.Node, ask verb.Ask,
			add func(map[string]record.Value) error) error {
			all, err := inside.ResolveHost(ctx, n, ask.Args[0], families[family])
			if r := inside.RefusedBy(err); r != nil {
				node, unknown := n.Node(ctx)
				if unknown != nil {
					return unknown
				}
				err = fail.New(fail.NotFound, "node %s finds no %s address of host %s: %s", node, family, ask.Args[0],
					erlang.Cell(r.Reason)).
					Next("rabbitctl resolver_info --node %s shows how that node looks for hosts", fail.Word(node))
			}
			return each("address", all, err, add)
		}),
	}
}

func discoverPeers() verb.List {
	return verb.List{
		Name:    "discover_peers",
		Short:   "List the nodes that a node finds by its peer discovery",
		Long:    `List the nodes that a node finds by its configured peer discovery, as at its first start.` + overErlang,
		Example: `  rabbitctl discover_peers`,
		Table:   texts("peers", [2]string{"node", "the node that was found"}),
		Flags:   verb.NodeFlags(nil),
		Rows: verb.RowsFromNode(func(ctx context.Context, n inside.Node, ask verb.Ask,
			add func(map[string]record.Value) error) error {
			peers, err := inside.Peers(ctx, n)
			if err == nil && len(peers) == 0 {
				ask.Note("the node finds no peers: its cluster has the nodes that were joined by hand, if any; rabbitctl list_nodes")
			}
			var names []string
			for _, p := range peers {
				names = append(names, erlang.Cell(p))
			}
			return each("node", names, err, add)
		}),
	}
}

func resolverInfo() verb.Show {
	return verb.Show{
		Name:  "resolver_info",
		Short: "Show how a node looks for hosts",
		Long: `Show how a node looks for the addresses of hosts: the settings of Erlang's resolver, such as the order of hosts file and
DNS, and the files that it reads.` + overErlang,
		Example: `  rabbitctl resolver_info --node rabbit@b`,
		Flags:   verb.NodeFlags(nil),
		Read: verb.FromNode(func(ctx context.Context, n inside.Node, _ verb.Ask) (record.Document, error) {
			all, err := inside.Resolver(ctx, n)
			if err != nil {
				return nil, err
			}
			s := record.Section{One: true, Rows: []record.Row{{}}}
			for _, p := range inside.Pairs(all) {
				s.Columns = append(s.Columns, record.Column{Name: p.Name})
				s.Rows[0] = append(s.Rows[0], record.Of(p.Value))
			}
			return record.Document{s}, nil
		}),
	}
}

func erlangCookieHash() verb.Show {
	return verb.Show{
		Name:  "erlang_cookie_hash",
		Short: "Show the hash of a node's Erlang cookie",
		Long: `Show the hash of a node's Erlang cookie, by which the cookies of two nodes or tools can be compared. The
cookie itself is not shown, and cannot be found from its hash unless the cookie is short.` + overErlang,
		Example: `  rabbitctl erlang_cookie_hash --node rabbit@b`,
		Flags:   verb.NodeFlags(nil),
		Read: verb.FromNode(func(ctx context.Context, n inside.Node, _ verb.Ask) (record.Document, error) {
			hash, err := inside.CookieHash(ctx, n)
			if err != nil {
				return nil, err
			}
			return record.Document{record.Fields("", record.Field{Column: record.Column{Name: "cookie_hash"},
				Value: record.Of(hash)})}, nil
		}),
	}
}

func metadataStoreStatus() verb.List {
	return verb.List{
		Name:  "metadata_store_status",
		Short: "List the members of the metadata store, Khepri",
		Long: `List the members of Khepri, the store of users, queues and the like, with their state as the asked node sees
it. If the broker keeps its metadata in Mnesia, no rows are printed, and a note says so.` + overErlang,
		Example: `  rabbitctl metadata_store_status
  rabbitctl metadata_store_status node raft_state --where 'raft_state != "leader" && raft_state != "follower"'`,
		Group: "raft_state",
		Table: verb.RaftTable("members of the metadata store"),
		Flags: verb.NodeFlags(nil),
		Rows: verb.RowsFromNode(func(ctx context.Context, n inside.Node, ask verb.Ask,
			add func(map[string]record.Value) error) error {
			rows, khepri, err := inside.MetadataStatus(ctx, n)
			if err == nil && !khepri {
				ask.Note("the metadata are in Mnesia, not in Khepri, so there are no Raft members to list")
			}
			for _, r := range rows {
				if err == nil {
					err = add(verb.RowOfPairs(r, verb.RaftColumns()))
				}
			}
			return err
		}),
	}
}

func erlangCookieSources() verb.Show {
	return verb.Show{
		Name:  "erlang_cookie_sources",
		Short: "Show which Erlang cookie rabbitctl uses, and from where",
		Long: `Show which Erlang cookie rabbitctl would use on this machine: where it comes from, and its hash, to compare
with the hash that erlang_cookie_hash shows for a node. The cookie itself is not shown. No broker and no
node is asked: options such as --node and --epmd-port change nothing here. With --contexts, source and hash are shown
for each of these contexts.`,
		Example: `  rabbitctl erlang_cookie_sources
  rabbitctl erlang_cookie_sources --erlang-cookie-file /var/lib/rabbitmq/.erlang.cookie`,
		Flags: verb.NodeFlags(nil),
		Read:  verb.OwnCookie(),
	}
}

func maybeStuck() verb.Follow {
	return verb.Follow{
		Name:  "maybe_stuck",
		Short: "Look for processes of a node that seem to hang",
		Long: `Watch the Erlang processes of a node for five seconds, and print those that seem stuck, as the node reports
them. Even a healthy node can report some: processes that wait, as they should, can look stuck.` + overErlang,
		Example: `  rabbitctl maybe_stuck --node rabbit@b`,
		Run: func(ctx context.Context, n inside.Node, _ verb.Ask, print func(string) error) error {
			var unwritten error
			err := inside.MaybeStuck(ctx, n, func(text string) {
				if err := print(text); err != nil && unwritten == nil {
					unwritten = err
				}
			})
			if err == nil {
				err = unwritten
			}
			return err
		},
	}
}
