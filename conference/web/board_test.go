package web_test

import (
	"encoding/csv"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"hoinghi/conference"
	"hoinghi/conference/invitation"
	xlsx "hoinghi/conference/sheet"
	"hoinghi/conference/web/ui"
)

const boardAt = "/desk/e/xii-2022/invitations"

var boardLink = regexp.MustCompile(`<td class="cell-main"[^>]*><strong><a href="/desk/e/xii-2022/invitations/(\d+)">([^<]+)</a>`)

// listed gives the organisations that a page of the board shows, in order.
func listed(body string) []string {
	var out []string
	for _, m := range boardLink.FindAllStringSubmatch(body, -1) {
		out = append(out, strings.TrimPrefix(m[2], "Sở Công Thương "))
	}
	return out
}

// chip gives the number that stands beside a choice above the board, -1 without it.
func chip(body, label string) int {
	m := regexp.MustCompile(`>` + regexp.QuoteMeta(label) + ` <span class="count">([\d.]+)</span>`).FindStringSubmatch(body)
	if m == nil {
		return -1
	}
	var n int
	_, _ = fmt.Sscan(strings.ReplaceAll(m[1], ".", ""), &n)
	return n
}

// second gives the province of Trà Vinh another invited body, with ten seats in two groups.
func (h *house) second() invitation.Invitation {
	h.t.Helper()
	ctx := conference.WithActor(h.t.Context(), conference.Actor{Kind: conference.ActorSystem, Label: "test"})
	all, err := invitation.List(ctx, h.db, 1)
	if err != nil {
		h.t.Fatal(err)
	}
	at := slices.IndexFunc(all, func(i invitation.Invitation) bool { return i.Province.Slug == "tra-vinh" })
	h.exec(`INSERT INTO organisation (kind, province_id, name_vi, folded, email, created_at, changed_at) VALUES ('ipc', ?, 'Trung tâm Khuyến công Mẫu', 'trung tam khuyen cong mau', 'ttkc@vidu.example', 1, 1)`, all[at].Province.ProvinceID)
	h.exec(`INSERT INTO invitation (edition_id, organisation_id, province_version_id, token_hash, code_hash, created_at, changed_at) VALUES (1, (SELECT max(id) FROM organisation), ?, X'01', X'01', 1, 1)`, all[at].Province.VersionID)
	if all, err = invitation.List(ctx, h.db, 1); err != nil {
		h.t.Fatal(err)
	}
	at = slices.IndexFunc(all, func(i invitation.Invitation) bool { return i.Organisation.Vi == "Trung tâm Khuyến công Mẫu" })
	if err := h.site.Invitations.SetQuotas(ctx, all[at].ID, map[int64]int{all[at].Quotas[0].GroupID: 4, all[at].Quotas[2].GroupID: 6}); err != nil {
		h.t.Fatal(err)
	}
	return all[at]
}

func TestBoardShowsWhatIsChosen(t *testing.T) {
	h := open(t)
	h.second()
	v := h.staff(conference.RoleOrganiser)
	_, body := v.get(boardAt)
	if n := len(listed(body)); n != 21 {
		t.Fatalf("%d organisations", n)
	}
	if !strings.Contains(body, "2 đơn vị, 0 đã phản hồi · 0/24 đại biểu · 0 có mặt") {
		t.Error("the sums of Trà Vinh are missing")
	}
	for label, want := range map[string]int{"Tất cả": 21, "Không tham dự": 2, "Đã có mặt": 11, "Chưa gửi": 1} {
		if got := chip(body, label); got != want {
			t.Errorf("chip %s: %d, want %d", label, got, want)
		}
	}
	group := h.value("SELECT id FROM delegate_group WHERE edition_id = 1 ORDER BY position LIMIT 1")
	for _, c := range []struct {
		query string
		want  []string
	}{
		{"?state=declined", []string{"tỉnh Cà Mau", "tỉnh Sóc Trăng"}},
		{"?q=tra+vinh", []string{"tỉnh Trà Vinh", "Trung tâm Khuyến công Mẫu"}},
		{"?kind=ipc", []string{"Trung tâm Khuyến công Mẫu"}},
		{"?kind=ipc&state=declined", nil},
		{"?province=" + h.value("SELECT province_version_id FROM invitation ORDER BY id DESC LIMIT 1") + "&kind=doit", []string{"tỉnh Trà Vinh"}},
		{"?state=silent&q=giang", []string{"tỉnh Hậu Giang", "tỉnh Kiên Giang"}},
		{"?kind=ipc&group=" + group, []string{"Trung tâm Khuyến công Mẫu"}},
		{"?missing=sending", []string{"tỉnh Long An"}},
	} {
		_, body := v.get(boardAt + c.query)
		if diff := cmp.Diff(c.want, listed(body)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.query, diff)
		}
	}
	// A full group is not one with places left.
	h.exec(`UPDATE quota SET seats = 0 WHERE delegate_group_id = ? AND invitation_id = (SELECT max(id) FROM invitation)`, group)
	if _, body := v.get(boardAt + "?kind=ipc&group=" + group); len(listed(body)) != 0 {
		t.Errorf("a group without a place left: %v", listed(body))
	}
	// The chips count what the other choices leave.
	_, body = v.get(boardAt + "?q=giang&state=declined")
	if chip(body, "Tất cả") != 4 || chip(body, "Không tham dự") != 0 || !strings.Contains(body, `href="/desk/e/xii-2022/invitations?q=giang&amp;state=silent"`) {
		t.Errorf("chips of a search: %d, %d", chip(body, "Tất cả"), chip(body, "Không tham dự"))
	}
}

