package diagnose_test

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/rabbitctl/rabbitctl/pkg/diagnose"
	"github.com/rabbitctl/rabbitctl/pkg/health"
	"github.com/rabbitctl/rabbitctl/pkg/routing"
	"github.com/rabbitctl/rabbitctl/pkg/topology"
)

func n(v float64) health.Reading { return health.Reading{Value: v, Known: true} }

// well is a broker on which no rule finds a problem.
func well() diagnose.Facts {
	return diagnose.Facts{
		Endpoint: "http://mq:15672", User: "ops", Unseen: map[diagnose.Part]string{}, NotOffered: map[diagnose.Part]bool{},
		Overview: diagnose.Overview{Name: "prod", Node: "rabbit@a", Version: "4.3.6", RatesMode: "basic", Connections: n(12),
			ConnectionsOpened: n(0.2)},
		Nodes: []health.Node{{Name: "rabbit@a", Running: true, DiskFree: n(80e9), DiskLimit: n(2e9), MemoryUsed: n(1e9),
			MemoryLimit: n(4e9),
			FilesUsed:   n(100), FilesTotal: n(50000), SocketsUsed: n(0), SocketsTotal: n(0), ProcessesUsed: n(400),
			ProcessesTotal: n(1048576)}},
		View: diagnose.View{Node: "rabbit@a", Members: []health.Member{{Name: "rabbit@a", Running: true,
			Version: "4.3.6"}}},
		Queues: diagnose.Queues{Total: 7},
		Flags: []health.FeatureFlag{{Name: "quorum_queue", State: "enabled", Stability: "required"},
			{Name: "khepri_x", State: "disabled", Stability: "experimental"}},
		Users:   []diagnose.User{{"ops", []string{"monitoring", "team-blue"}}},
		Volumes: map[string]float64{"rabbit@a": 250e9},
	}
}

func TestExamine_nothingWrong(t *testing.T) {
	if found := diagnose.Examine(well()); found != nil {
		t.Errorf("%+v", found)
	}
}

