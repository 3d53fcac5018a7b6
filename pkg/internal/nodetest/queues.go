package nodetest

import (
	"slices"
	"sync"

	"github.com/rabbitctl/rabbitctl/pkg/erlang"
)

// Queue is a queue of a node in virtual host /.
type Queue struct {
	Name, Type, Leader string
	Members            []string
}

func (q *Queue) resource() erlang.Term {
	return erlang.Tuple{erlang.Atom("resource"), erlang.Binary("/"), erlang.Atom("queue"), erlang.Binary(q.Name)}
}

func (q *Queue) record() erlang.Term {
	return erlang.Tuple{erlang.Atom("amqqueue"), q.resource(), erlang.Pid{Node: "x"}}
}

// row returns what a node reports about the queue.
func (q *Queue) row() erlang.Term {
	pair := func(name string, t erlang.Term) erlang.Term { return erlang.Tuple{erlang.Atom(name), t} }
	members := erlang.List{}
	for _, m := range q.Members {
		members = append(members, erlang.Atom(m))
	}
	return erlang.List{pair("name", q.resource()), pair("type", erlang.Atom(q.Type)),
		pair("leader", erlang.Atom(q.Leader)), pair("members", members)}
}

// queues holds the queues of a node. Calls can change the members of these queues.
type queues struct {
	mu  sync.Mutex
	all []*Queue
}

func (s *queues) find(vhost, name erlang.Term) *Queue {
	i := slices.IndexFunc(s.all, func(q *Queue) bool {
		return vhost == erlang.Binary("/") && name == erlang.Binary(q.Name)
	})
	if i < 0 {
		return nil
	}
	return s.all[i]
}

// of returns the queue that {resource,VHost,queue,Name} names, or nil if there is none.
func (s *queues) of(resource erlang.Term) *Queue {
	r := resource.(erlang.Tuple)
	return s.find(r[1], r[3])
}

func noQueue() erlang.Term { return erlang.Tuple{erlang.Atom("error"), erlang.Atom("not_found")} }

// list returns the queues for which keep(q) is true, each converted to an Erlang term by as(q).
func (s *queues) list(keep func(*Queue) bool, as func(*Queue) erlang.Term) erlang.Term {
	l := erlang.List{}
	for _, q := range s.all {
		if keep(q) {
			l = append(l, as(q))
		}
	}
	return l
}

// changes returns a function of the node. This function changes a queue: its arguments are a virtual host, a queue and
// a node, and do(queue, node) makes the change.
func (s *queues) changes(do func(q *Queue, node string) erlang.Term) func(*Call) erlang.Term {
	return func(c *Call) erlang.Term {
		s.mu.Lock()
		defer s.mu.Unlock()
		if q := s.find(c.Args[0], c.Args[1]); q != nil {
			return do(q, string(c.Args[2].(erlang.Atom)))
		}
		return noQueue()
	}
}

// Queues adds to calls the functions that report the queues, and the functions that change their members and leaders.
// The changes are made in the given queues, so the functions report them afterwards.
func Queues(calls map[string]func(*Call) erlang.Term, all ...*Queue) {
	s := &queues{all: all}
	calls["rabbit_amqqueue:lookup/1"] = func(c *Call) erlang.Term {
		if q := s.of(c.Args[0]); q != nil {
			return erlang.Tuple{erlang.Atom("ok"), q.record()}
		}
		return noQueue()
	}
	calls["rabbit_amqqueue:info/2"] = func(c *Call) erlang.Term {
		s.mu.Lock()
		defer s.mu.Unlock()
		return s.of(c.Args[0].(erlang.Tuple)[1]).row()
	}
	calls["rabbit_amqqueue:list_by_type/1"] = func(c *Call) erlang.Term {
		return s.list(func(q *Queue) bool { return erlang.Atom(q.Type) == c.Args[0] }, (*Queue).record)
	}
	calls["rabbit_amqqueue:list_names/1"] = func(*Call) erlang.Term {
		return s.list(func(*Queue) bool { return true }, (*Queue).resource)
	}
	calls["rabbit_stream_queue:add_replica/3"] = s.changes(func(q *Queue, node string) erlang.Term {
		q.Members = append(q.Members, node)
		return erlang.Atom("ok")
	})
	calls["rabbit_stream_queue:delete_replica/3"] = s.changes(func(q *Queue, node string) erlang.Term {
		q.Members = slices.DeleteFunc(q.Members, func(m string) bool { return m == node })
		return erlang.Atom("ok")
	})
	// add_member of 3.10 takes one more argument than add_replica.
	calls["rabbit_quorum_queue:add_member/4"] = calls["rabbit_stream_queue:add_replica/3"]
	calls["rabbit_quorum_queue:delete_member/3"] = calls["rabbit_stream_queue:delete_replica/3"]
	lead := s.changes(func(q *Queue, node string) erlang.Term {
		q.Leader = node
		return erlang.Tuple{erlang.Atom("ok"), erlang.Atom(node)}
	})
	calls["rabbit_queue_type_ra:transfer_leadership/3"], calls["rabbit_stream_queue:transfer_leadership/3"] = lead, lead
}
