package change

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/rabbitctl/rabbitctl/pkg/broker"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/prose"
	"github.com/rabbitctl/rabbitctl/pkg/record"
	"github.com/rabbitctl/rabbitctl/pkg/topology"
)

// superStream is one run of add_super_stream.
type superStream struct {
	name       string
	partitions int
	// counted means that the command line gave the number of partitions.
	counted bool
	// keys are the routing keys, one for each partition, in their order.
	keys      []string
	arguments arguments
	// made are the names of the partitions that this run has declared.
	made []string
}

// AddSuperStream creates the parts of a super stream one by one: an exchange, its partitions and their bindings. Newer
// releases have one request for all of them. But older releases lack that request. And the request ignores each
// argument whose name begins with x- (4.3).
func AddSuperStream() Op {
	s := &superStream{partitions: 3, arguments: arguments{}}
	return Op{Name: "add_super_stream", Noun: "super stream", Scoped: true, Compares: true, Params: s.params(),
		Check: s.check, Plan: s.plan}
}

func (s *superStream) params() []Param {
	count := WholeFlag("partitions", "how many partitions, each a stream", &s.partitions)
	set := count.Set
	count.Set = func(text string) error {
		s.counted = true
		return set(text)
	}
	keys := Flag("binding-keys",
		"one partition for each of these binding keys, separated by commas; not with --partitions", new(string))
	keys.Set = func(text string) error {
		s.keys = KeysOf(text)
		return nil
	}
	former := keys.Official()
	former.Name = "routing-keys"
	return slices.Concat([]Param{Arg("name", &s.name, SuperStreamNames), count, keys, former}, s.own(), s.official())
}

// KeysOf splits a text into routing keys, as the official tool does: it removes blanks around a key, and leaves out
// empty keys.
func KeysOf(text string) (keys []string) {
	for _, key := range strings.Split(text, ",") {
		if key = strings.TrimSpace(key); key != "" {
			keys = append(keys, key)
		}
	}
	return keys
}

// own returns rabbitctl's options for the arguments of partitions. They are those of declare_stream.
func (s *superStream) own() (all []Param) {
	arguments := topology.Known()
	for _, o := range streamOptions() {
		known, _ := arguments.Find(o.key)
		all = append(all, s.arguments.option(known, o.name, o.help).Own())
	}
	return all
}

// official returns the official tool's options for the arguments of partitions. Package personality has checked their
// values.
func (s *superStream) official() (all []Param) {
	for _, o := range []argumentOption{{"x-max-length-bytes", "max-length-bytes", ""}, {"x-max-age", "max-age", ""},
		{"x-stream-max-segment-size-bytes", "stream-max-segment-size-bytes", ""},
		{"x-queue-leader-locator", "leader-locator", ""}, {"x-initial-cluster-size", "initial-cluster-size", ""}} {
		p := Flag(o.name, o.help, new(string)).Official()
		p.Set = func(text string) error {
			value, err := officialArgument(o.key, text)
			s.arguments[o.key] = value
			return err
		}
		if o.key == "x-initial-cluster-size" {
			p.Kind = Whole
		}
		all = append(all, p)
	}
	return all
}

func (s *superStream) check() error {
	switch {
	case s.partitions < 1:
		return fail.Usagef("a super stream needs at least 1 partition, not %d", s.partitions)
	case s.counted && len(s.keys) > 0:
		return fail.Usagef("--partitions and --binding-keys exclude each other: there is one partition for each key")
	}
	s.number()
	for i, key := range s.keys {
		if slices.Contains(s.keys[:i], key) {
			return fail.Usagef("the binding key %q is given twice", key)
		}
		q := s.partition(key)
		if err := q.Validate(); err != nil {
			return err
		}
	}
	return nil
}

// number makes routing keys if the command line gave none: 0, 1, 2.
func (s *superStream) number() {
	if len(s.keys) > 0 {
		return
	}
	for i := range s.partitions {
		s.keys = append(s.keys, strconv.Itoa(i))
	}
}

// partition returns the properties with which the partition for a routing key is declared.
func (s *superStream) partition(key string) topology.Queue {
	return topology.Queue{Name: s.name + "-" + key, Type: "stream", Durable: true, Arguments: s.arguments}
}

func (s *superStream) label() string {
	return fmt.Sprintf("super stream %s of %s", s.name, prose.Plural(len(s.keys), "partition", "partitions"))
}

