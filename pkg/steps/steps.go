// Package steps has the texts of the next steps that errors advise. The texts name flags and commands, so packages
// below the commands need not know these names. A user of an official tool gets another text if the usual text names a
// flag or a command that this tool lacks.
package steps

import (
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/rabbitctl/rabbitctl/pkg/fail"
)

// native returns the words of each act for native commands. Each %s stands for one argument, and the last for all
// remaining arguments. %a is %s for an argument of a command, which can begin with a hyphen.
func native() map[fail.Act]string {
	return map[fail.Act]string{
		fail.WaitLonger:      "use a longer --timeout",
		fail.WaitForSilent:   "use a --timeout above %s, which lists the nodes that answer, or --host with another node",
		fail.SeeRequests:     "--trace shows the requests",
		fail.SeeRelease:      "rabbitctl status shows the release",
		fail.SeeReleases:     "rabbitctl cluster_status shows the release of each node",
		fail.SeeAlarms:       "rabbitctl list_nodes name mem_alarm disk_free_alarm shows alarms by node, some seconds late",
		fail.SeeEnvironment:  "rabbitctl environment --erlang-cookie-file FILE asks the node itself",
		fail.SeeNodes:        "rabbitctl list_nodes shows which nodes run",
		fail.SeeStoppedNodes: "rabbitctl list_nodes shows stopped nodes",
		fail.SeeSides:        "rabbitctl cluster_status --ask-every-node shows which side each node is on",
		fail.SeeVHosts:       "rabbitctl list_vhosts shows the virtual hosts",
		fail.SeeVHostStates: "rabbitctl list_vhosts name cluster_state shows it, and " +
			"rabbitctl restart_vhost starts it",
		fail.SeeStreams:     `rabbitctl list_queues --where 'type == "stream"' shows the streams`,
		fail.SeeConsumers:   "rabbitctl list_consumers shows whether they can be listed now",
		fail.SeeColumns:     "--help lists all columns",
		fail.SeeUnstatistic: "these need no statistics: rabbitctl list_queues name messages, list_nodes, check_alarms",
		fail.AskEveryNode: "rabbitctl cluster_status --ask-every-node asks each node itself " +
			"(with --node-url NODE=URL for a node whose API has another port)",
		fail.AskForLess:   "ask for less: rabbitctl list_queues name messages is cheap, and -p narrows it",
		fail.AskOneVHost:  "-p asks for the queues of one virtual host",
		fail.AskAPI:       "--source api has all columns",
		fail.AskAPIAlone:  "--source api needs the management port only",
		fail.AskAPIFresh:  "--source api has fresh ones",
		fail.AskAPIAnyway: "--source api turns this note off",
		fail.AskMetrics:   "--source prometheus lists very many queues in a fraction of the time",

		fail.CheckHost:         "check the spelling, or give an address with --host",
		fail.CheckPrefix:       "check the port and --path-prefix",
		fail.CheckCertificates: "check --cert, --key and --cacert",
		fail.CheckAuthority:    "check --cacert",
		fail.CheckCertificate:  "check --cert and --key",
		fail.GiveURL:           "say where it is with --url or RABBITCTL_URL",
		fail.GiveThatURL:       "use that address with --url",
		fail.GiveAMQP:          "--amqp-url names another address",
		fail.GivePrefix:        "a path before /api goes into --path-prefix",
		fail.GiveUser:          "set RABBITCTL_USERNAME or give --username",
		fail.GivePassword:      "give the password with RABBITCTL_PASSWORD, --password-file, --password-command or --password-stdin",
		fail.GiveConfig:        "name a readable file with --config; --config %s reads no file",
		fail.NameOwnFile:       "name that file with --config or with the option that named this one",
		fail.GiveAuthority:     "give the authority's file with --cacert",
		fail.UseTLS:            "use https://, or --tls",
		fail.TrustAnyone:       "--insecure skips the check",
		fail.GoRoundProxy:      "--url with the broker's own address goes round the proxy",
		fail.CheckLogin: "rabbitctl config show, with the same flags, shows where user and password come from; " +
			"rabbitctl authenticate_user %a tries a password",

		fail.SetTags: "as an administrator: rabbitctl set_user_tags %a",
		fail.SetFirstTag: "as an administrator: rabbitctl set_user_tags %a monitoring, " +
			"with the other tags that rabbitctl list_users shows: set_user_tags replaces all tags",
		fail.SeeTags: "as an administrator: rabbitctl list_users shows the tags of %s, " +
			"and rabbitctl set_user_tags replaces them all",
		fail.SeeUser:    "as an administrator: rabbitctl explain_access %a shows its tags and permissions",
		fail.GiveAccess: "as an administrator: rabbitctl set_permissions -p %s %a '.*' '.*' '.*' gives all permissions",
		fail.GiveSight: "as an administrator: rabbitctl set_permissions -p %s %a '^$' '^$' '^$' " +
			"gives access without permission to configure, write or read",
		fail.AddUser: "on the broker's own machine: rabbitctl add_user NAME, then set_user_tags and set_permissions",
		fail.EnablePlugin: "rabbitctl enable_plugins %s --node NODE for each node; " +
			"rabbitctl list_plugins shows where the plugin runs",
		fail.EnableManagement: "rabbitctl enable_plugins rabbitmq_management",
		fail.EnableMetrics:    "rabbitctl enable_plugins rabbitmq_prometheus --node NODE for each node",
		fail.RestartVHost:     "rabbitctl restart_vhost -p %s",
		fail.FindName: "rabbitctl eval on the broker's own machine, with its Erlang cookie, shows the name: " +
			"rabbitctl help name-not-utf-8 has the commands to find and to delete it",
		fail.NameJournal: "--journal FILE names another file",
		fail.SkipItem:    "--keep-going skips it, and does the rest",
		fail.ReadPage:    "rabbitctl help %s tells more",

		fail.StartApp:     "rabbitctl start_app starts it",
		fail.AwaitReady:   "rabbitctl await_ready waits until it accepts clients",
		fail.StopApp:      "rabbitctl stop_app stops it",
		fail.GiveNode:     "give the node's own name with --node NAME@HOST",
		fail.GiveThatNode: "use that name: --node %s",
		fail.GiveNodePort: "--node-port with the node's distribution port, usually 25672, connects without epmd; " +
			"--epmd-port is for an epmd that does not listen on 4369",
		fail.GiveCookie: "give the file that holds the broker's own cookie with --erlang-cookie-file; " +
			"rabbitctl help transports says where this file is",
		fail.SecureDistribution:   "if the nodes use TLS between them, add --tls-distribution; else --plain-distribution",
		fail.UseTLSDistribution:   "if the nodes use TLS between them, add --tls-distribution",
		fail.LeaveTLSDistribution: "if the nodes use no TLS between them, leave --tls-distribution out",
	}
}

