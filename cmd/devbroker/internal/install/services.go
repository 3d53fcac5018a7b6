package install

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
)

// policyFile is the file that Debian packages consult before they start a service.
const policyFile = "/usr/sbin/policy-rc.d"

// serviceMark marks a policy file of devbroker.
const serviceMark = "devbroker: no service is started while it installs a package"

// withoutServices runs the installation with a policy file that forbids starting services. An existing policy stays as
// it is. Our own file is removed afterwards, also one that a killed devbroker left.
func withoutServices(policy string, install func() error) error {
	text, err := os.ReadFile(policy)
	switch {
	case errors.Is(err, fs.ErrNotExist), err == nil && bytes.Contains(text, []byte(serviceMark)):
	case err != nil:
		return err
	default:
		return install()
	}
	if err := os.WriteFile(policy, []byte("#!/bin/sh\n# "+serviceMark+"\nexit 101\n"), 0o755); err != nil {
		return err
	}
	defer os.Remove(policy)
	return install()
}

// clearServices removes a policy file that a killed devbroker left.
func clearServices(policy string) {
	if text, err := os.ReadFile(policy); err == nil && bytes.Contains(text, []byte(serviceMark)) {
		_ = os.Remove(policy)
	}
}
