package main

import (
	"bytes"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"
	"text/template"
)

//go:embed templates
var templates embed.FS

// manifests writes the formula for Homebrew and the manifest for Scoop, with the checksums of the archives.
func (r *release) manifests(packed []product) error {
	of := func(os, arch string) (product, error) {
		for _, p := range packed {
			if p.os == os && p.arch == arch {
				return p, nil
			}
		}
		return product{}, fmt.Errorf("no archive for %s/%s", os, arch)
	}
	all, err := template.New("").Funcs(template.FuncMap{
		"folder": func(os, arch string) (string, error) { p, err := of(os, arch); return p.name(r), err },
		"url": func(os, arch string) (string, error) {
			p, err := of(os, arch)
			return r.url + "/" + p.name(r) + p.extension(), err
		},
		"sum": func(os, arch string) (string, error) {
			p, err := of(os, arch)
			if err != nil {
				return "", err
			}
			return r.sum(p.name(r) + p.extension())
		},
	}).ParseFS(templates, "templates/*")
	if err != nil {
		return err
	}
	for _, name := range []string{"rabbitctl.rb", "rabbitctl.json"} {
		var out bytes.Buffer
		values := map[string]string{"Version": r.version, "Homepage": "https://" + module}
		if err := all.ExecuteTemplate(&out, name, values); err != nil {
			return err
		}
		if err := r.write(out.Bytes(), name); err != nil {
			return err
		}
	}
	return nil
}

// sum is the checksum of a file of the release.
func (r *release) sum(name string) (string, error) {
	data, err := os.ReadFile(filepath.Join(r.out, name))
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:]), err
}

// checksums writes the checksums of all files, as sha256sum -c reads them.
func (r *release) checksums() error {
	entries, err := os.ReadDir(r.out)
	if err != nil {
		return err
	}
	var out bytes.Buffer
	for _, e := range entries {
		sum, err := r.sum(e.Name())
		if err != nil {
			return err
		}
		fmt.Fprintf(&out, "%s  %s\n", sum, e.Name())
	}
	return r.write(out.Bytes(), sums)
}
