package node

import (
	"context"
	"strings"

	"github.com/rabbitctl/rabbitctl/pkg/change"
	"github.com/rabbitctl/rabbitctl/pkg/erlang"
	"github.com/rabbitctl/rabbitctl/pkg/health"
	"github.com/rabbitctl/rabbitctl/pkg/inside"
	"github.com/rabbitctl/rabbitctl/pkg/record"
	"github.com/rabbitctl/rabbitctl/pkg/verb"
)

func certificates() verb.List {
	column := func(name string, kind record.Kind, help string) record.Column {
		return record.Column{Name: name, Kind: kind, Help: help}
	}
	return verb.List{
		Name:  "certificates",
		Short: "List the certificates in the files of a node's TLS listeners",
		Long: `List the certificates in the files that the TLS listeners of a node are configured with: the listeners' own,
and those of the authorities whose client certificates they accept. The node reads its own files, so nothing has to
be copied. A file that it cannot read has a row that says why. A listener that has run for long may still send an
older certificate than the one in its file: check_certificates looks at the certificates that are sent.` + overErlang,
		Example: `  rabbitctl certificates
  rabbitctl certificates protocol port subject valid_until --sort valid_until
  rabbitctl certificates pem --where 'role == "cacertfile"' --no-table-headers`,
		Group: "protocol",
		Table: record.Table{Noun: "certificates",
			Default: []string{"protocol", "port", "role", "subject", "valid_until", "problem"},
			Columns: []record.Column{
				column("protocol", record.Text, "what the listener speaks, as in amqp/ssl"),
				column("interface", record.Text, "the address that it listens on"),
				column("port", record.Ordinal, "its port"),
				column("role", record.Text, "certfile: its own certificate and the chain; cacertfile: an authority's"),
				column("file", record.Text, "the file on the node's machine"),
				column("subject", record.Text, "whose certificate it is"),
				column("issuer", record.Text, "who has signed it"),
				column("serial", record.Text, "its number"),
				column("names", record.Text, "the hosts and addresses that it is for"),
				column("valid_from", record.Timestamp, "when it begins"),
				column("valid_until", record.Timestamp, "when it expires"),
				column("days_left", record.Ordinal, "whole days until then, below 0 when it has expired"),
				column("pem", record.Text, "the text of the file without a private key, again in the row of each of its certificates"),
				column("problem", record.Text, "why there is no certificate"),
			}},
		Flags: verb.NodeFlags(nil),
		Rows: verb.RowsFromNode(func(ctx context.Context, n inside.Node, ask verb.Ask,
			add func(map[string]record.Value) error) error {
			if err := inside.NeedsRabbit(ctx, n); err != nil {
				return err // while RabbitMQ is stopped nothing listens, and on 3.10 the table of listeners does not even exist
			}
			all, err := inside.Certificates(ctx, n, false)
			if err == nil && len(all) == 0 {
				ask.Note("no listener of the node has a certificate file")
			}
			for _, l := range all {
				for _, f := range l.Files {
					if err == nil {
						err = fileRows(ask, l, f, add)
					}
				}
			}
			return err
		}),
	}
}

// fileRows adds a row for each certificate in a file.
func fileRows(ask verb.Ask, l inside.TLSListener, f inside.CertificateFile,
	add func(map[string]record.Value) error) error {
	if f.Path == "" {
		return nil
	}
	row := func() map[string]record.Value {
		port, _ := l.Port.(erlang.Number)
		r := named("protocol", l.Protocol, "interface", l.Interface, "role", f.Role, "file", f.Path)
		r["port"] = record.Value(port)
		if text := f.Shown(); text != "" {
			r["pem"] = record.Of(text)
		}
		return r
	}
	certificates, odd := f.Parsed()
	problem := ""
	switch {
	case f.Failed() != "":
		problem = "the node cannot read the file: " + f.Failed()
	case odd > 0:
		problem = "the file has a block that is not a certificate"
	case len(certificates) == 0:
		problem = "the file holds no certificate"
	}
	if problem != "" {
		r := row()
		r["problem"] = record.Of(problem)
		if err := add(r); err != nil {
			return err
		}
	}
	for _, c := range certificates {
		r := row()
		names := append([]string{}, c.DNSNames...)
		for _, ip := range c.IPAddresses {
			names = append(names, ip.String())
		}
		r["subject"], r["issuer"] = record.Of(c.Subject.String()), record.Of(c.Issuer.String())
		r["serial"], r["names"] = record.Of(c.SerialNumber.String()), record.Of(strings.Join(names, ", "))
		r["valid_from"], r["valid_until"] = record.Of(c.NotBefore.UnixMilli()), record.Of(c.NotAfter.UnixMilli())
		r["days_left"] = record.Of(health.DaysLeft(ask.Now(), c.NotAfter))
		if err := add(r); err != nil {
			return err
		}
	}
	return nil
}

