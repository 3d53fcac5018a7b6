//go:build acceptance

package acceptance

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
)

// TestAccessChanges creates, changes and deletes a virtual host and a user with its permissions, and makes each change
// once more than needed: the repetition must change nothing. Dry runs, comparisons and refused changes must leave
// everything as it was.
func TestAccessChanges(t *testing.T) {
	onEach(t, func(t *testing.T, b *broker) {
		own := fmt.Sprintf("%08x", rand.Uint32())
		vhost, user := "a/b "+own, "u "+own
		b.ownVHost(t, vhost)
		t.Cleanup(func() { b.request("DELETE", path("users", user), nil) })
		b.carry(t, own, accessChanges(b.Release), strings.NewReplacer("VHOST", vhost, "USER", user, "OWN", own))
	})
}

// carry runs the given changes in turn. It checks the exit code and the beginning of stdout of each, and whether it
// changed a definition of this test. own is a text that is part of all names in the test.
func (b *broker) carry(t *testing.T, own string, changes []accessChange, names *strings.Replacer) {
	t.Helper()
	before := b.definitionsOf(t, own)
	for _, tt := range changes {
		args := strings.Split(tt.line, " ")
		for i, word := range args {
			args[i] = names.Replace(word)
		}
		r := b.rabbitctl(t, args...)
		if r.code != tt.code || !strings.HasPrefix(r.stdout, tt.says) {
			t.Errorf("%q: exit %d and %q, want %d and %q\n%s", args, r.code, r.stdout, tt.code, tt.says, r.stderr)
		}
		// These outcomes say that a definition changed.
		changes := slices.Contains([]string{"created", "changed", "cleared", "deleted", "done"}, tt.says) || tt.changes
		after := b.definitionsOf(t, own)
		if changes == (before == after) {
			t.Errorf("%q: changed is %v, want %v\nbefore %s\nafter  %s", args, !changes, changes, before, after)
		}
		before = after
	}
}

type accessChange struct {
	line, says string
	code       int
	// changes means that the command changes a definition. The function carry knows this itself if the expected text is
	// created, changed, cleared, deleted or done.
	changes bool
}

