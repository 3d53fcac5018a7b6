package change

import (
	"context"
	"strings"

	"github.com/rabbitctl/rabbitctl/pkg/broker"
)

// EnableVHostDeletionProtection protects a virtual host: the broker then refuses to delete it.
func EnableVHostDeletionProtection() Op {
	return protection("enable_vhost_deletion_protection", true, "protect virtual host %v from deletion")
}

// DisableVHostDeletionProtection ends the protection of a virtual host, so that it can be deleted again.
func DisableVHostDeletionProtection() Op {
	return protection("disable_vhost_deletion_protection", false, "let virtual host %v be deleted")
}

func protection(command string, on bool, action string) Op {
	var name string
	return Op{
		Name: command, Noun: "vhost", Compares: true,
		Params: []Param{Arg("vhost", &name, VHostNames)},
		Plan: func(ctx context.Context, at Site) (*Plan, error) {
			action := strings.ReplaceAll(action, "%v", name)
			if at.Official {
				return Once(action, "changed", func(ctx context.Context) error { return protect(ctx, at, name, on) }), nil
			}
			e := hostEdit{protected: &on}
			return e.plan(ctx, at, name, action)
		},
	}
}

// protect switches the protection of a virtual host from deletion on or off. Releases before 4.0.6 do not have this
// protection.
func protect(ctx context.Context, at Site, name string, on bool) error {
	err := at.Broker.ProtectVHost(ctx, name, on)
	switch {
	case !broker.IsNotFound(err):
		return err
	case at.Broker.HasVHost(ctx, name):
		return at.Broker.NotOffered("protection of virtual hosts from deletion")
	}
	return &Missing{What: "vhost", Name: name, Err: err}
}
