package diagnose_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/rabbitctl/rabbitctl/pkg/diagnose"
)

func TestUnacked(t *testing.T) {
	queue := func(name string, unacked float64) diagnose.HeldQueue {
		return diagnose.HeldQueue{VHost: "/", Name: name, Unacked: known(unacked)}
	}
	// fresh returns a queue. told is its number of unacknowledged messages in the statistics, and now is its current one.
	fresh := func(name string, told, now float64) diagnose.HeldQueue {
		return diagnose.HeldQueue{VHost: "/", Name: name, Type: "classic", Unacked: known(now), Fresh: true,
			OldUnacked: known(told)}
	}
	channel := func(name string, unacked float64) diagnose.HoldingChannel {
		return diagnose.HoldingChannel{VHost: "/", Name: name, Connection: "of " + name, Unacked: known(unacked)}
	}
	reads := func(queue, channel, tag string) diagnose.QueueConsumer {
		return diagnose.QueueConsumer{VHost: "/", Queue: queue, Channel: channel, Tag: tag, Acks: true}
	}
	// The format of rows is "queue channel unacked tags: note", that of total "queue unaccounted". ? stands for an unknown
	// count.
	tests := []struct {
		name  string
		facts diagnose.UnackedFacts
		rows  []string
		total []string
	}{
		{"one", diagnose.UnackedFacts{Queues: []diagnose.HeldQueue{queue("jobs", 4)},
			Channels:  []diagnose.HoldingChannel{channel("a", 4), channel("b", 0)},
			Consumers: []diagnose.QueueConsumer{reads("jobs", "a", "hold"), reads("jobs", "b", "free")}},
			[]string{"jobs a 4 hold: "}, []string{"jobs 0"}},
		{"two consumers on one channel are not counted twice",
			diagnose.UnackedFacts{Queues: []diagnose.HeldQueue{queue("jobs", 6)},
				Channels:  []diagnose.HoldingChannel{channel("a", 6)},
				Consumers: []diagnose.QueueConsumer{reads("jobs", "a", "x"), reads("jobs", "a", "y")}},
			[]string{"jobs a 6 x,y: 2 consumers on this channel together"}, []string{"jobs 0"}},
		{"two queues on one channel, which no other channel reads",
			diagnose.UnackedFacts{Queues: []diagnose.HeldQueue{queue("jobs", 4), queue("mail", 2)},
				Channels:  []diagnose.HoldingChannel{channel("a", 6)},
				Consumers: []diagnose.QueueConsumer{reads("jobs", "a", "x"), reads("mail", "a", "y")}},
			[]string{"jobs a 4 x: ", "mail a 2 y: "}, []string{"jobs 0", "mail 0"}},
		{"two queues on two channels are not split", diagnose.UnackedFacts{Queues: []diagnose.HeldQueue{queue("jobs", 4),
			queue("mail", 2)}, Channels: []diagnose.HoldingChannel{channel("a", 5), channel("b", 1)},
			Consumers: []diagnose.QueueConsumer{reads("jobs", "a", "x"), reads("jobs", "b", "z"), reads("mail", "a", "y"),
				reads("mail", "b", "w")}},
			[]string{"jobs a ? x: the channel holds 5 of jobs, mail together; the broker does not report how many of each",
				"mail a ? y: the channel holds 5 of jobs, mail together; the broker does not report how many of each",
				"jobs b ? z: the channel holds 1 of jobs, mail together; the broker does not report how many of each",
				"mail b ? w: the channel holds 1 of jobs, mail together; the broker does not report how many of each"},
			[]string{"jobs ?", "mail ?"}},
		{"but are where the other has none", diagnose.UnackedFacts{Queues: []diagnose.HeldQueue{queue("jobs", 6),
			queue("mail", 0)}, Channels: []diagnose.HoldingChannel{channel("a", 6)},
			Consumers: []diagnose.QueueConsumer{reads("jobs", "a", "x"), reads("mail", "a", "y")}},
			[]string{"jobs a 6 x: "}, []string{"jobs 0", "mail 0"}},
		{"most first", diagnose.UnackedFacts{Queues: []diagnose.HeldQueue{queue("jobs", 7)},
			Channels:  []diagnose.HoldingChannel{channel("a", 2), channel("b", 5)},
			Consumers: []diagnose.QueueConsumer{reads("jobs", "a", "x"), reads("jobs", "b", "y")}},
			[]string{"jobs b 5 y: ", "jobs a 2 x: "}, []string{"jobs 0"}},
		{"unaccounted", diagnose.UnackedFacts{Queues: []diagnose.HeldQueue{queue("jobs", 20)},
			Channels:  []diagnose.HoldingChannel{channel("a", 0)},
			Consumers: []diagnose.QueueConsumer{reads("jobs", "a", "x")}},
			[]string{"jobs  20 : unaccounted: no listed consumer holds them; they were fetched by basic.get, or the listings differ in age"}, []string{"jobs 20"}},
		{"fetched one by one", diagnose.UnackedFacts{Queues: []diagnose.HeldQueue{queue("jobs", 3)},
			Channels: []diagnose.HoldingChannel{channel("g", 3)}},
			[]string{"jobs  3 : unaccounted: no listed consumer holds them; they were fetched by basic.get, or the listings differ in age",
				" g ? : holds 3 that it fetched by basic.get; the broker does not report from which queue"}, []string{"jobs 3"}},
		{"another protocol", diagnose.UnackedFacts{Queues: []diagnose.HeldQueue{queue("jobs", 3)},
			Consumers: []diagnose.QueueConsumer{reads("jobs", "session", "m")}},
			[]string{"jobs session 3 m: its channel is not listed: it is new, or of AMQP 1.0, MQTT or STOMP"},
			[]string{"jobs 0"}},
		{"another protocol twice", diagnose.UnackedFacts{Queues: []diagnose.HeldQueue{queue("jobs", 3)},
			Consumers: []diagnose.QueueConsumer{reads("jobs", "s", "m"), reads("jobs", "t", "n")}},
			[]string{"jobs s ? m: its channel is not listed: it is new, or of AMQP 1.0, MQTT or STOMP, so its count is unknown",
				"jobs t ? n: its channel is not listed: it is new, or of AMQP 1.0, MQTT or STOMP, so its count is unknown"},
			[]string{"jobs ?"}},
		{"a local shovel", diagnose.UnackedFacts{Queues: []diagnose.HeldQueue{queue("jobs", 7)},
			Consumers: []diagnose.QueueConsumer{reads("jobs", "", "sh_receiver")}},
			[]string{"jobs  7 sh_receiver: a consumer inside the broker, as local shovels have: rabbitctl list_shovels"},
			[]string{"jobs 0"}},
		{"not in the statistics yet", diagnose.UnackedFacts{Queues: []diagnose.HeldQueue{fresh("jobs", 0, 4)}},
			[]string{"jobs  4 : not yet in the statistics: the holder is known within 10 s"}, []string{"jobs 0"}},
		{"one more than the channel reported", diagnose.UnackedFacts{Queues: []diagnose.HeldQueue{fresh("jobs", 4, 5)},
			Channels:  []diagnose.HoldingChannel{channel("a", 4)},
			Consumers: []diagnose.QueueConsumer{reads("jobs", "a", "x")}},
			[]string{"jobs a 5 x: the channel reported 4 some seconds ago"}, []string{"jobs 0"}},
		{"partly not in the statistics, and partly unaccounted",
			diagnose.UnackedFacts{Queues: []diagnose.HeldQueue{fresh("jobs", 6, 9)},
				Channels:  []diagnose.HoldingChannel{channel("a", 2), channel("b", 3)},
				Consumers: []diagnose.QueueConsumer{reads("jobs", "a", "x"), reads("jobs", "b", "y")}},
			[]string{"jobs b 3 y: ", "jobs  3 : not yet in the statistics: the holder is known within 10 s", "jobs a 2 x: ",
				"jobs  1 : unaccounted: more than the listed consumers hold; the rest was fetched by basic.get, or the listings differ in age"}, []string{"jobs 1"}},
		{"by now fewer", diagnose.UnackedFacts{Queues: []diagnose.HeldQueue{fresh("jobs", 5, 1)},
			Channels:  []diagnose.HoldingChannel{channel("a", 2), channel("b", 3)},
			Consumers: []diagnose.QueueConsumer{reads("jobs", "a", "x"), reads("jobs", "b", "y")}},
			[]string{"jobs b 3 y: by now the queue has 1", "jobs a 2 x: by now the queue has 1"}, []string{"jobs 0"}},
		{"more consumers than are seen", diagnose.UnackedFacts{Queues: []diagnose.HeldQueue{{VHost: "/", Name: "jobs",
			Unacked: known(6), Consumers: known(2)}}, Channels: []diagnose.HoldingChannel{channel("a", 4)},
			Consumers: []diagnose.QueueConsumer{reads("jobs", "a", "x")}},
			[]string{"jobs a 4 x: ",
				"jobs  2 : unaccounted: more than the listed consumers hold; the rest was fetched by basic.get, or the listings differ in age"}, []string{"jobs 2"}},
		{"who need not acknowledge holds nothing", diagnose.UnackedFacts{Queues: []diagnose.HeldQueue{queue("jobs", 0)},
			Channels:  []diagnose.HoldingChannel{channel("a", 0)},
			Consumers: []diagnose.QueueConsumer{{VHost: "/", Queue: "jobs", Channel: "a", Tag: "x"}}}, nil, []string{"jobs 0"}},
		{"a young channel", diagnose.UnackedFacts{Queues: []diagnose.HeldQueue{queue("jobs", 3)},
			Channels:  []diagnose.HoldingChannel{{VHost: "/", Name: "a"}},
			Consumers: []diagnose.QueueConsumer{reads("jobs", "a", "x")}},
			[]string{"jobs a 3 x: "}, []string{"jobs 0"}},
		{"only one queue", diagnose.UnackedFacts{Queue: "mail", Queues: []diagnose.HeldQueue{queue("jobs", 4),
			queue("mail", 1)}, Channels: []diagnose.HoldingChannel{channel("a", 4), channel("b", 1)},
			Consumers: []diagnose.QueueConsumer{reads("jobs", "a", "x"), reads("mail", "b", "y")}},
			[]string{"mail b 1 y: "}, []string{"mail 0"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			holders, totals := diagnose.Unacked(tt.facts)
			var rows, total []string
			for _, h := range holders {
				n := "?"
				if h.Unacked.Known {
					n = fmt.Sprint(h.Unacked.Value)
				}
				rows = append(rows, fmt.Sprintf("%s %s %s %s: %s", h.Queue, h.Channel.Name, n, strings.Join(h.Tags, ","), h.Note))
			}
			for _, q := range totals {
				n := "?"
				if q.Unaccounted.Known {
					n = fmt.Sprint(q.Unaccounted.Value)
				}
				total = append(total, q.Name+" "+n)
			}
			if diff := cmp.Diff(tt.rows, rows); diff != "" {
				t.Error(diff)
			}
			if diff := cmp.Diff(tt.total, total); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// A channel wakes up once a minute, so its idle time can be too short. If the queue has been idle for longer, the idle
// time of the queue is reported.
func TestUnacked_idle(t *testing.T) {
	now := time.Date(2026, 3, 4, 5, 6, 7, 0, time.UTC)
	for name, x := range map[string]struct{ channel, queue, want time.Time }{
		"the queue":   {now.Add(-time.Minute), now.Add(-time.Hour), now.Add(-time.Hour)},
		"the channel": {now.Add(-time.Minute), now.Add(-time.Second), now.Add(-time.Minute)},
		"at work":     {time.Time{}, now.Add(-time.Second), time.Time{}},
		"quorum":      {now.Add(-time.Minute), time.Time{}, now.Add(-time.Minute)},
	} {
		holders, _ := diagnose.Unacked(diagnose.UnackedFacts{Queues: []diagnose.HeldQueue{{VHost: "/", Name: "q",
			Unacked: known(1), Idle: x.queue}},
			Channels:  []diagnose.HoldingChannel{{VHost: "/", Name: "c", Unacked: known(1), Idle: x.channel}},
			Consumers: []diagnose.QueueConsumer{{VHost: "/", Queue: "q", Channel: "c", Acks: true}}})
		if len(holders) != 1 || !holders[0].Idle.Equal(x.want) {
			t.Errorf("%s: %+v", name, holders)
		}
	}
}
