package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/cobra/doc"

	"github.com/rabbitctl/rabbitctl/pkg/app"
	"github.com/rabbitctl/rabbitctl/pkg/cli"
	"github.com/rabbitctl/rabbitctl/pkg/iostreams"
)

// generate writes docs/reference, docs/man and the completions.
func generate(docs, completions string) error {
	root := tree()
	reference, man := filepath.Join(docs, "reference"), filepath.Join(docs, "man")
	for _, dir := range []string{reference, man, completions} {
		if err := empty(dir); err != nil {
			return err
		}
	}
	if err := doc.GenMarkdownTree(root, reference); err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(reference, "README.md"), index(root), 0o644); err != nil {
		return err
	}
	// A fixed date keeps the pages equal from run to run.
	date := time.Date(2026, time.November, 1, 0, 0, 0, 0, time.UTC)
	header := &doc.GenManHeader{Title: "RABBITCTL", Section: "1", Source: "rabbitctl", Manual: "rabbitctl manual",
		Date: &date}
	if err := doc.GenManTree(root, header, man); err != nil {
		return err
	}
	return generateCompletions(root, completions)
}

func tree() *cobra.Command {
	streams, _, _ := iostreams.Test("")
	root := cli.Root(app.New(streams, nil, "dev"))
	root.DisableAutoGenTag = true
	for _, c := range root.Commands() {
		// The generated pages do not list aliases, so the long text gets them.
		if len(c.Aliases) > 0 {
			c.Long += "\n\nAlso called " + strings.Join(c.Aliases, ", ") + "."
		}
	}
	return root
}

// empty creates the folder, or removes the generated files of an earlier run, so that the pages of removed commands
// disappear.
func empty(dir string) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		return err
	}
	for _, e := range entries {
		if name := e.Name(); strings.HasPrefix(name, "rabbitctl") || strings.HasPrefix(name, "_rabbitctl") {
			if err := os.Remove(filepath.Join(dir, name)); err != nil {
				return err
			}
		}
	}
	return nil
}

func index(root *cobra.Command) []byte {
	var b bytes.Buffer
	b.WriteString("# Reference\n\nGenerated from the program by `make gen`.\n")
	for _, g := range root.Groups() {
		fmt.Fprintf(&b, "\n## %s\n\n| command | what it does |\n| --- | --- |\n", strings.TrimSuffix(g.Title, ":"))
		for _, c := range root.Commands() {
			if c.GroupID == g.ID && c.IsAvailableCommand() {
				page := strings.ReplaceAll(c.CommandPath(), " ", "_") + ".md"
				also := ""
				for _, alias := range c.Aliases {
					also += ", " + alias
				}
				fmt.Fprintf(&b, "| [%s](%s)%s | %s |\n", c.Name(), page, also, c.Short)
			}
		}
	}
	return b.Bytes()
}

func generateCompletions(root *cobra.Command, dir string) error {
	shells := []struct {
		file  string
		write func(*bytes.Buffer) error
	}{
		{"rabbitctl.bash", func(b *bytes.Buffer) error { return root.GenBashCompletionV2(b, true) }},
		{"_rabbitctl", func(b *bytes.Buffer) error { return root.GenZshCompletion(b) }},
		{"rabbitctl.fish", func(b *bytes.Buffer) error { return root.GenFishCompletion(b, true) }},
		{"rabbitctl.ps1", func(b *bytes.Buffer) error { return root.GenPowerShellCompletionWithDesc(b) }},
	}
	for _, s := range shells {
		var b bytes.Buffer
		if err := s.write(&b); err != nil {
			return err
		}
		if err := os.WriteFile(filepath.Join(dir, s.file), b.Bytes(), 0o644); err != nil {
			return err
		}
	}
	return nil
}
