package binding

import (
	"github.com/rabbitctl/rabbitctl/pkg/change"
	"github.com/rabbitctl/rabbitctl/pkg/verb"
)

func bind() verb.Change {
	return verb.Of(change.Bind, verb.About{
		Short: "Bind a queue or an exchange to an exchange",
		Long: `Bind a queue, or with --destination-kind exchange an exchange, to the exchange SOURCE, and report the outcome:
"created" or "unchanged". Two bindings are the same only if both their ROUTING_KEY and their arguments are the same;
without ROUTING_KEY the key is empty. If SOURCE is of type direct, topic, fanout or headers, and this type ignores
the key or the arguments, a note says so.

With --argument KEY=VALUE, a VALUE that is a whole number, true or false is sent as a number or a boolean, and any
other as a string. --argument KEY:string=VALUE always sends a string: for brokers the string 5 is not the number 5.`,
		Example: `  rabbitctl bind orders orders.eu 'order.*.eu'
  rabbitctl bind orders audit '#' --destination-kind exchange -p prod
  rabbitctl bind by.header invoices --argument x-match=all --argument kind=invoice --argument copy:string=2
  rabbitctl bind orders orders.eu 'order.*.eu' --check`,
	})
}

func unbind() verb.Change {
	return verb.Of(change.Unbind, verb.About{
		Short: "Remove a binding",
		Long: `Remove the binding with exactly this ROUTING_KEY and the arguments of --argument: without ROUTING_KEY, the
binding with an empty key; without --argument, the binding without arguments. --argument has to give all arguments of
the binding. A value that looks like a whole number, true or false counts as one; KEY:string=VALUE gives a string. The
command asks; without a terminal it needs --yes. rabbitctl list_bindings shows keys and arguments.`,
		Example: `  rabbitctl unbind orders orders.eu 'order.*.eu'
  rabbitctl unbind orders audit '#' --destination-kind exchange -p prod --yes
  rabbitctl unbind orders orders.eu 'order.*.eu' --if-exists --yes`,
	})
}
