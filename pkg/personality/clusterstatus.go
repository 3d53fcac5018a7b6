package personality

import (
	"context"
	"strings"

	"github.com/rabbitctl/rabbitctl/pkg/broker"
	"github.com/rabbitctl/rabbitctl/pkg/erlang"
	"github.com/rabbitctl/rabbitctl/pkg/record"
)

// section is a titled part of a report.
type section struct {
	title string
	lines []string
}

// sections returns the text of the sections, one below the other. Releases before 4.0 print the titles in bold, even if
// the output is not a terminal.
func (c *call) sections(all []section) string {
	var b strings.Builder
	for i, s := range all {
		if i > 0 {
			b.WriteString("\n\n")
		}
		title := s.title
		if !c.since(4, 0) {
			title = "\x1b[1m" + title + "\x1b[0m"
		}
		b.WriteString(title + "\n\n" + strings.Join(s.lines, "\n"))
	}
	return b.String()
}

// orNone returns the lines of a section, or "(none)" for a section without lines.
func orNone(lines []string) []string {
	if len(lines) == 0 {
		return []string{"(none)"}
	}
	return lines
}

// member is a node of the cluster.
type member struct {
	name, kind, cores, release, erlang string
	running, drained                   bool
	// partitions are the nodes that this node regards as partitioned from it.
	partitions []string
}

// membersOf returns the nodes of the cluster as soon as all running nodes have reported their figures. Releases before
// 4.1 report the Erlang version only of the node that answers.
func (c *call) membersOf(ctx context.Context) ([]member, error) {
	var all []member
	err := c.awaited(ctx, func() (lacking []string, err error) {
		all, lacking, err = c.membersNow(ctx)
		return lacking, err
	})
	return all, err
}

// membersNow returns the nodes as the API reports them now. untold are the running nodes that have not reported their
// figures yet.
func (c *call) membersNow(ctx context.Context) (all []member, untold []string, err error) {
	type node struct {
		member
		partitionsKnown bool
	}
	reader := record.NewReader(func(b *record.Binder, n *node) {
		bindMember(b, &n.member)
		b.Value("partitions", func(v record.Value) { n.partitions, n.partitionsKnown = v.Texts(), v.Known() })
	})
	for n, err := range reader.All(c.client.Nodes(ctx, reader.Columns())) {
		if err != nil {
			return nil, nil, err
		}
		m := n.member
		if m.erlang == "" && m.name == c.node {
			m.erlang = c.overview.At("erlang_version").Text()
		}
		if m.running && (m.cores == "" || m.release == "" || !n.partitionsKnown) {
			untold = append(untold, m.name)
		}
		all = append(all, m)
	}
	return all, untold, nil
}

func bindMember(b *record.Binder, m *member) {
	b.Text("name", &m.name)
	b.Text("type", &m.kind)
	b.Flag("running", &m.running)
	b.Text("processors", &m.cores)
	b.Flag("being_drained", &m.drained)
	b.Text("rabbitmq_version", &m.release)
	b.Text("erlang_version", &m.erlang)
	// Older releases have no rabbitmq_version: they report the version of RabbitMQ only in the list of applications.
	b.Value("applications", func(v record.Value) {
		v.Each(func(v record.Value) {
			if m.release == "" && v.At("name").Text() == "rabbit" {
				m.release = v.At("version").Text()
			}
		})
	})
}

func (m member) maintenance() string {
	if m.drained {
		return "under maintenance"
	}
	return "not under maintenance"
}

// clusterFacts are what cluster_status prints.
type clusterFacts struct {
	members   []member
	alarms    []broker.Alarm
	listeners []listener
	// flags are the feature flags, each an object.
	flags []erlang.Map
}

func (c *call) clusterFacts(ctx context.Context) (clusterFacts, error) {
	var f clusterFacts
	var err error
	if f.members, err = c.membersOf(ctx); err != nil {
		return f, err
	}
	if f.alarms, err = c.client.Alarms(ctx); err != nil {
		return f, err
	}
	if f.listeners, err = c.listeners(ctx, ""); err != nil {
		return f, err
	}
	names := strings.Fields("name state stability provided_by desc doc_url require_level experiment_level callbacks")
	columns := make([]record.Column, len(names))
	for i, name := range names {
		columns[i] = record.Column{Name: name}
	}
	for row, err := range c.client.FeatureFlags(ctx, columns) {
		if err != nil {
			return f, err
		}
		var known []any
		for i, name := range names {
			if row[i].Known() {
				known = append(known, name, plainTerm(row[i]))
			}
		}
		f.flags = append(f.flags, object(known...))
	}
	return f, nil
}

