package web_test

import (
	"bytes"
	"context"
	"fmt"
	"mime/multipart"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"hoinghi/conference"
	"hoinghi/conference/outbox"
	"hoinghi/db"
)

// sent brings a mail about an invitation into the state in which it can come back, and gives it.
func (h *house) sent(id int64) outbox.Mail {
	h.t.Helper()
	h.exec(`UPDATE mail SET state = 'sent', due_at = NULL, sent_at = ?, transport = 'smtp', attempts = 1, subject = 'Giấy mời' WHERE id = ?`, h.clock.Now().UnixMilli(), id)
	m, err := h.site.Outbox.ByID(h.t.Context(), id)
	if err != nil {
		h.t.Fatal(err)
	}
	return m
}

// inviteMail gives the number of a mail that carries an invitation.
func (h *house) inviteMail() int64 {
	h.t.Helper()
	mails, err := h.site.Outbox.List(h.t.Context(), outbox.Filter{Kind: "invitation.invite", Limit: 1})
	if err != nil || len(mails) == 0 {
		h.t.Fatalf("no mail of an invitation: %v", err)
	}
	return mails[0].ID
}

// counted gives the one number that a query asks for.
func (h *house) counted(query string, args ...any) int64 {
	h.t.Helper()
	n, err := db.Value[int64](h.t.Context(), h.db, query, args...)
	if err != nil {
		h.t.Fatalf("%s: %v", query, err)
	}
	return n
}

func reportOf(t testing.TB, name string, m outbox.Mail) string {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join("..", "outbox", "testdata", "returned", name+".eml"))
	if err != nil {
		t.Fatal(err)
	}
	return strings.NewReplacer("{ID}", m.MessageID, "{TO}", m.ToAddress).Replace(string(raw))
}

func (v *visitor) submit(path string, values url.Values) (*http.Response, string) {
	v.h.t.Helper()
	return v.send(http.MethodPost, path, "application/x-www-form-urlencoded", values.Encode())
}

func contains(t *testing.T, what, body string, words ...string) {
	t.Helper()
	for _, w := range words {
		if !strings.Contains(body, w) {
			t.Errorf("%s lacks %q", what, w)
		}
	}
}

// An organiser pastes a returned mail, reads what was recognised, confirms it, finds it on the pages of the mail, of the
// invitation and of the organisation with what to do next, and takes it back.
func TestAReturnedMailIsPastedAtTheDesk(t *testing.T) {
	h := open(t)
	v := h.staff(conference.RoleOrganiser)
	m := h.sent(h.inviteMail())
	mailAt := fmt.Sprintf("/desk/mail/%d", m.ID)
	inviteAt := fmt.Sprintf("/desk/e/xii-2022/invitations/%d", m.SubjectID)
	organisationAt := fmt.Sprintf("/desk/organisations/%d", h.counted("SELECT organisation_id FROM invitation WHERE id = ?", m.SubjectID))
	h.exec(`UPDATE organisation SET email = ? WHERE id = (SELECT organisation_id FROM invitation WHERE id = ?)`, m.ToAddress, m.SubjectID)

	res, body := v.submit("/desk/mail/returned", url.Values{"text": {reportOf(t, "postfix-unknown", m)}})
	if res.StatusCode != http.StatusOK {
		t.Fatalf("status %d", res.StatusCode)
	}
	contains(t, "what was recognised", body, "5.1.1", "User unknown in local recipient table", m.ToAddress, `action="`+mailAt+`/returned"`, `name="kind" value="hard"`, "nêu đúng mã của thư này")
	if n := h.counted("SELECT count(*) FROM mail_bounce WHERE mail_id = ?", m.ID); n != 0 {
		t.Fatalf("%d bounces before anybody confirmed", n)
	}
	res, _ = v.submit(mailAt+"/returned", url.Values{"kind": {"hard"}, "code": {"5.1.1"}, "answer": {"550 5.1.1 User unknown"}})
	if res.StatusCode != http.StatusSeeOther || res.Header.Get("Location") != mailAt {
		t.Fatalf("status %d to %s", res.StatusCode, res.Header.Get("Location"))
	}
	_, body = v.get(mailAt)
	contains(t, "the mail's page", body, "Bị trả lại", "550 5.1.1 User unknown", "hỏi lại địa chỉ đúng", `href="`+inviteAt+`"`, "gửi đến đúng địa chỉ cũ", "do người dùng ghi nhận")
	_, body = v.get(inviteAt)
	contains(t, "the invitation's page", body, "Thư mời gửi đến "+m.ToAddress+" bị trả lại", "hỏi lại địa chỉ đúng", `href="`+mailAt+`"`)
	_, body = v.get(organisationAt)
	contains(t, "the organisation's page", body, "Thư gửi đến "+m.ToAddress+" bị trả lại")
	_, body = v.get("/desk/mail?part=rows&state=bounced")
	if n := strings.Count(body, `class="cell-main"`); n != 1 || !strings.Contains(body, m.ToAddress) {
		t.Errorf("%d mails in the list of those that came back", n)
	}

	h.exec(`UPDATE invitation SET focal_email = 'dung.mau@example.vn' WHERE id = ?`, m.SubjectID)
	_, body = v.get(inviteAt)
	contains(t, "the invitation's page with the right address", body, "Địa chỉ gửi thư nay là dung.mau@example.vn; đề nghị gửi lại")

	forget := fmt.Sprintf("%s/returned/%d/forget", mailAt, h.counted("SELECT id FROM mail_bounce WHERE mail_id = ?", m.ID))
	if res, _ = v.submit(forget, nil); res.StatusCode != http.StatusSeeOther {
		t.Errorf("taking back: status %d", res.StatusCode)
	}
	for _, at := range []string{mailAt, inviteAt, organisationAt} {
		if _, body = v.get(at); strings.Contains(body, "trả lại</strong>") || strings.Contains(body, "User unknown") {
			t.Errorf("%s still tells of it", at)
		}
	}
}

