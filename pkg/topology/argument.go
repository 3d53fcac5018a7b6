// Package topology describes what queues, exchanges, bindings and policies should be like, how existing ones differ
// from that, and what a change of policies would drop. It sends no requests.
package topology

import (
	"encoding/json"
	"fmt"
	"io"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/dustin/go-humanize"

	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/timespan"
)

// Argument is a well-known optional argument of a queue, an exchange or a binding. The facts are from RabbitMQ's guides
// on queues, quorum queues, streams, TTL, length limits, dead lettering and exchanges.
type Argument struct {
	// Key is the argument: x-message-ttl.
	Key string
	// Kind is the kind of value that the argument takes.
	Kind ArgumentKind
	// PolicyKey is the policy key that sets the same property; "" if no policy can.
	PolicyKey string
	// LowerCounts means that the lower of the argument's and the policy's numbers is in effect. If it is false, the
	// argument is in effect. For some properties the policy is in effect in both cases: see policyCounts.
	LowerCounts bool
	// Types are the queue or exchange types that know the argument; nil means all types.
	Types []string
	// Words are the values allowed for a text; nil means any text.
	Words []string
	// Min and Max bound a number; Max 0 means no bound.
	Min, Max int64
}

// ArgumentKind is the type of an argument's value.
type ArgumentKind int

const (
	Whole    ArgumentKind = iota // a whole number
	Millis                       // a whole number of milliseconds; Parse also takes 10m and 30d
	Size                         // a whole number of bytes; Parse also takes 20MB
	Word                         // text
	Truth                        // true or false
	MaxAge                       // text such as 7D: a number and one of Y M D h m s
	argKinds = iota
)

func (k ArgumentKind) String() string {
	return [argKinds]string{"a whole number", "a number of milliseconds", "a number of bytes", "text", "true or false",
		"an age such as 7D"}[k]
}

// Arguments are the well-known arguments of one kind of object, such as queues.
type Arguments []Argument

// Known returns the well-known arguments of queues.
func Known() Arguments {
	classic, quorum, stream := "classic", "quorum", "stream"
	queues := []string{classic, quorum}
	return Arguments{
		{Key: "x-message-ttl", Kind: Millis, PolicyKey: "message-ttl", LowerCounts: true, Types: queues},
		{Key: "x-expires", Kind: Millis, PolicyKey: "expires", LowerCounts: true, Types: queues, Min: 1},
		{Key: "x-max-length", Kind: Whole, PolicyKey: "max-length", LowerCounts: true, Types: queues},
		{Key: "x-max-length-bytes", Kind: Size, PolicyKey: "max-length-bytes", LowerCounts: true},
		{Key: "x-overflow", Kind: Word, PolicyKey: "overflow", Types: queues, Words: []string{"drop-head", "reject-publish",
			"reject-publish-dlx"}},
		{Key: "x-dead-letter-exchange", Kind: Word, PolicyKey: "dead-letter-exchange", Types: queues},
		{Key: "x-dead-letter-routing-key", Kind: Word, PolicyKey: "dead-letter-routing-key", Types: queues},
		{Key: "x-dead-letter-strategy", Kind: Word, PolicyKey: "dead-letter-strategy", Types: []string{quorum},
			Words: []string{"at-most-once", "at-least-once"}},
		{Key: "x-single-active-consumer", Kind: Truth, Types: queues},
		{Key: "x-max-priority", Kind: Whole, Types: []string{classic}, Min: 1, Max: 255},
		{Key: "x-delivery-limit", Kind: Whole, PolicyKey: "delivery-limit", LowerCounts: true, Types: []string{quorum},
			Min: -1}, // -1 is no limit since 4.0, where 20 is the default
		{Key: "x-consumer-timeout", Kind: Millis, PolicyKey: "consumer-timeout", Types: queues},
		{Key: "x-quorum-initial-group-size", Kind: Whole, Types: []string{quorum}, Min: 1},
		{Key: "x-quorum-target-group-size", Kind: Whole, PolicyKey: "target-group-size", Types: []string{quorum}, Min: 1},
		{Key: "x-consumer-disconnected-timeout", Kind: Millis, PolicyKey: "consumer-disconnected-timeout",
			Types: []string{quorum}},
		{Key: "x-delayed-retry-type", Kind: Word, PolicyKey: "delayed-retry-type", Types: []string{quorum},
			Words: []string{"disabled", "all", "failed", "returned"}},
		{Key: "x-delayed-retry-min", Kind: Millis, PolicyKey: "delayed-retry-min", Types: []string{quorum}},
		{Key: "x-delayed-retry-max", Kind: Millis, PolicyKey: "delayed-retry-max", Types: []string{quorum}},
		{Key: "x-max-in-memory-length", Kind: Whole, PolicyKey: "max-in-memory-length", LowerCounts: true,
			Types: []string{quorum}},
		{Key: "x-max-in-memory-bytes", Kind: Size, PolicyKey: "max-in-memory-bytes", LowerCounts: true,
			Types: []string{quorum}},
		{Key: "x-initial-cluster-size", Kind: Whole, PolicyKey: "initial-cluster-size", Types: []string{stream}, Min: 1},
		{Key: "x-max-age", Kind: MaxAge, PolicyKey: "max-age", Types: []string{stream}},
		{Key: "x-stream-max-segment-size-bytes", Kind: Size, PolicyKey: "stream-max-segment-size-bytes",
			Types: []string{stream}},
		{Key: "x-stream-filter-size-bytes", Kind: Size, PolicyKey: "stream-filter-size-bytes", Types: []string{stream},
			Min: 16, Max: 255},
		{Key: "x-queue-leader-locator", Kind: Word, PolicyKey: "queue-leader-locator", Words: []string{"client-local",
			"balanced", "least-leaders", "random"}},
		{Key: "x-queue-master-locator", Kind: Word, PolicyKey: "queue-master-locator", Types: []string{classic},
			Words: []string{"client-local", "min-masters", "random"}},
		{Key: "x-queue-mode", Kind: Word, PolicyKey: "queue-mode", Types: []string{classic}, Words: []string{"default",
			"lazy"}},
		{Key: "x-queue-version", Kind: Whole, PolicyKey: "queue-version", Types: []string{classic}, Min: 1, Max: 2},
	}
}

