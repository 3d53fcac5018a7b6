package health_test

import (
	"strings"
	"testing"
	"time"

	"github.com/rabbitctl/rabbitctl/pkg/health"
)

func TestCertificates(t *testing.T) {
	now := time.Date(2026, 3, 4, 12, 0, 0, 0, time.UTC)
	in := func(days float64) time.Time { return now.Add(time.Duration(days * 24 * float64(time.Hour))) }
	const name, file = "amqp/ssl 10.0.0.1:5671", "/etc/rabbitmq/cert.pem"
	sends := func(days ...float64) []health.TLSListener {
		l := health.TLSListener{Name: name, File: file}
		for i, d := range days {
			subject := "CN=mq-1"
			if i > 0 {
				subject = "CN=authority"
			}
			l.Chain = append(l.Chain, health.Certificate{Subject: subject, Issuer: "CN=authority", Until: in(d)})
		}
		return []health.TLSListener{l}
	}
	bundle := []health.CertificateFile{{Listener: name, File: "/etc/rabbitmq/ca.pem", Bundle: true,
		Until: []time.Time{in(-100)}}}
	tests := []struct {
		name      string
		listeners []health.TLSListener
		files     []health.CertificateFile
		status    health.Status
		says      string
		notes     int
	}{
		{"well", sends(90, 900), nil, health.OK, name + ": certificate CN=mq-1 expires in 90 days, on 2026-06-02", 0},
		{"not below the warning", sends(30), nil, health.OK, "", 0},
		{"below the warning", sends(29.9), nil, health.Warning, "expires in 29 days, on 2026-04-03 (" + file + ")", 0},
		{"below the critical", sends(6.9), nil, health.Critical, "expires in 6 days", 0},
		{"tomorrow", sends(1.5), nil, health.Critical, "expires in 1 day,", 0},
		{"today", sends(0.5), nil, health.Critical, "expires within a day", 0},
		{"an hour ago", sends(-1.0 / 24), nil, health.Critical, "has just expired", 0},
		{"this very moment", sends(0), nil, health.Critical, "has just expired", 0},
		{"yesterday", sends(-1), nil, health.Critical, "expired 1 day ago, on 2026-03-03", 0},
		{"long ago", sends(-100), nil, health.Critical, "expired 100 days ago", 0},
		{"an authority that is sent along", sends(90, -1), nil, health.Critical,
			"its CA certificate CN=authority expired 1 day ago", 0},
		{"an authority that nobody sends", sends(90), bundle, health.OK, "", 1},
		{"an authority of the bundle that is sent", sends(90, -100), bundle, health.Critical,
			"its CA certificate CN=authority expired 100 days ago", 0},
		{"both", sends(-1), bundle, health.Critical, "certificate CN=mq-1 expired 1 day ago", 1},
		{"not reached", []health.TLSListener{{Name: name, Failed: "no route"}}, nil, health.Unknown,
			"no certificate seen: no route", 0},
		{"not reached, and its file expires", []health.TLSListener{{Name: name, Failed: "no route"}},
			[]health.CertificateFile{{Listener: name, File: file, Until: []time.Time{in(-1)}}}, health.Critical,
			file + " expired 1 day ago", 0},
		{"reached, so the file says nothing more", sends(90), []health.CertificateFile{{Listener: name, File: file,
			Until: []time.Time{in(10)}}}, health.OK, "", 0},
		{"nothing", nil, nil, health.Unknown, "nothing listens with TLS", 0},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := health.Certificates(health.CertificateFacts{Now: now, Listeners: tt.listeners, Files: tt.files},
				health.CertificateLimits{Warning: 30, Critical: 7, Missing: health.Unknown})
			if r.Status != tt.status || !strings.Contains(r.Summary, tt.says) || len(r.Details) != tt.notes {
				t.Errorf("%s %s %q", r.Status, r.Summary, r.Details)
			}
			if _, err := perfdata(strings.SplitN(r.Nagios(), "\n", 2)[0]); err != nil {
				t.Error(err)
			}
		})
	}
	t.Run("limits off", func(t *testing.T) {
		for days, want := range map[float64]health.Status{1: health.OK, -1: health.Critical} {
			if r := health.Certificates(health.CertificateFacts{Now: now, Listeners: sends(days)},
				health.CertificateLimits{}); r.Status != want {
				t.Errorf("%v days: %s", days, r.Status)
			}
		}
	})
}

// TestDaysLeft: whole days, so that the last day is 0, and a certificate that has expired has less than 0.
func TestDaysLeft(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 3, 4, 5, 6, 7, 0, time.UTC)
	for hours, want := range map[int]int{49: 2, 47: 1, 23: 0, 0: 0, -1: -1, -24: -1, -25: -2} {
		if got := health.DaysLeft(now, now.Add(time.Duration(hours)*time.Hour)); got != want {
			t.Errorf("%d hours: %d days, want %d", hours, got, want)
		}
	}
}
