package web_test

import (
	"context"
	"net/http"
	"strings"
	"testing"

	"hoinghi/conference"
	"hoinghi/conference/edition"
	"hoinghi/db"
)

// newEdition gives what is typed to create an edition, besides what a test is about.
func newEdition(more ...string) []string {
	return append(more, "ordinal", "13", "title_vi", "Hội nghị mẫu lần thứ XIII", "short_vi", "Mẫu XIII", "starts_on", "2027-10-14", "ends_on", "2027-10-15",
		"register_by", "2027-09-24T17:00", "cluster", "south", "host_province", "can-tho")
}

// checkStartPages opens the pages of an edition that starts from another: before and
// after the copy, in English.
func (h *house) checkStartPages(t *testing.T) {
	t.Helper()
	v := h.staff(conference.RoleOrganiser)
	v.get("/desk?lang=en")
	res, _ := v.fill("/desk/editions/new", newEdition("from", "xii-2022")...)
	at := res.Header.Get("Location")
	_, body := v.get(at)
	checkPage(t, "organiser", "en", at, body)
	v.fill(at, "every", "sum")
	_, body = v.get(at)
	checkPage(t, "organiser", "en", at, body)
}

// The way from last year's edition: offered, previewed, copied once, and discarded again
// while nothing was sent.
func TestAnEditionIsStartedFromAnEarlierOne(t *testing.T) {
	h := open(t)
	v := h.staff(conference.RoleOrganiser)
	if _, body := v.get("/desk/editions/new"); !strings.Contains(body, `href="/desk/editions/new?from=xii-2022"`) {
		t.Error("the form does not offer the earlier edition")
	}
	_, body := v.get("/desk/editions/new?from=xii-2022")
	for _, want := range []string{`name="from" value="xii-2022"`, `value="13"`, "lần thứ XIII", "Cục Công Thương địa phương"} {
		if !strings.Contains(body, want) {
			t.Errorf("the form lacks %q", want)
		}
	}
	_, form, _ := strings.Cut(body, "<main")
	form, _, _ = strings.Cut(form, "</form>")
	for _, not := range []string{"banthuky@hoinghi.example", "Ban Thư ký Hội nghị", "0900 000 001"} {
		if strings.Contains(form, not) {
			t.Errorf("the form takes over %q", not)
		}
	}
	res, body := v.fill("/desk/editions/new", newEdition("from", "xii-2022", "starts_on", "")...)
	if res.StatusCode != http.StatusUnprocessableEntity || !strings.Contains(body, `name="from" value="xii-2022"`) {
		t.Errorf("a refused form forgets where it starts from: %d", res.StatusCode)
	}
	res, _ = v.fill("/desk/editions/new", newEdition("from", "xii-2022")...)
	at := res.Header.Get("Location")
	if at != "/desk/e/xiii-2027/start" {
		t.Fatalf("leads to %q", at)
	}
	_, body = v.get(at)
	for _, want := range []string{"Sở Công Thương tỉnh Long An", "tỉnh Long An → tỉnh Tây Ninh", "Gộp vào, cộng chỉ tiêu", "Sở Công Thương tỉnh Lâm Đồng", "Lãnh đạo Ủy ban nhân dân xã, phường, đặc khu"} {
		if !strings.Contains(body, want) {
			t.Errorf("the preview lacks %q", want)
		}
	}
	if res, body = v.fill(at, "every", "all"); res.StatusCode != http.StatusUnprocessableEntity || !strings.Contains(body, `id="f-every-error"`) {
		t.Errorf("an unknown choice for all: %d", res.StatusCode)
	}
	seats := func() int {
		return h.count(`SELECT sum(q.seats) FROM quota q JOIN invitation i ON i.id = q.invitation_id WHERE i.edition_id = (SELECT id FROM edition WHERE slug = 'xiii-2027')`)
	}
	kept := h.count(`SELECT sum(q.seats) FROM quota q JOIN invitation i ON i.id = q.invitation_id JOIN province_version v ON v.id = i.province_version_id
		JOIN province p ON p.id = v.province_id WHERE i.edition_id = 1 AND p.slug IN ('ho-chi-minh', 'dong-nai', 'tay-ninh', 'dong-thap', 'vinh-long', 'an-giang', 'can-tho', 'ca-mau')`)
	for range 2 { // a double click
		if res, _ = v.fill(at, "every", "keep"); res.StatusCode != http.StatusSeeOther {
			t.Fatalf("copy: %d", res.StatusCode)
		}
		if got := seats(); got != kept {
			t.Errorf("%d seats, want the %d of those who receive", got, kept)
		}
	}
	if _, body = v.get(at); !strings.Contains(body, "Đã sao chép lúc") || strings.Contains(body, ">Sao chép<") {
		t.Error("the page does not say that it was copied")
	}
	if res, body = v.fill("/desk/e/xiii-2027/discard"); res.StatusCode != http.StatusUnprocessableEntity || !strings.Contains(body, `id="f-sure-error"`) {
		t.Errorf("discarded without a tick: %d", res.StatusCode)
	}
	if res, _ = v.fill("/desk/e/xiii-2027/discard", "sure", "1"); res.StatusCode != http.StatusSeeOther {
		t.Errorf("discard: %d", res.StatusCode)
	}
	if res, _ = v.get("/desk/e/xiii-2027"); res.StatusCode != http.StatusNotFound {
		t.Errorf("the discarded edition answers %d", res.StatusCode)
	}
	if res, body = v.fill("/desk/e/xii-2022/discard", "sure", "1"); res.StatusCode != http.StatusUnprocessableEntity || !strings.Contains(body, "không bỏ được nữa") {
		t.Errorf("an edition in use: %d", res.StatusCode)
	}
}

