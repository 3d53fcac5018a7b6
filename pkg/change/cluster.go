package change

import (
	"context"
	"strings"

	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/record"
)

// SetClusterName gives the cluster another name.
func SetClusterName() Op {
	var name string
	return Op{
		Name: "set_cluster_name", Noun: "cluster", Compares: true,
		Params: []Param{FreeArg("name", "", &name)},
		Plan: func(ctx context.Context, at Site) (*Plan, error) {
			if !at.Official && strings.TrimSpace(name) == "" {
				return nil, fail.Usagef("NAME is empty") // brokers accept an empty name
			}
			plan := Once("set the name of the cluster to "+name, "changed", func(ctx context.Context) error {
				return at.Broker.SetClusterName(ctx, name)
			})
			if at.Official {
				return plan, nil
			}
			has, err := at.Broker.ClusterName(ctx)
			switch {
			case err != nil:
				return nil, err
			case has == name:
				return plan.Already("unchanged"), nil
			}
			plan.Hits = record.Document{record.Fields("",
				record.Field{Column: record.Column{Name: "wanted"}, Value: record.Of(name)},
				record.Field{Column: record.Column{Name: "has"}, Value: record.Of(has)})}
			return plan.Seen(func(ctx context.Context, o Outcome) (Outcome, error) {
				now, err := at.Broker.ClusterName(ctx)
				switch {
				case err != nil:
					return o, fail.New(fail.KindOf(err), "the cluster name was set, but cannot be read back: %w", err)
				case now != name:
					return o, fail.New(fail.Incomplete, "the broker accepted the cluster name %s, but the "+
						"cluster's name is now %s", name, now).
						Next("run the same command again, unless somebody else has set another name on purpose")
				}
				return o, nil
			}), nil
		},
	}
}
