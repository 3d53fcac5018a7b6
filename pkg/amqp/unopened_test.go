package amqp

import (
	"crypto/tls"
	"errors"
	"io"
	"net"
	"slices"
	"testing"

	amqp091 "github.com/rabbitmq/amqp091-go"

	"github.com/rabbitctl/rabbitctl/pkg/fail"
)

// TestUnopened: an error of a connection says what to do next. The replies are those of RabbitMQ's source, of 3.10.8 and
// 4.3.5.
func TestUnopened(t *testing.T) {
	t.Parallel()
	e := Endpoint{URL: "amqp://mq:5672", VHost: "prod", Login: amqp091.PlainAuth{Username: "u"}}
	notAllowed := func(text string) error {
		return &amqp091.Error{Code: amqp091.NotAllowed, Reason: "NOT_ALLOWED - " + text}
	}
	for _, c := range []struct {
		err  error
		kind fail.Kind
		acts []fail.Act
	}{
		{notAllowed("vhost prod not found"), fail.Denied, []fail.Act{fail.SeeVHosts}},
		{notAllowed("access to vhost 'prod' refused for user 'u'"), fail.Denied, []fail.Act{fail.GiveAccess}},
		{notAllowed("access to vhost 'prod' refused for user 'u': connection limit (5) is reached"), fail.Denied, nil},
		{notAllowed("connection refused for user 'u': user connection limit (5) is reached"), fail.Denied, nil},
		{&net.OpError{Op: "dial", Err: errors.New("refused")}, fail.Unreachable, []fail.Act{fail.GiveAMQP}},
		{io.EOF, fail.Unavailable, []fail.Act{fail.GiveAMQP}},
		{&tls.CertificateVerificationError{Err: errors.New("expired")}, fail.Unavailable, nil},
		{&amqp091.Error{Code: amqp091.InternalError, Reason: "INTERNAL_ERROR"}, fail.Unavailable, nil},
	} {
		err := e.unopened(c.err)
		var acts []fail.Act
		for _, step := range fail.HintOf(err) {
			acts = append(acts, step.Act)
		}
		if fail.KindOf(err) != c.kind || !slices.Equal(acts, c.acts) {
			t.Errorf("%v: %s, next %q", err, fail.KindOf(err), acts)
		}
	}
}
