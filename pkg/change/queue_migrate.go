package change

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/rabbitctl/rabbitctl/pkg/broker"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/messages"
	"github.com/rabbitctl/rabbitctl/pkg/prose"
	"github.com/rabbitctl/rabbitctl/pkg/record"
	"github.com/rabbitctl/rabbitctl/pkg/topology"
)

// migration recreates a queue with another type or other arguments. Meanwhile a second queue, the parking queue, gets
// the bindings of the first one and holds its messages. The next steps depend only on the objects that exist on the
// broker. So if a run was interrupted, the same command finishes it.
type migration struct {
	name, kind string
	arguments  arguments
	without    []string
	// empty means that the queue must be empty: a queue with messages is refused.
	empty bool
	// via is the way to move messages; "" until it is chosen. unreached is the reason why they are not moved over AMQP.
	via, unreached string
	// resumed means that this run finishes an interrupted one.
	resumed bool
	// away is the number of messages that this run has moved to the parking queue.
	away   int64
	at     Site
	target topology.Queue
}

// parkingKey is an argument of the parking queue. Its value describes the new queue: once the old queue is deleted,
// nothing else on the broker describes it. Brokers keep arguments that they do not know (measured on 3.10 and 4.3).
const parkingKey = "x-rabbitctl-migration"

// parked is the value of the argument parkingKey.
type parked struct {
	Type      string         `json:"type"`
	Arguments map[string]any `json:"arguments"`
}

// MigrateQueue recreates a queue, and moves its messages to the parking queue and back.
func MigrateQueue() Op {
	m := &migration{kind: "quorum", arguments: arguments{}}
	return m.op("migrate_queue", Flag("to-type", "type of the new queue", &m.kind, "quorum", "classic"))
}

// RecreateQueue recreates a queue that is empty.
func RecreateQueue() Op {
	m := &migration{arguments: arguments{}, empty: true}
	return m.op("recreate_queue", Flag("type", "type of the new queue (default: its present type)", &m.kind, "quorum",
		"classic"))
}

func (m *migration) op(name string, kind Param) Op {
	return Op{
		Name: name, Noun: "queue", Scoped: true, Loses: true, AMQP: true, Lasting: true,
		Params: []Param{Arg("queue", &m.name, QueueNames), kind, m.arguments.flag(topology.ParseArgument),
			viaFlag(&m.via, "what moves messages (default amqp if its port can be reached from here, else shovel)"),
			{Name: "without", Help: "leave this `ARGUMENT` of the present queue out (may be repeated)", Role: Option, Free: true,
				Set: func(text string) error {
					m.without = append(m.without, text)
					return nil
				}}},
		Check: m.check,
		Plan: func(ctx context.Context, at Site) (*Plan, error) {
			m.at = at
			return m.plan(ctx)
		},
	}
}

func (m *migration) check() error {
	if kinds := []string{"quorum", "classic"}; m.kind != "" && !slices.Contains(kinds, m.kind) {
		return fail.Usagef("a queue cannot become %q%s", m.kind, fail.DidYouMean(m.kind, kinds)).
			Next("a queue can become quorum or classic")
	}
	if err := checkVia(m.via); err != nil {
		return err
	}
	q := topology.Queue{Name: m.name, Type: m.kind, Durable: true, Arguments: m.arguments}
	if err := q.Validate(); err != nil {
		return err
	}
	if len(m.parking()) > 255 {
		return fail.Usagef("the queue's name is too long: that of the parking queue, %s, has more than 255 bytes", m.parking())
	}
	return nil
}

func (m *migration) parking() string { return m.name + ".migrating" }

func (m *migration) plan(ctx context.Context) (*Plan, error) {
	park, err := m.at.Broker.Queue(ctx, m.at.VHost, m.parking())
	there := err == nil
	if err != nil && !broker.IsNotFound(err) {
		return nil, err
	}
	if m.resumed = there; there {
		if err := m.resume(park); err != nil {
			return nil, err
		}
		if err := m.settled(ctx); err != nil {
			return nil, err
		}
	}
	q, err := countQueue(ctx, m.at, m.name)
	switch {
	case MissingOf(err) != nil && there:
		return m.last(&Plan{Notes: []string{fmt.Sprintf("an interrupted run left the queue's messages and bindings in %s",
			m.parking())}}, false), nil
	case err != nil:
		return nil, err
	}
	return m.from(ctx, q, there)
}

