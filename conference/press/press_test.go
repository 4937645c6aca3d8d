package press_test

import (
	"bytes"
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"hoinghi/conference"
	"hoinghi/conference/badge"
	"hoinghi/conference/delegation"
	"hoinghi/conference/press"
	"hoinghi/conference/testkit"
	"hoinghi/db"
)

func TestApply(t *testing.T) {
	h := open(t)
	a := h.apply(t, draft())
	if a.FullName != "Trịnh Thị Thí Dụ" || a.Phone != "+84900000701" || a.State != press.Waiting || a.HasLetter || a.DelegateID != 0 {
		t.Errorf("application %+v", a)
	}
	same := draft()
	same.FullName = "Ai Khác Ví Dụ"
	if b := h.apply(t, same); b.ID != a.ID || b.FullName != a.FullName {
		t.Errorf("the same form made application %d of %s", b.ID, b.FullName)
	}
	again := draft()
	again.ClientKey, again.Email = "k2", "PhongVien@vidu.example"
	if b := h.apply(t, again); b.ID != a.ID {
		t.Errorf("the same address applied twice: %d and %d", a.ID, b.ID)
	}
	if n := h.count(t, `SELECT count(*) FROM mail WHERE kind = 'press.received'`); n != 1 {
		t.Errorf("%d mails of receipt, want one", n)
	}
}

// A reporter, the camera and the technician often share the address of their office:
// each of them is somebody else, up to a number that floods no mailbox.
func TestColleaguesShareAnAddress(t *testing.T) {
	h := open(t)
	names := []string{"Trịnh Thị Thí Dụ", "Đinh Văn Mẫu", "Cao Thị Ví Dụ"}
	seen := map[int64]bool{}
	for i := range 20 {
		d := draft()
		d.ClientKey, d.FullName = fmt.Sprint("k", i), names[i%3]+strings.Repeat(" Minh", i/3)
		seen[h.apply(t, d).ID] = true
	}
	if n := h.count(t, `SELECT count(*) FROM mail WHERE kind = 'press.received'`); len(seen) != 20 || n != 20 {
		t.Errorf("%d applications and %d mails of 20 people", len(seen), n)
	}
	d := draft()
	d.ClientKey = "again"
	if a := h.apply(t, d); !seen[a.ID] {
		t.Error("the same person with the same address was taken twice")
	}
	d.ClientKey, d.FullName = "one more", "Lý Thị Minh Họa"
	_, err := h.room.Apply(t.Context(), h.xii.ID, d, nil)
	testkit.Refused(t, err, conference.KindInvalid, "email: press.error.crew")
	for id := range seen {
		if _, err := h.room.Approve(h.officer, id, press.Waiting, ""); err != nil {
			t.Error(err)
		}
	}
	if n := h.count(t, `SELECT count(*) FROM delegate`); n != 20 {
		t.Errorf("%d delegates of 20 colleagues", n)
	}
}

func TestApplyRefuses(t *testing.T) {
	h := open(t)
	for name, c := range map[string]struct {
		change func(*press.Draft)
		want   map[string]string
	}{
		"nothing": {func(d *press.Draft) { *d = press.Draft{} }, map[string]string{"outlet": "missing_outlet", "outlet_kind": "choose_kind", "full_name": "missing_name",
			"role": "choose_role", "phone": "phone", "email": "email", "card_number": "proof", "notice": "notice"}},
		"too long": {func(d *press.Draft) {
			d.Outlet, d.FullName, d.CardNumber, d.Needs = strings.Repeat("x", 201), strings.Repeat("x", 121), strings.Repeat("1", 41), strings.Repeat("x", 501)
		},
			map[string]string{"outlet": "long", "full_name": "long", "card_number": "long", "needs": "long"}},
		"unknown choices": {func(d *press.Draft) { d.OutletKind, d.Role, d.Gender = "blog", "boss", "x" },
			map[string]string{"outlet_kind": "choose_kind", "role": "choose_role", "gender": "choose"}},
		"no address": {func(d *press.Draft) { d.Email, d.Phone = "a b@c\r\nBcc: x@y.vn", "12" }, map[string]string{"email": "email", "phone": "phone"}},
	} {
		t.Run(name, func(t *testing.T) {
			d := draft()
			c.change(&d)
			_, err := h.room.Apply(h.nobody, h.xii.ID, d, nil)
			if diff := cmp.Diff(c.want, testkit.FieldErrors(t, err, "press.error.")); diff != "" {
				t.Errorf("fields (-want +got):\n%s", diff)
			}
		})
	}
	if n := h.count(t, `SELECT count(*) FROM press_application`); n != 0 {
		t.Errorf("%d applications stored by refused forms", n)
	}
}

