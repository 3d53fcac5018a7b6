package queues_test

import (
	"testing"

	"github.com/rabbitctl/rabbitctl/pkg/queues"
	"github.com/rabbitctl/rabbitctl/pkg/record"
)

func TestConsumerCount(t *testing.T) {
	t.Parallel()
	const channel, ghost = `{"channel_details":{"name":"c (1)"}}`, `{"channel_details":{}}`
	for raw, want := range map[string]string{
		`{"consumers":0,"consumer_details":[` + channel + `]}`:                   "1", // a new one
		`{"consumers":2,"consumer_details":[` + channel + `]}`:                   "1", // one has just gone
		`{"consumers":0,"consumer_details":[` + ghost + `]}`:                     "0", // its node was stopped
		`{"consumers":1,"consumer_details":[` + channel + `,` + ghost + `]}`:     "1",
		`{"consumers":2,"consumer_details":[` + channel + `,` + ghost + `]}`:     "2", // a protocol without channels
		`{"consumer_details":[` + ghost + `]}`:                                   "1",
		`{"consumers":3}`:                                                        "3",
		`{"consumers":3,"consumer_details":[` + channel + `],"state":"stopped"}`: "",
		`{}`: "",
	} {
		v := record.Value(raw)
		if got := queues.ConsumerCount(v, v.At("state")); got.Text() != want {
			t.Errorf("%s: %q, want %q", raw, got.Text(), want)
		}
	}
}