func reportCluster(ctx context.Context, c *call) (answer, error) {
	f, err := c.clusterFacts(ctx)
	if err != nil {
		return answer{}, err
	}
	if c.machine() {
		return answer{data: c.clusterData(f)}, nil
	}
	var discs, rams, running, versions, cores, maintenance, partitions, listeners, flags []string
	total := int64(0)
	for _, m := range f.members {
		if m.kind == "ram" {
			rams = append(rams, m.name)
		} else {
			discs = append(discs, m.name)
		}
		if len(m.partitions) > 0 {
			partitions = append(partitions, "Node "+m.name+" cannot communicate with "+strings.Join(m.partitions, ", "))
		}
		maintenance = append(maintenance, "Node: "+m.name+", status: "+m.maintenance())
		if !m.running {
			continue
		}
		running = append(running, m.name)
		versions = append(versions, m.name+": RabbitMQ "+m.release+" on Erlang "+orUnknown(m.erlang))
		cores = append(cores, "Node: "+m.name+", available CPU cores: "+m.cores)
		n, _ := record.Value(m.cores).Int()
		total += n
	}
	for _, l := range f.listeners {
		line := l.line()
		listeners = append(listeners, "Node: "+l.node+", i"+line[1:])
	}
	for _, flag := range f.flags {
		flags = append(flags, "Flag: "+erlang.Cell(flag.Get("name"))+", state: "+erlang.Cell(flag.Get("state")))
	}
	basics := []string{"Cluster name: " + c.overview.At("cluster_name").Text()}
	var all []section
	if c.since(4, 0) {
		basics = append(basics, "Total CPU cores available cluster-wide: "+string(erlang.Int(total)))
		all = append(all, section{"Basics", basics}, section{"Cluster Tags", orNone(tagLines(c.overview.At("cluster_tags")))})
	} else {
		all = append(all, section{"Basics", basics})
	}
	all = append(all, section{"Disk Nodes", discs})
	if len(rams) > 0 {
		all = append(all, section{"RAM Nodes", rams})
	}
	all = append(all, section{"Running Nodes", running}, section{"Versions", versions})
	if c.since(4, 0) {
		all = append(all, section{"CPU Cores", cores})
	}
	var alarms []string
	if len(f.alarms) > 0 {
		alarms = strings.Split(alarmLines(f.alarms), "\n")
	}
	all = append(all, section{"Maintenance status", maintenance}, section{"Alarms", orNone(alarms)},
		section{"Network Partitions", orNone(partitions)},
		section{"Listeners", listeners}, section{"Feature flags", flags})
	return answer{text: c.sections(all)}, nil
}

func orUnknown(text string) string {
	if text == "" {
		return "(not known)"
	}
	return text
}

// tagLines returns the tags of a cluster or a node, one on each line.
func tagLines(tags record.Value) []string {
	var lines []string
	for name, value := range tags.Members() {
		lines = append(lines, name+": "+value.Text())
	}
	return lines
}

// tagsTerm returns the tags of a cluster or a node as the tools print them in JSON. If there are no tags, it is an
// empty list.
func tagsTerm(tags record.Value) erlang.Term {
	if pairs, ok := plainTerm(tags).(erlang.Map); ok && len(pairs) > 0 {
		return pairs
	}
	return erlang.List{}
}

// alarmTerm returns an alarm in the form that the reports have with the formatter json.
func alarmTerm(a broker.Alarm) erlang.Term {
	return object("node", erlang.Atom(a.Node), "resource", erlang.Atom(a.Resource), "type", erlang.Atom("resource_limit"))
}

// clusterData returns the output of cluster_status for the formatter json.
func (c *call) clusterData(f clusterFacts) erlang.Term {
	discs, rams, running := erlang.List{}, erlang.List{}, erlang.List{}
	var versions, cores, maintenance, partitions []any
	for _, m := range f.members {
		if m.kind == "ram" {
			rams = append(rams, erlang.Atom(m.name))
		} else {
			discs = append(discs, erlang.Atom(m.name))
		}
		if len(m.partitions) > 0 {
			others := erlang.List{}
			for _, other := range m.partitions {
				others = append(others, erlang.Atom(other))
			}
			partitions = append(partitions, m.name, others)
		}
		maintenance = append(maintenance, m.name, erlang.Binary(m.maintenance()))
		if m.running {
			running = append(running, erlang.Atom(m.name))
			cores = append(cores, m.name, erlang.Number(m.cores))
			version := []any{"rabbitmq_name", erlang.Binary("RabbitMQ"), "rabbitmq_version", erlang.Binary(m.release)}
			if m.erlang != "" {
				version = append(version, "erlang_version", erlang.Binary(m.erlang))
			}
			versions = append(versions, m.name, object(version...))
		}
	}
	listeners := map[string]erlang.List{}
	for _, l := range f.listeners {
		listeners[l.node] = append(listeners[l.node], listenerTerms([]listener{l})...)
	}
	var byNode []any
	for _, m := range f.members {
		if l, ok := listeners[m.name]; ok {
			byNode = append(byNode, m.name, l)
		}
	}
	flags := erlang.List{}
	for _, flag := range f.flags {
		flags = append(flags, flag)
	}
	alarms := erlang.List{}
	for _, a := range f.alarms {
		alarms = append(alarms, alarmTerm(a))
	}
	data := []any{"alarms", alarms, "cluster_name", erlang.Binary(c.overview.At("cluster_name").Text()), "disk_nodes",
		discs, "running_nodes", running,
		"versions", object(versions...), "partitions", object(partitions...), "maintenance_status", object(maintenance...),
		"listeners", object(byNode...), "feature_flags", flags}
	if c.since(4, 0) {
		data = append(data, "cpu_cores", object(cores...), "cluster_tags", tagsTerm(c.overview.At("cluster_tags")))
	}
	if !c.since(4, 3) {
		data = append(data, "ram_nodes", rams)
	}
	return object(data...)
}
