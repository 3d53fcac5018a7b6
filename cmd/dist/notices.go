package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"runtime/debug"
	"strings"
)

// noticesOf are the licences of Go and of all modules in a program. They must be distributed with the program.
func noticesOf(ctx context.Context, info *debug.BuildInfo) ([]byte, error) {
	root, err := output(ctx, "go", "env", "GOROOT")
	if err != nil {
		return nil, err
	}
	var out bytes.Buffer
	out.WriteString("rabbitctl holds code of these modules, under their licences.\n")
	if err := notice(&out, "Go, "+info.GoVersion, root); err != nil {
		return nil, err
	}
	list := []string{"list", "-m", "-f", "{{.Path}} {{.Version}}\t{{.Dir}}"}
	for _, m := range info.Deps {
		list = append(list, m.Path)
	}
	folders, err := command(ctx, nil, "go", list...)
	if err != nil {
		return nil, err
	}
	for line := range strings.Lines(folders) {
		heading, folder, _ := strings.Cut(strings.TrimSuffix(line, "\n"), "\t")
		if err := notice(&out, heading, folder); err != nil {
			return nil, err
		}
	}
	return out.Bytes(), nil
}

// notice appends the licences of a folder under a heading.
func notice(out *bytes.Buffer, heading, folder string) error {
	entries, err := os.ReadDir(folder)
	if err != nil {
		return err
	}
	fmt.Fprintf(out, "\n%s\n%s\n%s\n", strings.Repeat("=", 80), heading, strings.Repeat("=", 80))
	legal := regexp.MustCompile(`(?i)^(un)?(licen[cs]e|copying|notice)(-[^.]*)?(\.(txt|md))?$`)
	found := false
	for _, e := range entries {
		if !e.Type().IsRegular() || !legal.MatchString(e.Name()) {
			continue
		}
		text, err := os.ReadFile(filepath.Join(folder, e.Name()))
		if err != nil {
			return err
		}
		found = true
		fmt.Fprintf(out, "\n%s\n", bytes.TrimSpace(bytes.ReplaceAll(text, []byte("\r\n"), []byte("\n"))))
	}
	if !found {
		return fmt.Errorf("%s has no file with its licence in %s", heading, folder)
	}
	return nil
}
