package topology_test

import (
	"fmt"
	"testing"

	"github.com/rabbitctl/rabbitctl/pkg/topology"
)

func TestLosing(t *testing.T) {
	t.Parallel()
	tests := []struct {
		kind, arguments string
		ready           int64 // -1: not known
		before, after   string
		want            string
	}{
		{"classic", `{}`, 50, `{}`, `{"max-length":1}`, "49 of 50 ready messages removed (max-length 1), no dead-letter exchange 49 false"},
		{"classic", `{}`, 50, `{"max-length":1}`, `{"max-length":1}`, "nothing"},
		{"classic", `{}`, 50, `{"max-length":60}`, `{"max-length":90}`, "nothing"},
		{"classic", `{}`, 50, `{"max-length":90}`, `{"max-length":60}`, "nothing"},
		{"classic", `{"x-max-length":5}`, 5, `{}`, `{"max-length":9}`, "nothing"},
		{"classic", `{"x-dead-letter-exchange":"dlx"}`, 50, `{}`, `{"max-length":40}`,
			"10 of 50 ready messages removed (max-length 40), dead-lettered to dlx 10 false"},
		{"quorum", `{}`, 50, `{}`, `{"max-length":40,"dead-letter-exchange":""}`,
			"10 of 50 ready messages removed (max-length 40), dead-lettered to (default) 10 false"},
		{"quorum", `{"x-overflow":"drop-head"}`, 50, `{}`, `{"max-length":40,"overflow":"reject-publish"}`,
			"refuses messages until fewer than 40 of 50 are ready (max-length) 0 false"},
		{"quorum", `{}`, 50, `{}`, `{"max-length":40,"overflow":"reject-publish-dlx"}`,
			"10 of 50 ready messages removed (max-length 40), no dead-letter exchange 10 false"},
		{"classic", `{}`, 50, `{}`, `{"max-length":40,"overflow":"reject-publish-dlx"}`,
			"refuses messages until fewer than 40 of 50 are ready (max-length) 0 false"},
		{"classic", `{}`, -1, `{}`, `{"max-length":40}`,
			"the number of ready messages is not known: those beyond 40 are removed (max-length), no dead-letter exchange 0 true"},
		{"stream", `{}`, 50, `{}`, `{"max-length":1,"message-ttl":1,"expires":1}`, "nothing"},
		{"stream", `{}`, -1, `{}`, `{"max-age":"1D","max-length-bytes":1000000}`,
			"what is beyond 1000000 bytes is removed (max-length-bytes); segments older than 1D are removed (max-age) 0 true"},
		{"classic", `{}`, 3, `{}`, `{"max-length-bytes":1000000}`,
			"what is beyond 1000000 bytes is removed (max-length-bytes), no dead-letter exchange 0 true"},
		{"classic", `{}`, 0, `{}`, `{"max-length-bytes":1000000,"message-ttl":5}`, "nothing"},
		{"classic", `{}`, 3, `{"message-ttl":60000}`, `{"message-ttl":1500}`,
			"those of 3 ready messages that are older than 1500 ms expire (message-ttl), no dead-letter exchange 0 true"},
		{"classic", `{}`, 3, `{}`, `{"message-ttl":0}`, "all ready messages expire (message-ttl 0), no dead-letter exchange 3 false"},
		{"classic", `{}`, 0, `{}`, `{"expires":60000}`,
			"the queue is deleted once nobody has used it for 60 s (expires) 0 false"},
	}
	for _, tt := range tests {
		s := topology.Stock{Type: tt.kind, Arguments: members(t, tt.arguments), Ready: tt.ready, Known: tt.ready >= 0}
		got := "nothing"
		if l := s.Losing(members(t, tt.before), members(t, tt.after)); l != nil {
			got = fmt.Sprint(l.Text, " ", l.Messages, " ", l.Perhaps)
		}
		if got != tt.want {
			t.Errorf("%+v:\n%s", tt, got)
		}
	}
}
