package invitation_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/google/go-cmp/cmp"

	"hoinghi/conference"
	"hoinghi/conference/account"
	"hoinghi/conference/audit"
	"hoinghi/conference/invitation"
	"hoinghi/conference/outbox"
	"hoinghi/db"
)

func TestSetCopies(t *testing.T) {
	h := open(t)
	i := h.ready(t, 1)[0]
	for typed, want := range map[string]string{
		"":               "",
		" \n;,\n":        "",
		"vp@Vidu.Gov.VN": "vp@vidu.gov.vn",
		"vp@vidu.gov.vn; VP@vidu.gov.vn, p.qlcn@vidu.gov.vn":                                "vp@vidu.gov.vn\np.qlcn@vidu.gov.vn",
		"Văn phòng, Sở Thí Dụ <vp@vidu.gov.vn>, \"Lê Giả Định\" <le@vidu.gov.vn>\r\na@b.vn": "Văn phòng, Sở Thí Dụ <vp@vidu.gov.vn>\nLê Giả Định <le@vidu.gov.vn>\na@b.vn",
		"a@b.vn c@d.vn": "a@b.vn\nc@d.vn",
	} {
		if err := h.room.SetCopies(t.Context(), i.ID, typed); err != nil {
			t.Errorf("%q: %v", typed, err)
			continue
		}
		got, err := invitation.Copies(t.Context(), h.db, i.ID)
		if err != nil || invitation.CopiesText(got) != want {
			t.Errorf("%q: %q, %v", typed, invitation.CopiesText(got), err)
		}
	}
	if err := h.room.SetCopies(t.Context(), i.ID, "giu@vidu.gov.vn"); err != nil {
		t.Fatal(err)
	}
	many := ""
	for n := range 11 {
		many += fmt.Sprintf("mau%d@vidu.gov.vn\n", n)
	}
	for typed, want := range map[string]string{
		"vanphong":                             "sending.error.copy_address",
		"a@b.vn\nnguyễn@vidu.gov.vn":           "sending.error.copy_address",
		"A <a@b.vn":                            "sending.error.copy_address",
		"a@b.vn\r\nBcc: x@y.vn":                "sending.error.copy_address",
		"x\n" + strings.ToUpper(i.Address()):   "sending.error.copy_address",
		strings.ToUpper(i.Address()):           "sending.error.copy_main",
		many:                                   "sending.error.copy_many",
		strings.Repeat("ạ", 121) + " <a@b.vn>": "sending.error.copy_name",
	} {
		h.refused(t, h.room.SetCopies(t.Context(), i.ID, typed), conference.KindInvalid, "copies: "+want)
	}
	var e *conference.Error
	if err := h.room.SetCopies(t.Context(), i.ID, "a@b.vn\nkhông phải địa chỉ"); !errors.As(err, &e) || !slices.Contains(e.Fields[0].Text.Args, any("không phải địa chỉ")) {
		t.Errorf("the line that is wrong is not named: %v", err)
	}
	if got, err := invitation.Copies(t.Context(), h.db, i.ID); err != nil || len(got) != 1 || got[0].Address != "giu@vidu.gov.vn" {
		t.Errorf("a refused list left %v, %v", got, err)
	}
	steward := conference.WithActor(t.Context(), conference.Actor{Kind: conference.ActorFocalPoint, ID: i.ID})
	h.refused(t, h.room.SetCopies(steward, i.ID, ""), conference.KindForbidden, "error.forbidden")
	h.refused(t, h.room.SetCopies(t.Context(), 9999, ""), conference.KindNotFound, "error.not_found")
}

