package cluster

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/pflag"

	"github.com/rabbitctl/rabbitctl/pkg/broker"
	"github.com/rabbitctl/rabbitctl/pkg/diagnose"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/health"
	"github.com/rabbitctl/rabbitctl/pkg/record"
	"github.com/rabbitctl/rabbitctl/pkg/survey"
	"github.com/rabbitctl/rabbitctl/pkg/verb"
)

func status() verb.Check {
	var all bool
	var given []string
	var urls map[string]string
	return verb.Check{
		Name:  "cluster_status",
		Short: "Show nodes, partitions and alarms as one node or every node sees them",
		Long: `Show the cluster's nodes, versions, partitions and alarms, with a verdict: CRITICAL for a node that does
not run or does not answer the other nodes, for a partition, for an alarm and for a virtual host that is stopped;
WARNING for mixed releases and for a node in maintenance.

When the cluster is split, one node's report is not enough: each side says that the other is not running. For some
seconds no node reports a partition; with Khepri no node ever reports one. --ask-every-node asks each node's own API
and shows the answers side by side: a row for each node that was asked, a column for each node that it reports on.
Nodes that disagree, a node that does not run, a partition, and an API that does not answer are separate findings.
Nodes that disagree are CRITICAL. An API that cannot be read is WARNING if no other node says that its node does not
run.

The addresses come from the listeners that the first node lists; the first node is the one that rabbitctl is
connected to. For a node without a listed listener, the address is the host in the node's name, with the scheme and
port of the first node. --ask-every-node sends your user name and password to these addresses: use it only if you
trust the first node. If the first node was asked over TLS, they are not sent over plain HTTP to an address that was
found. To an address that was found on this machine's loopback interface, they are sent only if the first node was
asked there, too. --node-url NODE=URL sets the address of a node where none was found, or replaces the one that was
found. An address of --node-url is used as given, even over plain HTTP or on the loopback interface.

The user needs the tag monitoring.`,
		Example: `  rabbitctl cluster_status
  rabbitctl cluster_status --ask-every-node
  rabbitctl cluster_status --ask-every-node --node-url rabbit@b=https://b.example.com:15671 -o json | jq .findings`,
		Explains: true,
		Flags: func(fs *pflag.FlagSet) {
			fs.BoolVar(&all, "ask-every-node", false, "ask each node's own API too, with the same user and password")
			fs.StringArrayVar(&given, "node-url", nil,
				"the API of a node, as `NODE=URL` (may be repeated; with --ask-every-node)")
		},
		Validate: func(verb.Ask) (err error) {
			if len(given) > 0 && !all {
				return fail.Usagef("--node-url needs --ask-every-node")
			}
			urls, err = nodeURLs(given)
			return err
		},
		Run: func(ctx context.Context, c *broker.Client, ask verb.Ask) (verb.Report, error) {
			first, others, err := survey.View(ctx, c)
			if err != nil {
				return verb.Report{}, err
			}
			if !first.Waits {
				vhosts(ctx, c, &first)
			}
			views := []diagnose.View{first}
			if all {
				others, err = placed(others, urls, first)
				if err != nil {
					return verb.Report{}, err
				}
				ask.Waiting("asking the other %d nodes", len(others))
				views = append(views, askEach(ctx, c, others)...)
			}
			findings := diagnose.Cluster(views)
			r := verb.Report{Result: diagnose.Verdict(findings, well(views, all))}
			r.LookedAt = lookedAt(views, all)
			verb.SayUntold(ctx, c, ask)
			r.Evidence = record.Document{cluster(first), nodes(first)}
			if all {
				r.Evidence = append(r.Evidence, matrix(views))
			}
			r.Evidence = append(r.Evidence, verb.Findings(findings))
			return r, nil
		},
	}
}

// vhosts asks on which nodes the virtual hosts run, and adds that to the view. If the request fails, the view has the
// error, and the command goes on with its other facts.
func vhosts(ctx context.Context, c *broker.Client, v *diagnose.View) {
	ctx, cancel := context.WithTimeout(ctx, nodePatience)
	defer cancel()
	all, err := survey.VHostStates(ctx, c)
	if v.VHosts = all; err != nil {
		v.VHostsUnseen = err.Error()
	}
}

// nodeURLs reads the addresses that --node-url gives, by node. A wrong or repeated one is a usage error.
func nodeURLs(given []string) (map[string]string, error) {
	urls := map[string]string{}
	for _, text := range given {
		node, url, ok := strings.Cut(text, "=")
		if !ok || !strings.Contains(node, "@") || strings.Contains(node, "/") {
			// The error does not repeat the value, which may contain a password.
			return nil, fail.Usagef("--node-url must be NODE=URL, such as rabbit@b=http://b:15672")
		}
		if _, err := broker.New(broker.Options{BaseURL: url}); err != nil {
			return nil, fail.Usagef("--node-url %s: not the URL of a management API", node).
				Next("write it as http://HOST:15672, without a user and a password")
		}
		if urls[node] != "" {
			return nil, fail.Usagef("--node-url: %s is given twice", node)
		}
		urls[node] = strings.TrimSuffix(url, "/")
	}
	return urls, nil
}

