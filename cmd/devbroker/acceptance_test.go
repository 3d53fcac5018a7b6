//go:build acceptance

package main_test

import (
	"encoding/json"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

func TestOneNode(t *testing.T) {
	d := build(t)
	first := d.ok("up", "--name", "one", "--release", release())
	if again := d.ok("up", "--name", "one"); again != first {
		t.Errorf("up twice:\n%s\n%s", first, again)
	}
	if s := d.status("one"); len(s) != 1 || s[0].State != "running" || s[0].PID == 0 || !strings.Contains(first,
		"url="+s[0].URL+" ") {
		t.Errorf("status %+v, facts %s", s, first)
	}

	t.Run("the real tools", func(t *testing.T) {
		d := devbroker{t, d.path, d.state}
		d.ok("ctl", "one", "--", "rabbitmqctl", "-q", "add_vhost", "é 日\t%2F")
		if out := d.ok("ctl", "one", "--", "rabbitmqctl", "-q", "list_vhosts", "name"); !strings.Contains(out,
			"\né 日\t%2F\n") {
			t.Errorf("got %q", out)
		}
		if r := d.run("ctl", "one", "--", "rabbitmqctl", "no_such_command"); r.code != 64 {
			t.Errorf("exit %d of an unknown command", r.code)
		}
		if r := d.run("ctl", "one", "--", "rabbitmqctl", "delete_vhost", "none"); r.code != 65 {
			t.Errorf("exit %d of an unknown virtual host", r.code)
		}
	})
	t.Run("traffic", func(t *testing.T) {
		d := devbroker{t, d.path, d.state}
		d.declare("one", "q")
		for args, want := range map[string]string{
			"publish --queue q --count 7 --confirm --persistent": "confirmed 7\npublished 7\n",
			"publish --queue none --mandatory":                   "returned 312 NO_ROUTE exchange= key=none\npublished 1\n",
			"connect --for 1s --connection-name idle":            "ready\n",
		} {
			if out := d.ok(strings.Fields(args)...); out != want {
				t.Errorf("%s: %q", args, out)
			}
		}
		for _, c := range [][2]string{
			{"consume --queue q --never-ack --prefetch 2 --for 5s", "ready\nreceived 2\n"},
			{"consume --queue q --requeue=2 --count 3", "ready\nreceived 3\nacked 1\nrequeued 2\n"},
			{"consume --queue q --reject=2 --count 3", "ready\nreceived 3\nacked 1\nrejected 2\n"},
			{"consume --queue q --no-ack --count 3", "ready\nreceived 3\n"},
		} {
			if out := d.ok(strings.Fields(c[0])...); out != c[1] {
				t.Errorf("%s: %q", c[0], out)
			}
		}
		d.ok("ctl", "one", "--", "rabbitmqctl", "-q", "set_disk_free_limit", "1000GB")
		r := d.run("publish", "--queue", "q", "--confirm", "--confirm-timeout", "2s")
		if r.code != 75 || !strings.Contains(r.out, "blocked: low on disk\n") || !strings.Contains(r.out, "unconfirmed 1\n") {
			t.Errorf("publishing during an alarm: %+v", r)
		}
		d.ok("ctl", "one", "--", "rabbitmqctl", "-q", "set_disk_free_limit", "50MB")
	})
	t.Run("freeze, thaw, stop, start", func(t *testing.T) {
		d := devbroker{t, d.path, d.state}
		d.declare("one", "kept")
		d.ok("publish", "--queue", "kept", "--count", "3", "--persistent", "--confirm")
		d.ok("freeze", "one/1")
		if s := d.status("one"); s[0].State != "frozen" {
			t.Errorf("frozen: %+v", s)
		}
		d.ok("thaw", "one")
		d.ok("stop", "one")
		if s := d.status("one"); s[0].State != "stopped" || s[0].PID != 0 {
			t.Errorf("stopped: %+v", s)
		}
		if r := d.run("ctl", "one", "--", "rabbitmqctl", "-q", "list_queues"); r.code != 69 {
			t.Errorf("rabbitmqctl of a stopped node: exit %d", r.code)
		}
		d.ok("start", "one")
		if out := d.ok("consume", "--queue", "kept", "--count", "3", "--for", "60s"); !strings.Contains(out, "received 3\n") {
			t.Errorf("messages after a restart: %q", out)
		}
	})
	t.Run("a node that died comes back", func(t *testing.T) {
		d := devbroker{t, d.path, d.state}
		if err := syscall.Kill(d.status("one")[0].PID, syscall.SIGKILL); err != nil {
			t.Fatal(err)
		}
		if again := d.ok("up", "--name", "one"); again != first {
			t.Errorf("other facts:\n%s\n%s", first, again)
		}
	})
	t.Run("a taken port is named", func(t *testing.T) {
		d := devbroker{t, d.path, d.state}
		d.ok("stop", "one")
		port := d.status("one")[0].AMQPPort
		l, err := net.Listen("tcp", fmt.Sprintf("127.0.0.1:%d", port))
		if err != nil {
			t.Fatal(err)
		}
		defer l.Close()
		if r := d.run("up", "--name", "one"); r.code != 69 || !strings.Contains(r.errOut, fmt.Sprintf("amqp port %d", port)) {
			t.Errorf("%+v", r)
		}
	})
	t.Run("a failed boot shows why", func(t *testing.T) {
		d := devbroker{t, d.path, d.state}
		conf := filepath.Join(d.state, "one", "1", "conf", "conf.d", "99.conf")
		if err := os.WriteFile(conf, []byte("bogus.key = 1\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		if r := d.run("up", "--name", "one"); r.code != 69 || !strings.Contains(r.errOut, "bogus.key") {
			t.Errorf("%+v", r)
		}
		if err := os.Remove(conf); err != nil {
			t.Fatal(err)
		}
		d.ok("up", "--name", "one")
	})
}

func TestAKilledUpLosesNothing(t *testing.T) {
	d := build(t)
	cut := func() {
		t.Helper()
		cmd := d.command("up", "--name", "cut", "--release", release())
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		time.Sleep(2 * time.Second)
		if err := cmd.Process.Kill(); err != nil {
			t.Fatal(err)
		}
		_ = cmd.Wait()
	}
	cut()
	d.ok("down", "cut")
	d.nothingLeft()
	cut()
	d.ok("up", "--name", "cut")
	if s := d.status("cut"); s[0].State != "running" {
		t.Errorf("%+v", s)
	}
}

func TestUpsAtTheSameTime(t *testing.T) {
	d := build(t)
	results := make(chan result)
	for range 3 {
		go func() { results <- d.run("up", "--name", "same", "--release", release()) }()
	}
	var first string
	for range 3 {
		r := <-results
		if first == "" {
			first = r.out
		}
		if r.code != 0 || r.out != first {
			t.Errorf("%+v", r)
		}
	}
}

func TestCluster(t *testing.T) {
	if testing.Short() {
		t.Skip("three nodes")
	}
	d := build(t)
	d.ok("up", "--name", "three", "--nodes", "3", "--release", release())
	var cluster struct {
		Running []string `json:"running_nodes"`
	}
	out := d.ok("ctl", "three/3", "--", "rabbitmqctl", "-q", "cluster_status", "--formatter", "json")
	if err := json.Unmarshal([]byte(out), &cluster); err != nil || len(cluster.Running) != 3 {
		t.Errorf("node 3 sees %v, %v", cluster.Running, err)
	}
	for _, s := range d.status("three") {
		if err := syscall.Kill(s.PID, syscall.SIGKILL); err != nil {
			t.Fatal(err)
		}
	}
	d.ok("up", "--name", "three")
	d.ok("freeze", "three/2")
	states := ""
	for _, s := range d.status("three") {
		states += s.State + " "
	}
	if states != "running frozen running " {
		t.Errorf("got %s", states)
	}
	d.ok("up", "--name", "three")
}
