package templates

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"path"
	"strings"

	"hoinghi/conference"
)

// The languages of the interface.
const (
	Vietnamese = "vi" // the default
	English    = "en"
)

// Locale is one language's texts. It is safe for concurrent use.
type Locale struct {
	lang  string
	texts map[string]string
}

// Locales holds the languages.
type Locales struct{ vi, en *Locale }

// LoadLocales reads the embedded locale files. It fails when a key stands twice,
// or when one language lacks a key or a placeholder that the other has.
func LoadLocales() (*Locales, error) {
	vi, err := load(Vietnamese)
	if err != nil {
		return nil, err
	}
	en, err := load(English)
	if err != nil {
		return nil, err
	}
	for key, text := range vi.texts {
		other, ok := en.texts[key]
		if !ok {
			return nil, fmt.Errorf("locales: %q is missing in English", key)
		}
		if a, b := placeholders(text), placeholders(other); a != b {
			return nil, fmt.Errorf("locales: %q has placeholders %q in Vietnamese and %q in English", key, a, b)
		}
	}
	for key := range en.texts {
		if _, ok := vi.texts[key]; !ok {
			return nil, fmt.Errorf("locales: %q is missing in Vietnamese", key)
		}
	}
	return &Locales{vi: vi, en: en}, nil
}

func load(lang string) (*Locale, error) {
	l := &Locale{lang: lang, texts: map[string]string{}}
	files, err := fs.Glob(FS, path.Join("locales", lang, "*.json"))
	if err != nil {
		return nil, fmt.Errorf("locales: %w", err)
	}
	for _, f := range files {
		raw, err := FS.ReadFile(f)
		if err != nil {
			return nil, fmt.Errorf("locales: %w", err)
		}
		var texts map[string]string
		if err := json.Unmarshal(raw, &texts); err != nil {
			return nil, fmt.Errorf("locales: %s: %w", f, err)
		}
		for key, text := range texts {
			if _, twice := l.texts[key]; twice {
				return nil, fmt.Errorf("locales: %s: %q stands twice", f, key)
			}
			l.texts[key] = text
		}
	}
	return l, nil
}

// placeholders gives the set of a text's placeholders in a comparable form.
func placeholders(text string) string {
	var names []string
	for rest := text; ; {
		_, after, ok := strings.Cut(rest, "{")
		if !ok {
			break
		}
		name, tail, ok := strings.Cut(after, "}")
		if !ok {
			break
		}
		names = append(names, name)
		rest = tail
	}
	seen := map[string]bool{}
	for _, n := range names {
		seen[n] = true
	}
	return fmt.Sprint(seen) // fmt prints maps in key order
}

// In gives the locale of a language, Vietnamese for any that is not English.
func (l *Locales) In(lang string) *Locale {
	if lang == English {
		return l.en
	}
	return l.vi
}

// Lang gives "vi" or "en".
func (l *Locale) Lang() string { return l.lang }

// Has reports whether the key exists.
func (l *Locale) Has(key string) bool {
	_, ok := l.texts[key]
	return ok
}

// Keys gives every key, in no order.
func (l *Locale) Keys() []string {
	out := make([]string, 0, len(l.texts))
	for k := range l.texts {
		out = append(out, k)
	}
	return out
}

// T gives the text of a key with its placeholders filled from alternating names
// and values; a value that is itself a conference.Text is translated, and of
// conference.Names the one in this language is taken. A key
// that does not exist is shown between ⟦ and ⟧, which a house test looks for on every page.
func (l *Locale) T(key string, args ...any) string {
	text, ok := l.texts[key]
	if !ok {
		return "⟦" + key + "⟧"
	}
	if len(args) == 0 {
		return text
	}
	pairs := make([]string, 0, len(args))
	for i := 0; i+1 < len(args); i += 2 {
		value := args[i+1]
		switch v := value.(type) {
		case conference.Text:
			value = l.Text(v)
		case conference.Names:
			value = v.In(l.lang)
		}
		pairs = append(pairs, fmt.Sprintf("{%v}", args[i]), fmt.Sprint(value))
	}
	return strings.NewReplacer(pairs...).Replace(text)
}

// Text gives a message in this language.
func (l *Locale) Text(t conference.Text) string { return l.T(t.Key, t.Args...) }
