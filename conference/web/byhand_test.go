package web_test

import (
	"encoding/csv"
	"fmt"
	"html"
	"net/http"
	"strings"
	"testing"

	"hoinghi/conference"
	"hoinghi/conference/audit"
	"hoinghi/conference/edition"
	"hoinghi/conference/invitation"
	"hoinghi/conference/outbox"
	"hoinghi/conference/testkit"
	"hoinghi/db"
)

const deskInvitations = "/desk/e/xii-2022/invitations"

// typed posts a form and gives the page as its reader sees it.
func (v *visitor) typed(path string, pairs ...string) (*http.Response, string) {
	v.h.t.Helper()
	res, body := v.fill(path, pairs...)
	return res, html.UnescapeString(body)
}

func (v *visitor) page(path string) string {
	v.h.t.Helper()
	res, body := v.get(path)
	if res.StatusCode != http.StatusOK {
		v.h.t.Fatalf("%s: %d", path, res.StatusCode)
	}
	return html.UnescapeString(body)
}

func (h *house) row(query string) int64 {
	h.t.Helper()
	id, err := db.Value[int64](h.t.Context(), h.db, query)
	if err != nil {
		h.t.Fatal(err)
	}
	return id
}

// of gives the invitation of a province of the demo.
func (h *house) of(slug string) invitation.Invitation {
	h.t.Helper()
	for _, i := range h.invitations() {
		if i.Province.Slug == slug {
			return i
		}
	}
	h.t.Fatalf("no invitation for %s", slug)
	return invitation.Invitation{}
}

// Twenty messages are copied one by one and ticked off; the list knows what is left,
// a tick can be taken back, and everything is there as a file and as pictures.
func TestSendingByHand(t *testing.T) {
	h := open(t)
	v := h.staff(conference.RoleOrganiser)
	silent, i := h.of("kien-giang"), h.of("tra-vinh")
	list := v.page(deskInvitations + "/by-hand")
	if !strings.Contains(list, h.site.Invitations.Link(i)) || strings.Contains(list, h.site.Invitations.Link(silent)) {
		t.Error("the list of what is left is wrong")
	}
	if declined := h.of("soc-trang"); declined.Answer != invitation.Declined || strings.Contains(list, h.site.Invitations.Link(declined)) {
		t.Error("whoever declined is to be invited once more")
	}
	at := fmt.Sprintf("%s/%d", deskInvitations, i.ID)
	res, _ := v.typed(at+"/by-hand", "channel", "zalo", "from", "list", "show", "todo", "page", "1")
	if to := res.Header.Get("Location"); to != deskInvitations+"/by-hand?show=todo&page=1&done="+itoa(i.ID) {
		t.Fatalf("%d, leads to %s", res.StatusCode, to)
	}
	list = v.page(res.Header.Get("Location"))
	if strings.Contains(list, h.site.Invitations.Link(i)) || !strings.Contains(list, "Đã ghi nhận cho "+i.Organisation.Vi) || !strings.Contains(list, at+"/take-back") {
		t.Error("after the tick the message is still to be sent, or there is no way back")
	}
	by, err := invitation.HandDeliveries(t.Context(), h.db, i.ID)
	if err != nil || len(by) != 1 || by[0].By == "" {
		t.Fatalf("deliveries %+v, %v", by, err)
	}
	if one := v.page(at); !strings.Contains(one, "Gửi qua Zalo: ") || !strings.Contains(one, by[0].By+" ghi nhận") || !strings.Contains(one, "Đã gửi SMS") {
		t.Error("the invitation's page does not say what was sent")
	}
	if res, _ := v.typed(at+"/by-hand", "channel", "bồ câu"); res.StatusCode != http.StatusNotFound {
		t.Errorf("unknown way: %d", res.StatusCode)
	}
	if res, _ := v.typed(at+"/take-back", "delivery", itoa(by[0].ID)); res.Header.Get("Location") != at+"#by-hand" {
		t.Errorf("taking back: %d", res.StatusCode)
	}
	if left, err := invitation.HandDeliveries(t.Context(), h.db, i.ID); err != nil || len(left) != 0 {
		t.Errorf("after taking back: %+v, %v", left, err)
	}

	res, png := v.get(at + "/qr.png")
	if name := res.Header.Get("Content-Disposition"); name != `attachment; filename="QR-TVI-so-cong-thuong-tinh-tra-vinh.png"` {
		t.Errorf("picture is saved as %s", name)
	}
	if read := testkit.ReadQR(t, []byte(png)); len(read) != 1 || !strings.EqualFold(read[0], h.site.Invitations.Link(i)) {
		t.Errorf("the picture leads to %v", read)
	}

	res, _ = v.typed(deskInvitations + "/by-hand/messages.csv")
	_, text := v.send(http.MethodPost, deskInvitations+"/by-hand/messages.csv", "application/x-www-form-urlencoded", "")
	rows, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(text, "\ufeff"))).ReadAll()
	if err != nil || len(rows) != 21 || !strings.Contains(res.Header.Get("Content-Disposition"), "tin-nhan-moi-xii-2022.csv") {
		t.Fatalf("file of %d rows, %v, %s", len(rows), err, res.Header.Get("Content-Disposition"))
	}
	for _, row := range rows[1:] {
		if !strings.Contains(row[6], row[4]) || !strings.Contains(row[7], row[5]) || strings.ContainsAny(row[7], "ạếồđĐ") || (row[9] != "") != (row[1] == silent.Organisation.Vi) {
			t.Errorf("row %q", row)
		}
	}
	entries, err := audit.Entries(t.Context(), h.db, 1, 0, 20)
	if err != nil {
		t.Fatal(err)
	}
	exports := 0
	for _, e := range entries {
		if e.Action == "invitation.messages" && e.ActorKind == conference.ActorStaff {
			exports++
		}
	}
	if exports != 2 {
		t.Errorf("%d exports in the record, want 2", exports)
	}
}

