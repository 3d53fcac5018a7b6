package topology

import "encoding/json"

// Effective returns the value in effect of a property that an argument and a policy can set, for a queue of type kind.
// key is the name of the argument: x-message-ttl. For limits the lower value is in effect, and for other properties the
// argument's; policyCounts names the properties for which the policy's value is in effect instead. by is "argument" or
// "policy"; ok is false if neither sets the property.
func Effective(kind, key string, arguments, policy map[string]any) (value any, by string, ok bool) {
	argument, isArgument := arguments[key]
	if len(policy) == 0 {
		// Most queues have no policy, and there may be very many, so this case does without the slow call of Find.
		if !isArgument {
			return nil, "", false
		}
		return argument, "argument", true
	}
	a, known := Find(key)
	var set any
	isSet := false
	if known && a.PolicyKey != "" {
		set, isSet = policy[a.PolicyKey]
	}
	switch {
	case isArgument && isSet && policyCounts(kind, key):
		return set, "policy", true
	case isArgument && isSet && a.LowerCounts && lower(set, argument):
		return set, "policy", true
	case isArgument:
		return argument, "argument", true
	case isSet:
		return set, "policy", true
	}
	return nil, "", false
}

// policyCounts reports whether the policy decides even if the argument also sets the property. That is so for every
// property of a stream, and for the overflow of a quorum queue (read inside the nodes of 3.10 and 4.3).
func policyCounts(kind, key string) bool {
	return kind == "stream" || kind == "quorum" && key == "x-overflow"
}

// lower reports whether a and b are both numbers, and a is the lower limit. A number below 0 is no limit: of a
// delivery-limit of -1 and one of 5, the 5 counts (measured inside queues of 4.3.6; by RabbitMQ's source since 4.0).
func lower(a, b any) bool {
	x, isX := a.(json.Number)
	y, isY := b.(json.Number)
	if !isX || !isY {
		return false
	}
	f, errF := x.Float64()
	g, errG := y.Float64()
	return errF == nil && errG == nil && f >= 0 && (f < g || g < 0)
}
