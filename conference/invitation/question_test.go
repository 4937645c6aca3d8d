package invitation_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"hoinghi/conference"
	"hoinghi/conference/edition"
	"hoinghi/conference/invitation"
	"hoinghi/conference/outbox"
	"hoinghi/conference/testkit"
)

func (h *house) focal(t *testing.T, i invitation.Invitation) context.Context {
	t.Helper()
	return conference.WithActor(t.Context(), conference.Actor{Kind: conference.ActorFocalPoint, ID: i.ID, Label: i.Organisation.Vi})
}

func asks(text string) invitation.QuestionDraft {
	return invitation.QuestionDraft{Text: text, Asker: invitation.Contact{Name: "Võ Thị Minh Họa", Phone: "0900000010", Email: "daumoi@vidu.example"}}
}

func (h *house) questions(t *testing.T) []invitation.Question {
	t.Helper()
	all, err := invitation.Questions(t.Context(), h.db, h.xii.ID, false, 0, 50)
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// A question reaches the edition's mailbox so that "reply" leads to the asker, and is
// kept until somebody says that it is answered.
func TestQuestionReachesTheSecretariat(t *testing.T) {
	h := open(t)
	i := h.first(t)
	d := asks("Đoàn đến muộn\r\nBcc: ai@do.example\r\n\r\ncó được nhận phòng không? " + h.room.Link(i))
	d.Asker.Name, d.ClientKey = "Võ Thị\r\nMinh Họa", "form-1"
	h.clock.Set(h.xii.RegisterBy.Add(time.Hour)) // whoever is late has the most to ask
	for range 2 {
		if err := h.room.Ask(h.focal(t, i), i.ID, d); err != nil {
			t.Fatal(err)
		}
	}
	all := h.questions(t)
	if len(all) != 1 || all[0].Asker.Name != "Võ Thị Minh Họa" || all[0].Organisation != i.Organisation || all[0].Answered() {
		t.Fatalf("questions %+v", all)
	}
	mails, err := h.room.QuestionMails(t.Context(), all[0].ID)
	if err != nil || len(mails) != 1 || mails[0].ToAddress != "banthuky@vidu.example" || mails[0].State != outbox.StateQueued {
		t.Fatalf("mails %+v, %v", mails, err)
	}
	_, msg, err := h.out.Render(t.Context(), mails[0].ID)
	if err != nil {
		t.Fatal(err)
	}
	testkit.Golden(t, "question.txt", "From: "+msg.FromName+"\nReply-To: "+msg.ReplyTo+"\nSubject: "+msg.Subject+"\n\n"+strings.ReplaceAll(msg.Text, h.room.Link(i), "LINK"))
	if strings.ContainsAny(msg.Subject+msg.ReplyTo+msg.FromName, "\r\n") || !strings.Contains(msg.Subject, i.Organisation.Vi) || len(msg.Secrets) != 3 {
		t.Errorf("subject %q, reply to %q", msg.Subject, msg.ReplyTo)
	}

	if n, err := invitation.QuestionsWaiting(t.Context(), h.db, h.xii.ID); err != nil || n != 1 {
		t.Errorf("%d waiting, %v", n, err)
	}
	h.refused(t, h.room.AnswerQuestion(t.Context(), all[0].ID, strings.Repeat("x", 2001)), conference.KindInvalid, "answer: question.error.long")
	if err := h.room.AnswerQuestion(t.Context(), all[0].ID, "Được, từ 14 giờ."); err != nil {
		t.Fatal(err)
	}
	if q := h.questions(t)[0]; !q.Answered() || q.Answer != "Được, từ 14 giờ." {
		t.Errorf("answered %+v", q)
	}
	if waiting, err := invitation.Questions(t.Context(), h.db, h.xii.ID, true, 0, 50); err != nil || len(waiting) != 0 {
		t.Errorf("waiting %+v, %v", waiting, err)
	}
	if err := h.room.ReopenQuestion(t.Context(), all[0].ID); err != nil || h.questions(t)[0].Answered() {
		t.Errorf("reopened: %v", err)
	}
}

// On the line the mail has one recipient, and the headers that the house wrote, whatever was typed.
func TestQuestionOnTheLine(t *testing.T) {
	server := testkit.NewSMTP(t)
	h := openWith(t, outbox.Config{SMTPURL: "smtp://" + server.Addr(), From: "btc@hoinghi.example"})
	i := h.first(t)
	o, err := edition.OrganisationByID(t.Context(), h.db, i.OrganisationID)
	if err != nil {
		t.Fatal(err)
	}
	o.NameVi = "Sở Mẫu\r\nBcc: khac@do.example\r\n"
	if err := h.ed.ChangeOrganisation(t.Context(), o); err != nil {
		t.Fatal(err)
	}
	d := asks("Dòng một\r\n.\r\nMAIL FROM:<x@do.example>")
	d.Asker.Name = "Võ Thị Minh Họa\r\nBcc: khac@do.example"
	if err := h.room.Ask(h.focal(t, i), i.ID, d); err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- h.out.Run(ctx) }()
	got := server.WaitFor(1, 10*time.Second)
	stop()
	if err := <-done; err != nil {
		t.Fatal(err)
	}
	m := got[0]
	if m.Err != nil || len(got) != 1 || m.EnvelopeTo != "banthuky@vidu.example" || m.ReplyTo != "daumoi@vidu.example" || m.Header.Get("Bcc") != "" || m.Header.Get("Cc") != "" {
		t.Errorf("%d mails, to %s, reply to %s, %v, %v", len(got), m.EnvelopeTo, m.ReplyTo, m.Header, m.Err)
	}
	if m.Subject != "Câu hỏi của Sở Mẫu Bcc: khac@do.example - Khuyến công phía Nam 2022" || !strings.Contains(m.Text, "Dòng một\n.\nMAIL FROM:<x@do.example>") {
		t.Errorf("subject %q\n%s", m.Subject, m.Text)
	}
}

