//go:build (!unix && !windows) || solaris || illumos || aix

package program

import "os/exec"

// runGroup runs the command. On this system, processes that the command started are not ended with it: there are no
// process groups of the kind, or Go cannot use them.
func runGroup(cmd *exec.Cmd) error { return cmd.Run() }
