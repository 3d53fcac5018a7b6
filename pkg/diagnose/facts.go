package diagnose

import (
	"time"

	"github.com/rabbitctl/rabbitctl/pkg/health"
)

// Part names a part of the facts, as it is asked for.
type Part string

// The parts of the facts.
const (
	OfAlarms      Part = "alarms"
	OfOverview    Part = "overview"
	OfHistory     Part = "history of the disks"
	OfClock       Part = "clock"
	OfNodes       Part = "nodes"
	OfView        Part = "members of the cluster"
	OfVHosts      Part = "virtual hosts"
	OfConnections Part = "connections"
	OfQueues      Part = "queues"
	OfMotion      Part = "growth of queues"
	OfFlags       Part = "feature flags"
	OfDeprecated  Part = "deprecated features"
	OfUsers       Part = "users"
	OfDefaultUser Part = "the default user"
	OfReplicated  Part = "members of quorum queues"
	OfRouting     Part = "routing"
	OfShovels     Part = "shovels"
	OfLinks       Part = "federation links"
	OfTLS         Part = "certificates"
)

// Facts are what the rules judge. A rule is run only where every part that it needs was seen.
type Facts struct {
	// Unseen says why a part could not be had. NotOffered are the parts that this release does not have.
	Unseen     map[Part]string
	NotOffered map[Part]bool
	// Next are the next steps of the errors behind Unseen.
	Next []string

	// Endpoint is whom was asked, User as whom.
	Endpoint, User string
	// Loopback means that the broker was asked over the loopback interface.
	Loopback bool

	Alarms   []health.Alarm
	Overview Overview
	// Skew is by how much the broker's clock is ahead of ours; negative: behind. It is known to a second.
	Skew  time.Duration
	Nodes []health.Node
	// DiskTrends are by node, as far as the broker remembers how much was free.
	DiskTrends map[string]health.DiskTrend
	// View is what the asked node says of its cluster.
	View        View
	VHosts      []health.VHost
	Connections []Connection
	Queues      Queues
	Flags       []health.FeatureFlag
	// Deprecated are the deprecated features in use.
	Deprecated []string
	Users      []User
	// DefaultUser means that the login guest with the password guest was accepted.
	DefaultUser bool
	// Replicated are the quorum queues and streams.
	Replicated []health.Replicated
	// Routing has the exchanges, queues and policies of each virtual host.
	Routing []RoutingFacts
	// holes are those of Routing, found once for all rules about them.
	holes []Hole
	// Shovels and Links are those that run, or should.
	Shovels, Links []health.Mover
	// TLS is what the listeners of the asked node send, and Now the moment to judge it for.
	TLS health.CertificateFacts
	// Volumes is the size in bytes of the volume that a node's data is on, by node, where it could be seen.
	Volumes map[string]float64
}

// Overview is the cluster at a glance.
type Overview struct {
	Name, Node, Version, Erlang string
	// StatsOff means that the management plugin collects no statistics.
	StatsOff bool
	// RatesMode is basic, detailed or none.
	RatesMode string
	// Connections is how many there are; Opened and Closed are per second.
	Connections, ConnectionsOpened, ConnectionsClosed, ChannelsOpened health.Reading
	// Dropped and Returned are unroutable messages per second: those thrown away, and those sent back to publishers that
	// asked for that.
	Dropped, Returned health.Reading
}

// User is a user with its tags.
type User struct {
	Name string
	Tags []string
}
