package stream

import (
	"github.com/rabbitctl/rabbitctl/pkg/change"
	"github.com/rabbitctl/rabbitctl/pkg/verb"
)

func declare() verb.Change {
	return verb.Of(change.DeclareStream, verb.About{
		Short: "Declare a stream, and say whether it is as wanted",
		Long: `Declare a stream, as declare_queue --type stream does, and report the outcome: "created", "unchanged", or
"differs" (exit 4) with what differs and whether a policy can set it. Declaring never changes what exists. A stream
keeps all messages unless --max-age, --max-length-bytes or a policy limits it. Both limits drop whole segment files,
never single messages.`,
		Example: `  rabbitctl declare_stream events --max-age 7D --max-length-bytes 20GB
  rabbitctl declare_stream events --segment-size 500MB --initial-cluster-size 3 -p prod
  rabbitctl declare_stream events --max-age 7D --check || echo 'not as wanted'`,
	})
}
