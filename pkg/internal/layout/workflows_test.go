package layout

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"
)

// workflow has the parts of a workflow file that these tests read.
type workflow struct {
	Name        string
	Permissions map[string]string
	Jobs        map[string]struct {
		RunsOn      string `yaml:"runs-on"`
		Uses        string
		Permissions map[string]string
		Steps       []struct{ Uses, Run string }
	}
}

// TestWorkflows: outside the job that makes a release, every command of CI makes existing targets of the Makefile, and
// no job has permissions of its own.
func TestWorkflows(t *testing.T) {
	t.Parallel()
	root := filepath.Join("..", "..", "..")
	makefile, err := os.ReadFile(filepath.Join(root, "Makefile"))
	if err != nil {
		t.Fatal(err)
	}
	files, err := filepath.Glob(filepath.Join(root, ".github", "workflows", "*.yml"))
	if err != nil || len(files) < 2 {
		t.Fatalf("%q, %v", files, err)
	}
	for _, path := range files {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		var w workflow
		if err := yaml.Unmarshal(text, &w); err != nil {
			t.Fatalf("%s: %v", path, err)
		}
		if w.Name == "" || len(w.Permissions) != 1 || w.Permissions["contents"] != "read" || len(w.Jobs) == 0 {
			t.Errorf("%s: permissions %v, %d jobs", path, w.Permissions, len(w.Jobs))
		}
		for name, job := range w.Jobs {
			if (job.RunsOn == "") == (job.Uses == "") {
				t.Errorf("%s: job %s runs on nothing", path, name)
			}
			if len(job.Permissions) > 0 && name != "release" {
				t.Errorf("%s: job %s has permissions of its own: %v", path, name, job.Permissions)
			}
			for _, step := range job.Steps {
				if err := ofMakefile(step.Run, string(makefile)); err != nil && name != "release" {
					t.Errorf("%s: job %s: %v", path, name, err)
				}
			}
		}
	}
}

// ofMakefile returns an error if the command line does anything else than run make or .ci/run with targets of the
// Makefile. An empty line is no error.
func ofMakefile(run, makefile string) error {
	words := strings.Fields(run)
	if len(words) == 0 {
		return nil
	}
	if !slices.Contains([]string{"make", ".ci/run"}, words[0]) {
		return fmt.Errorf("%q calls neither make nor .ci/run", run)
	}
	for _, target := range words[1:] {
		if !regexp.MustCompile(`(?m)^` + regexp.QuoteMeta(target) + `:`).MatchString(makefile) {
			return fmt.Errorf("the Makefile has no target %s", target)
		}
	}
	return nil
}
