//go:build acceptance

package acceptance

import (
	"fmt"
	"strings"
	"testing"

	amqp "github.com/rabbitmq/amqp091-go"
)

// TestRotatePassword: rotate_password names the connection that was opened with the old password, and with --wait waits
// until it is gone. Then only the new password is accepted. copy_user_permissions gives another user the same
// permissions.
func TestRotatePassword(t *testing.T) {
	onEach(t, func(t *testing.T, b *broker) {
		vhost := b.vhost(t, "rotate ")
		user, password := b.user(t, "")
		other, _ := b.user(t, "")
		b.do(t, "PUT", path("permissions", vhost, user), map[string]any{"configure": "^a", "write": "^b", "read": ".*"})
		b.rabbitctl(t, "copy_user_permissions", user, other, "--dry-run").ok(t)
		b.rabbitctl(t, "copy_user_permissions", user, other).ok(t).says(t, "created")
		b.rabbitctl(t, "copy_user_permissions", user, other).ok(t).says(t, "unchanged")
		if got := b.rabbitctl(t, "list_user_permissions", other, "--no-table-headers").ok(t).stdout; got !=
			vhost+"\t^a\t^b\t.*\n" {
			t.Errorf("the copied permissions are %q", got)
		}
		_, address, _ := strings.Cut(b.AMQPURL, "@")
		connection, err := amqp.DialConfig("amqp://"+user+":"+password+"@"+address, amqp.Config{Vhost: vhost,
			Properties: amqp.Table{"connection_name": "old client"}})
		if err != nil {
			t.Fatal(err)
		}
		defer connection.Close()
		eventually(t, func() (bool, string) {
			got := b.rabbitctl(t, "rotate_password", user, "--dry-run").ok(t)
			return strings.Contains(got.stdout, "old client") && strings.Contains(got.stderr, "1 open connection"),
				got.stdout + got.stderr
		})
		old := b.rabbitctl(t, "rotate_password", user, "--generate", "--wait", "--timeout", "3")
		if old.code != 75 || !strings.Contains(old.stdout, "old client") {
			t.Errorf("exit %d\n%s%s", old.code, old.stdout, old.stderr)
		}
		connection.Close()
		rotated := b.rabbitctl(t, "rotate_password", user, "--generate", "--wait", "-o", "json").ok(t)
		fresh := object[struct{ Outcome, Password string }](t, rotated)
		for _, tt := range []struct {
			password string
			code     int
		}{{fresh.Password, 0}, {password, 77}} {
			r := run(t, []string{"RABBITCTL_URL=" + b.URL}, "sh", "-c", fmt.Sprintf(
				"echo %s | %s authenticate_user %s --try-password-stdin", tt.password, program("rabbitctl"), user))
			if r.code != tt.code || fresh.Outcome != "changed" {
				t.Errorf("%+v: exit %d\n%s%s", fresh, r.code, r.stdout, r.stderr)
			}
		}
	})
}
