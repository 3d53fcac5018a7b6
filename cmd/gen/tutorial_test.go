package main

import (
	"os"
	"strings"
	"testing"
)

// TestTutorialShowsTheRealFile: docs/adding-a-command.md shows the finished file exactly as it is in the source tree.
func TestTutorialShowsTheRealFile(t *testing.T) {
	guide, err := os.ReadFile("../../docs/adding-a-command.md")
	if err != nil {
		t.Fatal(err)
	}
	file, err := os.ReadFile("../../pkg/cmd/vhost/vhost.go")
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(guide), "```go\n"+string(file)+"```\n") {
		t.Error("docs/adding-a-command.md does not end with pkg/cmd/vhost/vhost.go as it is")
	}
}
