package inside

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"

	"github.com/rabbitctl/rabbitctl/pkg/erlang"
	"github.com/rabbitctl/rabbitctl/pkg/erldist"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
)

// AwaitStartup waits until RabbitMQ has booted on the node. If the boot takes longer than the duration within, it
// returns an error; 0 means no limit. What the node prints meanwhile is passed to the function print; if print is nil,
// that output is dropped.
func AwaitStartup(ctx context.Context, n Node, within time.Duration, print func(string)) error {
	node, err := n.Node(ctx)
	if err != nil {
		return err
	}
	var limit erlang.Term = erlang.Atom("infinity")
	if within > 0 {
		limit = erlang.Int(within.Milliseconds())
	}
	shows := erlang.Atom("false")
	if print != nil {
		shows = "true"
	}
	answer, err := n.Ask(ctx, erldist.Call{Module: "rabbit", Function: "await_startup", Print: print,
		Args: []erlang.Term{erlang.Atom(node), shows, limit}})
	_, err = granted(answer, err)
	return err
}

// TLSVersions returns the versions of TLS that the node's Erlang has.
func TLSVersions(ctx context.Context, n Node) ([]string, error) {
	all, err := ask(ctx, n, "ssl", "versions")
	if err != nil {
		return nil, err
	}
	var names []string
	for _, v := range listed(ValueOf(all, "available")) {
		names = append(names, erlang.Cell(v))
	}
	return names, nil
}

// CipherSuites returns the cipher suites of the node: as texts in the form openssl, as terms in the forms erlang and
// map. If all is true, the result also has the suites that the node does not offer by default.
func CipherSuites(ctx context.Context, n Node, form string, all bool) ([]erlang.Term, error) {
	function := map[string]string{"openssl": "cipher_suites_openssl", "erlang": "cipher_suites_erlang",
		"map": "cipher_suites"}[form]
	which := erlang.Atom("default")
	if all {
		which = "all"
	}
	suites, err := ask(ctx, n, "rabbit_ssl", function, which)
	return listed(suites), err
}

// OSEnv returns the environment variables that RabbitMQ uses on the node, in the order of their names.
func OSEnv(ctx context.Context, n Node) ([]Pair, error) {
	if err := NeedsRabbit(ctx, n); err != nil {
		return nil, err
	}
	all, err := ask(ctx, n, "rabbit_env", "get_used_env_vars")
	if err != nil {
		return nil, err
	}
	var pairs []Pair
	for _, e := range listed(all) {
		if t, ok := e.(erlang.Tuple); ok && len(t) == 2 {
			pairs = append(pairs, Pair{characters(t[0]), characters(t[1])})
		}
	}
	slices.SortFunc(pairs, func(a, b Pair) int { return cmp.Compare(a.Name, b.Name) })
	return pairs, nil
}

// ResolveHost returns the addresses that the node finds for a host name in a family, inet or inet6.
func ResolveHost(ctx context.Context, n Node, host, family string) ([]string, error) {
	found, err := granted(ask(ctx, n, "inet", "gethostbyname", erlang.String(host), erlang.Atom(family)))
	if err != nil {
		return nil, err
	}
	// {hostent,Name,Aliases,Family,Length,Addresses}
	entry, _ := found.(erlang.Tuple)
	if len(entry) != 6 {
		return nil, fail.New(fail.Unavailable, "the node sent an unexpected answer: %s", erlang.Text(found))
	}
	var out []string
	for _, a := range listed(entry[5]) {
		out = append(out, erlang.Cell(a))
	}
	return out, nil
}

// Resolver returns the settings by which the node's Erlang resolves host names, as pairs of a word and a value.
func Resolver(ctx context.Context, n Node) (erlang.Term, error) { return ask(ctx, n, "inet", "get_rc") }

// Peers returns the nodes that the node finds by its peer discovery.
func Peers(ctx context.Context, n Node) ([]erlang.Term, error) {
	if err := NeedsRabbit(ctx, n); err != nil {
		return nil, err
	}
	found, err := granted(ask(ctx, n, "rabbit_peer_discovery", "discover_cluster_nodes"))
	if err != nil {
		return nil, err
	}
	if t, ok := found.(erlang.Tuple); ok && len(t) == 2 {
		found = t[0]
	}
	return listed(found), nil
}

// CookieHash returns the hash of the node's Erlang cookie. It serves to compare the cookies of two nodes.
func CookieHash(ctx context.Context, n Node) (string, error) {
	hash, err := ask(ctx, n, "rabbit_nodes_common", "cookie_hash")
	return characters(hash), err
}

