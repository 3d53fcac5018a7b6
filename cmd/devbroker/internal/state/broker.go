// Package state stores a description of each broker that devbroker started: its nodes, ports and folders.
package state

import (
	"fmt"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/rabbitctl/rabbitctl/cmd/devbroker/internal/process"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
)

// Broker is one node or a cluster of one release, started and ended together. Its nodes share a cookie and an epmd.
type Broker struct {
	Name    string `json:"name"`
	Release string `json:"release"` // for example 3.10
	Version string `json:"version"` // for example 3.10.8
	Source  Source `json:"source"`
	// Root is the folder that the nodes see as /; empty when they use the machine's file system.
	Root string `json:"root,omitempty"`
	// Sbin is the folder of rabbitmq-server, rabbitmqctl and so on, a path inside Root; empty with Docker.
	Sbin string `json:"sbin,omitempty"`
	// Image is the container image; empty without Docker.
	Image    string `json:"image,omitempty"`
	EpmdPort int    `json:"epmd_port"`
	// Settings are additional lines of rabbitmq.conf for every node.
	Settings []string `json:"settings,omitempty"`
	// TLS means that the nodes also listen for AMQP over TLS.
	TLS bool `json:"tls,omitempty"`
	// TLSDistribution means that the nodes and the tools speak TLS with each other.
	TLSDistribution bool   `json:"tls_distribution,omitempty"`
	Nodes           []Node `json:"nodes"`

	// Dir is the broker's folder: the one that the description was read from. It is not in the description.
	Dir string `json:"-"`
}

// Source is where a broker's programs come from.
type Source string

const (
	Installed Source = "installed" // the machine's own installation
	Suite     Source = "suite"     // a Debian suite unpacked into a folder of its own
	Docker    Source = "docker"    // a container image
)

// Node is one RabbitMQ node.
type Node struct {
	Index int    `json:"index"` // from 1
	Node  string `json:"node"`  // the Erlang node name, for example rabbit-3-10-1@localhost
	Ports Ports  `json:"ports"`
}

// Ports are the ports of a node's listeners, all on 127.0.0.1.
type Ports struct {
	AMQP       int `json:"amqp"`
	Management int `json:"management"`
	Prometheus int `json:"prometheus"`
	Stream     int `json:"stream"`
	Dist       int `json:"dist"`
	// AMQPS is 0 without TLS.
	AMQPS int `json:"amqps,omitempty"`
}

// All lists the ports with their uses, in a fixed order.
func (p Ports) All() []Port {
	all := []Port{{"amqp", p.AMQP}, {"management", p.Management}, {"prometheus", p.Prometheus}, {"stream", p.Stream},
		{"dist", p.Dist}}
	if p.AMQPS != 0 {
		all = append(all, Port{"amqps", p.AMQPS})
	}
	return all
}

// Port is one listener.
type Port struct {
	Use    string
	Number int
}

// URL is the management API's address with the default user's credentials.
func (n Node) URL() string { return fmt.Sprintf("http://guest:guest@127.0.0.1:%d", n.Ports.Management) }

// AMQPURL is the AMQP address with the default user's credentials, for the virtual host "/".
func (n Node) AMQPURL() string { return fmt.Sprintf("amqp://guest:guest@127.0.0.1:%d", n.Ports.AMQP) }

// PrometheusURL is the address of the metrics.
func (n Node) PrometheusURL() string {
	return fmt.Sprintf("http://127.0.0.1:%d/metrics", n.Ports.Prometheus)
}

// StreamURL is the address of the stream protocol's listener.
func (n Node) StreamURL() string {
	return fmt.Sprintf("rabbitmq-stream://guest:guest@127.0.0.1:%d", n.Ports.Stream)
}

// NodeDir is the folder of everything one node owns.
func (b Broker) NodeDir(n Node) string { return filepath.Join(b.Dir, fmt.Sprint(n.Index)) }

// DataDir is the folder of a node's database and messages.
func (b Broker) DataDir(n Node) string { return filepath.Join(b.NodeDir(n), "data") }

// LogDir is the folder of a node's logs.
func (b Broker) LogDir(n Node) string { return filepath.Join(b.NodeDir(n), "log") }

// LogFile is a node's own log.
func (b Broker) LogFile(n Node) string { return filepath.Join(b.LogDir(n), "rabbit.log") }

// ConsoleFile holds the standard output and standard error of a node, such as errors before its log was open.
func (b Broker) ConsoleFile(n Node) string { return filepath.Join(b.LogDir(n), "console.log") }

// CertificateDir is the folder of a node's certificates; it exists only with TLS.
func (b Broker) CertificateDir(n Node) string { return filepath.Join(b.NodeDir(n), "conf", "tls") }

// DistributionDir is the folder of the certificate with which the nodes prove themselves to each other, and of the file
// that tells Erlang where the certificate is. It exists only with TLSDistribution.
func (b Broker) DistributionDir() string { return filepath.Join(b.Dir, "distribution") }

// PIDFile holds the identity of a node's process; it is missing while the node is stopped, and always with Docker.
func (b Broker) PIDFile(n Node) string { return filepath.Join(b.NodeDir(n), "process.json") }

// EpmdPIDFile holds the identity of the broker's epmd.
func (b Broker) EpmdPIDFile() string { return filepath.Join(b.Dir, "epmd.json") }

// Home is the home folder of the nodes and of the command-line tools, which holds the cookie.
func (b Broker) Home() string { return filepath.Join(b.Dir, "home") }

// Mark is the mark on all processes of a node, recorded or not.
func (b Broker) Mark(n Node) process.Mark { return process.MarkOf(b.NodeDir(n)) }

// EpmdMark is the mark on the broker's epmd.
func (b Broker) EpmdMark() process.Mark { return process.MarkOf(filepath.Join(b.Dir, "epmd")) }

// Find returns the node with that index, from 1, or a NotFound error if the broker has fewer nodes.
func (b Broker) Find(index int) (Node, error) {
	for _, n := range b.Nodes {
		if n.Index == index {
			return n, nil
		}
	}
	return Node{}, fail.New(fail.NotFound, "%s has no node %d: it has %d", b.Name, index, len(b.Nodes))
}

// NodeName is the Erlang name of a broker's node. Erlang allows no dot in the part before @.
func NodeName(broker string, index int) string {
	return fmt.Sprintf("%s-%d@localhost", strings.ReplaceAll(broker, ".", "-"), index)
}

// CheckName refuses a name that cannot be both a folder and a part of an Erlang node name.
func CheckName(name string) error {
	if !regexp.MustCompile(`^[a-z0-9][a-z0-9._-]{0,39}$`).MatchString(name) || strings.Contains(name, "..") {
		return fail.Usagef(
			"%q cannot be a broker's name: a name has up to 40 of a-z 0-9 . _ - and begins with a letter or a digit", name)
	}
	return nil
}