// What was typed is shown again with the reason at its field; a file is read as well as a text.
func TestWhatIsPastedIsNotLost(t *testing.T) {
	h := open(t)
	v := h.staff(conference.RoleOrganiser)
	m := h.sent(h.inviteMail())
	for text, want := range map[string]string{
		"": "Đề nghị dán nội dung thư trả lại", "Chào anh, chiều nay họp nhé": "Không nhận ra đây là thư bị trả lại",
		reportOf(t, "out-of-office", m): "Đây là thư trả lời tự động",
		reportOf(t, "qmail", outbox.Mail{MessageID: "x@y.vn", ToAddress: "ai@do.example.vn"}): "không nói về thư nào đã gửi",
	} {
		res, body := v.submit("/desk/mail/returned", url.Values{"text": {text}})
		if res.StatusCode != http.StatusUnprocessableEntity {
			t.Errorf("%.40s: status %d", text, res.StatusCode)
		}
		contains(t, "the refusal", body, want)
		if first, _, _ := strings.Cut(text, "\r\n"); first != "" && strings.Count(body, strings.NewReplacer("<", "&lt;", ">", "&gt;").Replace(first)) == 0 {
			t.Errorf("what was pasted is gone: %.40s", text)
		}
	}
	res, body := v.submit(fmt.Sprintf("/desk/mail/%d/returned", m.ID), url.Values{"kind": {"x"}, "code": {"xyz"}, "answer": {strings.Repeat("ạ", 301)}})
	if res.StatusCode != http.StatusUnprocessableEntity {
		t.Errorf("status %d", res.StatusCode)
	}
	contains(t, "the form by hand", body, `value="xyz"`, "ạạạ", "Mã lỗi gồm ba số", "Đề nghị chọn: bị trả lại hẳn", "dài quá 300 ký tự")

	var form bytes.Buffer
	w := multipart.NewWriter(&form)
	part, err := w.CreateFormFile("mail", "Thư trả lại.eml")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := part.Write([]byte(reportOf(t, "exchange-refused", m))); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	res, body = v.send(http.MethodPost, "/desk/mail/returned/file", w.FormDataContentType(), form.String())
	if res.StatusCode != http.StatusOK {
		t.Errorf("a file: status %d", res.StatusCode)
	}
	contains(t, "what was read from a file", body, "5.7.1", "nêu đúng mã")
}

