package node

import (
	"path/filepath"
	"slices"
	"strings"

	"github.com/rabbitctl/rabbitctl/cmd/devbroker/internal/process"
	"github.com/rabbitctl/rabbitctl/cmd/devbroker/internal/state"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
)

// Tools are the release's command-line tools that can be run against a node.
func Tools() []string {
	return []string{"rabbitmqctl", "rabbitmq-diagnostics", "rabbitmq-queues", "rabbitmq-streams", "rabbitmq-plugins",
		"rabbitmq-upgrade"}
}

// ToolArgv is the command line of one of Tools, with paths inside the broker's root.
func ToolArgv(b state.Broker, tool string, args []string) ([]string, error) {
	if !slices.Contains(Tools(), tool) {
		return nil, fail.Usagef("%q is not a tool of the broker, which has %s and rabbitmqadmin", tool,
			strings.Join(Tools(), ", "))
	}
	return append([]string{filepath.Join(b.Sbin, tool)}, args...), nil
}

// WithFiles adds the machine's /tmp and the caller's folder to the view of a command-line tool, at the same paths, so
// that file arguments work. It leaves out a folder that the tool's own file system needs.
func WithFiles(v process.View, dir string) process.View {
	if v.Root == "" {
		return v
	}
	shared := append(slices.Clone(v.Shared), "/tmp")
	top, _, _ := strings.Cut(strings.TrimPrefix(dir, "/"), "/")
	own := []string{"", "bin", "boot", "dev", "etc", "lib", "lib32", "lib64", "proc", "run", "sbin", "sys", "tmp", "usr",
		"var"}
	if !slices.Contains(own, top) {
		shared = append(shared, dir)
	}
	return process.View{Root: v.Root, Shared: shared}
}
