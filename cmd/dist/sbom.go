package main

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strings"
	"time"
)

// These are the parts of a CycloneDX document that a Go program needs: the program, and the modules in its build
// information.
type (
	bom struct {
		Format       string       `json:"bomFormat"`
		Spec         string       `json:"specVersion"`
		Serial       string       `json:"serialNumber"`
		Version      int          `json:"version"`
		Metadata     bomMetadata  `json:"metadata"`
		Components   []component  `json:"components"`
		Dependencies []dependency `json:"dependencies"`
	}
	bomMetadata struct {
		Timestamp string    `json:"timestamp"`
		Component component `json:"component"`
	}
	component struct {
		Ref        string     `json:"bom-ref"`
		Type       string     `json:"type"`
		Name       string     `json:"name"`
		Version    string     `json:"version"`
		PURL       string     `json:"purl"`
		Hashes     []bomHash  `json:"hashes,omitempty"`
		Properties []property `json:"properties,omitempty"`
	}
	bomHash struct {
		Algorithm string `json:"alg"`
		Content   string `json:"content"`
	}
	property struct {
		Name  string `json:"name"`
		Value string `json:"value"`
	}
	dependency struct {
		Ref       string   `json:"ref"`
		DependsOn []string `json:"dependsOn"`
	}
)

// sbom writes the list of what is in the product's program.
func (r *release) sbom(p product) error {
	sum := sha256.Sum256(p.files[0].data)
	main := component{
		Type: "application", Name: "rabbitctl", Version: r.version,
		PURL:   purl(module, "v"+r.version) + "?goarch=" + p.arch + "&goos=" + p.os,
		Hashes: []bomHash{{"SHA-256", hex.EncodeToString(sum[:])}},
	}
	main.Ref = main.PURL
	if r.commit != "" {
		main.Properties = []property{{"vcs.revision", r.commit}}
	}
	b := bom{
		Format: "CycloneDX", Spec: "1.5", Version: 1,
		// The serial number is made from the checksum of the program: the same program has the same number.
		Serial: fmt.Sprintf("urn:uuid:%x-%x-8%03x-a%03x-%x",
			sum[0:4], sum[4:6], int(sum[6])<<4, int(sum[7])<<4, sum[8:14]),
		Metadata:   bomMetadata{r.date.Format(time.RFC3339), main},
		Components: []component{library("std", strings.TrimPrefix(p.build.GoVersion, "go"), "")},
	}
	for _, m := range p.build.Deps {
		b.Components = append(b.Components, library(m.Path, m.Version, m.Sum))
	}
	of := dependency{Ref: main.Ref}
	for _, c := range b.Components {
		of.DependsOn = append(of.DependsOn, c.Ref)
	}
	b.Dependencies = []dependency{of}
	text, err := json.MarshalIndent(b, "", "  ")
	if err != nil {
		return err
	}
	return r.write(append(text, '\n'), p.name(r)+".cdx.json")
}

func library(path, version, sum string) component {
	c := component{Type: "library", Name: path, Version: version, PURL: purl(path, version)}
	c.Ref = c.PURL
	if sum != "" {
		c.Properties = []property{{"go.sum", sum}}
	}
	return c
}

func purl(path, version string) string {
	return "pkg:golang/" + path + "@" + strings.ReplaceAll(version, "+", "%2B")
}
