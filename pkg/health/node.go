package health

// Node holds what the node listing reports about one node. It can be ten seconds old, and a node that does not run has
// no readings.
type Node struct {
	Name    string
	Running bool
	// DiskUnwatched means that the node itself said that it does not watch its free disk space.
	DiskUnwatched bool
	// DiskFlagged and MemoryFlagged are the alarm flags of the listing; the alarms check is more up to date.
	DiskFlagged, MemoryFlagged bool
	// Disk and memory are in bytes; MemoryLimit is the watermark at which the alarm goes off.
	DiskFree, DiskLimit, MemoryUsed, MemoryLimit Reading
	// Files are file descriptors, and Processes are Erlang processes. Used is the number in use, and Total the number that
	// is allowed.
	FilesUsed, FilesTotal, SocketsUsed, SocketsTotal, ProcessesUsed, ProcessesTotal Reading
	// Partitions names the nodes from which this node reports to be cut off.
	Partitions []string
	// Uptime is in milliseconds.
	Uptime Reading
	// RatesMode is basic, detailed or none.
	RatesMode string
	// DataDir is the folder of the node's data, on the node's own host.
	DataDir string
}

// Disk returns the node in the form that the function Disk judges.
func (n Node) Disk() DiskNode {
	return DiskNode{Name: n.Name, Running: n.Running, Free: n.DiskFree, Limit: n.DiskLimit, Flagged: n.DiskFlagged,
		Unwatched: n.DiskUnwatched}
}
