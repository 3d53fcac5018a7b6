package config

import (
	"path/filepath"
	"testing"
)

func TestDefaultFile(t *testing.T) {
	t.Parallel()
	folder := func(name string) string { // absolute on each system
		path, err := filepath.Abs(name)
		if err != nil {
			t.Fatal(err)
		}
		return path
	}
	home, roaming, xdg := folder("home"), folder("Roaming"), folder("xdg")
	below := filepath.Join("rabbitctl", "config.toml")
	for _, tt := range []struct {
		system string
		env    map[string]string
		want   string
	}{
		{"linux", map[string]string{"HOME": home, "APPDATA": roaming}, filepath.Join(home, ".config", below)},
		{"darwin", map[string]string{"HOME": home}, filepath.Join(home, ".config", below)},
		{"darwin", map[string]string{"HOME": home, "XDG_CONFIG_HOME": xdg}, filepath.Join(xdg, below)},
		{"linux", map[string]string{"HOME": home, "XDG_CONFIG_HOME": "relative"}, filepath.Join(home, ".config", below)},
		{"linux", nil, ""},
		{"windows", map[string]string{"USERPROFILE": home, "APPDATA": roaming}, filepath.Join(roaming, below)},
		{"windows", map[string]string{"USERPROFILE": home, "APPDATA": roaming, "XDG_CONFIG_HOME": xdg},
			filepath.Join(xdg, below)},
		{"windows", map[string]string{"USERPROFILE": home}, filepath.Join(home, ".config", below)},
	} {
		if got := defaultFile(tt.system, func(name string) string { return tt.env[name] }); got != tt.want {
			t.Errorf("%s, %v: %q, want %q", tt.system, tt.env, got, tt.want)
		}
	}
}
