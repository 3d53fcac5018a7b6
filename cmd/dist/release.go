package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/rabbitctl/rabbitctl/pkg/cli"
)

// release says what is built, and where it is written.
type release struct {
	version string
	// date is SOURCE_DATE_EPOCH if that is set, else the date of the commit. All files get this date: with the time of the
	// build, two builds would differ.
	date time.Time
	// commit is the commit of the source, with a + behind it if files were changed; "" outside a repository.
	commit string
	// out is the folder that the release is written into; url is the address from which people will download its files.
	out, url string
}

func newRelease(ctx context.Context, version string) (*release, error) {
	r := &release{version: version}
	seconds, err := output(ctx, "git", "log", "-1", "--format=%ct")
	if err == nil {
		if r.commit, err = commit(ctx); err != nil {
			return nil, err
		}
	}
	if epoch := os.Getenv("SOURCE_DATE_EPOCH"); epoch != "" {
		seconds = epoch
	} else if err != nil {
		return nil, fmt.Errorf("git reports no date of the commit, so set SOURCE_DATE_EPOCH to that of the release: %w", err)
	}
	at, err := strconv.ParseInt(seconds, 10, 64)
	if err != nil {
		return nil, fmt.Errorf("the date of the release cannot be read: %w", err)
	}
	r.date = time.Unix(at, 0).UTC()
	if r.version == "" {
		if tag, err := output(ctx, "git", "describe", "--tags", "--exact-match", "--match", "v[0-9]*"); err == nil {
			r.version = tag
		} else {
			r.version = cli.Version()
		}
	}
	r.version = strings.TrimPrefix(r.version, "v")
	if !regexp.MustCompile(`^\d+\.\d+\.\d+(-[0-9A-Za-z.]+)?$`).MatchString(r.version) {
		return nil, fmt.Errorf("version %q is not of the form 1.2.3 or 1.2.3-rc.1", r.version)
	}
	return r, nil
}

// commit is the commit that is checked out, with a + behind it if files were changed since.
func commit(ctx context.Context) (string, error) {
	name, err := output(ctx, "git", "rev-parse", "HEAD")
	if err != nil {
		return "", err
	}
	changed, err := output(ctx, "git", "status", "--porcelain")
	if err != nil {
		return "", err
	}
	if changed != "" {
		name += "+"
	}
	return name, nil
}

// output runs a program and returns the first line that it prints.
func output(ctx context.Context, name string, args ...string) (string, error) {
	out, err := command(ctx, nil, name, args...)
	line, _, _ := strings.Cut(out, "\n")
	return line, err
}

// command runs a program and returns its standard output. An error has everything that the program printed.
func command(ctx context.Context, env []string, name string, args ...string) (string, error) {
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Env = append(os.Environ(), env...)
	var out, errs strings.Builder
	cmd.Stdout, cmd.Stderr = &out, &errs
	if err := cmd.Run(); err != nil {
		said := strings.TrimSpace(errs.String() + out.String())
		return "", fmt.Errorf("%s %s: %w\n%s", name, strings.Join(args, " "), err, said)
	}
	return out.String(), nil
}
