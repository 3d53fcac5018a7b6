// Package encryption has the commands that encrypt values for RabbitMQ's configuration and decrypt them. They ask no
// broker.
package encryption

import (
	"context"
	"fmt"
	"iter"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/rabbitctl/rabbitctl/pkg/app"
	"github.com/rabbitctl/rabbitctl/pkg/broker"
	"github.com/rabbitctl/rabbitctl/pkg/erlang"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/pbe"
	"github.com/rabbitctl/rabbitctl/pkg/record"
	"github.com/rabbitctl/rabbitctl/pkg/verb"
)

// Commands returns the commands of this package, in the order in which the help lists them.
func Commands() []verb.Command {
	return []verb.Command{
		seal{"encode", "advanced.config", "Encrypt a value for advanced.config", `{encrypted,<<"%s">>}`},
		unseal{"decode", "Decrypt a value of advanced.config"},
		seal{"encrypt_conf_value", "rabbitmq.conf", "Encrypt a value for rabbitmq.conf", "encrypted:%s"},
		unseal{"decrypt_conf_value", "Decrypt a value of rabbitmq.conf"},
		words("list_ciphers", "cipher", "ciphers", "aes_128_cbc", pbe.Ciphers),
		words("list_hashes", "hash", "hashes", "sha256", pbe.Hashes),
	}
}

const secrecy = ` The command needs no broker and no Erlang.

At a terminal the command asks for each secret that no option gives. Without a terminal, an option has to give each
secret. No secret is taken from the command line, where every user of this machine could read it.`

// forEncrypting ends the help of the commands that encrypt.
const forEncrypting = secrecy + ` A broker needs the
same passphrase: config_entry_decoder in advanced.config holds it, names its file, or makes the broker ask for it at
its start. The broker also needs the same cipher, hash and iterations there, unless they are its defaults: aes_128_cbc,
sha256 and 1. One iteration makes guessing cheap: use a long passphrase, or many iterations, the same number here
(--iterations) and in config_entry_decoder.`

// forDecrypting ends the help of the commands that decrypt.
const forDecrypting = secrecy + ` Give the
passphrase, cipher, hash and iterations with which the value was encrypted. A broker that uses the value has the same:
config_entry_decoder in its advanced.config has cipher, hash and iterations, unless they are the defaults aes_128_cbc,
sha256 and 1. It also holds the passphrase, names its file, or makes the broker ask for it at its start.`

// flags has the flags that say how a value is encrypted, and where the passphrase comes from.
type flags struct {
	pbe.Method
	passphrase verb.TypedPassword
	term       bool
}

func (f *flags) add(fs *pflag.FlagSet, twice bool) {
	usual := pbe.Usual()
	fs.StringVar(&f.Cipher, "cipher", usual.Cipher, "the `CIPHER`, one of those that list_ciphers shows")
	verb.Words(fs, "cipher", pbe.Ciphers()...)
	fs.StringVar(&f.Hash, "hash", usual.Hash, "the `HASH` that derives the key, one of those that list_hashes shows")
	verb.Words(fs, "hash", pbe.Hashes()...)
	fs.IntVar(&f.Iterations, "iterations", usual.Iterations, "apply the hash `N` times")
	f.passphrase.Flags(fs, "passphrase", "the passphrase", twice)
	f.passphrase.Question = "Passphrase: "
}

// seal is a command that encrypts a value. It has none of the command types of package verb, because it asks no broker.
type seal struct{ name, file, short, form string }

// Title is the name of the command, and the line that describes it.
func (s seal) Title() (name, short string) { return s.name, s.short }

// Cobra makes the command.
func (s seal) Cobra(a *app.App) *cobra.Command {
	var f flags
	var value verb.TypedPassword
	cmd := &cobra.Command{
		Use: s.name, Short: s.short,
		Long: s.short + ` with a passphrase, so that RabbitMQ can decrypt it. The value is a text, such as a password, and
becomes an Erlang binary; with --term it is any Erlang term, such as the string "secret".` + forEncrypting,
		Example: "  rabbitctl " + s.name + "\n  pass show mq/app | rabbitctl " + s.name +
			" --value-stdin --passphrase-file /etc/rabbitmq/passphrase",
		Args: noSecrets("the value and the passphrase are", "--value-file FILE and --passphrase-file FILE read them"),
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := f.Check(); err != nil {
				return err
			}
			if value.FromStdin() && f.passphrase.FromStdin() {
				return fail.Usagef("--value-stdin and --passphrase-stdin both read standard input").
					Next("--passphrase-file FILE reads the passphrase from a file")
			}
			text, err := value.Read(cmd, a)
			if err != nil {
				return err
			}
			var term erlang.Term = erlang.Binary(text)
			if f.term {
				if term, err = erlang.Parse(strings.TrimSuffix(strings.TrimSpace(text), ".")); err != nil {
					return fail.New(fail.Data, "the value is not an Erlang term").Next("without --term the value is a text")
				}
			}
			passphrase, err := f.passphrase.Read(cmd, a)
			if err != nil {
				return err
			}
			sealed, err := f.Encrypt(passphrase, term)
			if err != nil {
				return err
			}
			return write(a, fmt.Sprintf(s.form, sealed))
		},
	}
	f.add(cmd.Flags(), true)
	cmd.Flags().BoolVar(&f.term, "term", false, "the value is an Erlang term, such as {a,1}, not a text")
	value.Flags(cmd.Flags(), "value", "the value", false)
	value.Question = "Value: "
	return cmd
}