func TestQuestionsThatAreRefused(t *testing.T) {
	h := open(t)
	i := h.first(t)
	focal := h.focal(t, i)
	h.refused(t, h.room.Ask(focal, i.ID, invitation.QuestionDraft{}), conference.KindInvalid, "question: question.error.missing",
		"asker_name: question.error.name_missing", "asker_email: question.error.no_way_back")
	d := asks(strings.Repeat("ạ", 2001))
	d.Asker.Email, d.Asker.Phone = "a@b.vn\r\nBcc: x@y.vn", "12"
	h.refused(t, h.room.Ask(focal, i.ID, d), conference.KindInvalid, "question: question.error.long", "asker_phone: invitation.error.focal_phone", "asker_email: invitation.error.focal_email")
	if err := h.room.Ask(h.focal(t, h.list(t, h.xii)[1]), i.ID, asks("?")); conference.KindOf(err) != conference.KindForbidden {
		t.Errorf("in another's name: %v", err)
	}
	for n := range 20 {
		if err := h.room.Ask(focal, i.ID, asks("Câu hỏi")); err != nil {
			t.Fatalf("question %d: %v", n, err)
		}
		if n%5 == 4 {
			if n == 4 {
				h.refused(t, h.room.Ask(focal, i.ID, asks("Câu thứ sáu")), conference.KindTooMany, "question.error.often")
			}
			h.clock.Advance(time.Hour)
		}
	}
	h.refused(t, h.room.Ask(focal, i.ID, asks("Câu thứ hai mươi mốt")), conference.KindTooMany, "question.error.often")
	if n := len(h.questions(t)); n != 20 {
		t.Errorf("%d questions, want 20", n)
	}
	h.clock.Advance(24 * time.Hour)
	if err := h.room.Ask(focal, i.ID, asks("Ngày hôm sau")); err != nil {
		t.Errorf("the next day: %v", err)
	}
}

