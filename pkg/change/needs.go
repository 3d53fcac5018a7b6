package change

import (
	"context"

	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/release"
)

// need is a feature that a change uses and that not every release has.
type need struct {
	// asked is whether the change uses the feature.
	asked bool
	// what names the feature. major and minor are the first release that may have it: brokers refuse what they do not
	// know, but a dry run does not ask them.
	what         string
	major, minor int
}

// needs refuses what the broker's release does not have. It asks for the release only where a feature is used.
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
			return fail.New(fail.Unavailable, "RabbitMQ %s at %s does not have %s", version, at.Broker.BaseURL(), n.what).
				Do(fail.SeeReleases)
		}
	}
	return nil
}

// since tells whether a version is of that release or a later one. A version that cannot be read counts as a later one.
func since(version string, major, minor int) bool {
	_, _, known := release.Series(version)
	return !known || release.AtLeast(version, major, minor)
}
