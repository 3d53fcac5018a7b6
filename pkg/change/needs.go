package change

import (
	"context"

	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/release"
)

// need is a feature that a change can use and that only some releases have.
type need struct {
	// asked means that the change uses the feature.
	asked bool
	// what is the name of the feature, which no release before major.minor has. A broker itself refuses a feature that it
	// does not know, but in a dry run it gets no request that it could refuse: so rabbitctl checks, too.
	what         string
	major, minor int
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
		if !since(version, n.major, n.minor) {
			return fail.New(fail.Unavailable, "RabbitMQ %s at %s does not have %s: this needs RabbitMQ %d.%d or later",
				version,
				at.Broker.BaseURL(), n.what, n.major, n.minor).
				Do(fail.SeeReleases)
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
