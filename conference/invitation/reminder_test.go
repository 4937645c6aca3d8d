package invitation_test

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"hoinghi/conference"
	"hoinghi/conference/invitation"
	"hoinghi/conference/outbox"
	"hoinghi/conference/testkit"
	"hoinghi/db"
)

// exec changes rows as the outbox would, without the server it would need for it.
func (h *house) exec(t *testing.T, query string, args ...any) {
	t.Helper()
	testkit.Write(t, h.db, func(ctx context.Context, tx *db.Tx) error { return db.Exec(ctx, tx, query, args...) })
}

// deliver has every waiting mail sent.
func (h *house) deliver(t *testing.T) {
	t.Helper()
	h.exec(t, `UPDATE mail SET state = 'sent', due_at = NULL, sent_at = ?, transport = 'smtp' WHERE state = 'queued'`, db.At(h.clock.Now()))
}

// invited gives n invitations that were sent, and clears the clock of "just now".
func (h *house) invited(t *testing.T, n int) []invitation.Invitation {
	t.Helper()
	h.ready(t, n)
	h.send(t)
	h.deliver(t)
	h.clock.Advance(time.Minute)
	return h.list(t, h.xii)[:n]
}

func (h *house) remind(t *testing.T, ids ...int64) invitation.Sending {
	t.Helper()
	s, err := h.room.Remind(t.Context(), h.xii.ID, ids, h.room.DefaultReminder())
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// reminded gives the invitations that a reminder was queued for, in order of queueing.
func (h *house) reminded(t *testing.T) []int64 {
	t.Helper()
	all, err := h.out.List(t.Context(), outbox.Filter{Kind: invitation.KindRemind, Limit: 200})
	if err != nil {
		t.Fatal(err)
	}
	var ids []int64
	for _, m := range all {
		ids = append(ids, m.SubjectID)
	}
	slices.Reverse(ids)
	return ids
}

func TestRemindReachesExactlyTheSilent(t *testing.T) {
	h := open(t)
	if s := h.remind(t); s.Queued != 0 || s.CampaignID != 0 || reasons(s)["reminder.skip.not_invited"] != 20 {
		t.Errorf("before anybody is invited: %+v", reasons(s))
	}
	all := h.invited(t, 12)
	if err := h.room.Accept(t.Context(), all[0].ID); err != nil {
		t.Fatal(err)
	}
	if err := h.room.Decline(t.Context(), all[1].ID, "Bận công tác mẫu"); err != nil {
		t.Fatal(err)
	}
	h.exec(t, `UPDATE mail SET state = 'queued', due_at = 1, sent_at = NULL WHERE subject_id = ?`, all[2].ID)
	h.exec(t, `UPDATE mail SET state = 'failed', sent_at = NULL WHERE subject_id = ?`, all[3].ID)
	h.exec(t, `UPDATE mail SET state = 'unknown', sent_at = NULL WHERE subject_id = ?`, all[4].ID)
	h.exec(t, `UPDATE invitation SET focal_email = '' WHERE id = ?`, all[5].ID)
	h.exec(t, `UPDATE invitation SET focal_email = 'không phải địa chỉ' WHERE id = ?`, all[6].ID)
	if err := h.room.NoteOpened(t.Context(), all[7].ID); err != nil { // perhaps by a mail scanner
		t.Fatal(err)
	}
	for n, kind := range []string{"hard", "hard", "soft"} { // the first for good; the second got another address; the third was only full
		h.exec(t, `INSERT INTO mail_bounce (mail_id, kind, source, received_at) SELECT id, ?2, 'pasted', 1 FROM mail WHERE subject_id = ?1`, all[9+n].ID, kind)
	}
	h.exec(t, `UPDATE invitation SET focal_email = 'khac@vidu.example' WHERE id = ?`, all[10].ID)
	want := map[string]int{"reminder.skip.bounced": 1, "reminder.skip.answered": 2, "reminder.skip.waiting": 1, "reminder.skip.failed": 1, "reminder.skip.no_address": 1,
		"reminder.skip.bad_address": 1, "reminder.skip.not_invited": 8}
	seen, err := h.room.RemindWhom(t.Context(), h.db, h.xii.ID, nil)
	if err != nil {
		t.Fatal(err)
	}
	s := h.remind(t)
	if diff := cmp.Diff(want, reasons(s)); diff != "" {
		t.Errorf("skipped (-want +got):\n%s", diff)
	}
	for key := range want {
		if !h.loc.In("vi").Has(key) {
			t.Errorf("no text for %s", key)
		}
	}
	got, expect := h.reminded(t), []int64{all[4].ID, all[7].ID, all[8].ID, all[10].ID, all[11].ID}
	if !slices.Equal(got, expect) || s.Queued != 5 {
		t.Errorf("reminded %v, want %v", got, expect)
	}
	for n, i := range seen.Ready {
		if i.ID != expect[n] {
			t.Errorf("the preview promised %d, not %d", i.ID, expect[n])
		}
	}
	if got := reasons(h.remind(t, all[8].ID))["reminder.skip.reminding"]; got != 1 {
		t.Error("one whose reminder still waits is reminded again")
	}
	h.deliver(t)
	if got := reasons(h.remind(t, all[8].ID))["reminder.skip.recent"]; got != 1 {
		t.Error("one that was reminded a moment ago is reminded again")
	}
	h.clock.Advance(time.Hour)
	if s := h.remind(t, all[8].ID); s.Queued != 1 {
		t.Errorf("one, an hour later: %v", reasons(s))
	}
	h.deliver(t)
	h.clock.Set(h.xii.RegisterBy.Add(time.Second))
	if s := h.remind(t, all[8].ID); reasons(s)["reminder.skip.deadline"] != 1 {
		t.Errorf("after the deadline: %v", reasons(s))
	}
}

func TestRemindRefuses(t *testing.T) {
	h := open(t)
	all := h.invited(t, 1)
	_, err := h.room.Remind(t.Context(), h.xii.ID, []int64{9999}, h.room.DefaultReminder())
	h.refused(t, err, conference.KindNotFound, "error.not_found")
	_, err = h.room.Remind(t.Context(), h.xii.ID, nil, invitation.Text{Subject: "Nhắc [ten]"})
	h.refused(t, err, conference.KindInvalid, "subject: invitation.error.field_unknown", "body: invitation.error.body_missing")
	nobody := conference.WithActor(t.Context(), conference.Actor{Kind: conference.ActorFocalPoint, ID: all[0].ID})
	if _, err := h.room.Remind(nobody, h.xii.ID, nil, h.room.DefaultReminder()); conference.KindOf(err) != conference.KindForbidden {
		t.Errorf("a focal point reminds: %v", err)
	}
	elsewhere := conference.WithActor(t.Context(), conference.Actor{Kind: conference.ActorStaff, ID: 1, Label: "Mẫu Kỳ Khác", Editions: map[int64][]conference.Role{h.xii.ID + 1: {conference.RoleOrganiser}}})
	for what, err := range map[string]error{
		"reminds":     second(h.room.Remind(elsewhere, h.xii.ID, nil, h.room.DefaultReminder())),
		"confirms":    h.room.ConfirmReminders(elsewhere, h.xii.ID, h.draft()),
		"takes back":  h.room.WithdrawReminders(elsewhere, h.xii.ID),
		"words":       h.room.SetReminderText(elsewhere, h.xii.ID, h.room.DefaultReminder()),
		"takes along": h.room.NoteExport(elsewhere, h.xii.ID, 1),
	} {
		if conference.KindOf(err) != conference.KindForbidden {
			t.Errorf("an organiser of another edition %s: %v", what, err)
		}
	}
	if got := h.reminded(t); len(got) != 0 {
		t.Errorf("reminded %v", got)
	}
}

// The history says when, by whom, with which words, and what became of the mail.
func TestReminderKeepsItsWordsAndItsMail(t *testing.T) {
	h := open(t)
	i := h.invited(t, 1)[0]
	organiser := conference.WithActor(t.Context(), conference.Actor{Kind: conference.ActorStaff, ID: 1, Label: "Mẫu Thư Ký", Roles: []conference.Role{conference.RoleOrganiser}})
	own := invitation.Text{Subject: "Nhắc [don_vi]", Body: "Đầu mối: [dau_moi]\nĐến [thoi_diem]: [da_dang_ky]/[tong_chi_tieu]\n[lien_ket]"}
	if _, err := h.room.Remind(organiser, h.xii.ID, []int64{i.ID}, own); err != nil {
		t.Fatal(err)
	}
	if err := h.room.SetReminderText(t.Context(), h.xii.ID, invitation.Text{Subject: "Khác", Body: "Khác [don_vi]"}); err != nil {
		t.Fatal(err)
	}
	past, err := h.room.Reminders(t.Context(), h.db, i.ID)
	if err != nil || len(past) != 1 {
		t.Fatalf("%d reminders, %v", len(past), err)
	}
	p := past[0]
	if p.By != "Mẫu Thư Ký" || p.Subject != own.Subject || p.Body != own.Body || p.Automatic() || !p.At.Equal(h.clock.Now()) || p.Mail.State != outbox.StateQueued {
		t.Errorf("history: %+v", p)
	}
	_, msg, err := h.out.Render(t.Context(), p.MailID)
	if err != nil || msg.Subject != "Nhắc Sở Công Thương tỉnh Tây Ninh" {
		t.Fatalf("subject %q, %v", msg.Subject, err)
	}
	for _, want := range []string{"Đầu mối: Võ Thị Minh Họa", "Đến 14 giờ 01 ngày 05 tháng 9 năm 2022: 0/05", h.room.Link(i)} {
		if !strings.Contains(msg.Text, want) {
			t.Errorf("the mail lacks %q:\n%s", want, msg.Text)
		}
	}
	before, err := invitation.RemindedOf(t.Context(), h.db, h.xii.ID)
	if err != nil || len(before) != 1 || before[i.ID].Times != 1 || !before[i.ID].Last.Equal(h.clock.Now()) {
		t.Errorf("reminded: %+v, %v", before, err)
	}
	if text, err := h.room.ReminderText(t.Context(), h.db, h.xii.ID); err != nil || text.Subject != "Khác" {
		t.Errorf("text %+v, %v", text, err)
	}
}

func TestReminderAsItIsRead(t *testing.T) {
	h := open(t)
	i := h.invited(t, 1)[0]
	h.remind(t)
	mails, err := h.out.List(t.Context(), outbox.Filter{Kind: invitation.KindRemind})
	if err != nil {
		t.Fatal(err)
	}
	m, msg, err := h.out.Render(t.Context(), mails[0].ID)
	if err != nil {
		t.Fatal(err)
	}
	testkit.Golden(t, "remind.txt", "To: "+m.ToName+" <"+m.ToAddress+">\nFrom: "+msg.FromName+"\nReply-To: "+msg.ReplyTo+"\nSubject: "+msg.Subject+"\n\n"+msg.Text)
	subject, body, err := h.room.PreviewReminder(t.Context(), h.db, i.ID, h.room.DefaultReminder())
	if err != nil || subject != msg.Subject || body != msg.Text {
		t.Errorf("the preview differs from the mail: %v\n%s", err, body)
	}
}

// Whoever answers while the queue stands still is not reminded any more.
func TestAnAnswerStopsTheReminderThatWaits(t *testing.T) {
	h := open(t)
	all := h.invited(t, 2)
	h.remind(t)
	if err := h.room.Decline(t.Context(), all[0].ID, ""); err != nil {
		t.Fatal(err)
	}
	states := map[int64]outbox.State{}
	mails, err := h.out.List(t.Context(), outbox.Filter{Kind: invitation.KindRemind})
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range mails {
		states[m.SubjectID] = m.State
	}
	if diff := cmp.Diff(map[int64]outbox.State{all[0].ID: outbox.StateStopped, all[1].ID: outbox.StateQueued}, states); diff != "" {
		t.Errorf("states (-want +got):\n%s", diff)
	}
}

// A reminder that was stopped by an answer is not sent after all when somebody presses the
// button: it would reproach whoever has answered.
func TestAReminderIsNotSentToWhoAnswered(t *testing.T) {
	h := open(t)
	i := h.invited(t, 1)[0]
	h.remind(t)
	if err := h.room.Accept(t.Context(), i.ID); err != nil {
		t.Fatal(err)
	}
	mail, err := h.out.Of(t.Context(), i.ID, invitation.KindRemind)
	if err != nil || len(mail) != 1 {
		t.Fatal(mail, err)
	}
	again, err := h.out.Resend(t.Context(), mail[0].ID)
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- h.out.Run(ctx) }()
	changes, leave := h.db.Subscribe("outbox")
	defer leave()
	var m outbox.Mail
	for end := time.After(10 * time.Second); ; {
		if m, err = h.out.ByID(t.Context(), again); err != nil {
			t.Fatal(err)
		}
		if m.State == outbox.StateFailed {
			break
		}
		select {
		case <-changes:
		case <-end:
			t.Fatalf("the reminder is %s", m.State)
		}
	}
	stop()
	if err := <-done; err != nil {
		t.Fatal(err)
	}
}

