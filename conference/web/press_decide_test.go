package web_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"hoinghi/conference"
	"hoinghi/conference/agenda"
	"hoinghi/conference/press"
	"hoinghi/db"
)

// feedTitles gives the titles of the feed by the ids of their entries.
func (h *house) feedTitles() map[string]string {
	h.t.Helper()
	out := map[string]string{}
	for _, e := range h.feed().Entries {
		out[e.ID] = e.Title
	}
	return out
}

// Who follows the feed learns that a session was cancelled and that a speaker's name was
// corrected; what is not public is not told when it goes.
func TestFeedTellsWhatWasCancelled(t *testing.T) {
	h := open(t)
	before := h.feedTitles()
	secret := h.sessionCalled("Thảo luận, trả lời kiến nghị của các địa phương")
	draft := secret.Draft
	draft.Visibility = agenda.Delegates
	if err := h.site.Agenda.Change(t.Context(), secret.ID, draft); err != nil {
		t.Fatal(err)
	}
	gone := h.sessionCalled("Văn nghệ chào mừng")
	for _, s := range []agenda.Session{secret, gone} {
		if err := h.site.Agenda.Remove(t.Context(), s.ID); err != nil {
			t.Fatal(err)
		}
	}
	var cancelled []string
	for id, title := range h.feedTitles() {
		if strings.HasPrefix(title, "Đã hủy: ") {
			cancelled = append(cancelled, title)
			if "Đã hủy: "+before[id] != title {
				t.Errorf("%q has another id than %q", title, before[id])
			}
		}
	}
	if len(cancelled) != 1 || !strings.Contains(cancelled[0], gone.TitleVi) {
		t.Errorf("cancelled: %q", cancelled)
	}
	h.clock.Advance(time.Hour)
	speakers, err := agenda.Speakers(t.Context(), h.db, 1)
	if err != nil {
		t.Fatal(err)
	}
	renamed := speakers[0].SpeakerDraft
	renamed.FullName = "Nguyễn Thị Mẫu Mực"
	if err := h.site.Agenda.ChangeSpeaker(t.Context(), speakers[0].ID, renamed); err != nil {
		t.Fatal(err)
	}
	if first := h.feed().Entries[0]; !strings.Contains(first.Content, renamed.FullName) || first.Updated != h.clock.Now().UTC().Format(time.RFC3339) {
		t.Errorf("first after a name was corrected: %+v", first)
	}
}

// waiting gives the desk's address of one application that waits.
func (h *house) waiting() string {
	h.t.Helper()
	return fmt.Sprintf("%s/%d", pressDesk, h.waitingOne().ID)
}

func (h *house) waitingOne() press.Application {
	h.t.Helper()
	for _, a := range h.applications() {
		if a.State == press.Waiting {
			return a
		}
	}
	h.t.Fatal("no application waits")
	return press.Application{}
}

func TestAnApplicationIsCorrectedBeforeItIsDecided(t *testing.T) {
	h := open(t)
	officer, a := h.staff(conference.RolePressOfficer), h.waitingOne()
	at := h.waiting()
	values := []string{"outlet", a.Outlet, "outlet_kind", string(a.OutletKind), "full_name", "Đỗ Thị Ví Dụ", "gender", "", "role", string(a.Role),
		"card_number", a.CardNumber, "phone", "0900000706", "email", "moi@vidu.example", "needs", ""}
	res, body := officer.fill(at+"/edit", append([]string{"email", "không phải"}, values...)...)
	if res.StatusCode != http.StatusUnprocessableEntity || !strings.Contains(body, "chưa hợp lệ") || !strings.Contains(body, "Đỗ Thị Ví Dụ") {
		t.Errorf("a wrong address: %d\n%s", res.StatusCode, problems(body))
	}
	officer.goes(at+"/edit", values...)
	if _, body := officer.get(at); !strings.Contains(body, "moi@vidu.example") || !strings.Contains(body, "Sửa thông tin đăng ký tác nghiệp") {
		t.Error("the correction does not show, or is not on record")
	}
	officer.goes(at+"/approve", "seen", "new", "words", "Xin đến sớm.")
	res, body = officer.fill(at+"/edit", values...)
	if res.StatusCode != http.StatusUnprocessableEntity || !strings.Contains(body, "đã được") {
		t.Errorf("a correction after approval: %d\n%s", res.StatusCode, problems(body))
	}
}

// The officer whose page is old is told who decided, and changes nothing.
func TestAnOldPageDecidesNothing(t *testing.T) {
	h := open(t)
	one, two, at := h.staff(conference.RolePressOfficer), h.staff(conference.RoleOrganiser), h.waiting()
	res, body := one.fill(at+"/refuse", "reason", "Thiếu <b>giấy</b>.", "preview", "1")
	if res.StatusCode != http.StatusOK || !strings.Contains(body, "rất tiếc chưa thể duyệt") || !strings.Contains(body, "Thiếu &lt;b&gt;giấy&lt;/b&gt;.") {
		t.Errorf("preview: %d\n%s", res.StatusCode, problems(body))
	}
	if a := h.waiting(); a != at {
		t.Fatalf("the preview decided: %s waits now", a)
	}
	one.goes(at+"/refuse", "reason", "Thiếu giấy.")
	res, body = two.fill(at+"/approve", "seen", "new")
	if res.StatusCode != http.StatusUnprocessableEntity || !strings.Contains(body, "từ chối lúc") {
		t.Errorf("approval after a refusal: %d\n%s", res.StatusCode, problems(body))
	}
	two.goes(at+"/approve", "seen", "refused")
}

