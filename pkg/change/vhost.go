package change

import (
	"context"
	"slices"
	"strings"

	"github.com/rabbitctl/rabbitctl/pkg/broker"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/record"
)

// host has the present settings of a virtual host.
type host struct {
	description, queueType string
	tags                   []string
	tracing                bool
	// protected is absent if the release cannot protect virtual hosts from deletion.
	protected record.Value
	// states maps each node to the state of the virtual host there, such as running.
	states map[string]string
}

// hostOf reads the settings of a virtual host. If it does not exist, the error is a Missing. The default queue type is
// "" if it is unset or none of queueTypes.
func hostOf(ctx context.Context, c *broker.Client, name string) (host, error) {
	v, err := c.VHost(ctx, name)
	switch {
	case broker.IsNotFound(err):
		return host{}, &Missing{What: "vhost", Name: name, Err: err}
	case err != nil:
		return host{}, err
	}
	h := host{description: v.At("description").Text(), tags: v.At("tags").Texts(), states: map[string]string{},
		protected: v.At("protected_from_deletion")}
	h.tracing, _ = v.At("tracing").Bool()
	if kind := v.At("default_queue_type").Text(); slices.Contains(queueTypes(), kind) {
		h.queueType = kind
	}
	for node, state := range v.At("cluster_state").Members() {
		h.states[node] = state.Text()
	}
	return h, nil
}

// queueTypes returns the types that can be the default queue type of a virtual host.
func queueTypes() []string { return []string{"quorum", "stream", "classic"} }

// AddVHost creates a virtual host, and never changes an existing one: a PUT would replace its settings.
func AddVHost() Op {
	var name string
	var e hostEdit
	return Op{
		Name: "add_vhost", Noun: "vhost", Compares: true,
		Params: append([]Param{Arg("vhost", &name, nil)}, e.described()...),
		Check:  e.check,
		Plan: func(ctx context.Context, at Site) (*Plan, error) {
			has, err := hostOf(ctx, at.Broker, name)
			switch {
			case MissingOf(err) != nil:
				plan := Once("add virtual host "+name, "created", func(ctx context.Context) error {
					return e.put(ctx, at, name, host{})
				}).Seen(func(ctx context.Context, o Outcome) (Outcome, error) { return e.kept(ctx, at, name, o) })
				plan.Now = "missing"
				return plan, nil
			case err != nil:
				return nil, err
			case at.Official:
				return Finished("unchanged"), nil
			}
			differ := e.differences(has)
			if len(differ) == 0 {
				return Finished("unchanged"), nil
			}
			o := Outcome{Word: "differs", Failed: fail.Verdict(fail.Differs), Facts: settings(differ),
				Notes: []string{"virtual host " + name + " exists and was not changed: update_vhost_metadata changes it"}}
			return &Plan{Done: &o}, nil
		},
	}
}

// DeleteVHost deletes a virtual host and everything in it.
func DeleteVHost() Op {
	var name string
	var expected Expectation
	return Op{
		Name: "delete_vhost", Noun: "vhost", Loses: true, Removes: true, Each: true,
		Params: []Param{Arg("vhost", &name, VHostNames), expected.Param("the virtual host holds")},
		Plan: func(ctx context.Context, at Site) (*Plan, error) {
			var held Held
			remove := func(ctx context.Context) error {
				err := RemoveVHost(ctx, at.Broker, name, held.Queues, at.Waiting)
				if broker.IsNotFound(err) {
					return &Missing{What: "vhost", Name: name, Err: err}
				}
				return err
			}
			plan := Once("delete virtual host "+name+" with all that is in it", "deleted", remove)
			if at.Official {
				return plan, nil
			}
			has, err := hostOf(ctx, at.Broker, name)
			switch {
			case unreadable(err, name) && expected.text == "":
				plan.Notes = []string{unknownHits}
				return plan, nil
			case err != nil:
				return nil, err
			}
			if on, _ := has.protected.Bool(); on {
				return nil, fail.New(fail.Data, "refused: virtual host %s is protected from deletion", name).
					Next("%s", fail.Command("disable_vhost_deletion_protection", name))
			}
			if held, err = expected.look(ctx, at, name); err != nil {
				return nil, err
			}
			plan.Hits, plan.Notes = vhostHits(ctx, at, name, held)
			if name == "/" {
				plan.Dangers = []string{"clients that name no virtual host use /"}
			}
			return expected.guarded(plan, at, name).Seen(func(ctx context.Context, o Outcome) (Outcome, error) {
				return o, hostIsGone(ctx, at, name)
			}), nil
		},
	}
}

// hostIsGone returns an error if a deleted virtual host still exists.
func hostIsGone(ctx context.Context, at Site, name string) error {
	switch _, err := at.Broker.VHost(ctx, name); {
	case broker.IsNotFound(err):
		return nil
	case err != nil:
		return fail.New(fail.Incomplete, "the deletion was accepted, but it is not known whether virtual host %s is gone: %w",
			name, err)
	}
	return fail.New(fail.Incomplete, "the broker accepted the deletion of virtual host %s, but it still exists or exists "+
		"again", name).
		Next("run the same command again, unless somebody else has added the virtual host on purpose")
}

// listed returns the words of a text that are separated by commas. It removes blanks around a word, and leaves out
// empty words.
func listed(text string) []string {
	var words []string
	for word := range strings.SplitSeq(text, ",") {
		if word = strings.TrimSpace(word); word != "" {
			words = append(words, word)
		}
	}
	return words
}
