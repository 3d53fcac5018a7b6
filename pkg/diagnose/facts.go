package diagnose

import (
	"time"

	"github.com/rabbitctl/rabbitctl/pkg/health"
)

// Part is the name of a part of the facts, as people see it: "could not look at queues".
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
	// Unseen says for each part why it could not be read; such parts become a finding. NotOffered marks the parts that
	// this release does not have, or that the caller leaves out: the rules skip them without a finding.
	Unseen     map[Part]string
	NotOffered map[Part]bool
	// Next holds the next steps that the errors behind Unseen advise.
	Next []string

	// Endpoint is the address of the broker that was asked, and User is the user that rabbitctl logged in as.
	Endpoint, User string
	// Loopback means that the broker was asked over the loopback interface.
	Loopback bool

	Alarms   []health.Alarm
	Overview Overview
	// Skew is how far the broker's clock is ahead of the local one, to the second; negative if it is behind.
	Skew  time.Duration
	Nodes []health.Node
	// DiskTrends says for each node how its free space develops, from the broker's statistics.
	DiskTrends map[string]health.DiskTrend
	// View is what the asked node reports about its cluster.
	View        View
	VHosts      []health.VHost
	Connections []Connection
	Queues      Queues
	Flags       []health.FeatureFlag
	// Deprecated lists the deprecated features in use.
	Deprecated []string
	Users      []User
	// DefaultUser means that the login guest with the password guest was accepted.
	DefaultUser bool
	// Replicated holds the quorum queues and streams.
	Replicated []health.Replicated
	// Routing has the exchanges, queues and policies of each virtual host.
	Routing []RoutingFacts
	// holes holds the holes in Routing. They are found once and used by several rules.
	holes []Hole
	// Shovels and Links are the shovels and federation links that run or are declared.
	Shovels, Links []health.Mover
	// TLS holds the certificates that the listeners of the asked node send, and the moment at which to judge them.
	TLS health.CertificateFacts
	// Volumes holds, by node, the size in bytes of the volume with the node's data, for each node where it could be read.
	Volumes map[string]float64
}

// Overview holds the main facts about the cluster.
type Overview struct {
	Name, Node, Version, Erlang string
	// StatsOff means that the management plugin collects no statistics.
	StatsOff bool
	// RatesMode is basic, detailed or none.
	RatesMode string
	// Connections is the number of connections. The other three are events per second.
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
