package document_test

import (
	"archive/zip"
	"bytes"
	"compress/zlib"
	"errors"
	"fmt"
	"io"
	"math"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"
	"unicode"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/text/unicode/norm"

	"hoinghi/conference/document"
	"hoinghi/conference/testkit"
)

// awfulLetter holds what people paste: NFD, emoji, broken UTF-8, markup, a name of 200 characters.
func awfulLetter(t testing.TB) document.Letter {
	l := sampleLetter(t)
	long := strings.Repeat("Trung tâm Khuyến công và Tư vấn phát triển ", 5)[:200]
	l.Body[1] = document.Paragraph{Centred: true, Runs: []document.Run{{Text: long, Bold: true}}}
	l.Body[3] = runs("Nguye\u0302\u0303n Thi\u0323 😀 <w:t>&amp; ]]> \x07\xe1\xbb Ví\u200b Dụ \ufffe" + strings.Repeat("Ẳ", 120))
	l.Recipients[0] = "Như \U0001F3FD trên\n<script>"
	return l
}

// The PDF and the DOCX as LibreOffice sets it say the same with the same line
// breaks on the same pages, appendices included.
func TestLetterIsTheSameInBothFormats(t *testing.T) {
	whole, despatch := sampleLetter(t), sampleLetter(t)
	whole.Appendices = sampleAppendices()
	despatch.Name, despatch.Abstract, despatch.To = "", []string{"V/v đăng ký đại biểu"}, []string{"Sở Công Thương tỉnh Đắk Lắk", "Trung tâm Khuyến công tỉnh Đắk Lắk"}
	letters := map[string]document.Letter{"one": sampleLetter(t), "whole": whole, "despatch": despatch, "awful": awfulLetter(t)}
	docs := map[string][]byte{}
	for name, l := range letters {
		docs[name] = letterDOCX(t, l)
	}
	pages := map[string]int{"one": 1, "whole": 4, "despatch": 1, "awful": 2}
	for name, made := range opened(t, docs) {
		own := textLines(t, letterPDF(t, letters[name]))
		if len(own) != pages[name] {
			t.Errorf("%s has %d pages, want %d", name, len(own), pages[name])
		}
		if name == "awful" {
			// LibreOffice breaks a word that is wider than a line elsewhere; the words are the same.
			if a, b := squeezed(own), squeezed(textLines(t, made)); a != b {
				t.Errorf("awful: PDF %s\nDOCX %s", a, b)
			}
			continue
		}
		if diff := cmp.Diff(own, textLines(t, made)); diff != "" {
			t.Errorf("%s: PDF and DOCX differ (-pdf +docx):\n%s", name, diff)
		}
	}
}

func squeezed(pages [][]string) string {
	var b strings.Builder
	for _, page := range pages {
		for _, line := range page {
			b.WriteString(strings.ReplaceAll(line, " ", ""))
		}
	}
	return b.String()
}

// The text is whole and composed, and no number, date or page number is invented.
func TestLetterLeavesNumberDateAndSignatureBlank(t *testing.T) {
	l := sampleLetter(t)
	l.Signer = ""
	pages := textLines(t, letterPDF(t, l))
	for _, line := range pages[0] {
		if !norm.NFC.IsNormalString(line) || strings.ContainsRune(line, unicode.ReplacementChar) {
			t.Errorf("not composed: %q", line)
		}
		if (strings.Contains(line, "Số:") || strings.Contains(line, "Hà Nội")) && strings.ContainsAny(line, "0123456789") {
			t.Errorf("a number was invented: %q", line)
		}
	}
	if first := pages[0][0]; first != "BỘ CÔNG THƯƠNG CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM" {
		t.Errorf("the first line is %q: a page number on page 1?", first)
	}
	l.Appendices = sampleAppendices()
	for n, page := range textLines(t, letterPDF(t, l)) {
		if n > 0 && page[0] != strconv.Itoa(n+1) {
			t.Errorf("page %d begins with %q", n+1, page[0])
		}
	}
}

