package topology

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Setting is a property of a queue or an exchange that is in effect, and what sets it.
type Setting struct {
	// Key is the policy key of the property: max-length. If no policy can set the property, Key is the name of the
	// argument.
	Key   string
	Value any
	// By is argument, "policy NAME" or "operator policy NAME".
	By string
	// Beside are the values that are set but not in effect: "argument 50".
	Beside []string
	// Note says why the property has no effect here, or under which condition it has one; "" means that there is nothing
	// to say.
	Note string
}

// Settings returns the properties that arguments and policies set together, without x-queue-type, sorted by key. A
// policy is nil if none applies.
func Settings(o Object, arguments map[string]any, policy, operator *Policy) []Setting {
	merged := Merged(definition(policy), definition(operator))
	byKey := map[string]Setting{}
	for key, value := range merged {
		byKey[key] = policySetting(key, value, policy, operator)
	}
	for argument, value := range arguments {
		if argument == "x-queue-type" {
			continue
		}
		key := policyKey(argument, o.Exchange)
		byPolicy, both := byKey[key]
		switch _, by, _ := Effective(o.Type, argument, arguments, merged); {
		case both && by == "policy":
			byPolicy.Beside = append(byPolicy.Beside, "argument "+text(value))
			byKey[key] = byPolicy
		case both:
			byKey[key] = Setting{Key: key, Value: value, By: "argument",
				Beside: append([]string{byPolicy.By + " " + text(byPolicy.Value)}, byPolicy.Beside...)}
		default:
			byKey[key] = Setting{Key: key, Value: value, By: "argument"}
		}
	}
	var all []Setting
	for _, key := range slices.Sorted(maps.Keys(byKey)) {
		s := byKey[key]
		s.Note = o.remark(key)
		all = append(all, s)
	}
	return all
}

func definition(p *Policy) map[string]any {
	if p == nil {
		return nil
	}
	return p.Definition
}

// policySetting makes the Setting of a property that one or both of the policies set.
func policySetting(key string, value any, policy, operator *Policy) Setting {
	s := Setting{Key: key, Value: value}
	for _, p := range []*Policy{policy, operator} {
		set, has := definition(p)[key]
		if !has {
			continue
		}
		who := "policy " + p.Name
		if p.Operator {
			who = "operator policy " + p.Name
		}
		if s.By == "" && same(set, value) {
			s.By = who
			continue
		}
		s.Beside = append(s.Beside, who+" "+text(set))
	}
	return s
}

// Merged returns what a policy and an operator policy set together. If both set a property, the lower value is in
// effect for limits, the higher value for some other properties, and the operator policy's value for all others
// (measured on 3.10 and 4.3).
func Merged(policy, operator map[string]any) map[string]any {
	merged := maps.Clone(operator)
	if merged == nil {
		merged = map[string]any{}
	}
	for key, value := range policy {
		other, both := operator[key]
		if both && !policyRules(key, value, other) {
			continue
		}
		merged[key] = value
	}
	return merged
}

// policyRules reports whether the policy's value is in effect, not the operator policy's.
func policyRules(key string, value, operator any) bool {
	switch key {
	case "message-ttl", "expires", "max-length", "max-length-bytes", "max-in-memory-length", "max-in-memory-bytes",
		"delivery-limit", "delayed-retry-max":
		return lower(value, operator)
	case "target-group-size", "delayed-retry-min":
		return lower(operator, value)
	}
	return false
}

// policyKey returns the policy key for the property that the argument sets. If no policy can set it, it returns the
// name of the argument.
func policyKey(argument string, exchange bool) string {
	if exchange {
		return argument // alternate-exchange is the only one, and has the same name in a policy
	}
	if a, known := Find(argument); known && a.PolicyKey != "" {
		return a.PolicyKey
	}
	return argument
}

// remark returns why a property has no effect on the object, or under which condition it has one. It returns "" if
// there is nothing to say.
func (o Object) remark(key string) string {
	a, known := byPolicyKey(key)
	switch {
	case o.Exchange && (known || strings.HasPrefix(key, "ha-")):
		return "no effect: only queues have it"
	case o.Exchange:
		return ""
	case key == "alternate-exchange":
		return "no effect: only exchanges have it"
	case strings.HasPrefix(key, "ha-"):
		return "no effect since 4.0, which has no mirrored queues"
	case known && a.Types != nil && o.Type != "" && !slices.Contains(a.Types, o.Type):
		return fmt.Sprintf("no effect: only for %s", strings.Join(a.Types, " and "))
	case !known && strings.HasPrefix(key, "x-"):
		return "RabbitMQ does not know it: no effect unless a plugin reads it"
	case slices.Contains([]string{"queue-leader-locator", "queue-master-locator", "initial-cluster-size",
		"stream-filter-size-bytes"}, key):
		return "counts only when the queue is declared"
	}
	return ""
}

// byPolicyKey returns the well-known argument with that policy key, or with that name.
func byPolicyKey(key string) (Argument, bool) {
	for _, a := range Known() {
		if a.PolicyKey == key || a.Key == key {
			return a, true
		}
	}
	return Argument{}, false
}

// Written writes a value as a definition shows it: 5, drop-head, ["a"].
func Written(value any) string { return text(value) }

// Differing returns the keys whose values differ between two definitions, or that only one of them has, sorted.
func Differing(a, b map[string]any) []string {
	keys := maps.Clone(a)
	if keys == nil {
		keys = map[string]any{}
	}
	maps.Copy(keys, b)
	return slices.DeleteFunc(slices.Sorted(maps.Keys(keys)), func(key string) bool {
		x, inA := a[key]
		y, inB := b[key]
		return inA && inB && same(x, y)
	})
}
