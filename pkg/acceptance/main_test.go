//go:build acceptance

package acceptance

import (
	"flag"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strings"
	"testing"
)

// bin is the folder of the programs under test.
var bin string

func TestMain(m *testing.M) {
	if os.Getenv(measuring) != "" {
		os.Exit(measureChild(os.Args[1:]))
	}
	flag.Parse()
	if signal.Ignored(os.Interrupt) {
		// A script ignores SIGINT for what it starts in the background. The programs that the tests start must still react to
		// it, as at a terminal.
		signal.Notify(make(chan os.Signal, 1), os.Interrupt)
	}
	os.Exit(suite(m))
}

// suite builds the programs, runs the tests and cleans up. The first test that needs the brokers boots them. suite
// returns the exit code instead of exiting, so that its deferred calls run.
func suite(m *testing.M) int {
	readOptions()
	scratch, err := os.MkdirTemp("", "acceptance-")
	if err != nil {
		return broken(err)
	}
	defer os.RemoveAll(scratch)
	if bin, err = programs(scratch); err != nil {
		return broken(err)
	}
	if err := ownHome(scratch); err != nil {
		return broken(err)
	}
	defer summarize()
	if !options.keep {
		defer endBrokers()
	}
	return m.Run()
}

// ownHome hides the developer's own configuration from the programs under test. devbroker still uses its folders below
// the real home folder, where it keeps fetched releases.
func ownHome(scratch string) error {
	home, err := os.UserHomeDir()
	if err != nil {
		return err
	}
	cache, err := os.UserCacheDir()
	if err != nil {
		return err
	}
	state := os.Getenv("XDG_STATE_HOME")
	if state == "" {
		state = filepath.Join(home, ".local", "state")
	}
	for name, value := range map[string]string{
		"DEVBROKER_STATE": filepath.Join(state, "rabbitctl-devbroker"),
		"DEVBROKER_CACHE": filepath.Join(cache, "rabbitctl-devbroker"),
	} {
		if os.Getenv(name) == "" {
			os.Setenv(name, value)
		}
	}
	// Go also keeps modules and compiled packages below the home folder, and some tests build programs.
	for _, name := range []string{"GOCACHE", "GOMODCACHE"} {
		at, err := exec.Command("go", "env", name).Output()
		if err != nil {
			return err
		}
		os.Setenv(name, strings.TrimSpace(string(at)))
	}
	os.Unsetenv("XDG_CONFIG_HOME")
	os.Setenv("HOME", filepath.Join(scratch, "home"))
	return os.Mkdir(os.Getenv("HOME"), 0o700)
}

func broken(err error) int {
	fmt.Fprintln(os.Stderr, "acceptance:", err)
	return 1
}

// programs builds rabbitctl and devbroker and returns their folder. If RABBITCTL_BIN_DIR names a folder, it builds
// nothing and returns that folder.
func programs(scratch string) (string, error) {
	if dir := options.binDir; dir != "" {
		return filepath.Abs(dir)
	}
	build := exec.Command("go", "build", "-trimpath", "-ldflags", "-s -w", "-o", scratch+"/bin/",
		"github.com/rabbitctl/rabbitctl/cmd/rabbitctl", "github.com/rabbitctl/rabbitctl/cmd/devbroker")
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		return "", fmt.Errorf("the programs do not build: %w\n%s", err, out)
	}
	return filepath.Join(scratch, "bin"), nil
}
