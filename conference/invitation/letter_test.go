package invitation_test

import (
	"archive/zip"
	"bytes"
	"crypto/sha256"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"hoinghi/conference"
	"hoinghi/conference/audit"
	"hoinghi/conference/document"
	"hoinghi/conference/edition"
	"hoinghi/conference/invitation"
	"hoinghi/conference/testkit"
)

func textOf(l document.Letter) string {
	var b strings.Builder
	for _, p := range l.Body {
		for _, r := range p.Runs {
			b.WriteString(r.Text)
		}
		b.WriteByte('\n')
	}
	return b.String()
}

func signed(t *testing.T) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := document.LetterPDF(&b, document.Letter{Title: "BẢN MẪU", Agency: []string{"CƠ QUAN MẪU"}, Name: "BẢN MẪU"}); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// The letter says what the edition and the invitation say, leaves number and date
// blank, and takes nothing in a name for a mark or a field.
func TestLetterOfAnOrganisation(t *testing.T) {
	h := open(t)
	i := h.ready(t, 1)[0]
	o, err := edition.OrganisationByID(t.Context(), h.db, i.OrganisationID)
	if err != nil {
		t.Fatal(err)
	}
	o.NameVi = "Sở **Công** Thương [lien_ket] __Mẫu__"
	if err := h.ed.ChangeOrganisation(t.Context(), o); err != nil {
		t.Fatal(err)
	}
	for _, kind := range invitation.LetterKinds() {
		l, err := h.room.Letter(t.Context(), h.db, i.ID, kind, nil)
		if err != nil {
			t.Fatal(err)
		}
		text := textOf(l)
		whole := text + strings.Join(l.To, "\n")
		for _, want := range []string{o.NameVi, h.room.ShortCode(i), baseURL + "/m", h.xii.TitleVi, "05 đại biểu"} {
			if !strings.Contains(whole, want) {
				t.Errorf("%s lacks %q:\n%s", kind, want, whole)
			}
		}
		if strings.Contains(whole, h.room.Link(i)) {
			t.Errorf("%s: the secret link stands in the text", kind)
		}
		if strings.ContainsAny(l.Number+l.PlaceDate, "0123456789") || l.Signer != "" {
			t.Errorf("%s: number %q, date %q, signer %q", kind, l.Number, l.PlaceDate, l.Signer)
		}
		if len(l.Code) == 0 || l.Caption[1] != "Mã đơn vị: "+h.room.ShortCode(i) {
			t.Errorf("%s: code of %d modules, caption %q", kind, len(l.Code), l.Caption)
		}
	}
}

// A mail carries the signed scan and names it; without one it carries nothing, never a draft.
func TestMailCarriesTheSignedLetterOnly(t *testing.T) {
	h := open(t)
	i := h.ready(t, 1)[0]
	h.send(t)
	mail := h.mails(t)[0].ID
	_, msg, err := h.out.Render(t.Context(), mail)
	if err != nil || len(msg.Files) != 0 || strings.Contains(msg.Text, "Kèm theo thư này") {
		t.Fatalf("before the signature: %d files, %v", len(msg.Files), err)
	}
	scan := signed(t)
	if err := h.room.SetSigned(t.Context(), i.ID, invitation.GiayMoi, `C:\quét\bản ký.pdf`, scan); err != nil {
		t.Fatal(err)
	}
	_, msg, err = h.out.Render(t.Context(), mail)
	if err != nil || len(msg.Files) != 1 || !bytes.Equal(msg.Files[0].Data, scan) || msg.Files[0].ContentType != "application/pdf" ||
		!strings.Contains(msg.Text, "Kèm theo thư này: Giấy mời (bản đã ký, tệp PDF).") || !strings.Contains(msg.HTML, "Giấy mời (bản đã ký") {
		t.Errorf("after it: %d files, %v\n%s", len(msg.Files), err, msg.Text)
	}
	all, err := invitation.SignedFor(t.Context(), h.db, i.ID)
	if err != nil || len(all) != 1 || all[0].Name != "bản ký.pdf" || all[0].Pages != 1 || all[0].Size != int64(len(scan)) {
		t.Errorf("kept %+v, %v", all, err)
	}
	if err := h.room.DropSigned(t.Context(), i.ID, invitation.GiayMoi); err != nil {
		t.Fatal(err)
	}
	h.refused(t, h.room.DropSigned(t.Context(), i.ID, invitation.GiayMoi), conference.KindNotFound, "error.not_found")
}

