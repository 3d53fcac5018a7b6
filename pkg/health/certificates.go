package health

import (
	"fmt"
	"math"
	"time"

	"github.com/rabbitctl/rabbitctl/pkg/prose"
)

// Certificate is a certificate as a listener sends it.
type Certificate struct {
	Subject, Issuer string
	Until           time.Time
}

// TLSListener is what a client sees when it connects to a listener with TLS.
type TLSListener struct {
	// Name names the listener and its address: "amqp/ssl 127.0.0.1:5671".
	Name string
	// File is the certificate file that the broker has configured; "" when it is not known.
	File string
	// Chain holds the listener's own certificate first, then the CA certificates that the listener sends.
	Chain []Certificate
	// Failed says why the chain could not be read; "" when it could.
	Failed string
}

// CertificateFile is a file with a certificate that expires soon, as the broker reports it.
type CertificateFile struct {
	Listener, File string
	// Bundle means that the file holds CA certificates. A CA certificate that has signed nothing may expire without harm.
	Bundle bool
	// Until holds the moments when the certificates in the file expire.
	Until []time.Time
}

// CertificateFacts holds the facts that Certificates judges.
type CertificateFacts struct {
	Now       time.Time
	Listeners []TLSListener
	Files     []CertificateFile
}

// CertificateLimits holds the limits in days; a limit of 0 is not judged.
type CertificateLimits struct {
	Warning, Critical int
	// Missing is the verdict when nothing listens with TLS.
	Missing Status
}

// Days returns how many whole days the certificate is still valid: 0 on the last day, and below 0 after the expiry.
func (c Certificate) Days(now time.Time) int { return DaysLeft(now, c.Until) }

// DaysLeft returns the number of whole days until a moment: 0 on the last day, and below 0 once it has passed.
func DaysLeft(now, until time.Time) int { return int(math.Floor(until.Sub(now).Hours() / 24)) }

func (l CertificateLimits) judge(now, until time.Time) Status {
	days := DaysLeft(now, until)
	switch {
	case !now.Before(until), l.Critical > 0 && days < l.Critical:
		return Critical
	case l.Warning > 0 && days < l.Warning:
		return Warning
	}
	return OK
}

// Certificates judges the certificates that listeners really send: an expired one is CRITICAL, whatever the limits. For
// a listener whose chain was not read, it judges the certificate file that the broker reports. A certificate that is
// only in a CA bundle becomes a note, because no client ever sees it.
func Certificates(f CertificateFacts, limits CertificateLimits) Result {
	if len(f.Listeners) == 0 {
		return Result{Status: limits.Missing, Summary: "nothing listens with TLS"}
	}
	var phrases []phrase
	var figures []Figure
	var notes []string
	seen := map[string]bool{}
	for _, l := range f.Listeners {
		if l.Failed != "" {
			phrases = append(phrases, phrase{Unknown, fmt.Sprintf("%s: no certificate seen: %s", l.Name, l.Failed)})
			continue
		}
		seen[l.Name] = true
		for i, c := range l.Chain {
			s := limits.judge(f.Now, c.Until)
			if i > 0 {
				if s != OK {
					phrases = append(phrases, phrase{s, fmt.Sprintf("%s: its CA certificate %s %s", l.Name, c.Subject,
						expiry(f.Now, c.Until))})
				}
				continue
			}
			text := fmt.Sprintf("%s: certificate %s %s", l.Name, c.Subject, expiry(f.Now, c.Until))
			if s != OK && l.File != "" {
				text += " (" + l.File + ")"
			}
			phrases = append(phrases, phrase{s, text})
			own := Limits{}
			if limits.Warning > 0 {
				own.Warning = AtLeast(float64(limits.Warning))
			}
			if limits.Critical > 0 {
				own.Critical = AtLeast(float64(limits.Critical))
			}
			figures = append(figures, own.Figure(l.Name+" days", float64(c.Days(f.Now)), ""))
		}
	}
	for _, file := range f.Files {
		for _, until := range file.Until {
			switch {
			case file.Bundle:
				if note := fmt.Sprintf("note: %s holds a CA certificate that %s; no listener sends it", file.File,
					expiry(f.Now, until)); !sends(f.Listeners, until) {
					notes = append(notes, note)
				}
			case !seen[file.Listener]:
				// The listener could not be reached, but the broker reports its file.
				phrases = append(phrases, phrase{limits.judge(f.Now, until), fmt.Sprintf("%s: %s %s", file.Listener, file.File,
					expiry(f.Now, until))})
			}
		}
	}
	r := worstFirst(phrases, "")
	r.Figures = figures
	r.Details = append(r.Details, unique(notes)...)
	return r
}

// sends reports whether a listener sends a CA certificate whose expiry is exactly the given time.
func sends(listeners []TLSListener, until time.Time) bool {
	for _, l := range listeners {
		for i, c := range l.Chain {
			if i > 0 && c.Until.Equal(until) {
				return true
			}
		}
	}
	return false
}

func expiry(now, until time.Time) string {
	days := DaysLeft(now, until)
	date := until.UTC().Format(time.DateOnly)
	switch past := DaysLeft(until, now); {
	case past > 0:
		return fmt.Sprintf("expired %s ago, on %s", prose.Plural(past, "day", "days"), date)
	case !now.Before(until):
		return "has just expired, on " + date
	case days == 0:
		return "expires within a day, on " + date
	}
	return fmt.Sprintf("expires in %s, on %s", prose.Plural(days, "day", "days"), date)
}

func unique(texts []string) []string {
	said := map[string]bool{}
	var out []string
	for _, t := range texts {
		if !said[t] {
			said[t] = true
			out = append(out, t)
		}
	}
	return out
}
