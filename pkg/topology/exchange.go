package topology

import (
	"fmt"
	"maps"

	"github.com/rabbitctl/rabbitctl/pkg/fail"
)

// Exchange is the declaration of an exchange.
type Exchange struct {
	VHost, Name string
	// Type is direct, fanout, topic, headers, or a type that a plugin provides.
	Type                          string
	Durable, AutoDelete, Internal bool
	// Arguments are the optional arguments. A value is a string, a bool, a json.Number, or nested values.
	Arguments map[string]any
}

// OfExchanges returns the well-known arguments of exchanges.
func OfExchanges() Arguments {
	return Arguments{
		{Key: "alternate-exchange", Kind: Word, PolicyKey: "alternate-exchange"},
		{Key: "x-delayed-type", Kind: Word, Types: []string{"x-delayed-message"}},
		{Key: "hash-header", Kind: Word, Types: []string{"x-consistent-hash"}},
		{Key: "hash-property", Kind: Word, Types: []string{"x-consistent-hash"},
			Words: []string{"correlation_id", "message_id", "timestamp"}},
		{Key: "x-recent-history-length", Kind: Whole, Types: []string{"x-recent-history"}, Min: 1},
		{Key: "x-recent-history-no-store", Kind: Truth, Types: []string{"x-recent-history"}},
		{Key: "x-super-stream", Kind: Truth},
	}
}

// OfBindings returns the well-known arguments of bindings. All other arguments are headers that a headers exchange
// compares.
func OfBindings() Arguments {
	return Arguments{{Key: "x-match", Kind: Word, Types: []string{"headers"},
		Words: []string{"all", "any", "all-with-x", "any-with-x"}}}
}

// ExchangePlugin returns the plugin that provides an exchange type, or "" for a type that no plugin of RabbitMQ
// provides.
func ExchangePlugin(kind string) string {
	return map[string]string{"x-consistent-hash": "rabbitmq_consistent_hash_exchange",
		"x-random": "rabbitmq_random_exchange", "x-recent-history": "rabbitmq_recent_history_exchange",
		"x-jms-topic": "rabbitmq_jms_topic_exchange", "x-modulus-hash": "rabbitmq_sharding",
		"x-delayed-message": "rabbitmq_delayed_message_exchange"}[kind]
}

// Validate refuses a name that the broker cannot use, an empty type, and a well-known argument that exchanges of the
// type ignore. The broker may refuse more, such as a type that no plugin provides. Its errors are usage errors.
func (e Exchange) Validate() error {
	if err := validName("exchange", e.Name); err != nil {
		return err
	}
	if e.Type == "" {
		return fail.Usagef("the exchange's type is empty").Next("types: direct, fanout, topic, headers, or a plugin's")
	}
	return OfExchanges().fit(e.Arguments, "exchanges", e.Type)
}

// Unknown returns a warning for each argument that RabbitMQ itself does not know, as Queue.Unknown does.
func (e Exchange) Unknown() []string { return OfExchanges().unknown(e.Arguments) }

// CompareExchanges lists the differences between a declaration and the existing exchange. Brokers refuse a declaration
// with other properties or another alternate-exchange, and ignore differences in all other arguments (measured on 3.10
// and 4.3).
func CompareExchanges(want, has Exchange, by Deciders) []Difference {
	var out []Difference
	for _, p := range []struct {
		name        string
		wanted, has any
	}{{"type", want.Type, has.Type}, {"durable", want.Durable, has.Durable},
		{"auto_delete", want.AutoDelete, has.AutoDelete}, {"internal", want.Internal, has.Internal}} {
		if p.wanted != p.has {
			out = append(out, Difference{p.name, fmt.Sprint(p.wanted), fmt.Sprint(p.has), "argument", "no"})
		}
	}
	return append(out, OfExchanges().compare("", want.Arguments, has.Arguments, by)...)
}

// SameArguments reports whether two sets of arguments are equal. Numbers are compared by value, and a number never
// equals a text.
func SameArguments(a, b map[string]any) bool { return maps.EqualFunc(a, b, same) }
