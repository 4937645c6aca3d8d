package web_test

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"hoinghi/conference"
	"hoinghi/conference/invitation"
	"hoinghi/conference/outbox"
	"hoinghi/conference/testkit"
)

// openWithServer gives the house with a real mail server, what the example queued
// taken out of the way, and its outbox running until the test ends.
func openWithServer(t *testing.T) (*house, *testkit.SMTP) {
	t.Helper()
	server := testkit.NewSMTP(t)
	h := openWith(t, outbox.Config{SMTPURL: "smtp://" + server.Addr(), From: "btc@hoinghi.example.vn", FromName: "Ban Tổ chức", Workers: 1})
	h.exec(`UPDATE mail SET state = 'stopped', due_at = NULL WHERE due_at IS NOT NULL`)
	ctx, stop := context.WithCancel(context.Background())
	ran := make(chan struct{})
	go func() { defer close(ran); _ = h.site.Outbox.Run(ctx) }()
	t.Cleanup(func() { server.Release(); stop(); <-ran })
	return h, server
}

// sendable gives invitations that a sending would reach when they are named.
func (h *house) sendable(n int) []invitation.Invitation {
	h.t.Helper()
	all, err := invitation.List(h.t.Context(), h.db, 1)
	if err != nil {
		h.t.Fatal(err)
	}
	var ids []int64
	for _, i := range all {
		ids = append(ids, i.ID)
	}
	p, err := h.site.Invitations.Plan(h.t.Context(), h.db, 1, ids)
	if err != nil || len(p.Ready) < n {
		h.t.Fatalf("%d invitations can be sent, %v", len(p.Ready), err)
	}
	return p.Ready[:n]
}

func (h *house) waitMails(what string, holds func([]outbox.Mail) bool) {
	h.t.Helper()
	changed, end := h.db.Subscribe("outbox")
	defer end()
	late := time.After(20 * time.Second)
	for {
		mails, err := h.site.Outbox.List(h.t.Context(), outbox.Filter{Limit: 20})
		if err != nil {
			h.t.Fatal(err)
		}
		if holds(mails) {
			return
		}
		select {
		case <-changed:
		case <-late:
			h.t.Fatalf("still not: %s", what)
		}
	}
}

// A sending from its recipients to the last mail: copies, each one's mail to read, a
// test to oneself, a pause in the middle, and every outcome with the server's words.
func TestASendingAtTheDesk(t *testing.T) {
	browser := testkit.NewBrowser(t, testkit.BrowserOptions{})
	h, server := openWithServer(t)
	to := h.sendable(4)
	const at = "/desk/e/xii-2022/invitations"
	tab := browser.Tab(1440, 900)
	shots := func(name string) {
		t.Helper()
		for _, width := range []int64{360, 1440} {
			tab.Size(width, 900)
			tab.Shot(fmt.Sprintf("sending-%s-%d", name, width))
		}
		tab.CheckAccessibility(name)
	}
	tab.Go(h.links.Organiser)

	// Who else gets it.
	tab.Go(h.base + at + "/" + itoa(to[0].ID))
	tab.Fill("#f-copies", "vp.mau@vidu.example\nkhông phải địa chỉ")
	tab.Press("Lưu địa chỉ đồng gửi")
	tab.WaitText("không phải một địa chỉ thư điện tử")
	if got := testkit.Eval[string](tab, "document.querySelector('#f-copies').value"); !strings.Contains(got, "vp.mau@vidu.example") {
		t.Errorf("what was typed is lost: %q", got)
	}
	shots("copies-refused")
	tab.Fill("#f-copies", "Văn phòng Sở Mẫu <vp.mau@vidu.example>\nhong@vidu.example")
	tab.Press("Lưu địa chỉ đồng gửi")
	tab.WaitText("Đã lưu")

	// What each of them will read, and a test of it.
	send := at + "/send?id=" + itoa(to[0].ID) + "&id=" + itoa(to[1].ID) + "&id=" + itoa(to[2].ID) + "&id=" + itoa(to[3].ID)
	tab.Go(h.base + send)
	tab.WaitText("tổng cộng 6 thư")
	tab.WaitText("Văn phòng Sở Mẫu <vp.mau@vidu.example>")
	shots("confirm")
	tab.Press(to[1].Organisation.Vi)
	tab.WaitFor("the second's mail is shown", "document.querySelector('.mail-text').textContent.includes("+quote(h.site.Invitations.Link(to[1]))+")")
	tab.Press("Gửi thử cho tôi")
	tab.WaitText("Thư thử đã vào hàng gửi")
	test := server.WaitFor(1, 20*time.Second)[0]
	if !strings.HasPrefix(test.Subject, "[Thư thử] ") || strings.Contains(test.Text, h.site.Invitations.Link(to[1])) || !strings.Contains(test.Text, to[1].Organisation.Vi) {
		t.Errorf("test mail to %s: %q\n%s", test.EnvelopeTo, test.Subject, test.Text)
	}

	// A pause while the first is on the line.
	server.Next(to[0].Address(), testkit.Hold)
	server.Next("hong@vidu.example", testkit.RcptPermanent)
	server.Next(to[1].Address(), testkit.RcptTemporary)
	server.Next(to[2].Address(), testkit.DropAfterDot)
	tab.Go(h.base + send)
	tab.Press("Gửi giấy mời")
	tab.WaitText("Tiến độ gửi thư")
	server.WaitForTries(to[0].Address(), 1, 20*time.Second)
	tab.Press("Tạm dừng")
	tab.WaitText("Đợt gửi đang tạm dừng")
	server.Release()
	tab.WaitText("Máy chủ thư đã nhận") // live: the one on the line is finished, nothing else begins
	if got := len(server.Messages()); got != 2 {
		t.Errorf("%d mails arrived while the sending is paused", got)
	}
	shots("paused")
	tab.Press("Gửi tiếp")
	tab.WaitText("550 5.1.1 No such mailbox")
	tab.WaitText("451 4.2.1 Mailbox busy")
	tab.WaitText("Có thể đã đến nơi; tự gửi lại một lần lúc")
	tab.WaitText("Tự gửi lại lúc")
	shots("outcomes")

	h.clock.Advance(16 * time.Minute)
	h.site.Outbox.Wake()
	tab.WaitText("5 thư đã được máy chủ thư nhận, 1 thư lỗi, 0 thư chưa rõ.")
	tab.WaitFor("nothing is left to pause", "![...document.querySelectorAll('button')].some((b) => b.textContent.includes('Tạm dừng'))")
	shots("finished")
	tab.Go(h.base + at + "/sendings")
	tab.WaitText("Xong, còn thư lỗi")
	shots("list")

	// One of them is looked up and sent again.
	tab.Go(h.base + "/desk/mail?q=HONG")
	tab.WaitText("550 5.1.1 No such mailbox")
	shots("mails")
	tab.Press("hong@vidu.example")
	tab.WaitText("Gửi lại")
	shots("mail")
	tab.Press("Gửi lại")
	h.waitMails("the refused copy is sent again", func(mails []outbox.Mail) bool {
		for _, m := range mails {
			if m.ToAddress == "hong@vidu.example" {
				return m.State == outbox.StateSent && m.Attempts == 2
			}
		}
		return false
	})
	copies := map[string]int{}
	for _, m := range server.Messages()[1:] {
		copies[m.EnvelopeTo]++
	}
	for _, address := range []string{to[0].Address(), to[1].Address(), to[3].Address(), "vp.mau@vidu.example", "hong@vidu.example"} {
		if copies[address] != 1 {
			t.Errorf("%s got %d mails", address, copies[address])
		}
	}
	if copies[to[2].Address()] != 2 {
		t.Errorf("the one whose line was lost has %d, want the first and its one repeat", copies[to[2].Address()])
	}
}

