// Package triage has the commands that join listings to answer what is wrong with queues and clients: who holds the
// messages, which queues do not flow, who comes and goes, where the leaders are.
package triage

import (
	"time"

	"github.com/spf13/pflag"

	"github.com/rabbitctl/rabbitctl/pkg/config"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/health"
	"github.com/rabbitctl/rabbitctl/pkg/verb"
)

// Commands returns the commands of this package, in the order in which the help lists them.
func Commands() []verb.Command {
	return []verb.Command{listStuck(), listUnacked(), listChurn(), listLeaders()}
}

// sampled is a command that watches the broker for the time of --sample. The initial value of sample is the default of
// this flag.
type sampled struct{ sample time.Duration }

func (s *sampled) flags(fs *pflag.FlagSet) {
	config.DurationFlag(fs, &s.sample, "sample", s.sample,
		"watch the broker for this `TIME`, at least 5s and less than --timeout")
}

func (s *sampled) validate(ask verb.Ask) error {
	switch timeout := ask.Timeout(); {
	case s.sample < health.StatisticsInterval:
		return fail.Usagef("--sample %s is too short: brokers renew their figures every 5s", s.sample).Next("--sample 15s")
	case timeout > 0 && s.sample >= timeout:
		return fail.Usagef("--sample %s does not fit into --timeout %s", s.sample, timeout).
			Next("--timeout %d", int((s.sample + 30*time.Second).Seconds()))
	}
	return nil
}