// The wording is the edition's own: refused with what was typed, tried out before it
// is kept, and then in every message.
func TestWordingOfMessages(t *testing.T) {
	h := open(t)
	v := h.staff(conference.RoleOrganiser)
	const at = deskInvitations + "/by-hand/text"
	for _, do := range []string{"", "preview"} {
		res, page := v.typed(at, "message", "Mời [don_vi] <b>", "do", do)
		if res.StatusCode != http.StatusUnprocessableEntity || !strings.Contains(page, "chưa có trường [lien_ket]") || !strings.Contains(page, "Mời [don_vi] <b></textarea>") {
			t.Errorf("do=%q: %d", do, res.StatusCode)
		}
	}
	i := h.invitations()[0]
	want := "Mời " + i.Organisation.Vi + ": " + h.site.Invitations.Link(i)
	if res, page := v.typed(at, "message", "Mời [don_vi]: [lien_ket]", "do", "preview"); res.StatusCode != http.StatusOK || !strings.Contains(page, want) || !strings.Contains(page, "gửi SMS tính") {
		t.Errorf("preview: %d", res.StatusCode)
	}
	if one := v.page(fmt.Sprintf("%s/%d", deskInvitations, i.ID)); strings.Contains(one, want) {
		t.Error("a preview was kept")
	}
	if res, _ := v.typed(at, "message", "Mời [don_vi]: [lien_ket]"); res.StatusCode != http.StatusSeeOther {
		t.Fatalf("save: %d", res.StatusCode)
	}
	if one := v.page(fmt.Sprintf("%s/%d", deskInvitations, i.ID)); !strings.Contains(one, want) {
		t.Error("the message is not in the edition's words")
	}
}

