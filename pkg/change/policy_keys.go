package change

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/rabbitctl/rabbitctl/pkg/broker"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/topology"
)

// fit refuses, without a request, a policy that no broker accepts.
func (k policyKind) fit(vhost string, p topology.Policy) error {
	if words := applyToWords(k); !slices.Contains(words, p.ApplyTo) {
		return fail.Usagef("--apply-to: %q is not one of %s%s", p.ApplyTo, strings.Join(words, ", "),
			fail.DidYouMean(p.ApplyTo, words))
	}
	if err := pattern("PATTERN", p.Pattern); err != nil {
		return err
	}
	if len(p.Definition) == 0 {
		return fail.Usagef("the %s would set nothing, and brokers refuse such a %s", k.noun(), k.noun()).
			Next("to remove the %s: %s", k.noun(), fail.Command("clear_"+strings.ReplaceAll(k.noun(), " ", "_"), "-p", vhost,
				p.Name))
	}
	return p.Mistyped()
}

// known refuses policy keys, and values of --apply-to, that the broker's release does not have. It asks for the release
// only if some releases lack one of them. A broker would refuse them too, but not in a dry run.
func (k policyKind) known(ctx context.Context, at Site, p topology.Policy) error {
	var limited []topology.PolicyKey
	for _, key := range slices.Sorted(maps.Keys(p.Definition)) {
		if known, is := topology.FindPolicyKey(key); is && known.Limited(bool(k)) {
			limited = append(limited, known)
		}
	}
	typed := slices.Contains([]string{"classic_queues", "quorum_queues", "streams"}, p.ApplyTo)
	if len(limited) == 0 && !typed {
		return nil
	}
	overview, err := at.Broker.Brief(ctx)
	if err != nil {
		return err
	}
	release := overview.At("rabbitmq_version").Text()
	lacks := func(what string) *fail.Error {
		return fail.New(fail.Unavailable, "RabbitMQ %s at %s does not have %s", release, at.Broker.BaseURL(), what)
	}
	if typed && !(topology.Release{Major: 3, Minor: 12}).Reached(release) {
		return lacks("--apply-to " + p.ApplyTo).
			Next("--apply-to queues applies to queues of all types")
	}
	for _, key := range limited {
		switch {
		case key.In(release, bool(k)):
		case key.In(release, false):
			return lacks("the key " + key.Key + " in operator policies").Next("a policy can set it")
		default:
			return lacks("the policy key " + key.Key).Next("leave it out").Do(fail.SeeReleases)
		}
	}
	return nil
}

// strange returns notes about settings that a broker accepts silently, or may refuse.
func strange(p topology.Policy) []string {
	var notes []string
	for _, key := range p.Unknown() {
		notes = append(notes, "RabbitMQ itself does not have this policy key, and a broker refuses the policy unless a "+
			"plugin brings the key: "+key)
	}
	return append(notes, p.Remarks()...)
}

// keyless completes the broker's refusal of policy keys. The next step then names the keys that RabbitMQ itself does
// not know.
func keyless(p topology.Policy, err error) error {
	unknown := p.Unknown()
	if len(unknown) == 0 || broker.Status(err) != 400 || !strings.Contains(err.Error(), "not recognised") {
		return err
	}
	e := fail.New(fail.KindOf(err), "%w", err)
	return e.Next("check the spelling, or enable the plugin that has the key: RabbitMQ itself has no policy key %s",
		strings.Join(unknown, ", "))
}

// keyNames returns the keys that a policy can have, each followed by =, for completion. It returns the keys that suit
// what the policy applies to and that the broker's release has; if the broker does not answer, the keys of all
// releases.
func (k policyKind) keyNames(ctx context.Context, c *broker.Client, applyTo string) ([]string, error) {
	overview, err := c.Brief(ctx)
	var names []string
	for _, key := range topology.PolicyKeys() {
		if (err != nil || key.In(overview.At("rabbitmq_version").Text(), bool(k))) && key.Suits(applyTo) {
			names = append(names, key.Key+"=")
		}
	}
	return names, nil
}

// policyKeys are the keys of a policy that the command line sets. Each key can be set once.
type policyKeys struct{ arguments }