// The home page says what waits, the table for Excel holds what the page shows.
func TestPressToDecide(t *testing.T) {
	h := open(t)
	if _, body := h.staff(conference.RoleOrganiser).get("/desk/e/xii-2022"); !strings.Contains(body, "2 đăng ký tác nghiệp chờ duyệt") {
		t.Error("the home page keeps quiet about the press")
	}
	if _, body := h.staff(conference.RolePressOfficer).get(pressDesk + "/list.csv?state=approved"); strings.Count(body, "\r\n") != 4 || strings.Contains(body, "Từ chối") {
		t.Errorf("the table of the approved: %s", body)
	}
}

// A journalist whose accreditation was revoked sees no more than everybody.
func TestARevokedJournalistSeesNothingOfThePress(t *testing.T) {
	h := open(t)
	s := h.sessionCalled("Phát biểu khai mạc Hội nghị")
	draft := s.Draft
	draft.TitleVi, draft.Visibility = "Gặp gỡ báo chí", agenda.Press
	if err := h.site.Agenda.Change(t.Context(), s.ID, draft); err != nil {
		t.Fatal(err)
	}
	v, link := h.visitor(), strings.TrimPrefix(h.links.Press, h.base)
	for _, path := range []string{link, link + "/programme.ics"} {
		if _, body := v.get(path); !strings.Contains(body, draft.TitleVi) {
			t.Errorf("%s lacks what is for the press", path)
		}
	}
	all, err := press.List(t.Context(), h.db, 1, press.Filter{State: press.Approved, Query: "Trịnh Thị Thí Dụ"})
	if err != nil || len(all) != 1 {
		t.Fatalf("%d, %v", len(all), err)
	}
	h.staff(conference.RolePressOfficer).goes(fmt.Sprintf("%s/%d/revoke", pressDesk, all[0].ID), "reason", "Theo đề nghị của tòa soạn.")
	res, body := v.get(link)
	if res.StatusCode != http.StatusOK || !strings.Contains(body, "Thẻ tác nghiệp đã bị thu hồi") || strings.Contains(body, draft.TitleVi) {
		t.Errorf("after revoking: %d\n%s", res.StatusCode, problems(body))
	}
	for _, path := range []string{link + "/programme.ics", link + "/conference.ics", link + "/badge.png"} {
		if res, body := v.get(path); res.StatusCode != http.StatusGone || strings.Contains(body, draft.TitleVi) {
			t.Errorf("%s after revoking: %d", path, res.StatusCode)
		}
	}
}

// A press officer cannot open the mailbox of the desk, and reads what became of a mail
// beside the application.
func TestAnOfficerSeesWhatBecameOfTheMail(t *testing.T) {
	h := open(t)
	officer, a := h.staff(conference.RolePressOfficer), h.waitingOne()
	at := h.waiting()
	officer.goes(at+"/refuse", "reason", "Thiếu giấy.")
	const section, next = "Thư gửi người đăng ký</h2>", "</section>"
	mails := func() string {
		_, body := officer.get(at)
		_, rest, _ := strings.Cut(body, section)
		part, _, _ := strings.Cut(rest, next)
		return part
	}
	if part := mails(); !strings.Contains(part, "Báo chí: từ chối") || !strings.Contains(part, "Chờ gửi") || !strings.Contains(part, "Lần gửi: 0") {
		t.Errorf("a mail that waits: %s", part)
	}
	mail, err := db.Value[int64](t.Context(), h.db, `SELECT id FROM mail WHERE kind = ? AND subject_id = ?`, press.KindRefused, a.ID)
	if err != nil {
		t.Fatal(err)
	}
	h.exec(`UPDATE mail SET state = 'failed', due_at = NULL, attempts = 1 WHERE id = ?`, mail)
	h.exec(`INSERT INTO mail_attempt (mail_id, started_at, ended_at, outcome, code, answer) VALUES (?, 1, 2, 'permanent', 550, '550 5.1.1 <unknown> user')`, mail)
	part := mails()
	for _, want := range []string{a.Email, "Không gửi được", "Lần gửi: 1", "Máy chủ thư từ chối hẳn: 550 5.1.1 &lt;unknown&gt; user", "Báo chí: đã nhận đăng ký"} {
		if !strings.Contains(part, want) {
			t.Errorf("the page lacks %q: %s", want, part)
		}
	}
	h.exec(`INSERT INTO mail (kind, subject_id, to_address, message_id, give_up_at, due_at, queued_at) VALUES ('invitation.invite', ?, 'khac@vidu.example', 'x', 1, 1, 1)`, a.ID)
	if strings.Contains(mails(), "khac@vidu.example") {
		t.Error("a mail of another room with the same number is shown")
	}
}
