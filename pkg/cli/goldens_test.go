package cli

import (
	"bytes"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/rabbitctl/rabbitctl/pkg/app"
)

// Each listing has a golden file with its output below pkg/cmd.
func TestEveryListingIsShownByItsNoun(t *testing.T) {
	t.Parallel()
	run := map[string]bool{}
	err := filepath.WalkDir("../cmd", func(path string, entry fs.DirEntry, err error) error {
		if err != nil || filepath.Ext(path) != ".golden" {
			return err
		}
		text, err := os.ReadFile(path)
		line, _, _ := bytes.Cut(text, []byte("\n"))
		if words := strings.Fields(string(line)); len(words) > 2 && words[0] == "$" {
			run[words[2]] = true
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range listers(everything(groups(anything))) {
		if !run[c.Name] {
			t.Errorf("no golden file below pkg/cmd shows what %s does", c.Name)
		}
	}
}

// TestMatchNamesItsColumn: the help of each listing names the column that --match compares. This is the column vhost
// only in list_vhost_limits, and in the listings of the permissions of one user.
func TestMatchNamesItsColumn(t *testing.T) {
	t.Parallel()
	hosts := []string{"list_vhost_limits", "list_user_permissions", "list_user_topic_permissions"}
	for _, l := range listers(everything(groups(anything))) {
		name, _ := l.Table.NameColumn()
		help := l.Cobra(app.New(nil, nil, "test")).Flag("match").Usage
		ofHosts := slices.Contains(hosts, l.Name)
		if !strings.Contains(help, "whose "+name.Name+" matches") || ofHosts != (name.Name == "vhost") {
			t.Errorf("%s: --match: %s", l.Name, help)
		}
	}
}
