package install

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
)

// policyFile is what Debian packages ask before they start a service.
const policyFile = "/usr/sbin/policy-rc.d"

// serviceMark tells our own policy file from the machine's.
const serviceMark = "devbroker: no service is started while it installs a package"

// withoutServices runs the installation while the policy file, which Debian's packages ask before they start a service, says no.
// A policy that is there stays as it is; ours is removed afterwards, also one that an earlier devbroker was killed over.
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

// clearServices removes a policy file of ours that a killed devbroker left behind.
func clearServices(policy string) {
	if text, err := os.ReadFile(policy); err == nil && bytes.Contains(text, []byte(serviceMark)) {
		_ = os.Remove(policy)
	}
}
