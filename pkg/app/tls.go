package app

import (
	"crypto/tls"
	"crypto/x509"
	"os"

	"github.com/rabbitctl/rabbitctl/pkg/config"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
)

// tlsOf reads the files that the settings name; nil when the endpoint speaks no TLS.
func tlsOf(s *config.Settings) (*tls.Config, error) {
	if s.Endpoint.Scheme != "https" {
		return nil, nil
	}
	c := &tls.Config{MinVersion: tls.VersionTLS12, InsecureSkipVerify: s.Insecure}
	if s.CACert != "" {
		pem, err := os.ReadFile(s.CACert)
		if err != nil {
			return nil, fail.New(fail.Config, "the authorities' file cannot be read: %w", err).Next("check --cacert")
		}
		c.RootCAs = x509.NewCertPool()
		if !c.RootCAs.AppendCertsFromPEM(pem) {
			return nil, fail.New(fail.Config, "%s holds no certificate in PEM form", s.CACert).Next("check --cacert")
		}
	}
	if s.Cert != "" {
		pair, err := tls.LoadX509KeyPair(s.Cert, s.Key)
		if err != nil {
			return nil, fail.New(fail.Config, "the client certificate cannot be used: %w", err).Next("check --cert and --key")
		}
		c.Certificates = []tls.Certificate{pair}
	}
	return c, nil
}
