package cli

import "strings"

// question is a question of an operator, and the commands that answer it.
type question struct {
	what     string
	commands []string
}

// questions returns the table of questions in the README. A test compares the two.
func questions() []question {
	return []question{
		{"Something is wrong. What, and what do I do?", []string{"rabbitctl doctor"}},
		{"Sending hangs. Why, who is stuck, what do I run?",
			[]string{"rabbitctl explain_blocked", "rabbitctl explain_blocked --fix"}},
		{"Will there be a disk alarm, and when? Is there an alarm now?",
			[]string{"rabbitctl check_disk --warning 2x", "rabbitctl check_disk --horizon 8h", "rabbitctl check_alarms"}},
		{"Is everything OK, for monitoring?", []string{"rabbitctl check --all"}},
		{"Does a queue have too many messages, or too few consumers, for monitoring?",
			[]string{"rabbitctl check_queues --max-ready 500,1000 --min-consumers 1"}},
		{"Do quorum queues and streams have a leader and a majority?", []string{"rabbitctl check_quorum"}},
		{"How many messages does each queue have right now?", []string{"rabbitctl list_queues name messages"}},
		{"Which queues are stuck, and why?", []string{"rabbitctl list_stuck"}},
		{"Who holds messages without acknowledging them?", []string{"rabbitctl list_unacked"}},
		{"Who opens new connections all the time?", []string{"rabbitctl list_churn"}},
		{"Which queues have many messages and no consumer?",
			[]string{"rabbitctl list_queues name messages consumers --where 'messages > 1000 && consumers == 0' --sort -messages"}},
		{"What changes while I watch?", []string{"rabbitctl list_queues --watch 5s"}},
		{"Does this queue have the properties that my deployment needs?",
			[]string{"rabbitctl declare_queue orders --type quorum, with --check to change nothing"}},
		{"Who is connected?", []string{"rabbitctl list_connections", "rabbitctl list_channels"}},
		{"Where would this message go, and where do messages get lost?",
			[]string{"rabbitctl explain_route EXCHANGE ROUTING_KEY", "rabbitctl list_unroutable"}},
		{"What is routed where?", []string{"rabbitctl list_exchanges", "rabbitctl list_bindings"}},
		{"Who may do what?",
			[]string{"rabbitctl list_users", "rabbitctl list_permissions", "rabbitctl explain_access app --may write orders"}},
		{"What may this login see and do, and what does it lack?",
			[]string{"rabbitctl explain_access", "rabbitctl explain_access --for checks"}},
		{"How is the cluster, and do its nodes agree?",
			[]string{"rabbitctl cluster_status, with --ask-every-node to compare what each says"}},
		{"How are several brokers, side by side?",
			[]string{"rabbitctl check --all --contexts blue,green", "rabbitctl list_queues --contexts blue,green"}},
		{"Is the broker ready? Is a condition true yet?",
			[]string{"rabbitctl await_ready", `rabbitctl wait_for 'list_queues where name == "orders" && messages == 0'`}},
		{"Which virtual hosts are there?", []string{"rabbitctl list_vhosts name default_queue_type messages"}},
		{"Add a virtual host, or delete one",
			[]string{"rabbitctl add_vhost prod --default-queue-type quorum", "rabbitctl delete_vhost old --dry-run"}},
		{"What do the messages in this queue say?",
			[]string{"rabbitctl peek_messages orders", "rabbitctl peek_messages orders --limit 1 --whole"}},
		{"Why are messages in the dead-letter queue, and where do they come from?",
			[]string{"rabbitctl list_dead_letters orders.dlq"}},
		{"Which queue has this message?",
			[]string{"rabbitctl search_messages --match '^orders' --where 'json.order.id == 7'"}},
		{"Get rid of messages, or of a queue",
			[]string{"rabbitctl purge_queue Q", "rabbitctl delete_queue Q; --dry-run shows what would be lost"}},
		{"Move messages to another queue, or dead letters back to their queue, and lose none",
			[]string{"rabbitctl move_messages SOURCE DESTINATION", "rabbitctl replay_dead_letters orders.dlq --origin orders"}},
		{"Make a queue a quorum queue, and keep its messages",
			[]string{"rabbitctl migrate_queue orders --to-type quorum"}},
		{"Clean up what nobody uses",
			[]string{`rabbitctl delete_queues --match '^tmp\.' --idle 30d --if-empty --if-unused`}},
		{"Which processes of a node are heavy, and which certificates does it have?",
			[]string{"rabbitctl observer --watch 2s", "rabbitctl certificates"}},
		{"Encrypt a password for RabbitMQ's configuration",
			[]string{"rabbitctl encrypt_conf_value", "rabbitctl encode"}},
		{"Change a node's limits, or stop RabbitMQ on it, without rabbitmqctl",
			[]string{"rabbitctl set_disk_free_limit 2GB", "rabbitctl stop_app --dry-run", "rabbitctl help transports"}},
		{"Remove a node from the cluster for good, or add one",
			[]string{"rabbitctl forget_cluster_node rabbit@c --dry-run",
				"rabbitctl join_cluster rabbit@a --node rabbit@c --dry-run"}},
		{"Enable a plugin on a node, without rabbitmq-plugins",
			[]string{"rabbitctl list_installed_plugins", "rabbitctl enable_plugins rabbitmq_shovel --dry-run"}},
		{"Move the leader of a queue, or a stream's replicas, to another node",
			[]string{"rabbitctl transfer_leadership QUEUE NODE", "rabbitctl add_replica STREAM NODE",
				"rabbitctl grow_streams NODE all --dry-run"}},
		{"Get clients off the broker",
			[]string{"rabbitctl close_connection 'NAME'", "rabbitctl close_connections --idle 30m --dry-run",
				"rabbitctl close_all_user_connections USER"}},
		{"Make an exchange, and bind a queue to it",
			[]string{"rabbitctl declare_exchange orders --type topic", "rabbitctl bind orders QUEUE 'order.*'"}},
		{"Give a program a user",
			[]string{"rabbitctl add_user app --generate", "rabbitctl set_permissions app '.*' '.*' '.*'"}},
		{"Change a password, and see who still uses the old one",
			[]string{"rabbitctl rotate_password app --generate --wait"}},
		{"Set properties of many queues by a policy", []string{`rabbitctl declare_policy NAME PATTERN --max-length 1000 --dry-run`}},
		{"Change one key of a policy, or its name",
			[]string{"rabbitctl update_policy limits --set max-length=5000", "rabbitctl rename_policy limits orders-limits"}},
		{"Which policy applies to this queue, and what is in effect?", []string{"rabbitctl explain_policy orders"}},
		{"Keep moving messages to another queue or broker",
			[]string{"rabbitctl declare_shovel NAME --source-queue A --destination-queue B"}},
		{"Publish a message, and see whether a queue got it", []string{"rabbitctl publish_message --queue orders BODY"}},
		{"Keep definitions in Git, and check a file before it is imported",
			[]string{"rabbitctl export_definitions --redact --split DIR",
				"rabbitctl check_definitions DIR --release 4.3 --redacted", "rabbitctl import_definitions DIR --dry-run"}},
		{"Make the broker match a file, and leave alone what matches already",
			[]string{"rabbitctl plan FILE", "rabbitctl apply FILE --backup before.json"}},
		{"What differs between a file and a broker? Does the broker still match the file, for monitoring?",
			[]string{"rabbitctl diff_definitions FILE context:prod", "rabbitctl check_drift FILE"}},
		{"What differs between the old and the new broker, and how far is the migration?",
			[]string{"rabbitctl compare_brokers blue green", "rabbitctl compare_brokers blue green --watch 5s"}},
		{"Keep messages in a file, and publish them again",
			[]string{"rabbitctl export_messages orders FILE", "rabbitctl import_messages FILE"}},
		{"My scripts call rabbitmqctl",
			[]string{"rabbitctl as rabbitmqctl -q list_queues name messages",
				`or a symlink: ln -s "$(command -v rabbitctl)" ~/bin/rabbitmqctl`}},
		{"What does an exit code mean?", []string{"rabbitctl help exit-codes"}},
	}
}

// wantToKnow returns the table of questions as the text with which the help begins.
func wantToKnow() string {
	var b strings.Builder
	b.WriteString("What do you want to know?\n\n")
	for _, q := range questions() {
		b.WriteString("  " + q.what + "\n")
		for _, c := range q.commands {
			b.WriteString("      " + c + "\n")
		}
	}
	b.WriteString("\nrabbitctl help WORD searches for a word, rabbitctl help COMMAND explains a command.\n")
	return b.String()
}
