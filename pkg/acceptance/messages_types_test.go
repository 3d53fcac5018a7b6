//go:build acceptance

package acceptance

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestMessageFile_keepsTypes: Pika publishes every property, every type of header, and bodies of up to 16 MiB. After a
// round trip through a file, Pika must read the same.
func TestMessageFile_keepsTypes(t *testing.T) {
	needPika(t)
	onEach(t, func(t *testing.T, b *broker) {
		vhost := b.vhost(t, "types ")
		for _, queue := range []string{"from", "to"} {
			b.do(t, "PUT", path("queues", vhost, queue), map[string]any{"durable": true})
		}
		pika := func(do, queue string) string {
			return run(t, nil, python, filepath.Join("testdata", "messages", "every_type.py"), do, queue, "--port",
				fmt.Sprint(b.AMQPPort), "--vhost", vhost).ok(t).stdout
		}
		pika("publish", "from")
		for _, gzip := range []bool{false, true} {
			file := filepath.Join(t.TempDir(), "file")
			if gzip {
				file += ".gz"
			}
			b.rabbitctl(t, "export_messages", "from", file, "-p", vhost).ok(t)
			b.rabbitctl(t, "import_messages", file, "--queue", "to", "-p", vhost).ok(t)
			want := pika("print", "from")
			if got := pika("print", "to"); got != want || strings.Count(want, "header") < 20 {
				t.Errorf("gzip %v: %s", gzip, cmp.Diff(strings.Split(want, "\n"), strings.Split(got, "\n")))
			}
			if !gzip {
				pika("publish", "from")
			}
		}
	})
}