// official returns the words for users of the official tools, for those acts where rabbitctl would name a flag or a
// command that these tools do not have. Environment variables take the place of flags: rabbitctl reads them also when
// it runs under the name of an official tool.
func official() map[fail.Act]string {
	return map[fail.Act]string{
		fail.CheckLogin: "check RABBITCTL_USERNAME and RABBITCTL_PASSWORD, or: rabbitmqctl authenticate_user %a",
		fail.SetTags:    "rabbitmqctl set_user_tags %a",
		fail.SetFirstTag: "rabbitmqctl set_user_tags %a monitoring, " +
			"with the other tags that rabbitmqctl list_users shows: set_user_tags replaces all tags",
		fail.SeeTags:    "rabbitctl list_users shows the tags of %s; rabbitmqctl set_user_tags replaces them all",
		fail.SeeUser:    "rabbitmqctl list_users shows its tags, rabbitmqctl list_user_permissions %a its permissions",
		fail.GiveAccess: "rabbitmqctl set_permissions -p %s %a '.*' '.*' '.*' gives all permissions",
		fail.GiveSight: "rabbitmqctl set_permissions -p %s %a '^$' '^$' '^$' " +
			"gives access without permission to configure, write or read",
		fail.AddUser: "rabbitmqctl add_user NAME, then set_user_tags and set_permissions",

		fail.WaitForSilent:     "use a --timeout above %s, which lists nodes that answer, or RABBITCTL_HOST of another node",
		fail.SeeRequests:       "RABBITCTL_TRACE=true shows the requests",
		fail.CheckHost:         "check the spelling, or give an address with RABBITCTL_HOST",
		fail.CheckPrefix:       "check the port and RABBITCTL_PATH_PREFIX",
		fail.CheckCertificates: "check RABBITCTL_CERT, RABBITCTL_KEY and RABBITCTL_CACERT",
		fail.CheckAuthority:    "check RABBITCTL_CACERT",
		fail.CheckCertificate:  "check RABBITCTL_CERT and RABBITCTL_KEY",
		fail.GiveURL:           "say where it is with RABBITCTL_URL",
		fail.GiveThatURL:       "use that address with RABBITCTL_URL",
		fail.GiveAMQP:          "RABBITCTL_AMQP_URL names another address",
		fail.GivePrefix:        "a path before /api goes into RABBITCTL_PATH_PREFIX",
		fail.GiveUser:          "set RABBITCTL_USERNAME",
		fail.GivePassword:      "give the password with RABBITCTL_PASSWORD, RABBITCTL_PASSWORD_FILE or RABBITCTL_PASSWORD_COMMAND",
		fail.GiveConfig:        "name a readable file with RABBITCTL_CONFIG; RABBITCTL_CONFIG=%s reads no file",
		fail.NameOwnFile:       "name that file with RABBITCTL_CONFIG or with the variable that named this one",
		fail.GiveAuthority:     "give the authority's file with RABBITCTL_CACERT",
		fail.NameJournal:       "RABBITCTL_JOURNAL=FILE names another file",
		fail.UseTLS:            "use https://, or RABBITCTL_TLS=true",
		fail.TrustAnyone:       "RABBITCTL_INSECURE=true skips the check",
		fail.GoRoundProxy:      "RABBITCTL_URL with the broker's own address goes round the proxy",

		fail.EnablePlugin:     "rabbitmq-plugins enable %s on each node; rabbitctl list_plugins shows the enabled plugins",
		fail.EnableManagement: "rabbitmq-plugins enable rabbitmq_management",
		fail.EnableMetrics:    "rabbitmq-plugins enable rabbitmq_prometheus on all nodes",

		fail.StartApp:     "rabbitmqctl start_app starts it",
		fail.AwaitReady:   "rabbitmqctl await_startup waits until it has started",
		fail.StopApp:      "rabbitmqctl stop_app stops it",
		fail.GiveNode:     "give the node's own name with -n NAME@HOST",
		fail.GiveThatNode: "use that name: -n %s",
	}
}