// A copy is a mail of its own with the same heads and the same text, and it says
// nothing about how the invitation itself fares.
func TestCopiesAreMailsOfTheirOwn(t *testing.T) {
	h := open(t)
	all := h.ready(t, 2)
	i := all[0]
	if err := h.room.SetCopies(t.Context(), i.ID, "Văn phòng Sở Mẫu <vp@vidu.gov.vn>\nbo.mau@vidu.gov.vn"); err != nil {
		t.Fatal(err)
	}
	s := h.send(t, i.ID, all[1].ID)
	c, err := h.room.Campaign(t.Context(), h.db, s.CampaignID)
	if err != nil || s.Queued != 2 || s.Copies != 2 || c.Mails != 4 {
		t.Errorf("%+v, %d mails, %v", s, c.Mails, err)
	}
	mails, err := h.out.List(t.Context(), outbox.Filter{Campaign: s.CampaignID})
	if err != nil {
		t.Fatal(err)
	}
	want := outbox.Heads{To: outbox.Address{Name: "Võ Thị Minh Họa", Address: i.Address()},
		Cc: []outbox.Address{{Name: "Văn phòng Sở Mẫu", Address: "vp@vidu.gov.vn"}, {Address: "bo.mau@vidu.gov.vn"}}}
	kinds, subject := map[string]int{}, ""
	for _, m := range mails {
		kinds[m.Kind]++
		if m.SubjectID != i.ID {
			if m.Heads.Several() {
				t.Error("an invitation without copies has heads")
			}
			continue
		}
		if d := cmp.Diff(want, m.Heads); d != "" {
			t.Error(d)
		}
		_, msg, err := h.out.Render(t.Context(), m.ID)
		if err != nil || subject != "" && subject != msg.Text {
			t.Errorf("%s reads otherwise: %v", m.ToAddress, err)
		}
		subject = msg.Text
	}
	if d := cmp.Diff(map[string]int{invitation.KindInvite: 2, invitation.KindCopy: 2}, kinds); d != "" {
		t.Error(d)
	}
	// Whoever has become the focal point does not get a second mail.
	if err := h.room.SetContact(t.Context(), i.ID, invitation.Contact{Email: "VP@vidu.gov.vn"}); err != nil {
		t.Fatal(err)
	}
	if s := h.send(t, i.ID); s.Copies != 1 {
		t.Errorf("%d copies", s.Copies)
	}
	p, err := h.room.PreviewMail(t.Context(), h.db, i.ID, nil)
	if err != nil || len(p.Cc) != 1 || p.To.Address != "VP@vidu.gov.vn" || p.Subject == "" || !strings.Contains(p.Body, h.room.Link(i)) {
		t.Errorf("%+v, %v", p, err)
	}
}

