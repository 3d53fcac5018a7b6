//go:build !unix || solaris || illumos || aix

package program

import "os/exec"

// runGroup runs the command. What it starts is not ended with it here: this system has no process groups of the kind, or Go does not
// reach them.
func runGroup(cmd *exec.Cmd) error { return cmd.Run() }
