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
	Marks  []Mark   // all that is or looks like a field, in their order
}

// Mark is a stretch of a template's text that is a field, or that looks as if one was meant.
type Mark struct {
	Text  string // as written, "[don_vi]" or "«TenDonVi»"
	Name  string // what stands between the brackets
	Field bool   // false: nothing is put in its place
	Part  Part
	Para  int // the paragraph, counted from 1 among those of its part that hold text
}

// Part is a part of a document in which people write.
type Part string

// The parts.
const (
	PartBody   Part = "body"
	PartHeader Part = "header"
	PartFooter Part = "footer"
	PartNotes  Part = "notes" // at the foot or the end
)

func partOf(name string) Part {
	for _, p := range []Part{PartHeader, PartFooter} {
		if strings.HasPrefix(name, "word/"+string(p)) {
			return p
		}
	}
	if strings.HasSuffix(name, "notes.xml") {
		return PartNotes
	}
	return PartBody
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
			t.note(p)
		}
	}
	return t, nil
}

var (
	docxProgram = regexp.MustCompile(`(?i)(vbaProject|/embeddings/|/activeX/)`)
	docxRemote  = regexp.MustCompile(`relationships/(attachedTemplate|oleObject|frame|subDocument)["']`)
	docxText    = regexp.MustCompile(`^word/(document|header\d*|footer\d*|footnotes|endnotes)\.xml$`)
	docxToken   = regexp.MustCompile(`<w:p(?:\s[^>]*)?>|</w:p>|<w:t(?:\s[^>]*)?>([^<]*)</w:t>`)
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

func (t *Template) note(p docxPart) {
	paras, _ := paragraphs(p.content)
	n := 0
	for _, para := range paras {
		if strings.TrimSpace(para.text) == "" {
			continue
		}
		n++
		for _, m := range marksIn(para.text) {
			m.Part, m.Para = partOf(p.name), n
			t.Marks = append(t.Marks, m)
			if m.Field && !slices.Contains(t.Fields, m.Name) {
				t.Fields = append(t.Fields, m.Name)
			}
		}
	}
}

// docxMark finds what people write for a field in other programs too.
var docxMark = regexp.MustCompile(`\[([^\[\]]{1,60})\]|«([^«»]{1,60})»|\$?\{\{?([^{}]{1,60})\}?\}|<<([^<>]{1,60})>>`)

// marksIn gives the marks of a paragraph, without their place.
func marksIn(text string) []Mark {
	var out []Mark
	for _, m := range docxMark.FindAllStringSubmatch(text, -1) {
		out = append(out, Mark{Text: m[0], Name: strings.TrimSpace(strings.Join(m[1:], "")), Field: docxFieldName.MatchString(m[0])})
	}
	return out
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

// docxPiece is one text of a run: where it lies in the XML, and in the text of its paragraph.
type docxPiece struct {
	from, to int
	text     string
	para, at int
}

// docxPara is a paragraph: its text over all of its runs, and where its content begins in the XML.
type docxPara struct {
	text string
	at   int
}

// paragraphs gives the paragraphs and the pieces they are made of. A text box stands
// inside a paragraph and has paragraphs of its own: what comes behind it belongs to the outer one again.
func paragraphs(content string) (paras []docxPara, pieces []docxPiece) {
	var texts []*strings.Builder
	var open []int
	for _, m := range docxToken.FindAllStringSubmatchIndex(content, -1) {
		switch token := content[m[0]:m[1]]; {
		case token == "</w:p>":
			open = open[:max(0, len(open)-1)]
		case m[2] >= 0 && len(open) > 0:
			n := open[len(open)-1]
			text := html.UnescapeString(content[m[2]:m[3]])
			pieces = append(pieces, docxPiece{m[0], m[1], text, n, texts[n].Len()})
			texts[n].WriteString(text)
		case m[2] < 0 && !strings.HasSuffix(token, "/>"):
			open = append(open, len(texts))
			texts = append(texts, &strings.Builder{})
			paras = append(paras, docxPara{at: m[1]})
		}
	}
	for n, b := range texts {
		paras[n].text = b.String()
	}
	return paras, pieces
}

// Fill writes the document with the values in the place of their fields, and the
// picture of the code in the place of its own. A field without a value stays as it is. What a value holds
// is not looked at again.
func (t *Template) Fill(w io.Writer, values map[string]string, code CodeField, now time.Time) error {
	parts := slices.Clone(t.parts)
	var shown []string
	for n, p := range parts {
		if !docxText.MatchString(p.name) {
			continue
		}
		f := filling{values: values, code: code}
		if parts[n].content = f.part(p.content); f.codes > 0 {
			shown = append(shown, p.name)
		}
	}
	if len(shown) > 0 {
		var err error
		if parts, err = withCode(parts, shown, code.Modules); err != nil {
			return err
		}
	}
	if err := writeParts(w, parts, now); err != nil {
		return fmt.Errorf("fill template: %w", err)
	}
	return nil
}

// filling is the work on one part.
type filling struct {
	values map[string]string
	code   CodeField
	codes  int // how often the code was drawn
}

func (f *filling) draws(name string) bool { return name == f.code.Name && len(f.code.Modules) > 0 }

// part puts each value into the run in which its field begins and takes the rest of
// the field out of the runs after it.
func (f *filling) part(content string) string {
	paras, pieces := paragraphs(content)
	fields := make([][]docxField, len(paras))
	var edits []edit
	for n, para := range paras {
		fields[n] = fieldsIn(para.text)
		if slices.ContainsFunc(fields[n], func(field docxField) bool { return f.draws(field.name) }) {
			edits = append(edits, roomForCode(content, para.at))
		}
	}
	for _, p := range pieces {
		if len(fields[p.para]) > 0 {
			edits = append(edits, edit{p.from, p.to, f.piece(p.text, p.at, fields[p.para])})
		}
	}
	return edited(content, edits)
}

// piece gives the content of a run whose text was own.
func (f *filling) piece(own string, at int, fields []docxField) string {
	var b strings.Builder
	drawn := ""
	from := at
	for _, field := range fields {
		value, known := f.values[field.name]
		if !known && !f.draws(field.name) || field.end <= at || field.start >= at+len(own) {
			continue
		}
		if field.start >= from {
			b.WriteString(own[from-at : field.start-at])
		}
		switch {
		case field.start < at:
		case f.draws(field.name):
			drawn += runText(b.String()) + codeDrawing(codeSide(f.code.Modules), f.code.Caption, codeRel, codeID+f.codes)
			f.codes++
			b.Reset()
		default:
			b.WriteString(Clean(value))
		}
		from = min(field.end, at+len(own))
	}
	b.WriteString(own[from-at:])
	return drawn + runText(b.String())
}
