package queue

import (
	"context"
	"encoding/json"
	"fmt"
	"regexp"
	"strings"

	"github.com/rabbitctl/rabbitctl/pkg/broker"
	"github.com/rabbitctl/rabbitctl/pkg/change"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/record"
	"github.com/rabbitctl/rabbitctl/pkg/topology"
	"github.com/rabbitctl/rabbitctl/pkg/verb"
)

// declaring is one run of declare_queue.
type declaring struct {
	want   topology.Queue
	errs   []error
	check  bool
	client *broker.Client
	ask    verb.Ask
	// there means that the queue was there before.
	there bool
}

func declare() verb.Change {
	d := &declaring{want: topology.Queue{Durable: true, Arguments: map[string]any{}}}
	return verb.Change{
		Name:  "declare_queue",
		Short: "Declare a queue, and say whether it is as wanted",
		Long: `Declare a queue, and say what came of it:

  created    it was not there; it is now, and was read back
  unchanged  it was there, and is as wanted
  differs    it is not as wanted, and declaring cannot change that (exit 4)

Declaring never changes a queue that exists. What differs is shown with who decides it, and whether a policy can set
it. What a broker takes without a word and does not keep (an argument that it does not know, say) is "differs" too.
Queues are durable unless --durable=false.

With --check nothing is written: a queue that is not there is "missing" (exit 65).`,
		Example: `  rabbitctl declare_queue orders
  rabbitctl declare_queue orders --type quorum --delivery-limit 5 --dead-letter-exchange dlx
  rabbitctl declare_queue jobs -p prod --message-ttl 10m --max-length 100000 --overflow reject-publish
  rabbitctl declare_queue jobs --argument x-custom:string=value
  rabbitctl declare_queue orders --message-ttl 10m --check || echo 'not as wanted'`,
		Args:     []verb.Arg{name()},
		Flags:    d.flags,
		Validate: d.validate,
		Plan:     d.plan,
	}
}

// set keeps an argument, or the error about it for validate, which gives it as it is: an error that a flag's own
// function returns would be wrapped by the flag library.
func (d *declaring) set(key string, value any, err error) {
	if err == nil {
		if _, twice := d.want.Arguments[key]; twice {
			err = fail.Usagef("%s is given twice", key)
		}
	}
	if err != nil {
		d.errs = append(d.errs, err)
		return
	}
	d.want.Arguments[key] = value
}

func (d *declaring) validate(ask verb.Ask) error {
	if len(d.errs) > 0 {
		return d.errs[0]
	}
	d.want.VHost, d.want.Name = ask.VHost, ask.Args[0]
	return inFlags(d.want.Validate())
}

func (d *declaring) plan(ctx context.Context, c *broker.Client, ask verb.Ask) (*change.Plan, error) {
	d.client, d.ask = c, ask
	look := ctx
	if !d.check {
		// A queue that is there, and only cannot be reached, refuses the declaration; nothing happens to it.
		look = broker.Believing(ctx)
	}
	raw, err := c.Queue(look, d.want.VHost, d.want.Name)
	switch {
	case broker.IsNotFound(err):
		if err := c.EnterVHost(ctx, d.want.VHost); err != nil {
			return nil, err
		}
		if d.check {
			return &change.Plan{Done: &change.Outcome{Word: "missing", Failed: fail.Verdict(fail.NotFound)}}, nil
		}
	case err != nil:
		return nil, err
	default:
		d.there = true
		return d.existing(ctx, raw)
	}
	return &change.Plan{Steps: []change.Step{{Action: "declare " + d.label(), Do: d.create}}}, nil
}

// existing compares, and lets the broker have the last word when nothing is found to differ: what a type defaults to,
// for example, only it knows for sure. A declaration of a queue that is there changes nothing.
func (d *declaring) existing(ctx context.Context, raw record.Value) (*change.Plan, error) {
	by, err := d.deciders(ctx, raw)
	if err != nil {
		return nil, err
	}
	if differences := topology.Compare(d.want, stored(raw), by); len(differences) > 0 {
		return &change.Plan{Done: d.differs(ctx, differences, raw, by)}, nil
	}
	if d.check {
		return &change.Plan{Done: d.unchanged()}, nil
	}
	action := "declare " + d.label() + ", which is there and looks as wanted"
	return &change.Plan{Steps: []change.Step{{Action: action, Do: d.create}}}, nil
}

