package broker

import (
	"context"
	"net/http"
	"strings"
)

// changeKind is a kind of request that changes something. After a lost answer, the outcome is unknown for a request of
// no kind in changeKinds, and for a kind whose look is nil.
type changeKind struct {
	// method and path say which requests these are; * stands for a name.
	method, path string
	// object is what the request is about; %1 to %4 stand for the names in the path.
	object string
	// done is the word for what happens to the object.
	done string
	look func(ctx context.Context, c *Client, t subject) (bool, error)
}

// match reports whether a request is of this kind, and returns the names in its path.
func (k changeKind) match(method string, words []string) (names []string, ok bool) {
	pattern := strings.Split(k.path, "/")
	if method != k.method || len(words) != len(pattern) {
		return nil, false
	}
	for i, word := range pattern {
		switch {
		case word == "*":
			names = append(names, words[i])
		case word != words[i]:
			return nil, false
		}
	}
	return names, true
}

func (k changeKind) what(names []string) string {
	var pairs []string
	for i, name := range names {
		pairs = append(pairs, "%"+string(rune('1'+i)), name)
	}
	return strings.NewReplacer(pairs...).Replace(k.object)
}

// seen is the word for what a look finds after the change.
func (k changeKind) seen() string {
	if k.done == "purged" {
		return "without ready messages" // whoever took them; the queue can still hold unacknowledged messages
	}
	return k.done
}

func changeKinds() []changeKind {
	const (
		put    = http.MethodPut
		post   = http.MethodPost
		remove = http.MethodDelete
	)
	return []changeKind{
		{put, "queues/*/*", "queue %2 in virtual host %1", "declared", queueIs},
		{remove, "queues/*/*", "queue %2 in virtual host %1", "deleted", queueIsGone},
		{remove, "queues/*/*/contents", "queue %2 in virtual host %1", "purged", queueIsEmpty},
		{post, "queues/quorum/*/*/replicas/add", "a member of queue %2 in virtual host %1", "added", isMember(true)},
		{remove, "queues/quorum/*/*/replicas/delete", "a member of queue %2 in virtual host %1", "removed", isMember(false)},
		{put, "exchanges/*/*", "exchange %2 in virtual host %1", "declared", exchangeIs},
		{remove, "exchanges/*/*", "exchange %2 in virtual host %1", "deleted", isGone(inVHost, "exchanges")},
		{post, "bindings/*/e/*/*/*", "the binding of %2 to %4 in virtual host %1", "made", bindingIs},
		{remove, "bindings/*/e/*/*/*/*", "the binding of %2 to %4 in virtual host %1", "removed", bindingIsGone},

		{put, "users/*", "user %1", "set", userIs},
		{remove, "users/*", "user %1", "deleted", isGone(anywhere, "users")},
		{put, "user-limits/*/*", "limit %2 of user %1", "set", userLimitIs},
		{remove, "user-limits/*/*", "limit %2 of user %1", "cleared", userLimitIsGone},
		{put, "permissions/*/*", "the permission of user %2 in virtual host %1", "set", isAsSent(false, "permissions")},
		{remove, "permissions/*/*", "the permission of user %2 in virtual host %1", "cleared",
			isGone(ofVHost, "permissions")},
		{put, "topic-permissions/*/*", "the topic permission of user %2 in virtual host %1", "set", topicPermissionsAre},
		{remove, "topic-permissions/*/*", "every topic permission of user %2 in virtual host %1", "cleared",
			topicPermissionsAreGone},
		{remove, "topic-permissions/*/*/*", "the topic permission of user %2 for exchange %3 in virtual host %1", "cleared",
			topicPermissionsAreGone},

		{put, "vhosts/*", "virtual host %1", "set", vhostIs},
		{remove, "vhosts/*", "virtual host %1", "deleted", vhostIsGone},
		{post, "vhosts/*/deletion/protection", "protection of virtual host %1", "set", isProtected(true)},
		{remove, "vhosts/*/deletion/protection", "protection of virtual host %1", "lifted", isProtected(false)},
		{post, "vhosts/*/start/*", "virtual host %1 on node %2", "started", vhostRuns},
		{put, "policies/*/*", "policy %2 in virtual host %1", "set", isAsSent(false, "policies")},
		{remove, "policies/*/*", "policy %2 in virtual host %1", "cleared", isGone(inVHost, "policies")},
		{put, "operator-policies/*/*", "operator policy %2 in virtual host %1", "set", isAsSent(false, "operator-policies")},
		{remove, "operator-policies/*/*", "operator policy %2 in virtual host %1", "cleared",
			isGone(inVHost, "operator-policies")},
		// A plugin may store the value of its parameter in another form than it was sent, so rewritten is true.
		{put, "parameters/*/*/*", "parameter %3 of %1 in virtual host %2", "set", isAsSent(true, "parameters")},
		{remove, "parameters/*/*/*", "parameter %3 of %1 in virtual host %2", "cleared", parameterIsGone},
		{put, "global-parameters/*", "global parameter %1", "set", isAsSent(true, "global-parameters")},
		{remove, "global-parameters/*", "global parameter %1", "cleared", isGone(anywhere, "global-parameters")},

		{put, "cluster-name", "the name of the cluster", "set", isAsSent(false, "cluster-name")},
		{put, "feature-flags/*/enable", "feature flag %1", "enabled", flagIsEnabled},
		{remove, "connections/*", "connection %1", "closed", isGone(anywhere, "connections")},
		{remove, "shovels/vhost/*/*", "shovel %2 in virtual host %1", "deleted", shovelIsGone},
		{remove, "shovels/vhost/*/*/restart", "shovel %2 in virtual host %1", "restarted", nil},
		{remove, "federation-links/vhost/*/*/*/restart", "federation link %2 in virtual host %1", "restarted", nil},
		{post, "rebalance/queues", "leaders of queues", "rebalanced", nil},
		{post, "definitions", "definitions", "imported", nil},
		{post, "definitions/*", "definitions of virtual host %1", "imported", nil},
		{remove, "reset", "statistics of all nodes", "reset", nil},
		{remove, "reset/*", "statistics of node %1", "reset", nil},
		{remove, "auth/attempts/*", "counters of login attempts of node %1", "reset", nil},
	}
}
