package change

import (
	"context"
	"strings"

	"github.com/rabbitctl/rabbitctl/pkg/broker"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/prose"
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
			warnOfExchangeLinks(ctx, at.Broker, plan)
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

// warnOfExchangeLinks adds to the plan of a new cluster name what happens to links of exchange federation. Such a link
// names its queue on the upstream after the cluster. With the new name all links stop and start again. A link that
// stops deletes its queue with the messages in it, and one that starts declares another queue (measured on 3.10 and
// 4.3). With resource-cleanup-mode never, the old queue stays bound and keeps filling.
func warnOfExchangeLinks(ctx context.Context, c *broker.Client, plan *Plan) {
	kinds, err := record.Texts(c.FederationLinks(ctx, "", record.Named("type")))
	links := 0
	for _, kind := range kinds {
		if kind == "exchange" {
			links++
		}
	}
	switch {
	case links > 0:
		plan.Dangers = append(plan.Dangers, prose.Plural(links, "link", "links")+" of exchange federation would restart: "+
			"messages that wait for a link on the upstream are lost, or with resource-cleanup-mode never the link's old "+
			"queue stays there and keeps filling")
	case err != nil && !broker.IsNotOffered(err):
		plan.Dangers = append(plan.Dangers, "it is not known whether links of exchange federation run, which would "+
			"restart and can lose messages: "+fail.InWords(err).Error())
	}
}