func TestApplicationsAreTakenWhileTheyAreOpen(t *testing.T) {
	h := open(t)
	if err := h.room.SetDesk(h.officer, h.xii.ID, press.Desk{ApplyBy: db.At(h.clock.Now().Add(time.Hour))}); err != nil {
		t.Fatal(err)
	}
	h.apply(t, draft())
	h.clock.Advance(2 * time.Hour)
	late := draft()
	late.ClientKey, late.Email = "late", "tre@vidu.example"
	_, err := h.room.Apply(h.nobody, h.xii.ID, late, nil)
	testkit.Refused(t, err, conference.KindConflict, "press.error.closed")
	err = h.room.SetDesk(h.officer, h.xii.ID, press.Desk{ApplyBy: db.At(h.xii.End().Add(time.Minute)), ContactPhone: "x", ContactEmail: "y"})
	want := map[string]string{"apply_by": "apply_by", "contact_phone": "phone", "contact_email": "email"}
	if diff := cmp.Diff(want, testkit.FieldErrors(t, err, "press.error.")); diff != "" {
		t.Errorf("fields (-want +got):\n%s", diff)
	}
}

// A letter is what its content says, whatever its name claimed.
func TestLetters(t *testing.T) {
	h := open(t)
	pdf := []byte("%PDF-1.4\n1 0 obj <<>> endobj\n%%EOF\n")
	for name, c := range map[string]struct {
		file []byte
		kind string // "" when it is refused
		key  string
	}{
		"pdf":          {pdf, "application/pdf", ""},
		"png":          {picture(t, 40, 30), "image/png", ""},
		"page":         {[]byte("<html><script>alert(1)</script>"), "", "letter_kind"},
		"half a pdf":   {pdf[:12], "", "letter_kind"},
		"half a png":   {picture(t, 40, 30)[:40], "", "letter_kind"},
		"empty":        {[]byte{}, "", "letter_kind"},
		"giant png":    {picture(t, 12000, 4000), "", "letter_kind"},
		"too large":    {append(append([]byte("%PDF-1.4"), bytes.Repeat([]byte{' '}, press.MaxLetter)...), "%%EOF"...), "", "letter_large"},
		"an old image": {[]byte("GIF89a\x01\x00\x01\x00\x00\x00\x00;"), "", "letter_kind"},
	} {
		t.Run(name, func(t *testing.T) {
			d := draft()
			if len(c.file) > 0 {
				d.CardNumber = "" // the letter alone must do
			}
			d.ClientKey, d.Email = name, strings.ReplaceAll(name, " ", "")+"@vidu.example"
			a, err := h.room.Apply(h.nobody, h.xii.ID, d, c.file)
			if c.kind == "" {
				if diff := cmp.Diff(map[string]string{"letter": c.key}, testkit.FieldErrors(t, err, "press.error.")); diff != "" {
					t.Errorf("fields (-want +got):\n%s", diff)
				}
				return
			}
			if err != nil || !a.HasLetter {
				t.Fatalf("%+v, %v", a, err)
			}
			kind, body, err := h.room.Letter(h.officer, a.ID)
			if err != nil || kind != c.kind || !bytes.Equal(body, c.file) {
				t.Errorf("letter of type %s, %d bytes, %v", kind, len(body), err)
			}
		})
	}
	if n := h.count(t, `SELECT count(*) FROM audit_entry WHERE action = 'press.see_letter'`); n != 2 {
		t.Errorf("%d looks at letters noted, want 2", n)
	}
}

func TestApproveMakesADelegateOfThePress(t *testing.T) {
	h := open(t)
	a := h.approved(t)
	d, err := delegation.ByID(t.Context(), h.db, a.DelegateID)
	if err != nil {
		t.Fatal(err)
	}
	if d.State != delegation.Registered || d.InvitationID != 0 || d.Number != "KC22-BAO-001" || d.Organisation != "Báo Ví Dụ" || d.Sender.Vi != "Báo Ví Dụ" ||
		d.JobTitle != "Phóng viên" || d.Group.En != "Central and local press and broadcasters" || d.Province.VersionID != 0 {
		t.Errorf("delegate %+v", d)
	}
	if b := h.live(t, a); b.Category != d.Category || b.Days != 1 {
		t.Errorf("badge %+v of category %d", b, d.Category)
	}
	found, err := h.delegations.ByToken(t.Context(), h.db, h.delegations.Token(d))
	if err != nil || found.ID != d.ID {
		t.Errorf("the personal link leads to %d, %v", found.ID, err)
	}
	page, err := delegation.Search(t.Context(), h.db, h.xii.ID, delegation.Filter{Query: "thi du vi du"})
	if err != nil || page.Total != 1 {
		t.Errorf("the desk finds %d, %v", page.Total, err)
	}
	holders, err := delegation.BadgeHolders(t.Context(), h.db, h.xii.ID, delegation.Printable{GroupID: d.GroupID})
	if err != nil || len(holders) != 1 {
		t.Errorf("%d badges to print, %v", len(holders), err)
	}
}

