package topology

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/release"
)

// Release is a release series of RabbitMQ. The zero value counts as older than all releases.
type Release struct{ Major, Minor int }

// Reached tells whether a version belongs to that release series or a later one. It returns true for a version that it
// cannot read.
func (r Release) Reached(version string) bool {
	_, _, known := release.Series(version)
	return !known || release.AtLeast(version, r.Major, r.Minor)
}

// PolicyKey is a well-known key of policies. The keys that a release knows were read inside 3.10, 4.0 and 4.3 (the
// validators of policies and of operator policies). For a key that appeared between two of these releases, Since is the
// first release that may have it.
type PolicyKey struct {
	// Argument describes the value of the key. Its Key is the policy's key.
	Argument
	// Since is the first release that may have the key, and Gone the first release without it; a zero value means that
	// there is no such bound.
	Since, Gone Release
	// Operators is the first release that may have the key in operator policies; nil means that no release has it there.
	Operators *Release
	// Queues and Exchanges tell whether queues and exchanges can have it.
	Queues, Exchanges bool
	// Guessed means that the type of the value is not known: a value that looks like a number or a boolean is sent as
	// one, any other as a string.
	Guessed bool
}

// In reports whether a release knows the key. If operator is true, it reports this for operator policies.
func (k PolicyKey) In(version string, operator bool) bool {
	known := k.Since.Reached(version) && (k.Gone == Release{} || !k.Gone.Reached(version))
	return known && (!operator || k.Operators != nil && k.Operators.Reached(version))
}

// Limited reports whether some releases do not know the key. If operator is true, it reports this for operator
// policies.
func (k PolicyKey) Limited(operator bool) bool {
	return k.Since != Release{} || k.Gone != Release{} || operator && (k.Operators == nil || *k.Operators != Release{})
}

// Suits reports whether the key has an effect on the objects that an apply-to stands for: queues, exchanges,
// classic_queues … For the apply-to "queues", one type of queue that knows the key is enough. For "all", the answer is
// always true.
func (k PolicyKey) Suits(applyTo string) bool {
	kind := queueType(applyTo)
	switch {
	case applyTo == "exchanges":
		return k.Exchanges
	case kind != "":
		return k.Queues && (k.Types == nil || slices.Contains(k.Types, kind)) && !slices.Contains(lacking(kind), k.Key)
	case applyTo == "queues":
		return k.Queues
	}
	return true
}

// queueType returns the type of queue for an apply-to that covers only one type, and "" for any other apply-to.
func queueType(applyTo string) string {
	return map[string]string{"classic_queues": "classic", "quorum_queues": "quorum", "streams": "stream"}[applyTo]
}

// KnownKeys is a list of well-known policy keys.
type KnownKeys []PolicyKey

// PolicyKeys returns the well-known keys of policies.
func PolicyKeys() KnownKeys {
	beyond310, beyond40 := Release{3, 11}, Release{4, 1}
	since := map[string]Release{"consumer-timeout": beyond310, "target-group-size": beyond310,
		"stream-filter-size-bytes": beyond310, "consumer-disconnected-timeout": beyond40, "delayed-retry-type": beyond40,
		"delayed-retry-min": beyond40, "delayed-retry-max": beyond40}
	operators := map[string]Release{"delivery-limit": {}, "expires": {}, "max-in-memory-bytes": {},
		"max-in-memory-length": {}, "max-length": {}, "max-length-bytes": {}, "message-ttl": {}, "overflow": beyond310,
		"queue-master-locator": beyond310, "queue-version": beyond310, "target-group-size": beyond310,
		"delayed-retry-type": beyond40, "delayed-retry-min": beyond40, "delayed-retry-max": beyond40}
	var all KnownKeys
	for _, a := range Known() {
		if a.PolicyKey == "" {
			continue
		}
		a.Key = a.PolicyKey
		k := PolicyKey{Argument: a, Since: since[a.Key], Queues: true}
		if first, has := operators[a.Key]; has {
			k.Operators = &first
		}
		all = append(all, k)
	}
	all = append(all, PolicyKey{Argument: Argument{Key: "alternate-exchange", Kind: Word}, Exchanges: true})
	for _, key := range []string{"federation-upstream", "federation-upstream-set", "federation-upstream-pattern"} {
		all = append(all, PolicyKey{Argument: Argument{Key: key, Kind: Word, Types: []string{"classic", "quorum"}},
			Queues: true, Exchanges: true})
	}
	for _, key := range []string{"ha-mode", "ha-params", "ha-sync-mode", "ha-sync-batch-size", "ha-promote-on-shutdown",
		"ha-promote-on-failure"} {
		all = append(all, PolicyKey{Argument: Argument{Key: key, Kind: Word, Types: []string{"classic"}},
			Gone: Release{4, 0}, Queues: true, Guessed: true})
	}
	return all
}

// FindPolicyKey returns the well-known key with that name. It makes the list of keys each time: to find several keys,
// call PolicyKeys once.
func FindPolicyKey(key string) (PolicyKey, bool) { return PolicyKeys().Find(key) }

