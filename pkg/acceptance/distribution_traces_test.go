//go:build acceptance

package acceptance

import (
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strings"
	"sync"
	"testing"
)

// leavesNothing: after a first round of 100 clients at once, a second round leaves no atom, no process and no node name
// behind. The first round leaves names: Erlang itself makes a name for each client that is connected at the same time,
// keeps these names, and uses them again.
func leavesNothing(t *testing.T, ours func(...string) ran) {
	t.Helper()
	const clients = 100
	look := func() (n [4]int) {
		r := ours("eval", "{erlang:system_info(atom_count), length(nodes(known)), length(nodes(hidden)), "+
			"erlang:system_info(process_count)}.").ok(t)
		if _, err := fmt.Sscanf(r.stdout, "{%d,%d,%d,%d}", &n[0], &n[1], &n[2], &n[3]); err != nil {
			t.Fatal(r.stdout, err)
		}
		return n
	}
	round := func() {
		ours("eval", "application:unset_env(kernel, gate).").ok(t)
		var all sync.WaitGroup
		for range clients {
			all.Go(func() {
				r := ours("eval", "F = fun F() -> case application:get_env(kernel, gate) of {ok, open} -> through; _ -> timer:sleep(50), F() end end, F().",
					"--timeout", "5m")
				if r.stdout != "through\n" {
					t.Errorf("%d %q %q", r.code, r.stdout, r.stderr)
				}
			})
		}
		eventually(t, func() (bool, string) {
			n := look()
			return n[2] == clients+1, fmt.Sprintf("%d hidden nodes are connected, not %d and the one that asks", n[2], clients)
		})
		ours("eval", "application:set_env(kernel, gate, open).").ok(t)
		all.Wait()
		eventually(t, func() (bool, string) {
			n := look()
			return n[2] == 1, fmt.Sprintf("%d hidden nodes are connected, 1 of them asks", n[2])
		})
	}
	round()
	before := look()
	round()
	// A node itself makes an atom now and then, and starts processes that last for some time.
	eventually(t, func() (bool, string) {
		after := look()
		return after[0]-before[0] <= 3 && after[1] <= before[1] && after[3]-before[3] <= 3,
			fmt.Sprintf("atoms, known nodes, hidden nodes and processes are %v before, %v after", before, after)
	})
}

// cookieNotInPS: while a command runs, neither the list of processes nor the environment of the command shows the
// cookie, nor does its output.
func cookieNotInPS(t *testing.T, env []string) {
	t.Helper()
	const option = "RABBITCTL_ERLANG_COOKIE_FILE="
	i := slices.IndexFunc(env, func(e string) bool { return strings.HasPrefix(e, option) })
	if i < 0 {
		t.Fatalf("%q", env)
	}
	file := strings.TrimPrefix(env[i], option)
	cookie, err := os.ReadFile(file)
	if err != nil || len(cookie) < 10 {
		t.Fatalf("%q %v", cookie, err)
	}
	for _, more := range []string{"RABBITCTL_ERLANG_COOKIE_FILE=" + file, "RABBITCTL_COOKIE_COMMAND=cat " + file} {
		cmd := exec.Command(program("rabbitctl"), "eval", "timer:sleep(3000).", "--trace")
		cmd.Env = append(os.Environ(), env...)
		cmd.Env = append(cmd.Env, "RABBITCTL_ERLANG_COOKIE_FILE=", more)
		var out strings.Builder
		cmd.Stdout, cmd.Stderr = &out, &out
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		over := make(chan error, 1)
		go func() { over <- cmd.Wait() }()
		looks := 0
		for done := false; !done; {
			select {
			case err := <-over:
				done = true
				if err != nil {
					t.Errorf("%v %s", err, out.String())
				}
			default:
				ps, err := exec.Command("ps", "-eo", "args").Output()
				if looks++; err != nil || strings.Contains(string(ps), string(cookie)) {
					t.Errorf("the cookie is in the list of processes: %v", err)
				}
				environ, _ := os.ReadFile(fmt.Sprintf("/proc/%d/environ", cmd.Process.Pid))
				if strings.Contains(string(environ), string(cookie)) {
					t.Error("the cookie is in the environment")
				}
			}
		}
		if looks < 2 || strings.Contains(out.String(), string(cookie)) {
			t.Errorf("%d looks\n%s", looks, out.String())
		}
	}
}
