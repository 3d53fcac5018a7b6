package change

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/rabbitctl/rabbitctl/pkg/broker"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/record"
)

// hostEdit has those settings of a virtual host that a change names. A setting that is nil stays as it is.
type hostEdit struct {
	description, tags, queueType *string
	tracing, protected           *bool
}

// described returns the parameters that add_vhost and update_vhost_metadata share.
func (e *hostEdit) described() []Param {
	into := func(at **string) func(string) error {
		return func(text string) error {
			*at = &text
			return nil
		}
	}
	return []Param{
		{Name: "description", Help: "purpose of the virtual host", Role: Option, Free: true, Set: into(&e.description)},
		{Name: "tags", Help: "tags of the virtual host, separated by commas", Role: Option, Free: true,
			Set: into(&e.tags)},
		{Name: "default-queue-type", Help: "the type of queues that are declared without one", Role: Option, Free: true,
			Words: queueTypes(), Set: into(&e.queueType)},
	}
}

// check refuses an unknown queue type: 3.10 accepts any word.
func (e *hostEdit) check() error {
	if e.queueType != nil && !slices.Contains(queueTypes(), *e.queueType) {
		return fail.Usagef("--default-queue-type: %q is not one of %s%s", *e.queueType, strings.Join(queueTypes(), ", "),
			fail.DidYouMean(*e.queueType, queueTypes()))
	}
	return nil
}

// put sends the named settings except the protection from deletion, for which there is protect. It also sends the
// description, the tags and the default queue type if they are not named, with their present values.
func (e *hostEdit) put(ctx context.Context, at Site, name string, has host) error {
	s := broker.VHostSettings{Description: has.description, Tags: strings.Join(has.tags, ","),
		DefaultQueueType: has.queueType, Tracing: e.tracing}
	if e.description != nil {
		s.Description = *e.description
	}
	switch {
	case e.tags != nil && at.Official:
		s.Tags = *e.tags
	case e.tags != nil: // listed drops empty words, which the broker would turn into tags
		s.Tags = strings.Join(listed(*e.tags), ",")
	}
	if e.queueType != nil {
		s.DefaultQueueType = *e.queueType
	}
	return at.Broker.PutVHost(ctx, name, s)
}

// differences returns a row for each named setting whose present value differs.
func (e *hostEdit) differences(has host) []record.Row {
	var rows []record.Row
	add := func(name, wanted, has string) {
		rows = append(rows, record.Row{record.Of(name), record.Of(wanted), record.Of(has)})
	}
	if e.description != nil && *e.description != has.description {
		add("description", *e.description, has.description)
	}
	if e.tags != nil && !sameTags(listed(*e.tags), has.tags) {
		add("tags", strings.Join(listed(*e.tags), ","), strings.Join(has.tags, ","))
	}
	if e.queueType != nil && *e.queueType != has.queueType {
		add("default_queue_type", *e.queueType, has.queueType)
	}
	if e.tracing != nil && *e.tracing != has.tracing {
		add("tracing", fmt.Sprint(*e.tracing), fmt.Sprint(has.tracing))
	}
	if on, _ := has.protected.Bool(); e.protected != nil && *e.protected != on {
		add("protected_from_deletion", fmt.Sprint(*e.protected), fmt.Sprint(on))
	}
	return rows
}

// settings turns the rows of differences into a document.
func settings(rows []record.Row) record.Document {
	return record.Document{{Name: "settings", Columns: []record.Column{{Name: "setting"}, {Name: "wanted"}, {Name: "has"}},
		Rows: rows}}
}

// plan returns the plan that sets the named settings of a virtual host, and then checks them.
func (e *hostEdit) plan(ctx context.Context, at Site, name, action string) (*Plan, error) {
	has, err := hostOf(ctx, at.Broker, name)
	if err != nil {
		return nil, err
	}
	plan := Once(action, "changed", func(ctx context.Context) error {
		// The official tool always sends the named settings. rabbitctl sends them only if one of them differs.
		settings, guard := hostEdit{e.description, e.tags, e.queueType, e.tracing, nil}, hostEdit{protected: e.protected}
		if at.Official || len(settings.differences(has)) > 0 {
			if err := e.put(ctx, at, name, has); err != nil {
				return err
			}
		}
		if at.Official && e.protected != nil || len(guard.differences(has)) > 0 {
			return protect(ctx, at, name, *e.protected)
		}
		return nil
	})
	if at.Official {
		return plan, nil
	}
	if e.protected != nil && !has.protected.Known() {
		return nil, at.Broker.NotOffered("protection of virtual hosts from deletion")
	}
	differ := e.differences(has)
	if len(differ) == 0 {
		return &Plan{Done: &Outcome{Word: "unchanged", Notes: e.elsewhere(at, has)}}, nil
	}
	plan.Hits, plan.Notes = settings(differ), e.elsewhere(at, has)
	return plan.Seen(func(ctx context.Context, o Outcome) (Outcome, error) { return e.kept(ctx, at, name, o) }), nil
}

