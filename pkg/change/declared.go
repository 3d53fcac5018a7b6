package change

import (
	"bytes"
	"cmp"
	"context"
	"slices"
	"strings"

	"github.com/rabbitctl/rabbitctl/pkg/broker"
	"github.com/rabbitctl/rabbitctl/pkg/definitions"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/record"
	"github.com/rabbitctl/rabbitctl/pkg/release"
)

// Declared returns what is declared on a broker: everything if vhost is "", else what is in that virtual host. It adds
// what the broker's own export leaves out. 4.3 exports no internal exchanges, though it exports their bindings. 3.10
// exports only the names of virtual hosts, and the export of one virtual host lacks even its name (seen on 3.10, 4.0
// and 4.3). Declared leaves out exclusive queues and their bindings.
func Declared(ctx context.Context, c *broker.Client, vhost string) (*definitions.Document, error) {
	var text record.Value
	var err error
	if vhost == "" {
		text, err = c.Definitions(ctx)
	} else {
		text, err = c.VHostDefinitions(ctx, vhost)
	}
	switch {
	case err != nil && strings.Contains(err.Error(), "vhost_not_found"):
		// Brokers answer 400, not 404, so only the text tells that the virtual host is missing.
		missing := fail.New(fail.NotFound, "virtual host %s does not exist on %s", vhost, c.BaseURL()).
			Next("rabbitctl list_vhosts name shows those that exist")
		missing.Err = err
		return nil, missing
	case err != nil:
		return nil, err
	}
	d, err := definitions.Read(bytes.NewReader(text), definitions.From{Name: "the export of " + c.BaseURL(), VHost: vhost})
	if err != nil {
		return nil, err
	}
	if vhost != "" {
		d.OnlyOf(vhost)
	}
	if release.AtLeast(d.Release(), 4, 0) {
		dropExclusive(d)
		err = addInternal(ctx, c, d, vhost)
	} else {
		err = addMetadata(ctx, c, d)
	}
	if err != nil {
		return nil, err
	}
	d.Sort()
	return d, nil
}

// dropExclusive leaves out the bindings of exclusive queues: such a queue belongs to one client, and ends with it. 4.3
// exports these bindings without the queues, and then refuses to import them; 3.10 exports neither.
func dropExclusive(d *definitions.Document) {
	there := map[[2]string]bool{}
	for _, o := range d.Of(definitions.Queues) {
		there[[2]string{o.VHost, o.Key[0]}] = true
	}
	d.Objects = slices.DeleteFunc(d.Objects, func(o definitions.Object) bool {
		return o.Kind == definitions.Bindings && o.Key[1] == "queue" && !there[[2]string{o.VHost, o.Key[2]}]
	})
}

type exchangeRow struct {
	vhost, name string
	internal    bool
	members     map[string]record.Value
}

// addInternal adds the internal exchanges that the export lacks, except amq.*. Only other exchanges may publish to an
// internal exchange.
func addInternal(ctx context.Context, c *broker.Client, d *definitions.Document, vhost string) error {
	there := map[[2]string]bool{}
	for _, o := range d.Of(definitions.Exchanges) {
		there[[2]string{o.VHost, o.Key[0]}] = true
	}
	reader := record.NewReader(func(b *record.Binder, e *exchangeRow) {
		b.Text("vhost", &e.vhost)
		b.Text("name", &e.name)
		b.Value("internal", func(v record.Value) {
			e.internal, _ = v.Bool()
			e.members = map[string]record.Value{"internal": v, "name": record.Quoted([]byte(e.name))}
		})
		for _, name := range []string{"type", "durable", "auto_delete", "arguments"} {
			b.Value(name, func(v record.Value) { e.members[name] = v })
		}
	})
	for e, err := range reader.All(c.Exchanges(ctx, vhost, reader.Columns())) {
		if err != nil {
			return err
		}
		if e.internal && !strings.HasPrefix(e.name, "amq.") && !there[[2]string{e.vhost, e.name}] {
			d.Add(definitions.Exchanges, cmp.Or(vhost, e.vhost), e.members)
		}
	}
	return nil
}

type vhostRow struct {
	name     string
	metadata record.Value
}

// addMetadata adds the metadata of virtual hosts, from the listing of virtual hosts.
func addMetadata(ctx context.Context, c *broker.Client, d *definitions.Document) error {
	all := d.Of(definitions.VHosts)
	if len(all) == 0 {
		return nil
	}
	said := map[string]record.Value{}
	reader := record.NewReader(func(b *record.Binder, v *vhostRow) {
		b.Text("name", &v.name)
		b.Value("metadata", func(is record.Value) { v.metadata = is })
	})
	for v, err := range reader.All(c.VHosts(ctx, reader.Columns())) {
		if err != nil {
			return err
		}
		said[v.name] = v.metadata
	}
	for i, o := range all {
		if metadata := said[o.VHost]; metadata.Known() && !o.Member("metadata").Known() {
			all[i] = o.With("metadata", metadata)
		}
	}
	return nil
}
