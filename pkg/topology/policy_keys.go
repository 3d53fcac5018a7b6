package topology

import (
	"maps"
	"slices"
)

// Unsuited returns the keys of the policy that queues of type kind do not support, sorted. If there are any, brokers
// ignore the whole policy for such a queue, and the next policy in rank applies. For an unknown type "" the result is
// empty. For some types, a key is supported on some releases and not on others (queue-leader-locator,
// max-in-memory-length and max-in-memory-bytes of classic queues). These keys count as supported, because only the
// broker knows.
func (p Policy) Unsuited(kind string) []string {
	lacking := lacking(kind)
	return slices.DeleteFunc(slices.Sorted(maps.Keys(p.Definition)), func(key string) bool {
		return !slices.Contains(lacking, key)
	})
}

// lacking returns the keys that queues of a type do not support. Of 3.10, 4.0 and 4.3, every release that knows such a
// key reports it as unsupported (in the capability unsupported_policies of the type's module).
func lacking(kind string) []string {
	switch kind {
	case "classic":
		return []string{"dead-letter-strategy", "delivery-limit", "initial-cluster-size", "max-age",
			"selector-field-max-bytes", "selector-fields",
			"stream-max-segment-size-bytes", "target-group-size"}
	case "quorum":
		return []string{"ha-mode", "ha-params", "ha-promote-on-failure", "ha-promote-on-shutdown", "ha-sync-mode",
			"initial-cluster-size", "max-age",
			"max-priority", "queue-master-locator", "queue-mode", "selector-field-max-bytes", "selector-fields",
			"stream-max-segment-size-bytes"}
	case "stream":
		return []string{"dead-letter-exchange", "dead-letter-routing-key", "dead-letter-strategy", "delivery-limit",
			"expires", "ha-mode", "ha-params",
			"ha-promote-on-failure", "ha-promote-on-shutdown", "ha-sync-mode", "max-in-memory-bytes", "max-in-memory-length",
			"max-length",
			"max-priority", "message-ttl", "overflow", "queue-master-locator", "queue-mode", "selector-field-max-bytes",
			"selector-fields",
			"target-group-size"}
	}
	return nil
}
