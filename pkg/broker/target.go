package broker

import (
	"net/url"
	"strings"
)

// target is what a path of the API is about.
type target struct {
	// kind is the word for the object: "queue". It is "" if the path leads to something of a whole virtual host, such as
	// its bindings or all its queues.
	kind string
	// collection is the collection of all objects of the kind: "queues".
	collection string
	// vhost is "" for objects that belong to no virtual host.
	vhost, name string
	// component is the component of a parameter, such as shovel.
	component string
	// single means that the path leads to the object itself, and not to something below it.
	single bool
}

// targetOf reads a path below base. ok is false for other paths: those of collections, nodes, connections and whatever
// else targetAt does not know.
func targetOf(base string, u *url.URL) (t target, ok bool) {
	at, err := url.Parse(base)
	if err != nil {
		return t, false
	}
	path, below := strings.CutPrefix(u.EscapedPath(), at.EscapedPath()+"/api/")
	if !below {
		return t, false
	}
	words := strings.Split(path, "/")
	for i, w := range words {
		if words[i], err = url.PathUnescape(w); err != nil {
			return t, false
		}
	}
	return targetAt(words)
}

func targetAt(words []string) (t target, ok bool) {
	if len(words) < 2 {
		return t, false
	}
	t.collection, words = words[0], words[1:]
	switch t.collection {
	case "queues", "exchanges", "policies", "operator-policies", "permissions", "topic-permissions":
		if t.collection == "queues" && len(words) > 3 && words[0] == "quorum" {
			words = words[1:]
		}
		t.kind = map[string]string{"queues": "queue", "exchanges": "exchange", "policies": "policy",
			"operator-policies": "operator policy",
			"permissions":       "permission", "topic-permissions": "topic permission"}[t.collection]
		return t.within(words[0], words[1:]), true
	case "parameters":
		if len(words) < 2 {
			return t, false
		}
		t.kind, t.component = "parameter", words[0]
		return t.within(words[1], words[2:]), true
	case "stream":
		if len(words) < 2 {
			return t, false
		}
		t.kind, t.collection = "queue", "queues"
		t = t.within(words[0], words[1:])
		t.single = false
		return t, true
	case "vhosts":
		t.kind, t.name, t.single = "virtual host", words[0], len(words) == 1
		if !t.single {
			t.vhost = words[0]
		}
		return t, true
	case "users", "global-parameters":
		t.kind = map[string]string{"users": "user", "global-parameters": "global parameter"}[t.collection]
		t.name, t.single = words[0], len(words) == 1
		return t, true
	case "bindings", "consumers", "definitions", "vhost-limits":
		t.vhost = words[0]
		return t, true
	}
	return t, false
}

// within sets the virtual host, and the name from the words after the virtual host, if there are any.
func (t target) within(vhost string, rest []string) target {
	t.vhost = vhost
	if len(rest) == 0 {
		t.kind = ""
		return t
	}
	t.name, t.single = rest[0], len(rest) == 1
	return t
}

// escapes reports whether a word needs escapes in a path. A proxy may change the escapes, and so the word.
func escapes(word string) bool { return url.PathEscape(word) != word }

// same compares a name with one that the broker sent; bytes that are not UTF-8 may have been replaced on the way.
func same(name, sent string) bool { return string([]rune(name)) == string([]rune(sent)) }

// label returns the words with which messages name the target.
func (t target) label() string {
	switch {
	case t.kind == "":
		return "virtual host " + t.vhost
	case t.vhost == "" || t.kind == "virtual host":
		return t.kind + " " + t.name
	}
	return t.kind + " " + t.name + " in virtual host " + t.vhost
}
