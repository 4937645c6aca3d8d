package edition_test

import (
	"strings"
	"testing"

	"hoinghi/conference/edition"
	"hoinghi/conference/testkit"
	"hoinghi/db"
)

// What an import asks for each of its organisations, and the list for each of a page,
// is found by an index: a scan of 50,000 contacts for each of 50,000 rows keeps the
// writer for minutes.
func TestContactsAreFoundByAnIndex(t *testing.T) {
	d := testkit.Store(t, testkit.NewClock())
	for query, args := range map[string][]any{
		edition.SQLContacts: {1}, edition.SQLContactsOf: {"[1]"}, edition.SQLSameOrganisation: {"x", 1, "2022-09-01"},
	} {
		plan, err := db.Many(t.Context(), d, "EXPLAIN QUERY PLAN "+query, func(s *[4]string) []any { return []any{&s[0], &s[1], &s[2], &s[3]} }, args...)
		if err != nil {
			t.Fatal(err)
		}
		for _, step := range plan {
			if strings.HasPrefix(step[3], "SCAN contact") || strings.HasPrefix(step[3], "SCAN organisation") {
				t.Errorf("%s\nreads all of a table: %s", query, step[3])
			}
		}
	}
}
