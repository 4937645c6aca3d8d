package main

import (
	"os/exec"
	"strings"
	"testing"
)

// MIT and BSD licences ask that their text goes with the program, so every module
// that is compiled in must be there, in the version that is compiled in.
func TestEveryModuleIsNamedWithItsLicence(t *testing.T) {
	out, err := exec.CommandContext(t.Context(), "go", "list", "-deps", "-f", "{{with .Module}}{{if not .Main}}{{.Path}} {{.Version}}{{end}}{{end}}", ".").Output()
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	for _, module := range strings.Split(strings.TrimSpace(string(out)), "\n") {
		if module == "" || seen[module] {
			continue
		}
		seen[module] = true
		_, text, ok := strings.Cut(licences, "================ "+module+"\n")
		text, _, _ = strings.Cut(text, "================")
		if !ok || len(strings.TrimSpace(text)) < 200 {
			t.Errorf("%s has no licence text: run scripts/third-party-licences", module)
		}
	}
	if len(seen) < 15 {
		t.Fatalf("only %d modules listed", len(seen))
	}
}
