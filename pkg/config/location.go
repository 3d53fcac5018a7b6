package config

import (
	"path/filepath"
	"runtime"
	"strings"
)

// DefaultFile returns $XDG_CONFIG_HOME/rabbitctl/config.toml, else ~/.config/rabbitctl/config.toml, and on Windows
// %AppData%\rabbitctl\config.toml; empty when no such folder is known. A relative XDG_CONFIG_HOME is ignored, as the
// XDG specification asks.
func DefaultFile(getenv func(string) string) string { return defaultFile(runtime.GOOS, getenv) }

func defaultFile(system string, getenv func(string) string) string {
	folder := getenv("XDG_CONFIG_HOME")
	if !filepath.IsAbs(folder) && system == "windows" {
		folder = getenv("APPDATA")
	}
	if !filepath.IsAbs(folder) {
		home := homeFolder(getenv)
		if home == "" {
			return ""
		}
		folder = filepath.Join(home, ".config")
	}
	return filepath.Join(folder, "rabbitctl", "config.toml")
}

// adminFile returns the path of rabbitmqadmin's configuration file; empty without a home folder.
func adminFile(getenv func(string) string) string {
	home := homeFolder(getenv)
	if home == "" {
		return ""
	}
	return filepath.Join(home, ".rabbitmqadmin.conf")
}

// homeFolder returns $HOME, else $USERPROFILE, which Windows sets; empty when neither is set.
func homeFolder(getenv func(string) string) string {
	if home := getenv("HOME"); home != "" {
		return home
	}
	return getenv("USERPROFILE")
}

// expandHome replaces a leading ~/ by the home folder; on Windows also a leading ~\. The error has no kind.
func expandHome(path string, getenv func(string) string) (string, error) {
	rest, found := strings.CutPrefix(filepath.ToSlash(path), "~/")
	if !found {
		return path, nil
	}
	home := homeFolder(getenv)
	if home == "" {
		return "", problem("%q cannot be found, because HOME is not set", path)
	}
	return filepath.Join(home, rest), nil
}