func TestSendingIsPausedResumedAndCut(t *testing.T) {
	h := open(t)
	h.ready(t, 3)
	organiser := conference.WithActor(t.Context(), conference.Actor{Kind: conference.ActorStaff, ID: 7, Label: "Lê Thị Thí Dụ", Roles: []conference.Role{conference.RoleOrganiser}})
	one, two := h.send(t), h.send(t)
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	must(h.room.Pause(organiser, one.CampaignID))
	must(h.room.Pause(organiser, one.CampaignID)) // once is enough
	hold, held, err := outbox.Held(t.Context(), h.db, one.CampaignID)
	if err != nil || !held || hold.By != "Lê Thị Thí Dụ" {
		t.Errorf("%+v, %v, %v", hold, held, err)
	}
	if _, held, _ := outbox.Held(t.Context(), h.db, two.CampaignID); held {
		t.Error("the other sending is held too")
	}
	must(h.room.Resume(organiser, one.CampaignID))
	must(h.room.Resume(organiser, one.CampaignID))
	must(h.room.Pause(organiser, one.CampaignID))
	n, err := h.room.StopRest(organiser, one.CampaignID)
	if err != nil || n != 3 {
		t.Errorf("%d stopped, %v", n, err)
	}
	if n, err := h.room.StopRest(organiser, one.CampaignID); err != nil || n != 0 {
		t.Errorf("%d stopped again, %v", n, err)
	}
	h.refused(t, h.room.Pause(organiser, one.CampaignID), conference.KindConflict, "sending.error.over")
	p, err := h.out.CampaignProgress(t.Context(), one.CampaignID)
	if err != nil || p.Stopped != 3 || p.Waiting != 0 {
		t.Errorf("%+v, %v", p, err)
	}
	if p, err := h.out.CampaignProgress(t.Context(), two.CampaignID); err != nil || p.Waiting != 3 {
		t.Errorf("the other sending: %+v, %v", p, err)
	}
	nobody := conference.WithActor(t.Context(), conference.Actor{Kind: conference.ActorStaff, ID: 8, Roles: []conference.Role{conference.RoleSteward}})
	for _, act := range []func(context.Context) error{
		func(ctx context.Context) error { return h.room.Pause(ctx, two.CampaignID) },
		func(ctx context.Context) error { return h.room.Resume(ctx, two.CampaignID) },
		func(ctx context.Context) error { _, err := h.room.StopRest(ctx, two.CampaignID); return err },
	} {
		h.refused(t, act(nobody), conference.KindForbidden, "error.forbidden")
	}
	h.refused(t, h.room.Pause(organiser, 99), conference.KindNotFound, "error.not_found")

	entries, err := audit.Entries(t.Context(), h.db, h.xii.ID, 0, 20)
	must(err)
	var acts []string
	for _, e := range entries {
		if e.SubjectKind == "campaign" {
			acts = append(acts, fmt.Sprint(e.Action, " ", e.SubjectID))
		}
	}
	want := []string{"invitation.stop_rest 1", "invitation.pause 1", "invitation.resume 1", "invitation.pause 1", "invitation.send 2", "invitation.send 1"}
	if d := cmp.Diff(want, acts); d != "" {
		t.Error(d)
	}
	campaigns, err := invitation.Campaigns(t.Context(), h.db, h.xii.ID)
	if err != nil || len(campaigns) != 2 || campaigns[0].ID != two.CampaignID {
		t.Errorf("%+v, %v", campaigns, err)
	}
}

// A test goes to whoever asks for it, says that it is one, and holds nothing that
// counts as the organisation's when it is clicked.
func TestTestMailGoesToOneself(t *testing.T) {
	h := open(t)
	i := h.ready(t, 1)[0]
	self := account.Staff{ID: 7, Email: "le.thidu@bantochuc.example", FullName: "Lê Thị Thí Dụ", Roles: []conference.Role{conference.RoleOrganiser}}
	organiser := conference.WithActor(t.Context(), self.Actor())
	if err := h.room.SetText(organiser, h.xii.ID, "Mời [don_vi]", "Kính gửi [don_vi]\n\n[lien_ket]\n\nMã: [ma_don_vi]"); err != nil {
		t.Fatal(err)
	}
	id, err := h.room.SendTest(organiser, i.ID, self)
	if err != nil {
		t.Fatal(err)
	}
	m, msg, err := h.out.Render(t.Context(), id)
	if err != nil || m.ToAddress != self.Email || m.Kind != invitation.KindTest || m.Campaign != 0 {
		t.Fatalf("%+v, %v", m, err)
	}
	if msg.Subject != "[Thư thử] Mời Sở Công Thương tỉnh Tây Ninh" || !strings.HasPrefix(strings.TrimSpace(msg.Text), "*** ") && !strings.Contains(msg.Text, "THƯ THỬ") {
		t.Errorf("%q\n%s", msg.Subject, msg.Text)
	}
	for _, real := range []string{h.room.Link(i), i.Token(h.keys), i.ShortCode(h.keys)} {
		if strings.Contains(msg.Text, real) || strings.Contains(msg.HTML, real) {
			t.Errorf("the test holds %s", real)
		}
	}
	if got := h.first(t); !got.QueuedAt.IsZero() {
		t.Error("a test counts as the invitation")
	}
	if len(h.mails(t)) != 0 {
		t.Error("a test stands among the invitations")
	}
	other := self
	other.ID, other.Email = 8, "khac@bantochuc.example"
	_, err = h.room.SendTest(organiser, i.ID, other)
	h.refused(t, err, conference.KindForbidden, "sending.error.test_other")
	_, err = h.room.SendTest(organiser, 9999, self)
	h.refused(t, err, conference.KindNotFound, "error.not_found")
}

