//go:build !linux

package process

import "errors"

// Exec fails: devbroker needs Linux.
func (v View) Exec(argv, env []string, dir string) error {
	return errors.New("devbroker runs on Linux only")
}
