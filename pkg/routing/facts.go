// Package routing computes where a message goes: which queues it reaches, through which bindings and alternate
// exchanges, and what each queue does with it, or why the message is lost. The package sends no request: the caller
// passes all facts. The routing rules were measured on 3.10, 4.0 and 4.3.
package routing

import (
	"fmt"

	"github.com/rabbitctl/rabbitctl/pkg/health"
)

// Facts are the known facts about one virtual host. A name that is not a key of the map has not been read yet: Route
// then lists it among the unread names. A nil value means that the object does not exist.
type Facts struct {
	Exchanges map[string]*Exchange
	Queues    map[string]*Queue
	// Whole means that everything has been read: a name that is not a key does not exist.
	Whole bool
	// ExactNumbers means that headers exchanges distinguish 5 from 5.0. Brokers do so since message containers (3.13).
	// Measured: 3.10 does not, 4.0 does.
	ExactNumbers bool
	// Types are the exchange types that Node offers; nil when Node was not asked or did not answer.
	Types map[string]bool
	Node  string
}

// Basic reports whether every broker offers the exchange type. Other types come from plugins.
func Basic(kind string) bool {
	return kind == "direct" || kind == "fanout" || kind == "topic" || kind == "headers"
}

// TypeOff returns why the exchange cannot route: the plugin of its type is off. It returns "" if the exchange can
// route, or if that is not known. The broker refuses a message that reaches such an exchange, also through other
// exchanges, and then no queue gets a copy (measured on 3.10 and 4.3).
func (f Facts) TypeOff(x *Exchange) string {
	if f.Types == nil || f.Types[x.Type] || Basic(x.Type) {
		return ""
	}
	return fmt.Sprintf("%s does not offer the exchange type %s: its plugin is not enabled", f.Node, x.Type)
}

// Plugin returns the name of the plugin that provides an exchange type, for a command line; a placeholder with an
// explanation if rabbitctl does not know the type.
func Plugin(kind string) string {
	known := map[string]string{
		"x-consistent-hash": "rabbitmq_consistent_hash_exchange", "x-random": "rabbitmq_random_exchange",
		"x-recent-history": "rabbitmq_recent_history_exchange",
		"x-modulus-hash":   "rabbitmq_sharding", "x-event": "rabbitmq_event_exchange",
		"x-jms-topic":           "rabbitmq_jms_topic_exchange",
		"x-federation-upstream": "rabbitmq_federation", "x-delayed-message": "rabbitmq_delayed_message_exchange",
	}
	if name := known[kind]; name != "" {
		return name
	}
	return "PLUGIN (the plugin that provides the type " + kind + ")"
}

// exchange returns nil for an exchange that does not exist. read is false if the exchange has not been read yet.
func (f Facts) exchange(name string) (x *Exchange, read bool) {
	x, read = f.Exchanges[name]
	return x, read || f.Whole
}

// queue returns nil for a queue that does not exist. read is false if the queue has not been read yet.
func (f Facts) queue(name string) (q *Queue, read bool) {
	q, read = f.Queues[name]
	return q, read || f.Whole
}

type Exchange struct {
	Name, Type string
	// Internal means that clients may not publish to the exchange.
	Internal bool
	// Alternate is the exchange for messages that match no binding. It counts only when AlternateBy is set: "argument"
	// or "policy NAME".
	Alternate, AlternateBy string
	// AlternateUnknown says why the alternate exchange could not be read; "" means that it was read.
	AlternateUnknown string
	// PolicyName names the exchange's policy for people, for example "policy ttl"; "" for none.
	PolicyName string
	// Bindings are the bindings from this exchange. The implicit bindings of the default exchange are left out.
	Bindings []Binding
}

// Binding leads from an exchange to a queue or another exchange.
type Binding struct {
	To         string
	ToExchange bool
	Key        string
	// Arguments are what a headers exchange matches: string, bool, json.Number, nil, []any or map[string]any.
	Arguments map[string]any
}

// Queue is one queue, with the facts that decide what happens to an arriving message.
type Queue struct {
	Name string
	// Type is classic, quorum or stream; "" when not known.
	Type string
	// State is the state as the broker names it; "" when not known. A queue can take messages if it is running, idle or
	// flow.
	State string
	// Arguments were given when the queue was declared. Policy holds the settings of the policy and the operator policy
	// together; PolicyName names these two for people: "policy ttl, operator policy max"; "" for none.
	Arguments, Policy map[string]any
	PolicyName        string
	// PolicyUnknown means that the broker does not report yet which policy applies, as just after a declaration.
	PolicyUnknown bool
	// Ready and ReadyBytes are the number of ready messages and their size in bytes; Consumers is the number of
	// consumers.
	Ready, ReadyBytes, Consumers health.Reading
}