// distribution returns the words of the acts about Erlang distribution for those who do not have its flags: users of
// the official tools, and users of a command that asks a node only if the management API does not answer.
func distribution() map[fail.Act]string {
	return map[fail.Act]string{
		fail.GiveNode:     "give the node's own name with RABBITCTL_NODE=NAME@HOST",
		fail.GiveThatNode: "use that name: RABBITCTL_NODE=%s",
		fail.GiveNodePort: "RABBITCTL_NODE_PORT with the node's distribution port, usually 25672, connects without " +
			"epmd; RABBITCTL_EPMD_PORT is for an epmd that does not listen on 4369",
		fail.GiveCookie: "give the file that holds the broker's own cookie with RABBITCTL_ERLANG_COOKIE_FILE; " +
			"rabbitctl help transports says where this file is",
		fail.SecureDistribution: "if the nodes use TLS between them, set RABBITCTL_TLS_DISTRIBUTION=true; " +
			"if not, set RABBITCTL_PLAIN_DISTRIBUTION=true",
		fail.UseTLSDistribution:   "if the nodes use TLS between them, set RABBITCTL_TLS_DISTRIBUTION=true",
		fail.LeaveTLSDistribution: "if the nodes use no TLS between them, unset RABBITCTL_TLS_DISTRIBUTION",
	}
}

// Of returns what err advises, in the words of the native commands, or "" if err has no advice.
func Of(err error) string { return Words(fail.HintOf(err)) }

