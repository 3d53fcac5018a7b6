package cli_test

import (
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/testscript"

	"github.com/rabbitctl/rabbitctl/pkg/cli"
	"github.com/rabbitctl/rabbitctl/pkg/internal/brokertest"
	"github.com/rabbitctl/rabbitctl/pkg/internal/golden"
)

func TestMain(m *testing.M) {
	program := func() { os.Exit(cli.Main(os.Args, os.Environ())) }
	testscript.Main(m, map[string]func(){"rabbitctl": program, "rabbitmqctl": program})
}

// TestScript runs the whole program by the scripts in testdata/script. Beside testscript's own commands they have:
//
//	broker FILE [NAME]    start a fake broker; $RABBITCTL_URL (or $NAME) is its address, $RABBITCTL_URL_PORT (or
//	                      $NAME_PORT) its port
//	asked FILE            compare what the brokers were asked so far with a file, and forget it
//	exits CODE COMMAND …  run a command and check its exit code
//	envsubst FROM TO      copy a file, with $NAME replaced by the variable's value
//
// Each line of a broker's FILE is "METHOD /path?query STATUS [BODY]": a request, and the answer to it, which is given
// any number of times. BODY is a file: HTML if its name ends with .html, otherwise JSON. With a line "user NAME
// PASSWORD", the broker refuses all other users. Any other request fails the test, except those that
// brokertest.Aside answers, and those for which brokertest.OnlyIfSlow holds, which get no answer.
func TestScript(t *testing.T) {
	t.Parallel()
	testscript.Run(t, testscript.Params{
		Dir:                 filepath.Join("testdata", "script"),
		UpdateScripts:       golden.Updating(),
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
		Setup: func(env *testscript.Env) error {
			home := filepath.Join(env.WorkDir, "home")
			env.Setenv("HOME", home)
			env.Setenv("NO_PROXY", "*")
			env.Values["brokers"] = &brokers{t: t}
			return os.MkdirAll(filepath.Join(home, ".config", "rabbitctl"), 0o700)
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"broker": startBroker,
			"asked":  asked,
			"exits":  exits,
			"envsubst": func(ts *testscript.TestScript, neg bool, args []string) {
				if neg || len(args) != 2 {
					ts.Fatalf("usage: envsubst FROM TO")
				}
				ts.Check(os.WriteFile(ts.MkAbs(args[1]), []byte(os.Expand(ts.ReadFile(args[0]), ts.Getenv)), 0o600))
			},
		},
	})
}

// brokers holds the fake brokers of one script.
type brokers struct {
	t  *testing.T
	mu sync.Mutex
	// requests has the requests so far. Unexpected requests fail the test and are not among them.
	requests []string
}

type reply struct {
	status      int
	media, body string
}

func startBroker(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 1 || len(args) > 2 {
		ts.Fatalf("usage: broker FILE [NAME]")
	}
	all := ts.Value("brokers").(*brokers)
	replies := map[string]reply{}
	user, password := "", ""
	for _, line := range strings.Split(strings.TrimSpace(ts.ReadFile(args[0])), "\n") {
		words := strings.Fields(line)
		switch {
		case len(words) == 3 && words[0] == "user":
			user, password = words[1], words[2]
			continue
		case len(words) < 3:
			ts.Fatalf("%s: %q is no METHOD PATH STATUS [BODY]", args[0], line)
		}
		status, err := strconv.Atoi(words[2])
		ts.Check(err)
		r := reply{status: status}
		if len(words) > 3 {
			r.body, r.media = ts.ReadFile(words[3]), "application/json"
			if filepath.Ext(words[3]) == ".html" {
				r.media = "text/html"
			}
		}
		replies[words[0]+" "+words[1]] = r
	}
	name := ts.Name()
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		request := r.Method + " " + r.RequestURI
		answer, known := replies[request]
		if body, usual := brokertest.Aside(request); usual && !known {
			w.Header().Set("Content-Type", "application/json")
			io.WriteString(w, body)
			return
		}
		if !known && brokertest.OnlyIfSlow(request) {
			<-r.Context().Done()
			return
		}
		if !known {
			all.t.Errorf("%s: unexpected request: %s", name, request)
			http.Error(w, "unexpected request", http.StatusTeapot)
			return
		}
		who, secret, _ := r.BasicAuth()
		if body, _ := io.ReadAll(r.Body); len(body) > 0 {
			request += " " + string(body)
		}
		all.mu.Lock()
		all.requests = append(all.requests, who+": "+request)
		all.mu.Unlock()
		if user != "" && (who != user || secret != password) {
			answer = reply{401, "application/json", `{"error":"not_authorized","reason":"Login failed"}`}
		}
		if answer.media != "" {
			w.Header().Set("Content-Type", answer.media)
		}
		w.WriteHeader(answer.status)
		io.WriteString(w, answer.body)
	}))
	ts.Defer(s.Close)
	variable := "RABBITCTL_URL"
	if len(args) == 2 {
		variable = args[1]
	}
	ts.Setenv(variable, s.URL)
	ts.Setenv(variable+"_PORT", s.URL[strings.LastIndexByte(s.URL, ':')+1:])
}

func asked(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: asked FILE")
	}
	all := ts.Value("brokers").(*brokers)
	all.mu.Lock()
	defer all.mu.Unlock()
	got := strings.Join(all.requests, "\n")
	all.requests = nil
	if diff := cmp.Diff(strings.TrimSpace(ts.ReadFile(args[0])), got); diff != "" {
		ts.Fatalf("the brokers were asked something else (-want +got):\n%s", diff)
	}
}

func exits(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: exits CODE COMMAND [ARGUMENT ...]")
	}
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	err = ts.Exec(args[1], args[2:]...)
	got := 0
	var ended *exec.ExitError
	switch {
	case errors.As(err, &ended):
		got = ended.ExitCode()
	case err != nil:
		ts.Fatalf("%v", err)
	}
	if got != want {
		ts.Fatalf("exit code %d, want %d", got, want)
	}
}
