package change

import (
	"context"
	"encoding/json"
	"fmt"
	"regexp"
	"strings"

	"github.com/rabbitctl/rabbitctl/pkg/broker"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/prose"
	"github.com/rabbitctl/rabbitctl/pkg/queues"
	"github.com/rabbitctl/rabbitctl/pkg/record"
	"github.com/rabbitctl/rabbitctl/pkg/topology"
)

// queueDeclaration is one declaration of a queue: for declare_queue, declare_stream, migrate_queue or recreate_queue.
type queueDeclaration struct {
	want topology.Queue
	// noun names the queue in a sentence: queue or stream.
	noun      string
	arguments arguments
	at        Site
	// there means that the queue existed before this run.
	there bool
}

// DeclareQueue creates a queue, and never changes an existing one.
func DeclareQueue() Op {
	d := newQueue("")
	return d.op("declare_queue", "queue", append([]Param{
		Flag("type", "type of the queue (default: that of the virtual host)", &d.want.Type, "classic", "quorum", "stream"),
		Switch("durable", "survive a restart of the broker (default: true)", &d.want.Durable),
		Switch("auto-delete", "delete it with its last consumer", &d.want.AutoDelete)},
		d.options(queueOptions())...))
}

// DeclareStream creates a stream, and never changes an existing one.
func DeclareStream() Op {
	d := newQueue("stream")
	return d.op("declare_stream", "stream", d.options(streamOptions()))
}

func newQueue(kind string) *queueDeclaration {
	return &queueDeclaration{want: topology.Queue{Type: kind, Durable: true}, arguments: arguments{}}
}

func (d *queueDeclaration) op(name, noun string, params []Param) Op {
	d.noun = noun
	return Op{Name: name, Noun: noun, Scoped: true, Compares: true,
		Params: append([]Param{Arg(noun, &d.want.Name, QueueNames)}, params...),
		Check: func() error {
			d.want.Arguments = d.arguments
			return inFlags(d.want.Validate())
		},
		Plan: func(ctx context.Context, at Site) (*Plan, error) {
			d.at, d.want.VHost, d.want.Arguments = at, at.VHost, d.arguments
			return d.plan(ctx)
		}}
}

func (d *queueDeclaration) plan(ctx context.Context) (*Plan, error) {
	look := ctx
	if !d.at.DryRun {
		// Believe a 404 at once: if the queue exists but cannot be reached, the broker refuses the declaration, and the queue
		// stays as it is.
		look = broker.Believing(ctx)
	}
	raw, err := d.at.Broker.Queue(look, d.want.VHost, d.want.Name)
	switch {
	case broker.IsNotFound(err):
		if err := d.at.Broker.EnterVHost(ctx, d.want.VHost); err != nil {
			return nil, err
		}
	case err != nil:
		return nil, err
	default:
		d.there = true
		return d.existing(ctx, raw)
	}
	return &Plan{Now: "missing", Steps: []Step{{Action: "declare " + d.label(), Do: d.create}}}, nil
}

// existing compares the queue with the wanted one. If it finds no difference, it leaves the decision to the broker:
// only the broker knows for sure what a type defaults to, for example. To declare a queue that exists changes nothing.
func (d *queueDeclaration) existing(ctx context.Context, raw record.Value) (*Plan, error) {
	by, err := d.deciders(ctx, raw)
	if err != nil {
		return nil, err
	}
	if differences := topology.Compare(d.want, storedQueue(raw), by); len(differences) > 0 {
		return &Plan{Done: d.differs(ctx, differences, raw, by)}, nil
	}
	if d.at.DryRun {
		return &Plan{Done: d.unchanged()}, nil
	}
	action := "declare " + d.label() + ", which exists and looks as wanted"
	return &Plan{Steps: []Step{{Action: action, Do: d.create}}}, nil
}

// create declares the queue, reads it back and compares it with the wanted one.
func (d *queueDeclaration) create(ctx context.Context) (Outcome, error) {
	arguments := d.arguments.sent()
	if d.want.Type != "" {
		arguments["x-queue-type"] = d.want.Type
	}
	created, err := d.at.Broker.DeclareQueue(ctx, d.want.VHost, d.want.Name, d.want.Durable, d.want.AutoDelete, arguments)
	if err != nil {
		return d.refused(ctx, err)
	}
	if d.at.Broker.AnswerLost() {
		created = !d.there
	}
	raw, err := d.at.Broker.Queue(ctx, d.want.VHost, d.want.Name)
	if err != nil {
		return Outcome{}, fail.New(fail.KindOf(err), "%s was declared, but cannot be read back: %w", d.label(), err)
	}
	has := storedQueue(raw)
	if d.want.Type == "" {
		// No type was given, so any default type of the broker is right.
		has.Type = ""
	}
	if differences := topology.Compare(d.want, has, topology.Deciders{}); len(differences) > 0 {
		o := d.differs(ctx, differences, raw, topology.Deciders{})
		if created {
			o.Notes[0] = d.label() + " was created, but the broker did not keep all properties that were asked for"
		}
		return *o, nil
	}
	o := d.unchanged()
	if created {
		o.Word = "created"
	}
	o.Notes = append(o.Notes, d.warnings(ctx)...)
	return *o, nil
}