// create declares, reads back and compares.
func (d *declaring) create(ctx context.Context) (change.Outcome, error) {
	arguments := map[string]any{}
	for k, v := range d.want.Arguments {
		arguments[k] = v
	}
	if d.want.Type != "" {
		arguments["x-queue-type"] = d.want.Type
	}
	created, err := d.client.DeclareQueue(ctx, d.want.VHost, d.want.Name, d.want.Durable, d.want.AutoDelete, arguments)
	if err != nil {
		return d.refused(ctx, err)
	}
	if d.client.AnswerLost() {
		created = !d.there
	}
	raw, err := d.client.Queue(ctx, d.want.VHost, d.want.Name)
	if err != nil {
		return change.Outcome{}, fail.New(fail.KindOf(err), "%s was declared, but cannot be read back: %w", d.label(), err)
	}
	has := stored(raw)
	if d.want.Type == "" {
		// The broker has accepted whatever its default is.
		has.Type = ""
	}
	if differences := topology.Compare(d.want, has, topology.Deciders{}); len(differences) > 0 {
		o := d.differs(ctx, differences, raw, topology.Deciders{})
		if created {
			o.Notes[0] = d.label() + " was created, but the broker did not keep all that was asked for"
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

// refused reads the broker's refusal of a queue that is there with other properties.
func (d *declaring) refused(ctx context.Context, refusal error) (change.Outcome, error) {
	if broker.Status(refusal) != 400 || !strings.Contains(refusal.Error(), "inequivalent arg") {
		return change.Outcome{}, refusal
	}
	raw, err := d.client.Queue(ctx, d.want.VHost, d.want.Name)
	if err != nil {
		return change.Outcome{}, refusal
	}
	by, err := d.deciders(ctx, raw)
	if err != nil {
		return change.Outcome{}, err
	}
	o := d.differs(ctx, topology.Compare(d.want, stored(raw), by), raw, by)
	o.Notes = append(o.Notes, refusal.Error())
	return *o, nil
}

func (d *declaring) label() string {
	return fmt.Sprintf("queue %s in virtual host %s", d.want.Name, d.want.VHost)
}

func (d *declaring) unchanged() *change.Outcome { return &change.Outcome{Word: "unchanged"} }

// holds says what would be lost with the queue, for whoever thinks of deleting it to declare it anew; "" where the
// broker does not tell.
func (d *declaring) holds(ctx context.Context, raw record.Value) string {
	has, err := d.client.QueueCount(ctx, d.want.VHost, d.want.Name, raw.At("type").Text())
	if err != nil || !has.Ready.Known() || !has.Unacked.Known() {
		return ""
	}
	text := fmt.Sprintf("it holds %s ready and %s unacknowledged messages", has.Ready.Text(), has.Unacked.Text())
	late := ""
	if consumers := consumerCount(raw, raw.At("state")); consumers.Known() {
		text += " and has " + consumersOf(consumers)
		late = " (consumers are known up to 5s late)"
	}
	if raw.At("type").Text() != "classic" {
		late = " (known some seconds late)"
	}
	return text + late
}

func (d *declaring) differs(ctx context.Context, differences []topology.Difference, raw record.Value,
	by topology.Deciders) *change.Outcome {
	s := record.Section{Name: "differences", Columns: []record.Column{
		{Name: "property"}, {Name: "wanted"}, {Name: "has"}, {Name: "decided_by"}, {Name: "policy_can_set_it"}}}
	for _, x := range differences {
		s.Rows = append(s.Rows, record.Row{record.Of(x.Property), record.Of(x.Wanted), record.Of(x.Has),
			record.Of(x.DecidedBy), record.Of(x.Policy)})
	}
	o := &change.Outcome{Word: "differs", Facts: record.Document{s}, Failed: fail.Verdict(fail.Differs)}
	o.Notes = append(o.Notes, d.label()+" exists and was not changed: declaring never changes a queue")
	if holds := d.holds(ctx, raw); holds != "" {
		o.Notes = append(o.Notes, holds)
	}
	if definition := topology.PolicyDefinition(d.want, differences); definition != nil {
		// One policy applies, the one with the highest priority: a new one must hold what the present one sets.
		for key, value := range by.PolicyKeys {
			if _, wanted := definition[key]; !wanted {
				definition[key] = value
			}
		}
		text, _ := json.Marshal(definition)
		o.Notes = append(o.Notes,
			fmt.Sprintf("a policy can set it: rabbitctl set_policy -p %s --apply-to queues NAME %s %s",
				fail.Word(d.want.VHost), fail.Word("^"+regexp.QuoteMeta(d.want.Name)+"$"), fail.Word(string(text))))
		if by.Policy != "" {
			o.Notes = append(o.Notes,
				fmt.Sprintf("only one policy applies: give it a higher priority than %s has, whose settings it repeats", by.Policy))
		}
	}
	return o
}
