// Command gen writes what is generated from the command tree: the reference pages, the man pages and the completions.
// They are committed, and a test fails when they are stale.
package main

import (
	"fmt"
	"os"
)

func main() {
	if err := generate("docs", "completions"); err != nil {
		fmt.Fprintln(os.Stderr, "gen:", err)
		os.Exit(1)
	}
}
