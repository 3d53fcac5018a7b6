package process

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

func TestParseStat(t *testing.T) {
	line := "42 (a (b) c) T 1 42 42 0 -1 4194560 1 2 3 4 5 6 7 8 20 0 1 0 987654 1000 200"
	got, err := parseStat([]byte(line))
	if err != nil || got.state != 'T' || got.threads != 1 || got.start != 987654 {
		t.Errorf("got %+v, %v", got, err)
	}
	for text, over := range map[string]bool{"R": false, "Z": true} {
		if got, _ := parseStat([]byte(strings.Replace(line, ") T", ") "+text, 1))); got.over() != over {
			t.Errorf("%s: over is %v", text, got.over())
		}
	}
	killed := strings.Replace(strings.Replace(line, ") T", ") Z", 1), "20 0 1 0 987654", "20 0 9 0 987654", 1)
	if got, err := parseStat([]byte(killed)); err != nil || got.over() {
		t.Errorf("a zombie with threads that still run: %+v, %v", got, err)
	}
	for _, bad := range []string{"", "42 no name", "42 (x) T 1 2",
		"42 (x) T 1 42 42 0 -1 4194560 1 2 3 4 5 6 7 8 20 0 1 0 x 1"} {
		if _, err := parseStat([]byte(bad)); err == nil {
			t.Errorf("%q: no error", bad)
		}
	}
}

func sleeper(t *testing.T, env ...string) *exec.Cmd {
	t.Helper()
	cmd := exec.Command("sleep", "60")
	cmd.Env = append(os.Environ(), env...)
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_, _ = cmd.Process.Wait()
	})
	return cmd
}

func TestConditionFollowsTheProcess(t *testing.T) {
	cmd := sleeper(t)
	id, err := Identify(cmd.Process.Pid)
	if err != nil {
		t.Fatal(err)
	}
	want := func(c Condition) {
		t.Helper()
		if !id.Becomes(c, time.Minute) {
			t.Errorf("got %s, want %s", id.Condition(), c)
		}
	}
	want(Alive)
	if err := id.Signal(syscall.SIGSTOP); err != nil {
		t.Fatal(err)
	}
	want(Frozen)
	if err := id.End(t.Context(), 0, Mark{}); err != nil {
		t.Fatal(err)
	}
	// The process is a zombie until the test reaps it.
	want(Gone)
	if err := id.End(t.Context(), time.Second, Mark{}); err != nil {
		t.Errorf("ending twice: %v", err)
	}
}

func TestARecycledIDIsNeverSignalled(t *testing.T) {
	cmd := sleeper(t)
	id, err := Identify(cmd.Process.Pid)
	if err != nil {
		t.Fatal(err)
	}
	for _, other := range []Identity{
		{PID: id.PID, Start: id.Start - 1, Boot: id.Boot},
		{PID: id.PID, Start: id.Start, Boot: "another boot"},
		{},
		{PID: 1, Start: 0, Boot: id.Boot},
	} {
		if c := other.Condition(); c != Gone {
			t.Errorf("%+v is %s", other, c)
		}
		if err := other.End(t.Context(), 0, Mark{}); err != nil {
			t.Error(err)
		}
	}
	if id.Condition() != Alive {
		t.Error("the innocent process was ended")
	}
}

func TestEndTakesWhatCarriesTheMark(t *testing.T) {
	mark := MarkOf(t.TempDir())
	ours, other := sleeper(t, mark.Entry()), sleeper(t, mark.Entry()+"0")
	if err := (Identity{}).End(t.Context(), 0, mark); err != nil {
		t.Fatal(err)
	}
	if _, err := ours.Process.Wait(); err != nil {
		t.Fatal(err)
	}
	id, err := Identify(other.Process.Pid)
	if err != nil || id.Condition() != Alive {
		t.Errorf("a process with another mark: %v, %v", id.Condition(), err)
	}
}

// Marked processes get killed, so this test checks a made-up environment and never real processes.
func TestAnEmptyMarkIsOnNothing(t *testing.T) {
	environ := []byte("PATH=/bin\x00DEVBROKER_PROCESS=\x00DEVBROKER_PROCESS=/\x00DEVBROKER_PROCESS=/a\x00")
	for mark, want := range map[Mark]bool{
		{}:            false,
		MarkOf(""):    false,
		MarkOf("/"):   false,
		MarkOf("//"):  false,
		MarkOf("a"):   false,
		MarkOf("/a"):  true,
		MarkOf("/ab"): false,
	} {
		if got := mark.marks(environ); got != want {
			t.Errorf("%q: got %v", mark.folder, got)
		}
	}
	if (Mark{}).marks(nil) || MarkOf("/a").marks(nil) {
		t.Error("an empty environment is marked")
	}
}

func TestLoad(t *testing.T) {
	path := filepath.Join(t.TempDir(), "process.json")
	if id, err := Load(path); err != nil || id != (Identity{}) {
		t.Errorf("missing: got %v, %v", id, err)
	}
	id, err := Self()
	if err != nil {
		t.Fatal(err)
	}
	if err := id.Save(path); err != nil {
		t.Fatal(err)
	}
	if got, err := Load(path); err != nil || got != id {
		t.Errorf("got %v, %v", got, err)
	}
	if err := os.WriteFile(path, []byte("x"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Load(path); err == nil {
		t.Error("broken: no error")
	}
	if left, _ := filepath.Glob(filepath.Join(filepath.Dir(path), ".*")); len(left) > 0 {
		t.Errorf("temporary files left: %v", left)
	}
}