// A text is copied with one click and with the keyboard, without scripts it is a field to
// read and mark, and the share button is there only where the browser has a share sheet.
func TestCopyAndShare(t *testing.T) {
	browser := testkit.NewBrowser(t, testkit.BrowserOptions{})
	h := open(t)
	i := h.of("tra-vinh")
	link := h.site.Invitations.Link(i)
	tab := browser.Tab(1440, 900)
	tab.Go(h.links.Organiser)
	tab.Go(h.base + deskInvitations + "/by-hand")
	const record = `navigator.clipboard.writeText = (text) => { window.copied = text; return Promise.resolve(); };`
	button := fmt.Sprintf(`document.querySelector('#i-%d [data-copy-from^="#zalo"]')`, i.ID)
	testkit.Eval[bool](tab, "(() => { "+record+" "+button+".click(); return true })()")
	tab.WaitFor("the copied message", fmt.Sprintf(`window.copied?.includes(%q)`, link))
	testkit.Eval[bool](tab, "(() => { window.copied = ''; "+button+".focus(); return true })()")
	tab.Keyboard().Type([]testkit.Stroke{{Key: "Enter", Code: "Enter", Text: "\r", VirtualKey: 13}})
	tab.WaitFor("the message copied by the keyboard", fmt.Sprintf(`window.copied?.includes(%q)`, link))
	field := fmt.Sprintf(`document.querySelector("#zalo-%d")`, i.ID)
	if all := testkit.Eval[bool](tab, "(() => { const f = "+field+"; f.focus(); return f.readOnly && f.selectionStart === 0 && f.selectionEnd === f.value.length })()"); !all {
		t.Error("the field does not choose its whole text")
	}
	const shares = `[...document.querySelectorAll("[data-share]")]`
	if !testkit.Eval[bool](tab, "navigator.share === undefined && "+shares+".length > 0 && "+shares+".every(b => b.hidden && !b.checkVisibility())") {
		t.Error("a share button without a share sheet")
	}
	testkit.Eval[bool](tab, `(() => { navigator.share = (d) => { window.shared = d; return Promise.resolve(); };
		import(document.querySelector("script[type=module]").src + "?again"); return true })()`)
	tab.WaitFor("the share buttons", shares+".every(b => !b.hidden)")
	testkit.Eval[bool](tab, fmt.Sprintf(`(document.querySelector("#i-%d [data-share]").click(), true)`, i.ID))
	tab.WaitFor("what is shared, the link once", fmt.Sprintf(`window.shared?.text.includes(%q) && !("url" in window.shared)`, link))
}

// TestLookAtByHand opens the pages at the widths of a phone and of a screen, for axe-core and for eyes.
func TestLookAtByHand(t *testing.T) {
	browser := testkit.NewBrowser(t, testkit.BrowserOptions{})
	h := open(t)
	tab := browser.Tab(1440, 900)
	tab.Go(h.links.Organiser)
	for name, path := range map[string]string{
		"list": deskInvitations + "/by-hand", "done": deskInvitations + "/by-hand?show=done", "text": deskInvitations + "/by-hand/text",
		"proposal": fmt.Sprintf("%s/%d", deskInvitations, h.of("soc-trang").ID), "one": fmt.Sprintf("%s/%d", deskInvitations, h.of("kien-giang").ID),
		"questions": "/desk/e/xii-2022/questions", "answered": "/desk/e/xii-2022/questions?show=all",
	} {
		for _, width := range []int64{360, 1440} {
			tab.Size(width, 900)
			tab.Go(h.base + path)
			tab.Shot(fmt.Sprintf("byhand-%s-%d", name, width))
		}
		tab.CheckAccessibility(name)
	}
}

