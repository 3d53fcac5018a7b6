package brokertest

// Requests of package survey.
const (
	// AskAlarms asks which alarms are in effect.
	AskAlarms = "GET /api/health/checks/alarms"
	// AskNodes asks for the figures of the nodes, and AskConnections for the connections and the programs that opened
	// them.
	AskNodes = "GET /api/nodes?columns=name%2Crunning%2Cdisk_free%2Cdisk_free_limit%2Cdisk_free_alarm%2Cmem_used%2Cmem_limit" +
		"%2Cmem_alarm%2Cfd_used%2Cfd_total%2Csockets_used%2Csockets_total%2Cproc_used%2Cproc_total%2Cpartitions%2Cuptime%2Crates_mode%2Cdb_dir"
	AskConnections = connections + Uncached
	connections    = "GET /api/connections?columns=name%2Cuser%2Cpeer_host%2Cpeer_port%2Cstate%2Cclient_properties%2Cconnected_at%2Cvhost"
	// AskStopped asks for the connections with their protocol, to find those that an alarm blocks.
	AskStopped = connections + "%2Cprotocol" + Uncached
	// Uncached ends each request for all connections or channels. Without it the broker would answer from its cache.
	Uncached = "&node_stats_age=60&node_stats_incr=5"
)

// Answers about the alarms of a cluster of rabbit@a and rabbit@b: no alarm, an alarm for the disk of rabbit@b, and an
// alarm for the memory of rabbit@a.
const (
	NoAlarm      = `{"status":"ok"}`
	DiskAlarmB   = `{"status":"failed","reason":"There are alarms in effect in the cluster","alarms":[{"node":"rabbit@b","resource":"disk space"}]}`
	MemoryAlarmA = `{"status":"failed","reason":"There are alarms in effect in the cluster","alarms":[{"node":"rabbit@a","resource":"memory"}]}`
)

// Nodes of that cluster in a listing: rabbit@a with enough space, rabbit@b below its disk limit, and rabbit@b just
// after the limit was raised, when the listing still shows the old limit. NotMonitor is the answer to a user without
// the tag monitoring.
const (
	NodeA      = `{"name":"rabbit@a","running":true,"disk_free":84000000000,"disk_free_limit":50000000,"disk_free_alarm":false,"mem_used":150000000,"mem_limit":4000000000}`
	ShortNodeB = `{"name":"rabbit@b","running":true,"disk_free":4000000000,"disk_free_limit":5000000000,"disk_free_alarm":true,"mem_used":160000000,"mem_limit":4000000000}`
	StaleNodeB = `{"name":"rabbit@b","running":true,"disk_free":84000000000,"disk_free_limit":50000000,"disk_free_alarm":false,"mem_used":160000000,"mem_limit":4000000000}`
	NotMonitor = `{"error":"not_authorised","reason":"Not monitor user"}`
)
