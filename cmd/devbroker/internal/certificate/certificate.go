// Package certificate makes the certificates of a node's TLS listeners, and those with which nodes and tools speak TLS
// with each other.
package certificate

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"io/fs"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"time"

	"github.com/rabbitctl/rabbitctl/cmd/devbroker/internal/process"
)

// Files are the paths that Make writes to: the certificate authorities that the node trusts, its certificate and its
// key.
type Files struct{ Authorities, Certificate, Key string }

// In returns the paths of the three files in the folder.
func In(dir string) Files {
	return Files{filepath.Join(dir, "ca_bundle.pem"), filepath.Join(dir, "server_certificate.pem"),
		filepath.Join(dir, "server_key.pem")}
}

// Make writes a certificate for localhost that is valid until the given time, its key, and a bundle of two authorities.
// One of them signed the certificate. The other one has expired and signed nothing: the bundles of operators often have
// such an authority. If the certificate exists, Make changes nothing.
func Make(dir string, until time.Time) error {
	files := In(dir)
	if _, err := os.Stat(files.Certificate); !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return Renew(dir, until)
}

// Renew writes the same files as Make, and replaces existing files.
func Renew(dir string, until time.Time) error {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return err
	}
	begin := time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC)
	authority := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "devbroker authority"}, NotBefore: begin,
		NotAfter: begin.AddDate(50, 0, 0),
		IsCA:     true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign | x509.KeyUsageDigitalSignature,
	}
	old := *authority
	old.SerialNumber, old.Subject, old.NotAfter = big.NewInt(2), pkix.Name{CommonName: "old devbroker authority"},
		begin.AddDate(1, 0, 0)
	server := &x509.Certificate{
		SerialNumber: big.NewInt(3), Subject: pkix.Name{CommonName: "devbroker"}, NotBefore: begin, NotAfter: until,
		DNSNames: []string{"localhost"}, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
		KeyUsage: x509.KeyUsageDigitalSignature,
		// A node is a client of other nodes, too.
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageClientAuth},
	}
	var bundle, leaf []byte
	for _, c := range []struct {
		template, parent *x509.Certificate
		into             *[]byte
	}{{authority, authority, &bundle}, {&old, &old, &bundle}, {server, authority, &leaf}} {
		der, err := x509.CreateCertificate(rand.Reader, c.template, c.parent, key.Public(), key)
		if err != nil {
			return err
		}
		*c.into = append(*c.into, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})...)
	}
	der, err := x509.MarshalECPrivateKey(key)
	if err != nil {
		return err
	}
	files := In(dir)
	for path, text := range map[string][]byte{
		files.Authorities: bundle,
		files.Certificate: leaf,
		files.Key:         pem.EncodeToMemory(&pem.Block{Type: "EC PRIVATE KEY", Bytes: der}),
	} {
		if err := process.WriteFile(path, text, 0o600); err != nil {
			return err
		}
	}
	return nil
}
