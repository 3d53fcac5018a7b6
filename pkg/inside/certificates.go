package inside

import (
	"context"
	"crypto/x509"
	"encoding/pem"
	"strings"

	"github.com/rabbitctl/rabbitctl/pkg/erlang"
	"github.com/rabbitctl/rabbitctl/pkg/erldist"
)

// TLSListener is a listener of a node. Certificates are configured for this listener.
type TLSListener struct {
	Node, Protocol, Interface string
	Port                      erlang.Term
	// Files holds the file of the listener's own certificate and the file of the certificate authorities, in this order.
	Files [2]CertificateFile
}

// CertificateFile is a file with certificates, as the node reads it itself.
type CertificateFile struct {
	// Role is certfile or cacertfile. Path is "" if no file is configured.
	Role, Path string
	// Content is what the node answers: a binary, or {error,Reason}; nil if no file is configured.
	Content erlang.Term
}

// Certificates returns the node's listeners for which certificates are configured, with the content of the certificate
// files. The HTTPS listeners of the management API and of Prometheus have their files in the option ssl_opts (3.10.8,
// 4.3.6). If official is true, Certificates leaves these listeners out, as the official tools do.
func Certificates(ctx context.Context, n Node, official bool) ([]TLSListener, error) {
	node, err := n.Node(ctx)
	if err != nil {
		return nil, err
	}
	all, err := ask(ctx, n, "rabbit_networking", "active_listeners")
	if err != nil {
		return nil, err
	}
	var out []TLSListener
	for _, e := range listed(all) {
		// {listener,Node,Protocol,Host,Address,Port,Options}
		l, _ := e.(erlang.Tuple)
		if len(l) < 7 || l[1] != erlang.Atom(node) {
			continue
		}
		options := l[6]
		if ValueOf(options, "certfile") == nil && !official {
			options = ValueOf(options, "ssl_opts")
		}
		if ValueOf(options, "certfile") == nil {
			continue
		}
		found := TLSListener{Node: node, Protocol: named(l[2]), Interface: erlang.Cell(l[4]), Port: l[5]}
		if strings.Contains(found.Interface, ":") {
			found.Interface = "[" + found.Interface + "]"
		}
		for i, role := range []string{"certfile", "cacertfile"} {
			if found.Files[i], err = certificateFile(ctx, n, role, ValueOf(options, role)); err != nil {
				return nil, err
			}
		}
		out = append(out, found)
	}
	return out, nil
}

// certificateFile makes the node read a file.
func certificateFile(ctx context.Context, n Node, role string, path erlang.Term) (CertificateFile, error) {
	f := CertificateFile{Role: role}
	if path == nil {
		return f, nil
	}
	f.Path = characters(path)
	content, err := ask(ctx, n, "file", "read_file", erlang.String(f.Path))
	f.Content = content
	if t, ok := content.(erlang.Tuple); ok && len(t) == 2 && t[0] == erlang.Atom("ok") {
		f.Content = t[1]
	}
	return f, err
}

// Failed says why the node could not read the file; "" if it could.
func (f CertificateFile) Failed() string {
	t, ok := f.Content.(erlang.Tuple)
	if !ok || len(t) != 2 {
		return ""
	}
	return erlang.Cell(t[1])
}

// Parsed returns the certificates in the file, and in odd the number of CERTIFICATE blocks that cannot be read.
func (f CertificateFile) Parsed() (all []*x509.Certificate, odd int) {
	text, _ := f.Content.(erlang.Binary)
	rest := []byte(text)
	for {
		var block *pem.Block
		if block, rest = pem.Decode(rest); block == nil {
			return all, odd
		}
		if block.Type != "CERTIFICATE" {
			continue // a key, perhaps
		}
		c, err := x509.ParseCertificate(block.Bytes)
		if err != nil {
			odd++
			continue
		}
		all = append(all, c)
	}
}

// Shown returns the text of the file. If the file also has other blocks than certificates, such as the private key, it
// returns the certificates only; of a file that is not in PEM form it returns nothing.
func (f CertificateFile) Shown() string {
	text, _ := f.Content.(erlang.Binary)
	var certificates []byte
	whole := true
	for rest := []byte(text); ; {
		var block *pem.Block
		if block, rest = pem.Decode(rest); block == nil {
			break
		}
		if block.Type != "CERTIFICATE" {
			whole = false
			continue
		}
		certificates = append(certificates, pem.EncodeToMemory(block)...)
	}
	if whole && len(certificates) > 0 && !strings.Contains(string(text), "PRIVATE KEY") {
		return string(text) // a key that pem.Decode cannot read is in no block
	}
	return string(certificates)
}

// TrustStore returns the certificates in the node's trust store: maps with name, serial, subject, issuer and validity.
func TrustStore(ctx context.Context, n Node) ([]erlang.Term, error) {
	all, err := ask(ctx, n, "rabbit_trust_store", "list_certificates")
	if erldist.IsMissing(err) {
		return nil, WithoutFunction(ctx, n, "rabbit_trust_store", "rabbitmq_trust_store", "4.2.6")
	}
	return listed(all), WithoutPlugin(err, "rabbitmq_trust_store")
}
