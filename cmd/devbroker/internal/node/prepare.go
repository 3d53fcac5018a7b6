package node

import (
	"crypto/rand"
	"encoding/hex"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/rabbitctl/rabbitctl/cmd/devbroker/internal/certificate"
	"github.com/rabbitctl/rabbitctl/cmd/devbroker/internal/process"
	"github.com/rabbitctl/rabbitctl/cmd/devbroker/internal/state"
)

// Prepare writes the node's folders and configuration files. Existing data, logs, certificates, enabled plugins and the
// cookie stay.
func Prepare(b state.Broker, n state.Node, memory uint64) error {
	conf := filepath.Join(b.NodeDir(n), "conf")
	for _, dir := range []string{b.Home(), b.DataDir(n), b.LogDir(n), filepath.Join(conf, "conf.d"),
		filepath.Join(b.NodeDir(n), "generated")} {
		if err := os.MkdirAll(dir, 0o700); err != nil {
			return err
		}
	}
	config := Config(b.Name, n, memory)
	if b.TLS {
		if err := certificate.Make(b.CertificateDir(n), time.Now().AddDate(1, 0, 0)); err != nil {
			return err
		}
		config += tlsConfig(n, certificate.In(b.CertificateDir(n)))
	}
	if b.TLSDistribution {
		if err := prepareDistribution(b.DistributionDir()); err != nil {
			return err
		}
	}
	files := map[string]string{
		"rabbitmq-env.conf": "",
		"rabbitmq.conf":     config + settings(b.Settings),
		"advanced.config":   "[].\n",
		"enabled_plugins":   EnabledPlugins(),
	}
	for name, text := range files {
		path := filepath.Join(conf, name)
		// A person may have enabled or disabled a plugin on this node.
		if _, err := os.Stat(path); err == nil && name == "enabled_plugins" {
			continue
		}
		if err := process.WriteFile(path, []byte(text), 0o600); err != nil {
			return err
		}
	}
	return writeCookie(b.Home())
}

// settings are lines of rabbitmq.conf; of two lines with the same key the last counts.
func settings(lines []string) string {
	text := ""
	for _, line := range lines {
		text += line + "\n"
	}
	return text
}

// writeCookie writes the secret that the nodes and tools of one broker share, unless it exists.
func writeCookie(home string) error {
	path := filepath.Join(home, ".erlang.cookie")
	if _, err := os.Stat(path); !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	secret := make([]byte, 16)
	if _, err := rand.Read(secret); err != nil {
		return err
	}
	// Erlang refuses a cookie that other users can read.
	return process.WriteFile(path, []byte(hex.EncodeToString(secret)), 0o400)
}
