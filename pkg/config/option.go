package config

import "slices"

// Kind is the type of an option's value.
type Kind string

const (
	String   Kind = "string"
	Bool     Kind = "bool"     // true, false, t, f, yes, no, on, off, 1, 0, in any case; in a TOML file true or false
	Duration Kind = "duration" // a plain integer is seconds; also 500ms, 2m, 1h30m, and infinity for no limit
	Int      Kind = "int"
	Path     Kind = "path" // the path of a file; a leading ~/ stands for the home folder
	// AMQPAddress is amqp://HOST:PORT or amqps://HOST:PORT, without a user.
	AMQPAddress Kind = "amqp address"
)

// Option declares one option: its names in each layer, its type and its help.
type Option struct {
	// Name identifies the option, in kebab-case; it is what Settings.Origin takes.
	Name string
	// Flag is the flag's name without dashes; empty for an option without a flag, such as a secret.
	Flag string
	// Short is the one-letter flag; empty when there is none.
	Short string
	// Env is the environment variable; empty when there is none. A variable that is set but empty counts as not set.
	Env string
	// Key is the key in a context's section; empty when the option does not belong in a context.
	Key  string
	Kind Kind
	// Secret values are never printed.
	Secret bool
	// Local flags are added only by the commands that take them; the others are on every command.
	Local bool
	// Unlisted flags are on every command but in no command's help; `rabbitctl help help` explains them.
	Unlisted bool
	// Default is the built-in value as text; empty when there is none.
	Default string
	// Placeholder stands for the value in help texts; empty for a Bool and for an option without a flag.
	Placeholder string
	// Help is one line without a full stop.
	Help string
}

// ByFlag reports whether the option has a flag.
func (o Option) ByFlag() bool { return o.Flag != "" }

// InContext reports whether a context can hold the option.
func (o Option) InContext() bool { return o.Key != "" }

// The names of the options, as Settings.Origin takes them.
const (
	nameURL             = "url"
	nameHost            = "host"
	namePort            = "port"
	nameTLS             = "tls"
	namePathPrefix      = "path-prefix"
	nameUsername        = "username"
	namePassword        = "password"
	namePasswordFile    = "password-file"
	namePasswordCommand = "password-command"
	namePasswordStdin   = "password-stdin"
	nameCACert          = "cacert"
	nameCert            = "cert"
	nameKey             = "key"
	nameInsecure        = "insecure"
	nameContext         = "context"
	nameConfig          = "config"
	nameVHost           = "vhost"
	nameTimeout         = "timeout"
	nameFormatter       = "formatter"
	nameQuiet           = "quiet"
	nameNoColor         = "no-color"
	nameTrace           = "trace"
	namePager           = "pager"
	nameNoPager         = "no-pager"
	nameProtected       = "protected"
	nameReadOnly        = "read-only"
	nameJournal         = "journal"
	nameAMQPURL         = "amqp-url"

	nameNode              = "node"
	nameNodePort          = "node-port"
	nameEpmdPort          = "epmd-port"
	nameCookie            = "erlang-cookie"
	nameCookieFile        = "erlang-cookie-file"
	nameCookieCommand     = "cookie-command"
	nameTLSDistribution   = "tls-distribution"
	namePlainDistribution = "plain-distribution"
)

// Options returns every option, in the order of the documentation. The slice is the caller's own.
func Options() []Option { return slices.Clone(allOptions) }

