package node

import (
	"context"

	"github.com/rabbitctl/rabbitctl/pkg/broker"
	"github.com/rabbitctl/rabbitctl/pkg/record"
	"github.com/rabbitctl/rabbitctl/pkg/verb"
)

func ping() verb.Show {
	return verb.Show{
		Name:  "ping",
		Short: "Show that the management API answers, and which user you log in as",
		Long: `Show that the management API answers, and which user you log in as, with the tags of this user. The command
does not check that the broker works: check_running, check_alarms and check --all do.`,
		Example: "  rabbitctl ping --timeout 5s",
		Read: func(ctx context.Context, c *broker.Client, _ verb.Ask) (record.Document, error) {
			who, err := c.Whoami(ctx)
			if err != nil {
				return nil, err
			}
			return record.Document{record.Fields("",
				record.Field{Column: record.Column{Name: "answers"}, Value: record.Of(c.BaseURL())},
				record.Field{Column: record.Column{Name: "user"}, Value: who.At("name")},
				record.Field{Column: record.Column{Name: "tags", Kind: record.List}, Value: who.At("tags")},
			)}, nil
		},
	}
}
