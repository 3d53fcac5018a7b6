//go:build acceptance

package acceptance

import (
	"fmt"
	"os/exec"
	"testing"
)

// TestTags_keepPassword: when a request sets tags without a password, brokers clear the user's password. Neither
// rabbitctl's own commands nor its rabbitmqctl dialect may cause that.
func TestTags_keepPassword(t *testing.T) {
	onEach(t, func(t *testing.T, b *broker) {
		user, password := b.user(t, "management")
		for i, args := range [][]string{{"set_user_tags", user, "monitoring"},
			{"as", "rabbitmqctl", "set_user_tags", user, "management", "policymaker"}} {
			b.rabbitctl(t, args...).ok(t)
			line := fmt.Sprintf("echo %s | %s authenticate_user %s --try-password-stdin", password, program("rabbitctl"), user)
			cmd := exec.Command("sh", "-c", line)
			cmd.Env = []string{"HOME=" + t.TempDir(), "RABBITCTL_URL=" + b.URL}
			if out, err := cmd.CombinedOutput(); err != nil {
				t.Errorf("%d: %v: %s", i, err, out)
			}
		}
	})
}

// TestExplainPolicy_tie: if several policies have the same priority, the broker chooses one, and only that one applies.
func TestExplainPolicy_tie(t *testing.T) {
	onEach(t, func(t *testing.T, b *broker) {
		vhost := b.vhost(t, "tie ")
		b.declare(t, vhost, "orders", nil)
		for name, definition := range map[string]string{"one": `{"message-ttl":60000}`, "two": `{"max-length":99}`} {
			b.rabbitctl(t, "set_policy", name, "^ord", definition, "-p", vhost, "--priority", "5", "--yes").ok(t)
		}
		b.rabbitctl(t, "set_policy", "low", ".*", `{"max-length":10}`, "-p", vhost, "--priority", "1", "--yes").ok(t)
		eventually(t, func() (bool, string) {
			q := get[struct {
				Policy string `json:"policy"`
			}](t, b, path("queues", vhost, "orders"))
			if q.Policy != "one" && q.Policy != "two" {
				return false, q.Policy
			}
			other := map[string]string{"one": "two", "two": "one"}[q.Policy]
			b.rabbitctl(t, "explain_policy", "orders", "-p", vhost).ok(t).says(t, "policy "+q.Policy+" applies",
				fmt.Sprintf("tie: %s and %s have priority 5; the broker chose %s", q.Policy, other, q.Policy),
				"lower priority than "+q.Policy)
			return true, ""
		})
	})
}
