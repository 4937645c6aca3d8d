package document

import (
	"archive/zip"
	"bytes"
	"encoding/xml"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"io"
	"math"
	"regexp"
	"strings"
	"time"
)

// LetterDOCX writes a letter with its appendices as DOCX, for the clerk who takes a
// number and has it signed. It is set as LetterPDF sets it; the font is named, not embedded.
func LetterDOCX(w io.Writer, l Letter) error {
	f, err := loadSerifs()
	if err != nil {
		return err
	}
	l = l.clean().balanced(f)
	d := &docx{fonts: f}
	d.letter(l)
	for _, a := range l.Appendices {
		d.appendix(a)
	}
	parts := []docxPart{
		{"[Content_Types].xml", docxTypes},
		{"_rels/.rels", docxRels},
		{"docProps/core.xml", coreProps(l)},
		{"word/document.xml", docxHead + d.String() + sectionProps(l.Sample != "") + `</w:body></w:document>`},
		{"word/styles.xml", docxStyles},
		{"word/settings.xml", docxSettings},
		{"word/header1.xml", pageHeader()},
		{"word/footer1.xml", pageFooter(l.Sample)},
		{"word/_rels/document.xml.rels", documentRels(len(l.Code) > 0)},
	}
	if len(l.Code) > 0 {
		picture, err := codePicture(l.Code)
		if err != nil {
			return err
		}
		parts = append(parts, docxPart{"word/media/code.png", string(picture)})
	}
	return writeParts(w, parts, l.Now)
}

type docxPart struct{ name, content string }

func writeParts(w io.Writer, parts []docxPart, at time.Time) error {
	z := zip.NewWriter(w)
	for _, p := range parts {
		out, err := z.CreateHeader(&zip.FileHeader{Name: p.name, Method: zip.Deflate, Modified: at.UTC().Truncate(2 * time.Second)})
		if err != nil {
			return fmt.Errorf("write %s: %w", p.name, err)
		}
		if _, err := io.WriteString(out, p.content); err != nil {
			return fmt.Errorf("write %s: %w", p.name, err)
		}
	}
	if err := z.Close(); err != nil {
		return fmt.Errorf("write docx: %w", err)
	}
	return nil
}

const (
	xmlHead   = `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>` + "\n"
	wordNS    = `xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"`
	docxHead  = xmlHead + `<w:document ` + wordNS + ` xmlns:r="` + officeRel + `"><w:body>`
	officeRel = `http://schemas.openxmlformats.org/officeDocument/2006/relationships`
	docxTypes = xmlHead + `<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">` +
		`<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>` +
		`<Default Extension="xml" ContentType="application/xml"/><Default Extension="png" ContentType="image/png"/>` +
		`<Override PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/>` +
		`<Override PartName="/word/styles.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.styles+xml"/>` +
		`<Override PartName="/word/settings.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.settings+xml"/>` +
		`<Override PartName="/word/header1.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.header+xml"/>` +
		`<Override PartName="/word/footer1.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.footer+xml"/>` +
		`<Override PartName="/docProps/core.xml" ContentType="application/vnd.openxmlformats-package.core-properties+xml"/></Types>`
	docxRels = xmlHead + `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">` +
		`<Relationship Id="rId1" Type="` + officeRel + `/officeDocument" Target="word/document.xml"/>` +
		`<Relationship Id="rId2" Type="http://schemas.openxmlformats.org/package/2006/relationships/metadata/core-properties" Target="docProps/core.xml"/></Relationships>`
	docxStyles = xmlHead + `<w:styles ` + wordNS + `><w:docDefaults><w:rPrDefault><w:rPr>` +
		`<w:rFonts w:ascii="Times New Roman" w:hAnsi="Times New Roman" w:eastAsia="Times New Roman" w:cs="Times New Roman"/>` +
		`<w:sz w:val="28"/><w:szCs w:val="28"/><w:lang w:val="vi-VN" w:eastAsia="vi-VN" w:bidi="ar-SA"/></w:rPr></w:rPrDefault>` +
		`<w:pPrDefault><w:pPr><w:spacing w:before="0" w:after="0" w:line="240" w:lineRule="auto"/></w:pPr></w:pPrDefault></w:docDefaults>` +
		`<w:style w:type="paragraph" w:default="1" w:styleId="Normal"><w:name w:val="Normal"/><w:qFormat/><w:pPr><w:widowControl/></w:pPr></w:style></w:styles>`
	docxSettings = xmlHead + `<w:settings ` + wordNS + `><w:defaultTabStop w:val="720"/><w:characterSpacingControl w:val="doNotCompress"/>` +
		`<w:compat><w:compatSetting w:name="compatibilityMode" w:uri="http://schemas.microsoft.com/office/word" w:val="15"/></w:compat></w:settings>`
)

