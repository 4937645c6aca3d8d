package document_test

import (
	"archive/zip"
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"slices"
	"strings"
	"testing"

	"hoinghi/conference/document"
	"hoinghi/conference/testkit"
)

// repacked gives a DOCX with its parts changed, in their order.
func repacked(t *testing.T, docx []byte, change func(name, content string) string) []byte {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(docx), int64(len(docx)))
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	out := zip.NewWriter(&b)
	for _, f := range z.File {
		w, err := out.Create(f.Name)
		if err == nil {
			_, err = io.WriteString(w, change(f.Name, string(part(t, docx, f.Name))))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := out.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func filled(t *testing.T, docx []byte) []byte {
	t.Helper()
	tpl, err := document.OpenTemplate(docx)
	if err != nil {
		t.Fatal(err)
	}
	field := document.CodeField{Name: "ma_qr", Modules: code(t, letterLink), Caption: `Quét mã "<&>"`}
	var b bytes.Buffer
	if err := tpl.Fill(&b, map[string]string{"don_vi": "Sở Mẫu"}, field, sampleLetter(t).Now); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// A scanner reads the code from a template as it is printed, also where the lines have an
// exact height, as in many official documents, and where the field is split over runs.
func TestTemplateShowsTheCode(t *testing.T) {
	l := sampleLetter(t)
	l.Code = nil
	l.Body = []document.Paragraph{runs("Kính gửi [don_vi]"), {Centred: true, Runs: []document.Run{{Text: "[ma_"}, {Text: "qr", Italic: true}, {Text: "]"}}}, runs("Sau mã của [don_vi]")}
	exact := repacked(t, letterDOCX(t, l), func(_, content string) string {
		return strings.ReplaceAll(content, `w:line="264" w:lineRule="auto"`, `w:line="300" w:lineRule="exact"`)
	})
	if tpl, err := document.OpenTemplate(exact); err != nil || !slices.Contains(tpl.Fields, "ma_qr") {
		t.Fatalf("the field is not found: %v", err)
	}
	pdf := opened(t, map[string][]byte{"own": filled(t, exact)})["own"]
	if got := testkit.ReadQR(t, pictures(t, pdf, 150)[0]); len(got) != 1 || got[0] != letterLink {
		t.Errorf("the page: %q", got)
	}
	text := strings.Join(textLines(t, pdf)[0], "\n")
	if !strings.Contains(text, "Sau mã của Sở Mẫu") || strings.ContainsAny(text, "[]") {
		t.Errorf("the text: %s", text)
	}
}

// The picture is known to each part that shows it, whatever the document was written
// with; what stands around the field stays, and each part is well formed.
func TestTemplateCodeInForeignDocuments(t *testing.T) {
	const para = `<w:p w:rsidR="1"><w:pPr><w:pStyle w:val="A"/><w:spacing w:after="60" w:line="300" w:lineRule="exact"/><w:jc w:val="right"/><w:rPr><w:spacing w:val="-4"/></w:rPr></w:pPr><w:r><w:t>Mã [ma_qr] và [ma_qr] của [don_vi]</w:t></w:r></w:p>`
	const ns = ` xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"`
	docx := docxWith(t, `<w:p><w:r><w:t>[ma_qr]</w:t></w:r></w:p><w:p><w:pPr><w:ind w:left="1"/></w:pPr><w:r><w:t>[ma_qr]</w:t></w:r></w:p><w:p><w:pPr/><w:r><w:t>[ma_qr]</w:t></w:r></w:p>`,
		"word/header1.xml", `<w:hdr`+ns+`>`+para+`</w:hdr>`, "word/footer1.xml", `<w:ftr`+ns+`><w:p/></w:ftr>`,
		"word/_rels/document.xml.rels", `<p:Relationships xmlns:p="http://schemas.openxmlformats.org/package/2006/relationships"/>`)
	docx = repacked(t, docx, func(_, content string) string {
		return strings.Replace(content, "<w:document>", "<w:document"+ns+">", 1)
	})
	made := filled(t, docx)
	for name, want := range map[string][]string{
		"[Content_Types].xml": {`<Types><Override PartName="/word/media/hoinghi-qr.png" ContentType="image/png"/></Types>`},
		"word/document.xml": {`<w:p><w:pPr><w:spacing w:line="240" w:lineRule="auto"/></w:pPr><w:r><w:t xml:space="preserve"></w:t><w:drawing>`,
			`<w:pPr><w:spacing w:line="240" w:lineRule="auto"/><w:ind w:left="1"/></w:pPr>`, `id="2000000002" name="code" descr="Quét mã &#34;&lt;&amp;&gt;&#34;"`},
		"word/header1.xml": {`<w:pStyle w:val="A"/><w:spacing w:after="60" w:line="240" w:lineRule="auto"/><w:jc w:val="right"/><w:rPr><w:spacing w:val="-4"/></w:rPr>`,
			`>Mã </w:t><w:drawing>`, `</w:drawing><w:t xml:space="preserve"> và </w:t><w:drawing>`, `> của Sở Mẫu</w:t>`},
		"word/_rels/document.xml.rels": {`<p:Relationship Id="rIdHoinghiQr"`, `</p:Relationships>`},
		"word/_rels/header1.xml.rels":  {`<Relationship Id="rIdHoinghiQr"`},
	} {
		content := part(t, made, name)
		for _, w := range want {
			if !strings.Contains(string(content), w) {
				t.Errorf("%s lacks %s\n%s", name, w, content)
			}
		}
		d := xml.NewDecoder(bytes.NewReader(content))
		for {
			if _, err := d.Token(); errors.Is(err, io.EOF) {
				break
			} else if err != nil {
				t.Fatalf("%s: %v\n%s", name, err, content)
			}
		}
	}
	z, err := zip.NewReader(bytes.NewReader(made), int64(len(made)))
	if err != nil {
		t.Fatal(err)
	}
	if len(z.File) != 7 {
		t.Errorf("%d parts: a part that shows no code got relations, or the picture is missing", len(z.File))
	}
	if got := testkit.ReadQR(t, part(t, made, "word/media/hoinghi-qr.png")); len(got) != 1 || got[0] != letterLink {
		t.Errorf("the picture: %q", got)
	}
}
