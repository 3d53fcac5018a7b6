// Package node handles one RabbitMQ node: its configuration, its process, and whether it answers.
package node

import (
	"fmt"
	"strings"

	"github.com/rabbitctl/rabbitctl/cmd/devbroker/internal/certificate"
	"github.com/rabbitctl/rabbitctl/cmd/devbroker/internal/state"
)

// Plugins are enabled on every node.
func Plugins() []string {
	return []string{
		"rabbitmq_federation", "rabbitmq_federation_management", "rabbitmq_management", "rabbitmq_prometheus",
		"rabbitmq_shovel", "rabbitmq_shovel_management", "rabbitmq_stream", "rabbitmq_stream_management",
	}
}

// Config is a node's rabbitmq.conf. The memory watermark, in bytes, is only the limit that blocks publishers; no memory
// is reserved. The statistics interval and the disk limit keep their defaults, because tests check what rabbitctl does
// with these defaults.
func Config(cluster string, n state.Node, memory uint64) string {
	return fmt.Sprintf(`cluster_name = %s
listeners.tcp.1 = 127.0.0.1:%d
management.tcp.ip = 127.0.0.1
management.tcp.port = %d
prometheus.tcp.ip = 127.0.0.1
prometheus.tcp.port = %d
stream.listeners.tcp.1 = 127.0.0.1:%d
stream.advertised_host = 127.0.0.1
stream.advertised_port = %d
vm_memory_high_watermark.absolute = %d
log.file.level = info
`, cluster, n.Ports.AMQP, n.Ports.Management, n.Ports.Prometheus, n.Ports.Stream, n.Ports.Stream, memory)
}

func tlsConfig(n state.Node, files certificate.Files) string {
	return fmt.Sprintf(`listeners.ssl.1 = 127.0.0.1:%d
ssl_options.cacertfile = %s
ssl_options.certfile = %s
ssl_options.keyfile = %s
ssl_options.verify = verify_none
ssl_options.fail_if_no_peer_cert = false
`, n.Ports.AMQPS, files.Authorities, files.Certificate, files.Key)
}

// EnabledPlugins is the text of the enabled_plugins file, an Erlang term.
func EnabledPlugins() string { return "[" + strings.Join(Plugins(), ",") + "].\n" }

// Watermark is the memory watermark in bytes for a machine with that much memory: a quarter of it, but between 256 MiB
// and 4 GiB. So several nodes can share the machine, and one can still hold 100,000 queues.
func Watermark(total uint64) uint64 { return min(max(total/4, 256<<20), 4<<30) }
