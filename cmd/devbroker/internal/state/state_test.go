package state

import (
	"context"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/rabbitctl/rabbitctl/pkg/fail"
)

func always(int) bool { return true }

func create(t *testing.T, s Store, name string, nodes int) Broker {
	t.Helper()
	if err := os.MkdirAll(s.Folder(name), 0o700); err != nil {
		t.Fatal(err)
	}
	b, err := s.Create(Broker{Name: name, Release: "3.10", Version: "3.10.8", Source: Installed, Sbin: "/sbin"}, nodes,
		always)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestLocate(t *testing.T) {
	for want, env := range map[string]map[string]string{
		"/a":                                  {"DEVBROKER_STATE": "/a", "XDG_STATE_HOME": "/b", "HOME": "/c"},
		"/b/rabbitctl-devbroker":              {"XDG_STATE_HOME": "/b", "HOME": "/c"},
		"/c/.local/state/rabbitctl-devbroker": {"HOME": "/c"},
	} {
		s, err := Locate(func(name string) string { return env[name] })
		if err != nil || s.Dir != want {
			t.Errorf("got %q, %v, want %q", s.Dir, err, want)
		}
	}
	if _, err := Locate(func(string) string { return "" }); fail.KindOf(err) != fail.Config {
		t.Errorf("got %v", err)
	}
}

func TestBrokerIsReadBackAsItWasWritten(t *testing.T) {
	s := Store{Dir: t.TempDir()}
	b := create(t, s, "one", 3)
	got, err := s.Load("one")
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(b, got); diff != "" {
		t.Error(diff)
	}
	if len(got.Nodes) != 3 || got.Nodes[2].Node != "one-3@localhost" {
		t.Errorf("got %+v", got.Nodes)
	}
}

func TestNoPortIsGivenTwice(t *testing.T) {
	s := Store{Dir: t.TempDir()}
	seen := map[int]string{}
	for _, name := range []string{"a", "b", "c"} {
		b := create(t, s, name, 2)
		ports := []int{b.EpmdPort}
		for _, n := range b.Nodes {
			for _, p := range n.Ports.All() {
				ports = append(ports, p.Number)
			}
		}
		for _, p := range ports {
			if other := seen[p]; other != "" {
				t.Errorf("port %d went to %s and %s", p, other, name)
			}
			seen[p] = name
		}
	}
}

func TestChoosePorts(t *testing.T) {
	busy := map[int]bool{21001: true}
	got, err := choosePorts([]Broker{{EpmdPort: 31999}}, 3, 31998, func(p int) bool { return !busy[p] })
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]int{31998, 21000, 21002}, got); diff != "" {
		t.Error(diff)
	}
	if _, err := choosePorts(nil, 1, lowestPort, func(int) bool { return false }); fail.KindOf(err) != fail.Unavailable {
		t.Errorf("got %v", err)
	}
}

func TestLoadTellsMissingFromBroken(t *testing.T) {
	s := Store{Dir: t.TempDir()}
	if _, err := s.Load("none"); fail.KindOf(err) != fail.NotFound {
		t.Errorf("got %v", err)
	}
	if err := os.MkdirAll(s.Folder("half"), 0o700); err != nil {
		t.Fatal(err)
	}
	if all, err := s.All(); err != nil || len(all) != 0 {
		t.Errorf("got %v, %v", all, err)
	}
	if names, err := s.Names(); err != nil || len(names) != 1 {
		t.Errorf("down would not see a half-made broker: %v, %v", names, err)
	}
	if err := os.WriteFile(filepath.Join(s.Folder("half"), "broker.json"), []byte("{"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Load("half"); fail.KindOf(err) != fail.Config {
		t.Errorf("got %v", err)
	}
}

// TestRemoveEmpty: RemoveEmpty keeps a folder that has content but belongs to no broker.
func TestRemoveEmpty(t *testing.T) {
	s := Store{Dir: t.TempDir()}
	if err := os.MkdirAll(filepath.Join(s.Folder("photos"), "2019"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.MkdirAll(s.Folder("half"), 0o700); err != nil {
		t.Fatal(err)
	}
	for name, kind := range map[string]fail.Kind{"photos": fail.Config, "half": "", "nothing": ""} {
		if err := s.RemoveEmpty(name); fail.KindOf(err) != kind {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := os.Stat(filepath.Join(s.Folder("photos"), "2019")); err != nil {
		t.Error(err)
	}
	if _, err := os.Stat(s.Folder("half")); !os.IsNotExist(err) {
		t.Error("the empty folder is still there:", err)
	}
}

// TestRemove: Remove deletes a broker's whole folder.
func TestRemove(t *testing.T) {
	s := Store{Dir: t.TempDir()}
	lock, err := s.Lock(t.Context(), "one", true, func() {})
	if err != nil {
		t.Fatal(err)
	}
	defer lock.Unlock()
	b, err := s.Create(Broker{Name: "one", Release: "4.3"}, 1, func(int) bool { return true })
	if err != nil {
		t.Fatal(err)
	}
	if err := os.MkdirAll(filepath.Join(b.Dir, "1", "data"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := Remove(b); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(b.Dir); !os.IsNotExist(err) {
		t.Error("the folder is still there:", err)
	}
}

func TestLockKeepsOthersOutUntilItIsGivenFree(t *testing.T) {
	s := Store{Dir: t.TempDir()}
	lock, err := s.Lock(t.Context(), "one", true, func() {})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 250*time.Millisecond)
	defer cancel()
	waited := 0
	if _, err := s.Lock(ctx, "one", true, func() { waited++ }); fail.KindOf(err) != fail.Timeout || waited != 1 {
		t.Errorf("got %v after %d calls", err, waited)
	}
	lock.Unlock()
	again, err := s.Lock(t.Context(), "one", true, func() {})
	if err != nil {
		t.Fatal(err)
	}
	again.Unlock()
}

func TestLockIsNotTakenOnAFolderThatWasRemovedMeanwhile(t *testing.T) {
	s := Store{Dir: t.TempDir()}
	lock, err := s.Lock(t.Context(), "one", true, func() {})
	if err != nil {
		t.Fatal(err)
	}
	got := make(chan error)
	go func() {
		_, err := s.Lock(t.Context(), "one", false, func() {})
		got <- err
	}()
	time.Sleep(150 * time.Millisecond)
	if err := os.RemoveAll(s.Folder("one")); err != nil {
		t.Fatal(err)
	}
	lock.Unlock()
	if err := <-got; fail.KindOf(err) != fail.NotFound {
		t.Errorf("got %v", err)
	}
}

func TestCheckName(t *testing.T) {
	for _, name := range []string{"rabbit-3.10", "a", "c3_x"} {
		if err := CheckName(name); err != nil {
			t.Error(err)
		}
	}
	for _, name := range []string{"", ".", "..", "a..b", "A", "a/b", "-a", "a b", "ä", "a\n", string(make([]byte, 41))} {
		if err := CheckName(name); fail.KindOf(err) != fail.Usage {
			t.Errorf("%q: got %v", name, err)
		}
	}
}