// from returns the plan for a queue that exists. parked means that an interrupted run left the parking queue.
func (m *migration) from(ctx context.Context, q countedQueue, parked bool) (*Plan, error) {
	has := storedQueue(q.raw)
	if !parked {
		if err := m.aim(has); err != nil {
			return nil, err
		}
	}
	m.target.Name, m.target.VHost, m.target.Durable = m.name, m.at.VHost, true
	made := len(topology.Compare(m.target, has, topology.Deciders{})) == 0 && len(has.Arguments) == len(m.target.Arguments)
	switch {
	case made && !parked:
		return Finished("unchanged"), nil
	case made:
		return m.last(&Plan{Hits: q.hits(), Notes: append(q.ages(), m.twice())}, true), nil
	}
	if err := m.refuses(ctx, q); err != nil {
		return nil, err
	}
	dangers, err := m.safe(ctx, q, has)
	if err != nil {
		return nil, err
	}
	notes := append(q.ages(), m.told(q, has)...)
	if parked {
		notes = append(notes, m.twice())
	}
	return m.whole(&Plan{Hits: q.hits(), Notes: notes, Dangers: dangers}), nil
}

// twice returns a note on the messages that an interrupted run can have left in both queues.
func (m *migration) twice() string {
	return fmt.Sprintf("if the interrupted run was killed while it moved messages, up to %d of them are in both queues, "+
		"and become duplicates", messages.Window)
}

// resume reads from the parking queue what the interrupted run wanted.
func (m *migration) resume(park record.Value) error {
	text, _ := park.At("arguments").Map()[parkingKey].(string)
	var wanted parked
	decoder := json.NewDecoder(strings.NewReader(text))
	decoder.UseNumber()
	if err := decoder.Decode(&wanted); err != nil {
		return fail.New(fail.Data, "queue %s already exists, and was not made by an interrupted run of this command",
			m.parking()).Next("this command needs that name; %s shows whether that queue can be deleted",
			fail.Command("show_queue", "-p", m.at.VHost, m.parking()))
	}
	if m.kind != "" && m.kind != wanted.Type {
		again := fail.CommandWith([]string{"-p", m.at.VHost, "--to-type", wanted.Type}, "migrate_queue", m.name)
		if m.empty {
			again = fail.CommandWith([]string{"-p", m.at.VHost, "--type", wanted.Type}, "recreate_queue", m.name)
		}
		return fail.New(fail.Data, "another run of this command has begun to migrate queue %s to the type %s, "+
			"not to %s", m.name, wanted.Type, m.kind).Next("if that run was interrupted, finish it first: %s", again)
	}
	for key, value := range m.arguments {
		if !topology.SameArguments(map[string]any{key: value}, map[string]any{key: wanted.Arguments[key]}) {
			return fail.New(fail.Data, "another run of this command has begun to recreate queue %s, with another value "+
				"of %[2]s or without %[2]s", m.name, key).
				Next("if that run was interrupted, finish it first: run this command again without --argument")
		}
	}
	m.target.Type, m.target.Arguments = wanted.Type, wanted.Arguments
	return nil
}

