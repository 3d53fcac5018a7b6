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
	channel := func(name string, unacked float64) diagnose.HoldingChannel {
		return diagnose.HoldingChannel{VHost: "/", Name: name, Connection: "of " + name, Unacked: known(unacked)}
	}
	reads := func(queue, channel, tag string) diagnose.QueueConsumer {
		return diagnose.QueueConsumer{VHost: "/", Queue: queue, Channel: channel, Tag: tag, Acks: true}
	}
	// A row is "queue channel unacked tags: note", a total "queue unaccounted"; ? is not known.
	tests := []struct {
		name  string
		facts diagnose.UnackedFacts
		rows  []string
		total []string
	}{
		{"one", diagnose.UnackedFacts{Queues: []diagnose.HeldQueue{queue("jobs", 4)}, Channels: []diagnose.HoldingChannel{channel("a", 4), channel("b", 0)},
			Consumers: []diagnose.QueueConsumer{reads("jobs", "a", "hold"), reads("jobs", "b", "free")}},
			[]string{"jobs a 4 hold: "}, []string{"jobs 0"}},
		{"two consumers on one channel are not counted twice", diagnose.UnackedFacts{Queues: []diagnose.HeldQueue{queue("jobs", 6)}, Channels: []diagnose.HoldingChannel{channel("a", 6)},
			Consumers: []diagnose.QueueConsumer{reads("jobs", "a", "x"), reads("jobs", "a", "y")}},
			[]string{"jobs a 6 x,y: 2 consumers on this channel together"}, []string{"jobs 0"}},
		{"two queues on one channel are not split", diagnose.UnackedFacts{Queues: []diagnose.HeldQueue{queue("jobs", 4), queue("mail", 2)}, Channels: []diagnose.HoldingChannel{channel("a", 6)},
			Consumers: []diagnose.QueueConsumer{reads("jobs", "a", "x"), reads("mail", "a", "y")}},
			[]string{"jobs a ? x: the channel holds 6 of jobs, mail together: how many of which is not told", "mail a ? y: the channel holds 6 of jobs, mail together: how many of which is not told"},
			[]string{"jobs ?", "mail ?"}},
		{"but are where the other has none", diagnose.UnackedFacts{Queues: []diagnose.HeldQueue{queue("jobs", 6), queue("mail", 0)}, Channels: []diagnose.HoldingChannel{channel("a", 6)},
			Consumers: []diagnose.QueueConsumer{reads("jobs", "a", "x"), reads("mail", "a", "y")}},
			[]string{"jobs a 6 x: "}, []string{"jobs 0", "mail 0"}},
		{"most first", diagnose.UnackedFacts{Queues: []diagnose.HeldQueue{queue("jobs", 7)}, Channels: []diagnose.HoldingChannel{channel("a", 2), channel("b", 5)},
			Consumers: []diagnose.QueueConsumer{reads("jobs", "a", "x"), reads("jobs", "b", "y")}},
			[]string{"jobs b 5 y: ", "jobs a 2 x: "}, []string{"jobs 0"}},
		{"unaccounted", diagnose.UnackedFacts{Queues: []diagnose.HeldQueue{queue("jobs", 20)}, Channels: []diagnose.HoldingChannel{channel("a", 0)},
			Consumers: []diagnose.QueueConsumer{reads("jobs", "a", "x")}},
			[]string{"jobs  20 : unaccounted: no consumer is seen to hold them; fetched one by one, or the listings are of different moments"}, []string{"jobs 20"}},
		{"fetched one by one", diagnose.UnackedFacts{Queues: []diagnose.HeldQueue{queue("jobs", 3)}, Channels: []diagnose.HoldingChannel{channel("g", 3)}},
			[]string{"jobs  3 : unaccounted: no consumer is seen to hold them; fetched one by one, or the listings are of different moments",
				" g ? : holds 3 that it fetched one by one (basic.get): of which queue is not told"}, []string{"jobs 3"}},
		{"another protocol", diagnose.UnackedFacts{Queues: []diagnose.HeldQueue{queue("jobs", 3)}, Consumers: []diagnose.QueueConsumer{reads("jobs", "session", "m")}},
			[]string{"jobs session ? m: its channel is not listed, so how many it holds is not told: it is new, or of AMQP 1.0, MQTT or STOMP"}, []string{"jobs ?"}},
		{"who need not acknowledge holds nothing", diagnose.UnackedFacts{Queues: []diagnose.HeldQueue{queue("jobs", 0)}, Channels: []diagnose.HoldingChannel{channel("a", 0)},
			Consumers: []diagnose.QueueConsumer{{VHost: "/", Queue: "jobs", Channel: "a", Tag: "x"}}}, nil, []string{"jobs 0"}},
		{"a young channel", diagnose.UnackedFacts{Queues: []diagnose.HeldQueue{queue("jobs", 3)}, Channels: []diagnose.HoldingChannel{{VHost: "/", Name: "a"}},
			Consumers: []diagnose.QueueConsumer{reads("jobs", "a", "x")}},
			[]string{"jobs a ? x: the channel does not tell how many it holds yet"}, []string{"jobs ?"}},
		{"only one queue", diagnose.UnackedFacts{Queue: "mail", Queues: []diagnose.HeldQueue{queue("jobs", 4), queue("mail", 1)}, Channels: []diagnose.HoldingChannel{channel("a", 4), channel("b", 1)},
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

// A channel is woken once a minute, so a queue to which nothing happened for longer knows better.
func TestUnacked_idle(t *testing.T) {
	now := time.Date(2026, 3, 4, 5, 6, 7, 0, time.UTC)
	for name, x := range map[string]struct{ channel, queue, want time.Time }{
		"the queue":   {now.Add(-time.Minute), now.Add(-time.Hour), now.Add(-time.Hour)},
		"the channel": {now.Add(-time.Minute), now.Add(-time.Second), now.Add(-time.Minute)},
		"at work":     {time.Time{}, now.Add(-time.Second), time.Time{}},
		"quorum":      {now.Add(-time.Minute), time.Time{}, now.Add(-time.Minute)},
	} {
		holders, _ := diagnose.Unacked(diagnose.UnackedFacts{Queues: []diagnose.HeldQueue{{VHost: "/", Name: "q", Unacked: known(1), Idle: x.queue}},
			Channels:  []diagnose.HoldingChannel{{VHost: "/", Name: "c", Unacked: known(1), Idle: x.channel}},
			Consumers: []diagnose.QueueConsumer{{VHost: "/", Queue: "q", Channel: "c", Acks: true}}})
		if len(holders) != 1 || !holders[0].Idle.Equal(x.want) {
			t.Errorf("%s: %+v", name, holders)
		}
	}
}
