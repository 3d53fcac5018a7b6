package main

import (
	"bytes"
	"context"
	"debug/buildinfo"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime/debug"
	"slices"
	"strings"
	"time"
)

// target is a platform for which dist builds the program.
type target struct{ os, arch string }

func (t target) String() string { return t.os + "/" + t.arch }

// extension is the extension of the target's archive.
func (t target) extension() string {
	if t.os == "windows" {
		return ".zip"
	}
	return ".tar.gz"
}

func platforms() []target {
	return []target{
		{"linux", "amd64"}, {"linux", "arm64"}, {"darwin", "amd64"}, {"darwin", "arm64"},
		{"windows", "amd64"}, {"windows", "arm64"},
	}
}

// targetsNamed returns the platforms that a list such as linux/amd64,darwin/arm64 names, in the order of platforms. An
// empty list means all platforms.
func targetsNamed(list string) ([]target, error) {
	if list == "" {
		return platforms(), nil
	}
	names := strings.Split(list, ",")
	var named []target
	for _, t := range platforms() {
		if i := slices.Index(names, t.String()); i >= 0 {
			named, names = append(named, t), slices.Delete(names, i, i+1)
		}
	}
	if len(names) > 0 {
		return nil, fmt.Errorf("%q is not one of the platforms %v", names[0], platforms())
	}
	return named, nil
}

// file is a file of an archive or a package. Its path is relative and has slashes.
type file struct {
	path string
	mode fs.FileMode
	data []byte
}

// product is what the release has for one platform.
type product struct {
	target
	// build is the build information in the program.
	build *debug.BuildInfo
	// files begin with the program.
	files []file
}

// name is the name of the archive, without its extension, and of the folder in it.
func (p product) name(r *release) string { return "rabbitctl_" + r.version + "_" + p.os + "_" + p.arch }

// compile builds the program, and collects the licences of the modules in it.
func (r *release) compile(ctx context.Context, t target, stage string) (product, error) {
	name := "rabbitctl"
	if t.os == "windows" {
		name += ".exe"
	}
	path := filepath.Join(stage, t.os+"_"+t.arch, name)
	// Other values of these variables would give other bytes.
	env := []string{
		"CGO_ENABLED=0", "GOOS=" + t.os, "GOARCH=" + t.arch, "GOFLAGS=", "GOAMD64=v1", "GOARM64=v8.0", "GOEXPERIMENT=",
	}
	set := " -X " + module + "/pkg/cli.linked"
	linked := "-s -w" + set + "Version=" + r.version + set + "Commit=" + r.commit +
		set + "Date=" + r.date.Format(time.RFC3339)
	_, err := command(ctx, env, "go", "build", "-trimpath", "-buildvcs=false", "-ldflags", linked,
		"-o", path, "./cmd/rabbitctl")
	if err != nil {
		return product{}, err
	}
	data, err := os.ReadFile(path)
	if err != nil {
		return product{}, err
	}
	info, err := buildinfo.Read(bytes.NewReader(data))
	if err != nil {
		return product{}, err
	}
	notices, err := noticesOf(ctx, info)
	if err != nil {
		return product{}, err
	}
	files := []file{{name, 0o755, data}, {"THIRD-PARTY-NOTICES", 0o644, notices}}
	return product{target: t, build: info, files: files}, nil
}

// sharedFiles are the files that every platform gets.
func sharedFiles() ([]file, error) {
	sources := map[string]string{
		"LICENSE": "", "README.md": "", "docs/CHANGELOG.md": "", "docs/man/*.1": "man/man1/", "completions/*": "completions/",
	}
	var all []file
	for pattern, folder := range sources {
		paths, err := filepath.Glob(pattern)
		if err != nil || len(paths) == 0 {
			return nil, fmt.Errorf("no file matches %s: run dist in the top folder of the source", pattern)
		}
		for _, path := range paths {
			data, err := os.ReadFile(path)
			if err != nil {
				return nil, err
			}
			all = append(all, file{folder + filepath.Base(path), 0o644, data})
		}
	}
	slices.SortFunc(all, func(a, b file) int { return strings.Compare(a.path, b.path) })
	return all, nil
}
