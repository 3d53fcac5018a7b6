package change

import (
	"context"
	"iter"
	"slices"
	"strings"

	"github.com/rabbitctl/rabbitctl/pkg/prose"
	"github.com/rabbitctl/rabbitctl/pkg/record"
)

// vhostHits returns what is deleted with a virtual host. If a part of it is not known, a note says so, and the deletion
// goes on.
func vhostHits(ctx context.Context, at Site, name string, q Held) (record.Document, []string) {
	h := hits{vhost: name, fields: []record.Field{{Column: record.Column{Name: "vhost"}, Value: record.Of(name)}}}
	if q.err != nil {
		h.unknown("queues", q.err)
	} else {
		h.count("queues", q.Queues)
		h.count("messages_ready", q.Ready)
		h.count("messages_unacknowledged", q.Unacked)
	}
	if q.Uncounted > 0 {
		h.notes = append(h.notes, "the counts leave out the messages of "+prose.Plural(int(q.Uncounted), "queue", "queues")+
			" whose counts are not known")
	}
	c, columns := at.Broker, record.Named("name")
	if exchanges, ok := h.names("exchanges", c.Exchanges(ctx, name, columns)); ok {
		h.count("exchanges", len(slices.DeleteFunc(exchanges, func(e string) bool {
			return e == "" || strings.HasPrefix(e, "amq.")
		})))
	}
	policies, ok := h.names("policies", c.Policies(ctx, name, columns))
	operators, too := h.names("operator policies", c.OperatorPolicies(ctx, name, columns))
	if ok && too {
		h.count("policies", len(policies)+len(operators))
	}
	if users, ok := h.names("permissions", c.Permissions(ctx, name, record.Named("user"))); ok {
		slices.Sort(users)
		h.fields = append(h.fields, record.Field{Column: record.Column{Name: "permissions_of", Kind: record.List},
			Value: record.Of(users)})
	}
	if connections, ok := h.names("connections", c.VHostConnections(ctx, name, columns)); ok {
		h.count("connections", len(connections))
	}
	return record.Document{record.Fields("", h.fields...)}, h.notes
}

// hits are fields about what a change affects, and notes about fields that are not known.
type hits struct {
	vhost  string
	fields []record.Field
	notes  []string
}

func (h *hits) count(name string, n any) {
	h.fields = append(h.fields, record.Field{Column: record.Column{Name: name, Kind: record.Count}, Value: record.Of(n)})
}

func (h *hits) unknown(what string, err error) {
	h.notes = append(h.notes, "the "+what+" of virtual host "+h.vhost+" are not known: "+err.Error())
}

// names returns the names in a listing, and whether the listing is complete. If it is not, names adds a note.
func (h *hits) names(what string, rows iter.Seq2[record.Row, error]) ([]string, bool) {
	all, err := record.Texts(rows)
	if err != nil {
		h.unknown(what, err)
	}
	return all, err == nil
}
