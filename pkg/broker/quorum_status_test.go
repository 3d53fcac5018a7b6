package broker_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/rabbitctl/rabbitctl/pkg/broker"
	"github.com/rabbitctl/rabbitctl/pkg/internal/brokertest"
)

// A release without this endpoint answers 404, as it does for a queue that does not exist. The client requests the
// queue itself to tell the two apart. The queue is listed, but the client must not conclude that its node is down.
func TestQuorumStatus_notOffered(t *testing.T) {
	t.Parallel()
	const queue = `{"name":"q","vhost":"v","type":"quorum","state":"running","durable":true,"auto_delete":false,"arguments":{}}`
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		switch r.URL.Path {
		case "/api/queues/v/q":
			io.WriteString(w, queue)
		case "/api/queues/v":
			io.WriteString(w, `{"items":[`+queue+`],"page_count":1}`)
		case "/api/nodes":
			io.WriteString(w, brokertest.AllWell)
		default:
			w.WriteHeader(http.StatusNotFound)
			io.WriteString(w, `{"error":"Object Not Found","reason":"Not Found"}`)
		}
	}))
	t.Cleanup(s.Close)
	c := client(t, s.URL)
	if _, err := c.QuorumStatus(t.Context(), "v", "q"); !broker.IsNotOffered(err) {
		t.Errorf("status: %v", err)
	}
	if err := c.AddMember(t.Context(), "v", "q", "rabbit@b", ""); !broker.IsNotOffered(err) {
		t.Errorf("add: %v", err)
	}
	if err := c.DeleteMember(t.Context(), "v", "q", "rabbit@b"); !broker.IsNotOffered(err) {
		t.Errorf("delete: %v", err)
	}
}

func TestChangesMembers(t *testing.T) {
	t.Parallel()
	for version, want := range map[string]bool{"3.10.25": false, "3.11.0": false, "3.11.18": false, "3.11.19": true,
		"3.12.0": false, "3.12.0-rc.1": false, "3.12.1": true, "3.13.0": true, "4.0.0": true, "5.0.0": true, "2.8.7": false,
		"HEAD": true} {
		if got := broker.ChangesMembers(version); got != want {
			t.Errorf("%s: %v", version, got)
		}
	}
}
