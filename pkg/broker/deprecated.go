package broker

import (
	"context"

	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/record"
)

// DeprecatedInUse names the deprecated features that are in use. Releases before 3.13 do not offer it: fail.Unavailable.
func (c *Client) DeprecatedInUse(ctx context.Context) ([]string, error) {
	list, err := c.value(ctx, Path("deprecated-features", "used"), nil)
	if IsNotFound(err) {
		return nil, fail.New(fail.Unavailable, "%s does not tell which deprecated features are in use (RabbitMQ before 3.13)", c.base)
	}
	if err != nil {
		return nil, err
	}
	names := []string{}
	list.Each(func(f record.Value) { names = append(names, f.At("name").Text()) })
	return names, nil
}
