package press_test

import (
	"bytes"
	"strings"
	"testing"

	"hoinghi/conference"
	"hoinghi/conference/outbox"
	"hoinghi/conference/press"
	"hoinghi/conference/testkit"
)

func TestMails(t *testing.T) {
	h := open(t)
	if err := h.room.SetDesk(h.officer, h.xii.ID, press.Desk{ContactName: "Bà Minh Họa", ContactPhone: "0900 000 700", ContactEmail: "bao-chi@vidu.example"}); err != nil {
		t.Fatal(err)
	}
	hostile := draft()
	hostile.Outlet, hostile.Lang = `Báo <script>alert(1)</script>`, "en"
	a := h.apply(t, hostile)
	const why = "Thiếu giấy giới thiệu <b>."
	subject, text, err := h.room.PreviewRefusal(h.officer, a.ID, why)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := h.room.Refuse(h.officer, a.ID, why); err != nil {
		t.Fatal(err)
	}
	if sent := h.golden(t, press.KindRefused, "refused.txt"); sent.Subject != subject || sent.Text != text {
		t.Errorf("the preview was %s\n%s", subject, text)
	}
	_, _, err = h.room.PreviewRefusal(h.officer, a.ID, why)
	testkit.Refused(t, err, conference.KindConflict, "press.error.decided.refused")
	if _, err := h.room.Approve(h.officer, a.ID, press.Refused, "Xin đến trước 07 giờ 30."); err != nil {
		t.Fatal(err)
	}
	msg := h.golden(t, press.KindApproved, "approved.txt")
	if len(msg.Secrets) != 3 || msg.ReplyTo != "bao-chi@vidu.example" {
		t.Errorf("%d secrets, answers go to %s", len(msg.Secrets), msg.ReplyTo)
	}
	if got := testkit.ReadQR(t, msg.Files[0].Data); len(got) != 1 || got[0] != msg.Secrets[2] {
		t.Errorf("the picture reads %q", got)
	}
	if last := msg.Files[len(msg.Files)-1]; last.Name != "chuong-trinh.ics" || !bytes.Contains(last.Data, []byte("BEGIN:VEVENT")) || bytes.Contains(last.Data, []byte(msg.Secrets[1])) {
		t.Errorf("calendar %s: %s", last.Name, last.Data)
	}
	if _, err := h.room.Revoke(h.officer, a.ID, "Theo đề nghị của tòa soạn."); err != nil {
		t.Fatal(err)
	}
	h.golden(t, press.KindRevoked, "revoked.txt")
	// What was decided otherwise since is not told.
	for _, kind := range []string{press.KindApproved, press.KindRefused} {
		if _, _, err := h.out.Render(t.Context(), h.mail(t, kind)); conference.KindOf(err) != conference.KindGone {
			t.Errorf("%s after revoking: %v", kind, err)
		}
	}
	h.golden(t, press.KindReceived, "received.txt")
}

// An applicant who wrote in Vietnamese is answered in Vietnamese.
func TestMailsInVietnamese(t *testing.T) {
	h := open(t)
	a := h.apply(t, draft())
	h.golden(t, press.KindReceived, "received.vi.txt")
	if _, err := h.room.Refuse(h.officer, a.ID, "Chưa có giấy giới thiệu."); err != nil {
		t.Fatal(err)
	}
	h.golden(t, press.KindRefused, "refused.vi.txt")
	if _, err := h.room.Approve(h.officer, a.ID, press.Refused, ""); err != nil {
		t.Fatal(err)
	}
	h.golden(t, press.KindApproved, "approved.vi.txt")
	if _, err := h.room.Revoke(h.officer, a.ID, "Theo đề nghị của tòa soạn."); err != nil {
		t.Fatal(err)
	}
	h.golden(t, press.KindRevoked, "revoked.vi.txt")
}

func (h *house) mail(t *testing.T, kind string) int64 {
	t.Helper()
	all, err := h.out.List(t.Context(), outbox.Filter{Edition: h.xii.ID, Kind: kind})
	if err != nil || len(all) == 0 {
		t.Fatalf("%d mails %s, %v", len(all), kind, err)
	}
	return all[0].ID
}

// golden renders the latest mail of a kind and compares it with its file; the link,
// which names a random badge only by picture, is the same in every run.
func (h *house) golden(t *testing.T, kind, name string) outbox.Message {
	t.Helper()
	m, msg, err := h.out.Render(t.Context(), h.mail(t, kind))
	if err != nil {
		t.Fatal(err)
	}
	testkit.Golden(t, name, "To: "+m.ToName+" <"+m.ToAddress+">\nSubject: "+msg.Subject+"\n\n"+msg.Text+"\n==== HTML ====\n"+msg.HTML)
	if strings.Contains(msg.HTML, "<script") || strings.Contains(msg.HTML, "<b>.") {
		t.Error("what was typed became markup")
	}
	return msg
}