// HasKhepri reports whether the node keeps its metadata in Khepri. It can be asked while RabbitMQ is stopped, too (3.10.8,
// 4.3.6).
func HasKhepri(ctx context.Context, n Node) (bool, error) {
	on, err := ask(ctx, n, "rabbit_feature_flags", "is_enabled", erlang.Atom("khepri_db"))
	return on == erlang.Atom("true"), err
}

// MetadataStatus returns the members of the metadata store (Khepri) as rows of pairs. If the metadata are in Mnesia,
// which has no such members, ok is false.
func MetadataStatus(ctx context.Context, n Node) (rows []erlang.Term, ok bool, err error) {
	if err := NeedsRabbit(ctx, n); err != nil {
		return nil, false, err
	}
	// Releases before 4.0 have no Khepri. 4.0 returns rows even where Khepri is off.
	if on, err := HasKhepri(ctx, n); err != nil || !on {
		return nil, false, err
	}
	status, err := ask(ctx, n, "rabbit_khepri", "status")
	return listed(status), true, err
}

// MaybeStuck makes the node search for some seconds for processes that seem to hang. What the node finds is passed to
// the function print.
func MaybeStuck(ctx context.Context, n Node, print func(string)) error {
	if err := NeedsRabbit(ctx, n); err != nil {
		return err
	}
	_, err := n.Ask(ctx, erldist.Call{Module: "rabbit_diagnostics", Function: "maybe_stuck", Print: print})
	return err
}

// Schema returns the tables of Mnesia as rows of pairs with the wanted columns.
func Schema(ctx context.Context, n Node, columns []string) ([]erlang.Term, error) {
	names := erlang.List{}
	for _, c := range columns {
		names = append(names, erlang.Atom(c))
	}
	rows, err := ask(ctx, n, "rabbit_mnesia", "schema_info", names)
	if erldist.IsMissing(err) {
		return nil, fail.New(fail.Unavailable, "the node's release keeps its metadata in Khepri, and has no Mnesia tables").
			Next("rabbitctl metadata_store_status shows the state of Khepri")
	}
	return listed(rows), err
}

// Unresponsive calls the function "each" with every queue of a virtual host that does not answer within a time, as a
// row of pairs with the wanted columns. If local is true, only the queues of this node are checked.
func Unresponsive(ctx context.Context, n Node, vhost string, columns []string, within time.Duration, local bool,
	each func(row erlang.Term) error) error {
	if err := NeedsRabbit(ctx, n); err != nil {
		return err
	}
	names := erlang.List{}
	for _, c := range columns {
		names = append(names, erlang.Atom(c))
	}
	r := erldist.Rows{Module: "rabbit_amqqueue", Function: "emit_unresponsive_local",
		Args: func(ref erlang.Ref, to erlang.Pid) []erlang.Term {
			return []erlang.Term{erlang.Binary(vhost), names, erlang.Int(within.Milliseconds()), ref, to}
		}}
	hung := func(row erlang.Term) error {
		if len(listed(row)) == 0 {
			return nil // a queue that answered
		}
		return each(row)
	}
	if local {
		return n.Stream(ctx, r, hung)
	}
	nodes, err := RunningNodes(ctx, n)
	if err != nil {
		return err
	}
	return n.Everywhere(ctx, nodes, []erldist.Rows{r}, nil, hung)
}

// RunningNodes returns the running nodes of the cluster.
func RunningNodes(ctx context.Context, n Node) ([]string, error) {
	all, err := ask(ctx, n, "rabbit_nodes", "list_running")
	if erldist.IsMissing(err) {
		all, err = ask(ctx, n, "rabbit_nodes", "all_running")
	}
	var names []string
	for _, name := range listed(all) {
		names = append(names, erlang.Cell(name))
	}
	return names, err
}

// HostEntries returns the hosts in the settings of Erlang's resolver: each pair has an address, and the names for that
// address.
func HostEntries(resolver erlang.Term) []Pair {
	var out []Pair
	for _, e := range listed(resolver) {
		// {host,Address,Names}
		host, _ := e.(erlang.Tuple)
		if len(host) != 3 || host[0] != erlang.Atom("host") {
			continue
		}
		var names []string
		for _, n := range listed(host[2]) {
			names = append(names, characters(n))
		}
		out = append(out, Pair{erlang.Cell(host[1]), strings.Join(names, " ")})
	}
	return out
}
