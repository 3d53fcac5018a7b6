//go:build acceptance

package acceptance

import (
	"slices"
	"strings"
)

// parityCase is an argument list that both the real tool and rabbitctl get.
type parityCase struct {
	// args begins with the tool's name. {vhost}, {one}, {empty}, {drop}, {nowhere}, {user}, {node}, {port} and {dir}
	// stand for seeded things, {x} for a word that differs for the real tool and rabbitctl, and {blank} for an empty
	// argument. Words in square brackets are remarks, which no program gets; [alarm] also says that the case needs a disk
	// alarm.
	args string
	// why is the reason of a known difference; "" means that none is known. on names the releases with that difference; ""
	// means all.
	why, on string
	// changes means that the case runs only once, in the order of the table. Most of these commands change something.
	changes bool
	// distant means that rabbitctl gets the Erlang cookie, which the real tool always has.
	distant bool
}

const (
	vmOwn    = "process identifiers in json and erlang have a number that the tool's own Erlang gives the node"
	newer    = "this release's tool does not know it yet; ours knows what the newest one does"
	own      = "it is the tool's own version"
	crash    = "the tool itself crashes here, with a stack trace"
	brokeCSV = "since 4.1.5 the tool fails with exit code 70 on lists inside csv; ours writes what 4.0 writes"
	unsorted = "the API sorts what the client sent in an order of its own"
	nested   = "the tool puts the consumers of each queue into one more list"
	stated   = "this release's tool has no state of deprecated features and prints a table by default"
)

