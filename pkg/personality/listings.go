package personality

import "strings"

func counts(names string) map[string]shape {
	m := map[string]shape{}
	for _, n := range strings.Fields(names) {
		m[n] = asCount
	}
	return m
}

func with(m map[string]shape, s shape, names string) map[string]shape {
	if m == nil {
		m = map[string]shape{}
	}
	for _, n := range strings.Fields(names) {
		m[n] = s
	}
	return m
}

const policyColumns = "vhost name pattern apply-to definition priority"

// listingNamed returns the listing of that name.
func listingNamed(name string) (listing, bool) {
	for _, l := range listings() {
		if l.name == name {
			return l, true
		}
	}
	return listing{}, false
}

// listings returns the listings of the official tools. To add a listing, add an entry.
func listings() []listing {
	policies := with(with(nil, asJSON, "definition"), asPlain, "priority")
	return []listing{
		{
			name: "list_queues", free: true, about: aboutVHost, streamed: true, nodes: queuesOfNodes,
			nodeColumns: mirrorColumns, switches: switches{"online": truth, "offline": truth, "local": truth},
			columns: "name durable auto_delete arguments policy operator_policy effective_policy_definition pid owner_pid exclusive " +
				"exclusive_consumer_pid exclusive_consumer_tag messages_ready messages_unacknowledged messages messages_ready_ram " +
				"messages_unacknowledged_ram messages_ram messages_persistent message_bytes message_bytes_ready " +
				"message_bytes_unacknowledged message_bytes_ram message_bytes_persistent head_message_timestamp disk_reads disk_writes " +
				"consumers consumer_utilisation consumer_capacity memory state type leader members online",
			defaults: "name messages",
			banner:   "Listing queues for vhost %s ...",
			usage:    "list_queues [--vhost <vhost>] [--online] [--offline] [--local] [--no-table-headers] [<column>, ...] [--timeout <timeout>]",
			shapes: with(with(with(with(counts("messages_ready messages_unacknowledged messages consumers"),
				asAMQP, "arguments"), asPairs, "effective_policy_definition"), asWords, "members online"), asWord,
				"state type leader"),
			prepare: prepareQueues,
		},
		{
			name: "list_exchanges", free: true, about: aboutVHost, streamed: true,
			columns: "name type durable auto_delete internal arguments policy", defaults: "name type",
			banner: "Listing exchanges for vhost %s ...",
			usage:  "list_exchanges [--vhost <vhost>] [--no-table-headers] [<column> ...] [--timeout <timeout>]",
			shapes: with(with(nil, asAMQP, "arguments"), asWord, "type"),
		},
		{
			name: "list_bindings", free: true, about: aboutVHost, streamed: true,
			columns: "source_name source_kind destination_name destination_kind routing_key arguments",
			banner:  "Listing bindings for vhost %s...",
			usage:   "list_bindings [--vhost <vhost>] [--no-table-headers] [<column> ...] [--timeout <timeout>]",
			shapes:  with(with(nil, asAMQP, "arguments"), asWord, "source_kind destination_kind"),
		},
		{
			name: "list_connections", free: true, streamed: true, nodes: connectionsOfNodes,
			columns: "pid name port host peer_port peer_host ssl ssl_protocol ssl_key_exchange ssl_cipher ssl_hash peer_cert_subject " +
				"peer_cert_issuer peer_cert_serial_number peer_cert_validity state channels protocol auth_mechanism user vhost container_id " +
				"timeout frame_max channel_max client_properties recv_oct recv_cnt send_oct send_cnt send_pend connected_at",
			defaults: "user peer_host peer_port state",
			banner:   "Listing connections ...",
			usage:    "list_connections [--no-table-headers] [<column> ...] [--timeout <timeout>]",
			shapes: with(with(with(with(nil, asAddress, "host peer_host"), asProtocol, "protocol"), asAMQP,
				"client_properties"), asWord, "state"),
			prepare: prepareConnections,
		},
		{
			name: "list_channels", free: true, streamed: true, nodes: channelsOfNodes,
			columns: "pid connection name number user vhost transactional confirm consumer_count messages_unacknowledged " +
				"messages_uncommitted acks_uncommitted messages_unconfirmed prefetch_count global_prefetch_count",
			defaults: "pid user consumer_count messages_unacknowledged",
			banner:   "Listing channels ...",
			usage:    "list_channels [--no-table-headers] [<column> ...]",
			shapes: counts("consumer_count messages_unacknowledged messages_uncommitted acks_uncommitted messages_unconfirmed " +
				"prefetch_count global_prefetch_count"),
		},
		{
			name: "list_consumers", free: true, about: aboutVHost, streamed: true, nodes: consumersOfNodes,
			columns:  "queue_name channel_pid consumer_tag ack_required prefetch_count active activity_status arguments",
			defaults: "queue_name channel_pid consumer_tag ack_required prefetch_count active arguments",
			banner:   "Listing consumers in vhost %s ...",
			usage:    "list_consumers [--vhost <vhost>] [--no-table-headers] [<column> ...] [--timeout <timeout>]",
			shapes:   with(with(nil, asAMQP, "arguments"), asWord, "activity_status"),
			prepare:  prepareConsumers,
		},
		{
			name: "list_users", columns: "user tags",
			banner: "Listing users ...",
			usage:  "list_users [--no-table-headers] [--timeout <timeout>]",
			shapes: with(nil, asWords, "tags"),
		},
		{
			name: "list_vhosts", free: true,
			columns:  "name description tags default_queue_type protected_from_deletion tracing cluster_state metadata",
			defaults: "name",
			banner:   "Listing vhosts ...",
			usage:    "list_vhosts [--no-table-headers] [<column> ...] [--timeout <timeout>]",
			shapes: with(with(with(nil, asWords, "tags"), asWordPairs, "cluster_state"),
				asOmitted, "default_queue_type protected_from_deletion metadata"),
		},
		{
			name: "list_permissions", about: aboutKnownVHost, columns: "user configure write read",
			banner: `Listing permissions for vhost "%s" ...`,
			usage:  "list_permissions [--vhost <vhost>] [--no-table-headers] [--timeout <timeout>]",
		},
		{
			name: "list_topic_permissions", about: aboutKnownVHost, columns: "user exchange write read",
			banner: `Listing topic permissions for vhost "%s" ...`,
			usage:  "list_topic_permissions [--vhost <vhost>] [--no-table-headers] [--timeout <timeout>]",
		},
		{
			name: "list_user_permissions", about: aboutUser, columns: "vhost configure write read",
			banner: `Listing permissions for user "%s" ...`,
			usage:  "list_user_permissions [--no-table-headers] <username> [--timeout <timeout>]",
		},
		{
			name: "list_user_topic_permissions", about: aboutUser, columns: "vhost exchange write read",
			prepare: prepareHeadless,
			banner:  `Listing topic permissions for user "%s" ...`,
			usage:   "list_user_topic_permissions [--no-table-headers] <username> [--timeout <timeout>]",
		},
		{
			name: "list_policies", about: aboutKnownVHost, columns: policyColumns, order: "priority", shapes: policies,
			banner: `Listing policies for vhost "%s" ...`,
			usage:  "list_policies [--vhost <vhost>] [--no-table-headers] [--timeout <timeout>]",
		},
		{
			name: "list_operator_policies", about: aboutKnownVHost, columns: policyColumns, order: "priority", shapes: policies,
			banner: `Listing operator policy overrides for vhost "%s" ...`,
			usage:  "list_operator_policies [--vhost <vhost>] [--no-table-headers] [--timeout <timeout>]",
		},
		{
			name: "list_parameters", about: aboutKnownVHost, columns: "component name value", shapes: with(nil, asJSON, "value"),
			banner: `Listing runtime parameters for vhost "%s" ...`,
			usage:  "list_parameters [--vhost <vhost>] [--no-table-headers] [--timeout <timeout>]",
		},
		{
			name: "list_global_parameters", columns: "name value", shapes: with(nil, asJSON, "value"),
			banner: "Listing global runtime parameters ...",
			usage:  "list_global_parameters [--no-table-headers] [--timeout <timeout>]",
		},
		{
			name: "list_vhost_limits", about: aboutKnownVHost, columns: "vhost limits", shapes: with(nil, asJSON, "limits"),
			switches: switches{"global": truth}, prepare: prepareVHostLimits,
			banner: `Listing limits for vhost "%s" ...`,
			usage:  "list_vhost_limits [--vhost <vhost>] [--global] [--no-table-headers]",
		},
		{
			name: "list_user_limits", columns: "user limits", shapes: with(nil, asJSON, "limits"),
			switches: switches{"global": truth, "user": text}, prepare: prepareUserLimits,
			banner: `Listing limits for user "%s" ...`,
			usage:  "list_user_limits [--user <username>] [--global]",
		},
		{
			name: "list_feature_flags", free: true, order: "name", columns: "name state stability provided_by desc doc_url",
			defaults: "name state",
			banner:   "Listing feature flags ...",
			usage:    "list_feature_flags [<column> ...] [--timeout <timeout>]",
			shapes:   with(nil, asWord, "name state stability provided_by"),
		},
		{
			name: "list_deprecated_features", free: true, format: "pretty_table", order: "name",
			columns: "name deprecation_phase state provided_by desc doc_url", defaults: "name deprecation_phase state",
			banner: "Listing deprecated features ...", switches: switches{"used": truth}, prepare: prepareDeprecated,
			usage:  "list_deprecated_features [--used] [<column> ...]",
			shapes: with(nil, asWord, "name deprecation_phase state provided_by"),
		},
		{
			name: "list_node_auth_attempt_stats", about: aboutNode,
			columns:  "protocol auth_attempts auth_attempts_failed auth_attempts_succeeded",
			banner:   "Listing authentication\n attempts for node \"%s\" ...",
			usage:    "list_node_auth_attempts [--by-source]",
			shapes:   with(nil, asWord, "protocol"),
			switches: switches{"by-source": truth}, prepare: prepareAttempts,
		},
		{
			name: "list_stream_connections", free: true, streamed: true, format: "pretty_table",
			columns: "conn_name pid node port peer_port host peer_cert_issuer peer_cert_subject peer_cert_serial_number peer_cert_validity " +
				"peer_host user vhost subscriptions ssl ssl_cipher ssl_hash ssl_key_exchange ssl_protocol connection_state auth_mechanism " +
				"heartbeat frame_max client_properties connected_at",
			defaults: "node conn_name", banner: "Listing stream connections ...",
			usage:    "list_stream_connections [<column> ...]",
			switches: switches{"verbose": truth},
			shapes: with(with(with(nil, asAddress, "host peer_host"), asAMQP, "client_properties"), asWord,
				"connection_state node"),
		},
		{
			name: "list_stream_consumers", free: true, about: aboutVHost, streamed: true, format: "pretty_table",
			columns:  "connection_pid node subscription_id stream messages_consumed offset offset_lag credits active activity_status properties",
			defaults: "subscription_id stream messages_consumed offset offset_lag credits active activity_status properties",
			banner:   "Listing stream consumers ...",
			usage:    "list_stream_consumers [--vhost <vhost>] [<column> ...]",
			switches: switches{"verbose": truth},
			shapes:   with(with(nil, asPairs, "properties"), asWord, "activity_status node"),
		},
		{
			name: "list_stream_publishers", free: true, about: aboutVHost, streamed: true, format: "pretty_table",
			columns:  "connection_pid node publisher_id stream reference messages_published messages_confirmed messages_errored",
			defaults: "publisher_id stream reference messages_published messages_confirmed messages_errored",
			banner:   "Listing stream publishers ...",
			usage:    "list_stream_publishers [--vhost <vhost>] [<column> ...]",
			switches: switches{"verbose": truth},
			shapes:   with(nil, asWord, "node"),
		},
		{
			name: "list_amqp10_connections", noun: "list_connections", free: true, streamed: true, nodes: amqp10OfNodes,
			columns: "pid auth_mechanism host frame_max timeout user state recv_oct recv_cnt send_oct send_cnt ssl ssl_protocol " +
				"ssl_key_exchange ssl_cipher ssl_hash peer_cert_issuer peer_cert_subject peer_cert_validity node",
			defaults: "pid", banner: "Listing AMQP 1.0 connections ...", usage: "list_amqp10_connections [<column> ...]",
			switches: switches{"verbose": truth}, prepare: prepareAMQP10,
			shapes: with(with(nil, asAddress, "host"), asWord, "state node"),
		},
		ofProtocol("list_mqtt_connections", "MQTT", "client_id conn_name", mqttColumns),
		ofProtocol("list_web_mqtt_connections", "Web MQTT", "client_id conn_name", mqttColumns),
		ofProtocol("list_stomp_connections", "STOMP", "session_id conn_name",
			"session_id conn_name auth_mechanism peer_addr host port "+
				"peer_host peer_port protocol channels channel_max frame_max client_properties ssl ssl_protocol ssl_key_exchange "+
				"ssl_cipher ssl_hash connection connection_state version implicit_connect auth_login"),
		{
			name: "shovel_status", noun: "list_shovels", about: aboutNode,
			columns: "destination destination_protocol destination_queue forwarded last_changed name pending remaining remaining_unacked " +
				"source source_protocol source_queue state termination_reason type vhost",
			banner: "Shovel status on node %s", usage: "shovel_status", streamed: true,
			shapes: with(with(with(nil, asWord, "state type destination_protocol source_protocol"), asOmitted,
				"forwarded pending remaining remaining_unacked source_queue destination_queue"), asMoment, "last_changed"),
		},
		{
			name: "federation_status", noun: "list_federation_links", about: aboutNode, format: "erlang", streamed: true,
			columns: "error id status type exchange queue uri vhost consumer_tag last_changed local_connection upstream_exchange upstream_queue upstream",
			banner:  "Listing federation links on node %s...", usage: "federation_status [--only-down]",
			switches: switches{"only-down": truth},
			shapes:   with(with(with(nil, asWord, "status type error"), asMoment, "last_changed"), asOmitted, "consumer_tag"),
			prepare:  prepareFederation,
		},
	}
}

const mqttColumns = "pid protocol host port peer_host peer_port ssl ssl_protocol ssl_key_exchange ssl_cipher ssl_hash vhost user client_id " +
	"conn_name user_property connection_state ssl_login_name recv_cnt recv_oct send_cnt send_oct send_pend clean_sess will_msg retainer_pid " +
	"exchange prefetch messages_unconfirmed messages_unacknowledged"

// ofProtocol returns the listing of the connections of one protocol.
func ofProtocol(name, protocol, defaults, columns string) listing {
	l := listing{
		name: name, free: true, streamed: true, columns: columns, defaults: defaults, switches: switches{"verbose": truth},
		banner: "Listing " + protocol + " connections ...", usage: name + " [<column> ...]",
		shapes: with(with(with(nil, asAddress, "host peer_host"), asWord, "connection_state"), asProtocol, "protocol"),
	}
	if protocol != "STOMP" {
		l.shapes = with(l.shapes, asAMQP, "user_property")
		return l
	}
	l.shapes = with(with(with(l.shapes, asAddress, "peer_addr"), asAMQP, "client_properties"), asUndefined,
		"ssl_protocol ssl_key_exchange ssl_cipher ssl_hash")
	return l
}
