package change

import (
	"context"
	"fmt"

	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/release"
)

// need is a feature that a change can use and that only some releases have.
type need struct {
	// asked means that the change uses the feature.
	asked bool
	// what is the name of the feature, which no release before major.minor.patch has. A broker itself refuses a feature
	// that it does not know, but in a dry run it gets no request that it could refuse: so rabbitctl checks, too.
	what                string
	major, minor, patch int
}

// met reports whether a version has the feature. A version that cannot be parsed counts as a later one.
func (n need) met(version string) bool {
	if major, minor, _ := release.Series(version); major == n.major && minor == n.minor {
		return release.Patch(version) >= n.patch
	}
	return since(version, n.major, n.minor)
}

// first returns the first release with the feature.
func (n need) first() string {
	if n.patch > 0 {
		return fmt.Sprintf("%d.%d.%d", n.major, n.minor, n.patch)
	}
	return fmt.Sprintf("%d.%d", n.major, n.minor)
}

// needs refuses a feature that the broker's release does not have. It asks for the release only if the change uses one
// of the features.
func needs(ctx context.Context, at Site, all ...need) error {
	version := ""
	for _, n := range all {
		if !n.asked {
			continue
		}
		if version == "" {
			overview, err := at.Broker.Overview(ctx)
			if err != nil {
				return err
			}
			version = overview.At("rabbitmq_version").Text()
		}
		if !n.met(version) {
			return fail.New(fail.Unavailable, "RabbitMQ %s at %s does not have %s: this needs RabbitMQ %s or later",
				version, at.Broker.BaseURL(), n.what, n.first()).Do(fail.SeeReleases)
		}
	}
	return nil
}

// since reports whether a version is of that release or a later one. A version that cannot be parsed counts as a later
// one.
func since(version string, major, minor int) bool {
	_, _, known := release.Series(version)
	return !known || release.AtLeast(version, major, minor)
}