// A reminder that a mail server refused, or that was taken out of the queue, reminded nobody.
func TestARemindersCountIsOfThoseThatWent(t *testing.T) {
	h := open(t)
	all := h.invited(t, 3)
	h.remind(t)
	h.exec(t, `UPDATE mail SET state = 'failed', due_at = NULL WHERE kind = ? AND subject_id = ?`, invitation.KindRemind, all[0].ID)
	if err := h.room.Decline(t.Context(), all[1].ID, ""); err != nil {
		t.Fatal(err)
	}
	got, err := invitation.RemindedOf(t.Context(), h.db, h.xii.ID)
	if err != nil || len(got) != 1 || got[all[2].ID].Times != 1 {
		t.Errorf("%v, %v", got, err)
	}
}

// Whoever got the invitation by Zalo, and no mail of it, was invited too.
func TestWhoWasInvitedByHandIsRemindedToo(t *testing.T) {
	h := open(t)
	i := h.ready(t, 1)[0]
	if s := h.remind(t, i.ID); reasons(s)["reminder.skip.not_invited"] != 1 {
		t.Errorf("before it was handed over: %v", reasons(s))
	}
	handed, err := h.room.HandOver(t.Context(), i.ID, invitation.ByZalo)
	if err != nil {
		t.Fatal(err)
	}
	if s, err := h.room.RemindWhom(t.Context(), h.db, h.xii.ID, []int64{i.ID}); err != nil || len(s.Ready) != 1 {
		t.Errorf("handed over: %+v, %v", s.Skipped, err)
	}
	if err := h.room.TakeBack(t.Context(), i.ID, handed.ID); err != nil {
		t.Fatal(err)
	}
	if s := h.remind(t, i.ID); reasons(s)["reminder.skip.not_invited"] != 1 {
		t.Errorf("taken back: %v", reasons(s))
	}
}