// count gives one number of the store.
func (h *house) count(query string) int {
	h.t.Helper()
	n, err := db.Value[int](h.t.Context(), h.db, query)
	if err != nil {
		h.t.Fatalf("%s: %v", query, err)
	}
	return n
}

// Giving the copy up leaves an ordinary edition with its Sở and groups.
func TestACopyIsGivenUp(t *testing.T) {
	h := open(t)
	v := h.staff(conference.RoleOrganiser)
	v.fill("/desk/editions/new", newEdition("from", "xii-2022")...)
	if _, body := v.get("/desk/e/xiii-2027"); !strings.Contains(body, "Sao chép từ kỳ trước") {
		t.Error("the checklist does not begin with the copy")
	}
	if res, _ := v.fill("/desk/e/xiii-2027/start/empty"); res.StatusCode != http.StatusSeeOther {
		t.Fatalf("start empty: %d", res.StatusCode)
	}
	if _, body := v.get("/desk/e/xiii-2027"); strings.Contains(body, "Sao chép từ kỳ trước") {
		t.Error("the checklist still names the copy")
	}
	if n := h.count(`SELECT count(*) FROM invitation WHERE edition_id = (SELECT id FROM edition WHERE slug = 'xiii-2027')`); n != 8 {
		t.Errorf("%d invitations, want 8", n)
	}
	if res, _ := v.get("/desk/e/xiii-2027/start"); res.StatusCode != http.StatusNotFound {
		t.Errorf("the page of the copy: %d", res.StatusCode)
	}
}

// Provinces are proposed by cluster, kept when they are refused, and removed with their drafts.
func TestProvincesAreChosenOnTheirPage(t *testing.T) {
	h := open(t)
	v := h.staff(conference.RoleOrganiser)
	v.fill("/desk/editions/new", newEdition()...)
	const at = "/desk/e/xiii-2027/provinces"
	_, body := v.get(at)
	if !strings.Contains(body, "thành phố Đồng Nai") || strings.Contains(body, "Long An") || strings.Count(body, " checked>") != 8 {
		t.Errorf("%d boxes are ticked", strings.Count(body, " checked>"))
	}
	if _, body = v.get(at + "?cluster=central"); strings.Count(body, " checked>") != 8 || !strings.Contains(body, `value="lam-dong" checked`) {
		t.Error("the central cluster is not proposed")
	}
	res, body := v.fill(at, "host", "", "member", "tay-ninh", "guest", "lam-dong")
	if res.StatusCode != http.StatusUnprocessableEntity || !strings.Contains(body, `id="f-host-error"`) || !strings.Contains(body, `name="guest" value="lam-dong" checked`) {
		t.Errorf("without a host: %d", res.StatusCode)
	}
	if res, body = v.fill(at, "host", "can-tho", "member", "lam-dong", "guest", "lam-dong"); res.StatusCode != http.StatusUnprocessableEntity || !strings.Contains(body, `id="f-guest-error"`) {
		t.Errorf("member and guest: %d", res.StatusCode)
	}
	if res, _ = v.fill(at, "host", "can-tho", "next_host", "ca-mau", "member", "tay-ninh", "member", "ca-mau", "guest", "lam-dong"); res.StatusCode != http.StatusSeeOther {
		t.Fatalf("save: %d", res.StatusCode)
	}
	if _, body = v.get(at); !strings.Contains(body, "5 giấy mời chưa gửi đã được bỏ") || !strings.Contains(body, "đang chọn 4 tỉnh") || !strings.Contains(body, "Bước tiếp theo") {
		t.Error("the page does not say what was saved and what comes next")
	}
	if res, body = v.fill("/desk/e/xii-2022/provinces", "host", "tay-ninh"); res.StatusCode != http.StatusUnprocessableEntity || !strings.Contains(body, "đã gửi") {
		t.Errorf("provinces that were invited are removed: %d", res.StatusCode)
	}
}