// A mail that came back is no sent one, unless its link was opened since; an opened link
// is worded as what it may be.
func TestBoardIsHonestAboutMail(t *testing.T) {
	h := open(t)
	v := h.staff(conference.RoleOrganiser)
	id := h.value("SELECT i.id FROM invitation i JOIN province_version p ON p.id = i.province_version_id WHERE p.name_vi = 'Hậu Giang' AND i.edition_id = 1")
	_, body := v.get(boardAt + "?state=opened")
	if !slices.Equal(listed(body), []string{"tỉnh Hậu Giang"}) || !strings.Contains(body, "có thể do phần mềm quét thư mở") || !strings.Contains(body, "chưa phải là phản hồi") {
		t.Errorf("opened: %v", listed(body))
	}
	h.exec(`INSERT INTO mail_bounce (mail_id, kind, code, answer, source, received_at) SELECT max(id), 'hard', '5.1.1', 'no such user', 'pasted', ? FROM mail WHERE kind = 'invitation.invite' AND subject_id = ?`,
		h.clock.Now().Add(time.Hour).UnixMilli(), id)
	_, body = v.get(boardAt + "?state=bounced")
	if !slices.Equal(listed(body), []string{"tỉnh Hậu Giang"}) || chip(body, "Thư bị trả lại") != 1 {
		t.Errorf("came back after it was opened: %v", listed(body))
	}
	if _, body := v.get("/desk/e/xii-2022"); !strings.Contains(body, "1 thư mời bị trả lại") {
		t.Error("the home screen does not name it")
	}
	h.exec(`UPDATE invitation SET opened_at = ? WHERE id = ?`, h.clock.Now().Add(2*time.Hour).UnixMilli(), id)
	if _, body = v.get(boardAt + "?state=opened"); !slices.Equal(listed(body), []string{"tỉnh Hậu Giang"}) {
		t.Errorf("opened after it came back: %v", listed(body))
	}
}

// A second mail that fails takes nothing back: the organisation was reached, and is silent.
func TestBoardRemembersWhatArrivedBefore(t *testing.T) {
	h := open(t)
	v := h.staff(conference.RoleOrganiser)
	id := h.of("hau-giang").ID
	h.exec(`UPDATE invitation SET opened_at = NULL WHERE id = ?`, id)
	h.exec(`UPDATE mail SET state = 'sent', due_at = NULL, sent_at = 1, transport = 'smtp' WHERE kind = 'invitation.invite' AND subject_id = ?`, id)
	h.exec(`INSERT INTO mail (edition_id, kind, subject_id, campaign_id, to_address, message_id, state, give_up_at, queued_at)
		SELECT edition_id, kind, subject_id, campaign_id, to_address, 'second@vidu.example', 'failed', give_up_at, queued_at FROM mail WHERE kind = 'invitation.invite' AND subject_id = ? AND state = 'sent' LIMIT 1`, id)
	for _, state := range []string{"sent", "silent"} {
		if _, body := v.get(boardAt + "?state=" + state); !slices.Contains(listed(body), "tỉnh Hậu Giang") {
			t.Errorf("%s: %v", state, listed(body))
		}
	}
}

