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

// python is Debian's own interpreter, for which Debian packages Pika.
const python = "/usr/bin/python3"

// TestTutorial runs the sender and the receiver of RabbitMQ's first tutorial, which use Pika, and watches them with
// rabbitctl before, during and after a disk alarm.
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

		// Before the alarm, seven messages wait until a receiver takes them.
		run(t, nil, python, args("send.py", "--count", "7")...).ok(t)
		eventually(t, func() (bool, string) { got := list("name", "messages"); return got == "hello\t7\n", got })
		receiver := start(t, python, args("receive.py")...)
		receiver.says(t, "received Hello, number 7")
		eventually(t, func() (bool, string) {
			got := list("name", "messages", "consumers")
			return got == "hello\t0\t1\n", got
		})

		// During the alarm, the sender continues without an error, and nothing arrives.
		sender := start(t, python, args("send.py", "--count", "0", "--every", "0.2", "--name", "greeter")...)
		receiver.says(t, "received Hello, number 3")
		b.awaitConnections(t, "greeter", "hello-receiver")
		b.raiseDiskAlarm(t)
		b.rabbitctl(t, "check_disk").exits(t, 2)
		b.rabbitctl(t, "check_alarms").exits(t, 2)
		// The broker blocks the sender only when it holds back a message of the sender. Until then the sender notices
		// nothing.
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

		// After the alarm, the messages that were held back arrive.
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

// needPika installs Debian's package python3-pika if Pika is missing and the test runs as root. Otherwise it fails the
// test.
func needPika(t *testing.T) {
	t.Helper()
	needPython(t, "pika", "python3-pika")
}

// needPython installs the Debian package of a Python module if the module is missing and the test runs as root. If the
// module is still missing, it fails the test.
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