// aim sets the type and the arguments of the new queue. It takes the arguments of the present queue, removes those that
// --without names, and then sets those that the command line gives. It refuses arguments that the new type cannot have.
func (m *migration) aim(has topology.Queue) error {
	m.target.Type, m.target.Arguments = m.kind, maps.Clone(has.Arguments)
	if m.target.Type == "" {
		m.target.Type = has.Type
	}
	if m.target.Arguments == nil {
		m.target.Arguments = map[string]any{}
	}
	for _, key := range m.without { // the queue may lack it already, after an earlier run
		delete(m.target.Arguments, key)
	}
	maps.Copy(m.target.Arguments, m.arguments)
	var unfit []string
	for _, key := range slices.Sorted(maps.Keys(m.target.Arguments)) {
		one := topology.Queue{Name: m.name, Type: m.target.Type, Durable: true,
			Arguments: map[string]any{key: m.target.Arguments[key]}}
		err := one.Validate()
		if _, given := m.arguments[key]; given && err != nil {
			return err
		}
		if err != nil {
			unfit = append(unfit, key)
		}
	}
	if len(unfit) > 0 {
		return fail.New(fail.Data, "refused: a %s queue cannot have %s, which queue %s has", m.target.Type,
			strings.Join(unfit, ", "), m.name).Next("--without %s leaves it out", strings.Join(unfit, " --without "))
	}
	return nil
}

// refuses returns the reason why the queue cannot be recreated now; nil if it can.
func (m *migration) refuses(ctx context.Context, q countedQueue) error {
	consumers, known := q.consumers.Int()
	switch {
	case q.exclusive:
		return q.exclusiveTo(m.name)
	case q.kind.Text() == "stream":
		return fail.New(fail.Data, "refused: queue %s is a stream: messages stay in it after they are read, so they cannot "+
			"be moved out",
			m.name).
			Next("declare another queue for new messages, and let consumers read the stream to its end")
	case !q.countsKnown || q.stopped():
		return fail.New(fail.Data, "refused: the broker does not know how many messages queue %s holds", m.name).
			Next("is its node up? rabbitctl list_queues name state node messages")
	case !known:
		return fail.New(fail.Data, "refused: the broker does not report whether queue %s has consumers", m.name).
			Next("are its statistics switched off? rabbitctl doctor")
	case consumers > 0 || q.unackedCount > 0:
		return fail.New(fail.Data, "refused: queue %s has %s and %s", m.name, consumersOf(q.consumers),
			prose.Plural(int(q.unackedCount), "unacknowledged message", "unacknowledged messages")).
			Next("stop them first: %s names the consumers, %s who holds unacknowledged messages",
				fail.Command("show_queue", "-p", m.at.VHost, m.name), fail.Command("list_unacked", "-p", m.at.VHost, m.name))
	case m.empty && q.readyCount > 0:
		return fail.New(fail.Data, "refused: queue %s is not empty: %s ready", m.name,
			prose.Plural(int(q.readyCount), "message is", "messages are")).
			Next("rabbitctl migrate_queue moves its messages, too")
	}
	if limit, limited := record.Of(m.target.Arguments["x-max-length"]).Int(); limited && q.readyCount > limit {
		return fail.New(fail.Data, "refused: queue %s holds %s, but with x-max-length %d the new queue cannot "+
			"hold them all", m.name, prose.Plural(int(q.readyCount), "message", "messages"), limit).
			Next("use a higher limit, or let consumers empty the queue first")
	}
	if q.readyCount == 0 {
		return nil
	}
	if err := noAlarm(ctx, m.at); err != nil {
		return err
	}
	return m.choose(ctx, m.name, m.parking())
}

// told returns the notes about the side effects of the migration.
func (m *migration) told(q countedQueue, has topology.Queue) []string {
	notes := []string{
		fmt.Sprintf("until the new queue is ready, queue %s gets the messages that are routed to queue %s; a message "+
			"published while a binding moves can be stored twice", m.parking(), m.name),
		"what is published to the queue's name (default exchange) while the queue does not exist is dropped, or returned " +
			"if it is mandatory: stop such publishers",
	}
	if q.readyCount > 0 {
		notes = append(notes, m.carries())
	}
	if !m.empty {
		notes = append(notes, "moved messages keep their headers, but get the default exchange and the queue's name as their "+
			"exchange and routing key; new messages may get ahead of the moved ones")
	}
	if !has.Durable {
		notes = append(notes, "the queue is transient, and becomes durable")
	}
	if has.AutoDelete {
		notes = append(notes, "the queue is auto-delete, and the new one is not")
	}
	return notes
}
