package change

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/rabbitctl/rabbitctl/pkg/broker"
	"github.com/rabbitctl/rabbitctl/pkg/definitions"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
)

// mostInPart is how many objects are sent in one request: few enough that little has to be repeated after a run was
// killed, and that a body stays far below the 10 MB that 4.3 accepts.
const mostInPart = 500

// saved is the step that writes the broker's present definitions into the file of the backup; none without a
// backup.
func (p *planned) saved() []Step {
	if p.backup == "" {
		return nil
	}
	action := "write what the broker has into " + p.backup
	return []Step{{Item: p.backup, Action: action, Needed: true, Waits: true, Do: func(context.Context) (Outcome, error) {
		if err := keepDocument(p.at.Files, p.backup, p.has); err != nil {
			return Outcome{}, err
		}
		return Outcome{Word: "written"}, nil
	}}}
}

// made returns the steps that make, change and replace objects, kind by kind. Up to mostInPart objects of one kind
// share a step if all of them are made, or all are changed; a replaced object has a step of its own.
func (p *planned) made(items []item) []Step {
	items = slices.DeleteFunc(slices.Clone(items), func(i item) bool {
		return i.refused != nil || i.Action == definitions.Delete
	})
	slices.SortStableFunc(items, func(a, b item) int {
		return cmp.Or(int(a.Object.Kind)-int(b.Object.Kind), strings.Compare(string(a.Action), string(b.Action)))
	})
	var steps []Step
	for len(items) > 0 {
		n := 1
		for n < min(mostInPart, len(items)) && items[n].Action == items[0].Action &&
			items[n].Object.Kind == items[0].Object.Kind {
			n++
		}
		if items[0].Action == definitions.Replace {
			n = 1
			steps = append(steps, p.replaced(items[0]))
		} else {
			steps = append(steps, p.part(items[:n]))
		}
		items = items[n:]
	}
	return steps
}

// part is the step that makes or changes some objects of a kind.
func (p *planned) part(items []item) Step {
	objects := make([]definitions.Object, len(items))
	for i := range items {
		objects[i] = items[i].Object
	}
	name := objects[0].String()
	if n := len(objects); n > 1 {
		name = fmt.Sprintf("%d %s (first: %s, last: %s)", n, severalOf(objects[0].Kind), objects[0], objects[n-1])
	}
	does, did := "create", "created"
	if items[0].Action == definitions.Update {
		does, did = "change", "changed"
	}
	return Step{Item: name, Action: does + " " + name, Waits: true, Do: func(ctx context.Context) (Outcome, error) {
		begun, refused, err := p.send(ctx, objects)
		switch {
		case err != nil && len(refused) > 0:
			return p.cutShort(err, "refused: "+refused[0].Error())
		case err != nil && begun:
			return p.cutShort(err, fmt.Sprintf("may have accepted some of the %d %s", len(objects), severalOf(objects[0].Kind)))
		case err != nil:
			return Outcome{}, err
		case len(refused) == len(objects):
			return Outcome{}, p.refusedOf(refused, fail.KindOf(refused[0]), objects)
		case len(refused) > 0:
			return Outcome{Word: "incomplete"}, p.refusedOf(refused, fail.Incomplete, objects)
		}
		if err := p.unlimited(ctx, items); err != nil {
			return p.cutShort(err, did+" "+name)
		}
		return Outcome{Word: did}, nil
	}}
}

// cutShort is the outcome of a part that ended with err after the broker had accepted something, or may have. before says
// what the broker did.
func (p *planned) cutShort(err error, before string) (Outcome, error) {
	return Outcome{Word: "incomplete"}, fail.New(fail.KindOf(err), "%w; before that, the broker %s", err, before).
		Advise(fail.HintOf(err).Say("%s with --dry-run shows what is left", sameCommand(p.backup)))
}

// refusedOf is the error for a part of which the broker refused some objects, or all.
func (p *planned) refusedOf(refused []error, kind fail.Kind, objects []definitions.Object) error {
	if len(objects) == 1 {
		return refused[0]
	}
	var texts []string
	for _, err := range refused[:min(len(refused), mostRefusals)] {
		texts = append(texts, err.Error())
	}
	if n := len(refused) - len(texts); n > 0 {
		texts = append(texts, fmt.Sprintf("and %d more", n))
	}
	err := fail.New(kind, "the broker accepted %d of %d %s and refused %d: %s", len(objects)-len(refused), len(objects),
		severalOf(objects[0].Kind), len(refused), strings.Join(texts, "; "))
	err.Hint = fail.HintOf(refused[0])
	return err.Say("%s with --dry-run shows what is left", sameCommand(p.backup))
}

// unlimited clears each limit that a user has on the broker and not in the file: an import does not clear it (3.10,
// 4.3).
func (p *planned) unlimited(ctx context.Context, items []item) error {
	for _, i := range items {
		for _, m := range i.Members {
			limit, is := strings.CutPrefix(m.Name, "limits.")
			if i.Object.Kind != definitions.Users || !is || m.B != nil {
				continue
			}
			if err := p.at.Broker.ClearUserLimit(ctx, i.Object.Key[0], limit); err != nil {
				return err
			}
		}
	}
	return nil
}