// A scan that came in after somebody opened the list is neither kept nor dropped by what was chosen on it.
func TestConfirmLeavesWhatNobodySaw(t *testing.T) {
	h := open(t)
	i := h.first(t)
	stage := func(name string, data []byte) int64 {
		t.Helper()
		if err := h.room.Stage(t.Context(), h.xii.ID, invitation.GiayMoi, name, data); err != nil {
			t.Fatal(err)
		}
		all, err := invitation.Staged(t.Context(), h.db, h.xii.ID, invitation.GiayMoi)
		at := slices.IndexFunc(all, func(u invitation.Upload) bool { return u.Name == name })
		if err != nil || at < 0 {
			t.Fatalf("%s does not wait: %v, %v", name, all, err)
		}
		return all[at].ID
	}
	scan := signed(t)
	kept, dropped := stage("a.pdf", scan), stage("b.pdf", append(slices.Clone(scan), '\n'))
	late := stage("c.pdf", append(slices.Clone(scan), "\n\n"...))
	n, err := h.room.Confirm(t.Context(), h.xii.ID, invitation.GiayMoi, map[int64]int64{kept: i.ID, dropped: 0})
	if n != 1 || err != nil {
		t.Errorf("kept %d, %v", n, err)
	}
	all, err := invitation.Staged(t.Context(), h.db, h.xii.ID, invitation.GiayMoi)
	if err != nil || len(all) != 1 || all[0].ID != late {
		t.Errorf("waiting %v, %v", all, err)
	}
	sum := fmt.Sprintf("%x", sha256.Sum256(scan))
	entries, err := audit.History(t.Context(), h.db, "invitation", i.ID)
	if err != nil || !slices.ContainsFunc(entries, func(e audit.Entry) bool {
		return e.Action == "letter.set_signed" && strings.Contains(e.Detail, sum)
	}) {
		t.Errorf("the record does not say which file was kept: %+v, %v", entries, err)
	}
}

func TestMatchFile(t *testing.T) {
	h := open(t)
	all := h.list(t, h.xii)
	id := func(abbr string) []int64 {
		for _, i := range all {
			if i.Province.Abbr == abbr {
				return []int64{i.ID}
			}
		}
		t.Fatalf("no %s", abbr)
		return nil
	}
	tni := all[slices.IndexFunc(all, func(i invitation.Invitation) bool { return i.Province.Abbr == "TNI" })]
	// An association of no province is found by the name that its letter got, not by a number that a scanner counted.
	free := invitation.Invitation{ID: 12}
	all = append(all, free)
	for name, want := range map[string][]int64{
		invitation.LetterName(free, invitation.GiayMoi, "pdf"): {12},
		invitation.LetterName(free, invitation.CongVan, "pdf"): {12},
		"scan 12.pdf": nil,
		invitation.LetterName(tni, invitation.GiayMoi, "pdf"): id("TNI"),
		"GM_TNI_signed.PDF":                       id("TNI"),
		"giấy mời Tây Ninh.pdf":                   id("TNI"),
		"So Cong Thuong tinh Dong Thap - ky.pdf":  id("DTH"),
		"Sở Công Thương tỉnh Bà Rịa-Vũng Tàu.pdf": id("BRV"),
		"tni.long.an.pdf":                         id("LAN"), // a whole name says more than three letters
		"TNI và DTH.pdf":                          append(id("TNI"), id("DTH")...),
		"scan0001.pdf":                            nil,
		"btnix.pdf":                               nil,
	} {
		got := invitation.MatchFile(name, all)
		slices.Sort(got)
		slices.Sort(want)
		if !slices.Equal(got, want) {
			t.Errorf("%s: %v, want %v", name, got, want)
		}
	}
}

// One scan under three names waits three times, each for its own organisation; the same
// file again is kept once, and another file under a name that is taken does not push it out.
func TestStageKeepsEachName(t *testing.T) {
	h := open(t)
	stage := func(name string, data []byte) {
		t.Helper()
		if err := h.room.Stage(t.Context(), h.xii.ID, invitation.GiayMoi, name, data); err != nil {
			t.Fatal(err)
		}
	}
	scan := signed(t)
	for _, name := range []string{"cv-TNI.pdf", "cv-DTH.pdf", "cv-BRV.pdf", "cv-TNI.pdf"} {
		stage(name, scan)
	}
	other := append(slices.Clone(scan), '\n')
	stage("cv-TNI.pdf", other)
	stage("cv-TNI.pdf", other)
	staged, err := invitation.Staged(t.Context(), h.db, h.xii.ID, invitation.GiayMoi)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	chosen := map[int64]int64{}
	for _, u := range staged {
		names = append(names, u.Name)
		if len(u.Candidates) != 1 {
			t.Errorf("%s: candidates %v", u.Name, u.Candidates)
		} else if !strings.Contains(u.Name, "(2)") {
			chosen[u.ID] = u.Candidates[0]
		}
	}
	if diff := cmp.Diff([]string{"cv-BRV.pdf", "cv-DTH.pdf", "cv-TNI (2).pdf", "cv-TNI.pdf"}, names); diff != "" {
		t.Error(diff)
	}
	if n, err := h.room.Confirm(t.Context(), h.xii.ID, invitation.GiayMoi, chosen); err != nil || n != 3 {
		t.Errorf("confirmed %d, %v", n, err)
	}
}