// setFlag returns the option --set, which sets any key.
func (a policyKeys) setFlag() Param {
	return Param{Name: "set", Help: "any key, as `KEY=VALUE`; with units, as message-ttl=10m (may be repeated)",
		Role: Option, Free: true, Set: func(text string) error {
			key, value, err := topology.ParsePolicyKey(text)
			if err != nil {
				return err
			}
			return a.set(key, value)
		}}
}

// definitionFlag returns the option --definition, which sets several keys at once.
func (a policyKeys) definitionFlag() Param {
	return Param{Name: "definition", Help: "several keys, as a `JSON` object: {\"max-length\":5}", Role: Option,
		Free: true, Set: func(text string) error {
			keys, ok := topology.ParsePolicyDefinition(text)
			if !ok {
				return fail.Usagef("it is not a JSON object: %s", text)
			}
			for _, key := range slices.Sorted(maps.Keys(keys)) {
				if err := a.set(key, keys[key]); err != nil {
					return err
				}
			}
			return nil
		}}
}

// keyHelps returns the keys that have their own option, in the order of the help, each with its help. The other
// well-known keys are obsolete, and only --set and --definition can set them.
func keyHelps() [][2]string {
	return [][2]string{
		{"max-length", "hold at most `N` ready messages"},
		{"max-length-bytes", "hold at most this `SIZE` of bodies (20MB)"},
		{"overflow", "what to do when the queue is full"},
		{"message-ttl", "drop or dead-letter a message after this `DURATION` (10m, 7d)"},
		{"expires", "delete the queue after this `DURATION` without use (10m, 30d)"},
		{"dead-letter-exchange",
			"the `EXCHANGE` that gets rejected, expired and dropped messages; without it they are lost"},
		{"dead-letter-routing-key", "the routing `KEY` of dead-lettered messages; without it, their own"},
		{"dead-letter-strategy", "whether dead-lettering may lose messages"},
		{"delivery-limit", "drop or dead-letter a message whose delivery failed more than `N` times"},
		{"consumer-timeout", "close a channel that does not acknowledge for this `DURATION` (quorum queues on 4.3: " +
			"cancel the consumer)"},
		{"consumer-disconnected-timeout",
			"requeue a consumer's messages when its node has been unreachable for this `DURATION`"},
		{"delayed-retry-type", "which messages come back with a delay"},
		{"delayed-retry-min", "the shortest delay, a `DURATION`"},
		{"delayed-retry-max", "the longest delay, a `DURATION`"},
		{"target-group-size", "how many members a quorum queue grows to, `N`"},
		{"max-in-memory-length", "keep at most `N` messages in memory; without effect since 3.10"},
		{"max-in-memory-bytes", "keep at most this `SIZE` of bodies in memory; without effect since 3.10"},
		{"max-age", "drop segments of a stream that are older than this `AGE` (7D, 12h)"},
		{"stream-max-segment-size-bytes", "the `SIZE` at which a segment file of a stream is full (500MB)"},
		{"stream-filter-size-bytes", "the size of the Bloom filter of a chunk, `N` from 16 to 255"},
		{"initial-cluster-size", "how many members a new stream has, `N`"},
		{"queue-leader-locator", "which node leads a new queue"},
		{"queue-version", "the version of a classic queue's files, `N`"},
		{"alternate-exchange", "the `EXCHANGE` that gets what an exchange cannot route"},
		{"federation-upstream", "the `UPSTREAM` to federate with"},
		{"federation-upstream-set", "the `SET` of upstreams to federate with: all, or its name"},
		{"federation-upstream-pattern", "the `REGEX` that upstreams to federate with must match"},
	}
}

// options returns an option for each key that policies of the kind can have.
func (a policyKeys) options(kind policyKind) []Param {
	var all []Param
	known := topology.PolicyKeys() // once, because every start of the program runs this
	for _, o := range keyHelps() {
		key, is := known.Find(o[0])
		if !is || bool(kind) && key.Operators == nil {
			continue
		}
		p := a.option(key.Argument, key.Key, "")
		if p.Help = o[1]; strings.HasSuffix(key.Key, "-exchange") {
			p.Names = exchangeNames
		}
		if key.Since != (topology.Release{}) || bool(kind) && *key.Operators != (topology.Release{}) {
			last := map[bool]string{true: "3.10", false: "4.0"}[key.In("3.11", bool(kind))]
			p.Help += fmt.Sprintf("; not on %s or older", last)
		}
		all = append(all, p)
	}
	return all
}