func accessChanges(release string) []accessChange {
	type c = accessChange
	all := []c{
		{line: "add_vhost VHOST --dry-run"}, {line: "add_vhost VHOST --check", says: "missing", code: 65},
		{line: "add_vhost VHOST --default-queue-type bogus", code: 64},
		{line: "add_vhost VHOST --description d --tags x,y --default-queue-type quorum", says: "created"},
		{line: "add_vhost VHOST --description d --tags y,x --default-queue-type quorum", says: "unchanged"},
		{line: "add_vhost VHOST --description e", says: "differs", code: 4},
		{line: "update_vhost_metadata VHOST --description e --dry-run", says: "setting\t"},
		{line: "update_vhost_metadata VHOST --description e", says: "changed"},
		{line: "update_vhost_metadata VHOST --description e", says: "unchanged"},
		{line: "update_vhost_metadata VHOST", code: 64}, {line: "update_vhost_metadata no-OWN --description e", code: 65},
		{line: "set_vhost_tags VHOST z", says: "changed"}, {line: "set_vhost_tags VHOST z", says: "unchanged"},
		{line: "restart_vhost -p VHOST", says: "unchanged"}, {line: "restart_vhost -p no-OWN", code: 65},
		{line: "set_vhost_limits -p VHOST {\"max-queues\":5} --dry-run"},
		{line: "set_vhost_limits -p VHOST {\"max-ques\":5}", code: 64},
		{line: "set_vhost_limits -p VHOST {\"max-queues\":5}", says: "created"},
		{line: "set_vhost_limits -p VHOST {\"max-queues\":5}", says: "unchanged"},
		{line: "clear_vhost_limits -p VHOST", code: 64}, {line: "clear_vhost_limits -p VHOST --yes", says: "cleared"},
		{line: "clear_vhost_limits -p VHOST --yes", code: 65},
		{line: "clear_vhost_limits -p VHOST --yes --if-exists", says: "absent"},

		{line: "add_user USER --dry-run"}, {line: "add_user USER --generate", says: "created\n", changes: true},
		{line: "add_user USER --generate --new-password-stdin", code: 64},
		{line: "set_user_tags USER monitoring", says: "changed"}, {line: "set_user_tags USER monitoring", says: "unchanged"},
		{line: "set_user_limits USER {\"max-channels\":5,\"max-connections\":6} --check", says: "missing", code: 65},
		{line: "set_user_limits USER {\"max-channels\":5,\"max-connections\":6}", says: "done"},
		{line: "set_user_limits USER {\"max-channels\":5}", says: "unchanged"},
		{line: "set_user_limits USER {\"max-queues\":5}", code: 64},
		{line: "clear_user_limits USER max-channels --yes", says: "cleared"},
		{line: "clear_user_limits USER max-channels --yes", code: 65},
		{line: "clear_user_limits USER bogus --yes", code: 64},
		{line: "clear_user_limits USER all --yes", says: "cleared"},
		{line: "clear_user_limits USER all --yes --if-exists", says: "absent"},

		{line: "set_permissions USER ^a .* .* -p VHOST --dry-run"},
		{line: "set_permissions USER (a .* .* -p VHOST", code: 64},
		{line: "set_permissions USER ^a .* .* -p VHOST", says: "created"},
		{line: "set_permissions USER ^a .* .* --match OWN$", says: "unchanged"},
		{line: "set_permissions USER ^b .* .* --match OWN$ --dry-run", says: "vhost\t"},
		{line: "set_permissions USER ^b .* .* --match OWN$", code: 64},
		{line: "set_permissions USER ^b .* .* --match OWN$ --yes", says: "done"},
		{line: "set_permissions USER ^b .* .* --match no-OWN", code: 65},
		{line: "set_topic_permissions USER amq.topic ^a .* -p VHOST", says: "created"},
		{line: "set_topic_permissions USER amq.topic ^a .* -p VHOST", says: "unchanged"},
		{line: "set_topic_permissions USER amq.topic ^b .* -p VHOST --check", says: "differs", code: 4},
		{line: "set_topic_permissions USER no-OWN ^b .* -p VHOST", code: 65},
		{line: "clear_topic_permissions USER amq.topic -p VHOST --dry-run", says: "exchange\t"},
		{line: "clear_topic_permissions USER amq.topic -p VHOST --yes", says: "cleared"},
		{line: "clear_topic_permissions USER -p VHOST --yes", code: 65},
		{line: "clear_topic_permissions USER -p VHOST --yes --if-exists", says: "absent"},
		{line: "clear_permissions USER -p VHOST --yes", says: "cleared"},
		{line: "clear_permissions USER -p VHOST --yes", code: 65},
		{line: "clear_permissions USER -p VHOST --yes --if-exists", says: "absent"},

		{line: "delete_vhost VHOST", code: 64}, {line: "delete_vhost VHOST --dry-run", says: "vhost\t"},
		{line: "delete_vhost VHOST --yes --expect-messages 1:", code: 65},
		{line: "delete_vhost VHOST --yes --expect-messages 0", says: "deleted"},
		{line: "delete_vhost VHOST --yes", code: 65}, {line: "delete_vhost VHOST --yes --if-exists", says: "absent"},
		{line: "delete_user USER --dry-run", says: "user\t"}, {line: "delete_user USER --yes", says: "deleted"},
		{line: "delete_user USER --yes", code: 65}, {line: "delete_user USER --yes --if-exists", says: "absent"},

		{line: "add_vhost VHOST", says: "created"}, {line: "add_user USER --generate", says: "created\n", changes: true},
		{line: "delete_vhosts --match OWN$ --dry-run", says: "action\t"}, {line: "delete_vhosts --match OWN$", code: 64},
		{line: "delete_vhosts --match OWN$ --if-empty --yes", says: "done"},
		{line: "delete_vhosts --match OWN$ --yes", says: "unchanged"}, {line: "delete_vhosts --yes", code: 64},
		{line: "delete_users --match OWN$ --dry-run", says: "action\t"},
		{line: "delete_users --match OWN$ --yes", says: "done"},
		{line: "delete_users --match OWN$ --yes", says: "unchanged"}, {line: "delete_users --yes", code: 64},
	}
	// 3.10 and 4.0 have no protection from deletion, and 3.10 sets the default queue type only when a virtual host is
	// created.
	special := []c{{line: "update_vhost_metadata VHOST --default-queue-type classic", says: "changed"}}
	switch release {
	case "3.10":
		special = []c{{line: "update_vhost_metadata VHOST --default-queue-type classic", says: "differs", code: 4},
			{line: "enable_vhost_deletion_protection VHOST", code: 69}}
	case "4.0":
		special = append(special, c{line: "enable_vhost_deletion_protection VHOST", code: 69})
	default:
		special = append(special, c{line: "enable_vhost_deletion_protection VHOST", says: "changed"},
			c{line: "enable_vhost_deletion_protection VHOST", says: "unchanged"}, c{line: "delete_vhost VHOST --yes", code: 65},
			c{line: "disable_vhost_deletion_protection VHOST", says: "changed"})
	}
	return slices.Insert(all, 13, special...)
}

// definitionsOf returns all objects of the broker's definitions that contain the text, and virtual hosts with the text
// in their name.
func (b *broker) definitionsOf(t *testing.T, text string) string {
	t.Helper()
	var found []string
	for kind, list := range get[map[string]json.RawMessage](t, b, "/definitions") {
		var objects []json.RawMessage
		if json.Unmarshal(list, &objects) != nil {
			continue
		}
		for _, o := range objects {
			if strings.Contains(string(o), text) {
				found = append(found, kind+" "+string(o))
			}
		}
	}
	// The definitions of 3.10 do not have the settings of virtual hosts.
	type host struct {
		Name, Description string
		DefaultQueueType  string `json:"default_queue_type"`
		Tags              []string
		Tracing           bool
	}
	for _, v := range get[[]host](t, b, "/vhosts?columns=name,description,tags,default_queue_type,tracing") {
		if strings.Contains(v.Name, text) {
			found = append(found, fmt.Sprint(v))
		}
	}
	slices.Sort(found)
	return strings.Join(found, "\n")
}