var drawn = regexp.MustCompile(`(?m)^([\d.]+) ([\d.]+) m ([\d.]+) ([\d.]+) l S`)

// The three rules stand where the decree puts them: below the agency, below the
// motto over its whole length, below the subject.
func TestLetterRules(t *testing.T) {
	pdf := letterPDF(t, sampleLetter(t))
	const mm = 72 / 25.4
	var got []string
	for _, stream := range streams(t, pdf) {
		for _, m := range drawn.FindAllStringSubmatch(stream, -1) {
			var v [4]float64
			for i := range v {
				v[i], _ = strconv.ParseFloat(m[i+1], 64)
			}
			if v[1] != v[3] {
				t.Errorf("a rule is not level: %s", m[0])
			}
			got = append(got, fmt.Sprintf("%.1f mm around %.1f", (v[2]-v[0])/mm, (v[0]+v[2])/2/mm))
			if y := 297 - v[1]/mm; y < 25 || y > 75 {
				t.Errorf("a rule at %.1f mm", y)
			}
		}
	}
	want := []string{"22.0 mm around 63.0", "60.5 mm around 145.5", "40.0 mm around 112.5"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// streams gives the unpacked content streams of a PDF.
func streams(t *testing.T, pdf []byte) []string {
	t.Helper()
	var out []string
	for _, part := range bytes.Split(pdf, []byte("stream\n"))[1:] {
		if text, err := document.Inflate(part); err == nil && bytes.Contains(text, []byte(" Td ")) {
			out = append(out, string(text))
		}
	}
	if len(out) == 0 {
		t.Fatal("no content found in the PDF")
	}
	return out
}

// A scanner reads the link from the printed page at 150 dpi and from the picture in the DOCX.
func TestLetterCodeIsRead(t *testing.T) {
	l := sampleLetter(t)
	if got := testkit.ReadQR(t, pictures(t, letterPDF(t, l), 150)[0]); len(got) != 1 || got[0] != letterLink {
		t.Errorf("the page: %q", got)
	}
	if got := testkit.ReadQR(t, part(t, letterDOCX(t, l), "word/media/code.png")); len(got) != 1 || got[0] != letterLink {
		t.Errorf("the picture: %q", got)
	}
}

func part(t *testing.T, docx []byte, name string) []byte {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(docx), int64(len(docx)))
	if err != nil {
		t.Fatal(err)
	}
	f, err := z.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	data, err := io.ReadAll(f)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func docxWith(t *testing.T, body string, more ...string) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	all := append([]string{"[Content_Types].xml", "<Types/>", "word/document.xml", `<w:document><w:body>` + body + `</w:body></w:document>`}, more...)
	for n := 0; n < len(all); n += 2 {
		w, err := z.Create(all[n])
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.WriteString(w, all[n+1]); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// Word splits placeholders over runs as it likes; they are found all the same, and what a
// value holds is never looked at again.
func TestTemplateFillsSplitPlaceholders(t *testing.T) {
	body := `<w:p><w:r><w:t>Kính gửi: [do</w:t></w:r><w:r><w:rPr><w:b/></w:rPr><w:t>n_</w:t></w:r><w:r><w:t xml:space="preserve">vi], hạn [han]</w:t></w:r></w:p>` +
		`<w:p/><w:p><w:r><w:t>[la] &amp; [1] [don_vi]</w:t></w:r></w:p>`
	tpl, err := document.OpenTemplate(docxWith(t, body))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"don_vi", "han", "la"}, tpl.Fields); diff != "" {
		t.Error(diff)
	}
	var b bytes.Buffer
	if err := tpl.Fill(&b, map[string]string{"don_vi": "A <&> [han]", "han": "mai"}, document.CodeField{}, sampleLetter(t).Now); err != nil {
		t.Fatal(err)
	}
	got := string(part(t, b.Bytes(), "word/document.xml"))
	for _, want := range []string{`Kính gửi: A &lt;&amp;&gt; [han]</w:t>`, `, hạn mai</w:t>`, `[la] &amp; [1] A &lt;&amp;&gt; [han]</w:t>`} {
		if !strings.Contains(got, want) {
			t.Errorf("%s\nlacks %s", got, want)
		}
	}
}

// A text box stands inside a paragraph and holds paragraphs of its own: the fields
// before, in and behind it are filled, even one whose halves stand on its two sides.
func TestTemplateFillsAroundTextBoxes(t *testing.T) {
	text := func(s string) string { return `<w:r><w:t>` + s + `</w:t></w:r>` }
	box := `<w:r><w:pict><v:shape><v:textbox><w:txbxContent><w:p>` + text("hộp [don_vi]") + `</w:p><w:p w:rsidR="1"/></w:txbxContent></v:textbox></v:shape></w:pict></w:r>`
	tpl, err := document.OpenTemplate(docxWith(t, `<w:p>`+text("[han]")+`</w:p><w:p>`+text("Trước [han] [la")+box+text("m] sau [lien_ket]")+`</w:p><w:p>`+text("[don_vi]")+`</w:p>`))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"han", "lam", "lien_ket", "don_vi"}, tpl.Fields); diff != "" {
		t.Error(diff)
	}
	var b bytes.Buffer
	if err := tpl.Fill(&b, map[string]string{"don_vi": "Sở Mẫu", "han": "mai", "lien_ket": "LK", "lam": "L"}, document.CodeField{}, sampleLetter(t).Now); err != nil {
		t.Fatal(err)
	}
	got := string(part(t, b.Bytes(), "word/document.xml"))
	for _, want := range []string{`>mai</w:t>`, `>Trước mai L</w:t>`, `>hộp Sở Mẫu</w:t>`, `> sau LK</w:t>`, `>Sở Mẫu</w:t></w:r></w:p></w:body>`} {
		if !strings.Contains(got, want) {
			t.Errorf("%s\nlacks %s", got, want)
		}
	}
	if strings.Contains(got, "[") {
		t.Errorf("a field was left: %s", got)
	}
}

