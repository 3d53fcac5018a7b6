package topology

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
)

// Stock is what a queue holds. It is used to find out what a change of the queue's settings would drop.
type Stock struct {
	Type      string
	Arguments map[string]any
	// Ready is the number of ready messages; Known says whether it is known.
	Ready int64
	Known bool
}

// Loss is the effect of a change of settings on a queue: messages are dropped, the queue is deleted once it is unused,
// or the queue only refuses new messages.
type Loss struct {
	// Text describes the loss: "49 of 50 ready messages removed (max-length 1)".
	Text string
	// Messages counts the messages that are certainly lost. Perhaps means that more may be lost. Ends means that the
	// queue is deleted once it is unused for some time.
	Messages int64
	Perhaps  bool
	Ends     bool
}

// LosingKeys reports whether a key of the definition can cause the loss of messages or of a whole queue.
func LosingKeys(definition map[string]any) bool {
	for _, key := range []string{"max-length", "max-length-bytes", "message-ttl", "expires", "max-age"} {
		if _, has := definition[key]; has {
			return true
		}
	}
	return false
}

// Losing returns what the queue loses if its settings change. before and after are the settings that its policy and its
// operator policy make together. nil means that the queue loses nothing. A queue that would only refuse new messages
// has a Loss whose Messages is 0 and whose Perhaps and Ends are false.
func (s Stock) Losing(before, after map[string]any) *Loss {
	loss := s.dropping(before, after)
	if loss.Messages > 0 || loss.Perhaps {
		loss.Text += s.deadLetters(after)
	}
	if limit, is := s.lowered("expires", before, after); is && s.Type != "stream" {
		if loss.Ends = true; loss.Text != "" {
			loss.Text += "; "
		}
		loss.Text += "the queue is deleted once nobody has used it for " + length(limit) + " (expires)"
	}
	if loss.Text == "" {
		return nil
	}
	return &loss
}

// lowered returns the limit after the change. The second result is true if the limit is new, or lower than before.
func (s Stock) lowered(key string, before, after map[string]any) (limit int64, is bool) {
	now, has := s.number("x-"+key, after)
	was, had := s.number("x-"+key, before)
	return now, has && (!had || now < was)
}

// dropping returns which messages are lost.
func (s Stock) dropping(before, after map[string]any) (loss Loss) {
	var texts []string
	stream, blocks := s.Type == "stream", s.blocks(after)
	if limit, is := s.lowered("max-length", before, after); is && !stream {
		texts = append(texts, s.overLength(limit, blocks, &loss))
	}
	if limit, is := s.lowered("max-length-bytes", before, after); is && s.some() && (!blocks || stream) {
		loss.Perhaps = true
		texts = append(texts, fmt.Sprintf("what is beyond %d bytes is removed (max-length-bytes)", limit))
	}
	if limit, is := s.lowered("message-ttl", before, after); is && !stream && s.some() {
		texts = append(texts, s.expired(limit, &loss))
	}
	if age, is := after["max-age"]; is && stream && before["max-age"] != age {
		loss.Perhaps = true
		texts = append(texts, fmt.Sprintf("segments older than %s are removed (max-age)", text(age)))
	}
	loss.Text = strings.Join(slices.DeleteFunc(texts, func(text string) bool { return text == "" }), "; ")
	return loss
}

// some reports whether the queue may have ready messages.
func (s Stock) some() bool { return !s.Known || s.Ready > 0 }

// overLength describes what a length limit does to the queue at once.
func (s Stock) overLength(limit int64, blocks bool, loss *Loss) string {
	switch {
	case !s.Known && blocks:
		return ""
	case !s.Known:
		loss.Perhaps = true
		return fmt.Sprintf("the number of ready messages is not known: those beyond %d are removed (max-length)", limit)
	case s.Ready <= limit:
		return ""
	case blocks:
		return fmt.Sprintf("refuses messages until fewer than %d of %d are ready (max-length)", limit, s.Ready)
	}
	loss.Messages = s.Ready - limit
	return fmt.Sprintf("%d of %d ready messages removed (max-length %d)", loss.Messages, s.Ready, limit)
}

// expired describes what a time to live does to the queue at once. No broker reports how old the messages are.
func (s Stock) expired(limit int64, loss *Loss) string {
	if limit == 0 && s.Known {
		loss.Messages = s.Ready
		return "all ready messages expire (message-ttl 0)"
	}
	loss.Perhaps = true
	if !s.Known {
		return "messages older than " + length(limit) + " expire (message-ttl)"
	}
	return fmt.Sprintf("those of %d ready messages that are older than %s expire (message-ttl)", s.Ready, length(limit))
}

// blocks reports whether the queue refuses messages beyond its limit instead of dropping the oldest. A quorum queue
// does not support reject-publish-dlx: with this value it drops the oldest message (seen on 4.0 and 4.3).
func (s Stock) blocks(policies map[string]any) bool {
	value, _, _ := Effective(s.Type, "x-overflow", s.Arguments, policies)
	how, _ := value.(string)
	return how == "reject-publish" || how == "reject-publish-dlx" && s.Type != "quorum"
}

func (s Stock) deadLetters(policies map[string]any) string {
	if s.Type == "stream" {
		return ""
	}
	value, _, set := Effective(s.Type, "x-dead-letter-exchange", s.Arguments, policies)
	if exchange, isText := value.(string); set && isText {
		if exchange == "" {
			exchange = "(default)"
		}
		return ", dead-lettered to " + exchange
	}
	return ", no dead-letter exchange"
}

func (s Stock) number(key string, policies map[string]any) (int64, bool) {
	value, _, _ := Effective(s.Type, key, s.Arguments, policies)
	number, is := value.(json.Number)
	if !is {
		return 0, false
	}
	n, err := number.Int64()
	return n, err == nil
}

// length writes a number of milliseconds for people.
func length(milliseconds int64) string {
	if milliseconds%1000 == 0 {
		return fmt.Sprintf("%d s", milliseconds/1000)
	}
	return fmt.Sprintf("%d ms", milliseconds)
}