// ruleCases has at least one case for each rule, and cases in which the rule just does not apply.
func ruleCases() []struct {
	name   string
	change func(*diagnose.Facts)
	want   []string // severity, rule, and a part of what, evidence, hit or do
} {
	type facts = diagnose.Facts
	queue := func(consumers, ready, unacked, published, acked float64) func(*facts) {
		return func(f *facts) {
			q := diagnose.Queue{VHost: "/", Name: "orders", Consumers: n(consumers), Ready: n(ready), Unacked: n(unacked),
				Published: n(published), Acked: n(acked)}
			if q.Suspect() {
				f.Queues.Suspects = append(f.Queues.Suspects, q)
			}
		}
	}
	// then adds a queue with two further looks, 6 s apart. The numbers say what changed between these two looks.
	then := func(q diagnose.Queue, grown, redelivered, acked float64) func(*facts) {
		return func(f *facts) {
			q.VHost, q.Name = "/", "orders"
			q.Then = &diagnose.Change{Over: 6 * time.Second, Grown: n(grown), Redelivered: n(redelivered), Acked: n(acked)}
			if q.Suspect() {
				f.Queues.Suspects = append(f.Queues.Suspects, q)
			}
		}
	}
	unread := diagnose.Queue{Consumers: n(0), Ready: n(12), Published: n(1.5)}
	looping := diagnose.Queue{Consumers: n(1), Ready: n(0), Unacked: n(5), Acked: n(3), Redelivered: n(2700)}
	// limited adds a queue that rejects what is published beyond 2 messages or 1000 bytes.
	limited := func(kind string, ready float64, bytes health.Reading, published float64) func(*facts) {
		return func(f *facts) {
			limit := &routing.Queue{Name: "orders", Type: kind, Ready: n(ready), ReadyBytes: bytes,
				Arguments: map[string]any{"x-overflow": "reject-publish", "x-max-length": number(2),
					"x-max-length-bytes": number(1000)}}
			q := diagnose.Queue{VHost: "/", Name: "orders", Consumers: n(1), Ready: n(ready), Published: n(published),
				Limit: limit}
			if q.Suspect() {
				f.Queues.Suspects = append(f.Queues.Suspects, q)
			}
		}
	}
	// falling makes the free disk space of the node fall by gbPerHour. 20 GB are free, and the limit is 2 GB.
	falling := func(gbPerHour float64) func(*facts) {
		return func(f *facts) {
			f.Nodes[0].DiskFree = n(20e9)
			f.DiskTrends = map[string]health.DiskTrend{"rabbit@a": {Over: time.Hour, Fall: gbPerHour * 1e9 / 3600}}
		}
	}
	routes := func(exchanges map[string]*routing.Exchange, queues map[string]*routing.Queue) func(*facts) {
		return func(f *facts) {
			f.Routing = []diagnose.RoutingFacts{{VHost: "/", Facts: routing.Facts{Exchanges: exchanges, Queues: queues,
				Whole: true}}}
		}
	}
	off := func(bindings []routing.Binding, arguments map[string]any) func(*facts) {
		return func(f *facts) {
			routes(map[string]*routing.Exchange{"hashed": {Name: "hashed", Type: "x-consistent-hash", Bindings: bindings}},
				map[string]*routing.Queue{"orders": {Name: "orders", Type: "classic", Arguments: arguments}})(f)
			f.Routing[0].Node, f.Routing[0].Types = "rabbit@a", map[string]bool{"direct": true}
		}
	}
	policies := func(all ...topology.Policy) func(*facts) {
		return func(f *facts) {
			routes(nil, map[string]*routing.Queue{"orders": {Name: "orders", Type: "classic", PolicyName: "policy ttl",
				Arguments: map[string]any{}}, "mirrored": {Name: "mirrored", Type: "classic", PolicyName: "policy ha",
				Arguments: map[string]any{}}})(f)
			f.Routing[0].Policies = all
		}
	}
	replicated := func(down ...string) func(*facts) {
		return func(f *facts) {
			q := health.Replicated{VHost: "/", Name: "q3", Type: "quorum", Members: []string{"rabbit@a", "rabbit@b", "rabbit@c"},
				Leader: "rabbit@a"}
			f.View.Members = nil
			for _, node := range q.Members {
				running := !slices.Contains(down, node)
				f.View.Members = append(f.View.Members, health.Member{Name: node, Running: running, Version: "4.3.6"})
				if running {
					q.Online = append(q.Online, node)
				}
			}
			f.Replicated = []health.Replicated{q}
		}
	}
	return []struct {
		name   string
		change func(*facts)
		want   []string
	}{
		{"disk alarm", func(f *facts) {
			f.Alarms = []health.Alarm{{Node: "rabbit@a", Resource: "disk"}}
			f.Connections = []diagnose.Connection{{Name: "c1", App: "billing", User: "shop", Peer: "10.0.0.7:4",
				State: "blocked"}, {Name: "c2", State: "blocking"}}
		}, []string{"CRITICAL alarm-in-effect stuck now: billing (user shop, 10.0.0.7:4)"}},
		{"memory alarm", func(f *facts) { f.Alarms = []health.Alarm{{Node: "rabbit@a", Resource: "memory"}} },
			[]string{"CRITICAL alarm-in-effect memory alarm on rabbit@a: 1 GB used, watermark 4 GB"}},
		{"disk near", func(f *facts) { f.Nodes[0].DiskFree = n(3e9) }, []string{"WARNING disk-alarm-ahead (1.50x)"}},
		{"disk very near", func(f *facts) { f.Nodes[0].DiskFree = n(2.1e9) }, []string{"CRITICAL disk-alarm-ahead (1.05x)"}},
		{"disk falls", falling(3), []string{"WARNING disk-alarm-ahead it falls 3 GB/h: alarm in 6h"}},
		{"disk falls fast", falling(20), []string{"CRITICAL disk-alarm-ahead it falls 20 GB/h: alarm in 54m"}},
		{"disk falls slowly", falling(2), nil},
		{"disk is not measured", func(f *facts) {
			f.DiskTrends = map[string]health.DiskTrend{"rabbit@a": {Over: time.Hour, StuckFor: 20 * time.Minute,
				Published: 5000}}
		}, []string{"UNKNOWN disk-alarm-ahead activate_free_disk_space_monitoring"}},
		{"disk not known", func(f *facts) { f.Nodes[0].DiskFree = health.Reading{Raw: "NaN"} },
			[]string{"UNKNOWN disk-alarm-ahead cannot raise a disk alarm"}},
		{"memory near", func(f *facts) { f.Nodes[0].MemoryUsed = n(3.3e9) }, []string{"WARNING memory-alarm-ahead 3.3 GB"}},
		{"memory very near", func(f *facts) { f.Nodes[0].MemoryUsed = n(3.9e9) },
			[]string{"CRITICAL memory-alarm-ahead 3.9 GB"}},
		{"memory not near", func(f *facts) { f.Nodes[0].MemoryUsed = n(3.19e9) }, nil},
		{"memory alarm is no alarm to come", func(f *facts) {
			f.Nodes[0].MemoryUsed = n(5e9)
			f.Alarms = []health.Alarm{{Node: "rabbit@a", Resource: "memory"}}
		}, []string{"CRITICAL alarm-in-effect 5 GB used"}},
		{"limit of development", func(f *facts) { f.Nodes[0].DiskLimit = n(50e6) },
			[]string{"WARNING disk-limit-too-low is 50 MB"}},
		// The limit was raised, but the figures still have the old one. One report must not advise two limits.
		{"limit raised since", func(f *facts) {
			f.Nodes[0].DiskLimit = n(50e6)
			f.Alarms = []health.Alarm{{Node: "rabbit@a", Resource: "disk"}}
		}, []string{"CRITICAL alarm-in-effect disk alarm on rabbit@a"}},
		{"limit of 1 GB", func(f *facts) { f.Nodes[0].DiskLimit = n(1e9) }, nil},
		{"limit above the volume", func(f *facts) {
			f.Volumes["rabbit@a"] = 2e9
			f.Alarms = []health.Alarm{{Node: "rabbit@a", Resource: "disk"}}
		}, []string{"CRITICAL alarm-in-effect disk alarm on rabbit@a",
			"CRITICAL disk-limit-above-volume the whole volume has 2 GB"}},
		{"limit above the volume, lowered since", func(f *facts) { f.Volumes["rabbit@a"] = 2e9 }, nil},
		{"flow", func(f *facts) {
			f.Connections = []diagnose.Connection{{Name: "c1", App: "feeder", User: "u", Peer: "p", State: "flow"}}
		},
			[]string{"WARNING publishers-in-flow 1 connection is slowed down"}},
		{"node silent", func(f *facts) { f.View.Waits, f.View.SilentNodes = true, []string{"rabbit@b"} },
			[]string{"CRITICAL node-silent rabbit@b does not answer"}},
		{"node down", func(f *facts) { f.View.Members = append(f.View.Members, health.Member{Name: "rabbit@b"}) },
			[]string{"CRITICAL node-not-running rabbit@b is not running"}},
		{"a queue is down", func(f *facts) { f.Queues.Down.Add("/", "mail", "rabbit@b") },
			[]string{"CRITICAL queue-down a classic queue cannot be reached: mail in /, on rabbit@b"}},
		{"many queues are down", func(f *facts) {
			for i := range 12 {
				f.Queues.Down.Add("/", fmt.Sprintf("q%d", i), "rabbit@b")
			}
		}, []string{"CRITICAL queue-down 12 classic queues cannot be reached: q0 in /, on rabbit@b; q1 in /, on rabbit@b; q2 in /, on rabbit@b; and 9 more"}},
		{"virtual host stopped", func(f *facts) {
			f.VHosts = []health.VHost{{Name: "/", States: map[string]string{"rabbit@a": "running"}},
				{Name: "a b", States: map[string]string{"rabbit@a": "stopped"}}}
		}, []string{"CRITICAL virtual-host-stopped rabbitctl restart_vhost -p 'a b' --node rabbit@a"}},
		{"virtual hosts run", func(f *facts) {
			f.VHosts = []health.VHost{{Name: "/", States: map[string]string{"rabbit@a": "running"}}, {Name: "young"}}
		}, nil},
		{"two releases", func(f *facts) {
			f.View.Members = append(f.View.Members, health.Member{Name: "rabbit@b", Running: true, Version: "4.2.1"})
		}, []string{"WARNING versions-differ 4.2.1 on rabbit@b"}},
		{"maintenance", func(f *facts) { f.View.Members[0].Drained = true },
			[]string{"WARNING node-in-maintenance rabbit@a is in maintenance"}},
		{"split", func(f *facts) { f.View.Members[0].Partitions = []string{"rabbit@c"} },
			[]string{"CRITICAL cluster-split rabbit@a and rabbit@c"}},
		{"files", func(f *facts) { f.Nodes[0].FilesUsed = n(40000) }, []string{"WARNING node-limits file descriptors"}},
		{"processes", func(f *facts) { f.Nodes[0].ProcessesUsed = n(1e6) },
			[]string{"CRITICAL node-limits Erlang processes"}},
		{"sockets of 3.10", func(f *facts) { f.Nodes[0].SocketsUsed, f.Nodes[0].SocketsTotal = n(829), n(829) },
			[]string{"CRITICAL node-limits sockets"}},
		{"no statistics", func(f *facts) { f.Overview.StatsOff = true },
			[]string{"WARNING statistics-off collects no statistics"}},
		{"no rates", func(f *facts) { f.Overview.RatesMode = "none" }, []string{"WARNING statistics-off computes no rates"}},
		{"clock ahead", func(f *facts) { f.Skew = 31 * time.Second }, []string{"WARNING clock-skew 31s ahead of"}},
		{"clock behind", func(f *facts) { f.Skew = -time.Hour }, []string{"WARNING clock-skew 1h0m0s behind"}},
		{"clock near enough", func(f *facts) { f.Skew = -30 * time.Second }, nil},
		{"churn", func(f *facts) { f.Overview.ConnectionsOpened = n(20) },
			[]string{"WARNING connection-churn 20.0 connections a second"}},
		{"nobody reads, and it grows", then(unread, 9, 0, 0),
			[]string{"WARNING queue-not-read orders in /: 12 ready, no consumer, grew by 9 in 6s"}},
		// If the queue is at its length limit, or if old messages expire as new ones come, publishing does not make it grow.
		{"nobody reads, and it stands", then(unread, 0, 0, 0), nil},
		{"nobody reads, and it drains", then(unread, -5, 0, 0), nil},
		{"nobody reads, and growth is not known", queue(0, 12, 0, 1.5, 0), nil},
		{"nobody reads, and growth could not be seen", func(f *facts) {
			queue(0, 12, 0, 1.5, 0)(f)
			f.Unseen[diagnose.OfMotion] = "too late"
		}, []string{"UNKNOWN not-seen growth of queues: too late"}},
		{"messages go round", then(looping, 0, 16200, 18),
			[]string{"WARNING redelivery-loop orders in /: 16200 redelivered and 18 acknowledged in 6s, by 1 consumer"}},
		{"messages go round, and none is acknowledged", then(diagnose.Queue{Consumers: n(1), Ready: n(5), Unacked: n(5),
			Acked: n(0), Redelivered: n(2700)}, 0, 16200, 0),
			[]string{"WARNING redelivery-loop orders in /: 16200 redelivered and 0 acknowledged in 6s, by 1 consumer"}},
		{"messages came back once", then(looping, 0, 0, 18), nil},
		{"messages come back, and more are done", then(looping, 0, 10, 18), nil},
		{"some come back", then(diagnose.Queue{Consumers: n(1), Acked: n(100), Redelivered: n(2)}, 0, 12, 600), nil},
		{"full and refuses", limited("classic", 2, n(20), 3336),
			[]string{"WARNING queue-full-rejects orders in / is full: 2 ready, max-length 2 (argument), overflow reject-publish; 3336 messages a second are published, rejected ones included"}},
		{"full of bytes, and nothing comes", limited("classic", 1, n(1000), 0),
			[]string{"WARNING queue-full-rejects orders in / is full: 1000 bytes ready, max-length-bytes 1000 (argument), overflow reject-publish"}},
		{"a quorum queue takes one more", limited("quorum", 2, n(20), 10), nil},
		{"and then none", limited("quorum", 3, n(20), 10), []string{"WARNING queue-full-rejects 3 ready"}},
		{"not full", limited("classic", 1, n(20), 10), nil},
		{"how full is not known", limited("classic", 1, health.Reading{}, 10), nil},
		{"nobody reads, nothing comes", queue(0, 12, 0, 0, 0), nil},
		{"read", queue(1, 12, 0, 5, 1), nil},
		{"nobody acknowledges", queue(2, 100, 50, 5, 0),
			[]string{"WARNING queue-not-acknowledged 50 unacknowledged, 100 ready, 2 consumers"}},
		{"all handed out", queue(2, 0, 50, 0, 0), nil},
		{"acknowledged", queue(2, 100, 50, 5, 3), nil},
		{"dropped", func(f *facts) { f.Overview.Dropped = n(3) },
			[]string{"WARNING messages-unroutable 3.0 messages a second are dropped"}},
		{"returned", func(f *facts) { f.Overview.Returned = n(2) }, []string{"WARNING messages-unroutable 2.0 are returned"}},
		{"3.10", func(f *facts) { f.Overview.Version = "3.10.8" },
			[]string{"WARNING release-superseded superseded in September 2022"}},
		{"4.2", func(f *facts) { f.Overview.Version = "4.2.5" }, []string{"WARNING release-superseded superseded: only"}},
		{"3.7", func(f *facts) { f.Overview.Version = "3.7.28" }, []string{"WARNING release-superseded superseded: only"}},
		{"newer than known", func(f *facts) { f.Overview.Version = "4.4.0" }, nil},
		{"no version", func(f *facts) { f.Overview.Version = "main" }, nil},
		{"flag off", func(f *facts) {
			f.Flags = append(f.Flags, health.FeatureFlag{Name: "x", State: "disabled", Stability: "stable"})
		},
			[]string{"WARNING feature-flag-disabled 1 stable feature flag is not enabled"}},
		{"deprecated", func(f *facts) { f.Deprecated = []string{"transient_nonexcl_queues"} },
			[]string{"WARNING deprecated-feature-used transient_nonexcl_queues"}},
		{"mirrors on 4.x", policies(topology.Policy{Name: "ha", Pattern: ".*", Definition: map[string]any{"ha-mode": "all"}},
			topology.Policy{Name: "ttl", Pattern: ".*", Definition: map[string]any{"message-ttl": 1}}),
			[]string{"WARNING mirrored-policy which this release does not have"}},
		{"mirrors on 3.x", func(f *facts) {
			policies(topology.Policy{Name: "ha", Pattern: ".*", Definition: map[string]any{"ha-mode": "all"}})(f)
			f.Overview.Version = "3.13.7"
		}, []string{"WARNING release-superseded ", "WARNING mirrored-policy the upgrade to 4.0"}},
		{"a policy for nothing", policies(topology.Policy{Name: "old", Pattern: "^gone",
			Definition: map[string]any{"message-ttl": 1}}), []string{"OK policy-in-effect-nowhere policy old in /"}},
		{"dead letters to nowhere", routes(nil, map[string]*routing.Queue{"orders": {Name: "orders", Type: "classic",
			Arguments: map[string]any{"x-dead-letter-exchange": "gone"}}}),
			[]string{"WARNING dead-letters-lost queue orders in /"}},
		{"an alternate exchange that is gone", routes(map[string]*routing.Exchange{"shop": {Name: "shop", Type: "topic",
			Alternate: "gone", AlternateBy: "argument", Bindings: []routing.Binding{{To: "q"}}}}, nil),
			[]string{"WARNING exchange-leads-nowhere exchange shop in /"}},
		{"an exchange whose type is off", off(nil, nil),
			[]string{"WARNING exchange-type-off rabbitctl enable_plugins rabbitmq_consistent_hash_exchange"}},
		{"an exchange in use whose type is off", off([]routing.Binding{{To: "q"}}, nil),
			[]string{"CRITICAL exchange-type-off exchange hashed in /: cannot route: rabbit@a does not offer the exchange type x-consistent-hash"}},
		{"dead letters to an exchange whose type is off", off(nil, map[string]any{"x-dead-letter-exchange": "hashed"}),
			[]string{"CRITICAL exchange-type-off queue orders in /: dead-letters to exchange hashed, which cannot route"}},
		{"a type that is on", func(f *facts) {
			off([]routing.Binding{{To: "q"}}, map[string]any{"x-dead-letter-exchange": "hashed"})(f)
			f.Routing[0].Types["x-consistent-hash"] = true
		}, nil},
		{"types not seen", func(f *facts) {
			off(nil, nil)(f)
			f.Routing[0].Types = nil
		}, nil},
		{"majority lost", replicated("rabbit@b", "rabbit@c"), []string{"CRITICAL node-not-running rabbit@b",
			"CRITICAL node-not-running rabbit@c", "CRITICAL quorum-lost q3 in /: 1 of 3"}},
		{"majority of the metadata store lost", func(f *facts) {
			replicated("rabbit@b", "rabbit@c")(f)
			f.View.Version = "4.3.6"
		}, []string{"CRITICAL node-not-running rabbit@b", "CRITICAL node-not-running rabbit@c",
			"CRITICAL metadata-majority-lost nothing can be declared, deleted or changed: 1 of 3 nodes run",
			"CRITICAL quorum-lost q3 in /: 1 of 3"}},
		{"metadata store with a majority", func(f *facts) {
			replicated("rabbit@c")(f)
			f.View.Version = "4.3.6"
		}, []string{"CRITICAL node-not-running rabbit@c", "WARNING quorum-near-loss q3 in /: 2 of 3 members online"}},
		{"one member down", replicated("rabbit@c"), []string{"CRITICAL node-not-running rabbit@c",
			"WARNING quorum-near-loss q3 in /: 2 of 3 members online"}},
		{"all members", replicated(), nil},
		{"a shovel is down", func(f *facts) {
			f.Shovels = []health.Mover{{Name: "s in virtual host /", State: "terminated", Why: "refused"}}
		},
			[]string{"CRITICAL shovel-not-running shovel s in virtual host / is terminated"}},
		{"a link starts", func(f *facts) { f.Links = []health.Mover{{Name: "of exchange x", State: "starting"}} },
			[]string{"WARNING federation-link-not-running is starting"}},
		{"a certificate expires", func(f *facts) {
			f.TLS = health.CertificateFacts{Now: time.Unix(0, 0), Listeners: []health.TLSListener{{Name: "amqp/ssl",
				Chain: []health.Certificate{{Subject: "CN=mq", Until: time.Unix(9*86400, 0)}}}}}
		}, []string{"WARNING certificate-expires CN=mq"}},
		{"guest over the network", func(f *facts) { f.DefaultUser = true },
			[]string{"CRITICAL default-user over the network"}},
		{"guest at home", func(f *facts) { f.DefaultUser, f.Loopback = true, true },
			[]string{"OK default-user at least from this host"}},
		{"mistyped tag", func(f *facts) { f.Users = []diagnose.User{{"app", []string{"monitor"}}} },
			[]string{"WARNING unknown-user-tag app: monitor (should it be monitoring?)"}},
		{"blind", func(f *facts) {
			f.Unseen[diagnose.OfUsers] = "not allowed"
			f.Users = []diagnose.User{{"app", []string{"monitor"}}}
		}, []string{"UNKNOWN not-seen users: not allowed"}},
		{"policies not seen", func(f *facts) {
			f.Routing = []diagnose.RoutingFacts{{VHost: "/", PoliciesUnread: "not policymaker"}}
		}, []string{"UNKNOWN not-seen policies: not policymaker"}},
		{"certificate not seen", func(f *facts) {
			f.TLS = health.CertificateFacts{Listeners: []health.TLSListener{{Name: "amqp/ssl mq:5671", Failed: "timed out"}}}
		}, []string{"UNKNOWN not-seen certificates: amqp/ssl mq:5671: timed out"}},
		{"not offered is no blindness", func(f *facts) { f.NotOffered[diagnose.OfDeprecated] = true }, nil},
	}
}

