package chapter

import (
	"os"
	"path/filepath"
	"testing"
)

func TestReplace(t *testing.T) {
	file := filepath.Join(t.TempDir(), "RESULTS.md")
	for _, step := range []struct{ text, want string }{
		{"# A\n\n1\n", "# A\n\n1\n"},
		{"# B\n## x\n2\n\n", "# A\n\n1\n\n# B\n## x\n2\n"},
		{"# A\n3", "# A\n3\n\n# B\n## x\n2\n"},
		{"# C\n4\n", "# A\n3\n\n# B\n## x\n2\n\n# C\n4\n"},
		{"# B\n", "# A\n3\n\n# B\n\n# C\n4\n"},
		{"# Aa\n5\n", "# A\n3\n\n# B\n\n# C\n4\n\n# Aa\n5\n"},
	} {
		if err := Replace(file, step.text); err != nil {
			t.Fatal(err)
		}
		got, err := os.ReadFile(file)
		if err != nil || string(got) != step.want {
			t.Errorf("after %q: %v %q, want %q", step.text, err, got, step.want)
		}
	}
	if err := Replace(filepath.Dir(file), "# A\n"); err == nil {
		t.Error("a folder was written")
	}
}