// The list of mails says how the reading of returned mail fares, without the account's name.
func TestMailPageShowsTheMailboxOfReturnedMail(t *testing.T) {
	h := open(t)
	_, body := h.staff(conference.RoleOrganiser).get("/desk/mail")
	contains(t, "without a mailbox", body, "Hộp thư trả lại: chưa cấu hình")

	dir := t.TempDir()
	h = openWith(t, outbox.Config{SMTPURL: "smtp://127.0.0.1:1", From: "btc@hoinghi.invalid", ReturnBox: "maildir:" + dir, ReturnEvery: 10 * time.Millisecond})
	v := h.staff(conference.RoleOrganiser)
	_, body = v.get("/desk/mail")
	contains(t, "before the first look", body, "Hộp thư trả lại: "+dir, "chưa đọc được lần nào")
	ctx, stop := context.WithCancel(context.Background())
	done := make(chan error, 1)
	changed, end := h.db.Subscribe("outbox")
	defer end()
	go func() { done <- h.site.Outbox.Run(ctx) }()
	defer func() { stop(); <-done }()
	shows := func(words string) {
		t.Helper()
		for range changed {
			if _, body := v.get("/desk/mail?part=rows"); strings.Contains(body, words) {
				return
			}
		}
	}
	shows("Không mở được thư mục của hộp thư trả lại")
	for _, sub := range []string{"new", "cur", "tmp"} {
		if err := os.Mkdir(filepath.Join(dir, sub), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	shows("đọc lần gần nhất lúc")
	shows("trục trặc gần nhất lúc")
}

// Who organises one edition only learns of returned mails of that edition: neither the paste nor the
// mail's pages nor the organisation's tell of another's, and the mailbox of all of them stays unseen.
func TestReturnedMailStaysWithinItsEdition(t *testing.T) {
	h := open(t)
	m := h.sent(h.inviteMail())
	if m.Edition != 1 {
		t.Fatalf("the mail is of edition %d", m.Edition)
	}
	if err := h.site.Outbox.Bounced(asSystem(t.Context()), outbox.Bounce{Mail: m.ID, Kind: outbox.BounceHard, Code: "5.1.1"}); err != nil {
		t.Fatal(err)
	}
	h.exec(`UPDATE organisation SET email = ? WHERE id = (SELECT organisation_id FROM invitation WHERE id = ?)`, m.ToAddress, m.SubjectID)
	organisation := fmt.Sprintf("/desk/organisations/%d", h.counted("SELECT organisation_id FROM invitation WHERE id = ?", m.SubjectID))
	other, _ := h.scoped("ky.khac.mau@example.vn", inEdition(2, conference.RoleOrganiser))
	own, _ := h.scoped("ky.nay.mau@example.vn", inEdition(1, conference.RoleOrganiser))
	mailAt := fmt.Sprintf("/desk/mail/%d", m.ID)
	forget := fmt.Sprintf("%s/returned/%d/forget", mailAt, h.counted("SELECT id FROM mail_bounce WHERE mail_id = ?", m.ID))
	for _, name := range []string{"postfix-unknown", "screen-outlook-full"} { // one names the mail, one only an address
		text := url.Values{"text": {reportOf(t, name, m)}}
		res, body := other.submit("/desk/mail/returned", text)
		if res.StatusCode != http.StatusUnprocessableEntity || strings.Contains(body, mailAt) {
			t.Errorf("%s pasted for another edition: status %d", name, res.StatusCode)
		}
		contains(t, "the refusal", body, "không nói về thư nào đã gửi")
		if res, body = own.submit("/desk/mail/returned", text); res.StatusCode != http.StatusOK || !strings.Contains(body, mailAt) {
			t.Errorf("%s pasted for the own edition: status %d", name, res.StatusCode)
		}
	}
	for _, path := range []string{mailAt + "/returned", forget} {
		if res, _ := other.submit(path, url.Values{"kind": {"hard"}}); res.StatusCode != http.StatusNotFound {
			t.Errorf("%s of another edition: status %d", path, res.StatusCode)
		}
	}
	if res, _ := other.get(mailAt + "/returned"); res.StatusCode != http.StatusNotFound {
		t.Errorf("the form of another edition: status %d", res.StatusCode)
	}
	if _, body := other.get(organisation); strings.Contains(body, "bị trả lại") {
		t.Error("the organisation's page tells of another edition's mail")
	}
	_, body := own.get(organisation)
	contains(t, "the organisation's page", body, "Thư gửi đến "+m.ToAddress+" bị trả lại")
	if _, body = own.get("/desk/mail/returned"); strings.Contains(body, "Hộp thư trả lại") {
		t.Error("the mailbox of every edition is shown to who organises one")
	}
	if res, _ := own.submit(forget, nil); res.StatusCode != http.StatusSeeOther {
		t.Errorf("taking back in the own edition: status %d", res.StatusCode)
	}
}

// A sending's page counts what came back, says what to do and lists those mails.
func TestASendingMarksWhatCameBack(t *testing.T) {
	h := open(t)
	v := h.staff(conference.RoleOrganiser)
	id := h.counted("SELECT max(id) FROM mail WHERE campaign_id IS NOT NULL AND edition_id = 1")
	m := h.sent(id)
	page := fmt.Sprintf("/desk/e/xii-2022/invitations/sendings/%d", m.Campaign)
	if _, body := v.get(page); strings.Contains(body, "bị trả lại") {
		t.Error("something came back before anything did")
	}
	if err := h.site.Outbox.Bounced(asSystem(t.Context()), outbox.Bounce{Mail: m.ID, Kind: outbox.BounceHard, Code: "5.1.1"}); err != nil {
		t.Fatal(err)
	}
	_, body := v.get(page)
	contains(t, "the sending's page", body, "1 thư của lần gửi này bị trả lại", "sửa địa chỉ", page+"?state=bounced", "Địa chỉ không nhận được thư")
	_, body = v.get(page + "?part=progress&state=bounced")
	if n := strings.Count(body, `class="cell-main"`); n != 1 || !strings.Contains(body, m.ToAddress) {
		t.Errorf("%d mails in the list of those that came back", n)
	}
}