// Groups are added, moved by buttons that a keyboard reaches, and deleted only while
// nobody uses them.
func TestGroupsAreEditedOnTheirPages(t *testing.T) {
	h := open(t)
	v := h.staff(conference.RoleOrganiser)
	const at = "/desk/e/xii-2022/groups"
	if res, body := v.fill(at+"/new", "code", "Khách", "name_vi", "Khách quý", "colour", "leaf"); res.StatusCode != http.StatusUnprocessableEntity || !strings.Contains(body, `value="Khách quý"`) || !strings.Contains(body, `id="f-code-error"`) {
		t.Errorf("a wrong code: %d", res.StatusCode)
	}
	v.fill(at+"/new", "code", "vip", "name_vi", "Khách quý", "colour", "leaf")
	id := itoa(int64(h.count(`SELECT id FROM delegate_group WHERE code = 'vip'`)))
	if res, _ := v.fill(at+"/"+id+"/move", "to", "up"); res.Header.Get("Location") != at+"#up-"+id {
		t.Errorf("the focus is lost: %q", res.Header.Get("Location"))
	}
	if n := h.count(`SELECT position FROM delegate_group WHERE code = 'vip'`); n != 10 {
		t.Errorf("it stands at %d", n)
	}
	if res, body := v.fill(at + "/1/remove"); res.StatusCode != http.StatusUnprocessableEntity || !strings.Contains(body, "Chưa xóa được nhóm “Lãnh đạo Sở Công Thương”") {
		t.Errorf("a group in use: %d", res.StatusCode)
	}
	if _, body := v.get(at); !strings.Contains(body, "20 giấy mời với") || !strings.Contains(body, "chưa nơi nào dùng") {
		t.Error("the page does not say who uses the groups")
	}
	v.fill(at + "/" + id + "/remove")
	if _, body := v.get(at); strings.Contains(body, ">Khách quý<") {
		t.Error("the group is still there")
	}
}

// Whoever is asked again agrees on their own page, unticked at first, after the deadline too;
// the desk sees it and can end it.
func TestAFocalPointTicksToBeAskedAgain(t *testing.T) {
	h := open(t)
	desk, focal := h.staff(conference.RoleOrganiser), h.visitor()
	link := strings.TrimPrefix(h.links.FocalPoints[0].Link, h.base)
	const ticked = `name="again" value="1" checked`
	if _, body := focal.get(link); !strings.Contains(body, `name="again"`) || strings.Contains(body, ticked) {
		t.Error("the box is not there, or is ticked before anybody agreed")
	}
	if res, _ := focal.fill(link+"/again", "again", "1"); res.StatusCode != http.StatusSeeOther {
		t.Fatalf("agree: %d", res.StatusCode)
	}
	if _, body := focal.get(link); !strings.Contains(body, ticked) || !strings.Contains(body, "đã đồng ý lúc") {
		t.Error("the page does not show the consent")
	}
	if n := h.count(`SELECT count(*) FROM focal_consent WHERE invitation_id = 1 AND text_version <> '' AND given_at > 0 AND withdrawn_at IS NULL`); n != 1 {
		t.Errorf("%d consents are kept", n)
	}
	if _, body := desk.get("/desk/e/xii-2022/invitations/1"); !strings.Contains(body, "Đầu mối đã đồng ý được hỏi lại") {
		t.Error("the desk does not see it")
	}
	desk.fill("/desk/e/xii-2022/invitations/1/again/end")
	if _, body := focal.get(link); strings.Contains(body, ticked) {
		t.Error("the consent was not ended")
	}
	h.clock.Set(h.clock.Now().AddDate(0, 1, 0))
	if res, _ := focal.fill(link+"/again", "again", "1"); res.StatusCode != http.StatusSeeOther {
		t.Errorf("after the deadline: %d", res.StatusCode)
	}
	if res, _ := focal.fill(link + "/again"); res.StatusCode != http.StatusSeeOther {
		t.Errorf("withdraw: %d", res.StatusCode)
	}
	if _, body := focal.get(link); strings.Contains(body, ticked) {
		t.Error("the consent was not withdrawn")
	}
}

// Organisations of the register are ticked to be invited.
func TestOrganisationsAreTickedToBeInvited(t *testing.T) {
	h := open(t)
	ctx := conference.WithActor(context.Background(), conference.System())
	o, err := h.site.Editions.AddOrganisation(ctx, edition.Organisation{Kind: "bank", NameVi: "Ngân hàng Mẫu"})
	if err != nil {
		t.Fatal(err)
	}
	v := h.staff(conference.RoleOrganiser)
	const at = "/desk/e/xii-2022/invitations/add"
	if res, body := v.fill(at); res.StatusCode != http.StatusUnprocessableEntity || !strings.Contains(body, `id="f-organisation-error"`) {
		t.Errorf("nobody is ticked: %d", res.StatusCode)
	}
	if _, body := v.get(at + "?q=ngan+hang&kind=bank"); !strings.Contains(body, "Ngân hàng Mẫu") {
		t.Error("it is not found")
	}
	if res, body := v.fill(at, "organisation", itoa(o.ID), "organisation", "x"); res.StatusCode != http.StatusUnprocessableEntity || !strings.Contains(body, `value="`+itoa(o.ID)+`" checked`) {
		t.Errorf("what is none is passed over: %d", res.StatusCode)
	}
	v.fill(at, "organisation", itoa(o.ID))
	if _, body := v.get("/desk/e/xii-2022/invitations"); !strings.Contains(body, "Ngân hàng Mẫu") {
		t.Error("it is not on the board")
	}
}