func documentRels(picture bool) string {
	s := xmlHead + `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">` +
		`<Relationship Id="rId1" Type="` + officeRel + `/styles" Target="styles.xml"/>` +
		`<Relationship Id="rId2" Type="` + officeRel + `/settings" Target="settings.xml"/>` +
		`<Relationship Id="rId3" Type="` + officeRel + `/header" Target="header1.xml"/>` +
		`<Relationship Id="rId4" Type="` + officeRel + `/footer" Target="footer1.xml"/>`
	if picture {
		s += `<Relationship Id="rId5" Type="` + officeRel + `/image" Target="media/code.png"/>`
	}
	return s + `</Relationships>`
}

func coreProps(l Letter) string {
	at := l.Now.UTC().Format(time.RFC3339)
	return xmlHead + `<cp:coreProperties xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties" xmlns:dc="http://purl.org/dc/elements/1.1/"` +
		` xmlns:dcterms="http://purl.org/dc/terms/" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><dc:title>` + escape(l.Title) + `</dc:title>` +
		`<dcterms:created xsi:type="dcterms:W3CDTF">` + at + `</dcterms:created><dcterms:modified xsi:type="dcterms:W3CDTF">` + at + `</dcterms:modified></cp:coreProperties>`
}

// sectionProps gives the page: A4 with the margins of the decree, the page number
// in the top margin from the second page on.
func sectionProps(sample bool) string {
	s := `<w:sectPr><w:headerReference w:type="default" r:id="rId3"/>`
	if sample {
		s += `<w:footerReference w:type="default" r:id="rId4"/><w:footerReference w:type="first" r:id="rId4"/>`
	}
	return s + fmt.Sprintf(`<w:pgSz w:w="%d" w:h="%d"/><w:pgMar w:top="%d" w:right="%d" w:bottom="%d" w:left="%d" w:header="567" w:footer="454" w:gutter="0"/><w:titlePg/></w:sectPr>`,
		twips(pageWidth), twips(pageHeight), twips(topEdge), twips(rightEdge), twips(bottomEdge), twips(leftEdge))
}

func pageHeader() string {
	field := func(kind string) string { return `<w:r><w:fldChar w:fldCharType="` + kind + `"/></w:r>` }
	return xmlHead + `<w:hdr ` + wordNS + `><w:p><w:pPr><w:jc w:val="center"/></w:pPr>` + field("begin") +
		`<w:r><w:instrText xml:space="preserve"> PAGE </w:instrText></w:r>` + field("separate") + `<w:r><w:t xml:space="preserve">2</w:t></w:r>` + field("end") + `</w:p></w:hdr>`
}

func pageFooter(sample string) string {
	d := &docx{}
	s := set{size: sampleSize, italic: true, align: alignCentre, grey: true}
	d.paragraph(s, s.runs(sample))
	return xmlHead + `<w:ftr ` + wordNS + `>` + d.String() + `</w:ftr>`
}

func twips(mm float64) int    { return int(math.Round(mm * 1440 / 25.4)) }
func emus(mm float64) int     { return int(math.Round(mm * 36000)) }
func twenty(pts float64) int  { return int(math.Round(pts * 20)) }
func halfPts(pts float64) int { return int(math.Round(pts * 2)) }

func escape(s string) string {
	var b bytes.Buffer
	if err := xml.EscapeText(&b, []byte(s)); err != nil {
		return "" // a buffer takes everything
	}
	return b.String()
}

// docx gathers the content of a document, paragraph by paragraph. Word is strict on
// the order of the properties, so each is written at one place only.
type docx struct {
	strings.Builder
	fonts serifs
}

func (d *docx) add(parts ...string) {
	for _, p := range parts {
		d.WriteString(p)
	}
}

func (d *docx) addf(format string, args ...any) { _, _ = fmt.Fprintf(d, format, args...) }