func listTrustStore() verb.List {
	return verb.List{
		Name:  "list_trust_store_certificates",
		Short: "List the certificates in a node's trust store",
		Long: `List the client certificates in the trust store of a node, which the plugin rabbitmq_trust_store keeps. The
command needs release 4.2.6 or later.` + overErlang,
		Example: `  rabbitctl list_trust_store_certificates
  rabbitctl list_trust_store_certificates name subject --match '^client-'`,
		Group: "issuer",
		Table: texts("certificates", [2]string{"name", "its file, or its identifier with the HTTP provider"},
			[2]string{"serial", "its serial number, in hexadecimal"},
			[2]string{"subject", "whose certificate it is"}, [2]string{"issuer", "who has signed it"},
			[2]string{"validity", "from when until when the certificate is valid"}),
		Flags: verb.NodeFlags(nil),
		Rows: verb.RowsFromNode(func(ctx context.Context, n inside.Node, _ verb.Ask,
			add func(map[string]record.Value) error) error {
			all, err := inside.TrustStore(ctx, n)
			for _, c := range all {
				if err == nil {
					err = add(verb.RowOfPairs(c, nil))
				}
			}
			return err
		}),
	}
}

func refreshTrustStore() verb.Change {
	return verb.Of(change.RefreshTrustStore, verb.About{
		Short: "Make a node read the certificates of its trust store again",
		Long: `Make a node read the certificates of its trust store again at once, rather than at the next interval of the
plugin rabbitmq_trust_store. A client whose certificate was removed is refused from then on; connections that are open
stay.` + overErlang,
		Example: `  rabbitctl refresh_trust_store`,
	})
}

const signingKeyHelp = `
NAME is the ID of the key, which tokens carry as kid in their header. The key is read from a file, as a JSON Web Key
or in PEM. rabbitctl sends the content of the file, so the file need not be on the node's machine. A symmetric key
is a secret, so rabbitctl never shows the key, and never takes it from the command line. Only this node gets the
key, and the node forgets it when it restarts. The plugin rabbitmq_auth_backend_oauth2 has to be enabled. If the
node has another key with this name, rabbitctl asks before it replaces that key.`

func addSigningKey() verb.Change {
	return verb.Of(change.AddSigningKey, verb.About{
		Short: "Give a node a key to verify OAuth 2 tokens",
		Long:  `Give a node a key to verify the signatures of OAuth 2 tokens.` + signingKeyHelp + overErlang,
		Example: `  rabbitctl add_signing_key key-2 --pem-file key-2.pem
  rabbitctl add_signing_key key-2 --json-file key-2.json --dry-run`,
	})
}

func addUAAKey() verb.Change {
	return verb.Of(change.AddUAAKey, verb.About{
		Short: "Do what add_signing_key does, under its old name",
		Long: `Do what add_signing_key does: give a node a key to verify the signatures of OAuth 2 tokens.` +
			signingKeyHelp + overErlang,
		Example: `  rabbitctl add_uaa_key key-2 --pem-file key-2.pem`,
	})
}

func clearAuthCache() verb.Change {
	return verb.Of(change.ClearAuthCache, verb.About{
		Short: "Make all nodes forget the logins that they have cached",
		Long: `Make all nodes of the cluster forget the logins and permissions that the plugin rabbitmq_auth_backend_cache
has cached, so that the cache no longer hides a changed password or permission. The nodes then ask the backend
for each of them again, which can be many requests at a time. The command needs release 4.0.7 or later. It talks
to one node, that of --node, which makes the others forget, too.` + overErlang,
		Example: `  rabbitctl clear_auth_backend_cache`,
	})
}