// replaced is the step that recreates an object.
func (p *planned) replaced(i item) Step {
	name := i.Object.String()
	return Step{Item: name, Action: "replace " + name, Waits: true, Do: func(ctx context.Context) (Outcome, error) {
		was, word := "is gone", ""
		if i.removal != nil {
			switch _, err := i.removal.Steps[0].Make(ctx); {
			case err == nil:
				was, word = "was deleted", "incomplete"
			case MissingOf(err) == nil:
				return Outcome{}, err
			}
		}
		_, refused, err := p.send(ctx, []definitions.Object{i.Object})
		if len(refused) > 0 {
			err = refused[0]
		}
		switch {
		case fail.KindOf(err) == fail.Lost:
			return Outcome{Word: word}, fail.New(fail.Lost, "%s %s, and it is not known whether it was created again: %w",
				name, was, err).Next("run %s again: it creates what is missing", sameCommand(p.backup))
		case err != nil:
			return Outcome{Word: word}, fail.New(fail.KindOf(err), "%s %s, but could not be created again: %w", name, was, err).
				Next("run %s again to create it", sameCommand(p.backup))
		}
		return Outcome{Word: "replaced"}, nil
	}}
}

// removed returns the steps that delete objects, kind by kind.
func (p *planned) removed(items []item) []Step {
	var steps []Step
	last := definitions.Kind(-1)
	for _, i := range items {
		if i.Action != definitions.Delete || i.refused != nil {
			continue
		}
		s := Step{Item: i.Object.String(), Waits: i.Object.Kind != last, Settled: &Outcome{Word: "absent"}}
		if i.removal != nil {
			s.Action = i.removal.Steps[0].Action
			s.Do = func(ctx context.Context) (Outcome, error) {
				o, err := i.removal.Steps[0].Make(ctx)
				if MissingOf(err) != nil {
					return Outcome{Word: "absent"}, nil
				}
				return o, err
			}
		}
		last = i.Object.Kind
		steps = append(steps, s)
	}
	return steps
}

// unasked returns the steps that remove the permissions which the broker gives to the creator of a virtual host (3.10,
// 4.0 and 4.3). With --prune they are needed if the file says which permissions there are, and has none for that user.
func (p *planned) unasked() []Step {
	var steps []Step
	for _, s := range p.steps {
		permission := definitions.Object{Kind: definitions.Permissions, VHost: s.Object.VHost,
			Key: []string{p.at.Broker.Username()}}
		wanted := slices.ContainsFunc(p.wants.Of(definitions.Permissions), func(o definitions.Object) bool {
			return o.Compare(permission) == 0
		})
		if s.Action != definitions.Create || s.Object.Kind != definitions.VHosts || !p.Prune || wanted ||
			!p.wants.Covers(definitions.Permissions) || !p.mine(p.vhost)(permission) {
			continue
		}
		steps = append(steps, Step{Item: permission.String(), Action: "clear the " + permission.String(), Waits: true,
			Do: func(ctx context.Context) (Outcome, error) {
				err := p.at.Broker.ClearPermissions(ctx, permission.VHost, permission.Key[0])
				if broker.IsNotFound(err) {
					err = nil
				}
				return Outcome{Word: "cleared"}, err
			}})
	}
	return steps
}

// send imports objects of one kind. If the broker refuses one of many objects, it does not say which one, and it has
// accepted some of the others. Then each half of the objects is sent separately. refused has an error for each refused
// object; err is any other error, and ends the sending. begun means that the broker may have accepted some objects before
// err.
func (p *planned) send(ctx context.Context, objects []definitions.Object) (begun bool, refused []error, err error) {
	err = p.imported(ctx, objects)
	switch {
	case err == nil || !refusedData(err):
		return false, nil, err
	case len(objects) == 1:
		// The broker's answer can repeat secrets of the file.
		e := fail.New(fail.KindOf(err), "%s: %s", objects[0], p.wants.Hide(fail.InWords(err).Error()))
		e.Err, e.Hint = err, fail.HintOf(err)
		return false, []error{e}, nil
	}
	half := len(objects) / 2
	for _, part := range [][]definitions.Object{objects[:half], objects[half:]} {
		_, more, err := p.send(ctx, part)
		refused = append(refused, more...)
		if err != nil {
			return true, refused, err
		}
	}
	return true, refused, nil
}

func (p *planned) imported(ctx context.Context, objects []definitions.Object) error {
	whole := make([]definitions.Object, len(objects))
	for i, o := range objects {
		whole[i] = o.Importable()
	}
	d := &definitions.Document{Objects: whole, Members: []string{objects[0].Kind.Member()}, Single: p.vhost != "",
		VHost: p.vhost}
	var body bytes.Buffer
	if err := d.Write(&body, definitions.JSON); err != nil {
		return err
	}
	return Import(ctx, p.at.Broker, p.vhost, body.Bytes())
}

// refusedData reports whether the broker refused the request because of its content, and not because of the user or of
// the broker's present state.
func refusedData(err error) bool { return broker.Status(err) == 400 }