func TestRevokeAndApproveAgain(t *testing.T) {
	h := open(t)
	a := h.approved(t)
	first := h.live(t, a)
	a, err := h.room.Revoke(h.officer, a.ID, "Không còn công tác tại báo.")
	if err != nil || a.State != press.Revoked || a.DecidedBy != "Bà Minh Họa" {
		t.Fatalf("%+v, %v", a, err)
	}
	old, err := badge.ByNumber(t.Context(), h.db, first.Number)
	if err != nil || old.Live() {
		t.Errorf("the badge lives on: %+v, %v", old, err)
	}
	_, err = h.room.Approve(h.officer, a.ID, press.Waiting, "") // the page is older than the revocation
	testkit.Refused(t, err, conference.KindConflict, "press.error.decided.revoked")
	a, err = h.room.Approve(h.officer, a.ID, a.State, "")
	if err != nil {
		t.Fatal(err)
	}
	if again := h.live(t, a); again.Number == first.Number {
		t.Error("the dead badge came back to life")
	}
	if n := h.count(t, `SELECT count(*) FROM delegate`); n != 1 {
		t.Errorf("%d delegates for one journalist", n)
	}
}

// Two officers press their buttons at once: one decision stands, the other officer is
// told whose.
func TestTwoOfficersDecideAtOnce(t *testing.T) {
	h := open(t)
	for n := range 10 {
		d := draft()
		d.ClientKey, d.Email = strings.Repeat("x", n+1), strings.Repeat("x", n+1)+"@vidu.example"
		a := h.apply(t, d)
		var errs [2]error
		var both sync.WaitGroup
		both.Go(func() {
			_, errs[0] = h.room.Approve(h.as(t, "Ông Một", conference.RolePressOfficer), a.ID, press.Waiting, "")
		})
		both.Go(func() { _, errs[1] = h.room.Refuse(h.as(t, "Bà Hai", conference.RoleOrganiser), a.ID, "Hết chỗ.") })
		both.Wait()
		after, err := press.ByID(t.Context(), h.db, a.ID)
		if err != nil {
			t.Fatal(err)
		}
		switch {
		case errs[0] == nil && errs[1] != nil:
			testkit.Refused(t, errs[1], conference.KindConflict, "press.error.decided.approved")
			if after.State != press.Approved || after.DecidedBy != "Ông Một" {
				t.Errorf("approved first, but %s by %s", after.State, after.DecidedBy)
			}
		case errs[0] != nil && errs[1] == nil:
			testkit.Refused(t, errs[0], conference.KindConflict, "press.error.decided.refused")
			if after.State != press.Refused || after.DecidedBy != "Bà Hai" {
				t.Errorf("refused first, but %s by %s", after.State, after.DecidedBy)
			}
		default:
			t.Errorf("approve %v, refuse %v", errs[0], errs[1])
		}
	}
	if n := h.count(t, `SELECT count(*) FROM mail WHERE kind IN ('press.approved', 'press.refused')`); n != 10 {
		t.Errorf("%d mails for 10 decisions", n)
	}
}

func TestDecisionsNeedAReasonAndAState(t *testing.T) {
	h := open(t)
	a := h.apply(t, draft())
	_, err := h.room.Refuse(h.officer, a.ID, " \n ")
	testkit.Refused(t, err, conference.KindInvalid, "reason: press.error.reason_missing")
	_, err = h.room.Revoke(h.officer, a.ID, "x")
	testkit.Refused(t, err, conference.KindConflict, "press.error.undecided")
	testkit.Refused(t, h.room.Resend(h.officer, a.ID), conference.KindConflict, "press.error.undecided")
	if _, err := h.room.Approve(h.officer, a.ID, a.State, ""); err != nil {
		t.Fatal(err)
	}
	_, err = h.room.Approve(h.officer, a.ID, a.State, "")
	testkit.Refused(t, err, conference.KindConflict, "press.error.decided.approved")
}

func TestAnEditionWithoutThePressGroupSaysSo(t *testing.T) {
	h := open(t)
	a := h.apply(t, draft())
	testkit.Write(t, h.db, func(ctx context.Context, tx *db.Tx) error {
		return db.Exec(ctx, tx, `DELETE FROM delegate_group WHERE code = 'press'`)
	})
	_, err := h.room.Approve(h.officer, a.ID, a.State, "")
	testkit.Refused(t, err, conference.KindConflict, "delegation.error.guest_group")
	if after, err := press.ByID(t.Context(), h.db, a.ID); err != nil || after.State != press.Waiting {
		t.Errorf("half approved: %+v, %v", after, err)
	}
}

