package change

import (
	"context"

	"github.com/rabbitctl/rabbitctl/pkg/broker"
	"github.com/rabbitctl/rabbitctl/pkg/record"
)

// shovelNames returns the names of the dynamic shovels of a virtual host.
func shovelNames(ctx context.Context, c *broker.Client, vhost string) ([]string, error) {
	type shovel struct{ name, kind string }
	reader := record.NewReader(func(b *record.Binder, s *shovel) {
		b.Text("name", &s.name)
		b.Text("type", &s.kind)
	})
	var names []string
	for s, err := range reader.All(c.Shovels(ctx, vhost, reader.Columns())) {
		if err != nil {
			return nil, err
		}
		if s.kind == "dynamic" {
			names = append(names, s.name)
		}
	}
	return names, nil
}

// missingShovel turns a 404 answer into the error that the shovel does not exist.
func missingShovel(at Site, name string, err error) error {
	if broker.IsNotFound(err) {
		return &Missing{What: "shovel", Name: name, VHost: at.VHost, Err: err}
	}
	return err
}

// DeleteShovel deletes a dynamic shovel. Messages that the shovel has taken and not yet moved go back to their queue.
func DeleteShovel() Op {
	var name string
	var force bool
	return Op{
		Name: "delete_shovel", Noun: "shovel", Scoped: true, Loses: true, Removes: true, Each: true,
		Params: []Param{Arg("name", &name, shovelNames), Switch("force", "", &force).Official()},
		Plan: func(ctx context.Context, at Site) (*Plan, error) {
			// If the shovel does not exist, some releases answer a deletion with success. So look first.
			parameter, err := at.Broker.Parameter(ctx, "shovel", at.VHost, name)
			if err != nil && (at.Official || !unreadable(err, name)) {
				return nil, missingShovel(at, name, err)
			}
			plan := Once("delete shovel "+name+" in virtual host "+at.VHost, "deleted", func(ctx context.Context) error {
				return missingShovel(at, name, at.Broker.DeleteShovel(ctx, at.VHost, name))
			})
			if err != nil {
				plan.Notes = []string{unknownHits}
				return plan, nil
			}
			plan.Hits = shovelHits(name, parameter)
			return plan, nil
		},
	}
}

// shovelHits returns what a shovel moves, and where to. It leaves out the URIs, which can hold passwords.
func shovelHits(name string, parameter record.Value) record.Document {
	columns := []record.Column{{Name: "source_queue", From: "value.src-queue"},
		{Name: "source_exchange", From: "value.src-exchange"}, {Name: "source_address", From: "value.src-address"},
		{Name: "destination_queue", From: "value.dest-queue"}, {Name: "destination_exchange", From: "value.dest-exchange"},
		{Name: "destination_address", From: "value.dest-address"}}
	fields := []record.Field{{Column: record.Column{Name: "shovel"}, Value: record.Of(name)}}
	for _, c := range columns {
		if v := parameter.At(c.From); v.Known() {
			fields = append(fields, record.Field{Column: record.Column{Name: c.Name}, Value: v})
		}
	}
	return record.Document{record.Fields("", fields...)}
}

// RestartShovel restarts a dynamic shovel.
func RestartShovel() Op {
	var name string
	return Op{
		Name: "restart_shovel", Noun: "shovel", Scoped: true, Each: true,
		Params: []Param{Arg("name", &name, shovelNames)},
		Plan: func(_ context.Context, at Site) (*Plan, error) {
			return Once("restart shovel "+name+" in virtual host "+at.VHost, "restarted", func(ctx context.Context) error {
				return missingShovel(at, name, at.Broker.RestartShovel(ctx, at.VHost, name))
			}), nil
		},
	}
}
