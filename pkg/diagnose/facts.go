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

// Facts are what the rules judge. A rule runs only if every part that it needs was read.
type Facts struct {
	// Unseen says why a part could not be read. NotOffered are the parts that this release does not have.
	Unseen     map[Part]string
	NotOffered map[Part]bool
	// Next are the next steps of the errors behind Unseen.
	Next []string

	// Endpoint is the address that was asked, User the user that asked.
	Endpoint, User string
	// Loopback means that the broker was asked over the loopback interface.
	Loopback bool

	Alarms   []health.Alarm
	Overview Overview
	// Skew is how far the broker's clock is ahead of the local one, to a second; negative if it is behind.
	Skew  time.Duration
	Nodes []health.Node
	// DiskTrends are by node, from the broker's statistics of the free space.
	DiskTrends map[string]health.DiskTrend
	// View is what the asked node reports about its cluster.
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
	// holes are what is wrong in Routing. It is found once and used by several rules.
	holes []Hole
	// Shovels and Links are those that run or are declared.
	Shovels, Links []health.Mover
	// TLS has the certificates that the listeners of the asked node send, and the moment for which they are judged.
	TLS health.CertificateFacts
	// Volumes is the size in bytes of the volume with a node's data, by node, where it could be read.
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
	// Dropped and Returned are unroutable messages per second: those that the broker dropped, and those that it
	// returned because they were mandatory.
	Dropped, Returned health.Reading
}

// User is a user with its tags.
type User struct {
	Name string
	Tags []string
}
