package personality

import (
	"context"
	"slices"
	"strings"

	"github.com/rabbitctl/rabbitctl/pkg/broker"
	"github.com/rabbitctl/rabbitctl/pkg/erlang"
	"github.com/rabbitctl/rabbitctl/pkg/record"
)

// nodeReports returns the commands that report on one node.
func nodeReports() []command {
	return []command{
		{
			name: "status", usage: "status [--unit <unit>] [--timeout <timeout>]", seconds: 60, switches: switches{"unit": text},
			banner: say("Status of node %s ..."), run: reportNode,
			valid: knownUnit("bytes", "mb", "mib", "gb", "gib", "tb", "tib"),
		},
		{name: "listeners", banner: say("Asking node %s to report its protocol listeners ..."), run: reportListeners},
		{
			name: "memory_breakdown", usage: "memory_breakdown [--unit <unit>] [--timeout <timeout>]",
			switches: switches{"unit": text}, banner: say("Reporting memory breakdown on node %s..."), run: reportMemory,
			valid: knownUnit("bytes", "mb", "gb"),
		},
		{
			name: "log_location", usage: "log_location [--all|-a] [--timeout <timeout>]", switches: switches{"all": truth},
			letters: map[string]string{"a": "all"},
			banner:  say("Log file location(s) on node %s ..."), run: reportLogs,
		},
		{
			name: "environment", usage: "environment", banner: say("Application environment of node %s ..."),
			run: func(ctx context.Context, c *call) (answer, error) {
				if c.machine() {
					return c.environmentByNode(ctx)
				}
				text, err := c.client.Environment(ctx)
				if broker.IsNotOffered(err) {
					return c.environmentByNode(ctx)
				}
				return answer{text: text}, err
			},
		},
	}
}

// reportNode runs status. Unless it can ask the node itself, it leaves out what the API does not report, such as the
// operating system, the file of enabled plugins, the folder of the Raft logs, and the plugins that run only because
// others need them.
func reportNode(ctx context.Context, c *call) (answer, error) {
	node, err := c.figured(ctx, "os_pid", "uptime", "proc_used", "proc_total", "run_queue", "net_ticktime", "config_files",
		"log_files", "db_dir",
		"enabled_plugins", "mem_limit", "disk_free_limit", "disk_free", "memory.strategy")
	if err != nil {
		return answer{}, err
	}
	alarms, err := c.client.Alarms(ctx)
	if err != nil {
		return answer{}, err
	}
	told := c.toldByNode(ctx)
	unit := strings.ToLower(c.option("unit", "gb"))
	size := func(path string) string {
		n, ok := node.At(path).Int()
		if !ok {
			return "(not known)"
		}
		return inUnit(n, unit) + " " + unit
	}
	uptime, _ := node.At("uptime").Int()
	drained, _ := node.At("being_drained").Bool()
	shares, total := sharesOf(node.At("memory"))
	vhosts := 0
	for _, err := range c.client.VHosts(ctx, []record.Column{{Name: "name"}}) {
		if err != nil {
			return answer{}, err
		}
		vhosts++
	}
	runtime := []string{
		"OS PID: " + node.At("os_pid").Text(),
		"Uptime (seconds): " + string(erlang.Int(uptime/1000)),
		"Is under maintenance?: " + map[bool]string{true: "true", false: "false"}[drained],
		"RabbitMQ version: " + c.overview.At("rabbitmq_version").Text(),
		"RabbitMQ release series support status: " + supportStatus(c),
		"Node name: " + c.node,
		"Erlang configuration: " + c.overview.At("erlang_full_version").Text(),
	}
	if crypto := c.overview.At("crypto_lib_version").Text(); crypto != "" {
		runtime = append(runtime, "Crypto library: "+crypto)
	}
	runtime = append(runtime, "Erlang processes: "+node.At("proc_used").Text()+" used, "+node.At("proc_total").
		Text()+" limit",
		"Scheduler run queue: "+node.At("run_queue").Text(), "Cluster heartbeat timeout (net_ticktime): "+
			node.At("net_ticktime").Text())
	memory := []string{"Total memory used: " + inUnit(total, unit) + " " + unit, "Calculation strategy: " +
		node.At("memory.strategy").Text(),
		"Memory high watermark setting: " + watermarkOf(told, unit) + "computed to: " + size("mem_limit"), ""}
	for _, s := range shares {
		memory = append(memory, s.name+": "+inUnit(s.bytes, unit)+" "+unit+" ("+float(s.percentage)+" %)")
	}
	here, err := c.listeners(ctx, c.node)
	if err != nil {
		return answer{}, err
	}
	if c.machine() {
		return answer{data: withNode(c.nodeData(node, alarms, here, vhosts), told)}, nil
	}
	var listeners []string
	for _, l := range here {
		listeners = append(listeners, l.line())
	}
	return answer{text: c.sections(completed(c.nodeSections(node, alarms, runtime, memory, listeners, vhosts, size),
		told))}, nil
}