func (s *superStream) plan(ctx context.Context, at Site) (*Plan, error) {
	s.number()
	found, err := s.find(ctx, at)
	switch {
	case err != nil:
		return nil, err
	case at.Official && found.exchange.Known():
		return nil, &Exists{What: "exchange", Name: s.name}
	case at.Official && len(found.queues) > 0:
		return nil, &Exists{What: "queue", Name: s.partition(s.keys[found.first()]).Name}
	}
	if differences := s.differences(found); len(differences) > 0 && !at.Official {
		return &Plan{Done: &Outcome{Word: "differs", Failed: fail.Verdict(fail.Differs),
			Facts: record.Document{differing(differences)},
			Notes: []string{fmt.Sprintf("nothing was changed: super stream %s in virtual host %s exists with other "+
				"properties, or an exchange or queue exists with a name that it needs; this command never changes what exists",
				s.name, at.VHost)}}}, nil
	}
	left := found.left(s)
	if found.exchange.Known() && left == 0 {
		return Finished("unchanged"), nil
	}
	action, word := "add", "created"
	if found.exchange.Known() {
		action, word = "finish", "changed"
	}
	plan := Once(action+" "+s.label()+" in virtual host "+at.VHost, word,
		func(ctx context.Context) error { return s.make(ctx, at, found) })
	if plan.Hits = found.shown(s); !found.exchange.Known() {
		plan.Now = "missing"
	}
	return plan.Seen(func(ctx context.Context, o Outcome) (Outcome, error) { return s.seen(ctx, at, o) }), nil
}

// make creates the missing parts. It declares the exchange first: if the run is interrupted, the exchange shows the
// next run that the super stream was begun. It binds the last partition before the others: see superParts.smaller.
func (s *superStream) make(ctx context.Context, at Site, found *superParts) error {
	if err := s.balance(ctx, at); err != nil {
		return err
	}
	if !found.exchange.Known() {
		if err := at.Broker.DeclareExchange(ctx, at.VHost, s.name, broker.ExchangeSettings{Type: "direct", Durable: true,
			Arguments: map[string]any{"x-super-stream": true}}); err != nil {
			return err
		}
	}
	err := s.makePartitions(ctx, at, found)
	switch {
	case err == nil:
		return nil
	case at.Official:
		s.undo(context.WithoutCancel(ctx), at)
		return err
	}
	return fail.New(fail.KindOf(err), "super stream %s in virtual host %s is not complete yet: %w", s.name, at.VHost, err).
		Next("remove the cause, then run the same command again: it makes the missing parts; to give up: %s",
			s.givingUp(at, found))
}

// givingUp returns the commands that delete the parts that exist after an error. delete_super_stream finds partitions
// by their bindings. So delete_queue must delete the partitions that are not bound yet.
func (s *superStream) givingUp(at Site, found *superParts) string {
	words := []string{"-p", at.VHost}
	for i, key := range s.keys {
		name := s.partition(key).Name
		if _, is := found.queues[i]; (is || slices.Contains(s.made, name)) && !found.bound[i] {
			words = append(words, name)
		}
	}
	whole := fail.Command("delete_super_stream", "-p", at.VHost, s.name)
	if len(words) == 2 {
		return whole
	}
	return whole + ", and for the partitions that are not bound yet " + fail.Command("delete_queue", words...)
}

func (s *superStream) makePartitions(ctx context.Context, at Site, found *superParts) error {
	for i, key := range s.keys {
		if _, is := found.queues[i]; is {
			continue
		}
		at.Waiting("partition %d of %d", i+1, len(s.keys))
		q := s.partition(key)
		arguments := s.arguments.sent()
		arguments["x-queue-type"] = "stream"
		if _, err := at.Broker.DeclareQueue(ctx, at.VHost, q.Name, true, false, arguments); err != nil {
			return err
		}
		s.made = append(s.made, q.Name)
	}
	for i := len(s.keys) - 1; i >= 0; i-- {
		if found.bound[i] {
			continue
		}
		ends := broker.Ends{Source: s.name, Destination: s.partition(s.keys[i]).Name, Kind: "queue"}
		if err := at.Broker.Bind(ctx, at.VHost, ends, s.keys[i], map[string]any{orderKey: i}); err != nil {
			return err
		}
		found.bound[i] = true
	}
	return nil
}

// undo deletes the parts that were created, as the official tool does if it cannot create all of them.
func (s *superStream) undo(ctx context.Context, at Site) {
	for _, name := range s.made {
		_ = at.Broker.DeleteQueue(ctx, at.VHost, name)
	}
	_ = at.Broker.DeleteExchange(ctx, at.VHost, s.name)
}

// balance lets the broker spread the leaders of the partitions over the nodes, on releases since 4.0, as the official
// tool does. It changes nothing if the command line chooses the place of leaders.
func (s *superStream) balance(ctx context.Context, at Site) error {
	const locator = "x-queue-leader-locator"
	if s.arguments[locator] != nil {
		return nil
	}
	overview, err := at.Broker.Brief(ctx)
	if err == nil && since(overview.At("rabbitmq_version").Text(), 4, 0) {
		s.arguments[locator] = "balanced"
	}
	return err
}

// seen reads the super stream back, and compares it with the wanted one.
func (s *superStream) seen(ctx context.Context, at Site, o Outcome) (Outcome, error) {
	found, err := s.find(ctx, at)
	switch {
	case err != nil:
		return o, fail.New(fail.KindOf(err), "%s was made, but it cannot be read back: %w", s.label(), err)
	case len(s.differences(found)) > 0 || found.left(s) > 0:
		return o, fail.New(fail.Incomplete, "%s was made, but now differs from what was wanted", s.label()).
			Next("the same command with --check shows what differs")
	}
	return o, nil
}
