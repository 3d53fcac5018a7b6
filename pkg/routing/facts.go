// Package routing says where a message would go: which queues it reaches, through which bindings and alternate
// exchanges, what each queue does with it, or why it is lost. It asks nobody; what it judges is handed in. How brokers
// route was measured on 3.10, 4.0 and 4.3.
package routing

import (
	"fmt"

	"github.com/rabbitctl/rabbitctl/pkg/health"
)

// Facts are what is known of one virtual host. A name that is no key has not been looked at yet: Route then says that
// it must be. A nil value was looked for and does not exist.
type Facts struct {
	Exchanges map[string]*Exchange
	Queues    map[string]*Queue
	// Whole means that everything has been looked at: a name that is no key does not exist.
	Whole bool
	// ExactNumbers means that headers exchanges tell 5 from 5.0. Brokers do since messages have containers (3.13);
	// measured: 3.10 does not, 4.0 does.
	ExactNumbers bool
	// Types are the types of exchanges that Node, which answered, offers; nil where it was not asked.
	Types map[string]bool
	Node  string
}

// Basic tells whether every broker offers the type of exchange; others come with plugins, and go with them.
func Basic(kind string) bool {
	return kind == "direct" || kind == "fanout" || kind == "topic" || kind == "headers"
}

// TypeOff says why the exchange can route nothing, where the plugin of its type is off: "" where it can, or where that is
// not known. The broker then refuses each message that comes by it, also by way of other exchanges, whole: no queue
// gets a copy (measured on 3.10 and 4.3).
func (f Facts) TypeOff(x *Exchange) string {
	if f.Types == nil || f.Types[x.Type] || Basic(x.Type) {
		return ""
	}
	return fmt.Sprintf("%s does not offer its type %s, whose plugin is off", f.Node, x.Type)
}

// Plugin is the plugin that brings a type of exchange, for a command line.
func Plugin(kind string) string {
	known := map[string]string{
		"x-consistent-hash": "rabbitmq_consistent_hash_exchange", "x-random": "rabbitmq_random_exchange", "x-recent-history": "rabbitmq_recent_history_exchange",
		"x-modulus-hash": "rabbitmq_sharding", "x-event": "rabbitmq_event_exchange", "x-jms-topic": "rabbitmq_jms_topic_exchange",
		"x-federation-upstream": "rabbitmq_federation", "x-delayed-message": "rabbitmq_delayed_message_exchange",
	}
	if name := known[kind]; name != "" {
		return name
	}
	return "PLUGIN (the one that brings the type " + kind + ")"
}

// exchange is nil for one that does not exist; read is false where it was not looked at.
func (f Facts) exchange(name string) (x *Exchange, read bool) {
	x, read = f.Exchanges[name]
	return x, read || f.Whole
}

// queue is nil for one that does not exist; read is false where it was not looked at.
func (f Facts) queue(name string) (q *Queue, read bool) {
	q, read = f.Queues[name]
	return q, read || f.Whole
}

// Exchange is one exchange.
type Exchange struct {
	Name, Type string
	// Internal means that clients may not publish to it.
	Internal bool
	// Alternate is where a message goes that matches no binding; it counts where AlternateBy says who set it:
	// "argument" or "policy NAME".
	Alternate, AlternateBy string
	// AlternateUnknown says why it could not be looked at; "" when it could.
	AlternateUnknown string
	// PolicyName names its policy for people, "policy ttl"; "" for none.
	PolicyName string
	// Bindings are those that lead away from it, without those that the default exchange has to every queue.
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

// Queue is one queue, as far as it matters to a message that arrives.
type Queue struct {
	Name string
	// Type is classic, quorum or stream; "" when not known.
	Type string
	// State is running for a queue that can take messages; "" when not known.
	State string
	// Arguments are what it was declared with. Policy is what its policy and operator policy set together; PolicyName
	// names them for people, "policy ttl".
	Arguments, Policy map[string]any
	PolicyName        string
	// PolicyUnknown means that the broker does not say yet which policy applies.
	PolicyUnknown bool
	// Ready and ReadyBytes are the messages that are ready and their size in bytes; Consumers are those that there are.
	Ready, ReadyBytes, Consumers health.Reading
}
