package broker

import (
	"context"
	"net/http"
	"slices"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/rabbitctl/rabbitctl/pkg/record"
)

// maxDefinitions is how many bytes all definitions may have: enough for a million queues.
const maxDefinitions = 256 << 20

// wanted describes a valid answer. A proxy between rabbitctl and the broker can send anything with status 200: nothing,
// half an answer, null, an empty object. If rabbitctl believed it, a listing would be blank, a check would be OK, or a
// backup would be empty.
type wanted struct {
	// list means that the answer is an array of objects, each with the members below; otherwise it is one object.
	list bool
	// members are the names that a valid answer always has, with any value but null.
	members []string
	// identity says which object was asked for. A valid answer always has these members too; theOne compares their texts
	// with the path.
	identity []member
	// limit is how many bytes the answer may have; 0 means record.MaxObject.
	limit int64
}

// member is one member of an object and the text that it has.
type member struct{ name, text string }

// objectWith is an object that always has these members.
func objectWith(members ...string) wanted { return wanted{members: members} }

// objectNamed is the object with this name, of a kind whose path in the API has no virtual host.
func objectNamed(name string) wanted { return wanted{identity: []member{{"name", name}}} }

// objectIn is the object with this name in this virtual host.
func objectIn(vhost, name string) wanted {
	return wanted{identity: []member{{"vhost", vhost}, {"name", name}}}
}

// read reads the body of an answer to its end and closes it.
func (c *Client) read(ctx context.Context, resp *http.Response, want wanted) (record.Value, error) {
	defer resp.Body.Close()
	kind, limit := jsontext.Kind('{'), want.limit
	if want.list {
		kind = '['
	}
	if limit == 0 {
		limit = record.MaxObject
	}
	v, err := record.Whole(timely{ctx, resp.Body}, kind, limit)
	if ctx.Err() != nil {
		// An answer that came in time but cannot be read in time is late too.
		err = ctx.Err()
	}
	if err != nil {
		return nil, c.broken(ctx, resp.Request, err)
	}
	return v, c.identified(resp.Request, v, want)
}

// identified returns an error if the value, or an element of the list, lacks a required member.
func (c *Client) identified(req *http.Request, v record.Value, want wanted) (err error) {
	if !want.list {
		return c.whole(req, v, want)
	}
	v.Each(func(element record.Value) {
		switch {
		case err != nil:
		case element[0] != '{':
			err = c.noAnswer(req, "a list whose elements are not objects")
		default:
			err = c.whole(req, element, want)
		}
	})
	return err
}

// whole returns an error if the object lacks a required member.
func (c *Client) whole(req *http.Request, v record.Value, want wanted) error {
	names := slices.Clone(want.members)
	for _, m := range want.identity {
		names = append(names, m.name)
	}
	columns := make([]record.Column, len(names))
	for i, name := range names {
		columns[i] = record.Column{Name: name}
	}
	row, err := record.NewPicker(columns).Pick(v)
	if err != nil {
		return c.unreadable(req, err)
	}
	for i, value := range row {
		if !value.Known() {
			return c.noAnswer(req, "an object without "+names[i])
		}
	}
	return nil
}
