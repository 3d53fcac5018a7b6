//go:build unix

package check_test

import (
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/rabbitctl/rabbitctl/pkg/cmd/check"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/internal/brokertest"
	"github.com/rabbitctl/rabbitctl/pkg/internal/cmdtest"
)

// A limits file that is not read in time makes the run UNKNOWN, as it does for check_queues by itself.
func TestCheckBundle_limitsNotReadInTime(t *testing.T) {
	t.Parallel()
	pipe := filepath.Join(t.TempDir(), "pipe")
	if err := syscall.Mkfifo(pipe, 0o600); err != nil {
		t.Fatal(err)
	}
	file := bundleFile(t, "[[check]]\nname='check_queues'\nlimits='"+pipe+"'")
	got := cmdtest.Run{Commands: check.Commands()}.Do(t, brokertest.New(t), "check", "--file", file, "--timeout", "1s")
	if fail.KindOf(got.Error) != fail.Unknown || !strings.HasPrefix(got.Out, "UNKNOWN - "+file+": check_queues: "+pipe) {
		t.Errorf("%s: %v\n%s", fail.KindOf(got.Error), got.Error, got.Out)
	}
}