// Without a contact address the question stays in the desk's list, and can be mailed
// once there is one.
func TestQuestionWithoutAnAddress(t *testing.T) {
	h := open(t)
	draft := testkit.Draft()
	draft.ContactEmail = ""
	if err := h.ed.Change(t.Context(), h.xii.ID, draft); err != nil {
		t.Fatal(err)
	}
	i := h.first(t)
	d := asks("Gọi lại giúp")
	d.Asker.Email = ""
	if err := h.room.Ask(h.focal(t, i), i.ID, d); err != nil {
		t.Fatal(err)
	}
	q := h.questions(t)[0]
	mails := func() []outbox.Mail {
		t.Helper()
		m, err := h.room.QuestionMails(t.Context(), q.ID)
		if err != nil {
			t.Fatal(err)
		}
		return m
	}
	if len(mails()) != 0 {
		t.Error("a mail to nobody is queued")
	}
	h.refused(t, h.room.Forward(t.Context(), q.ID), conference.KindConflict, "question.error.no_address")
	draft.ContactEmail = "banthuky@vidu.example"
	if err := h.ed.Change(t.Context(), h.xii.ID, draft); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if err := h.room.Forward(t.Context(), q.ID); err != nil {
			t.Fatal(err)
		}
	}
	if len(mails()) != 1 {
		t.Fatalf("%d mails, want 1", len(mails()))
	}
	_, msg, err := h.out.Render(t.Context(), mails()[0].ID)
	if err != nil || msg.ReplyTo != "" || !strings.Contains(msg.Text, "0900 000 010") {
		t.Errorf("reply to %q, %v\n%s", msg.ReplyTo, err, msg.Text)
	}
}

// An organisation that names another focal point has the former one told; an organiser
// who corrects an address does not, and nobody makes the program write to all the world.
func TestTheFormerFocalPointIsTold(t *testing.T) {
	h := open(t)
	i := h.first(t)
	set := func(ctx context.Context, c invitation.Contact) error { return h.room.SetContact(ctx, i.ID, c) }
	told := func() []outbox.Mail {
		t.Helper()
		m, err := h.out.Of(t.Context(), i.ID, invitation.KindFocalChanged)
		if err != nil {
			t.Fatal(err)
		}
		return m
	}
	former := invitation.Contact{Name: "Võ Thị Minh Họa", Email: "cu@vidu.example"}
	for _, c := range []invitation.Contact{{Name: "Võ Thị Minh Họa", Email: "sai@vidu.example"}, former} {
		if err := set(t.Context(), c); err != nil {
			t.Fatal(err)
		}
	}
	focal := h.focal(t, i)
	if err := set(focal, invitation.Contact{Name: "Võ Thị Minh Họa", Phone: "0900000010", Email: "CU@vidu.example"}); err != nil {
		t.Fatal(err)
	}
	if len(told()) != 0 {
		t.Fatal("a correction was told")
	}
	if err := set(focal, invitation.Contact{Name: "Đặng Văn Ví Dụ", Email: "moi@vidu.example"}); err != nil {
		t.Fatal(err)
	}
	mails := told()
	if len(mails) != 1 || !strings.EqualFold(mails[0].ToAddress, "cu@vidu.example") || mails[0].ToName != "Võ Thị Minh Họa" {
		t.Fatalf("told %+v", mails)
	}
	_, msg, err := h.out.Render(t.Context(), mails[0].ID)
	if err != nil {
		t.Fatal(err)
	}
	testkit.Golden(t, "focal_changed.txt", "Reply-To: "+msg.ReplyTo+"\nSubject: "+msg.Subject+"\n\n"+msg.Text)
	if strings.Contains(msg.Text, "/m/") {
		t.Error("a former focal point gets the link")
	}
	named, err := h.out.Of(t.Context(), i.ID, invitation.KindFocalNamed)
	if err != nil || len(named) != 1 || named[0].ToAddress != "moi@vidu.example" {
		t.Fatalf("the new focal point is told %+v, %v", named, err)
	}
	if _, msg, err = h.out.Render(t.Context(), named[0].ID); err != nil {
		t.Fatal(err)
	}
	testkit.Golden(t, "focal_named.txt", "Reply-To: "+msg.ReplyTo+"\nSubject: "+msg.Subject+"\n\n"+strings.ReplaceAll(msg.Text, h.room.Link(i), "LIÊN-KẾT"))
	if !strings.Contains(msg.Text, h.room.Link(i)) {
		t.Error("the new focal point has no link")
	}
	for _, address := range []string{"a", "b", "c", "d"} {
		if err := set(focal, invitation.Contact{Name: "Đặng Văn Ví Dụ", Email: address + "@vidu.example"}); err != nil {
			t.Fatal(err)
		}
	}
	h.refused(t, set(focal, invitation.Contact{Email: "e@vidu.example"}), conference.KindTooMany, "invitation.error.focal_often")
	h.clock.Advance(24 * time.Hour)
	if err := set(focal, invitation.Contact{Email: "e@vidu.example"}); err != nil {
		t.Errorf("the next day: %v", err)
	}
}

