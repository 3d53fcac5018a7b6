package certificate_test

import (
	"crypto/tls"
	"crypto/x509"
	"os"
	"testing"
	"time"

	"github.com/rabbitctl/rabbitctl/cmd/devbroker/internal/certificate"
)

func TestMake(t *testing.T) {
	dir := t.TempDir()
	until := time.Now().Add(time.Hour).Truncate(time.Second)
	if err := certificate.Make(dir, until); err != nil {
		t.Fatal(err)
	}
	files := certificate.In(dir)
	pair, err := tls.LoadX509KeyPair(files.Certificate, files.Key)
	if err != nil {
		t.Fatal(err)
	}
	if !pair.Leaf.NotAfter.Equal(until) {
		t.Errorf("valid until %s, want %s", pair.Leaf.NotAfter, until)
	}
	bundle, err := os.ReadFile(files.Authorities)
	if err != nil {
		t.Fatal(err)
	}
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(bundle)
	if _, err := pair.Leaf.Verify(x509.VerifyOptions{Roots: roots, DNSName: "localhost"}); err != nil {
		t.Error(err)
	}
	// Make keeps existing files; Renew replaces them.
	if err := certificate.Make(dir, until.Add(time.Hour)); err != nil {
		t.Fatal(err)
	}
	if again, _ := tls.LoadX509KeyPair(files.Certificate, files.Key); !again.Leaf.NotAfter.Equal(until) {
		t.Error("Make replaced what was there")
	}
	if err := certificate.Renew(dir, until.Add(-2*time.Hour)); err != nil {
		t.Fatal(err)
	}
	if again, _ := tls.LoadX509KeyPair(files.Certificate, files.Key); again.Leaf.NotAfter.Equal(until) {
		t.Error("Renew replaced nothing")
	}
}
