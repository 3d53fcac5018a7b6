package health

import (
	"fmt"
	"math"
	"slices"
	"strings"
)

// Queue holds what a broker reports about one queue. A figure that it does not report is an unknown Reading, and not 0.
type Queue struct {
	VHost, Name string
	// Type is classic, quorum, stream and others; State is running, idle, flow, down, crashed, stopped, minority and
	// others.
	Type, State string
	// Temporary means that the queue belongs to one connection, or that the server named it.
	Temporary bool
	// Messages is the number of ready and unacknowledged messages together.
	Ready, Unacked, Messages, Consumers Reading
	// Acked is the number of messages that consumers finish a second, as the broker computes it over its last 5 s.
	Acked Reading
	// Head is the timestamp property of the oldest message, in seconds since 1970. Brokers report it for classic queues
	// only, and only if the publisher, or a message interceptor, set the property.
	Head Reading
	// Growth is the number of messages a second by which the queue grew between two readings; negative while it drains.
	Growth Reading
}

// QueueLimits holds the limits of one queue.
type QueueLimits struct {
	// Consumers, Ready and Unacked limit numbers; Age and Drain are in seconds, Growth in messages a second.
	Consumers, Ready, Unacked, Age, Drain, Growth Limits
}

// IsZero reports whether nothing is limited.
func (l QueueLimits) IsZero() bool {
	return l.Consumers.IsZero() && l.Ready.IsZero() && l.Unacked.IsZero() && l.Age.IsZero() && !l.Trend()
}

// Trend reports whether there is a limit that needs two readings.
func (l QueueLimits) Trend() bool { return !l.Drain.IsZero() || !l.Growth.IsZero() }

// Or returns l, with each limit that l does not set taken from the argument other.
func (l QueueLimits) Or(other QueueLimits) QueueLimits {
	for _, x := range []struct{ mine, theirs *Limits }{{&l.Consumers, &other.Consumers}, {&l.Ready, &other.Ready},
		{&l.Unacked, &other.Unacked},
		{&l.Age, &other.Age}, {&l.Drain, &other.Drain}, {&l.Growth, &other.Growth}} {
		if x.mine.IsZero() {
			*x.mine = *x.theirs
		}
	}
	return l
}

// QueueVerdict is the verdict on one queue.
type QueueVerdict struct {
	Queue
	Status Status
	// Reasons says what is wrong, worst first, without the queue's name: "has no consumer".
	Reasons []string
	// Age and Drain are in seconds; not known if they are not limited, or if the figures are missing. Never means that
	// Drain is limited and the queue does not drain at all, so that Drain is not known.
	Age, Drain Reading
	Never      bool
}

// judgement collects what is wrong with one queue.
type judgement struct {
	QueueVerdict
	reasons [4][]string // by status
	unknown []string    // figures that the broker did not send
}

func (j *judgement) add(s Status, format string, args ...any) {
	if s != OK {
		j.Status = Worse(j.Status, s)
		j.reasons[s] = append(j.reasons[s], fmt.Sprintf(format, args...))
	}
}

// limited judges a count that the broker may not know.
func (j *judgement) limited(l Limits, r Reading, what string, said func(n float64) string) {
	if l.IsZero() {
		return
	}
	switch {
	case r.absent():
		j.unknown = append(j.unknown, what)
		return
	case !r.Known:
		j.add(Unknown, "reports %q in place of a number of %s", r.Raw, what)
		return
	}
	if s := l.Judge(r.Value); s != OK {
		j.add(s, "%s (%s)", said(r.Value), l.broken(s).words(number))
	}
}

// tellUntold adds a reason that names the figures that the broker did not send, and the likely cause.
func (j *judgement) tellUntold() {
	switch what := strings.Join(j.unknown, ", "); {
	case what == "":
	case j.State == "stopped":
		j.add(Unknown, "does not report %s: its virtual host is stopped on its node", what)
	case !isUp(j.State):
		j.add(Unknown, "does not report %s: it is %s", what, j.State)
	default:
		j.add(Unknown, "does not report %s yet: it may be younger than 5 s, or statistics may be off", what)
	}
}

func isUp(state string) bool {
	switch state {
	case "running", "idle", "flow", "live", "":
		return true
	}
	return false
}

