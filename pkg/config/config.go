// Package config turns flags, environment variables and configuration files into one Settings value: which broker,
// which user, which TLS files, and how to print.
//
// Every option is declared once, in Options. A value comes from the strongest layer that has it: flag, environment
// variable, context (the named one, else the default one), built-in default. A context that a flag names is stronger
// than the environment for the broker, the user and the virtual host: --context prod means prod, whatever
// RABBITCTL_URL is. RABBITCTL_CONTEXT together with a RABBITCTL_URL or RABBITCTL_HOST of another broker is an error.
// Three rules keep this choice safe:
//
//   - A layer that names another host replaces the weaker layers' whole endpoint, never half of it.
//   - The credentials and TLS files of a context, and the user and password in a URL, belong to that host. They are sent
//     to no other host, and those of an https endpoint are not sent to an http one.
//   - guest/guest is used only at the loopback, and only when no user is given.
//
// The package does not read the environment of the process: the caller passes getenv.
package config
