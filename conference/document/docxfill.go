package document

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"html"
	"io"
	"regexp"
	"slices"
	"strings"
	"time"
)

// Errors of a DOCX template.
var (
	ErrNoDOCX     = errors.New("not a DOCX")
	ErrDOCXLarge  = errors.New("the DOCX is too large when unpacked")
	ErrDOCXActive = errors.New("the DOCX carries macros or embedded programs")
)

const (
	mostParts    = 300
	mostUnpacked = 30 << 20 // bytes of all parts
)

// Template is a DOCX with fields in square brackets, [don_vi], which may be split
// over several runs, as word processors split them. It is safe for concurrent use.
type Template struct {
	parts  []docxPart
	Fields []string // each once, in their order, as written between the brackets
}

// OpenTemplate reads a DOCX within limits. Errors: ErrNoDOCX, ErrDOCXLarge, ErrDOCXActive.
func OpenTemplate(data []byte) (*Template, error) {
	z, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		return nil, ErrNoDOCX
	}
	if len(z.File) > mostParts {
		return nil, ErrDOCXLarge
	}
	t := &Template{}
	room := int64(mostUnpacked)
	for _, f := range z.File {
		if strings.HasSuffix(f.Name, "/") {
			continue
		}
		if strings.Contains(f.Name, "..") || t.has(f.Name) {
			return nil, ErrNoDOCX
		}
		content, err := unpack(f, room)
		if err != nil {
			return nil, err
		}
		room -= int64(len(content))
		t.parts = append(t.parts, docxPart{f.Name, content})
	}
	if !t.has("[Content_Types].xml") || !t.has("word/document.xml") {
		return nil, ErrNoDOCX
	}
	for _, p := range t.parts {
		if docxProgram.MatchString(p.name) || p.name == "[Content_Types].xml" && strings.Contains(p.content, "macroEnabled") ||
			strings.HasSuffix(p.name, ".rels") && docxRemote.MatchString(p.content) {
			return nil, ErrDOCXActive
		}
		if docxText.MatchString(p.name) {
			t.note(p.content)
		}
	}
	return t, nil
}

var (
	docxProgram = regexp.MustCompile(`(?i)(vbaProject|/embeddings/|/activeX/)`)
	docxRemote  = regexp.MustCompile(`relationships/(attachedTemplate|oleObject|frame|subDocument)["']`)
	docxText    = regexp.MustCompile(`^word/(document|header\d*|footer\d*|footnotes|endnotes)\.xml$`)
	docxPara    = regexp.MustCompile(`(?s)<w:p(?:\s[^>]*[^/])?>.*?</w:p>`)
	docxT       = regexp.MustCompile(`(?s)<w:t(?:\s[^>]*)?>([^<]*)</w:t>`)
)

func (t *Template) has(name string) bool {
	return slices.ContainsFunc(t.parts, func(p docxPart) bool { return p.name == name })
}

func unpack(f *zip.File, room int64) (string, error) {
	if int64(f.UncompressedSize64) > room {
		return "", ErrDOCXLarge
	}
	r, err := f.Open()
	if err != nil {
		return "", ErrNoDOCX
	}
	defer func() { _ = r.Close() }()
	b, err := io.ReadAll(io.LimitReader(r, room+1))
	switch {
	case err != nil:
		return "", ErrNoDOCX
	case int64(len(b)) > room:
		return "", ErrDOCXLarge
	}
	return string(b), nil
}

func (t *Template) note(content string) {
	for _, para := range docxPara.FindAllString(content, -1) {
		text, _ := joined(para)
		for _, f := range fieldsIn(text) {
			if !slices.Contains(t.Fields, f.name) {
				t.Fields = append(t.Fields, f.name)
			}
		}
	}
}

type docxField struct {
	name       string
	start, end int // in the joined text
}

// fieldsIn finds pairs of brackets with nothing but letters, digits and "_" between
// them: [1] or [xem phụ lục] in a text are no fields unless they look like one.
func fieldsIn(text string) []docxField {
	var out []docxField
	for _, m := range docxFieldName.FindAllStringSubmatchIndex(text, -1) {
		out = append(out, docxField{text[m[2]:m[3]], m[0], m[1]})
	}
	return out
}

var docxFieldName = regexp.MustCompile(`\[\s*([A-Za-z][A-Za-z0-9_]*)\s*\]`)

// joined gives the text of a paragraph over all of its runs, and where each piece lies in the XML.
func joined(para string) (text string, pieces [][]int) {
	var b strings.Builder
	for _, m := range docxT.FindAllStringSubmatchIndex(para, -1) {
		b.WriteString(html.UnescapeString(para[m[2]:m[3]]))
		pieces = append(pieces, m)
	}
	return b.String(), pieces
}

// Fill writes the document with the values in the place of their fields. A field
// without a value stays as it is. What a value holds is not looked at again.
func (t *Template) Fill(w io.Writer, values map[string]string, now time.Time) error {
	parts := slices.Clone(t.parts)
	for n, p := range parts {
		if docxText.MatchString(p.name) {
			parts[n].content = docxPara.ReplaceAllStringFunc(p.content, func(para string) string { return fillParagraph(para, values) })
		}
	}
	if err := writeParts(w, parts, now); err != nil {
		return fmt.Errorf("fill template: %w", err)
	}
	return nil
}

// fillParagraph puts each value into the run in which its field begins and takes
// the rest of the field out of the runs after it.
func fillParagraph(para string, values map[string]string) string {
	text, pieces := joined(para)
	fields := fieldsIn(text)
	if len(fields) == 0 {
		return para
	}
	var out strings.Builder
	last, at := 0, 0 // in the XML, in the joined text
	for _, m := range pieces {
		own := html.UnescapeString(para[m[2]:m[3]])
		out.WriteString(para[last:m[0]])
		out.WriteString(`<w:t xml:space="preserve">` + escape(fillPiece(own, at, fields, values)) + `</w:t>`)
		last, at = m[1], at+len(own)
	}
	out.WriteString(para[last:])
	return out.String()
}

func fillPiece(own string, at int, fields []docxField, values map[string]string) string {
	var b strings.Builder
	from := at
	for _, f := range fields {
		value, known := values[f.name]
		if !known || f.end <= at || f.start >= at+len(own) {
			continue
		}
		if f.start >= from {
			b.WriteString(own[from-at : f.start-at])
		}
		if f.start >= at {
			b.WriteString(Clean(value))
		}
		from = min(f.end, at+len(own))
	}
	b.WriteString(own[from-at:])
	return b.String()
}
