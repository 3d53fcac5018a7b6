package survey

import (
	"context"
	"net"
	"strconv"
	"sync"
	"time"

	"github.com/rabbitctl/rabbitctl/pkg/broker"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/health"
	"github.com/rabbitctl/rabbitctl/pkg/record"
)

// Certificates connects to the TLS listeners of the answering node, or to the given addresses (HOST:PORT), and reads
// their certificates. It also asks the broker which of its files have a certificate that expires within the given days;
// a release without that check is no error. node is the answering node. now is the time at which the certificates are
// judged.
func Certificates(ctx context.Context, c *broker.Client, now time.Time, addresses []string,
	days int) (facts health.CertificateFacts, node string, err error) {
	node, listeners, err := Listeners(ctx, c)
	if err != nil {
		return facts, "", err
	}
	facts, err = certificatesOf(ctx, c, now, listeners, addresses, days)
	return facts, node, err
}

func certificatesOf(ctx context.Context, c *broker.Client, now time.Time, listeners []Listener, addresses []string,
	days int) (facts health.CertificateFacts, err error) {
	var tls []Listener
	for _, l := range listeners {
		if l.TLS && len(addresses) == 0 {
			tls = append(tls, l)
		}
	}
	for _, a := range addresses {
		tls = append(tls, listenerAt(a, listeners))
	}
	facts.Now = now
	facts.Listeners = make([]health.TLSListener, len(tls))
	var wait sync.WaitGroup
	for i, l := range tls {
		wait.Go(func() { facts.Listeners[i] = shakeHands(ctx, c, l) })
	}
	wait.Wait()
	if err := fail.Ended(ctx); fail.KindOf(err) == fail.Canceled {
		return facts, err
	}
	facts.Files, err = certificateFiles(ctx, c, days)
	if broker.IsNotOffered(err) {
		err = nil
	}
	return facts, err
}

// listenerAt returns the broker's listener at that address. If the broker does not list one, it returns a TLS listener
// that has only the address.
func listenerAt(address string, listeners []Listener) Listener {
	for _, l := range listeners {
		if l.Address == address {
			return l
		}
	}
	return Listener{Protocol: "tls", Address: address, TLS: true}
}

func shakeHands(ctx context.Context, c *broker.Client, l Listener) health.TLSListener {
	out := health.TLSListener{Name: l.Name(), File: l.File}
	if l.Elsewhere {
		out.Failed = l.notFromHere().Error()
		return out
	}
	chain, err := c.Certificates(ctx, l.Address)
	if err != nil {
		out.Failed = err.Error()
		return out
	}
	for _, cert := range chain {
		out.Chain = append(out.Chain, health.Certificate{Subject: cert.Subject.String(), Issuer: cert.Issuer.String(),
			Until: cert.NotAfter})
	}
	return out
}

// certificateFiles runs the broker's own check, which reads the certificate files of all listeners of the answering
// node.
func certificateFiles(ctx context.Context, c *broker.Client, days int) ([]health.CertificateFile, error) {
	a, err := c.HealthCheck(ctx, "certificate-expiration", strconv.Itoa(days), "days")
	if err != nil {
		return nil, err
	}
	var files []health.CertificateFile
	var unreadable error
	a.Body.At("expired").Each(func(v record.Value) {
		address := net.JoinHostPort(v.At("interface").Text(), v.At("port").Text())
		if ip := net.ParseIP(v.At("interface").Text()); ip == nil || ip.IsUnspecified() {
			address = net.JoinHostPort(c.Host(), v.At("port").Text())
		}
		name := v.At("protocol").Text() + " " + address
		for _, kind := range []string{"certfile", "cacertfile"} {
			f := health.CertificateFile{Listener: name, File: v.At(kind).Text(), Bundle: kind == "cacertfile"}
			v.At(kind + "_expires_on").Each(func(date record.Value) {
				until, err := ExpiryDate(date.Text())
				if err != nil {
					unreadable = fail.New(fail.Data, "%s reports an unreadable expiry date of a certificate: %q", c.BaseURL(),
						date.Text())
				}
				f.Until = append(f.Until, until)
			})
			if len(f.Until) > 0 {
				files = append(files, f)
			}
		}
	})
	return files, unreadable
}

// ExpiryDate reads a date and time as the broker's check writes it, in UTC with an hour of one or two digits:
// "2021-01-01 0:00:00".
func ExpiryDate(text string) (time.Time, error) { return time.Parse("2006-01-02 15:04:05", text) }