func TestOnlyThePressDeskDecides(t *testing.T) {
	h := open(t)
	a := h.apply(t, draft())
	for name, ctx := range map[string]context.Context{"nobody": h.nobody, "steward": h.as(t, "x", conference.RoleSteward), "supervisor": h.as(t, "x", conference.RoleSupervisor)} {
		for verb, do := range map[string]func() error{
			"Approve": func() error { _, err := h.room.Approve(ctx, a.ID, press.Waiting, ""); return err },
			"Refuse":  func() error { _, err := h.room.Refuse(ctx, a.ID, "x"); return err },
			"Correct": func() error { _, err := h.room.Correct(ctx, a.ID, draft()); return err },
			"Preview": func() error { _, _, err := h.room.PreviewRefusal(ctx, a.ID, "x"); return err },
			"Revoke":  func() error { _, err := h.room.Revoke(ctx, a.ID, "x"); return err },
			"Resend":  func() error { return h.room.Resend(ctx, a.ID) },
			"Letter":  func() error { _, _, err := h.room.Letter(ctx, a.ID); return err },
			"SetDesk": func() error { return h.room.SetDesk(ctx, h.xii.ID, press.Desk{}) },
			"Print":   func() error { return h.room.NotePrint(ctx, h.xii.ID, 1) },
			"Export":  func() error { return h.room.NoteExport(ctx, h.xii.ID, 1) },
		} {
			if err := do(); conference.KindOf(err) != conference.KindForbidden {
				t.Errorf("%s as %s: %v", verb, name, err)
			}
		}
	}
}

// A slip of the pen is corrected while the application waits; what was corrected is on
// record without its values, which are personal.
func TestCorrect(t *testing.T) {
	h := open(t)
	a := h.apply(t, draft())
	d := a.Draft
	d.FullName, d.Email = "Trịnh Thị Ví Dụ", "khac@vidu.example"
	a, err := h.room.Correct(h.officer, a.ID, d)
	if err != nil || a.FullName != d.FullName || a.Email != d.Email || a.Lang != "vi" || a.State != press.Waiting {
		t.Fatalf("%+v, %v", a, err)
	}
	if found, err := press.List(t.Context(), h.db, h.xii.ID, press.Filter{Query: "vi du trinh"}); err != nil || len(found) != 1 {
		t.Errorf("the new name finds %d, %v", len(found), err)
	}
	const record = `SELECT count(*) FROM audit_entry WHERE action = 'press.correct' AND detail LIKE '%full_name%email%' AND detail NOT LIKE '%@%'`
	if _, err := h.room.Correct(h.officer, a.ID, d); err != nil || h.count(t, record) != 1 {
		t.Errorf("%d corrections on record, want one: %v", h.count(t, record), err)
	}
	_, err = h.room.Correct(h.officer, a.ID, press.Draft{})
	want := map[string]string{"outlet": "missing_outlet", "outlet_kind": "choose_kind", "full_name": "missing_name", "role": "choose_role", "phone": "phone", "email": "email", "card_number": "proof_needed"}
	if diff := cmp.Diff(want, testkit.FieldErrors(t, err, "press.error.")); diff != "" {
		t.Errorf("fields (-want +got):\n%s", diff)
	}
	if _, err := h.room.Approve(h.officer, a.ID, a.State, strings.Repeat("x", 501)); conference.KindOf(err) != conference.KindInvalid {
		t.Errorf("a word of 501 characters: %v", err)
	}
	if _, err := h.room.Approve(h.officer, a.ID, a.State, ""); err != nil {
		t.Fatal(err)
	}
	_, err = h.room.Correct(h.officer, a.ID, d)
	testkit.Refused(t, err, conference.KindConflict, "press.error.decided.approved")
}

// One who applies again after the first application was decided is seen to have done so.
func TestOthers(t *testing.T) {
	h := open(t)
	first := h.approved(t)
	again, stranger := draft(), draft()
	again.ClientKey, again.Email = "k2", "PhongVien@VIDU.example"
	stranger.ClientKey, stranger.Email, stranger.Phone = "k3", "khac@vidu.example", "0900000702"
	a, b := h.apply(t, again), h.apply(t, stranger)
	for _, c := range []struct {
		of   press.Application
		want []int64
	}{{first, []int64{a.ID}}, {a, []int64{first.ID}}, {b, nil}} {
		found, err := press.Others(t.Context(), h.db, c.of)
		var got []int64
		for _, o := range found {
			got = append(got, o.ID)
		}
		if err != nil || !slices.Equal(got, c.want) {
			t.Errorf("besides %d: %v, want %v, %v", c.of.ID, got, c.want, err)
		}
	}
}
