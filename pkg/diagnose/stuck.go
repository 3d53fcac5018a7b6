package diagnose

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/rabbitctl/rabbitctl/pkg/health"
	"github.com/rabbitctl/rabbitctl/pkg/prose"
)

// QueueFlow holds the counts and counters of a queue at one moment. A reading that the broker does not report is not
// known, and not 0.
type QueueFlow struct {
	VHost, Name string
	// Type and State are as the broker names them: classic, quorum, stream and others; running, idle, down and others.
	Type, State string
	// Members is the number of members of a replicated queue, and Online the number of those that run; both are 0 if the
	// broker does not report them.
	Members, Online                     int
	Ready, Unacked, Messages, Consumers health.Reading
	// Published, Acked and Redelivered are counters. Acked includes messages delivered with automatic acknowledgement.
	Published, Acked, Redelivered health.Reading
	// Idle is the time since which the queue is idle; zero when it is not idle, or when that is not known.
	Idle time.Time
}

// Prefetch says how many unacknowledged messages the consumers of a queue may hold together.
type Prefetch struct {
	// Consumers is the number of consumers, and Limit the number of messages that they may hold; 0 means any number.
	Consumers, Limit int
	// unlimited means that a consumer may hold any number.
	unlimited bool
}

// Add counts a consumer. A consumer that need not acknowledge, or that has no known limit, makes the sum unlimited.
func (p *Prefetch) Add(acks bool, limit health.Reading) {
	p.Consumers++
	p.unlimited = p.unlimited || !acks || !limit.Known || limit.Value == 0
	if p.Limit += int(limit.Value); p.unlimited {
		p.Limit = 0
	}
}

func (p Prefetch) full(unacked float64) bool { return p.Limit > 0 && unacked >= float64(p.Limit) }

// StuckFacts holds what all queues have in common when they are judged.
type StuckFacts struct {
	// Elapsed is the time between the two looks at a queue; Now is the moment of the second look.
	Elapsed time.Duration
	Now     time.Time
	// NoRates means that the broker keeps no counters of messages (rates_mode none).
	NoRates bool
}

// The classes of queues that Judge reports, worst first. In the class NotKnown the queue could not be judged.
const (
	Stopped      = "stopped"
	Down         = "down"
	NoMajority   = "no-majority"
	NotAcking    = "not-acking"
	NotTaking    = "not-taking"
	NoConsumer   = "no-consumer"
	PrefetchFull = "prefetch-full"
	Growing      = "growing"
	Standing     = "standing"
	Idle         = "idle"
	Draining     = "draining"
	NotKnown     = "unknown"
)

func classes() []string {
	return []string{Stopped, Down, NoMajority, NotAcking, NotTaking, NoConsumer, PrefetchFull, Growing, Standing, Idle,
		Draining, NotKnown}
}

// idleAfter is how long a queue without consumers must be idle to count as abandoned and not as stuck.
const idleAfter = 24 * time.Hour

// StuckQueue is a queue in which messages stay longer than about ten seconds, that nobody can use (no majority, virtual
// host stopped, or node down), or that could not be judged.
type StuckQueue struct {
	QueueFlow
	Class, Reason string
	// PublishedRate, AckedRate and Growth are per second, over the time between the looks.
	PublishedRate, AckedRate, Growth health.Reading
	// ETA is the time in seconds until the queue is empty; known only while it drains.
	ETA health.Reading
}

// Judge compares a second look at a queue with the first. stuck is true if messages stay in the queue longer than about
// ten seconds, if nobody can use the queue (no majority, virtual host stopped, or node down), or if it cannot be
// judged. A stream is never stuck, since it keeps its messages. earlier holds the queue's readings at the first look;
// its field Seen is false if the queue did not exist then.
func (f StuckFacts) Judge(earlier Earlier, q QueueFlow, prefetch Prefetch) (s StuckQueue, stuck bool) {
	if q.Type == "stream" {
		return s, false
	}
	// The list of consumers shows a new consumer before the queue's own count does.
	if listed := float64(prefetch.Consumers); q.Consumers.Known && listed > q.Consumers.Value {
		q.Consumers.Value = listed
	}
	s.QueueFlow = q
	if earlier.Seen {
		seconds := f.Elapsed.Seconds()
		s.PublishedRate = rate(earlier.Published, q.Published, seconds)
		s.AckedRate = rate(earlier.Acked, q.Acked, seconds)
		s.Growth = change(earlier.Messages, q.Messages, seconds)
	}
	s.classify(f, earlier, prefetch)
	return s, s.Class != ""
}

// Earlier holds the readings of a first look. A second look is compared with them.
type Earlier struct {
	// Seen means that the queue existed.
	Seen                                    bool
	Messages, Published, Acked, Redelivered health.Reading
}

// WorstFirst sorts stuck queues, the worst first.
func WorstFirst(all []StuckQueue) {
	slices.SortStableFunc(all, func(a, b StuckQueue) int {
		return cmp.Or(cmp.Compare(slices.Index(classes(), a.Class), slices.Index(classes(), b.Class)),
			cmp.Compare(b.Messages.Value, a.Messages.Value), strings.Compare(a.VHost, b.VHost), strings.Compare(a.Name, b.Name))
	})
}

// change returns the growth of a reading per second; not known if one of the readings is not, or if no time has passed.
func change(from, to health.Reading, seconds float64) health.Reading {
	if !from.Known || !to.Known || seconds <= 0 {
		return health.Reading{}
	}
	return health.Reading{Value: (to.Value - from.Value) / seconds, Known: true}
}