// Find returns the well-known argument of queues with that key.
func Find(key string) (Argument, bool) { return Known().Find(key) }

// Find returns the argument with this key.
func (all Arguments) Find(key string) (Argument, bool) {
	for _, a := range all {
		if a.Key == key {
			return a, true
		}
	}
	return Argument{}, false
}

// nearest returns the well-known key that is most similar to key, or "" if none is similar.
func (all Arguments) nearest(key string) string {
	var keys []string
	for _, a := range all {
		keys = append(keys, a.Key)
	}
	return fail.Nearest(key, keys)
}

// Parse reads the value in the form that people write, with units. The error says which form is expected.
func (a Argument) Parse(text string) (any, error) {
	switch a.Kind {
	case Millis:
		if n, err := strconv.ParseInt(text, 10, 64); err == nil {
			return a.number(n)
		}
		d, err := timespan.Parse(text)
		if err != nil || d%time.Millisecond != 0 {
			return nil, fail.Usagef("%s must be a number of milliseconds, or a time such as 10m, not %q", a.Key, text)
		}
		return a.number(d.Milliseconds())
	case Size:
		if n, err := strconv.ParseInt(text, 10, 64); err == nil {
			return a.number(n)
		}
		n, err := humanize.ParseBytes(text)
		if err != nil || n > math.MaxInt64 {
			return nil, fail.Usagef("%s must be a number of bytes, or a size such as 20MB, not %q", a.Key, text)
		}
		return a.number(int64(n))
	}
	return a.strict(text)
}

// strict reads the value in the form that the broker takes, without units.
func (a Argument) strict(text string) (any, error) {
	switch a.Kind {
	case Whole, Millis, Size:
		n, err := strconv.ParseInt(text, 10, 64)
		if err != nil {
			return nil, a.wrong(text)
		}
		return a.number(n)
	case Truth:
		b, err := strconv.ParseBool(text)
		if err != nil {
			return nil, a.wrong(text)
		}
		return b, nil
	case MaxAge:
		if !regexp.MustCompile(`^[0-9]+[YMDhms]$`).MatchString(text) {
			return nil, a.wrong(text)
		}
	}
	if a.Words != nil && !slices.Contains(a.Words, text) {
		return nil, fail.Usagef("%s cannot be %q%s", a.Key, text, fail.DidYouMean(text, a.Words)).
			Next("one of %s", strings.Join(a.Words, ", "))
	}
	return text, nil
}

