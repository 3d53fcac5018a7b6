package contexts

import (
	"github.com/rabbitctl/rabbitctl/pkg/config"
	"github.com/rabbitctl/rabbitctl/pkg/record"
)

func table() record.Table {
	return record.Table{
		Noun:    "contexts",
		Default: []string{"current", "name", "url", "username", "password", "protected", "file"},
		Columns: []record.Column{
			{Name: "current", Kind: record.Flag, Help: "whether this command line uses the context"},
			{Name: "name", Kind: record.Text, Help: "the context's name"},
			{Name: "url", Kind: record.Text, Help: "URL of the broker's management API"},
			{Name: "username", Kind: record.Text, Help: "user name"},
			{Name: "password", Kind: record.Text,
				Help: "the key that gives the password (never the password): password, password_file, password_command or url"},
			{Name: "protected", Kind: record.Flag, Help: "whether every change must be confirmed"},
			{Name: "file", Kind: record.Text, Help: "the file that holds the context"},
			{Name: "default", Kind: record.Flag, Help: "whether it is the default context"},
			{Name: "vhost", Kind: record.Text, Help: "virtual host"},
		},
	}
}

// facts returns a context as an object that has the columns of the table as members. A member without a value is left
// out.
func facts(c config.Context, l *config.Listing) record.Value {
	m := map[string]any{
		"name": c.Name, "file": c.File, "protected": c.Protected(),
		"current": c.Name == l.Current, "default": c.Name == l.Default,
	}
	add := func(name, text string) {
		if text != "" {
			m[name] = text
		}
	}
	if e, err := c.Endpoint(); err == nil {
		add("url", e.String())
	}
	add("username", c.Username())
	add("password", c.PasswordKey())
	vhost, _ := c.Get("vhost")
	add("vhost", vhost)
	return record.Of(m)
}