// What other programs write for a field, and a field with a slip, is named with its place;
// brackets in ordinary text are not.
func TestTemplateMarksProbablyMeant(t *testing.T) {
	f, err := invitation.CheckTemplate(template(t, "[don_vi] [1] [xem phụ lục] «Hội nghị mẫu» {a}</w:t></w:r></w:p><w:p/><w:p><w:r><w:t>[sai] [don vi] «TenDonVi» {{don_vi}} [Đơn_vị] {thoi_gian} ${x}"))
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, m := range append(f.Where, f.Doubtful...) {
		got = append(got, fmt.Sprintf("%s %s %d", m.Text, m.Part, m.Para))
	}
	want := []string{"[sai] body 2", "[don vi] body 2", "«TenDonVi» body 2", "{{don_vi}} body 2", "[Đơn_vị] body 2", "{thoi_gian} body 2", "${x} body 2"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	h := open(t)
	all := "[" + strings.Join(invitation.LetterFields(), "] [") + "] {{don_vi}}"
	h.refused(t, h.room.SetTemplate(t.Context(), h.xii.ID, invitation.GiayMoi, "mau.docx", template(t, all), false), conference.KindInvalid, "template: invitation.letter.error.template_doubtful")
	if err := h.room.SetTemplate(t.Context(), h.xii.ID, invitation.GiayMoi, "mau.docx", template(t, all), true); err != nil {
		t.Error(err)
	}
}

func template(t *testing.T, text string) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, p := range [][2]string{{"[Content_Types].xml", "<Types/>"}, {"word/document.xml", "<w:document><w:body><w:p><w:r><w:t>" + text + "</w:t></w:r></w:p></w:body></w:document>"}} {
		w, err := z.Create(p[0])
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.WriteString(w, p[1]); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// An own template with unknown fields is refused; one that lacks fields needs a yes. Then
// the DOCX comes from it, a PDF is refused in words, and the way back is open.
func TestOwnTemplate(t *testing.T) {
	h := open(t)
	i := h.first(t)
	set := func(text string, despite bool) error {
		return h.room.SetTemplate(t.Context(), h.xii.ID, invitation.GiayMoi, "mau.docx", template(t, text), despite)
	}
	h.refused(t, set("[don_vi] [sai]", true), conference.KindInvalid, "template: invitation.letter.error.template_unknown")
	h.refused(t, set("[don_vi]", false), conference.KindInvalid, "template: invitation.letter.error.template_missing")
	h.refused(t, h.room.SetTemplate(t.Context(), h.xii.ID, invitation.GiayMoi, "a", []byte("x"), true), conference.KindInvalid, "template: invitation.letter.error.template_kind")
	f, err := invitation.CheckTemplate(template(t, "[don_vi] [sai]"))
	if err != nil || !slices.Equal(f.Unknown, []string{"sai"}) || !slices.Contains(f.Missing, "ma_don_vi") || slices.Contains(f.Missing, "don_vi") {
		t.Errorf("fitness %+v, %v", f, err)
	}
	if err := set("Kính mời [don_vi] [ma_qr]", true); err != nil {
		t.Fatal(err)
	}
	_, data, err := h.room.LetterFile(t.Context(), h.db, i.ID, invitation.GiayMoi, invitation.DOCX)
	if err != nil {
		t.Fatal(err)
	}
	z, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		t.Fatal(err)
	}
	picture, err := z.Open("word/media/hoinghi-qr.png")
	if err != nil {
		t.Fatal(err)
	}
	data, err = io.ReadAll(picture)
	if got := testkit.ReadQR(t, data); err != nil || len(got) != 1 || !strings.EqualFold(got[0], h.room.Link(i)) {
		t.Errorf("the code says %q, want %s; %v", got, h.room.Link(i), err)
	}
	doc, err := z.Open("word/document.xml")
	if err != nil {
		t.Fatal(err)
	}
	if text, err := io.ReadAll(doc); err != nil || !strings.Contains(string(text), "Kính mời "+i.Organisation.Vi) {
		t.Errorf("%s, %v", text, err)
	}
	_, _, err = h.room.LetterFile(t.Context(), h.db, i.ID, invitation.GiayMoi, invitation.PDF)
	h.refused(t, err, conference.KindConflict, "invitation.letter.error.own_pdf")
	if err := h.room.DropTemplate(t.Context(), h.xii.ID, invitation.GiayMoi); err != nil {
		t.Fatal(err)
	}
	if _, data, err = h.room.LetterFile(t.Context(), h.db, i.ID, invitation.GiayMoi, invitation.PDF); err != nil || !bytes.HasPrefix(data, []byte("%PDF")) {
		t.Errorf("after it was dropped: %v", err)
	}
}
