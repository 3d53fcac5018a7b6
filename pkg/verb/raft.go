package verb

import (
	"github.com/rabbitctl/rabbitctl/pkg/record"
)

// RaftColumns maps the names under which nodes report facts about the members of a Raft group to our column names.
func RaftColumns() map[string]string {
	return map[string]string{"Node Name": "node", "Raft State": "raft_state", "Membership": "membership",
		"Last Log Index": "last_log_index", "Last Written": "last_written", "Last Applied": "last_applied",
		"Commit Index": "commit_index", "Snapshot Index": "snapshot_index", "Term": "term",
		"Machine Version": "machine_version"}
}

// RaftTable returns the table of the members of a Raft group. noun names the members.
func RaftTable(noun string) record.Table {
	count := func(name, help string) record.Column {
		return record.Column{Name: name, Kind: record.Ordinal, Help: help}
	}
	return record.Table{Noun: noun,
		Default: []string{"node", "raft_state", "membership", "last_log_index", "commit_index", "snapshot_index", "term"},
		Columns: []record.Column{
			{Name: "node", Kind: record.Text, Help: "the member's node"},
			{Name: "raft_state", Kind: record.Text, Help: "leader, follower, candidate, or why it is not known"},
			{Name: "membership", Kind: record.Text, Help: "voter, non_voter or promotable"},
			count("last_log_index", "index of the last entry of its log"),
			count("last_written", "index of the last entry on its disk"),
			count("last_applied", "index of the last entry that is in effect"),
			count("commit_index", "index of the last entry that a majority has"),
			count("snapshot_index", "index of its last snapshot, -1 for none"),
			count("term", "the Raft term: a number that rises with each election"),
			count("machine_version", "version of its state machine"),
		}}
}