// What a mail did not bring, a message by hand may have: the board says so, and the
// organisation counts as silent until it answers.
func TestBoardKnowsWhatWasHandedOver(t *testing.T) {
	h := open(t)
	i := h.second()
	v := h.staff(conference.RoleOrganiser)
	if _, body := v.get(boardAt + "?state=silent"); slices.Contains(listed(body), "Trung tâm Khuyến công Mẫu") {
		t.Error("one that nobody invited counts as silent")
	}
	ctx := conference.WithActor(t.Context(), conference.Actor{Kind: conference.ActorSystem, Label: "test"})
	if _, err := h.site.Invitations.HandOver(ctx, i.ID, invitation.ByZalo); err != nil {
		t.Fatal(err)
	}
	_, body := v.get(boardAt + "?state=handed")
	if !slices.Equal(listed(body), []string{"Trung tâm Khuyến công Mẫu"}) || !strings.Contains(body, "Zalo, "+ui.Moment(h.clock.Now(), "vi")) {
		t.Errorf("handed over: %v", listed(body))
	}
	if _, body := v.get(boardAt + "?state=silent"); !slices.Contains(listed(body), "Trung tâm Khuyến công Mẫu") {
		t.Error("one that was invited by hand does not count as silent")
	}
}

func TestBoardIsExportedAsItIsShown(t *testing.T) {
	h := open(t)
	h.second()
	v := h.staff(conference.RoleOrganiser)
	const filter = "?q=giang&state=declined"
	res, body := v.get(boardAt + "/export.csv?state=declined")
	rows, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(body, "\xEF\xBB\xBF"))).ReadAll()
	if err != nil || len(rows) != 3 || !strings.Contains(res.Header.Get("Content-Disposition"), "giay-moi-xii-2022.csv") {
		t.Fatalf("%d rows, %s, %v", len(rows), res.Header.Get("Content-Disposition"), err)
	}
	cell := func(row []string, heading string) string { return row[slices.Index(rows[0], heading)] }
	if r := rows[1]; cell(r, "Đơn vị") != "Sở Công Thương tỉnh Cà Mau" || cell(r, "Trạng thái") != "Không tham dự" || !strings.HasPrefix(cell(r, "Lý do từ chối"), "Trùng với đợt kiểm tra") ||
		cell(r, "Điện thoại") != "0900 001 009" || cell(r, "Lãnh đạo Sở Công Thương (đã nhập/chỉ tiêu)") != "0/2" {
		t.Errorf("row: %q", r)
	}
	_, file := v.get(boardAt + "/export.xlsx")
	book, err := xlsx.NewReader().Read(t.Context(), []byte(file))
	if err != nil || len(book.Sheets) != 1 || len(book.Sheets[0].Rows) != 22 {
		t.Fatalf("workbook: %v", err)
	}
	if _, body := v.get(boardAt + "/export.csv" + filter); strings.Count(body, "\n") != 1 {
		t.Errorf("an empty view: %q", body)
	}
	if n := h.value("SELECT count(*) FROM audit_entry WHERE action = 'invitation.export'"); n != "3" {
		t.Errorf("%s exports on record", n)
	}
}

// A thousand organisations are shown in pages, quickly, and all at once for printing.
func TestBoardOfAThousandOrganisations(t *testing.T) {
	h := open(t)
	h.exec(`WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 980)
INSERT INTO organisation (kind, province_id, name_vi, folded, created_at, changed_at)
SELECT 'commune_unit', (SELECT province_id FROM province_version WHERE name_vi = 'Vĩnh Long' LIMIT 1), 'Đơn vị mẫu ' || i, 'don vi mau ' || i, 1, 1 FROM n`)
	h.exec(`INSERT INTO invitation (edition_id, organisation_id, province_version_id, token_hash, code_hash, created_at, changed_at)
SELECT 1, id, (SELECT i.province_version_id FROM invitation i JOIN province_version p ON p.id = i.province_version_id WHERE p.name_vi = 'Vĩnh Long' AND i.edition_id = 1), CAST('mau' || id AS BLOB), CAST('mau' || id AS BLOB), 1, 1
FROM organisation WHERE kind = 'commune_unit'`)
	h.exec(`INSERT INTO quota (invitation_id, delegate_group_id, seats) SELECT i.id, g.id, 3 FROM invitation i JOIN organisation o ON o.id = i.organisation_id JOIN delegate_group g ON g.edition_id = 1 WHERE o.kind = 'commune_unit'`)
	v := h.staff(conference.RoleOrganiser)
	v.get(boardAt) // prepares the statements
	start := time.Now()
	_, body := v.get(boardAt + "?page=2")
	if took := time.Since(start); took > 2*time.Second { // measured: 0.3 s on a busy machine
		t.Errorf("a page took %v", took)
	}
	if n := len(listed(body)); n != 200 || chip(body, "Tất cả") != 1000 || !strings.Contains(body, "981 đơn vị,") {
		t.Errorf("page 2 shows %d of %d", n, chip(body, "Tất cả"))
	}
	if _, body := v.get(boardAt + "?page=all"); len(listed(body)) != 1000 {
		t.Errorf("for printing: %d", len(listed(body)))
	}
	if _, body := v.get(boardAt + "?page=99"); len(listed(body)) != 200 {
		t.Errorf("beyond the last page: %d", len(listed(body)))
	}
}