func TestTemplateRefuses(t *testing.T) {
	for name, c := range map[string]struct {
		data []byte
		want error
	}{
		"text":     {[]byte("no zip"), document.ErrNoDOCX},
		"a letter": {letterPDF(t, sampleLetter(t)), document.ErrNoDOCX},
		"macros":   {docxWith(t, "", "word/vbaProject.bin", "x"), document.ErrDOCXActive},
		"quoted":   {docxWith(t, "", "word/_rels/settings.xml.rels", `<Relationship Type='http://x/relationships/attachedTemplate' Target='http://evil' TargetMode='External'/>`), document.ErrDOCXActive},
		"remote":   {docxWith(t, "", "word/_rels/settings.xml.rels", `<Relationship Type="http://x/relationships/attachedTemplate" Target="http://evil" TargetMode="External"/>`), document.ErrDOCXActive},
		"bomb":     {docxWith(t, "", "word/big.xml", strings.Repeat("0", 31<<20)), document.ErrDOCXLarge},
	} {
		if _, err := document.OpenTemplate(c.data); !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", name, err, c.want)
		}
	}
}

func TestCheckPDF(t *testing.T) {
	l := sampleLetter(t)
	l.Appendices = sampleAppendices()
	good := letterPDF(t, l)
	if n, err := document.CheckPDF(good); n != 4 || err != nil {
		t.Errorf("a good one: %d pages, %v", n, err)
	}
	before := func(text string) []byte {
		return bytes.Replace(good, []byte("/Type /Catalog"), []byte("/Type /Catalog "+text), 1)
	}
	if bytes.Equal(before("/X 1"), good) {
		t.Fatal("the catalogue was not found")
	}
	for name, c := range map[string]struct {
		data []byte
		want error
	}{
		"empty":       {nil, document.ErrNoPDF},
		"torn":        {good[:len(good)/2], document.ErrNoPDF},
		"a DOCX":      {letterDOCX(t, l), document.ErrNoPDF},
		"header only": {[]byte("%PDF-1.4\nstartxref\n0\n%%EOF"), document.ErrNoPDF},
		"encrypted":   {bytes.Replace(good, []byte("trailer\n<<"), []byte("trailer\n<< /Encrypt 5 0 R"), 1), document.ErrPDFEncrypted},
		"script":      {before("/OpenAction << /S /JavaScript /JS (app.alert) >>"), document.ErrPDFActive},
		"hidden":      {before("/OpenAction << /S /J#61vaScript >>"), document.ErrPDFActive},
		"launch":      {before("/OpenAction << /S /Launch >>"), document.ErrPDFActive},
		"file":        {before("/AF << /Type /EmbeddedFile >>"), document.ErrPDFActive},
		"attached":    {before("/FS << /Type /Filespec /EF << /F 9 0 R >> >>"), document.ErrPDFActive},
		"packed":      {before("/X 1 >>\nendobj\n9 0 obj\n<< /Type /ObjStm >>\nstream\r" + packed(t, "<< /S /JavaScript >>") + "endstream\nendobj\n10 0 obj\n<<"), document.ErrPDFActive},
		"disguised":   {before("/X 1 >>\nendobj\n9 0 obj\n<< /Type /Obj#53tm >>\nstream\n" + packed(t, "<< /S /JavaScript >>") + "endstream\nendobj\n10 0 obj\n<<"), document.ErrPDFActive},
		"bottomless":  {before("/X " + strings.Repeat("<<", 1<<20)), document.ErrNoPDF},
	} {
		if n, err := document.CheckPDF(c.data); !errors.Is(err, c.want) || n != 0 {
			t.Errorf("%s: %d, %v, want %v", name, n, err, c.want)
		}
	}
}

