package install

import (
	"context"
	"os/exec"
	"strings"
	"time"

	"github.com/rabbitctl/rabbitctl/cmd/devbroker/internal/state"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
)

// image uses a container image of the release; an empty release means the newest one. It is the last resort; the
// parameter why is the reason that the programs cannot come from elsewhere.
func (f Finder) image(ctx context.Context, release, why string) (Programs, error) {
	if release == "" {
		releases := Releases()
		release = releases[len(releases)-1].Name
	}
	cannot := func(reason string) error {
		return fail.New(fail.Unavailable, "RabbitMQ %s is not available on this machine: %s, and %s", release, why, reason).
			Next("install rabbitmq-server, or run as root on Debian, or start a Docker engine")
	}
	if _, err := exec.LookPath("docker"); err != nil {
		return Programs{}, cannot("there is no docker")
	}
	if out, err := engineVersion(ctx); err != nil {
		return Programs{}, cannot("docker has no engine it can use (" + lastLines(out, 1) + ")")
	}
	image := "rabbitmq:" + release + "-management"
	if _, err := run(ctx, "docker", "image", "inspect", image); err != nil {
		f.Report("fetching the image %s", image)
		if out, err := run(ctx, "docker", "pull", "-q", image); err != nil {
			return Programs{}, cannot("docker cannot fetch " + image + " (" + lastLines(out, 1) + ")")
		}
	}
	version, err := run(ctx, "docker", "image", "inspect", "-f", "{{range .Config.Env}}{{println .}}{{end}}", image)
	if err != nil {
		return Programs{}, cannot("docker does not know " + image)
	}
	return Programs{Source: state.Docker, Release: release, Version: imageVersion(version, release), Image: image}, nil
}

// engineVersion asks the docker command for the version of its engine. It returns an error if there is no engine.
func engineVersion(ctx context.Context) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	return run(ctx, "docker", "version", "--format", "{{.Server.Version}}")
}

// imageVersion returns the version in the image's environment, or the release if the environment has no version.
func imageVersion(environment, release string) string {
	for line := range strings.Lines(environment) {
		if version, ok := strings.CutPrefix(strings.TrimSpace(line), "RABBITMQ_VERSION="); ok {
			return version
		}
	}
	return release
}