// What became free goes to the proposed organisation with one action, and its mail leaves.
func TestProposedOrganisationIsInvited(t *testing.T) {
	h := open(t)
	v := h.staff(conference.RoleOrganiser)
	from := h.of("soc-trang")
	at := fmt.Sprintf("%s/%d", deskInvitations, from.ID)
	if home := v.page("/desk/e/xii-2022"); !strings.Contains(home, "1 đề xuất đơn vị tham dự thay") || !strings.Contains(home, at+"#substitute") {
		t.Error("the overview does not tell of the proposal")
	}
	open, err := invitation.SubstitutesWaiting(t.Context(), h.db, 1)
	if err != nil || len(open) != 1 {
		t.Fatal(open, err)
	}
	id := itoa(open[0].ID)
	if page := v.page(at); !strings.Contains(page, open[0].Organisation) || !strings.Contains(page, "0900 000 088") {
		t.Error("the proposal is not shown at the invitation")
	}
	res, page := v.typed(at+"/substitute", "proposal", id, "organisation", "0", "new_name", "", "new_kind", "association", "move", "1")
	if res.StatusCode != http.StatusUnprocessableEntity || !strings.Contains(page, `id="f-new_name-error"`) || strings.Contains(page, `name="send" value="1" checked`) {
		t.Errorf("without a name: %d", res.StatusCode)
	}
	if res, page := v.typed(at+"/substitute", "proposal", id, "organisation", itoa(from.OrganisationID)); res.StatusCode != http.StatusUnprocessableEntity || !strings.Contains(page, "đã có giấy mời") {
		t.Errorf("one that is invited: %d", res.StatusCode)
	}
	if res, _ := v.typed(fmt.Sprintf("%s/%d/substitute", deskInvitations, h.invitations()[0].ID), "proposal", id); res.StatusCode != http.StatusNotFound {
		t.Errorf("at another invitation: %d", res.StatusCode)
	}
	h.clock.Set(from.EditionDeadline.Add(-1))
	res, _ = v.typed(at+"/substitute", "proposal", id, "organisation", "0", "new_name", open[0].Organisation, "new_kind", string(edition.KindIPC), "move", "1", "send", "1")
	if res.StatusCode != http.StatusSeeOther {
		t.Fatalf("inviting: %d", res.StatusCode)
	}
	made := v.page(res.Header.Get("Location"))
	if !strings.Contains(made, "Đã lập và gửi giấy mời cho") || !strings.Contains(made, "Được mời thay cho "+from.Organisation.Vi) || !strings.Contains(made, fmt.Sprintf("nhận %d chỉ tiêu", from.Seats())) {
		t.Error("the new invitation does not say where it comes from")
	}
	mails, err := h.site.Outbox.List(t.Context(), outbox.Filter{Edition: 1, Kind: invitation.KindInvite, Query: "lam-van@soc-trang"})
	if err != nil || len(mails) != 1 {
		t.Errorf("mails to the new one: %+v, %v", mails, err)
	}
	if page := v.page(at); !strings.Contains(page, "Đã mời "+open[0].Organisation+" thay") || strings.Contains(page, "Đề xuất đơn vị thay") {
		t.Error("the declined invitation does not show the chain")
	}
	if res, page := v.typed(at+"/refuse-substitute", "proposal", id, "note", "Muộn rồi"); res.StatusCode != http.StatusUnprocessableEntity || !strings.Contains(page, "đã được quyết định") {
		t.Errorf("refusing afterwards: %d", res.StatusCode)
	}
}

// A new link is mailed if that is wanted, and the page says why when it is not.
func TestReissueWithAndWithoutMail(t *testing.T) {
	h := open(t)
	v := h.staff(conference.RoleOrganiser)
	i := h.of("dong-thap")
	h.clock.Set(i.EditionDeadline.Add(-1))
	at := fmt.Sprintf("%s/%d", deskInvitations, i.ID)
	sent := func() int {
		t.Helper()
		mails, err := h.site.Outbox.Of(t.Context(), i.ID, invitation.KindInvite)
		if err != nil {
			t.Fatal(err)
		}
		return len(mails)
	}
	before := sent()
	if v.typed(at + "/reissue"); sent() != before || !strings.Contains(v.page(at), "hãy gửi lại cho đơn vị") {
		t.Error("without a tick something was mailed")
	}
	if v.typed(at+"/reissue", "mail", "1"); sent() != before+1 || !strings.Contains(v.page(at), "đang được gửi") {
		t.Error("the new link was not mailed")
	}
	if h.of("dong-thap").Generation != i.Generation+2 {
		t.Error("the links were not replaced")
	}
	h.clock.Set(i.EditionDeadline.Add(1e9))
	if v.typed(at+"/reissue", "mail", "1"); sent() != before+1 || !strings.Contains(v.page(at), "chưa gửi thư: Đã hết hạn đăng ký của đơn vị") {
		t.Error("after the deadline it is not said why nothing was mailed")
	}
}

