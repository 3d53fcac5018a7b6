//go:build acceptance

package acceptance

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// python is the interpreter for which Debian packages Pika.
const python = "/usr/bin/python3"

// TestTutorial runs the sender and the receiver of RabbitMQ's first tutorial, written with Pika, and watches them with
// our commands before, during and after a disk alarm.
func TestTutorial(t *testing.T) {
	needPika(t)
	onEach(t, func(t *testing.T, b *broker) {
		vhost := b.vhost(t, "tutorial ")
		args := func(program string, more ...string) []string {
			return append([]string{filepath.Join("testdata", "tutorial", program), "--port", fmt.Sprint(b.AMQPPort), "--vhost",
				vhost}, more...)
		}
		list := func(columns ...string) string {
			return b.rabbitctl(t, append([]string{"list_queues", "-p", vhost, "--no-table-headers"}, columns...)...).ok(t).stdout
		}

		// Before: seven greetings wait, then a receiver takes them.
		run(t, nil, python, args("send.py", "--count", "7")...).ok(t)
		eventually(t, func() (bool, string) { got := list("name", "messages"); return got == "hello\t7\n", got })
		receiver := start(t, python, args("receive.py")...)
		receiver.says(t, "received Hello, number 7")
		eventually(t, func() (bool, string) {
			got := list("name", "messages", "consumers")
			return got == "hello\t0\t1\n", got
		})

		// During: the sender goes on without an error, and nothing arrives.
		sender := start(t, python, args("send.py", "--count", "0", "--every", "0.2", "--name", "greeter")...)
		receiver.says(t, "received Hello, number 3")
		b.awaitConnections(t, "greeter", "hello-receiver")
		b.raiseDiskAlarm(t)
		b.rabbitctl(t, "check_disk").exits(t, 2)
		b.rabbitctl(t, "check_alarms").exits(t, 2)
		// The sender does not notice for some messages more: it is stuck once one of them was held back.
		eventually(t, func() (bool, string) {
			r := b.rabbitctl(t, "explain_blocked").exits(t, 2)
			return strings.Contains(r.stdout, "greeter") && strings.Contains(r.stdout, "blocked"), r.stdout
		})
		if ended(sender) {
			t.Errorf("the sender has ended:\n%s", sender.out)
		}
		if out := sender.out.String(); strings.Contains(out, "Traceback") {
			t.Errorf("the sender saw an error:\n%s", out)
		}

		// After: what was held back arrives.
		held := strings.Count(sender.out.String(), "sent ")
		b.clearDiskAlarm(t)
		b.rabbitctl(t, "check_disk").ok(t)
		b.rabbitctl(t, "check_alarms").ok(t)
		b.rabbitctl(t, "explain_blocked").ok(t)
		receiver.says(t, fmt.Sprintf("received Hello, number %d", held))
		eventually(t, func() (bool, string) {
			got := list("name", "messages", "consumers")
			return got == "hello\t0\t1\n", got
		})
	})
}

func ended(k *task) bool {
	select {
	case <-k.ended:
		return true
	default:
		return false
	}
}

// needPika installs Debian's python3-pika where it is missing and this may be done.
func needPika(t *testing.T) {
	t.Helper()
	needPython(t, "pika", "python3-pika")
}

// needPython installs the package of Debian that has a module, where it is missing and this may be done.
func needPython(t *testing.T, module, debian string) {
	t.Helper()
	imports := func() bool { return exec.Command(python, "-c", "import "+module).Run() == nil }
	if imports() {
		return
	}
	if os.Geteuid() != 0 {
		t.Fatalf("Python's %s is missing: apt-get install %s", module, debian)
	}
	var out []byte
	install := []string{"install", "-y", "--no-install-recommends", debian}
	for _, args := range [][]string{install, {"update"}, install} {
		cmd := exec.Command("apt-get", append([]string{"-qq", "-o", "DPkg::Lock::Timeout=120"}, args...)...)
		cmd.Env = append(os.Environ(), "DEBIAN_FRONTEND=noninteractive")
		if out, _ = cmd.CombinedOutput(); imports() {
			return
		}
	}
	t.Fatalf("%s is missing and cannot be installed:\n%s", debian, out)
}
