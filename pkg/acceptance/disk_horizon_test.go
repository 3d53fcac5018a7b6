//go:build acceptance

package acceptance

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// TestCheckDisk_horizon: if a disk fills, check_disk --horizon says in how much time the alarm will come, although 3 GB
// are still free above the limit. It can also judge the trend by readings of earlier runs.
func TestCheckDisk_horizon(t *testing.T) {
	onEach(t, func(t *testing.T, b *broker) {
		free := b.freeDisk(t)
		t.Cleanup(func() { afterwards(t, b.Name, "rabbitmqctl", "set_disk_free_limit", diskLimit) })
		b.ctl(t, "rabbitmqctl", "set_disk_free_limit", fmt.Sprint(free-3_000_000_000)).ok(t)
		state := filepath.Join(t.TempDir(), "disk.state")
		b.rabbitctl(t, "check_disk", "--horizon", "1m", "--state", state, "--warning", "0", "--critical", "0").exits(t, 3)
		// The test fills the disk of one broker only, because all brokers are on the same volume.
		if b == running.brokers[len(running.brokers)-1] {
			b.tellsTheTimeLeft(t, free)
		} else {
			time.Sleep(21 * time.Second)
		}
		again := b.rabbitctl(t, "check_disk", "--horizon", "1m", "--state", state, "--warning", "0", "--critical", "0")
		if again.code > 1 || !strings.Contains(again.stdout, "looked at: the trend by the readings in "+state) {
			t.Errorf("exit %d\n%s%s", again.code, again.stdout, again.stderr)
		}
		b.ctl(t, "rabbitmqctl", "set_disk_free_limit", diskLimit).ok(t)
		// The broker's own history may span less than ten minutes, or be enough for a verdict. Neither may end in an error.
		if told := b.rabbitctl(t, "check_disk", "--horizon", "8h"); told.code > 3 || !strings.Contains(told.stdout,
			b.Node+" ") {
			t.Errorf("exit %d\n%s%s", told.code, told.stdout, told.stderr)
		}
		// The node listing is some seconds old, and other tests read it: wait until it shows the old limit again.
		eventually(t, func() (bool, string) {
			got := b.rabbitctl(t, "list_nodes", "disk_free_limit", "-q")
			return strings.Contains(got.stdout, "50000000"), got.stdout
		})
	})
}

// tellsTheTimeLeft fills the disk and expects check_disk to say in how much time the alarm will come. Other programs
// may free as much space meanwhile, so it tries three times. If the test's folder is on another volume than the
// broker's data, the free space does not shrink, and the test proves nothing.
func (b *broker) tellsTheTimeLeft(t *testing.T, free int64) {
	stop := fill(t)
	defer stop()
	var got ran
	for range 3 {
		got = b.rabbitctl(t, "check_disk", "--horizon", "5h", "--sample", "21s", "--warning", "0", "--critical", "0")
		if got.code == 1 && strings.Contains(got.stdout, "/h: alarm in ") && strings.Contains(got.stdout,
			b.Node+"_alarm_in=") {
			return
		}
	}
	if b.freeDisk(t) < free-300_000_000 {
		t.Errorf("exit %d\n%s%s", got.code, got.stdout, got.stderr)
	}
}

// freeDisk returns the free disk space that the broker reports, in bytes.
func (b *broker) freeDisk(t *testing.T) int64 {
	t.Helper()
	var free int64
	got := b.rabbitctl(t, "list_nodes", "disk_free", "-q").ok(t)
	for _, line := range strings.Fields(got.stdout) {
		_, _ = fmt.Sscan(line, &free)
	}
	if free == 0 {
		t.Fatalf("no figure in %s", got.stdout)
	}
	return free
}

// fill writes about 20 MB a second to a file in the test's folder, until stop is called or the file has about 1.5 GB.
// stop also removes the file.
func fill(t *testing.T) (stop func()) {
	file, err := os.Create(filepath.Join(t.TempDir(), "fill"))
	if err != nil {
		t.Fatal(err)
	}
	ended, done := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(done)
		block := make([]byte, 4<<20)
		for i := range block {
			block[i] = byte(i * i)
		}
		for range 350 {
			if _, err := file.Write(block); err != nil {
				return
			}
			select {
			case <-ended:
				return
			case <-time.After(200 * time.Millisecond):
			}
		}
	}()
	return func() { close(ended); <-done; file.Close(); os.Remove(file.Name()) }
}