// allOptions is never written to. It is a variable, which the compiler lays out once, because a single command looks up
// options hundreds of times.
var allOptions = []Option{
	{Name: nameURL, Flag: "url", Env: "RABBITCTL_URL", Key: "url", Kind: String, Placeholder: "URL",
		Help: "management API of the broker, for example https://mq.example.com:15671"},
	{Name: nameHost, Flag: "host", Env: "RABBITCTL_HOST", Key: "host", Kind: String, Default: "127.0.0.1",
		Placeholder: "HOST",
		Help:        "host name or address of the broker"},
	{Name: namePort, Flag: "port", Env: "RABBITCTL_PORT", Key: "port", Kind: Int, Placeholder: "PORT",
		Help: "port of the management API (default 15672, or 15671 with TLS; of a --url without a port: with http:// 80, " +
			"with https:// 443)"},
	{Name: nameTLS, Flag: "tls", Env: "RABBITCTL_TLS", Key: "tls", Kind: Bool,
		Help: "use https"},
	{Name: namePathPrefix, Flag: "path-prefix", Env: "RABBITCTL_PATH_PREFIX", Key: "path_prefix", Kind: String,
		Placeholder: "PATH",
		Help:        "path before /api, for example /mq behind a gateway"},
	{Name: nameUsername, Flag: "username", Short: "u", Env: "RABBITCTL_USERNAME", Key: "username", Kind: String,
		Placeholder: "USER",
		Help:        "user to log in as (default guest, only if the broker's address is localhost or a loopback address)"},
	{Name: namePassword, Env: "RABBITCTL_PASSWORD", Key: "password", Kind: String, Secret: true,
		Help: "password; there is no flag, as every user of a machine can read a command line"},
	{Name: namePasswordFile, Flag: "password-file", Env: "RABBITCTL_PASSWORD_FILE", Key: "password_file", Kind: Path,
		Placeholder: "FILE",
		Help:        "file whose first line is the password to log in with"},
	{Name: namePasswordCommand, Flag: "password-command", Env: "RABBITCTL_PASSWORD_COMMAND", Key: "password_command",
		Kind: String, Placeholder: "COMMAND",
		Help: "shell command whose first line of output is the password to log in with"},
	{Name: namePasswordStdin, Flag: "password-stdin", Env: "RABBITCTL_PASSWORD_STDIN", Kind: Bool,
		Help: "read the password to log in with from the first line of standard input"},
	{Name: nameCACert, Flag: "cacert", Env: "RABBITCTL_CACERT", Key: "cacert", Kind: Path, Placeholder: "FILE",
		Help: "PEM file of the certificate authorities to trust, instead of the system's"},
	{Name: nameCert, Flag: "cert", Env: "RABBITCTL_CERT", Key: "cert", Kind: Path, Placeholder: "FILE",
		Help: "PEM file of the client certificate"},
	{Name: nameKey, Flag: "key", Env: "RABBITCTL_KEY", Key: "key", Kind: Path, Placeholder: "FILE",
		Help: "PEM file of the client certificate's key (default: the file of --cert)"},
	{Name: nameInsecure, Flag: "insecure", Env: "RABBITCTL_INSECURE", Key: "insecure", Kind: Bool,
		Help: "do not verify the broker's certificate"},
	{Name: nameContext, Flag: "context", Short: "c", Env: "RABBITCTL_CONTEXT", Kind: String, Placeholder: "NAME",
		Help: "context to use, which the configuration file holds"},
	{Name: nameConfig, Flag: "config", Env: "RABBITCTL_CONFIG", Kind: Path, Placeholder: "FILE",
		Help: "configuration file (default rabbitctl/config.toml in $XDG_CONFIG_HOME, else in ~/.config; on Windows " +
			"in %AppData%)"},
	{Name: nameVHost, Flag: "vhost", Short: "p", Env: "RABBITCTL_VHOST", Key: "vhost", Kind: String, Local: true,
		Placeholder: "VHOST",
		Help:        "virtual host"},
	{Name: nameAMQPURL, Flag: "amqp-url", Env: "RABBITCTL_AMQP_URL", Key: "amqp_url", Kind: AMQPAddress, Local: true,
		Placeholder: "URL",
		Help: "AMQP address of the broker, for example amqps://mq.example.com:5671 (default: the API's host, and the port " +
			"it reports)"},
	{Name: nameNode, Flag: "node", Env: "RABBITCTL_NODE", Key: "node", Kind: String, Local: true,
		Placeholder: "NAME[@HOST]",
		Help: "Erlang node (default: the node whose API answers; if unknown: an error if an address is set, else rabbit " +
			"on this host)"},
	{Name: nameCookieFile, Flag: "erlang-cookie-file", Env: "RABBITCTL_ERLANG_COOKIE_FILE", Key: "erlang_cookie_file",
		Kind: Path, Local: true, Placeholder: "FILE",
		Help: "file with the Erlang cookie (default ~/.erlang.cookie; for root, without that file, " +
			"/var/lib/rabbitmq/.erlang.cookie)"},
	{Name: nameCookie, Env: "RABBITCTL_ERLANG_COOKIE", Kind: String, Secret: true,
		Help: "Erlang cookie; there is no flag, as every user of a machine can read a command line"},
	{Name: nameCookieCommand, Env: "RABBITCTL_COOKIE_COMMAND", Key: "cookie_command", Kind: String,
		Help: "shell command whose first line of output is the Erlang cookie"},
	{Name: nameNodePort, Flag: "node-port", Env: "RABBITCTL_NODE_PORT", Key: "node_port", Kind: Int, Local: true,
		Placeholder: "PORT",
		Help:        "port on which the Erlang node listens for other nodes (default: ask epmd)"},
	{Name: nameEpmdPort, Flag: "epmd-port", Env: "RABBITCTL_EPMD_PORT", Key: "epmd_port", Kind: Int, Local: true,
		Placeholder: "PORT",
		Help:        "port of epmd, which knows where nodes listen (default: the variable ERL_EPMD_PORT, else 4369)"},
	{Name: nameTLSDistribution, Flag: "tls-distribution", Env: "RABBITCTL_TLS_DISTRIBUTION", Key: "tls_distribution",
		Kind: Bool, Local: true,
		Help: "the nodes use TLS between them; rabbitctl then uses --cacert, --cert and --key"},
	{Name: namePlainDistribution, Flag: "plain-distribution", Env: "RABBITCTL_PLAIN_DISTRIBUTION",
		Key: "plain_distribution", Kind: Bool, Local: true,
		Help: "allow a connection without TLS to a node on another machine"},
	{Name: nameTimeout, Flag: "timeout", Short: "t", Env: "RABBITCTL_TIMEOUT", Key: "timeout", Kind: Duration,
		Default: "60s", Placeholder: "DURATION",
		Help: "time limit: 30 (seconds), 500ms, 2m; infinity for none; with --watch it holds for each round"},
	{Name: nameFormatter, Flag: "formatter", Short: "o", Env: "RABBITCTL_FORMATTER", Key: "formatter", Kind: String,
		Placeholder: "FORMAT",
		Help: "output format: see rabbitctl help formats (usual default: table at a terminal; in a pipe nagios for " +
			"checks, tsv for all else)"},
	{Name: nameQuiet, Flag: "quiet", Short: "q", Env: "RABBITCTL_QUIET", Kind: Bool,
		Help: "print no notes and no warnings; a dry run and a question still name the risks"},
	{Name: nameNoColor, Flag: "no-color", Env: "RABBITCTL_NO_COLOR", Kind: Bool,
		Help: "print no colours"},
	{Name: nameTrace, Flag: "trace", Env: "RABBITCTL_TRACE", Kind: Bool,
		Help: "log every HTTP request, and every Erlang call, to standard error, without secrets"},
	{Name: namePager, Env: "RABBITCTL_PAGER", Kind: String,
		Help: "command that shows help which is longer than the screen (default PAGER, then less)"},
	{Name: nameNoPager, Flag: "no-pager", Env: "RABBITCTL_NO_PAGER", Kind: Bool, Unlisted: true,
		Help: "print help without a pager, even when it is longer than the screen"},
	{Name: nameProtected, Key: "protected", Kind: Bool,
		Help: "without --yes ask before every change, or refuse it without a terminal; also when run as rabbitmqctl"},
	{Name: nameReadOnly, Key: "read_only", Kind: Bool,
		Help: "refuse every change, whatever the flags, also when run as rabbitmqctl; can be set only in a context"},
	{Name: nameJournal, Env: "RABBITCTL_JOURNAL", Key: "journal", Kind: Path,
		Help: "file that gets a JSON line before and after each change, also when run as rabbitmqctl"},
}

// optionNamed returns the option of that name. It panics when there is none, which a test would find.
func optionNamed(name string) Option {
	for _, o := range allOptions {
		if o.Name == name {
			return o
		}
	}
	panic("config: no option " + name)
}

// ContextKeys returns the options that a context can hold, in the order of Options.
func ContextKeys() []Option {
	return slices.DeleteFunc(Options(), func(o Option) bool { return !o.InContext() })
}

func contextKeys() map[string]Option {
	keys := map[string]Option{}
	for _, o := range allOptions {
		if o.InContext() {
			keys[o.Key] = o
		}
	}
	return keys
}
