// Package config turns flags, environment variables and configuration files into one Settings value: which broker, as
// whom, over which TLS files, and how to print.
//
// Every option is declared once, in Options. A value comes from the strongest layer that has it: flag, environment
// variable, context (the named one, else the default one), built-in default. A context that a flag names stands before
// the environment in all that says which broker, as whom and in which virtual host: who types --context prod means prod,
// whatever RABBITCTL_URL is. RABBITCTL_CONTEXT beside a RABBITCTL_URL or RABBITCTL_HOST of another broker is an error.
// Three rules keep that safe:
//
//   - A layer that names another host replaces the weaker layers' whole endpoint, never half of it.
//   - What a context says of credentials and TLS, and the user and password in a URL, belong to that host and are sent
//     to no other, nor from an https endpoint to an http one.
//   - guest/guest is used only at the loopback, and only when nobody named a user.
//
// The package reads no environment of its own: a caller hands in getenv.
package config
