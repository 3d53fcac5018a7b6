package main

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/rabbitctl/rabbitctl/pkg/personality"
)

// revision is the number that a package adds to the version, as in 1.2.3-1. A second package of the same version needs
// a higher number.
const revision = "1"

// pack has those fields of nfpm's configuration that dist uses. nfpm reads YAML, and JSON is valid YAML.
type pack struct {
	Name          string            `json:"name"`
	Arch          string            `json:"arch"`
	Version       string            `json:"version"`
	Prerelease    string            `json:"prerelease,omitempty"`
	VersionSchema string            `json:"version_schema"`
	Release       string            `json:"release"`
	Section       string            `json:"section"`
	Priority      string            `json:"priority"`
	Maintainer    string            `json:"maintainer"`
	Description   string            `json:"description"`
	Homepage      string            `json:"homepage"`
	License       string            `json:"license"`
	MTime         string            `json:"mtime"`
	NoGlobs       bool              `json:"disable_globbing"`
	Depends       []string          `json:"depends,omitempty"`
	Recommends    []string          `json:"recommends,omitempty"`
	Conflicts     []string          `json:"conflicts,omitempty"`
	Contents      []content         `json:"contents"`
	RPM           map[string]string `json:"rpm"`
}

type content struct {
	Source      string         `json:"src"`
	Destination string         `json:"dst"`
	Type        string         `json:"type,omitempty"`
	Info        map[string]any `json:"file_info,omitempty"`
}

// packages writes the packages of a Linux product.
func (r *release) packages(ctx context.Context, p product, stage string) error {
	for _, format := range formats() {
		folder := filepath.Join(stage, p.os+"_"+p.arch, format)
		contents, err := r.installed(p, format, folder)
		if err != nil {
			return err
		}
		q := r.pack("rabbitctl", p.arch, format, "Administer RabbitMQ without Erlang",
			"rabbitmqctl's commands over RabbitMQ's management HTTP API, from any machine, without Erlang or root.")
		q.Contents = contents
		if format != "apk" { // apk has no recommendations
			q.Recommends = []string{"ca-certificates"}
		}
		if err := r.nfpm(ctx, q, format, folder); err != nil {
			return err
		}
	}
	return nil
}

// compatPackages writes the packages that give rabbitctl the names of the official tools. They hold only symlinks, so
// they fit every machine.
func (r *release) compatPackages(ctx context.Context, stage string) error {
	for _, format := range formats() {
		if err := r.nfpm(ctx, r.compat(format), format, stage); err != nil {
			return err
		}
	}
	return nil
}

// formats are the formats of the packages. nfpm and the names of the files use the same words.
func formats() []string { return []string{"deb", "rpm", "apk"} }

// pack returns the fields that all packages have in common. summary is one line, and text is the longer description.
func (r *release) pack(name, arch, format, summary, text string) pack {
	number, before, _ := strings.Cut(r.version, "-")
	description := text
	switch format {
	case "deb": // the first line is the summary there
		description = summary + "\n" + text
	case "apk": // apk allows one line only
		description, before = summary, apkSuffix(before)
	}
	return pack{
		Name: name, Arch: arch, Version: number, Prerelease: before, VersionSchema: "none", Release: revision,
		Section: "admin", Priority: "optional", Maintainer: "rabbitctl maintainers <https://" + module + "/issues>",
		Description: description, Homepage: "https://" + module, License: "Apache-2.0",
		MTime: r.date.Format("2006-01-02T15:04:05Z"), NoGlobs: true,
		RPM: map[string]string{"group": "Applications/System", "buildhost": "localhost", "summary": summary},
	}
}

// apkSuffix is a pre-release in the form that apk accepts: one of the words alpha, beta, pre and rc, and a number. Any
// other pre-release becomes pre.
func apkSuffix(before string) string {
	if before == "" {
		return ""
	}
	m := regexp.MustCompile(`^(alpha|beta|pre|rc)\.?(\d*)$`).FindStringSubmatch(before)
	if m == nil {
		return "pre"
	}
	return m[1] + m[2]
}