func TestRules_oneByOne(t *testing.T) {
	tried := map[string]bool{}
	for _, tt := range ruleCases() {
		t.Run(tt.name, func(t *testing.T) {
			f := well()
			tt.change(&f)
			found := diagnose.Examine(f)
			if len(found) != len(tt.want) {
				t.Fatalf("%d findings, want %d: %+v", len(found), len(tt.want), found)
			}
			for i, x := range found {
				tried[x.Rule] = true
				all := strings.Join(append(append([]string{x.What, x.Hit}, x.Evidence...), x.Do...), "\n")
				severity, rest, _ := strings.Cut(tt.want[i], " ")
				rule, text, _ := strings.Cut(rest, " ")
				if x.Severity.String() != severity || x.Rule != rule || !strings.Contains(all, text) {
					t.Errorf("%s %s, want %s:\n%s", x.Severity, x.Rule, tt.want[i], all)
				}
				if x.What == "" || len(x.Do) == 0 {
					t.Errorf("says too little: %+v", x)
				}
			}
		})
	}
	for _, name := range diagnose.RuleNames() {
		if !tried[name] && !slices.Contains([]string{"nodes-disagree", "api-unreachable", "members-disagree"}, name) {
			t.Errorf("no case is about the rule %s", name)
		}
	}
}

