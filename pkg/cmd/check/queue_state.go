package check

import (
	"bytes"
	"encoding/json"
	"errors"
	"maps"
	"math"
	"slices"

	"github.com/rabbitctl/rabbitctl/pkg/health"
	"github.com/rabbitctl/rabbitctl/pkg/record"
)

// queueState is one reading of the queues. With --state it is kept for the next run.
type queueState struct {
	health.QueueReading
	// Messages has the number of messages by virtual host and queue. In the file, a queue with an unknown count has no
	// entry.
	Messages *held `json:"messages"`
	// Uncounted has the names of the queues with an unknown count, by virtual host.
	Uncounted map[string][]string `json:"untold,omitempty"`
}

// keep adds a queue to the reading that is kept for the next run.
func (s *queueState) keep(q health.Queue) {
	if q.Messages.Known {
		s.Messages.write(q.VHost, q.Name, q.Messages.Value)
		return
	}
	if s.Uncounted == nil {
		s.Uncounted = map[string][]string{}
	}
	s.Uncounted[q.VHost] = append(s.Uncounted[q.VHost], q.Name)
}

// UnmarshalJSON reads the state that the last run has kept.
func (s *queueState) UnmarshalJSON(text []byte) error {
	// plain has no methods, so json.Unmarshal does not call this method again.
	type plain queueState
	read := plain{Messages: newHeld()}
	if err := json.Unmarshal(text, &read); err != nil {
		return err
	}
	if read.Messages == nil {
		read.Messages = newHeld()
	}
	for vhost, names := range read.Uncounted {
		for _, name := range names {
			read.Messages.put(vhost, name, health.Reading{})
		}
	}
	*s = queueState(read)
	s.Uncounted = nil
	return nil
}

// held has the number of messages of each queue. An earlier reading, which the new one is compared with, uses only the
// field then, which keeps numbers without the names of queues. A reading that is saved for the next run uses only the
// field text, which has the form of the file.
type held struct {
	then *record.ByName[float64]
	// text has, for each virtual host, the members of its JSON object.
	text map[string]*bytes.Buffer
}

func newHeld() *held { return &held{then: record.NewByName[float64]()} }

func newKept() *held { return &held{text: map[string]*bytes.Buffer{}} }

// put records how many messages a queue held, or that the count is unknown.
func (h *held) put(vhost, name string, r health.Reading) {
	n := r.Value
	if !r.Known {
		n = math.NaN()
	}
	h.then.Put([]byte(vhost), []byte(name), n)
}

// of returns how many messages a queue held: 0 if the queue is not in the reading.
func (h *held) of(vhost, name string) health.Reading {
	n, _ := h.then.Of([]byte(vhost), []byte(name))
	if math.IsNaN(n) {
		return health.Reading{}
	}
	return health.Reading{Value: n, Known: true}
}

// write adds a queue and its count to the field text.
func (h *held) write(vhost, name string, messages float64) {
	b := h.text[vhost]
	if b == nil {
		b = &bytes.Buffer{}
		h.text[vhost] = b
	} else {
		b.WriteByte(',')
	}
	b.Write(record.Of(name))
	b.WriteByte(':')
	b.Write(record.Of(messages))
}

// MarshalJSON returns the field text as one JSON object.
func (h *held) MarshalJSON() ([]byte, error) {
	var b bytes.Buffer
	b.WriteByte('{')
	for i, vhost := range slices.Sorted(maps.Keys(h.text)) {
		if i > 0 {
			b.WriteByte(',')
		}
		b.Write(record.Of(vhost))
		b.WriteString(":{")
		b.Write(h.text[vhost].Bytes())
		b.WriteByte('}')
	}
	b.WriteByte('}')
	return b.Bytes(), nil
}

// UnmarshalJSON reads the counts from the file into the field then.
func (h *held) UnmarshalJSON(text []byte) error {
	h.then = record.NewByName[float64]()
	d := json.NewDecoder(bytes.NewReader(text))
	return eachMember(d, func(vhost string) error {
		return eachMember(d, func(name string) error {
			var n float64
			err := d.Decode(&n)
			h.put(vhost, name, health.Reading{Value: n, Known: true})
			return err
		})
	})
}

// eachMember reads a JSON object. For each member it calls the function value, which has to read the value of the
// member. It reads null like an object without members.
func eachMember(d *json.Decoder, value func(name string) error) error {
	begin, err := d.Token()
	if err != nil || begin == nil {
		return err
	}
	if begin != json.Delim('{') {
		return errors.New("no object")
	}
	for d.More() {
		name, err := d.Token()
		if err != nil {
			return err
		}
		if err := value(name.(string)); err != nil {
			return err
		}
	}
	_, err = d.Token()
	return err
}
