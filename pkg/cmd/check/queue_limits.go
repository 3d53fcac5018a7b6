package check

import (
	"bytes"
	"errors"
	"fmt"
	"regexp"
	"strings"

	"github.com/pelletier/go-toml/v2"
	"github.com/spf13/pflag"

	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/health"
)

// queueLimit describes one of the limits. The name of its flag is also its key in a limits file. The function "of"
// returns the field of QueueLimits that holds the limit.
type queueLimit struct {
	flag, value, help string
	limited           health.Limited
	of                func(*health.QueueLimits) *health.Limits
}

func queueLimits() []queueLimit {
	return []queueLimit{
		{"min-consumers", "N", "CRITICAL when a queue has fewer consumers than this", health.Limited{Least: true},
			func(l *health.QueueLimits) *health.Limits { return &l.Consumers }},
		{"max-ready", "N", "CRITICAL when more messages than this are ready", health.Limited{},
			func(l *health.QueueLimits) *health.Limits { return &l.Ready }},
		{"max-unacked", "N", "CRITICAL when consumers hold more unacknowledged messages than this", health.Limited{},
			func(l *health.QueueLimits) *health.Limits { return &l.Unacked }},
		{"max-age", "TIME",
			"CRITICAL when the oldest message is older than this, by its timestamp property (classic queues)",
			health.Limited{Duration: true},
			func(l *health.QueueLimits) *health.Limits { return &l.Age }},
		{"max-drain", "TIME",
			"CRITICAL when a queue takes longer than this to empty, or never does; needs --sample or --state",
			health.Limited{Duration: true},
			func(l *health.QueueLimits) *health.Limits { return &l.Drain }},
		{"max-growth", "N", "CRITICAL when a queue grows by more messages a second than this; needs --sample or --state",
			health.Limited{},
			func(l *health.QueueLimits) *health.Limits { return &l.Growth }},
	}
}

// limitFlags has the text of each limit as it was typed, by the name of the flag.
type limitFlags map[string]*string

func (f limitFlags) add(fs *pflag.FlagSet) {
	for _, l := range queueLimits() {
		f[l.flag] = fs.String(l.flag, "",
			fmt.Sprintf("%s; `%s[,%s]` with the WARNING limit first, or a range", l.help, l.value, l.value))
	}
}

func (f limitFlags) parse() (health.QueueLimits, error) {
	var out health.QueueLimits
	for _, l := range queueLimits() {
		limits, err := l.limited.Parse(*f[l.flag])
		if err != nil {
			return out, fail.Usagef("--%s: %v", l.flag, err)
		}
		*l.of(&out) = limits
	}
	return out, nil
}

// limitsFile is a file of limits: an array of tables [[queue]].
type limitsFile struct {
	Queue []struct {
		Name         string `toml:"name"`
		Match        string `toml:"match"`
		VHost        string `toml:"vhost"`
		Missing      string `toml:"missing"`
		MinConsumers any    `toml:"min-consumers"`
		MaxReady     any    `toml:"max-ready"`
		MaxUnacked   any    `toml:"max-unacked"`
		MaxAge       any    `toml:"max-age"`
		MaxDrain     any    `toml:"max-drain"`
		MaxGrowth    any    `toml:"max-growth"`
	} `toml:"queue"`
}

// parseLimits reads a file of limits. path is used in error messages only.
func parseLimits(path string, data []byte) ([]health.QueueEntry, error) {
	wrong := func(format string, args ...any) error {
		return fail.New(fail.Config, "%s: %s", path, fmt.Sprintf(format, args...)).
			Next("rabbitctl help check_queues shows such a file")
	}
	var file limitsFile
	if err := toml.NewDecoder(bytes.NewReader(data)).DisallowUnknownFields().Decode(&file); err != nil {
		var strict *toml.StrictMissingError
		var syntax *toml.DecodeError
		switch {
		case errors.As(err, &strict) && len(strict.Errors) > 0:
			line, _ := strict.Errors[0].Position()
			return nil, wrong("line %d: there is no key %q", line, strings.Join(strict.Errors[0].Key(), "."))
		case errors.As(err, &syntax):
			line, _ := syntax.Position()
			return nil, wrong("line %d: %s", line, strings.TrimPrefix(syntax.Error(), "toml: "))
		}
		return nil, wrong("%s", err)
	}
	if len(file.Queue) == 0 {
		return nil, wrong("it has no table [[queue]]")
	}
	var out []health.QueueEntry
	for i, q := range file.Queue {
		wrongEntry := func(format string, args ...any) error {
			return wrong("[[queue]] %d: %s", i+1, fmt.Sprintf(format, args...))
		}
		e := health.QueueEntry{Name: q.Name, VHost: q.VHost}
		if (q.Name == "") == (q.Match == "") {
			return nil, wrongEntry("it needs either name or match")
		}
		var err error
		if q.Match != "" {
			if e.Match, err = regexp.Compile(q.Match); err != nil {
				return nil, wrongEntry("match: %s", err)
			}
		}
		if q.Missing != "" {
			status, err := health.ParseStatus(q.Missing)
			if err != nil {
				return nil, wrongEntry("missing: %s", err)
			}
			e.Missing = &status
		}
		values := map[string]any{"min-consumers": q.MinConsumers, "max-ready": q.MaxReady, "max-unacked": q.MaxUnacked,
			"max-age":   q.MaxAge,
			"max-drain": q.MaxDrain, "max-growth": q.MaxGrowth}
		for _, l := range queueLimits() {
			text := ""
			switch v := values[l.flag].(type) {
			case nil:
			case string:
				text = v
			case int64, float64:
				text = fmt.Sprint(v)
			default:
				return nil, wrongEntry("%s must be a number, or a text in quotes", l.flag)
			}
			if *l.of(&e.Limits), err = l.limited.Parse(text); err != nil {
				return nil, wrongEntry("%s: %s", l.flag, err)
			}
		}
		out = append(out, e)
	}
	return out, nil
}
