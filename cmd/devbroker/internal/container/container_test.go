package container

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/rabbitctl/rabbitctl/cmd/devbroker/internal/state"
)

// standIn puts a fake docker into the PATH that answers inspect with a text and records its arguments. In the text, DIR
// stands for the broker's folder. An empty text means that the container does not exist.
func standIn(t *testing.T, inspect string) (b state.Broker, n state.Node, calls func() string) {
	t.Helper()
	dir := t.TempDir()
	b = state.Broker{Name: "x", Dir: filepath.Join(dir, "x"), Source: state.Docker, Image: "rabbitmq:4.3-management"}
	n = state.Node{Index: 1, Node: "x-1@localhost", Ports: state.Ports{AMQP: 1001, Management: 1002, Prometheus: 1003,
		Stream: 1004}}
	if err := os.MkdirAll(filepath.Join(b.NodeDir(n), "conf"), 0o700); err != nil {
		t.Fatal(err)
	}
	answer := "echo 'Error: No such container: x' >&2; exit 1"
	if inspect != "" {
		answer = "echo '" + strings.ReplaceAll(inspect, "DIR", b.Dir) + "'"
	}
	script := "#!/bin/sh\necho \"$@\" >> " + dir + "/calls\nif [ \"$1\" = inspect ]; then " + answer + "; fi\n"
	if err := os.WriteFile(filepath.Join(dir, "docker"), []byte(script), 0o755); err != nil {
		t.Fatal(err)
	}
	t.Setenv("PATH", dir+":"+os.Getenv("PATH"))
	return b, n, func() string {
		text, _ := os.ReadFile(filepath.Join(dir, "calls"))
		return string(text)
	}
}

const ours = `[{"State":{"Status":"paused","Pid":7,"ExitCode":0},"Config":{"Labels":{"rabbitctl-devbroker":"DIR"}}}]`

func TestStartMakesAContainerOnLoopback(t *testing.T) {
	b, n, calls := standIn(t, "")
	if err := Start(t.Context(), b, n); err != nil {
		t.Fatal(err)
	}
	got := calls()
	for _, want := range []string{"create --name devbroker-x-1 ", "-p 127.0.0.1:1001:5672", "-p 127.0.0.1:1002:15672",
		"/etc/rabbitmq/enabled_plugins", "start devbroker-x-1"} {
		if !strings.Contains(got, want) {
			t.Errorf("%q is missing in\n%s", want, got)
		}
	}
}

func TestInspect(t *testing.T) {
	b, n, _ := standIn(t, ours)
	if s, err := Inspect(t.Context(), b, n); err != nil || s.Status != "paused" || s.PID != 7 {
		t.Errorf("got %+v, %v", s, err)
	}
	b, n, _ = standIn(t, "")
	if s, err := Inspect(t.Context(), b, n); err != nil || s != (State{}) {
		t.Errorf("none: got %+v, %v", s, err)
	}
}

func TestAContainerOfSomebodyElseIsNotTouched(t *testing.T) {
	b, n, calls := standIn(t, strings.ReplaceAll(ours, "DIR", "/elsewhere"))
	if err := Stop(t.Context(), b, n, time.Second); err == nil {
		t.Error("stop: no error")
	}
	if err := Remove(t.Context(), b, n); err == nil {
		t.Error("remove: no error")
	}
	if got := calls(); strings.Contains(got, "stop") || strings.Contains(got, "rm") {
		t.Errorf("docker was told\n%s", got)
	}
}