// The desk lists the questions with the fate of their mail; whoever answers says so.
func TestQuestionsOnTheDesk(t *testing.T) {
	h := open(t)
	v := h.staff(conference.RoleOrganiser)
	const at = "/desk/e/xii-2022/questions"
	if home := v.page("/desk/e/xii-2022"); !strings.Contains(home, "1 câu hỏi chưa trả lời") {
		t.Error("the overview does not tell of the question")
	}
	page := v.page(at)
	if !strings.Contains(page, "UBND tỉnh") || strings.Contains(page, "xe 29 chỗ") || !strings.Contains(page, `href="/desk/mail/`) {
		t.Error("the list of what waits is wrong")
	}
	id := h.row("SELECT id FROM invitation_question WHERE answered_at IS NULL")
	res, refused := v.typed(fmt.Sprintf("%s/%d/answer", at, id), "answer", strings.Repeat("ạ", 2001))
	if res.StatusCode != http.StatusUnprocessableEntity || !strings.Contains(refused, strings.Repeat("ạ", 2001)) || !strings.Contains(refused, "dài quá 2000") {
		t.Errorf("too long: %d", res.StatusCode)
	}
	v.typed(fmt.Sprintf("%s/%d/answer", at, id), "answer", "Được, đến hết ngày 15.")
	if page := v.page(at); strings.Contains(page, "UBND tỉnh") {
		t.Error("an answered question still waits")
	}
	if page := v.page(at + "?show=all"); !strings.Contains(page, "Được, đến hết ngày 15.") || !strings.Contains(page, "xe 29 chỗ") {
		t.Error("the answer is not shown")
	}
	v.typed(fmt.Sprintf("%s/%d/reopen", at, id))
	if page := v.page(at); !strings.Contains(page, "UBND tỉnh") {
		t.Error("the question does not wait again")
	}
	draft := edition.XII()
	draft.ContactEmail = ""
	if err := h.site.Editions.Change(t.Context(), 1, draft); err != nil {
		t.Fatal(err)
	}
	if page := v.page(at); !strings.Contains(page, "chỉ được lưu ở đây") || !strings.Contains(page, "/desk/e/xii-2022/settings") {
		t.Error("nobody is told that no mail goes out")
	}
	i := h.of("long-an")
	ctx := conference.WithActor(t.Context(), conference.Actor{Kind: conference.ActorFocalPoint, ID: i.ID})
	if err := h.site.Invitations.Ask(ctx, i.ID, invitation.QuestionDraft{Text: "Không có thư", Asker: invitation.Contact{Name: "Võ Thị Minh Họa", Phone: "0900000010"}}); err != nil {
		t.Fatal(err)
	}
	if page := v.page(at); !strings.Contains(page, "Chưa gửi thư") {
		t.Error("a question that was not mailed looks as if it was")
	}
	late := h.row("SELECT max(id) FROM invitation_question")
	if res, page := v.typed(fmt.Sprintf("%s/%d/forward", at, late)); res.StatusCode != http.StatusUnprocessableEntity || !strings.Contains(page, "chưa có thư điện tử liên hệ") {
		t.Errorf("forwarding to nobody: %d", res.StatusCode)
	}
	draft.ContactEmail = "banthuky@vidu.invalid"
	if err := h.site.Editions.Change(t.Context(), 1, draft); err != nil {
		t.Fatal(err)
	}
	if page := v.page(at); !strings.Contains(page, "Gửi thư đến Ban Thư ký") {
		t.Error("it cannot be mailed now")
	}
	if res, _ := v.typed(fmt.Sprintf("%s/%d/forward", at, late)); res.StatusCode != http.StatusSeeOther {
		t.Errorf("forwarding: %d", res.StatusCode)
	}
	if page := v.page(at); strings.Contains(page, "Chưa gửi thư") {
		t.Error("the forwarded question has no mail")
	}
}
