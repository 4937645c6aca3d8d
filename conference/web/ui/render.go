package ui

import (
	"bytes"
	"fmt"
	"html/template"
	"io/fs"
	"path"
	"slices"
	"strings"
	"sync"

	"hoinghi/conference/vietnamese"
	"hoinghi/static"
	"hoinghi/templates"
)

// pages holds one template set per page, parsed once, when the page is first asked for:
// each set has its own copy of layout and partials, and most of an installation's pages are
// not looked at for days. A test renders every one.
type pages struct {
	sets map[string]*set
	mu   sync.Mutex
	seen map[string]bool
}

// set is one page; parsed gives its templates, made at the first call.
type set struct {
	parsed func() (*template.Template, error)
}

func findPages(assets *static.Assets) (*pages, error) {
	p := &pages{sets: map[string]*set{}, seen: map[string]bool{}}
	partials, err := fs.Glob(templates.FS, "partial/*.html")
	if err != nil {
		return nil, fmt.Errorf("find partials: %w", err)
	}
	err = fs.WalkDir(templates.FS, "page", func(file string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() || path.Ext(file) != ".html" {
			return err
		}
		name := strings.TrimSuffix(strings.TrimPrefix(file, "page/"), ".html")
		face, _, _ := strings.Cut(name, "/")
		files := slices.Concat([]string{"layout/" + face + ".html"}, partials, []string{file})
		p.sets[name] = &set{parsed: sync.OnceValues(func() (*template.Template, error) {
			return template.New("layout").Funcs(functions(assets)).ParseFS(templates.FS, files...)
		})}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("find pages: %w", err)
	}
	return p, nil
}

// render executes a block of a page into a buffer, so that a failing template
// never leaves half a page behind.
func (p *pages) render(name, block string, data any) (*bytes.Buffer, error) {
	page, ok := p.sets[name]
	if !ok {
		return nil, fmt.Errorf("no page %q", name)
	}
	t, err := page.parsed()
	if err != nil {
		return nil, fmt.Errorf("parse %s: %w", name, err)
	}
	var b bytes.Buffer
	if err := t.ExecuteTemplate(&b, block, data); err != nil {
		return nil, fmt.Errorf("render %s: %w", name, err)
	}
	p.mu.Lock()
	p.seen[name] = true
	p.mu.Unlock()
	return &b, nil
}

func (p *pages) rendered() map[string]bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	out := map[string]bool{}
	for k := range p.seen {
		out[k] = true
	}
	return out
}

func (p *pages) names() []string {
	var out []string
	for n := range p.sets {
		out = append(out, n)
	}
	slices.Sort(out)
	return out
}

func functions(assets *static.Assets) template.FuncMap {
	return template.FuncMap{
		"asset": assets.URL,
		"dict":  dict,
		"list":  func(v ...any) []any { return v },
		"num":   vietnamese.Number,
		"join":  func(parts []string, sep string) string { return strings.Join(parts, sep) },
		"percent": func(part, whole int) int {
			if whole <= 0 {
				return 0
			}
			return min(100, part*100/whole)
		},
	}
}

func dict(pairs ...any) (map[string]any, error) {
	if len(pairs)%2 != 0 {
		return nil, fmt.Errorf("dict: odd number of arguments")
	}
	m := make(map[string]any, len(pairs)/2)
	for i := 0; i < len(pairs); i += 2 {
		key, ok := pairs[i].(string)
		if !ok {
			return nil, fmt.Errorf("dict: key %v is no string", pairs[i])
		}
		m[key] = pairs[i+1]
	}
	return m, nil
}