// compat is the package with the names of the official tools. The package rabbitmq-server has files of these names too,
// so the two packages conflict.
func (r *release) compat(format string) pack {
	arch := "all"
	if format == "apk" {
		arch = "noarch"
	}
	q := r.pack("rabbitctl-compat", arch, format, "rabbitctl under the names of RabbitMQ's own tools",
		"Symlinks to rabbitctl under the names of the tools of RabbitMQ: "+strings.Join(personality.Tools(), ", ")+
			". Under these names rabbitctl takes the arguments of the tools and prints what they print, over the "+
			"management HTTP API.")
	same := fmt.Sprintf("rabbitctl = %s", q.full("~"))
	switch format {
	case "deb":
		same = fmt.Sprintf("rabbitctl (= %s)", q.full("~"))
	case "apk":
		same = "rabbitctl=" + q.full("_")
	}
	q.Depends, q.Conflicts = []string{same}, []string{"rabbitmq-server"}
	if format == "apk" { // apk writes a conflict as a dependency on the absence of a package
		q.Depends, q.Conflicts = append(q.Depends, "!rabbitmq-server"), nil
	}
	for _, tool := range personality.Tools() {
		link := content{Source: "../bin/rabbitctl", Destination: "/usr/sbin/" + tool, Type: "symlink"}
		q.Contents = append(q.Contents, link)
	}
	return q
}

// full returns the version as the package format writes it. before is the character in front of a pre-release: ~, or _
// for apk, which also has -r before the revision.
func (q pack) full(before string) string {
	version := q.Version
	if q.Prerelease != "" {
		version += before + q.Prerelease
	}
	if before == "_" {
		return version + "-r" + q.Release
	}
	return version + "-" + q.Release
}

// installed puts the product's files into the folder, and returns where a package of this format installs each of them.
func (r *release) installed(p product, format, folder string) ([]content, error) {
	var all []content
	for _, f := range p.files {
		to := place(f.path, format)
		if to == "" {
			continue
		}
		if path.Ext(to) == ".gz" {
			var zipped bytes.Buffer
			w, err := gzip.NewWriterLevel(&zipped, gzip.BestCompression)
			if err != nil {
				return nil, err
			}
			if _, err := w.Write(f.data); err != nil {
				return nil, err
			}
			if err := w.Close(); err != nil {
				return nil, err
			}
			f.data = zipped.Bytes()
		}
		from := filepath.Join(folder, filepath.FromSlash(f.path))
		if err := os.MkdirAll(filepath.Dir(from), 0o755); err != nil {
			return nil, err
		}
		if err := os.WriteFile(from, f.data, 0o644); err != nil {
			return nil, err
		}
		all = append(all, content{Source: from, Destination: to, Info: map[string]any{
			"mode": int(f.mode), "owner": "root", "group": "root", "mtime": r.date.Format("2006-01-02T15:04:05Z"),
		}})
	}
	return all, nil
}

// place is where a package of the format installs a file; "" if the package does not have that file.
func place(name, format string) string {
	zsh := "/usr/share/zsh/site-functions/"
	if format == "deb" {
		zsh = "/usr/share/zsh/vendor-completions/"
	}
	switch base := path.Base(name); {
	case name == "rabbitctl":
		return "/usr/bin/rabbitctl"
	case path.Dir(name) == "man/man1":
		return "/usr/share/man/man1/" + base + ".gz"
	case base == "rabbitctl.bash":
		return "/usr/share/bash-completion/completions/rabbitctl"
	case base == "_rabbitctl":
		return zsh + base
	case base == "rabbitctl.fish":
		return "/usr/share/fish/vendor_completions.d/" + base
	case base == "rabbitctl.ps1":
		return ""
	case base == "LICENSE" && format == "rpm":
		return "/usr/share/licenses/rabbitctl/LICENSE"
	case base == "LICENSE":
		return "/usr/share/doc/rabbitctl/copyright"
	default:
		return "/usr/share/doc/rabbitctl/" + base
	}
}

// nfpm makes one package. The tool has its own module file: the versions of its modules are pinned, and do not change
// those of the product.
func (r *release) nfpm(ctx context.Context, q pack, format, folder string) error {
	text, err := json.Marshal(q)
	if err != nil {
		return err
	}
	config := filepath.Join(folder, q.Name+".json")
	if err := os.WriteFile(config, text, 0o644); err != nil {
		return err
	}
	target := filepath.Join(r.out, fmt.Sprintf("%s_%s_%s.%s", q.Name, r.version, q.Arch, format))
	_, err = command(ctx, []string{fmt.Sprintf("SOURCE_DATE_EPOCH=%d", r.date.Unix()), "GOFLAGS="},
		"go", "tool", "-modfile=cmd/dist/nfpm.mod", "nfpm", "package",
		"--config", config, "--packager", format, "--target", target)
	return err
}