// rate returns the growth of a counter per second; not known if the counter is missing now. A counter that was missing
// before, or that fell, counts as started at 0.
func rate(from, to health.Reading, seconds float64) health.Reading {
	if !from.Known || from.Value > to.Value {
		from = health.Reading{Known: true}
	}
	return change(from, to, seconds)
}

func (s *StuckQueue) classify(f StuckFacts, earlier Earlier, prefetch Prefetch) {
	switch why := s.unknown(); {
	case s.State == "minority", s.Online > 0 && 2*s.Online <= s.Members: // 3.10 calls such a queue running
		s.say(NoMajority, "half or more of its members do not run: publishers wait, and consumers get nothing")
	// This case comes before the case of unknown figures: the figures of a stopped queue can be known all the same.
	case s.State == "stopped":
		s.say(Stopped, "its virtual host does not run on its node, so nobody can use it")
	case !s.Messages.Known && s.State == "down":
		s.say(Down, "its node is down, so nobody can use it, and the broker does not report its figures")
	case why != "":
		s.say(NotKnown, "%s", why)
	case s.Messages.Value == 0:
	case s.Consumers.Value == 0:
		s.unread(f)
	case f.NoRates:
		s.say(NotKnown, "the broker counts no acknowledgements (rates_mode is none)%s", s.trend("; it "))
	case !earlier.Messages.Known:
		s.say(NotKnown, "at the first look it was not listed, or had no figures")
	case s.AckedRate.Value == 0:
		s.standing(f, earlier, prefetch)
	// The same rule as that of check_queues: messages that consumers finish within ten seconds are no backlog.
	case s.Messages.Value <= 10*s.AckedRate.Value:
	default:
		s.moving(prefetch)
	}
}

func (s *StuckQueue) say(class, format string, args ...any) {
	s.Class, s.Reason = class, fmt.Sprintf(format, args...)
}

// unknown says why the queue cannot be judged; "" if it can.
func (s *StuckQueue) unknown() string {
	if !s.Messages.Known || !s.Consumers.Known || !s.Ready.Known || !s.Unacked.Known {
		return "the broker does not report its figures: it is younger than 5 s, or its node is down"
	}
	return ""
}

// unread judges a queue without consumers.
func (s *StuckQueue) unread(f StuckFacts) {
	if idle := f.Now.Sub(s.Idle); !s.Idle.IsZero() && idle >= idleAfter {
		s.say(Idle, "nobody reads it, and nothing happened to it for %s", health.Lasting(idle.Seconds()))
		return
	}
	s.say(NoConsumer, "nobody reads it%s", s.trend(" and it "))
	if s.Unacked.Value > 0 {
		s.Reason += fmt.Sprintf("; %s held by a client that fetches messages one by one", number(s.Unacked.Value))
	}
}

// standing judges a queue whose consumers acknowledged nothing between the two looks.
func (s *StuckQueue) standing(f StuckFacts, earlier Earlier, prefetch Prefetch) {
	during := "in " + health.Lasting(f.Elapsed.Seconds())
	unacked := s.Unacked.Value
	switch again := redelivered(earlier, s.QueueFlow); {
	case unacked > 0 && again > 0:
		s.say(NotAcking, "no ack %s, and consumers put messages back: %s redelivered", during, number(again))
	case unacked > 0 && prefetch.full(unacked):
		s.say(NotAcking, "prefetch full (%s of %d), no ack %s", number(unacked), prefetch.Limit, during)
	case unacked > 0:
		s.say(NotAcking, "%s held, no ack %s", number(unacked), during)
	default:
		s.say(NotTaking, "%s messages: does it wait for another consumer, or is its channel blocked?",
			prose.Plural(int(s.Consumers.Value), "consumer takes no", "consumers take no"))
	}
}

// moving judges a queue whose consumers acknowledge.
func (s *StuckQueue) moving(prefetch Prefetch) {
	finished := health.PerSecond(s.AckedRate.Value)
	switch growth := health.PerSecond(math.Abs(s.Growth.Value)); {
	case s.Growth.Value < 0 && growth != "0":
		s.ETA = health.Reading{Value: s.Messages.Value / -s.Growth.Value, Known: true}
		s.say(Draining, "drains %s/s, empty in %s", growth, health.Lasting(s.ETA.Value))
	case prefetch.full(s.Unacked.Value) && s.Ready.Value > 0:
		s.say(PrefetchFull, "consumers hold all they may (%s of %d) and finish %s/s%s", number(s.Unacked.Value),
			prefetch.Limit,
			finished, s.trend("; it "))
	case s.Growth.Value > 0:
		s.say(Growing, "grows %s/s: consumers finish %s/s, too little", growth, finished)
	case s.Ready.Value > 0:
		s.say(Standing, "neither grows nor drains: consumers finish %s/s, as much as comes", finished)
	}
}

// trend returns the growth as a text that begins with joint, for example "; it grows 2/s"; "" when there is no growth
// or it is not known.
func (s *StuckQueue) trend(joint string) string {
	text := health.PerSecond(math.Abs(s.Growth.Value))
	switch {
	case !s.Growth.Known || text == "0":
		return ""
	case s.Growth.Value > 0:
		return joint + "grows " + text + "/s"
	}
	return joint + "shrinks " + text + "/s"
}

func redelivered(from Earlier, to QueueFlow) float64 {
	return rate(from.Redelivered, to.Redelivered, 1).Value
}

func number(n float64) string { return fmt.Sprintf("%.0f", n) }
