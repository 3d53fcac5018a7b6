package cli

import (
	"net/url"
	"time"

	"github.com/spf13/cobra"

	"github.com/rabbitctl/rabbitctl/pkg/amqp"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
)

// endpointFlags are the flags of every command that makes AMQP traffic.
type endpointFlags struct {
	name, url, vhost, connection string
	heartbeat                    time.Duration
}

func (f *endpointFlags) add(cmd *cobra.Command) {
	cmd.Flags().StringVar(&f.name, "name", "",
		"the broker, NAME or NAME/N for its Nth node (default the only broker, or that of the installed release)")
	cmd.Flags().StringVar(&f.url, "url", "", "an AMQP address, in place of a broker that devbroker started")
	cmd.Flags().StringVarP(&f.vhost, "vhost", "p", "", `virtual host (default the address's, or "/")`)
	cmd.Flags().StringVar(&f.connection, "connection-name", "", "the connection's user-provided name")
	cmd.Flags().DurationVar(&f.heartbeat, "heartbeat", 0, "heartbeat interval, 1s or more (default the broker's)")
	cmd.MarkFlagsMutuallyExclusive("name", "url")
}

func (f *endpointFlags) endpoint(e *env) (amqp.Endpoint, error) {
	end := amqp.Endpoint{URL: f.url, VHost: f.vhost, Name: f.connection, Heartbeat: f.heartbeat}
	if f.heartbeat != 0 && f.heartbeat < time.Second {
		return end, fail.Usagef("--heartbeat takes 1s or more, not %s", f.heartbeat)
	}
	if f.url != "" {
		// The parser's error would repeat the password.
		if u, err := url.Parse(f.url); err != nil || u.Scheme != "amqp" && u.Scheme != "amqps" || u.Host == "" {
			return end, fail.Usagef("--url is not an address such as amqp://guest:guest@127.0.0.1:5672")
		}
		return end, nil
	}
	var t target
	if f.name != "" {
		var err error
		if t, err = parseTarget(f.name); err != nil {
			return end, err
		}
	}
	b, err := e.broker(t.name)
	if err != nil {
		return end, err
	}
	n, err := t.first(b)
	if err != nil {
		return end, err
	}
	end.URL = n.AMQPURL()
	return end, nil
}

func notNegative(flag string, value float64) error {
	if value < 0 {
		return fail.Usagef("--%s must not be below 0", flag)
	}
	return nil
}