// parityCases returns all argument lists. They leave out columns whose values change between two calls (memory, bytes
// sent and received, utilisation, disk reads and writes), because those cannot be compared.
func parityCases() []parityCase {
	cases := []parityCase{
		{args: "rabbitmqctl list_queues -p {vhost} name durable auto_delete arguments policy exclusive exclusive_consumer_tag"},
		{args: "rabbitmqctl list_queues -p {vhost} name messages_ready_ram messages_unacknowledged_ram messages_ram messages_persistent"},
		{args: "rabbitmqctl list_queues -p {vhost} name message_bytes message_bytes_ready message_bytes_unacknowledged message_bytes_persistent head_message_timestamp"},
		{args: "rabbitmqctl list_queues -p {vhost} name messages consumers state type online"},
		{args: "rabbitmqctl list_queues -p {vhost} name leader members"},
		{args: "rabbitmqctl list_queues -p {vhost} name pid owner_pid exclusive_consumer_pid", distant: true},
		{args: "rabbitmqctl list_queues -p {one} name operator_policy effective_policy_definition", why: newer, on: "3.10"},
		{args: "rabbitmqctl list_queues -p {vhost} name effective_policy_definition", why: newer, on: "3.10"},
		{args: "rabbitmqctl list_queues -p {vhost} name slave_pids", distant: true},
		{args: "rabbitmqctl list_queues -p {one} --formatter pretty_table name messages"},
		{args: "rabbitmqctl list_exchanges -p {vhost} name type durable auto_delete internal arguments policy"},
		{args: "rabbitmqctl list_exchanges -p {one} --formatter csv"},
		{args: "rabbitmqctl list_bindings -p {vhost} source_name routing_key"},
		{args: "rabbitmqctl list_bindings -p {vhost} arguments,destination_name source_kind"},
		{args: "rabbitmqctl list_connections -q name user vhost protocol ssl channels frame_max channel_max timeout auth_mechanism"},
		{args: "rabbitmqctl list_connections -q name state host port peer_host peer_port connected_at"},
		{args: "rabbitmqctl list_connections -q name ssl_protocol ssl_key_exchange ssl_cipher ssl_hash peer_cert_subject peer_cert_issuer peer_cert_validity"},
		{args: "rabbitmqctl list_connections -q name protocol host peer_host peer_port --formatter json"},
		{args: "rabbitmqctl list_connections -q name client_properties", why: unsorted},
		{args: "rabbitmqctl list_connections -n {node} -q name client_properties", distant: true},
		{args: "rabbitmqctl list_connections -q name pid", distant: true},
		{args: "rabbitmqctl list_connections --formatter json name pid", why: vmOwn, distant: true},
		{args: "rabbitmqctl list_channels", distant: true},
		{args: "rabbitmqctl list_channels connection name number transactional", distant: true},
		{args: "rabbitmqctl list_channels name number user vhost transactional confirm consumer_count messages_unacknowledged"},
		{args: "rabbitmqctl list_channels -q name messages_uncommitted acks_uncommitted messages_unconfirmed prefetch_count"},
		{args: "rabbitmqctl list_channels --formatter json name number"},
		{args: "rabbitmqctl list_consumers -p {vhost}", distant: true},
		{args: "rabbitmqctl list_consumers -p {vhost} prefetch_count consumer_tag queue_name ack_required active arguments"},
		{args: "rabbitmqctl list_consumers -p {vhost} --formatter json consumer_tag queue_name arguments prefetch_count"},
		{args: "rabbitmqctl list_users --formatter csv", why: brokeCSV, on: "4.3"},
		{args: "rabbitmqctl list_operator_policies -p {empty} --formatter csv"},
		{args: "rabbitmqctl list_topic_permissions -p {empty} -q --formatter csv"},
		{args: "rabbitmqctl list_vhosts name tracing description tags cluster_state"},
		{args: "rabbitmqctl list_vhosts name default_queue_type"},
		{args: "rabbitmqctl list_vhosts tags name"},
		{args: "rabbitmqctl list_vhosts name metadata", why: newer, on: "3.10 4.0"},
		{args: "rabbitmqctl list_vhosts name protected_from_deletion", why: newer, on: "3.10 4.0"},
		{args: "rabbitmqctl list_user_permissions {user} --formatter erlang"},
		{args: "rabbitmqctl list_user_permissions nobody"},
		{args: "rabbitmqctl list_user_permissions"},
		{args: "rabbitmqctl list_user_permissions a b"},
		{args: "rabbitmqctl list_user_permissions {user}"},
		{args: "rabbitmqctl list_user_permissions {user} --formatter json"},
		{args: "rabbitmqctl list_user_topic_permissions {user}"},
		{args: "rabbitmqctl list_user_topic_permissions {user} --table-headers"},
		{args: "rabbitmqctl list_user_topic_permissions nobody"},
		{args: "rabbitmqctl list_vhost_limits --global"},
		{args: "rabbitmqctl list_vhost_limits --global --formatter json"},
		{args: "rabbitmqctl list_vhost_limits -p {vhost} --formatter json"},
		{args: "rabbitmqctl list_user_limits"},
		{args: "rabbitmqctl list_user_limits --user {user}"},
		{args: "rabbitmqctl list_user_limits --user nobody"},
		{args: "rabbitmqctl list_user_limits --global"},
		{args: "rabbitmqctl list_user_limits --global --formatter json"},
		{args: "rabbitmqctl list_feature_flags name state stability provided_by"},
		{args: "rabbitmqctl list_feature_flags name desc doc_url"},
		{args: "rabbitmqctl list_deprecated_features", why: stated + "; 3.10 does not know it yet", on: "3.10 4.0"},
		{args: "rabbitmqctl list_deprecated_features --formatter table name deprecation_phase desc", why: newer, on: "3.10"},
		{args: "rabbitmqctl list_node_auth_attempt_stats"},
		{args: "rabbitmq-streams list_stream_connections"},
		{args: "rabbitmq-streams list_stream_consumers -p {vhost}"},
		{args: "rabbitmq-streams list_stream_publishers -p {vhost}"},
		{args: "rabbitmq-queues list_policies_with_classic_queue_mirroring", why: newer, on: "3.10"},
		// These cases test how command lines are parsed.
		{args: "rabbitmqctl -qp {vhost} list_queues name"},
		{args: "rabbitmqctl -qs list_vhosts"},
		{args: "rabbitmqctl list_queues -p={vhost} -t30 name"},
		{args: "rabbitmqctl list_queues --vhost={vhost} --no-quiet --longnames=false name"},
		{args: "rabbitmqctl -q -- list_users"},
		{args: "rabbitmqctl list_queues -p {vhost} --online name,messages consumers,name"},
		{args: "rabbitmqctl list_queues -p {vhost} --offline name"},
		{args: "rabbitmqctl list_queues -p {vhost} --local name"},
		{args: "rabbitmqctl list_queues foo bar"},
		{args: "rabbitmqctl list_queues name --bogus"},
		{args: "rabbitmqctl list_queues -t abc"},
		{args: "rabbitmqctl list_queues -t 10.5"},
		{args: "rabbitmqctl list_queues --vhost"},
		{args: "rabbitmqctl --dry_run list_queues"},
		{args: "rabbitmqctl list_users foo"},
		{args: "rabbitmqctl list_users -x -y 3"},
		{args: "rabbitmqctl list_exchanges --no-table-headers --formatter json"},
		{args: "rabbitmqctl list_queues -n rabbit@nowhere name"},
		{args: "rabbitmqctl list_queues --formatter bogus", why: crash},
		{args: "rabbitmqctl --version", why: own},
		{args: "rabbitmqctl"},
		{args: "rabbitmqctl -q"},
		{args: "rabbitmqctl zzz"},
		{args: "rabbitmqctl lisst_queues"},
		{args: "rabbitmqctl list-queues"},
		{args: "rabbitmqctl help zzz"},
		{args: "rabbitmqctl autocomplete list_q"},
		{args: "rabbitmqctl --auto-complete list_use"},
		{args: "rabbitmqctl autocomplete list_zzzz"},
		{args: "rabbitmq-queues list_queues"},
		{args: "rabbitmq-diagnostics list_users"},
		{args: "rabbitmq-diagnostics list_queues -p {vhost} name"},
		{args: "rabbitmq-diagnostics list_exchanges -p {vhost}"},
		// These commands print one sentence about the node.
		{args: "rabbitmqctl ping"},
		{args: "rabbitmq-diagnostics ping -t 5"},
		{args: "rabbitmq-diagnostics ping foo"},
		{args: "rabbitmq-diagnostics check_running"},
		{args: "rabbitmq-diagnostics check_running -q"},
		{args: "rabbitmq-diagnostics is_running"},
		{args: "rabbitmq-diagnostics is_booting"},
		{args: "rabbitmq-diagnostics server_version"},
	}
	// These arguments work the same in every listing.
	for _, command := range []string{"list_queues name messages", "list_exchanges", "list_bindings",
		"list_consumers queue_name consumer_tag",
		"list_permissions", "list_topic_permissions", "list_policies", "list_operator_policies", "list_parameters",
		"list_vhost_limits"} {
		name, columns, _ := strings.Cut(command, " ")
		for _, scope := range []string{"{vhost}", "{empty}", "{nowhere}"} {
			cases = append(cases, parityCase{args: strings.TrimSpace("rabbitmqctl " + name + " -p " + scope + " " + columns)})
		}
		cases = append(cases, parityCase{args: strings.TrimSpace("rabbitmqctl " + name + " -p {vhost} --no-table-headers " +
			columns)},
			parityCase{args: strings.TrimSpace("rabbitmqctl -q " + name + " -p {vhost} --pad-to-header " + columns)})
		if name == "list_vhost_limits" {
			continue
		}
		for _, format := range []string{"json", "json_stream", "csv", "erlang"} {
			c := parityCase{args: strings.TrimSpace("rabbitmqctl " + name + " -p {one} --formatter " + format + " " + columns)}
			if format == "csv" && name == "list_bindings" {
				c.why, c.on = brokeCSV, "4.3"
			}
			if format == "erlang" && name == "list_consumers" {
				c.why = nested
			}
			cases = append(cases, c)
		}
	}
	for _, command := range []string{"list_users", "list_vhosts", "list_global_parameters", "list_feature_flags",
		"list_connections"} {
		for _, options := range []string{"", " -q", " -s", " --no-table-headers", " --formatter json",
			" --formatter json_stream", " --dry-run"} {
			cases = append(cases, parityCase{args: "rabbitmqctl " + command + options})
		}
	}
	cases = append(cases, parityChecks()...)
	slices.SortStableFunc(cases, func(a, b parityCase) int { return strings.Compare(a.args, b.args) })
	cases = slices.CompactFunc(cases, func(a, b parityCase) bool { return a.args == b.args })
	return slices.Concat(cases, parityChanges(), parityDistant(), parityAlarm())
}