// Who holds a link that was withdrawn is told when, and which conference it was.
func TestAWithdrawnLinkKnowsItsEdition(t *testing.T) {
	h := open(t)
	i := h.first(t)
	token, code := i.Token(h.keys), i.ShortCode(h.keys)
	if _, err := h.room.Reissue(t.Context(), i.ID); err != nil {
		t.Fatal(err)
	}
	for _, typed := range []string{token, strings.ToLower(token), code} {
		if id, err := h.room.EditionOfFormer(t.Context(), h.db, typed); err != nil || id != h.xii.ID {
			t.Errorf("%s: edition %d, %v", typed, id, err)
		}
	}
	if _, err := h.room.EditionOfFormer(t.Context(), h.db, h.first(t).Token(h.keys)); conference.KindOf(err) != conference.KindNotFound {
		t.Errorf("a link that holds: %v", err)
	}
}

// The secretariat's words go to the address of who asked; without words or address there is no mail.
func TestAnAnswerIsMailed(t *testing.T) {
	h := open(t)
	i := h.first(t)
	silent := asks("Có chỗ để xe không?")
	silent.Asker.Email, silent.Asker.Phone = "", "0900000010"
	for _, d := range []invitation.QuestionDraft{asks("Xe đỗ ở đâu?\nCó thu phí không?"), silent, asks("Còn chỗ không?")} {
		if err := h.room.Ask(h.focal(t, i), i.ID, d); err != nil {
			t.Fatal(err)
		}
	}
	for n, q := range h.questions(t) {
		words := "Bãi xe ở cổng sau.\nKhông thu phí."
		if q.Text == "Còn chỗ không?" {
			words = ""
		}
		if err := h.room.AnswerQuestion(t.Context(), q.ID, words); err != nil {
			t.Fatal(n, err)
		}
		mails, err := h.out.Of(t.Context(), q.ID, invitation.KindAnswered)
		if err != nil {
			t.Fatal(err)
		}
		if words == "" || q.Asker.Email == "" {
			if len(mails) != 0 {
				t.Errorf("%q: %+v", q.Text, mails)
			}
			continue
		}
		if len(mails) != 1 || mails[0].ToAddress != q.Asker.Email {
			t.Fatalf("%q: %+v", q.Text, mails)
		}
		_, msg, err := h.out.Render(t.Context(), mails[0].ID)
		if err != nil {
			t.Fatal(err)
		}
		testkit.Golden(t, "answered.txt", "Reply-To: "+msg.ReplyTo+"\nSubject: "+msg.Subject+"\n\n"+msg.Text)
		if err := h.room.ReopenQuestion(t.Context(), q.ID); err != nil {
			t.Fatal(err)
		}
		if _, _, err := h.out.Render(t.Context(), mails[0].ID); conference.KindOf(err) != conference.KindGone {
			t.Errorf("an answer that was taken back: %v", err)
		}
	}
}
