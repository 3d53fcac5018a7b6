//go:build acceptance

package acceptance

import (
	"testing"
)

// diskLimit is RabbitMQ's default for the free disk limit, to which the suite resets it.
const diskLimit = "50MB"

// raiseDiskAlarm raises the disk alarm as an operator on the broker's host would. When the test ends, however it ends,
// the limit is reset.
func (b *broker) raiseDiskAlarm(t *testing.T) {
	t.Helper()
	t.Cleanup(func() { afterwards(t, b.Name, "rabbitmqctl", "set_disk_free_limit", diskLimit) })
	b.ctl(t, "rabbitmqctl", "set_disk_free_limit", "1000GB").ok(t)
	b.awaitAlarm(t, true)
}

func (b *broker) clearDiskAlarm(t *testing.T) {
	t.Helper()
	b.ctl(t, "rabbitmqctl", "set_disk_free_limit", diskLimit).ok(t)
	b.awaitAlarm(t, false)
}

// awaitAlarm waits until the broker's own check of alarms fails or, if on is false, passes.
func (b *broker) awaitAlarm(t *testing.T, on bool) {
	t.Helper()
	eventually(t, func() (bool, string) {
		status, body := b.api(t, "GET", "/health/checks/alarms", nil)
		return on == (status == 503), string(body)
	})
}