// oneWord lists the commands whose name is a single word, so that the method command can tell them from arguments.
const oneWord = "ping alarms listeners status environment rebalance grow shrink report autocomplete certificates decode " +
	"directories disable drain enable encode eval exec observer peek reset revive set shutdown stop version wait"

// command returns the name of the command that the case tests, or "(command lines)" if the case tests help or has no
// command name.
func (c parityCase) command() string {
	for _, word := range strings.Fields(c.args)[1:] {
		switch {
		case word == "help", word == "--auto-complete":
			return "(command lines)"
		case strings.Contains(word, "_") && word == strings.ToLower(word) && !strings.ContainsAny(word, "-{.") &&
			word != "lisst_queues",
			slices.Contains(strings.Fields(oneWord), word):
			return word
		case word == "list" && strings.HasPrefix(c.args, "rabbitmq-plugins"):
			return "list (rabbitmq-plugins)"
		}
	}
	return "(command lines)"
}

// known reports whether the release's tool and rabbitctl are known to differ in this case.
func (c parityCase) known(release string) bool {
	return c.why != "" && (c.on == "" || strings.Contains(c.on, release))
}

// beyond reports whether the known difference has one of the causes below, so that the two are not expected to agree:
// the release's tool lacks the command or crashes, or the answer is about the tool itself or differs each time.
func (c parityCase) beyond(release string) bool {
	if !c.known(release) {
		return false
	}
	for _, why := range []string{own, crash, newer, pluginOff, younger, moving, vmOwn, inTool, chance, dropped} {
		if strings.HasPrefix(c.why, why) {
			return true
		}
	}
	return false
}
