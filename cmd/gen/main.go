// Command gen writes what is generated from the command tree: the reference pages, the man pages, the completions, and
// the table of the noun of each command. They are committed, and a test fails when they are stale.
package main

import (
	"fmt"
	"os"
)

func main() {
	err := generate("docs", "completions")
	if err == nil {
		err = os.WriteFile("pkg/cli/nouns.go", nouns(), 0o644)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "gen:", err)
		os.Exit(1)
	}
}
