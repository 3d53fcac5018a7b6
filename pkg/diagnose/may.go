package diagnose

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/topology"
)

// Wish describes what a client wants to do with a queue or an exchange.
type Wish struct {
	VHost string
	// What is configure, write or read.
	What string
	// Name is the name of the queue or exchange; "" and amq.default both mean the default exchange.
	Name string
	// Topic means that Name is a topic exchange, for which topic permissions count too.
	Topic bool
	// Key is the routing key; it counts only if Keyed is true.
	Key   string
	Keyed bool
}

// Permit says whether a user may do what it wants.
type Permit struct {
	May bool
	// Why names the permission that decides.
	Why string
	// Notes are further facts about the answer.
	Notes []string
	// Do is the command line with which an administrator allows the wish; "" if none is needed.
	Do string
}

// Judge decides whether the user may do what w describes. An error means that this cannot be known here: only the
// broker can match a pattern, or the answer depends on the MQTT client.
func (a Access) Judge(w Wish) (Permit, error) {
	name := w.Name
	var v Permit
	if name == "" || name == "amq.default" {
		name = "amq.default"
		v.Notes = append(v.Notes, "permissions know the default exchange as amq.default")
	}
	var grant *Grant
	for _, g := range a.Grants {
		if g.VHost == w.VHost {
			grant = &g
		}
	}
	if grant == nil {
		v.Why = "it has no permission in virtual host " + w.VHost
		v.Do = a.allow(w, name, Grant{Configure: "^$", Write: "^$", Read: "^$"})
		return v, nil
	}
	pattern := grant.pattern(w.What)
	matches, err := permits(pattern, name)
	if err != nil {
		return v, fail.New(fail.Unknown, "only the broker can match its %s permission '%s'", w.What, pattern)
	}
	if !matches {
		v.Why = fmt.Sprintf("its %s permission '%s' does not match", w.What, pattern)
		v.Do = a.allow(w, name, *grant)
		return v, nil
	}
	v.May, v.Why = true, fmt.Sprintf("its %s permission '%s' matches", w.What, pattern)
	return a.byTopic(w, name, v)
}

// byTopic adds the effect of the topic permissions. If the user has none for the exchange, every routing key is
// allowed.
func (a Access) byTopic(w Wish, name string, v Permit) (Permit, error) {
	if !w.Topic || w.What == "configure" {
		return v, nil
	}
	for _, t := range a.Topics {
		if t.VHost != w.VHost || t.Exchange != name {
			continue
		}
		pattern := t.Write
		if w.What == "read" {
			pattern = t.Read
		}
		said := fmt.Sprintf("its topic permission allows to %s with routing keys that match '%s'", w.What, pattern)
		if !w.Keyed {
			v.Notes = append(v.Notes, said)
			return v, nil
		}
		if strings.Contains(pattern, "{client_id}") {
			return v, fail.New(fail.Unknown, "%s: that depends on the MQTT client", said)
		}
		expanded := strings.NewReplacer("{username}", a.User, "{vhost}", w.VHost).Replace(pattern)
		matches, err := permits(expanded, w.Key)
		switch {
		case err != nil:
			return v, fail.New(fail.Unknown, "%s, and only the broker can match them", said)
		case matches:
			v.Why += ", and " + said
		default:
			v.May, v.Why = false, fmt.Sprintf("%s, and %s does not match", said, fail.Word(w.Key))
			v.Do = fail.Command("clear_topic_permissions", "-p", w.VHost, a.User) + " allows all routing keys"
		}
		return v, nil
	}
	return v, nil
}

// allow returns the command line that adds the name to the pattern of the permission.
func (a Access) allow(w Wish, name string, has Grant) string {
	more := func(what, pattern string) string {
		if what != w.What {
			return pattern
		}
		own := "^" + regexp.QuoteMeta(name) + "$"
		if pattern != "" && pattern != "^$" {
			own = pattern + "|" + own
		}
		return own
	}
	return fail.Command("set_permissions", "-p", w.VHost, a.User,
		more("configure", has.Configure), more("write", has.Write), more("read", has.Read))
}

// permits matches a name as the broker does. An empty pattern matches nothing (measured on 3.10 and 4.3).
func permits(pattern, name string) (bool, error) {
	if pattern == "" {
		return false, nil
	}
	matches, err := topology.Policy{Pattern: pattern}.Matcher()
	if err != nil {
		return false, err
	}
	return matches(name), nil
}
