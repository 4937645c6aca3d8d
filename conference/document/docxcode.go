package document

import (
	"cmp"
	"fmt"
	"path"
	"regexp"
	"slices"
	"strings"
)

// CodeField is a field of a template that the picture of a code takes the place of.
type CodeField struct {
	Name    string
	Modules [][]bool // rows from the top; none leaves the field as it is
	Caption string   // for those who cannot see it
}

// What the picture is called inside a foreign document, where no name of its own can be meant.
const (
	codePart = "word/media/hoinghi-qr.png"
	codeRel  = "rIdHoinghiQr"
	codeID   = 2000000000 // of the first one; numbers of drawings are small in practice
)

// codeSide gives the edge of the picture of a code with its white border, in millimetres.
func codeSide(modules [][]bool) float64 {
	return min(letterCode*float64(len(modules)+2*quietZone)/float64(len(modules)), codeColumn)
}

// codeDrawing gives the picture of the code for a run. It names the namespaces itself:
// a foreign document may not know them.
func codeDrawing(size float64, alt, rel string, id int) string {
	const drawing = "http://schemas.openxmlformats.org/drawingml/2006/"
	e := emus(size)
	return fmt.Sprintf(`<w:drawing><wp:inline xmlns:wp="`+drawing+`wordprocessingDrawing" distT="0" distB="0" distL="0" distR="0"><wp:extent cx="%d" cy="%d"/><wp:docPr id="%d" name="code" descr="%s"/>`+
		`<a:graphic xmlns:a="`+drawing+`main"><a:graphicData uri="`+drawing+`picture"><pic:pic xmlns:pic="`+drawing+`picture"><pic:nvPicPr><pic:cNvPr id="1" name="code.png"/><pic:cNvPicPr/></pic:nvPicPr>`+
		`<pic:blipFill><a:blip xmlns:r="`+officeRel+`" r:embed="%s"/><a:stretch><a:fillRect/></a:stretch></pic:blipFill>`+
		`<pic:spPr><a:xfrm><a:off x="0" y="0"/><a:ext cx="%d" cy="%d"/></a:xfrm><a:prstGeom prst="rect"><a:avLst/></a:prstGeom></pic:spPr></pic:pic></a:graphicData></a:graphic></wp:inline></w:drawing>`,
		e, e, id, escape(alt), rel, e, e)
}

// edit puts a text in the place of a stretch of another.
type edit struct {
	from, to int
	text     string
}

func edited(content string, edits []edit) string {
	slices.SortStableFunc(edits, func(a, b edit) int { return cmp.Compare(a.from, b.from) })
	var out strings.Builder
	last := 0
	for _, e := range edits {
		out.WriteString(content[last:e.from])
		out.WriteString(e.text)
		last = e.to
	}
	out.WriteString(content[last:])
	return out.String()
}

var (
	docxProps   = regexp.MustCompile(`^\s*<w:pPr(/>|>)`)
	docxSpacing = regexp.MustCompile(`<w:spacing(?:\s[^>]*)?/>`)
	docxLine    = regexp.MustCompile(`\s+w:line(?:Rule)?=(?:"[^"]*"|'[^']*')`)
	// What stands behind the spacing in the properties of a paragraph, in the order of the schema.
	docxBehind = regexp.MustCompile(`<w:(?:ind|contextualSpacing|mirrorIndents|suppressOverlap|jc|textDirection|textAlignment|textboxTightWrap|outlineLvl|divId|cnfStyle|rPr|sectPr|pPrChange)[\s/>]|</w:pPr>`)
)

// roomForCode lets the lines of the paragraph that begins at a place be as high as
// what stands in them: official documents often set an exact height, which would cut the picture off.
func roomForCode(content string, at int) edit {
	const single = ` w:line="240" w:lineRule="auto"/>`
	m := docxProps.FindStringSubmatchIndex(content[at:])
	if m == nil {
		return edit{at, at, `<w:pPr><w:spacing` + single + `</w:pPr>`}
	}
	if content[at+m[2]:at+m[3]] == "/>" {
		return edit{at, at + m[1], `<w:pPr><w:spacing` + single + `</w:pPr>`}
	}
	at += m[1]
	end := len(content)
	if own := docxBehind.FindStringIndex(content[at:]); own != nil {
		end = at + own[0]
	}
	if s := docxSpacing.FindStringIndex(content[at:end]); s != nil {
		kept := docxLine.ReplaceAllString(content[at+s[0]:at+s[1]-len("/>")], "")
		return edit{at + s[0], at + s[1], strings.TrimRight(kept, " ") + single}
	}
	return edit{end, end, `<w:spacing` + single}
}

var (
	endOfTypes = regexp.MustCompile(`<(\w+:)?Types(\s[^>]*)?/>|</(\w+:)?Types\s*>`)
	endOfRels  = regexp.MustCompile(`<(\w+:)?Relationships(\s[^>]*)?/>|</(\w+:)?Relationships\s*>`)
)

// within puts an element before the end of a list, which may be empty.
func within(content, list string, end *regexp.Regexp, element string) string {
	m := end.FindStringSubmatchIndex(content)
	if m == nil {
		return content
	}
	group := func(n int) string {
		if m[2*n] < 0 {
			return ""
		}
		return content[m[2*n]:m[2*n+1]]
	}
	prefix := group(1) + group(3) // one of them is empty
	element = "<" + prefix + element + "/>"
	if strings.HasSuffix(content[m[0]:m[1]], "/>") {
		return content[:m[0]] + "<" + prefix + list + group(2) + ">" + element + "</" + prefix + list + ">" + content[m[1]:]
	}
	return content[:m[0]] + element + content[m[0]:]
}

// withCode adds the picture to a document in which the named parts show it.
func withCode(parts []docxPart, shown []string, modules [][]bool) ([]docxPart, error) {
	picture, err := codePicture(modules)
	if err != nil {
		return nil, err
	}
	for n, p := range parts {
		if p.name == "[Content_Types].xml" {
			parts[n].content = within(p.content, "Types", endOfTypes, `Override PartName="/`+codePart+`" ContentType="image/png"`)
		}
	}
	const link = `Relationship Id="` + codeRel + `" Type="` + officeRel + `/image" Target="media/hoinghi-qr.png"`
	for _, name := range shown {
		rels := path.Dir(name) + "/_rels/" + path.Base(name) + ".rels"
		at := slices.IndexFunc(parts, func(p docxPart) bool { return p.name == rels })
		if at < 0 {
			at = len(parts)
			parts = append(parts, docxPart{rels, xmlHead + `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"></Relationships>`})
		}
		parts[at].content = within(parts[at].content, "Relationships", endOfRels, link)
	}
	return append(parts, docxPart{codePart, string(picture)}), nil
}