// unseal is a command that decrypts a value. It has none of the command types of package verb, because it asks no
// broker.
type unseal struct{ name, short string }

// Title is the name of the command, and the line that describes it.
func (u unseal) Title() (name, short string) { return u.name, u.short }

// Cobra makes the command.
func (u unseal) Cobra(a *app.App) *cobra.Command {
	var f flags
	cmd := &cobra.Command{
		Use: u.name + " VALUE", Short: u.short,
		Long: u.short + ` with the passphrase. The value can be written as in rabbitmq.conf (encrypted:BASE64), as in
advanced.config ({encrypted,<<"BASE64">>}), or as the base64 alone. An Erlang binary is printed as text, anything else
as an Erlang term. With --term everything is printed as an Erlang term, a binary as <<"text">>.` + forDecrypting,
		Example: "  rabbitctl " + u.name + " encrypted:BASE64 --passphrase-file /etc/rabbitmq/passphrase",
		Args: func(_ *cobra.Command, args []string) error {
			switch len(args) {
			case 0:
				return fail.Usagef("VALUE is missing").Next("rabbitctl %s encrypted:BASE64", u.name)
			case 1:
				return nil
			}
			return noSecrets("the passphrase is", "--passphrase-file FILE reads it")(nil, args)
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := f.Check(); err != nil {
				return err
			}
			passphrase, err := f.passphrase.Read(cmd, a)
			if err != nil {
				return err
			}
			value, err := f.Decrypt(passphrase, pbe.Sealed(args[0]))
			if err != nil {
				return err
			}
			text := erlang.Text(value)
			if b, ok := value.(erlang.Binary); ok && !f.term {
				text = string(b)
			}
			return write(a, text)
		},
	}
	f.add(cmd.Flags(), false)
	cmd.Flags().BoolVar(&f.term, "term", false, "print every value as an Erlang term, a binary as <<\"text\">>")
	return cmd
}

// write prints a value: as it is, so that it can be pasted, or in the format that was asked for.
func write(a *app.App, value string) error {
	settings, err := a.Settings()
	if err != nil {
		return err
	}
	if settings.Formatter != "" {
		return verb.PrintDocument(a, record.Document{record.Fields("", record.Field{Column: record.Column{Name: "value"},
			Value: record.Of(value)})})
	}
	_, err = fmt.Fprintln(a.IO.Out, value)
	return err
}

// noSecrets refuses arguments, since other users can read a secret on the command line. next says how to give the
// secret instead.
func noSecrets(what, next string) cobra.PositionalArgs {
	return func(_ *cobra.Command, args []string) error {
		if len(args) == 0 {
			return nil
		}
		return fail.Usagef("%s not taken from the command line, which others could read", what).Next("%s", next)
	}
}

// words lists the ciphers or the hashes that this program can use. The Erlang of a node may know more.
func words(name, column, noun, example string, all func() []string) verb.List {
	return verb.List{
		Name: name, Short: "List the " + noun + " that can encrypt values",
		Long: "List the " + noun + ` that encode, decode, encrypt_conf_value and decrypt_conf_value can use. RabbitMQ 3.10
to 4.3 can use these and more. Whether a node can use the hashes sha512_224 and sha512_256 depends on its Erlang. The
command asks no broker.`,
		Example: "  rabbitctl " + name + "\n  rabbitctl " + name + " --match " + example,
		Table: record.Table{Noun: noun, Default: []string{column},
			Columns: []record.Column{{Name: column, Kind: record.Text, Help: "its name in Erlang"}}},
		Rows: func(_ context.Context, _ *broker.Client, _ verb.Ask, columns []record.Column) iter.Seq2[record.Row, error] {
			return func(yield func(record.Row, error) bool) {
				for _, one := range all() {
					if !yield(record.Filled(columns, map[string]record.Value{column: record.Of(one)}), nil) {
						return
					}
				}
			}
		},
	}
}
