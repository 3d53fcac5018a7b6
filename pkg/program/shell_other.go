//go:build !windows

package program

import (
	"context"
	"os/exec"
)

// shell is the command, run by the shell.
func shell(ctx context.Context, command string) *exec.Cmd {
	return exec.CommandContext(ctx, "sh", "-c", command)
}
