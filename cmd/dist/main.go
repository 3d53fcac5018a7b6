// Command dist builds the files of a release into one folder: archives and packages for each platform, checksums, and
// lists of modules. It needs no network but the module proxy. The same commit and version give the same bytes.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"slices"
	"strings"
)

// module is the product's path. Its home page and the place of its releases have the same address.
const module = "github.com/rabbitctl/rabbitctl"

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "dist:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string) error {
	flags := flag.NewFlagSet("dist", flag.ContinueOnError)
	out := flags.String("out", "dist", "`folder` to write into; an earlier release there is removed first, and any other file is an error")
	version := flags.String("version", "", "`version` of the release (default: the tag of the commit, else the next one)")
	only := flags.String("only", "", "`platforms` to build for, such as linux/amd64,windows/arm64 (default: all)")
	url := flags.String("url", "", "`address` of the folder that the archives will be downloaded from")
	if err := flags.Parse(args); err != nil {
		return err
	}
	if flags.NArg() > 0 {
		return fmt.Errorf("%q is not a flag", flags.Arg(0))
	}
	targets, err := targetsNamed(*only)
	if err != nil {
		return err
	}
	r, err := newRelease(ctx, *version)
	if err != nil {
		return err
	}
	if strings.HasSuffix(r.commit, "+") {
		fmt.Println("the source was changed since its commit, and the programs will say so")
	}
	if r.url = *url; r.url == "" {
		r.url = "https://" + module + "/releases/download/v" + r.version
	}
	if r.out, err = filepath.Abs(*out); err != nil {
		return err
	}
	if err := empty(r.out); err != nil {
		return err
	}
	return r.make(ctx, targets)
}

// sums is the name of the file with the checksums of a release. The names of all other files begin with rabbitctl.
const sums = "SHA256SUMS"

// empty makes the folder, and removes the files of an earlier release from it. It is an error if the folder has anything
// else, and then nothing is removed.
func empty(folder string) error {
	entries, err := os.ReadDir(folder)
	if err != nil && !os.IsNotExist(err) {
		return err
	}
	for _, e := range entries {
		if !e.Type().IsRegular() || !strings.HasPrefix(e.Name(), "rabbitctl") && e.Name() != sums {
			return fmt.Errorf("%s has %s, which is not of a release: remove it, or name another folder with -out", folder, e.Name())
		}
	}
	for _, e := range entries {
		if err := os.Remove(filepath.Join(folder, e.Name())); err != nil {
			return err
		}
	}
	return os.MkdirAll(folder, 0o755)
}

// make builds the release for the targets. It makes packages only for Linux, and manifests only if the targets are all
// platforms.
func (r *release) make(ctx context.Context, targets []target) error {
	stage, err := os.MkdirTemp("", "rabbitctl-dist-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(stage)
	shared, err := sharedFiles()
	if err != nil {
		return err
	}
	var packed []product
	for _, t := range targets {
		fmt.Printf("%s %s\n", t, r.version)
		p, err := r.compile(ctx, t, stage)
		if err != nil {
			return err
		}
		p.files = append(p.files, shared...)
		archive, err := p.archive(r)
		if err != nil {
			return err
		}
		if err := r.write(archive, p.name(r)+t.extension()); err != nil {
			return err
		}
		if err := r.sbom(p); err != nil {
			return err
		}
		if t.os == "linux" {
			if err := r.packages(ctx, p, stage); err != nil {
				return err
			}
		}
		packed = append(packed, p)
	}
	if slices.ContainsFunc(packed, func(p product) bool { return p.os == "linux" }) {
		if err := r.compatPackages(ctx, stage); err != nil {
			return err
		}
	}
	if len(targets) == len(platforms()) {
		err = r.manifests(packed)
	} else {
		fmt.Println("no manifests: they need the archives of all platforms")
	}
	if err != nil {
		return err
	}
	return r.checksums()
}

func (r *release) write(data []byte, name string) error {
	return os.WriteFile(filepath.Join(r.out, name), data, 0o644)
}
