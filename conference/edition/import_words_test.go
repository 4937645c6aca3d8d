package edition_test

import (
	"fmt"
	"strings"
	"testing"

	"hoinghi/conference"
	"hoinghi/conference/edition"
	"hoinghi/templates"
)

// The form to be filled in and the export have the headings and kinds of the reader's
// language: each is recognised as what it is.
func TestHeadingsAndKindsAreReadInBothLanguages(t *testing.T) {
	r, _, _, ctx := importRoom(t)
	locales, err := templates.LoadLocales()
	if err != nil {
		t.Fatal(err)
	}
	for _, lang := range []string{"vi", "en"} {
		say := func(text conference.Text) string { return locales.In(lang).Text(text) }
		var list strings.Builder
		for _, f := range edition.ImportFields() {
			list.WriteString(say(edition.ImportFieldText(f)) + ";")
		}
		for _, k := range edition.OrganisationKinds() {
			fmt.Fprintf(&list, "\nThí Dụ %s;%s;Long An", k, say(edition.OrganisationKindText(k)))
		}
		i := upload(ctx, t, r, list.String())
		for n, f := range edition.ImportFields() {
			if at, ok := i.Choices.Columns[string(f)]; !ok || at != n {
				t.Errorf("%s: %s is column %d (found: %t), want %d", lang, f, at, ok, n)
			}
		}
		checked, err := r.CheckImport(ctx, i)
		if err != nil {
			t.Fatal(err)
		}
		for _, p := range checked.Problems {
			t.Errorf("%s: %q: %s", lang, p.Value, p.Text.Key)
		}
		for n, e := range checked.Entries {
			if want := edition.OrganisationKinds()[n]; e.Organisation.Kind != want {
				t.Errorf("%s: the label of %s is read as %s", lang, want, e.Organisation.Kind)
			}
		}
	}
}
