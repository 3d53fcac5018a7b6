package change

import (
	"context"
	"maps"
	"slices"

	"github.com/rabbitctl/rabbitctl/pkg/broker"
	"github.com/rabbitctl/rabbitctl/pkg/record"
)

// ClearTopicPermissions removes a user's topic permissions, for one exchange or for all exchanges of a virtual host.
func ClearTopicPermissions() Op {
	var user, exchange string
	which := Arg("exchange", &exchange, topicExchanges)
	which.Optional = true
	return Op{
		Name: "clear_topic_permissions", Noun: "topic permission", Scoped: true, Loses: true, Removes: true,
		Params: []Param{Arg("username", &user, UserNames), which},
		Plan: func(ctx context.Context, at Site) (*Plan, error) {
			missing := &Missing{What: "topic permission", Name: "of user " + user, VHost: at.VHost, Names: nobody}
			on := ""
			if exchange != "" {
				on = " for exchange " + exchange
				missing.Name += on
			}
			plan := Once("clear the topic permissions of user "+user+on+" in virtual host "+at.VHost, "cleared",
				func(ctx context.Context) error {
					err := at.Broker.ClearTopicPermissions(ctx, at.VHost, user, exchange)
					if missing.Err = err; broker.IsNotFound(err) {
						return missing
					}
					return err
				})
			if at.Official {
				return plan, nil
			}
			all, err := topicPermissionsOf(ctx, at, user)
			switch {
			case unreadable(err, user+exchange):
				plan.Notes = []string{unknownHits}
				return plan, nil
			case err != nil:
				return nil, err
			}
			if err := needVHost(ctx, at); err != nil {
				return nil, err
			}
			if exchange != "" {
				maps.DeleteFunc(all, func(name string, _ broker.TopicPermission) bool { return name != exchange })
			}
			if len(all) == 0 {
				return nil, missing
			}
			s := record.Section{Name: "topic_permissions", Columns: record.Named("exchange", "write", "read")}
			for _, name := range slices.Sorted(maps.Keys(all)) {
				s.Rows = append(s.Rows, record.Row{record.Of(name), record.Of(all[name].Write), record.Of(all[name].Read)})
			}
			plan.Hits = record.Document{s}
			return plan, nil
		},
	}
}