func quote(s string) string { return fmt.Sprintf("%q", s) }

// The text is read as whichever organisation is chosen, and a test of what is typed saves it first.
func TestTheTextIsReadAsOneOrganisation(t *testing.T) {
	h, server := openWithServer(t)
	v := h.staff(conference.RoleOrganiser)
	to := h.sendable(3)
	const at = "/desk/e/xii-2022/invitations/text"
	res, body := v.fill(at, "subject", "Mời [don_vi]", "body", "Kính gửi [don_vi]\n\n[lien_ket]", "for", itoa(to[2].ID), "do", "preview")
	if res.StatusCode != http.StatusOK || !strings.Contains(body, "Mời "+to[2].Organisation.Vi) || !strings.Contains(body, h.site.Invitations.Link(to[2])) {
		t.Errorf("preview: %d", res.StatusCode)
	}
	res, body = v.fill(at, "subject", "Mời [ten_la]", "body", "Kính gửi", "for", itoa(to[2].ID), "do", "test")
	if res.StatusCode != http.StatusUnprocessableEntity || !strings.Contains(body, "Không có trường trộn [ten_la]") {
		t.Errorf("a text that cannot be filled in: %d", res.StatusCode)
	}
	saved, err := h.site.Invitations.Text(t.Context(), h.db, 1)
	if err != nil || !strings.Contains(body, saved.Seal()) {
		t.Errorf("the form does not say what it began with: %v", err)
	}
	res, _ = v.fill(at, "subject", "Mời [don_vi]", "body", "Kính gửi [don_vi]\n\n[lien_ket]", "for", itoa(to[2].ID), "do", "test", "seen", saved.Seal())
	if res.StatusCode != http.StatusSeeOther {
		t.Errorf("test: %d", res.StatusCode)
	}
	if got := server.WaitFor(1, 20*time.Second)[0]; got.Subject != "[Thư thử] Mời "+to[2].Organisation.Vi {
		t.Errorf("test mail %q", got.Subject)
	}
	if res, _ := v.fill(at, "subject", "a", "body", "b", "for", "9999", "do", "test"); res.StatusCode != http.StatusUnprocessableEntity {
		t.Errorf("as an organisation that is not invited: %d", res.StatusCode)
	}
}

// sendings gives a sending that goes on and one that is paused.
func (s *stage) sendings(ctx context.Context) []string {
	s.t.Helper()
	sent, err := s.site.Invitations.Send(ctx, 1, []int64{s.sendable(1)[0].ID})
	s.must(err)
	s.must(s.site.Invitations.Pause(ctx, sent.CampaignID))
	const at = "/desk/e/xii-2022/invitations/sendings"
	return []string{at, at + "/1", at + "/" + itoa(sent.CampaignID)}
}
