package invitation_test

import (
	"errors"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"hoinghi/conference"
	"hoinghi/conference/document"
	"hoinghi/conference/invitation"
)

func TestLetterMarks(t *testing.T) {
	h := open(t)
	i := h.first(t)
	text := h.room.DefaultLetter(h.xii, invitation.GiayMoi)
	text.Body = "> **Đậm** thường __nghiêng__\n\n2 ** 3 https://a__b\n[don_vi_dang_cai]"
	l, err := h.room.Letter(t.Context(), h.db, i.ID, invitation.GiayMoi, &text)
	if err != nil {
		t.Fatal(err)
	}
	want := []document.Paragraph{
		{Centred: true, Runs: []document.Run{{Text: "Đậm", Bold: true}, {Text: " thường "}, {Text: "nghiêng", Italic: true}}},
		{Runs: []document.Run{{Text: "2 ** 3 https://a__b"}}},
		{Runs: []document.Run{{Text: h.xii.HostVi}}},
	}
	if diff := cmp.Diff(want, l.Body); diff != "" {
		t.Error(diff)
	}
}

// The blanks of a phone number do not break, wherever it was typed; years and sums are left alone.
func TestLetterTiesPhones(t *testing.T) {
	h := open(t)
	text := h.room.DefaultLetter(h.xii, invitation.GiayMoi)
	text.Body = "Gọi 0900 000 001 hoặc +84 90 000 0001, (024) 222.05.411, năm 2022 02 ngày\n[lien_he]"
	l, err := h.room.Letter(t.Context(), h.db, h.first(t).ID, invitation.GiayMoi, &text)
	if err != nil {
		t.Fatal(err)
	}
	want := "Gọi 0900\u00a0000\u00a0001 hoặc +84\u00a090\u00a0000\u00a00001, (024) 222.05.411, năm 2022 02 ngày"
	if got := textOf(l); !strings.Contains(got, want) {
		t.Errorf("%q", got)
	}
	if got := textOf(l); strings.Count(got, "0900\u00a0000\u00a0001") != 2 {
		t.Errorf("the contact's number may be torn: %q", got)
	}
}

// An unknown field is named with its line and column in each part.
func TestLetterTextRefuses(t *testing.T) {
	h := open(t)
	good := h.room.DefaultLetter(h.xii, invitation.CongVan)
	if err := h.room.SetLetterText(t.Context(), h.xii.ID, invitation.CongVan, good); err != nil {
		t.Fatal(err)
	}
	if got, err := h.room.LetterText(t.Context(), h.db, h.xii, invitation.CongVan); err != nil || got != good {
		t.Errorf("kept %+v, %v", got, err)
	}
	bad := good
	bad.Body, bad.Recipients, bad.Symbol, bad.Agency = "a\nbc [x]", "[don_vi] [ten]", "12/SCT", ""
	h.refused(t, h.room.SetLetterText(t.Context(), h.xii.ID, invitation.CongVan, bad), conference.KindInvalid,
		"agency: invitation.letter.error.missing", "symbol: invitation.letter.error.number", "body: invitation.letter.error.field_unknown", "recipients: invitation.letter.error.field_unknown")
	bad = good
	bad.Authority, bad.Place, bad.Recipients, bad.Abstract = "[ma_qr]", "Hà Nội, ngày 05 tháng 9 năm 2022", strings.Repeat("a", 4001), "V/v mẫu ☑"
	bad.Body = "Dòng một\nxong 😀 rồi"
	err := h.room.SetLetterText(t.Context(), h.xii.ID, invitation.CongVan, bad)
	h.refused(t, err, conference.KindInvalid, "place: invitation.letter.error.place",
		"abstract: invitation.letter.error.character", "body: invitation.letter.error.character", "recipients: invitation.letter.error.long", "authority: invitation.letter.error.field_picture")
	want := conference.FieldError{Field: "body", Text: conference.Say("invitation.letter.error.character", "character", "😀 (U+1F600)", "line", 2, "column", 6)}
	var e *conference.Error
	if !errors.As(err, &e) || !slices.ContainsFunc(e.Fields, func(f conference.FieldError) bool { return reflect.DeepEqual(f, want) }) {
		t.Errorf("the place of a character: %+v", e)
	}
	for _, place := range []string{"Thành phố Hồ Chí Minh", "[tinh_thanh]", "Bà Rịa - Vũng Tàu"} {
		fine := good
		fine.Place, fine.Recipients, fine.Body = place, strings.Repeat("Sở Mẫu – “Thí Dụ” (để b/c) …\n", 130), "“Ẳ ễ ợ đ ₫” – 50 % · 30°C, §1, ≥ 2 ½ e\u0302\u0323"
		if err := invitation.CheckLetterText(invitation.CongVan, fine); err != nil {
			t.Errorf("%s: %v", place, err)
		}
	}
	for _, place := range []string{"Hà Nội 2022", "Hà Nội, Ngày", "[thoi_gian]", "Hà Nội ٥"} {
		wrong := good
		wrong.Place = place
		h.refused(t, invitation.CheckLetterText(invitation.CongVan, wrong), conference.KindInvalid, "place: invitation.letter.error.place")
	}
	h.refused(t, h.room.SetLetterText(t.Context(), h.xii.ID, "khac", good), conference.KindNotFound, "error.not_found")
	nobody := conference.WithActor(t.Context(), conference.Actor{Kind: conference.ActorFocalPoint, ID: h.first(t).ID})
	h.refused(t, h.room.SetLetterText(nobody, h.xii.ID, invitation.CongVan, good), conference.KindForbidden, "error.forbidden")
	h.refused(t, h.room.SetSigned(nobody, h.first(t).ID, invitation.GiayMoi, "a.pdf", signed(t)), conference.KindForbidden, "error.forbidden")
	for _, f := range invitation.TemplateFields() {
		if !h.loc.In("vi").Has("invitation.field." + f) {
			t.Errorf("field %s is not explained", f)
		}
	}
}

// What is printed as it stands is told with its line; pairs, and single stars, are not.
func TestUnpairedMarks(t *testing.T) {
	got := invitation.UnpairedMarks("**đậm** và __nghiêng__\n\n2 ** 3 **\nmột **hai\nba** 5 * 3\nhttps://a__b **c** **\n> **[don_vi_dang_cai]**")
	want := []invitation.Unpaired{{Mark: "**", Line: 4}, {Mark: "**", Line: 5}, {Mark: "**", Line: 6}, {Mark: "__", Line: 6}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}
