package messages

import (
	"fmt"
	"strings"
	"testing"

	amqp091 "github.com/rabbitmq/amqp091-go"

	"github.com/rabbitctl/rabbitctl/pkg/fail"
)

// TestRefused_exclusiveUse: if a queue has an exclusive consumer, the error does not speak of a missing permission,
// although the broker reports both with the same code.
func TestRefused_exclusiveUse(t *testing.T) {
	t.Parallel()
	for reason, c := range map[string]struct {
		kind fail.Kind
		next string
	}{
		"ACCESS_REFUSED - queue 'q' in vhost '/' in exclusive use": {fail.Data, "list_consumers"},
		"ACCESS_REFUSED - read access to queue 'q' in vhost '/' refused for user 'u'": {fail.Denied,
			"explain_access"},
	} {
		err := refused("taking", &amqp091.Error{Code: amqp091.AccessRefused, Reason: reason})
		if next := fmt.Sprint(fail.HintOf(err)); fail.KindOf(err) != c.kind || !strings.Contains(next, c.next) {
			t.Errorf("%s: %s, next: %s", reason, fail.KindOf(err), next)
		}
	}
}
