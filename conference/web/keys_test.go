package web_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"hoinghi/templates"
)

var quoted = regexp.MustCompile(`"((?:account|agenda|badge|byhand|checkin|conference|delegation|desk|door|edition|error|guest|import|invitation|layout|organisation|outbox|press|print|public|question|reminder|sending|setup|sheet|showcase|staff|substitute)\.(?:error|flash|problem)\.[a-z0-9_.]+)"`)

// Every message that the code names is there in both languages: a refusal that shows
// its key instead of words helps nobody.
func TestEveryMessageNamedInCodeHasWords(t *testing.T) {
	all, err := templates.LoadLocales()
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for _, dir := range []string{"..", "../../db"} {
		err := filepath.WalkDir(dir, func(name string, e os.DirEntry, err error) error {
			if err != nil || e.IsDir() || !strings.HasSuffix(name, ".go") || strings.HasSuffix(name, "_test.go") {
				return err
			}
			text, err := os.ReadFile(name)
			if err != nil {
				return err
			}
			for _, m := range quoted.FindAllStringSubmatch(string(text), -1) {
				n++
				if key := m[1]; !strings.HasSuffix(key, ".") && !all.In("vi").Has(key) {
					t.Errorf("%s: %q has no words", name, key)
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if n < 60 {
		t.Fatalf("only %d messages found: the search is broken", n)
	}
}