// value gives the first value of a query as text.
func (h *house) value(query string, args ...any) string {
	h.t.Helper()
	s := &stage{house: h}
	return s.text(query, args...)
}

// From the silent ones on the board to the mail, the history and the column on the board.
func TestTheSilentAreRemindedFromTheDesk(t *testing.T) {
	h := open(t)
	v := h.staff(conference.RoleOrganiser)
	h.exec(`UPDATE mail SET state = 'sent', due_at = NULL, sent_at = 1, transport = 'smtp' WHERE kind = 'invitation.invite'`)
	_, body := v.get(boardAt + "/remind")
	silent := regexp.MustCompile(`name="id" value="(\d+)" checked`).FindAllStringSubmatch(body, -1)
	if len(silent) != 3 || !strings.Contains(body, "Sẽ nhận thư nhắc (3)") || !strings.Contains(body, "Đã phản hồi, không nhắc (17)") {
		t.Fatalf("%d ticked", len(silent))
	}
	first, second, third := silent[0][1], silent[1][1], silent[2][1]
	res, body := v.fill(boardAt+"/remind", "do", "send", "id", first, "id", second, "subject", "Nhắc [khong_co]", "body", "Chữ đã nhập [don_vi]")
	if res.StatusCode != 422 || !strings.Contains(body, "Chữ đã nhập [don_vi]") || !strings.Contains(body, "[khong_co]") || strings.Contains(body, `value="`+third+`" checked`) || !strings.Contains(body, `value="`+second+`" checked`) {
		t.Errorf("a refused text: %d", res.StatusCode)
	}
	if res, _ := v.fill(boardAt+"/remind", "do", "send", "subject", "Nhắc", "body", "Nhắc"); res.StatusCode != 422 {
		t.Errorf("nobody chosen: %d", res.StatusCode)
	}
	_, body = v.fill(boardAt+"/remind", "do", "preview", "id", second, "subject", "Nhắc riêng [don_vi]", "body", "Đến [thoi_diem]")
	if !strings.Contains(body, "Nhắc riêng Sở Công Thương tỉnh Kiên Giang") {
		t.Error("the preview is not that of the first chosen one")
	}
	// Between the page and the button one of them answers: nothing goes before that was seen.
	h.exec(`UPDATE invitation SET answer = 'accepted', answered_at = 1 WHERE id = ?`, second)
	res, body = v.fill(boardAt+"/remind", "do", "send", "id", first, "id", second, "subject", "Nhắc riêng [don_vi]", "body", "Chữ đã nhập")
	if res.StatusCode != 422 || !strings.Contains(body, "Có đơn vị vừa phản hồi") || strings.Contains(body, `name="id" value="`+second+`"`) || !strings.Contains(body, "Chữ đã nhập") || h.value(`SELECT count(*) FROM mail WHERE kind = 'invitation.remind'`) != "0" {
		t.Errorf("one has answered since: %d", res.StatusCode)
	}
	to := v.goes(boardAt+"/remind", "do", "send", "id", first, "subject", "Nhắc riêng [don_vi]", "body", "Đến [thoi_diem] chưa có danh sách. [lien_ket]")
	if !strings.Contains(to, "/invitations/sendings/") {
		t.Fatalf("goes to %s", to)
	}
	if n := h.value(`SELECT group_concat(subject_id) FROM mail WHERE kind = 'invitation.remind'`); n != first {
		t.Errorf("reminded %s, want %s", n, first)
	}
	_, body = v.get(boardAt + "/" + first)
	for _, want := range []string{"Các lần nhắc", "Bùi Thị Thí Dụ", "Nhắc riêng [don_vi]", "Chờ gửi"} {
		if !strings.Contains(body, want) {
			t.Errorf("the history lacks %q", want)
		}
	}
	now := ui.Moment(h.clock.Now(), "vi")
	if _, body = v.get(boardAt); strings.Count(body, "Đã nhắc 1 lần, lần cuối "+now) != 1 {
		t.Error("the board does not say who was reminded")
	}
	if to := v.goes(boardAt+"/remind", "do", "save", "of", third, "id", third, "subject", "Mẫu mới", "body", "Mẫu mới [don_vi]"); !strings.HasSuffix(to, "/remind?id="+third) {
		t.Errorf("saved, goes to %s", to)
	}
	if _, body := v.get(boardAt + "/remind?id=" + third); !strings.Contains(body, `value="Mẫu mới"`) || !strings.Contains(body, "Sẽ nhận thư nhắc (1)") {
		t.Error("the kept text is not proposed")
	}
	if res, _ := v.get(boardAt + "/remind?id=999999"); res.StatusCode != 404 {
		t.Errorf("an unknown one: %d", res.StatusCode)
	}
}

