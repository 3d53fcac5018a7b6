package cli_test

import (
	"context"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/spf13/cobra"

	"github.com/rabbitctl/rabbitctl/pkg/internal/nodetest"
)

// canary is an Erlang cookie that occurs nowhere else.
const canary = "CANARYOFTHECOOKIE"

// shows reports whether a text contains the cookie, plain or in a common encoding.
func shows(text string) bool {
	for _, form := range []string{canary, hex.EncodeToString([]byte(canary)), fmt.Sprintf("%v", []byte(canary)),
		strings.TrimRight(base64.StdEncoding.EncodeToString([]byte(canary)), "=")} {
		if strings.Contains(strings.ToLower(text), strings.ToLower(form)) {
			return true
		}
	}
	return false
}

// TestCookieIsNowhere: no command that takes an Erlang cookie prints it or writes it to a file, whether the command
// succeeds or fails. The test finds the commands by their flags, so it also covers new ones, and runs an example of
// each.
func TestCookieIsNowhere(t *testing.T) {
	t.Parallel()
	node := (&nodetest.Node{Cookie: canary, Calls: nodetest.Itself(nil)}).Start(t)
	other := (&nodetest.Node{Cookie: "another"}).Start(t)
	dir := t.TempDir()
	file := func(name, text string, mode os.FileMode) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), mode); err != nil {
			t.Fatal(err)
		}
		return path
	}
	good := file("cookie", canary+"\n", 0o400)
	epmd := func(n *nodetest.Node) string { return fmt.Sprintf("RABBITCTL_EPMD_PORT=%d", n.EpmdPort) }
	ways := map[string][]string{
		"by a file":       {epmd(node), "RABBITCTL_ERLANG_COOKIE_FILE=" + good},
		"by a variable":   {epmd(node), "RABBITCTL_ERLANG_COOKIE=" + canary},
		"by a command":    {epmd(node), "RABBITCTL_COOKIE_COMMAND=cat " + good},
		"another cookie":  {epmd(other), "RABBITCTL_ERLANG_COOKIE_FILE=" + good},
		"no epmd":         {"RABBITCTL_EPMD_PORT=1", "RABBITCTL_ERLANG_COOKIE=" + canary},
		"TLS":             {epmd(other), "RABBITCTL_ERLANG_COOKIE=" + canary, "RABBITCTL_TLS_DISTRIBUTION=true", "RABBITCTL_CACERT=" + good},
		"open to others":  {epmd(node), "RABBITCTL_ERLANG_COOKIE_FILE=" + file("open", canary, 0o444)},
		"too long":        {epmd(node), "RABBITCTL_ERLANG_COOKIE_FILE=" + file("long", strings.Repeat(canary, 50), 0o400)},
		"command says no": {epmd(node), "RABBITCTL_COOKIE_COMMAND=cat " + good + "; exit 3"},
		"in the context":  {epmd(node), "RABBITCTL_CONTEXT=c", "RABBITCTL_CONFIG=" + file("c.toml", "[contexts.c]\nerlang_cookie_file = \""+good+"\"\n", 0o600)},
	}
	speaking := 0
	for _, c := range commands(t) {
		if c.Flags().Lookup("erlang-cookie-file") == nil {
			continue
		}
		speaking++
		t.Run(c.CommandPath(), func(t *testing.T) {
			t.Parallel()
			for way, env := range ways {
				line, journal := cookieLine(t, c)
				ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
				defer cancel()
				got := run(t, ctx, append(env, "RABBITCTL_NODE=rabbit", "RABBITCTL_URL=http://127.0.0.1:1"), line...)
				written, err := os.ReadFile(journal)
				if err != nil && journal != "" && !os.IsNotExist(err) {
					t.Error(err)
				}
				if shows(got.out) || shows(got.err) || shows(string(written)) {
					t.Errorf("%s, %q: the cookie is shown: %+v\n%s", way, line, got, written)
				}
			}
		})
	}
	if speaking < 30 {
		t.Errorf("%d commands take a cookie", speaking)
	}
	t.Cleanup(func() {
		if asked := len(node.Asked()); asked < speaking {
			t.Errorf("%d functions were called, by %d commands", asked, speaking)
		}
	})
}

// cookieLine returns an example of the command that asks the node, with --trace. If the command has --journal, journal
// is the path of that file, otherwise it is empty.
func cookieLine(t *testing.T, c *cobra.Command) (line []string, journal string) {
	t.Helper()
	line = goodLine(t, c)
	// A watch does not end, and the example's node does not exist, so both flags are removed. An environment variable
	// names the test's node.
	for _, flag := range []string{"--watch", "--node"} {
		if i := slices.Index(line, flag); i >= 0 {
			line = slices.Delete(line, i, i+2)
		}
	}
	line = append(line, "--timeout", "3s", "--trace")
	if c.Flags().Lookup("source") != nil {
		line = append(line, "--source", "node")
	}
	if c.Flags().Lookup("yes") != nil {
		line = append(line, "--yes")
	}
	if c.Flags().Lookup("journal") != nil {
		journal = filepath.Join(t.TempDir(), "journal")
		line = append(line, "--journal", journal)
	}
	return line, journal
}
