package metrics

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/record"
)

func TestListed(t *testing.T) {
	t.Parallel()
	const api = "http://broker.example:15672/prefix"
	got, err := listed(api, record.Value(`{"node":"rabbit@h1","listeners":[
		{"node":"rabbit@h1","protocol":"http/prometheus","port":15692},
		{"node":"rabbit@h1","protocol":"amqp","port":5672},
		{"node":"rabbit@h2","protocol":"https/prometheus","port":15691}]}`))
	if err != nil {
		t.Fatal(err)
	}
	for _, port := range []string{`"x"`, "0", "65536", "-1", "1.5", "null", `"1/../2"`} {
		at, err := listed(api,
			record.Value(`{"node":"rabbit@h1","listeners":[{"node":"rabbit@h1","protocol":"http/prometheus","port":`+port+`}]}`))
		if fail.KindOf(err) != fail.Data || len(at) > 0 || !strings.Contains(err.Error(), "which is not a port number") {
			t.Errorf("port %s: %v, %v", port, at, err)
		}
	}
	want := places{"rabbit@h1": "http://broker.example:15692", "rabbit@h2": "https://h2:15691"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}