func (a Argument) number(n int64) (any, error) {
	if n < a.Min || a.Max > 0 && n > a.Max {
		limits := fmt.Sprintf("at least %d", a.Min)
		if a.Max > 0 {
			limits = fmt.Sprintf("%d to %d", a.Min, a.Max)
		}
		return nil, fail.Usagef("%s cannot be %d: it must be %s", a.Key, n, limits)
	}
	return json.Number(strconv.FormatInt(n, 10)), nil
}

func (a Argument) wrong(text string) error {
	return fail.Usagef("%s must be %s, not %q", a.Key, a.Kind, text)
}

// ParseArgument reads an argument of a queue as Arguments.Parse does. It refuses x-queue-type.
func ParseArgument(text string) (key string, value any, err error) {
	left, _, _ := strings.Cut(text, "=")
	if key, _, _ := strings.Cut(left, ":"); key == "x-queue-type" {
		return "", nil, about(Type, "x-queue-type is the type of the queue, not an argument")
	}
	return Known().Parse(text)
}

// Parse reads KEY[:TYPE]=VALUE, where TYPE is int, string, bool or json. Without a TYPE, the value of a well-known key
// has the type of that key. The value of any other key is sent as a number or a boolean if it looks like one, and as a
// string otherwise. A key that is similar to a well-known key is refused unless a TYPE is given, because brokers accept
// any key and ignore unknown ones.
func (all Arguments) Parse(text string) (key string, value any, err error) {
	left, raw, ok := strings.Cut(text, "=")
	key, kind, typed := strings.Cut(left, ":")
	if !ok || key == "" {
		return "", nil, about(Form, "%q is not KEY[:TYPE]=VALUE", text)
	}
	known, isKnown := all.Find(key)
	if isKnown && !typed {
		value, err = known.strict(raw)
		return key, value, err
	}
	if !typed {
		if near := all.nearest(key); near != "" {
			return "", nil, fail.Usagef("unknown argument %q, did you mean %q?", key, near).
				Next("brokers ignore arguments that they do not know; %s:TYPE=VALUE sends it anyway", key)
		}
		return key, guess(raw), nil
	}
	if value, err = ofType(key, kind, raw); err != nil {
		return "", nil, err
	}
	if isKnown {
		if err := known.accepts(value); err != nil {
			return "", nil, err
		}
	}
	return key, value, nil
}

func ofType(key, kind, raw string) (any, error) {
	switch kind {
	case "int":
		n, err := strconv.ParseInt(raw, 10, 64)
		if err != nil {
			return nil, fail.Usagef("%s:int must be a whole number, not %q", key, raw)
		}
		return json.Number(strconv.FormatInt(n, 10)), nil
	case "string":
		return raw, nil
	case "bool":
		b, err := strconv.ParseBool(raw)
		if err != nil {
			return nil, fail.Usagef("%s:bool must be true or false, not %q", key, raw)
		}
		return b, nil
	case "json":
		d := json.NewDecoder(strings.NewReader(raw))
		d.UseNumber()
		var v any
		if err := d.Decode(&v); err != nil {
			return nil, fail.Usagef("%s:json is not JSON: %v", key, err)
		}
		if _, err := d.Token(); err != io.EOF {
			return nil, fail.Usagef("%s:json has more than one JSON value", key)
		}
		return v, nil
	}
	kinds := []string{"int", "string", "bool", "json"}
	return nil, fail.Usagef("%s: no type %q%s", key, kind, fail.DidYouMean(kind, kinds)).
		Next("types: %s", strings.Join(kinds, ", "))
}

// accepts refuses a value that has the wrong type for the argument, such as a text for a TTL, or that is out of its
// bounds or not one of its words.
func (a Argument) accepts(value any) error {
	_, isText := value.(string)
	_, isNumber := value.(json.Number)
	_, isTruth := value.(bool)
	switch a.Kind {
	case Whole, Millis, Size:
		if isNumber {
			_, err := a.strict(fmt.Sprint(value))
			return err
		}
		return a.wrong(fmt.Sprint(value))
	case Truth:
		if !isTruth {
			return a.wrong(fmt.Sprint(value))
		}
		return nil
	}
	if !isText {
		return a.wrong(fmt.Sprint(value))
	}
	_, err := a.strict(value.(string))
	return err
}

// guess makes a number only of text that is written like a whole number, and a boolean of true and false. Other text
// stays text, also 007 and +5.
func guess(raw string) any {
	if n, err := strconv.ParseInt(raw, 10, 64); err == nil && strconv.FormatInt(n, 10) == raw {
		return json.Number(raw)
	}
	switch raw {
	case "true":
		return true
	case "false":
		return false
	}
	return raw
}