// elsewhere returns a note if a change of tracing concerns only one node of several: each node of a cluster keeps its
// own switch, whether the API or rabbitmqctl sets it (3.10 and 4.3).
func (e *hostEdit) elsewhere(at Site, has host) []string {
	if e.tracing == nil || len(has.states) < 2 {
		return nil
	}
	return []string{"each node has its own setting for tracing: this command concerns only the setting of " +
		"the node that answers at " + at.Broker.BaseURL()}
}

// kept checks whether the broker kept the settings that it accepted.
func (e *hostEdit) kept(ctx context.Context, at Site, name string, o Outcome) (Outcome, error) {
	has, err := hostOf(ctx, at.Broker, name)
	if err != nil {
		unread := fail.New(fail.Incomplete, "the broker accepted the request, but the settings of virtual host %s cannot "+
			"be read back: %w", name, err)
		if unread.Hint = fail.HintOf(err); unread.Hint == nil {
			unread = unread.Next("rabbitctl list_vhosts shows whether it is there now")
		}
		return o, unread
	}
	o.Notes = append(o.Notes, e.elsewhere(at, has)...)
	// Tracing stays switched on for a name of a virtual host, even after that virtual host was deleted (3.10 and 4.3).
	created := o.Word == "created"
	if created && has.tracing {
		o.Notes = append(o.Notes, "tracing is on: it was on for this name before the virtual host was added; rabbitctl "+
			"trace_off -p "+fail.Word(name)+" switches it off")
	}
	if differ := e.differences(has); len(differ) > 0 {
		o.Word, o.Failed, o.Facts = "differs", fail.Verdict(fail.Differs), settings(differ)
		said := "the broker accepted the settings of virtual host " + name + ", but some have other values than wanted"
		if created {
			said = "virtual host " + name + " was created, but the broker stored other settings than wanted"
		}
		o.Notes = append(o.Notes, said+": the broker's release may not support all of them")
		if e.queueType != nil && *e.queueType != has.queueType && !created {
			o.Notes = append(o.Notes, "RabbitMQ before 3.11.17 sets the default queue type only "+
				"when a virtual host is added")
		}
	}
	return o, nil
}

// UpdateVHostMetadata changes the named settings of a virtual host, and keeps the others.
func UpdateVHostMetadata() Op {
	var name string
	var e hostEdit
	return Op{
		Name: "update_vhost_metadata", Noun: "vhost", Compares: true,
		Params: append(append([]Param{Arg("vhost", &name, VHostNames)}, e.described()...),
			Param{Name: "protected-from-deletion", Help: "the broker refuses to delete the virtual host; " +
				"--protected-from-deletion=false allows it again", Role: Option,
				Kind: Truth, Set: func(text string) error {
					on, err := strconv.ParseBool(text)
					if err != nil {
						return fail.Usagef("%q is neither true nor false", text)
					}
					e.protected = &on
					return nil
				}}),
		Check: func() error {
			if e == (hostEdit{}) {
				return fail.Usagef("no setting is given").Next("give --description, or another option that --help lists")
			}
			return e.check()
		},
		Plan: func(ctx context.Context, at Site) (*Plan, error) {
			return e.plan(ctx, at, name, "change settings of virtual host "+name)
		},
	}
}

// SetVHostTags replaces the tags of a virtual host.
func SetVHostTags() Op {
	var name string
	var tags []string
	return Op{
		Name: "set_vhost_tags", Noun: "vhost", Compares: true,
		Params: []Param{Arg("vhost", &name, VHostNames), RestArg("tag", &tags)},
		Plan: func(ctx context.Context, at Site) (*Plan, error) {
			joined := strings.Join(tags, ",")
			e := hostEdit{tags: &joined}
			return e.plan(ctx, at, name, fmt.Sprintf("set the tags of virtual host %s to [%s]", name, joined))
		},
	}
}

// TraceOn switches tracing on: the broker publishes a copy of each message of a virtual host to that virtual host's
// exchange amq.rabbitmq.trace.
func TraceOn() Op { return trace("trace_on", true, "trace the messages of virtual host ") }

// TraceOff switches off the tracing of a virtual host.
func TraceOff() Op { return trace("trace_off", false, "stop tracing the messages of virtual host ") }

func trace(name string, on bool, action string) Op {
	return Op{
		Name: name, Noun: "vhost", Scoped: true, Compares: true,
		Plan: func(ctx context.Context, at Site) (*Plan, error) {
			e := hostEdit{tracing: &on}
			return e.plan(ctx, at, at.VHost, action+at.VHost)
		},
	}
}