// placed returns the addresses of the other nodes: the one that --node-url gives for a node, or else the one that was
// found.
func placed(others []survey.Address, urls map[string]string, first diagnose.View) ([]survey.Address, error) {
	used := map[string]bool{first.Node: true}
	var names []string
	for i, a := range others {
		used[a.Node] = true
		names = append(names, a.Node)
		if url, ok := urls[a.Node]; ok {
			others[i] = survey.Address{Node: a.Node, URL: url}
		}
	}
	for node := range urls {
		if !used[node] {
			return nil, fail.New(fail.NotFound, "--node-url: %s is not a node of the cluster at %s%s", node, first.URL,
				fail.DidYouMean(node, names)).
				Next("the other nodes: %s", strings.Join(names, " "))
		}
	}
	return others, nil
}

// well returns the summary of a cluster in which nothing is wrong.
func well(views []diagnose.View, all bool) string {
	n := len(views[0].Members)
	switch {
	case n == 1:
		return "the only node runs, no alarm"
	case all:
		return fmt.Sprintf("%d of %d nodes running, as each of them reports; no partition, no alarm", n, n)
	}
	return fmt.Sprintf("%d of %d nodes running, no partition, no alarm", n, n)
}

func lookedAt(views []diagnose.View, all bool) string {
	if all {
		answered := 0
		for _, v := range views {
			if v.Silent == "" {
				answered++
			}
		}
		return fmt.Sprintf("the reports of %d of %d nodes", answered, len(views))
	}
	text := "the report of " + views[0].Node + " alone"
	if len(views[0].Members) > 1 {
		text += "; --ask-every-node asks the others too"
	}
	return text
}

func cluster(v diagnose.View) record.Section {
	text := func(name, value string) record.Field {
		return record.Field{Column: record.Column{Name: name}, Value: record.Of(value)}
	}
	return record.Fields("", text("cluster_name", v.ClusterName), text("node", v.Node), text("rabbitmq_version",
		v.Version), text("erlang_version", v.Erlang))
}

// nodes returns a table of what one node reports about all nodes.
func nodes(v diagnose.View) record.Section {
	s := record.Section{Name: "nodes", Columns: []record.Column{
		{Name: "node"}, {Name: "running", Kind: record.Flag}, {Name: "type"}, {Name: "version"},
		{Name: "maintenance", Kind: record.Flag},
		{Name: "partitions", Kind: record.List}, {Name: "alarms", Kind: record.List}}}
	for _, m := range v.Members {
		alarms, partitions := []string{}, []string{}
		for _, a := range v.Alarms {
			if a.Node == m.Name {
				alarms = append(alarms, a.Resource)
			}
		}
		facts := map[string]record.Value{"node": record.Of(m.Name)}
		if m.Running {
			facts["type"], facts["version"], facts["maintenance"] = known(m.Type), known(m.Version), record.Of(m.Drained)
		}
		if !v.Unknown(m.Name) {
			facts["running"] = record.Of(m.Running)
		}
		if !v.Waits {
			facts["partitions"] = record.Of(append(partitions, m.Partitions...))
		}
		if !v.Unknown(m.Name) && !slices.Contains(v.SilentNodes, m.Name) {
			facts["alarms"] = record.Of(alarms)
		}
		s.Rows = append(s.Rows, record.Filled(s.Columns, facts))
	}
	return s
}

// known returns text as a value, or an absent value if text is empty.
func known(text string) record.Value {
	if text == "" {
		return nil
	}
	return record.Of(text)
}

// matrix has a row for each node that was asked, and a column for each node that is in any of the reports.
func matrix(views []diagnose.View) record.Section {
	s := record.Section{Name: "views", Columns: []record.Column{{Name: "asked"}}}
	var of []string
	seen := map[string]bool{}
	for _, v := range views {
		for _, m := range v.Members {
			if !seen[m.Name] {
				seen[m.Name] = true
				of = append(of, m.Name)
				s.Columns = append(s.Columns, record.Column{Name: m.Name})
			}
		}
	}
	s.Columns = append(s.Columns, record.Column{Name: "url"}, record.Column{Name: "answer"})
	for _, v := range views {
		answer := "yes"
		if v.Silent != "" {
			answer = v.Silent
		}
		row := record.Row{record.Of(v.Node)}
		for _, node := range of {
			row = append(row, cell(v, node))
		}
		s.Rows = append(s.Rows, append(row, known(v.URL), record.Of(answer)))
	}
	return s
}

// cell returns what one node reports about a node, which may be itself. The value is absent if the asked node gave no
// report.
func cell(v diagnose.View, node string) record.Value {
	if v.Silent != "" {
		return nil
	}
	for _, m := range v.Members {
		if m.Name != node {
			continue
		}
		for _, split := range health.Splits(v.Members) {
			if split.A == node && split.B == v.Node || split.B == node && split.A == v.Node {
				return record.Of("cut off")
			}
		}
		switch {
		case v.Unknown(node):
			return record.Of("not known")
		case m.Running:
			return record.Of("running")
		}
		return record.Of("not running")
	}
	return record.Of("not a member")
}