func (d *docx) paragraph(s set, runs []Run) {
	d.add(`<w:p>`)
	d.props(s, "")
	for _, r := range runs {
		d.run(s, r)
	}
	d.add(`</w:p>`)
}

// props writes what holds for a paragraph: keepNext, keepLines, pageBreakBefore,
// pBdr, spacing, ind, jc, in the order of the schema.
func (d *docx) props(s set, border string) {
	d.add(`<w:pPr>`)
	if s.keepNext {
		d.add(`<w:keepNext/>`)
	}
	if s.keepLines {
		d.add(`<w:keepLines/>`)
	}
	if s.pageBreak {
		d.add(`<w:pageBreakBefore/>`)
	}
	d.add(border)
	if border != "" {
		d.addf(`<w:spacing w:before="0" w:after="%d" w:line="%d" w:lineRule="exact"/>`, twenty(s.after), twenty(ruleHeight))
	} else {
		leading := s.leading
		if leading == 0 {
			leading = 1
		}
		d.addf(`<w:spacing w:before="%d" w:after="%d" w:line="%d" w:lineRule="auto"/>`, twenty(s.before), twenty(s.after), int(math.Round(240*leading)))
	}
	if s.indent != 0 || s.left != 0 {
		d.addf(`<w:ind w:left="%d" w:firstLine="%d"/>`, twips(s.left), twips(s.indent))
	}
	d.addf(`<w:jc w:val="%s"/><w:rPr><w:sz w:val="%d"/><w:szCs w:val="%d"/></w:rPr></w:pPr>`, s.align, halfPts(s.size), halfPts(s.size))
}

func (d *docx) run(s set, r Run) {
	d.add(`<w:r><w:rPr>`)
	if r.Bold {
		d.add(`<w:b/>`)
	}
	if r.Italic {
		d.add(`<w:i/>`)
	}
	if s.grey {
		d.addf(`<w:color w:val="%02X%02X%02X"/>`, footGrey, footGrey, footGrey)
	}
	d.addf(`<w:sz w:val="%d"/><w:szCs w:val="%d"/></w:rPr>%s</w:r>`, halfPts(s.size), halfPts(s.size), runText(r.Text))
}

// oneCode finds the codes of organisations, "HCM-C4HVQA".
var oneCode = regexp.MustCompile(`\b([A-Z]{2,4})-([0-9A-Z]{6})\b`)

// runText gives the content of a run. Word processors break a line behind a hyphen,
// which would tear a code that people type in: its hyphen is one that does not break.
func runText(text string) string {
	const open, end = `<w:t xml:space="preserve">`, `</w:t>`
	return open + oneCode.ReplaceAllString(escape(text), `$1`+end+`<w:noBreakHyphen/>`+open+`$2`) + end
}

// lines writes one paragraph per text.
func (d *docx) lines(s set, texts ...string) {
	for _, text := range texts {
		d.paragraph(s, s.runs(text))
	}
}

// rule writes an empty paragraph whose lower border is a line of a length, centred
// in a column of a width.
func (d *docx) rule(w, length, after float64) {
	d.add(`<w:p><w:pPr><w:pBdr><w:bottom w:val="single" w:sz="6" w:space="0" w:color="auto"/></w:pBdr>`)
	side := twips((w - length) / 2)
	d.addf(`<w:spacing w:before="0" w:after="%d" w:line="%d" w:lineRule="exact"/><w:ind w:left="%d" w:right="%d"/></w:pPr></w:p>`, twenty(after), twenty(ruleHeight), side, side)
}

// codePicture draws the code with its white border, twelve pixels to a module.
func codePicture(modules [][]bool) ([]byte, error) {
	const scale = 12
	n := (len(modules) + 2*quietZone) * scale
	img := image.NewPaletted(image.Rect(0, 0, n, n), color.Palette{color.White, color.Black})
	for y, row := range modules {
		for x, dark := range row {
			if !dark {
				continue
			}
			for dy := range scale {
				at := ((y+quietZone)*scale+dy)*img.Stride + (x+quietZone)*scale
				for dx := range scale {
					img.Pix[at+dx] = 1
				}
			}
		}
	}
	var b bytes.Buffer
	if err := png.Encode(&b, img); err != nil {
		return nil, fmt.Errorf("write QR picture: %w", err)
	}
	return b.Bytes(), nil
}