// A file that is nothing but page trees takes no longer than its length allows.
func TestCheckPDFIsLinear(t *testing.T) {
	data := []byte("%PDF-1.4\n" + strings.Repeat("/Type /Pages ", 1<<18) + "\nstartxref\n0\n%%EOF")
	done := make(chan error, 1)
	go func() { _, err := document.CheckPDF(data); done <- err }()
	select {
	case err := <-done:
		if !errors.Is(err, document.ErrNoPDF) {
			t.Error(err)
		}
	case <-time.After(30 * time.Second):
		t.Fatal("still looking")
	}
}

func packed(t *testing.T, objects string) string {
	t.Helper()
	var b bytes.Buffer
	z := zlib.NewWriter(&b)
	if _, err := z.Write([]byte(objects)); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// Lists that fill more than a page go on to the next instead of leaving the paper.
func TestLongListsGoOn(t *testing.T) {
	many := make([]string, 100)
	for n := range many {
		many[n] = fmt.Sprintf("Nơi thứ %d", n+1)
	}
	l := sampleLetter(t)
	l.Recipients = many
	if n, err := document.CheckPDF(letterPDF(t, l)); n != 4 || err != nil { // the text, 100 lines of 11 points, the code
		t.Errorf("100 recipients: %d pages, %v", n, err)
	}
	l = sampleLetter(t)
	l.Name, l.To = "", many
	if n, err := document.CheckPDF(letterPDF(t, l)); n != 4 || err != nil {
		t.Errorf("100 addressees: %d pages, %v", n, err)
	}
}

// The same letter gives the same bytes.
func TestLetterIsReproducible(t *testing.T) {
	if !bytes.Equal(letterPDF(t, sampleLetter(t)), letterPDF(t, sampleLetter(t))) || !bytes.Equal(letterDOCX(t, sampleLetter(t)), letterDOCX(t, sampleLetter(t))) {
		t.Error("two files differ")
	}
	if math.Abs(document.TextWidth-165) > 1e-9 {
		t.Error("the text is not 165 mm wide")
	}
}

func BenchmarkLetterPDF(b *testing.B)  { benchLetter(b, document.LetterPDF) }
func BenchmarkLetterDOCX(b *testing.B) { benchLetter(b, document.LetterDOCX) }

func benchLetter(b *testing.B, make func(io.Writer, document.Letter) error) {
	l := sampleLetter(b)
	l.Appendices = sampleAppendices()
	for b.Loop() {
		if err := make(io.Discard, l); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "letters/s")
}
