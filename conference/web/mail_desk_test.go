package web_test

import (
	"context"
	"strings"
	"testing"

	"hoinghi/conference"
	"hoinghi/conference/testkit"
	"hoinghi/conference/web/ui"
	"hoinghi/db"
)

// exec changes rows as the outbox would, without the server it would need for it.
func (h *house) exec(query string, args ...any) {
	h.t.Helper()
	testkit.Write(h.t, h.db, func(ctx context.Context, tx *db.Tx) error { return db.Exec(ctx, tx, query, args...) })
}

// A mail that stays in the mailbox of the house was sent at no time.
func TestAMailThatStaysHereIsNotCalledSent(t *testing.T) {
	h := open(t)
	v := h.staff(conference.RoleOrganiser)
	now := h.clock.Now().UnixMilli()
	h.exec(`UPDATE mail SET state = 'sent', due_at = NULL, sent_at = ?, transport = 'smtp', attempts = 1 WHERE id = 1`, now)
	h.exec(`UPDATE mail SET state = 'sent', due_at = NULL, sent_at = ?, transport = 'local', attempts = 1 WHERE id = 2`, now)
	const kept = "Chưa gửi ra ngoài, lưu lúc "
	moment := ui.Moment(h.clock.Now(), "vi")
	if _, body := v.get("/desk/mail/1"); !strings.Contains(body, "Gửi lúc "+moment) || strings.Contains(body, kept) {
		t.Error("the page of a mail that was sent")
	}
	if _, body := v.get("/desk/mail/2"); strings.Contains(body, "Gửi lúc") || !strings.Contains(body, kept+moment) {
		t.Error("the page of a mail that stayed here")
	}
	_, body := v.get("/desk/mail?part=rows&state=sent")
	if strings.Count(body, kept+moment) != 1 || strings.Count(body, `data-label="Gửi lúc">`+moment+"</td>") != 1 {
		t.Errorf("the list of sent mails: %s", body)
	}
}

// Why an attempt failed is shown in the reader's language when the program itself knows.
func TestTheProgramsOwnReasonIsShown(t *testing.T) {
	h := open(t)
	v := h.staff(conference.RoleOrganiser)
	h.exec(`INSERT INTO mail_attempt (mail_id, started_at, ended_at, outcome, answer) VALUES (1, 1, 2, 'unknown', '{"Key":"outbox.answer.interrupted"}')`)
	h.exec(`INSERT INTO mail_attempt (mail_id, started_at, ended_at, outcome, code, answer) VALUES (1, 3, 4, 'temporary', 450, '450 4.2.1 mailbox busy')`)
	_, body := v.get("/desk/mail/1")
	for _, want := range []string{"Hệ thống bị ngắt khi thư đang được gửi", "450 4.2.1 mailbox busy"} {
		if !strings.Contains(body, want) {
			t.Errorf("the page lacks %q", want)
		}
	}
}
