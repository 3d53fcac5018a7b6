package cli_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

// If many programs change the configuration file at the same time, no change is lost.
func TestConfigSet_manyAtOnce(t *testing.T) {
	t.Parallel()
	program, err := exec.LookPath("rabbitctl")
	if err != nil {
		t.Fatal(err)
	}
	home, coverage := t.TempDir(), t.TempDir()
	env := []string{"HOME=" + home, "GOCOVERDIR=" + coverage}
	const many = 12
	var wait sync.WaitGroup
	for i := range many {
		wait.Go(func() {
			cmd := exec.Command(program, "config", "set", fmt.Sprintf("c%d", i), "host=mq")
			cmd.Env = env
			if out, err := cmd.CombinedOutput(); err != nil || !strings.HasPrefix(string(out), "created\n") {
				t.Errorf("%v: %s", err, out)
			}
		})
	}
	wait.Wait()
	cmd := exec.Command(program, "config", "list", "name", "--no-table-headers")
	cmd.Env = env
	out, err := cmd.Output()
	if names := strings.Fields(string(out)); err != nil || len(names) != many {
		t.Errorf("%d contexts are left of %d: %v, %v", len(names), many, names, err)
	}
	entries, _ := os.ReadDir(filepath.Join(home, ".config", "rabbitctl"))
	var left []string
	for _, e := range entries {
		left = append(left, e.Name())
	}
	if got := strings.Join(left, " "); got != ".config.toml.lock config.toml" {
		t.Errorf("left: %s", got)
	}
}