func TestExamine_worstFirst(t *testing.T) {
	f := well()
	f.DefaultUser, f.Loopback = true, true
	f.Skew = time.Hour
	f.Unseen[diagnose.OfUsers] = "no"
	f.View.Members[0].Partitions = []string{"rabbit@b"}
	var got []string
	for _, x := range diagnose.Examine(f) {
		got = append(got, x.Severity.String()+" "+x.Rule)
	}
	want := []string{"CRITICAL cluster-split", "WARNING clock-skew", "UNKNOWN not-seen", "OK default-user"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestQueueFindings_nameTheBiggestOfMany(t *testing.T) {
	f := well()
	for i := range 15 {
		f.Queues.Suspects = append(f.Queues.Suspects, diagnose.Queue{VHost: "/", Name: "q", Consumers: n(0),
			Ready: n(float64(i + 1)), Published: n(1),
			Then: &diagnose.Change{Over: 6 * time.Second, Grown: n(1)}})
	}
	found := diagnose.Examine(f)
	if len(found) != 1 || len(found[0].Evidence) != 11 || !strings.Contains(found[0].Evidence[0], "15 ready") ||
		found[0].Evidence[10] != "and 5 more" {
		t.Errorf("%+v", found)
	}
}

// Each rule has a documentation page, and each page belongs to a rule.
func TestRules_pages(t *testing.T) {
	files, err := filepath.Glob("../../docs/findings/*.md")
	if err != nil {
		t.Fatal(err)
	}
	var pages []string
	for _, file := range files {
		name := strings.TrimSuffix(filepath.Base(file), ".md")
		if name == "README" {
			continue
		}
		pages = append(pages, name)
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if !strings.HasPrefix(string(text), "# "+name+"\n") || !strings.Contains(string(text), "**What to do.**") {
			t.Errorf("%s does not start with its name, or says not what to do", file)
		}
	}
	names := diagnose.RuleNames()
	slices.Sort(names)
	slices.Sort(pages)
	if diff := cmp.Diff(names, pages); diff != "" {
		t.Error("rules (-) and pages (+) differ:\n" + diff)
	}
}

// TestExamine_tags: of two commands that give a user a tag only the one with administrator stays, because each replaces
// all tags.
func TestExamine_tags(t *testing.T) {
	f := well()
	f.Unseen[diagnose.OfUsers], f.Unseen[diagnose.OfNodes] = "not allowed", "not allowed"
	f.Next = []string{"rabbitctl set_user_tags ops management monitoring", "rabbitctl list_nodes",
		"rabbitctl set_user_tags ops management administrator"}
	want := []string{"rabbitctl list_nodes", "rabbitctl set_user_tags ops management administrator"}
	for _, found := range diagnose.Examine(f) {
		if found.Rule == "not-seen" && !slices.Equal(found.Do, want) {
			t.Errorf("%q, want %q", found.Do, want)
		}
	}
}
