// Package docs has the pages that an operator needs beside the program: an installed program comes without the folder
// docs.
package docs

import (
	"embed"
	"strings"
)

//go:embed findings/*.md runbooks/*.md
var pages embed.FS

// The folders whose pages are in the program.
const (
	Findings = "findings"
	Runbooks = "runbooks"
)

// index is the page about the other pages of its folder.
const index = "README"

// Names are the names of the pages in a folder, in alphabetical order.
func Names(folder string) []string {
	entries, err := pages.ReadDir(folder)
	if err != nil {
		return nil
	}
	var names []string
	for _, e := range entries {
		if name := strings.TrimSuffix(e.Name(), ".md"); name != index {
			names = append(names, name)
		}
	}
	return names
}

// Page returns the Markdown text of a page. found is false if the folder has no page of that name.
func Page(folder, name string) (text string, found bool) {
	b, err := pages.ReadFile(folder + "/" + name + ".md")
	return string(b), err == nil && name != index
}

// Index is the Markdown text about the pages of a folder.
func Index(folder string) string {
	b, err := pages.ReadFile(folder + "/" + index + ".md")
	if err != nil {
		return ""
	}
	return string(b)
}
