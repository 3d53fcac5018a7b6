//go:build !windows

package program

import (
	"context"
	"os/exec"
)

// shell returns a command that runs in sh.
func shell(ctx context.Context, command string) *exec.Cmd {
	return exec.CommandContext(ctx, "sh", "-c", command)
}