// refused handles the broker's refusal to declare a queue that exists with other properties: it returns an outcome with
// the word "differs". It returns any other error unchanged.
func (d *queueDeclaration) refused(ctx context.Context, refusal error) (Outcome, error) {
	if broker.Status(refusal) != 400 || !strings.Contains(refusal.Error(), "inequivalent arg") {
		return Outcome{}, refusal
	}
	raw, err := d.at.Broker.Queue(ctx, d.want.VHost, d.want.Name)
	if err != nil {
		return Outcome{}, refusal
	}
	by, err := d.deciders(ctx, raw)
	if err != nil {
		return Outcome{}, err
	}
	o := d.differs(ctx, topology.Compare(d.want, storedQueue(raw), by), raw, by)
	o.Notes = append(o.Notes, refusal.Error())
	return *o, nil
}

func (d *queueDeclaration) label() string {
	return fmt.Sprintf("%s %s in virtual host %s", d.noun, d.want.Name, d.want.VHost)
}

func (d *queueDeclaration) unchanged() *Outcome { return &Outcome{Word: "unchanged"} }

// holds says which messages would be lost if somebody deleted the queue to declare it again; "" if the broker does not
// report them.
func (d *queueDeclaration) holds(ctx context.Context, raw record.Value) string {
	has, err := d.at.Broker.QueueCount(ctx, d.want.VHost, d.want.Name, raw.At("type").Text())
	if err != nil || !has.Ready.Known() || !has.Unacked.Known() {
		return ""
	}
	text := fmt.Sprintf("the queue holds %s ready and %s unacknowledged messages", has.Ready.Text(), has.Unacked.Text())
	late, joint := "", " and has "
	if bindings, err := boundTo(ctx, d.at, d.want.Name); err == nil && bindings.Known() {
		n, _ := bindings.Int()
		text += joint + prose.Plural(int(n), "binding", "bindings")
		joint = " and "
	}
	if consumers := queues.ConsumerCount(raw, raw.At("state")); consumers.Known() {
		text += joint + consumersOf(consumers)
		late = " (the count of consumers can be up to 5 s old)"
	}
	if raw.At("type").Text() != "classic" {
		late = " (these figures can be some seconds old)"
	}
	return text + late
}

func (d *queueDeclaration) differs(ctx context.Context, differences []topology.Difference, raw record.Value,
	by topology.Deciders) *Outcome {
	o := &Outcome{Word: "differs", Facts: record.Document{differing(differences)}, Failed: fail.Verdict(fail.Differs)}
	o.Notes = append(o.Notes, fmt.Sprintf("queue %s in virtual host %s exists and was not changed: declaring never changes "+
		"a queue", d.want.Name, d.want.VHost))
	if holds := d.holds(ctx, raw); holds != "" {
		o.Notes = append(o.Notes, holds)
	}
	if definition := topology.PolicyDefinition(d.want, differences); definition != nil {
		// Only the policy with the highest priority applies to a queue. So a new one must also set the keys that the present
		// one sets.
		for key, value := range by.PolicyKeys {
			if _, wanted := definition[key]; !wanted {
				definition[key] = value
			}
		}
		text, _ := json.Marshal(definition)
		priority, how := "", ""
		switch {
		case by.Policy == "":
		case by.PolicyPriority == nil:
			how = "whose settings are not known: add them to the command above, and --priority with a number above its priority"
		default:
			priority = fmt.Sprintf(" --priority %d", *by.PolicyPriority+1)
			how = fmt.Sprintf("which has priority %d: so the command above repeats its other settings, with a higher priority",
				*by.PolicyPriority)
		}
		o.Notes = append(o.Notes,
			fmt.Sprintf("a policy can set each property that has yes in the column policy_can_set_it: "+
				"rabbitctl set_policy -p %s --apply-to queues%s NAME %s %s --dry-run",
				fail.Word(d.want.VHost), priority, fail.Word("^"+regexp.QuoteMeta(d.want.Name)+"$"), fail.Word(string(text))))
		if how != "" {
			o.Notes = append(o.Notes, fmt.Sprintf("only one policy applies to a queue, now policy %s, %s", by.Policy, how))
		}
	}
	return o
}
