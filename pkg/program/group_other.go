//go:build (!unix && !windows) || solaris || illumos || aix

package program

import "os/exec"

// runGroup runs the command. On this system, processes that the command started do not end with it: the system has no
// such process groups, or Go cannot use them.
func runGroup(cmd *exec.Cmd) error { return cmd.Run() }
