package node

import (
	"fmt"
	"path/filepath"
	"time"

	"github.com/rabbitctl/rabbitctl/cmd/devbroker/internal/certificate"
	"github.com/rabbitctl/rabbitctl/cmd/devbroker/internal/process"
	"github.com/rabbitctl/rabbitctl/cmd/devbroker/internal/state"
)

// prepareDistribution makes the certificate that all nodes and tools of a broker share, unless it exists, and the file
// that tells Erlang where the certificate is. Each side of a connection demands a certificate of the other side.
func prepareDistribution(dir string) error {
	if err := certificate.Make(dir, time.Now().AddDate(1, 0, 0)); err != nil {
		return err
	}
	files := certificate.In(dir)
	own := fmt.Sprintf("{cacertfile,%q},{certfile,%q},{keyfile,%q},{verify,verify_peer}", files.Authorities,
		files.Certificate, files.Key)
	text := fmt.Sprintf("[{server,[%s,{fail_if_no_peer_cert,true}]},\n {client,[%s]}].\n", own, own)
	return process.WriteFile(optionsFile(dir), []byte(text), 0o600)
}

func optionsFile(dir string) string { return filepath.Join(dir, "ssl_dist.config") }

// overTLS returns the arguments with which Erlang speaks TLS with other nodes, or "" if the broker's nodes do not speak
// TLS with each other.
func overTLS(b state.Broker) string {
	if !b.TLSDistribution {
		return ""
	}
	return " -proto_dist inet_tls -ssl_dist_optfile " + optionsFile(b.DistributionDir())
}