// nodeSections returns the sections of a node's report, as far as the API reports their content.
func (c *call) nodeSections(node record.Value, alarms []broker.Alarm, runtime, memory, listeners []string, vhosts int,
	size func(string) string) []section {
	all := []section{{"Runtime", runtime}, {"Plugins", append([]string{"Enabled plugins:", ""},
		stars(textsOf(node.At("enabled_plugins")))...)},
		{"Data directory", []string{"Node data directory: " + node.At("db_dir").Text()}},
		{"Config files", stars(textsOf(node.At("config_files")))},
		{"Log file(s)", stars(textsOf(node.At("log_files")))}, {"Alarms", orNone(nonEmpty(alarmLines(alarms)))}}
	if c.since(4, 0) {
		all = append(all, section{"Tags", orNone(tagLines(c.overview.At("node_tags")))})
	}
	all = append(all, section{"Memory", memory})
	if !c.since(4, 3) {
		all = append(all, section{"File Descriptors", []string{"Total: " + node.At("fd_used").Text() + ", limit: " +
			node.At("fd_total").Text()}})
	}
	all = append(all, section{"Free Disk Space", []string{"Low free disk space watermark: " + size("disk_free_limit"),
		"Free disk space: " + size("disk_free")}},
		section{"Totals", []string{"Connection count: " + c.overview.At("object_totals.connections").Text(),
			"Queue count: " + c.overview.At("object_totals.queues").Text(), "Virtual host count: " +
				string(erlang.Int(int64(vhosts)))}},
		section{"Listeners", listeners})
	return all
}

func stars(names []string) []string {
	var lines []string
	for _, n := range names {
		lines = append(lines, " * "+n)
	}
	return lines
}

// nodeData returns the output of status for the formatter json, without the members that the API does not report.
func (c *call) nodeData(node record.Value, alarms []broker.Alarm, listeners []listener, vhosts int) erlang.Map {
	uptime, _ := node.At("uptime").Int()
	own := erlang.List{}
	for _, a := range alarms {
		own = append(own, alarmTerm(a))
	}
	drained := node.At("being_drained")
	if !drained.Known() {
		drained = record.Value("false")
	}
	data := []any{"pid", erlang.Number(node.At("os_pid").Text()), "memory", plainTerm(node.At("memory")), "uptime",
		erlang.Int(uptime / 1000),
		"processes", object("used", plainTerm(node.At("proc_used")), "limit", plainTerm(node.At("proc_total"))),
		"run_queue", plainTerm(node.At("run_queue")), "net_ticktime", plainTerm(node.At("net_ticktime")),
		"is_under_maintenance", plainTerm(drained),
		"config_files", plainTerm(node.At("config_files")), "log_files", plainTerm(node.At("log_files")), "data_directory",
		plainTerm(node.At("db_dir")),
		"alarms", own, "listeners", listenerTerms(listeners), "rabbitmq_version",
		plainTerm(c.overview.At("rabbitmq_version")),
		"erlang_version", plainTerm(c.overview.At("erlang_full_version")), "vm_memory_calculation_strategy",
		plainTerm(node.At("memory.strategy")),
		"vm_memory_high_watermark_limit", plainTerm(node.At("mem_limit")), "disk_free_limit",
		plainTerm(node.At("disk_free_limit")),
		"disk_free", plainTerm(node.At("disk_free")), "totals", object("connection_count",
			plainTerm(c.overview.At("object_totals.connections")),
			"queue_count", plainTerm(c.overview.At("object_totals.queues")), "virtual_host_count", erlang.Int(int64(vhosts)))}
	if crypto := c.overview.At("crypto_lib_version"); crypto.Known() {
		data = append(data, "crypto_lib_version", plainTerm(crypto))
	}
	if c.since(4, 0) {
		data = append(data, "tags", tagsTerm(c.overview.At("node_tags")))
	} else if support := c.overview.At("release_series_support_status"); support.Known() {
		data = append(data, "release_series_support_status", plainTerm(support))
	}
	return object(data...)
}

// nonEmpty returns the lines of a text, without the empty lines.
func nonEmpty(text string) []string {
	return slices.DeleteFunc(strings.Split(text, "\n"), func(line string) bool { return line == "" })
}

func supportStatus(c *call) string {
	if c.since(4, 0) {
		return "see https://www.rabbitmq.com/release-information"
	}
	return c.overview.At("release_series_support_status").Text()
}

// reportLogs prints the path of the first log file, as the official tool does, or of all log files with --all.
func reportLogs(ctx context.Context, c *call) (answer, error) {
	node, err := c.figured(ctx, "log_files")
	if err != nil {
		return answer{}, err
	}
	files := textsOf(node.At("log_files"))
	if !c.line.on("all") && len(files) > 1 {
		files = files[:1]
	}
	paths := erlang.List{}
	for _, f := range files {
		paths = append(paths, erlang.Binary(f))
	}
	return answer{text: strings.Join(files, "\n"), data: object("result", erlang.Atom("ok"), "node_name",
		erlang.Atom(c.node), "paths", paths)}, nil
}
