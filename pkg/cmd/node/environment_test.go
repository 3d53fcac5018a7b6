package node_test

import (
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/rabbitctl/rabbitctl/pkg/cmd/node"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/internal/brokertest"
	"github.com/rabbitctl/rabbitctl/pkg/internal/cmdtest"
	"github.com/rabbitctl/rabbitctl/pkg/internal/nodetest"
	"github.com/rabbitctl/rabbitctl/pkg/steps"
)

// askEnvironment is the only request of the API that the broker answers with text in place of JSON.
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
		"not offered": {404, brokertest.Recorded(t, "3.10", "404-endpoint")}, "not seen": {401,
			`{"error":"not_authorised","reason":"Not administrator user"}`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := brokertest.New(t)
			s.JSON(askEnvironment, answer.status, answer.body)
			run(t, "environment/"+name, cmdtest.Run{}, s, "environment")
		})
	}
}

// TestEnvironment_byNode: rabbitctl asks the node itself where the API has no such request, as in 3.10, and where no
// API answers.
func TestEnvironment_byNode(t *testing.T) {
	t.Parallel()
	calls := nodetest.Itself(map[string]string{"rabbit:environment/0": "[{rabbit,[{a,1}]}]",
		"io_lib:format/2": `"[{rabbit,[{a,1}]}]"`})
	n := (&nodetest.Node{Calls: calls}).Start(t)
	const away = "RABBITCTL_URL=http://127.0.0.1:1"
	for _, c := range []struct {
		line, out string
		env       []string
	}{
		{"environment", "[{rabbit,[{a,1}]}]\n", nil}, {"environment rabbit", "[{rabbit,[{a,1}]}]\n", nil},
		{"environment", "[{rabbit,[{a,1}]}]\n", []string{away}},
		{"environment -o json", "{\n  \"transports\": [\n    \"erlang\"\n  ],\n  \"settings\": [", []string{away}},
	} {
		s := brokertest.New(t)
		if c.env == nil {
			s.JSON(askEnvironment, 404, `{"error":"Object Not Found","reason":"Not Found"}`)
		}
		r := cmdtest.Run{Commands: node.Commands(), Env: append(n.Env(t), c.env...)}.Do(t, s, strings.Fields(c.line)...)
		if r.Error != nil || !strings.HasPrefix(r.Out, c.out) {
			t.Errorf("%s %q: %v %q %q", c.line, c.env, r.Error, r.Out, r.Err)
		}
	}
	r := cmdtest.Run{Commands: node.Commands(), Env: append(n.Env(t), away, "RABBITCTL_ERLANG_COOKIE_FILE=",
		"RABBITCTL_ERLANG_COOKIE=wrong")}.Do(t, brokertest.New(t), "environment")
	if fail.KindOf(r.Error) != fail.Unreachable || !strings.Contains(steps.Of(r.Error),
		"asking the node itself, over Erlang distribution, failed") {
		t.Errorf("%v; %s", r.Error, steps.Of(r.Error))
	}
	// A cookie that is only in the home folder is not read.
	r = cmdtest.Run{Commands: node.Commands(), Env: []string{away}}.Do(t, brokertest.New(t), "environment")
	if fail.KindOf(r.Error) != fail.Unreachable || !strings.Contains(steps.Of(r.Error),
		"--erlang-cookie-file FILE, with --node NAME@HOST, asks the node itself") {
		t.Errorf("%v; %s", r.Error, steps.Of(r.Error))
	}
}

// TestNodeName_byFlagOrVariable: a step names a flag for the node's name only if the command has this flag.
func TestNodeName_byFlagOrVariable(t *testing.T) {
	t.Parallel()
	for name, says := range map[string]string{"alarms": "RABBITCTL_NODE=NAME@HOST", "environment": "--node NAME@HOST"} {
		r := cmdtest.Run{Commands: node.Commands(), Env: []string{"RABBITCTL_URL=http://127.0.0.1:1",
			"RABBITCTL_ERLANG_COOKIE=secret"}}.Do(t, brokertest.New(t), name)
		if next := steps.Of(r.Error); !strings.HasSuffix(next, "give the node's own name with "+says) {
			t.Errorf("%s: %v; %s", name, r.Error, next)
		}
	}
}