// What is sent is what a page showed: the same page posted twice, a text that somebody changed
// and an organisation that came in meanwhile send nothing at all.
func TestOnlyWhatWasShownIsSent(t *testing.T) {
	h := open(t)
	h.ready(t, 3)
	shown := func(ids ...int64) invitation.Shown {
		t.Helper()
		p, err := h.room.Plan(t.Context(), h.db, h.xii.ID, ids)
		if err != nil || len(p.Ready) < 2 {
			t.Fatalf("%d can be sent: %v", len(p.Ready), err)
		}
		return invitation.Shown{Pool: ids, Chosen: []int64{p.Ready[0].ID, p.Ready[1].ID}, Seal: p.Seal}
	}
	page := shown()
	for change, do := range map[string]func() error{
		"text": func() error {
			return h.room.SetText(t.Context(), h.xii.ID, "Mời [don_vi]", "Kính gửi [don_vi]: [lien_ket], mã [ma_don_vi]")
		},
		"address": func() error {
			return h.room.SetContact(t.Context(), page.Chosen[0], invitation.Contact{Email: "khac@vidu.example"})
		},
		"copy": func() error { return h.room.SetCopies(t.Context(), page.Chosen[1], "ban-sao@vidu.example") },
	} {
		page = shown()
		if err := do(); err != nil {
			t.Fatal(err)
		}
		_, err := h.room.SendShown(t.Context(), h.xii.ID, page)
		if conference.KindOf(err) != conference.KindConflict {
			t.Errorf("%s changed: %v", change, err)
		}
	}
	page = shown()
	var done atomic.Int32
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			if s, err := h.room.SendShown(t.Context(), h.xii.ID, page); err == nil && s.Queued == 2 {
				done.Add(1)
			} else if conference.KindOf(err) != conference.KindConflict {
				t.Errorf("the same page once more: %+v, %v", s, err)
			}
		})
	}
	all.Wait()
	n, err := db.Value[int](t.Context(), h.db, "SELECT count(*) FROM mail WHERE kind = ?", invitation.KindInvite)
	if done.Load() != 1 || n != 2 || err != nil {
		t.Errorf("one page was sent %d times: %d mails, %v", done.Load(), n, err)
	}
	again := shown()
	again.Chosen = nil
	_, err = h.room.SendShown(t.Context(), h.xii.ID, again)
	h.refused(t, err, conference.KindInvalid, "id: sending.error.nobody")
	again.Chosen = []int64{9999}
	_, err = h.room.SendShown(t.Context(), h.xii.ID, again)
	h.refused(t, err, conference.KindInvalid, "id: sending.error.unknown")
}

// Who saves a text over one that they have not read is told, and loses nothing.
func TestATextIsNotReplacedUnread(t *testing.T) {
	h := open(t)
	first, err := h.room.Text(t.Context(), h.db, h.xii.ID)
	if err != nil {
		t.Fatal(err)
	}
	theirs, mine := first, first
	theirs.Subject, mine.Subject = "Của người khác [don_vi]", "Của tôi [don_vi]"
	if err := h.room.ReplaceText(t.Context(), h.xii.ID, theirs, first.Seal()); err != nil {
		t.Fatal(err)
	}
	h.refused(t, h.room.ReplaceText(t.Context(), h.xii.ID, mine, first.Seal()), conference.KindConflict, "invitation.error.text_changed")
	if now, err := h.room.Text(t.Context(), h.db, h.xii.ID); err != nil || now.Subject != theirs.Subject {
		t.Errorf("%q, %v", now.Subject, err)
	}
	if err := h.room.ReplaceText(t.Context(), h.xii.ID, mine, theirs.Seal()); err != nil {
		t.Error(err)
	}
}
