package broker_test

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"math/big"
	"net"
	"testing"
	"time"

	"github.com/rabbitctl/rabbitctl/pkg/broker"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
)

// listenTLS starts a TLS listener whose certificate expires at the time until.
func listenTLS(t *testing.T, until time.Time, change func(*tls.Config)) string {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "mq-1"},
		NotBefore: until.Add(-time.Hour), NotAfter: until}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	config := &tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{der}, PrivateKey: key}}}
	if change != nil {
		change(config)
	}
	l, err := tls.Listen("tcp", "127.0.0.1:0", config)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			go func() {
				_ = conn.(*tls.Conn).Handshake()
				conn.Close()
			}()
		}
	}()
	return l.Addr().String()
}

func TestCertificates(t *testing.T) {
	t.Parallel()
	c, err := broker.New(broker.Options{BaseURL: "http://127.0.0.1:1"})
	if err != nil {
		t.Fatal(err)
	}
	until := time.Now().Add(-24 * time.Hour).Truncate(time.Second)
	for name, change := range map[string]func(*tls.Config){
		"an expired one":          nil,
		"wants one of the client": func(c *tls.Config) { c.ClientAuth = tls.RequireAnyClientCert },
		"wants one of the client, in TLS1.2": func(c *tls.Config) {
			c.ClientAuth, c.MaxVersion = tls.RequireAnyClientCert,
				tls.VersionTLS12
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			chain, err := c.Certificates(t.Context(), listenTLS(t, until, change))
			if err != nil || len(chain) != 1 || chain[0].Subject.CommonName != "mq-1" || !chain[0].NotAfter.Equal(until) {
				t.Errorf("%v %v", chain, err)
			}
		})
	}
	t.Run("nothing listens", func(t *testing.T) {
		t.Parallel()
		if _, err := c.Certificates(t.Context(), "127.0.0.1:1"); fail.KindOf(err) != fail.Unreachable {
			t.Error(err)
		}
		if err := c.Connect(t.Context(), "127.0.0.1:1"); fail.KindOf(err) != fail.Unreachable {
			t.Error(err)
		}
	})
	t.Run("does not answer", func(t *testing.T) {
		t.Parallel()
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		defer l.Close()
		ctx, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
		defer cancel()
		if _, err := c.Certificates(ctx, l.Addr().String()); fail.KindOf(err) != fail.Timeout {
			t.Error(err)
		}
		if err := c.Connect(t.Context(), l.Addr().String()); err != nil {
			t.Error(err)
		}
	})
	t.Run("speaks no TLS", func(t *testing.T) {
		t.Parallel()
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		defer l.Close()
		go func() {
			if conn, err := l.Accept(); err == nil {
				_, _ = conn.Write([]byte("AMQP\x00\x00\x09\x01"))
				conn.Close()
			}
		}()
		if _, err := c.Certificates(t.Context(), l.Addr().String()); fail.KindOf(err) != fail.Unreachable {
			t.Error(err)
		}
	})
}
