package app

import (
	"cmp"
	"context"
	"crypto/tls"
	"crypto/x509"
	"strings"

	"github.com/rabbitctl/rabbitctl/pkg/config"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/file"
)

// tlsOf reads the TLS files of the settings. It returns nil if no setting is about TLS and the endpoint is not https.
func tlsOf(ctx context.Context, s *config.Settings) (*tls.Config, error) {
	if s.Endpoint.Scheme != "https" && s.CACert == "" && s.Cert == "" && !s.Insecure {
		return nil, nil
	}
	return tlsFrom(ctx, s)
}

// distributionTLS returns the TLS settings for a connection to a node with inter-node TLS. The node's certificate is
// for the host in the node's name.
func distributionTLS(ctx context.Context, s *config.Settings, node string) (*tls.Config, error) {
	c, err := tlsFrom(ctx, s)
	if err == nil {
		_, host, _ := strings.Cut(node, "@")
		c.ServerName = cmp.Or(host, "localhost")
	}
	return c, err
}

// tlsFrom reads the TLS files of the settings.
func tlsFrom(ctx context.Context, s *config.Settings) (*tls.Config, error) {
	c := &tls.Config{MinVersion: tls.VersionTLS12, InsecureSkipVerify: s.Insecure}
	if s.CACert != "" {
		pem, _, err := file.Read(ctx, s.CACert, largestPEM)
		if err != nil {
			return nil, fail.New(fail.KindOf(err), "the file of certificate authorities cannot be read: %w", err).
				Do(fail.CheckAuthority)
		}
		c.RootCAs = x509.NewCertPool()
		if !c.RootCAs.AppendCertsFromPEM(pem) {
			return nil, fail.New(fail.Config, "%s holds no certificate in PEM form", s.CACert).Do(fail.CheckAuthority)
		}
	}
	if s.Cert != "" {
		pair, err := pairOf(ctx, s.Cert, s.Key)
		if err != nil {
			return nil, fail.New(kindOr(err, fail.Config), "the client certificate cannot be used: %w", err).
				Do(fail.CheckCertificate)
		}
		c.Certificates = []tls.Certificate{pair}
	}
	return c, nil
}

func pairOf(ctx context.Context, certFile, keyFile string) (tls.Certificate, error) {
	cert, _, err := file.Read(ctx, certFile, largestPEM)
	if err != nil {
		return tls.Certificate{}, err
	}
	key := cert
	if keyFile != certFile {
		// A file that holds both the certificate and the key may be a pipe, which can be read only once.
		if key, _, err = file.Read(ctx, keyFile, largestPEM); err != nil {
			return tls.Certificate{}, err
		}
	}
	return tls.X509KeyPair(cert, key)
}

// kindOr returns the kind of the error, or the given other kind if the error has no kind of its own.
func kindOr(err error, otherwise fail.Kind) fail.Kind {
	if k := fail.KindOf(err); k != fail.Internal {
		return k
	}
	return otherwise
}