// JudgeQueue judges one queue at the moment now, in seconds since 1970. Messages stay in a stream after they are read,
// so for a stream only the consumers are judged.
func JudgeQueue(q Queue, l QueueLimits, now float64) QueueVerdict {
	j := &judgement{QueueVerdict: QueueVerdict{Queue: q}}
	j.limited(l.Consumers, q.Consumers, "consumers", func(n float64) string {
		if n == 0 {
			return "has no consumer"
		}
		return "has " + quantity(n, "consumer")
	})
	if q.Type != "stream" {
		j.limited(l.Ready, q.Ready, "ready messages", func(n float64) string { return "has " + number(n) + " ready" })
		j.limited(l.Unacked, q.Unacked, "unacknowledged messages", func(n float64) string {
			return "has " + number(n) + " unacknowledged"
		})
		j.age(l.Age, now)
		j.growth(l.Growth)
		j.drain(l.Drain)
	}
	j.tellUntold()
	for _, s := range []Status{Critical, Warning, Unknown} {
		j.Reasons = append(j.Reasons, j.reasons[s]...)
	}
	return j.QueueVerdict
}

// age judges how old the oldest message is: 0 in an empty queue, UNKNOWN if the broker does not report its timestamp.
func (j *judgement) age(l Limits, now float64) {
	if l.IsZero() {
		return
	}
	age := now - j.Head.Value
	switch {
	case j.Messages.Known && j.Messages.Value == 0:
		j.Age = Reading{Known: true}
	case !j.Messages.Known:
		j.unknown = append(j.unknown, "messages")
	case !j.Head.Known && j.Type != "classic":
		j.add(Unknown, "does not report how old its messages are: brokers report the age for classic queues only")
	case !j.Head.Known:
		j.add(Unknown, "does not report how old its messages are: they carry no timestamp (the publisher's, or that of the broker's message interceptor)")
	case age < -60:
		j.add(Unknown, "has a message with a timestamp in the future: is a clock wrong, or is the timestamp in milliseconds?")
	default:
		j.Age = Reading{Value: math.Max(age, 0), Known: true}
		if s := l.Judge(j.Age.Value); s != OK {
			j.add(s, "has a message %s old (%s)", Lasting(j.Age.Value), l.broken(s).words(Lasting))
		}
	}
}

func (j *judgement) growth(l Limits) {
	if l.IsZero() {
		return
	}
	if !j.Growth.Known {
		j.noTrend()
		return
	}
	if s := l.Judge(j.Growth.Value); s != OK {
		j.add(s, "%s (%s)", j.trend(), l.broken(s).words(func(n float64) string { return PerSecond(n) + "/s" }))
	}
}

// drain judges how long the queue takes to empty. A queue whose consumers acknowledge in ten seconds as many messages
// as it holds is fine: its few messages come and go, and the difference between two readings says nothing.
func (j *judgement) drain(l Limits) {
	if l.IsZero() {
		return
	}
	if !j.Growth.Known || !j.Messages.Known {
		j.noTrend()
		return
	}
	held := j.Messages.Value
	switch {
	case held == 0 || j.Acked.Known && held <= 10*j.Acked.Value:
		j.Drain = Reading{Known: true}
	case j.Growth.Value < 0:
		j.Drain = Reading{Value: held / -j.Growth.Value, Known: true}
	default:
		j.Never = true
		// Judge "never" like the longest possible time.
		if s := l.Judge(math.MaxFloat64); s != OK {
			j.add(s, "%s, so it never drains (%s)", j.trend(), l.broken(s).words(Lasting))
		}
		return
	}
	if s := l.Judge(j.Drain.Value); s != OK {
		j.add(s, "%s, empty in %s (%s)", j.trend(), Lasting(j.Drain.Value), l.broken(s).words(Lasting))
	}
}

func (j *judgement) noTrend() {
	const text = "has no known growth: one of two counts is missing"
	if !slices.Contains(j.reasons[Unknown], text) {
		j.add(Unknown, text)
	}
}

// trend returns the growth in words.
func (j *judgement) trend() string { return trend(j.Growth.Value) }

func trend(growth float64) string {
	switch text := PerSecond(math.Abs(growth)); {
	case text == "0":
		return "stands still"
	case growth > 0:
		return "grows " + text + "/s"
	default:
		return "drains " + text + "/s"
	}
}

func quantity(n float64, one string) string {
	if n == 1 {
		return "1 " + one
	}
	return number(n) + " " + one + "s"
}
