package topology_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/rabbitctl/rabbitctl/pkg/topology"
)

// TestPolicyKeys_ofReleases: for each release, the known keys are exactly those for which its nodes have validators.
func TestPolicyKeys_ofReleases(t *testing.T) {
	t.Parallel()
	const all = "alternate-exchange dead-letter-exchange dead-letter-routing-key dead-letter-strategy delivery-limit expires " +
		"federation-upstream federation-upstream-pattern federation-upstream-set initial-cluster-size max-age " +
		"max-in-memory-bytes max-in-memory-length max-length max-length-bytes message-ttl overflow queue-leader-locator " +
		"queue-master-locator queue-mode queue-version stream-max-segment-size-bytes "
	const operators = "delivery-limit expires max-in-memory-bytes max-in-memory-length max-length max-length-bytes message-ttl "
	const ha = "ha-mode ha-params ha-promote-on-failure ha-promote-on-shutdown ha-sync-batch-size ha-sync-mode"
	const of40 = "consumer-timeout stream-filter-size-bytes target-group-size "
	const operatorsOf40 = operators + "overflow queue-master-locator queue-version target-group-size "
	const delayed = "delayed-retry-max delayed-retry-min delayed-retry-type "
	for _, tt := range []struct {
		version  string
		operator bool
		want     string
	}{
		{"3.10.8", false, all + ha}, {"4.0.5", false, all + of40},
		{"4.3.6", false, all + of40 + "consumer-disconnected-timeout " + delayed},
		{"3.10.8", true, operators}, {"4.0.5", true, operatorsOf40}, {"4.3.6", true, operatorsOf40 + delayed},
	} {
		var got []string
		for _, k := range topology.PolicyKeys() {
			if k.In(tt.version, tt.operator) {
				got = append(got, k.Key)
			}
		}
		want := strings.Fields(tt.want)
		slices.Sort(got)
		slices.Sort(want)
		if !slices.Equal(got, want) {
			t.Errorf("%s, of operators: %v:\n%v, want\n%v", tt.version, tt.operator, got, want)
		}
	}
}

func TestRemarks(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ applyTo, definition, want string }{
		{"all", `{"max-length":5}`, ""},
		{"queues", `{"max-length":5,"dead-letter-exchange":"x"}`, ""},
		{"queues", `{"alternate-exchange":"x"}`, "alternate-exchange has no effect on queues"},
		{"exchanges", `{"max-length":5,"alternate-exchange":"x"}`, "max-length has no effect on exchanges"},
		{"exchanges", `{"federation-upstream-set":"all"}`, ""},
		{"all", `{"alternate-exchange":"x"}`, ""},
		{"streams", `{"max-age":"1D"}`, ""},
		{"streams", `{"max-length":5}`, "the policy applies to no queue: streams do not support max-length, so they ignore the whole policy"},
		{"quorum_queues", `{"max-age":"1D"}`,
			"the policy applies to no queue: quorum queues do not support max-age, so they ignore the whole policy"},
		{"classic_queues", `{"stream-filter-size-bytes":20}`, "stream-filter-size-bytes has no effect on classic queues"},
		{"all", `{"delivery-limit":5}`,
			"of all queue types, the policy applies to quorum queues only: queues of other types do not support delivery-limit, and ignore the whole policy"},
		{"queues", `{"max-age":"1D","max-length":5}`,
			"the policy applies to no queue: no queue type supports all of max-age, max-length, so all queues ignore the whole policy"},
		{"quorum_queues", `{"overflow":"reject-publish-dlx"}`,
			"overflow reject-publish-dlx is for classic queues: quorum queues drop the oldest messages with it"},
	} {
		p := topology.Policy{ApplyTo: tt.applyTo, Definition: members(t, tt.definition)}
		if got := strings.Join(p.Remarks(), "; "); got != tt.want {
			t.Errorf("%s %s:\n%s, want\n%s", tt.applyTo, tt.definition, got, tt.want)
		}
	}
}

func TestUnknown(t *testing.T) {
	t.Parallel()
	p := topology.Policy{Definition: members(t, `{"max-lenght":5,"max-length":5,"shards-per-node":2}`)}
	if got := strings.Join(p.Unknown(), "; "); got != `max-lenght, did you mean "max-length"?; shards-per-node` {
		t.Error(got)
	}
}

func TestParsePolicyDefinition(t *testing.T) {
	for text, want := range map[string]bool{`{"max-length":1}`: true, " {} \n": true, `{"max-length":1}}`: false,
		`{"max-length":1} 2`: false, `{"max-length":1}]`: false, "[]": false, "null": false, "": false} {
		if _, ok := topology.ParsePolicyDefinition(text); ok != want {
			t.Errorf("%q: %v", text, ok)
		}
	}
}
