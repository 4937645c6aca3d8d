package main

import (
	"bytes"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

var (
	mdLink = regexp.MustCompile(`\]\(([^)#:]+)\)`)
	mdFlag = regexp.MustCompile("`(--[a-z-]+)")
)

func documents(t *testing.T) []string {
	t.Helper()
	top, err := filepath.Glob("../../*.md")
	if err != nil {
		t.Fatal(err)
	}
	guides, err := filepath.Glob("../../docs/*.md")
	if err != nil {
		t.Fatal(err)
	}
	if len(top) < 5 || len(guides) < 2 {
		t.Fatalf("documents not found: %v %v", top, guides)
	}
	return slices.Concat(top, guides)
}

// What the documents point to is there, pictures included.
func TestLinksInTheDocumentsLeadSomewhere(t *testing.T) {
	for _, name := range documents(t) {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range mdLink.FindAllStringSubmatch(string(text), -1) {
			if _, err := os.Stat(filepath.Join(filepath.Dir(name), m[1])); err != nil {
				t.Errorf("%s points to %s, which is not there", name, m[1])
			}
		}
	}
}

// Every flag that the documents name exists.
func TestFlagsInTheDocumentsExist(t *testing.T) {
	var help bytes.Buffer
	for _, command := range []string{"serve", "demo", "backup", "restore", "health"} {
		if err := run(t.Context(), []string{command, "--help"}, &help, &help); err != nil {
			t.Fatalf("%s: %v", command, err)
		}
	}
	n := 0
	for _, name := range documents(t) {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range mdFlag.FindAllStringSubmatch(string(text), -1) {
			n++
			if !strings.Contains(help.String(), m[1]+"=") && !strings.Contains(help.String(), m[1]+" ") && !strings.Contains(help.String(), m[1]+"\n") {
				t.Errorf("%s names %s, which no command has", name, m[1])
			}
		}
	}
	if n < 8 {
		t.Fatalf("only %d flags found in the documents", n)
	}
}