// The organiser confirms once; the program sends; the plan, the history and the board say so.
func TestThePlanOfRemindersFromTheDesk(t *testing.T) {
	h := open(t)
	v := h.staff(conference.RoleOrganiser)
	h.exec(`UPDATE mail SET state = 'sent', due_at = NULL, sent_at = 1, transport = 'smtp' WHERE kind = 'invitation.invite'`)
	h.exec(`UPDATE edition SET register_by = ? WHERE id = 1`, h.clock.Now().Add(5*24*time.Hour).UnixMilli()) // 07:45 on 18 October
	const at = boardAt + "/remind/plan"
	text := []string{"subject", "Nhắc tự động [don_vi]", "body", "Hạn: [han_dang_ky]. [lien_ket]"}
	_, body := v.get(at)
	if !strings.Contains(body, "Chưa ai xác nhận kế hoạch") || strings.Count(body, "08:00, 15/10/2022") != 3 || strings.Count(body, "08:00, 17/10/2022") != 3 {
		t.Error("what is proposed is not shown with its moments")
	}
	res, body := v.fill(at, append(text, "days_1", "1", "days_2", "3", "at", "tám giờ")...)
	if res.StatusCode != 422 || !strings.Contains(body, `value="tám giờ"`) || !strings.Contains(body, "Lần nhắc thứ hai phải gần hạn hơn") || !strings.Contains(body, "Vui lòng nhập giờ gửi") {
		t.Errorf("a plan that means nothing: %d", res.StatusCode)
	}
	if _, body = v.fill(at, append(text, "days_1", "2", "days_2", "", "at", "09:30", "do", "preview")...); strings.Count(body, "09:30, 16/10/2022") != 3 || !strings.Contains(body, "Chưa ai xác nhận kế hoạch") {
		t.Error("a plan that is only tried is not shown, or counts as confirmed")
	}
	v.goes(at, append(text, "days_1", "2", "days_2", "1", "at", "09:30")...)
	if _, body = v.get(at); !strings.Contains(body, "Bùi Thị Thí Dụ xác nhận lúc") {
		t.Error("who confirmed is not shown")
	}
	h.clock.Set(h.clock.Now().Add(3*24*time.Hour + 2*time.Hour)) // 09:45 on the 16th
	if n, err := h.site.Invitations.RemindDue(t.Context()); err != nil || n != 3 {
		t.Fatalf("%d sent, %v", n, err)
	}
	v = h.visitor() // the days have ended the session
	v.get(h.roleLink(conference.RoleOrganiser))
	if _, body = v.get(at); strings.Count(body, "Đã nhắc tự động") != 3 {
		t.Error("the plan does not say what was sent")
	}
	id := h.value(`SELECT min(subject_id) FROM mail WHERE kind = 'invitation.remind'`)
	if _, body = v.get(boardAt + "/" + id); !strings.Contains(body, "tự động, theo kế hoạch do Bùi Thị Thí Dụ xác nhận") {
		t.Error("the history does not say that it went by itself")
	}
	v.goes(at + "/withdraw")
	v.goes(at + "/withdraw") // pressed twice
	h.clock.Set(h.clock.Now().Add(24 * time.Hour))
	if n, err := h.site.Invitations.RemindDue(t.Context()); err != nil || n != 0 {
		t.Errorf("%d sent by a plan taken back, %v", n, err)
	}
	v.get(h.roleLink(conference.RoleOrganiser))
	if _, body = v.get(at); !strings.Contains(body, "Kế hoạch đã được rút lúc") {
		t.Error("it is not shown that the plan was taken back")
	}
}
