package change

import (
	"context"
	"slices"
	"strings"

	"github.com/rabbitctl/rabbitctl/pkg/erlang"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
)

// LogLevels returns the log levels of a node, the quietest last. A node accepts any other word, too, and answers ok, so
// SetLogLevel checks the word.
func LogLevels() []string {
	return []string{"debug", "info", "notice", "warning", "error", "critical", "alert", "emergency", "none"}
}

// SetLogLevel sets which messages a node writes to its log.
func SetLogLevel() Op {
	var level string
	return Op{
		Name: "set_log_level", Noun: "node", Erlang: true,
		Params: []Param{{Name: "log_level", Free: true, Words: LogLevels(), Set: textInto(&level)}},
		Check: func() error {
			if !slices.Contains(LogLevels(), level) {
				return fail.Usagef("%q is not a log level", level).Next("one of %s", strings.Join(LogLevels(), ", "))
			}
			return nil
		},
		Plan: func(ctx context.Context, at Site) (*Plan, error) {
			plan := Once("set the log level to "+level, "changed", func(ctx context.Context) error {
				return at.do(ctx, "set the log level", "rabbit", "set_log_level", erlang.Atom(level))
			})
			if at.Official {
				return plan, nil
			}
			if err := at.running(ctx); err != nil {
				return nil, err
			}
			plan.Notes = []string{"the level holds for all outputs of the node's log until the node restarts; to keep it, " +
				"set in rabbitmq.conf: log.console.level, log.file.level"}
			return plan.Seen(func(ctx context.Context, o Outcome) (Outcome, error) {
				config, err := at.ask(ctx, "logger", "get_primary_config")
				primary, _ := config.(erlang.Map)
				if is := primary.Get("level"); err == nil && is != erlang.Atom(level) {
					err = fail.New(fail.Unavailable, "the node answered ok, but its log level is %s", text(is)).
						Next("look in the node's log")
				}
				o.Notes = append(o.Notes, plan.Notes...)
				return o, err
			}), nil
		},
	}
}

// ForceGC makes all Erlang processes of a node collect garbage.
func ForceGC() Op {
	return Op{
		Name: "force_gc", Noun: "node", Erlang: true,
		Plan: func(_ context.Context, at Site) (*Plan, error) {
			return Once("let all processes collect their garbage", "started", func(ctx context.Context) error {
				return at.do(ctx, "collect garbage", "rabbit_runtime", "gc_all_processes")
			}), nil
		},
	}
}
