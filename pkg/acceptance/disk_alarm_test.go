//go:build acceptance

package acceptance

import (
	"testing"
)

// diskLimit is the limit that the suite puts back; it is RabbitMQ's own default.
const diskLimit = "50MB"

// raiseDiskAlarm raises the disk alarm as an operator on the broker's host would, and takes it back with the test,
// however the test ends.
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

// awaitAlarm waits for the broker's own word, which comes with the change.
func (b *broker) awaitAlarm(t *testing.T, on bool) {
	t.Helper()
	eventually(t, func() (bool, string) {
		status, body := b.api(t, "GET", "/health/checks/alarms", nil)
		return on == (status == 503), string(body)
	})
}
