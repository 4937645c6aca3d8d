package web_test

import (
	"archive/zip"
	"bytes"
	"context"
	"net/http"
	"strings"
	"testing"

	"hoinghi/conference"
	"hoinghi/conference/invitation"
)

// ownLetter gives a DOCX with every merge field, as an agency would draw its own letter.
func ownLetter(t testing.TB) string {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, part := range [][2]string{
		{"[Content_Types].xml", `<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>`},
		{"word/document.xml", `<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body><w:p><w:r><w:t>[` +
			strings.Join(invitation.TemplateFields(), "] [") + `]</w:t></w:r></w:p></w:body></w:document>`},
	} {
		w, err := z.Create(part[0])
		if err == nil {
			_, err = w.Write([]byte(part[1]))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// letters gives an organisation with a signed letter, scans that wait to be confirmed, an
// own template and a file of all letters.
func (s *stage) letters(ctx context.Context, admin caller) []string {
	s.t.Helper()
	all := s.invitations()
	for _, k := range invitation.LetterKinds() {
		s.must(s.site.Invitations.SetSigned(ctx, all[0].ID, k, "mau.pdf", scan(s.t, "Mẫu một")))
	}
	s.must(s.site.Invitations.Stage(ctx, 1, invitation.GiayMoi, "GM-"+all[2].Province.Abbr+".pdf", scan(s.t, "Mẫu hai")))
	s.must(s.site.Invitations.Stage(ctx, 1, invitation.GiayMoi, "scan0007.pdf", scan(s.t, "Mẫu ba")))
	s.must(s.site.Invitations.SetTemplate(ctx, 1, invitation.CongVan, "mau.docx", []byte(ownLetter(s.t)), false))
	if a := s.ask(admin, "vi", http.MethodPost, deskLetters+"/zip", "application/x-www-form-urlencoded", "kind=cong_van"); a.status != http.StatusSeeOther {
		s.t.Fatalf("the file of all letters: %d", a.status)
	}
	return []string{deskLetters, deskLetters + "/text?kind=giay_moi", deskLetters + "/text?kind=cong_van", deskLetters + "/upload?kind=giay_moi", deskLetters + "/zip", deskLetters + "/" + itoa(all[0].ID)}
}

// Whatever is typed into a letter, it is refused or can be drawn, as PDF and as DOCX.
func TestLettersOfAnyTextCanBeDrawn(t *testing.T) {
	h := open(t)
	v := h.staff(conference.RoleOrganiser)
	at := deskLetters + "/" + itoa(h.invitations()[0].ID) + "/giay_moi/letter."
	drawn := 0
	for _, field := range []string{"agency", "abstract", "body", "recipients", "signer"} {
		for _, b := range badTexts() {
			res, _ := v.send(http.MethodPost, deskLetters+"/text", "application/x-www-form-urlencoded", letterForm(field, b.value).Encode())
			if res.StatusCode == http.StatusUnprocessableEntity {
				continue
			}
			drawn++
			for _, ext := range []string{"pdf", "docx"} {
				if file, _ := v.get(at + ext); res.StatusCode != http.StatusSeeOther || file.StatusCode != http.StatusOK {
					t.Errorf("%s: %s: saved with %d, %s with %d", field, b.name, res.StatusCode, ext, file.StatusCode)
				}
			}
		}
	}
	if drawn < 20 {
		t.Errorf("only %d were drawn", drawn)
	}
}
