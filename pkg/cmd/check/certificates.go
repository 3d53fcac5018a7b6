package check

import (
	"context"
	"fmt"
	"net"
	"strings"
	"time"

	"github.com/spf13/pflag"

	"github.com/rabbitctl/rabbitctl/pkg/broker"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/health"
	"github.com/rabbitctl/rabbitctl/pkg/record"
	"github.com/rabbitctl/rabbitctl/pkg/survey"
	"github.com/rabbitctl/rabbitctl/pkg/verb"
)

func checkCertificates() verb.Check {
	var limits health.CertificateLimits
	var missing string
	var addresses []string
	return verb.Check{
		Name:  "check_certificates",
		Short: "Check how long the certificates of TLS listeners are valid",
		Long: `Check the certificates that TLS listeners send: how long they are still valid. The check connects to each TLS
listener of the node that answers, as a client would. With --connect it connects to the given listeners instead,
which may be those of other nodes. A listener that it cannot connect to is UNKNOWN, for example one on the loopback
interface of another machine. A certificate that has expired is CRITICAL whatever the limits are. An authority that
a listener sends along is judged in the same way. With and without --connect, the check also asks the node that
answers which of its certificate files expire within the limits. It judges such a file if it has not connected to
the file's listener. The user needs the tag monitoring.

If a certificate that is only in a bundle of authorities expires within the limits, a note says so. It does not fail
the check, because clients never get it. check_certificate_expiration, the broker's own check, counts such
certificates too.`,
		Example: `  rabbitctl check_certificates
  rabbitctl check_certificates --warning 60 --critical 14
  rabbitctl check_certificates --connect mq-1.example.com:5671 --connect mq-2.example.com:5671`,
		Flags: func(fs *pflag.FlagSet) {
			fs.IntVar(&limits.Warning, "warning", 30, "WARNING when fewer than `DAYS` are left; 0: never")
			fs.IntVar(&limits.Critical, "critical", 7,
				"CRITICAL when fewer than `DAYS` are left; 0: only when the certificate has expired")
			fs.StringArrayVar(&addresses, "connect", nil, "connect to `HOST:PORT` in place of the node's listeners; repeatable")
			missingFlag(fs, &missing, "nothing listens with TLS")
		},
		Validate: func(verb.Ask) (err error) {
			for _, a := range addresses {
				if host, port, err := net.SplitHostPort(a); err != nil || host == "" || port == "" {
					return fail.Usagef("--connect: %q is not HOST:PORT", a)
				}
			}
			if limits.Warning < 0 || limits.Critical < 0 {
				return fail.Usagef("--warning and --critical must be 0 days or more")
			}
			limits.Missing, err = parseMissing(missing)
			return err
		},
		Run: func(ctx context.Context, c *broker.Client, ask verb.Ask) (verb.Report, error) {
			ask.Waiting("shaking hands with TLS listeners")
			facts, node, err := survey.Certificates(ctx, c, ask.Now(), addresses, max(limits.Warning, limits.Critical))
			if err != nil {
				return verb.Report{}, err
			}
			r := verb.Report{Result: noneFound(health.Certificates(facts, limits), len(facts.Listeners))}
			r.LookedAt = "the listeners of " + node + " with TLS"
			if len(addresses) > 0 {
				r.LookedAt = strings.Join(addresses, ", ") + fmt.Sprintf(", and the files of %s", node)
			}
			r.Evidence = record.Document{certificateSection(facts)}
			return r, nil
		},
	}
}

// certificateSection returns a row for each certificate that a listener sends, and after them a row for each
// certificate in a bundle of authorities.
func certificateSection(facts health.CertificateFacts) record.Section {
	s := record.Section{Name: "certificates", Optional: true, Columns: []record.Column{
		{Name: "listener"}, {Name: "role"}, {Name: "subject"}, {Name: "issuer"}, {Name: "expires"},
		{Name: "days", Kind: record.Count}, {Name: "file"}}}
	for _, l := range facts.Listeners {
		for i, cert := range l.Chain {
			role, file := "serving", record.Value(nil)
			if i > 0 {
				role = "authority sent along"
			} else if l.File != "" {
				file = record.Of(l.File)
			}
			s.Rows = append(s.Rows, record.Row{record.Of(l.Name), record.Of(role), record.Of(cert.Subject),
				record.Of(cert.Issuer),
				record.Of(cert.Until.UTC().Format(time.RFC3339)), record.Of(cert.Days(facts.Now)), file})
		}
	}
	for _, f := range facts.Files {
		for _, until := range f.Until {
			if !f.Bundle {
				continue
			}
			left := health.Certificate{Until: until}
			s.Rows = append(s.Rows, record.Row{record.Of(f.Listener), record.Of("in the bundle"), nil, nil,
				record.Of(until.UTC().Format(time.RFC3339)), record.Of(left.Days(facts.Now)), record.Of(f.File)})
		}
	}
	return s
}