// Find returns the key with this name.
func (all KnownKeys) Find(key string) (PolicyKey, bool) {
	if i := slices.IndexFunc(all, func(k PolicyKey) bool { return k.Key == key }); i >= 0 {
		return all[i], true
	}
	return PolicyKey{}, false
}

// Unknown returns the keys of the policy that RabbitMQ itself does not know, each with the most similar key that it
// knows.
func (p Policy) Unknown() []string {
	var names, unknown []string
	for _, k := range PolicyKeys() {
		names = append(names, k.Key)
	}
	for _, key := range slices.Sorted(maps.Keys(p.Definition)) {
		if !slices.Contains(names, key) {
			unknown = append(unknown, key+fail.DidYouMean(key, names))
		}
	}
	return unknown
}

// Remarks returns which keys of the policy have no effect on the objects that it applies to, which value of overflow
// quorum queues do not support, and which queues ignore the whole policy because of a key. Brokers accept such a policy
// silently.
func (p Policy) Remarks() []string {
	var all []string
	kind := queueType(p.ApplyTo)
	for _, key := range slices.Sorted(maps.Keys(p.Definition)) {
		known, is := FindPolicyKey(key)
		if is && !known.Suits(p.ApplyTo) && !slices.Contains(lacking(kind), key) {
			all = append(all, fmt.Sprintf("%s has no effect on %s", key, strings.ReplaceAll(p.ApplyTo, "_", " ")))
		}
		if key == "overflow" && p.Definition[key] == "reject-publish-dlx" && kind == "quorum" {
			all = append(all, "overflow reject-publish-dlx is for classic queues: quorum queues drop the oldest messages with it")
		}
	}
	return append(all, p.leftOut()...)
}

// leftOut returns which queues ignore the policy, if at most one type of queue accepts it.
func (p Policy) leftOut() []string {
	types := []string{"classic", "quorum", "stream"}
	if one := queueType(p.ApplyTo); one != "" {
		types = []string{one}
	}
	var take []string
	lacked := map[string]bool{}
	for _, kind := range types {
		unsuited := p.Unsuited(kind)
		if len(unsuited) == 0 {
			take = append(take, kind)
		}
		for _, key := range unsuited {
			lacked[key] = true
		}
	}
	keys := strings.Join(slices.Sorted(maps.Keys(lacked)), ", ")
	several := keys
	if len(lacked) > 1 {
		several = "all of " + keys
	}
	switch {
	case !p.CoversQueue("") || len(lacked) == 0 || len(take) > 1:
		return nil
	case len(take) == 0 && len(types) == 1:
		return []string{fmt.Sprintf("the policy applies to no queue: %s do not support %s, so they ignore the whole policy", plural(types[0]),
			keys)}
	case len(take) == 0:
		return []string{"the policy applies to no queue: no queue type supports " + several +
			", so all queues ignore the whole policy"}
	}
	return []string{fmt.Sprintf("of all queue types, the policy applies to %s only: queues of other types do not "+
		"support %s, and ignore the whole policy", plural(take[0]), several)}
}

func plural(kind string) string {
	if kind == "stream" {
		return "streams"
	}
	return kind + " queues"
}

// ParsePolicyKey reads KEY[:TYPE]=VALUE of a policy's definition. A TYPE decides how the value is read, for every key.
// Without a TYPE, the value of a well-known key may have a unit, as in message-ttl=10m. The value of a Guessed or an
// unknown key is sent as a number or a boolean if it looks like one, else as a string.
func ParsePolicyKey(text string) (key string, value any, err error) {
	left, raw, ok := strings.Cut(text, "=")
	key, kind, typed := strings.Cut(left, ":")
	if !ok || key == "" {
		return "", nil, about(Form, "%q is not KEY[:TYPE]=VALUE", text)
	}
	if typed {
		value, err = ofType(key, kind, raw)
		return key, value, err
	}
	if known, is := FindPolicyKey(key); is && !known.Guessed {
		value, err = known.Parse(raw)
		return key, value, err
	}
	return key, guess(raw), nil
}

// Mistyped refuses a well-known key for numbers or booleans whose value has another type, or is a number out of bounds.
// It does not check keys for texts, since a later release may accept more words.
func (p Policy) Mistyped() error {
	for _, key := range slices.Sorted(maps.Keys(p.Definition)) {
		known, is := FindPolicyKey(key)
		if !is || known.Guessed {
			continue
		}
		switch known.Kind {
		case Whole, Millis, Size, Truth:
			if err := known.accepts(p.Definition[key]); err != nil {
				return err
			}
		}
	}
	return nil
}

// ParsePolicyDefinition reads a definition, a JSON object. ok is false for any other text.
func ParsePolicyDefinition(text string) (definition map[string]any, ok bool) {
	d := json.NewDecoder(strings.NewReader(text))
	d.UseNumber()
	err := d.Decode(&definition)
	return definition, err == nil && definition != nil && AtEnd(d)
}

// AtEnd reports whether nothing but white space follows the value that was decoded last. json.Decoder.More does not tell
// that: it is false before a bracket that closes nothing.
func AtEnd(d *json.Decoder) bool {
	_, err := d.Token()
	return errors.Is(err, io.EOF)
}