// ByVariable returns what err advises, for a user of a command without the flags of Erlang distribution. The advice
// names the environment variables in place of these flags.
func ByVariable(err error) string {
	words := native()
	maps.Copy(words, distribution())
	return joined(fail.HintOf(err), words)
}

// OfTool returns what err advises, for a user who ran rabbitctl under the name of an official tool.
func OfTool(err error) string {
	words := native()
	maps.Copy(words, distribution())
	maps.Copy(words, official())
	return joined(fail.HintOf(err), words)
}

// InContext changes an advice for a broker that is one of several contexts. Commands that ask a broker get --context. A
// flag cannot give the address or the user of only one of them, so the advice names rabbitctl config set instead.
func InContext(next fail.Advice, context string) fail.Advice {
	var out fail.Advice
	of := []fail.Act{fail.GiveURL, fail.GiveThatURL, fail.GiveAMQP, fail.GivePrefix, fail.GiveUser, fail.GivePassword,
		fail.GiveAuthority, fail.UseTLS, fail.TrustAnyone, fail.GoRoundProxy, fail.CheckLogin}
	// The commands of these steps run on the broker's own machine. The context may not exist there, so they get no
	// --context.
	local := []fail.Act{fail.AddUser, fail.FindName}
	changed := false
	for _, step := range next {
		switch {
		case slices.Contains(of, step.Act) && changed:
		case slices.Contains(of, step.Act):
			changed = true
			out = out.Say("rabbitctl config set %s KEY=VALUE changes a setting of the context", fail.Word(context))
		case slices.Contains(local, step.Act):
			out = append(out, step)
		default:
			out = append(out, chosen(step, context))
		}
	}
	return out
}

// chosen adds --context to the commands of a step that ask a broker.
func chosen(step fail.Step, context string) fail.Step {
	text := Words(fail.Advice{step})
	changed := TextInContext(text, context)
	if changed == text {
		return step
	}
	return fail.Step{Text: changed}
}

// TextInContext adds --context to the commands in a text that ask a broker. A command whose name has an underscore asks
// one, except check_definitions, which only reads a file. The other names are listed, since in a sentence another word
// can stand after the program's name. What follows words such as "on its host" is for a machine where the context may
// not exist, and stays as it is.
func TextInContext(text, context string) string {
	elsewhere, there := regexp.MustCompile(`\bon (its|each of their|the node's) (hosts?|machine)\b`), ""
	if at := elsewhere.FindStringIndex(text); at != nil {
		text, there = text[:at[0]], text[at[0]:]
	}
	asking := regexp.MustCompile(`\brabbitctl ([a-z]+_[a-z0-9_]+|alarms|apply|bind|certificates|check|doctor|drain|` +
		`environment|eval|grow|listeners|observer|ping|plan|rebalance|reset|revive|shrink|shutdown|status|stop|tap|unbind)\b`)
	return asking.ReplaceAllStringFunc(text, func(found string) string {
		command := strings.TrimPrefix(found, "rabbitctl ")
		if command == "check_definitions" {
			return found
		}
		return "rabbitctl --context " + fail.Word(context) + " " + command
	}) + there
}

// Words returns an advice in the words of the native commands.
func Words(next fail.Advice) string { return joined(next, native()) }

func joined(next fail.Advice, words map[fail.Act]string) string {
	var b strings.Builder
	for _, step := range next {
		if b.Len() > 0 && !strings.HasSuffix(b.String(), " ") {
			b.WriteString("; ")
		}
		if step.Act == "" {
			b.WriteString(step.Text)
			continue
		}
		b.WriteString(filled(words[step.Act], step.Args))
	}
	return b.String()
}

// filled puts the arguments into the words. It quotes an argument for the shell if necessary.
func filled(words string, args []string) string {
	places := regexp.MustCompile(`%[as]`)
	left := len(places.FindAllString(words, -1))
	return places.ReplaceAllStringFunc(words, func(place string) string {
		mine := args[:min(1, len(args))]
		if left--; left == 0 {
			mine = args
		}
		args = args[len(mine):]
		if place == "%a" {
			return fail.Arguments(mine...)
		}
		return fail.Words(mine...)
	})
}
