package node_test

import (
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/rabbitctl/rabbitctl/pkg/internal/brokertest"
	"github.com/rabbitctl/rabbitctl/pkg/internal/cmdtest"
)

// askEnvironment is answered with text, the only answer of the API that is no JSON.
const askEnvironment = "GET /api/config/effective"

func terms(s *brokertest.Server, text string) {
	s.Handle(askEnvironment, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/plain")
		_, _ = io.WriteString(w, text)
	})
}

func TestEnvironment(t *testing.T) {
	t.Parallel()
	const text = `[{kernel,
     [{logger,
          [{handler,default,logger_std_h,
               #{config => #{type => standard_io},
                 filters => [{"a\"],[{",[]}]}}]},
      start_distribution]},
 {rabbit,
     [{default_pass,<<"gu,est">>},
      {tcp_listeners,[5672]},
      {vm_memory_high_watermark,0.6}]}]
`
	tests := []struct {
		name, words, text string
		run               cmdtest.Run
	}{
		{"whole", "environment", text, cmdtest.Run{}},
		{"one", "environment rabbit", text, cmdtest.Run{}},
		{"json", "environment -o json", text, cmdtest.Run{}},
		{"variable", "environment rabbit", text, cmdtest.Run{Env: []string{"RABBITCTL_FORMATTER=csv"}}},
		{"at a terminal", "environment", "[{app,[{x,\"\x1b[31m\"}]}]", cmdtest.Run{Terminal: true}},
		{"no such application", "environment rabit", text, cmdtest.Run{}},
		{"no list of settings", "environment rabbit -o csv", "[{rabbit,1}]", cmdtest.Run{}},
		{"not the whole list", "environment", "[{rabbit,", cmdtest.Run{}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			s := brokertest.New(t)
			terms(s, tt.text)
			run(t, "environment/"+tt.name, tt.run, s, strings.Fields(tt.words)...)
		})
	}
	for name, answer := range map[string]struct {
		status int
		body   string
	}{
		"not offered": {404, brokertest.Recorded(t, "3.10", "404-endpoint")}, "not seen": {401, brokertest.Recorded(t, "4.3",
			"401-monitor")},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := brokertest.New(t)
			s.JSON(askEnvironment, answer.status, answer.body)
			run(t, "environment/"+name, cmdtest.Run{}, s, "environment")
		})
	}
}
