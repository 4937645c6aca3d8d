package testkit

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"hoinghi/conference"
	"hoinghi/templates"
)

// Refused checks the kind of an error and the keys it names: its message without
// fields, or "field: key" for each of them. Every key must have words in both languages.
func Refused(t testing.TB, err error, kind conference.Kind, want ...string) {
	t.Helper()
	var e *conference.Error
	if !errors.As(err, &e) || e.Kind != kind {
		t.Errorf("error %v, want kind %s", err, kind)
		return
	}
	texts := []conference.Text{e.Message}
	var got []string
	for _, f := range e.Fields {
		got = append(got, f.Field+": "+f.Text.Key)
		texts = append(texts, f.Text)
	}
	if len(got) == 0 {
		got = []string{e.Message.Key}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("keys (-want +got):\n%s", diff)
	}
	Worded(t, texts...)
}

// FieldErrors gives the fields of an invalid error with their keys, prefix cut off.
func FieldErrors(t testing.TB, err error, prefix string) map[string]string {
	t.Helper()
	var e *conference.Error
	if !errors.As(err, &e) || e.Kind != conference.KindInvalid {
		t.Fatalf("not an invalid error: %v", err)
	}
	out := map[string]string{}
	for _, f := range e.Fields {
		out[f.Field] = strings.TrimPrefix(f.Text.Key, prefix)
		Worded(t, f.Text)
	}
	return out
}

// Worded fails the test for a message that has no words in one of the languages, or leaves a placeholder open.
func Worded(t testing.TB, texts ...conference.Text) {
	t.Helper()
	loc, err := templates.LoadLocales()
	if err != nil {
		t.Fatal(err)
	}
	for _, text := range texts {
		for _, lang := range []string{templates.Vietnamese, templates.English} {
			if s := loc.In(lang).Text(text); strings.ContainsAny(s, "⟦{") {
				t.Errorf("%s in %s: %s", text.Key, lang, s)
			}
		}
	}
}
