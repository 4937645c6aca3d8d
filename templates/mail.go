package templates

import (
	"bytes"
	"fmt"
	htmltemplate "html/template"
	"strings"
	texttemplate "text/template"
)

// Letterhead is what every mail shows around its own words; the data of each mail embeds it.
type Letterhead struct {
	Lang       string // "vi" or "en"
	Conference string // the edition's full title
	Organiser  string
	Sample     string // the line that marks sample data; "" for a real edition
	Signature  string
	Contact    string // how to reach the secretariat; "" when the edition names nobody
}

// Mail is one mail's pair of templates. It is safe for concurrent use.
type Mail struct {
	html *htmltemplate.Template
	text *texttemplate.Template
}

// MustMail parses mail/<name>.html and mail/<name>.txt, each within its layout; both
// define "content". The files are part of the program, so a wrong one panics.
func MustMail(name string) *Mail {
	return &Mail{
		html: htmltemplate.Must(htmltemplate.ParseFS(FS, "mail/layout.html", "mail/"+name+".html")),
		text: texttemplate.Must(texttemplate.ParseFS(FS, "mail/layout.txt", "mail/"+name+".txt")),
	}
}

// Render gives the mail's two forms. The text form escapes nothing: it is for text/plain only.
func (m *Mail) Render(data any) (html, text string, err error) {
	var h, t bytes.Buffer
	if err := m.html.ExecuteTemplate(&h, "layout.html", data); err != nil {
		return "", "", fmt.Errorf("render mail as HTML: %w", err)
	}
	if err := m.text.ExecuteTemplate(&t, "layout.txt", data); err != nil {
		return "", "", fmt.Errorf("render mail as text: %w", err)
	}
	return h.String(), strings.TrimSpace(t.String()) + "\n", nil
}
