package broker

import (
	"context"

	"github.com/rabbitctl/rabbitctl/pkg/record"
)

// exchangeIs reports whether the exchange exists as it was declared: see queueIs.
func exchangeIs(ctx context.Context, c *Client, t subject) (bool, error) {
	has, there, err := c.seen(ctx, Path("exchanges", t.words[0], t.words[1]), inVHost, t.words[0])
	if !there || err != nil {
		return false, err
	}
	same := equal(t.body.At("arguments").Decode(), has.At("arguments").Decode())
	for _, member := range []string{"type", "durable", "auto_delete", "internal"} {
		same = same && t.body.At(member).Text() == has.At(member).Text()
	}
	if !same {
		return false, ambiguous("it exists, but not as it was declared")
	}
	return true, nil
}

// between is a loop over the bindings between the two ends that a request names. It calls the function one for each of
// them.
func between(ctx context.Context, c *Client, t subject,
	one func(key, properties string, arguments record.Value)) error {
	type binding struct {
		key, properties string
		arguments       record.Value
	}
	reader := record.NewReader(func(b *record.Binder, of *binding) {
		b.Text("routing_key", &of.key)
		b.Text("properties_key", &of.properties)
		b.Value("arguments", func(v record.Value) { of.arguments = v })
	})
	e := Ends{Source: t.words[1], Kind: t.words[2], Destination: t.words[3]}
	for b, err := range reader.All(c.BindingsBetween(ctx, t.words[0], e, reader.Columns())) {
		if err != nil {
			return err
		}
		one(b.key, b.properties, b.arguments)
	}
	// The broker also answers with an empty list if the virtual host does not exist.
	return c.EnterVHost(ctx, t.words[0])
}

func bindingIs(ctx context.Context, c *Client, t subject) (bool, error) {
	there := false
	err := between(ctx, c, t, func(key, _ string, arguments record.Value) {
		there = there || key == t.body.At("routing_key").Text() &&
			equal(t.body.At("arguments").Decode(), arguments.Decode())
	})
	return there, err
}

func bindingIsGone(ctx context.Context, c *Client, t subject) (bool, error) {
	there := false
	err := between(ctx, c, t, func(_, properties string, _ record.Value) { there = there || properties == t.words[4] })
	return err == nil && !there, err
}
