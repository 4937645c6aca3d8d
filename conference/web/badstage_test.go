package web_test

import (
	"context"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/html"

	"hoinghi/conference"
	"hoinghi/conference/account"
	"hoinghi/conference/agenda"
	"hoinghi/conference/checkin"
	"hoinghi/conference/edition"
	"hoinghi/conference/invitation"
	"hoinghi/conference/outbox"
	"hoinghi/conference/web"
	"hoinghi/db"
)

// caller is one kind of visitor of the walk. Its cookies never change, so that what one
// form does (signing out, say) is not felt by the next.
type caller struct {
	name    string
	cookies []*http.Cookie
	pages   []string // where its crawl begins
}

// stage is the demo's house with every kind of visitor, brought into a state in
// which each form of the product stands on some page.
type stage struct {
	*house
	client  *http.Client
	callers []caller
	fill    map[string]string // what is typed into empty fields, by "route name" or name
	asked   int
}

const (
	adminEmail    = "quan.tri.mau@example.vn"
	otherEmail    = "dang.nhap.mau@example.vn" // signs in on the walk, so that wrong tries count against nobody else
	adminPassword = "mật khẩu thí dụ 2022"
)

// openStage opens the house behind a trusted proxy, so that each posting comes from an
// address of its own: the limits of what one address may try have tests elsewhere.
func openStage(t testing.TB) *stage {
	t.Helper()
	h := open(t)
	_, loopback, err := net.ParseCIDR("127.0.0.0/8")
	if err != nil {
		t.Fatal(err)
	}
	handler, err := web.Handler(h.site, []*net.IPNet{loopback})
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(handler)
	t.Cleanup(server.Close)
	for i, f := range h.links.FocalPoints {
		h.links.FocalPoints[i].Link = strings.TrimPrefix(f.Link, h.base)
	}
	h.links.Delegate = strings.TrimPrefix(h.links.Delegate, h.base)
	h.links.Organiser = server.URL + strings.TrimPrefix(h.links.Organiser, h.base)
	h.base = server.URL
	s := &stage{house: h, client: server.Client()}
	s.client.Timeout = 30 * time.Second // a live stream that was opened by mistake ends
	s.client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	s.fill = map[string]string{"code": h.links.FocalPoints[0].Code, "photo": string(photo(t)), "password": adminPassword, "again": adminPassword,
		"old_password": adminPassword, "new_password": "mật khẩu thí dụ 2023", "/desk/sign-in email": otherEmail,
		"/desk/e/:edition/programme/new starts_at": "23:30", "/desk/e/:edition/programme/new ends_at": "23:45",
		"/desk/staff email": "dong.nghiep.mau@example.vn", "host_province": "dong-thap",
		"/desk/e/:edition/groups/new code": "nhom_mau", "card_number": "VD 0001", "sub_organisation": "Đơn vị Thay Mẫu", "letter": "%PDF-1.4\n%%EOF\n", "file": listWithErrors,
		"signed": string(scan(t, "Bản đã ký mẫu")), "template": ownLetter(t)}
	s.set()
	return s
}

// set is the place for what a new room needs on the stage: rows in the states in
// which its forms are offered, and the pages from which a crawl finds them.
func (s *stage) set() {
	ctx := conference.WithActor(s.t.Context(), conference.Actor{Kind: conference.ActorSystem, Label: "test", Roles: conference.Roles()})
	admin := s.administrator(ctx)
	organiser := s.caller("organiser", s.staff(conference.RoleOrganiser), "/desk")
	guest := s.caller("public", s.visitor(), "/", "/m", "/desk/sign-in?to=/desk/mail", "/lang-nghe", "/e/xii-2022/press/apply", s.invited(ctx, "moi.mau@example.vn"))
	focal := s.caller("focal point", s.visitor())
	for _, f := range s.links.FocalPoints {
		focal.pages = append(focal.pages, f.Link)
	}
	admin.pages = append(s.removed(ctx), s.villages(ctx)...)
	admin.pages = append(admin.pages, s.doors(ctx)...)
	admin.pages = append(admin.pages, s.letters(ctx, admin)...)
	admin.pages = append(admin.pages, "/desk/e/xii-2022/press/settings", "/desk/e/xii-2022/press/1", "/desk/e/xii-2022/press/5", "/desk/e/xii-2022/press/6/edit")
	admin.pages = append(admin.pages, s.lists(ctx)...)
	admin.pages = append(admin.pages, s.returned(ctx)...)
	admin.pages = append(admin.pages, s.reminders(ctx)...)
	admin.pages = append(admin.pages, s.sendings(ctx)...)
	admin.pages = append(admin.pages, s.talk(ctx)...)
	admin.pages = append(admin.pages, s.colleagues()...)
	admin.pages = append(admin.pages, s.setups(ctx)...)
	admin.pages = append(admin.pages, "/desk", "/desk/editions/new", "/desk/showcase/new", "/desk/e/xii-2022/programme/new", "/desk/mail/"+itoa(s.number("SELECT id FROM mail LIMIT 1")))
	s.callers = []caller{guest, admin, focal, organiser,
		s.caller("steward", s.staff(conference.RoleSteward), "/desk"),
		s.caller("delegate", s.visitor(), s.links.Delegate),
		s.caller("device", s.device(), "/door")}
}

func (s *stage) caller(name string, v *visitor, pages ...string) caller {
	s.t.Helper()
	base, err := url.Parse(s.base)
	if err != nil {
		s.t.Fatal(err)
	}
	c := caller{name: name, pages: pages}
	for _, cookie := range v.client.Jar.Cookies(base) {
		if cookie.Name != "flash" && cookie.Name != "lang" {
			c.cookies = append(c.cookies, cookie)
		}
	}
	return c
}

// must fails the test on an error of the stage's own making.
func (s *stage) must(err error) {
	s.t.Helper()
	if err != nil {
		s.t.Fatal(err)
	}
}

// administrator opens an account with a password that the walk knows, signed in twice.
func (s *stage) administrator(ctx context.Context) caller {
	s.t.Helper()
	for _, email := range []string{adminEmail, otherEmail} {
		_, token, err := s.site.Accounts.Invite(ctx, account.Invitation{Email: email, FullName: "Mẫu Quản Trị", Roles: []conference.Role{conference.RoleAdministrator}})
		s.must(err)
		_, err = s.site.Accounts.UseLink(ctx, token, account.Credentials{Password: adminPassword})
		s.must(err)
	}
	v := s.visitor()
	for range 2 {
		v.send(http.MethodPost, "/desk/sign-in", "application/x-www-form-urlencoded", query([]pair{{"email", adminEmail}, {"password", adminPassword}}))
	}
	return s.caller("administrator", v)
}

// invited gives the page on which an invited colleague sets a password; a second one
// is shut out again, so that the list offers to let them in.
func (s *stage) invited(ctx context.Context, email string) string {
	s.t.Helper()
	_, token, err := s.site.Accounts.Invite(ctx, account.Invitation{Email: email, FullName: "Mẫu Được Mời", Roles: []conference.Role{conference.RoleSteward}})
	s.must(err)
	closed, _, err := s.site.Accounts.Invite(ctx, account.Invitation{Email: "da.khoa." + email, FullName: "Mẫu Đã Khóa", Roles: []conference.Role{conference.RoleSteward}})
	s.must(err)
	s.must(s.site.Accounts.Disable(ctx, closed.ID))
	return "/desk/link/" + token
}

// removed takes one of each kind away and gives the pages that offer to bring it back.
func (s *stage) removed(ctx context.Context) []string {
	s.t.Helper()
	const at = "/desk/e/xii-2022/programme"
	sessions, err := agenda.Visible(ctx, s.db, 1, agenda.Internal)
	s.must(err)
	var pages []string
	for _, session := range sessions {
		if len(session.Speeches) > 1 {
			s.must(s.site.Agenda.RemoveSpeech(ctx, session.Speeches[0].ID))
			pages = append(pages, at+"/"+itoa(session.ID)+"?removed="+itoa(session.Speeches[0].ID), at+"/speeches/"+itoa(session.Speeches[1].ID))
			break
		}
	}
	s.must(s.site.Agenda.Remove(ctx, sessions[0].ID))
	speaker, err := s.site.Agenda.AddSpeaker(ctx, 1, agenda.SpeakerDraft{FullName: "Mẫu Diễn Giả", JobTitleVi: "Giám đốc"})
	s.must(err)
	s.must(s.site.Agenda.RemoveSpeaker(ctx, speaker.ID))
	idle, err := s.site.Agenda.AddSpeaker(ctx, 1, agenda.SpeakerDraft{FullName: "Mẫu Chưa Có Bài", JobTitleVi: "Giám đốc"})
	s.must(err)
	all, err := invitation.List(ctx, s.db, 1)
	s.must(err)
	withdrawn := s.number("SELECT id FROM delegate WHERE state = 'registered' AND id NOT IN (SELECT ifnull(head_id, 0) FROM delegation) LIMIT 1")
	s.must(s.site.Delegations.Withdraw(ctx, withdrawn))
	live := s.number("SELECT id FROM delegate WHERE state = 'registered' LIMIT 1")
	return append(pages, at+"?removed="+itoa(sessions[0].ID), at+"/speakers?removed="+itoa(speaker.ID), at+"/speakers/"+itoa(idle.ID),
		"/desk/e/xii-2022/delegates/"+itoa(withdrawn), "/desk/e/xii-2022/delegates/"+itoa(live),
		"/desk/e/xii-2022/badges?person="+itoa(live), // before the page that prints hundreds
		"/desk/e/xii-2022/invitations/send?id="+itoa(all[0].ID))
}

// returned gives a mail that came back, and the pages on which such a thing is noted.
func (s *stage) returned(ctx context.Context) []string {
	s.t.Helper()
	m := s.sent(s.inviteMail())
	s.must(s.site.Outbox.Bounced(ctx, outbox.Bounce{Mail: m.ID, Kind: outbox.BounceHard, Code: "5.1.1"}))
	s.fill["mail"], s.fill["/desk/mail/returned text"], s.fill["/desk/mail/:id/returned code"] = reportOf(s.t, "exim-delayed", m), reportOf(s.t, "screen-outlook-full", m), "5.1.1"
	at := "/desk/mail/" + itoa(m.ID)
	return []string{"/desk/mail/returned", at, at + "/returned"}
}

// colleagues gives the pages of somebody who is signed in with roles for one edition, and of
// somebody whose account is closed.
func (s *stage) colleagues() []string {
	s.t.Helper()
	_, open := s.scoped("tung.ky.mau@example.vn", inEdition(1, conference.RoleSteward))
	closed, _ := s.hired("nghi.mau@example.vn", inEdition(2, conference.RoleOrganiser))
	s.must(s.site.Accounts.Disable(asSystem(s.t.Context()), closed.ID))
	return []string{"/desk/staff/" + itoa(open.ID), "/desk/staff/" + itoa(closed.ID)}
}

// lists gives a list of organisations to decide on, and an organisation with a contact.
func (s *stage) lists(ctx context.Context) []string {
	s.t.Helper()
	i, err := s.site.Editions.Upload(ctx, "danh sách.csv", []byte(listWithErrors))
	s.must(err)
	id := s.number("SELECT id FROM organisation LIMIT 1")
	s.must(s.site.Editions.SaveContact(ctx, edition.Contact{OrganisationID: id, FullName: "Ngô Thị Mẫu", Phone: "0912345678"}))
	return []string{"/desk/organisations/import/" + itoa(i.ID), "/desk/organisations/" + itoa(id)}
}

// reminders gives silent organisations that had their invitation, and a plan that holds.
func (s *stage) reminders(ctx context.Context) []string {
	s.t.Helper()
	s.exec(`UPDATE mail SET state = 'sent', due_at = NULL, sent_at = 1, transport = 'smtp' WHERE kind = 'invitation.invite' AND state = 'queued'
	AND subject_id IN (SELECT id FROM invitation WHERE answer = '')`) // the others keep their sending on its way
	s.must(s.site.Invitations.ConfirmReminders(ctx, 1, invitation.RemindDraft{Days1: "3", Days2: "1", At: "08:00", Text: s.site.Invitations.DefaultReminder()}))
	return []string{"/desk/e/xii-2022/invitations/remind", "/desk/e/xii-2022/invitations/remind/plan"}
}

// setups gives an edition that is to be started from the demo's, one that was, a group that
// nothing uses, an organisation to invite, and a consent to be ended.
func (s *stage) setups(ctx context.Context) []string {
	s.t.Helper()
	var pages []string
	for n, slug := range []string{"sap-chep", "da-chep"} {
		d := edition.Today()
		d.Slug = slug
		e, err := s.site.Invitations.CreateFrom(ctx, 1, d)
		s.must(err)
		if n > 0 {
			_, err = s.site.Invitations.StartFrom(ctx, e.ID, nil)
			s.must(err)
		}
		pages = append(pages, "/desk/e/"+slug, "/desk/e/"+slug+"/start", "/desk/e/"+slug+"/settings")
	}
	_, err := s.site.Editions.AddOrganisation(ctx, edition.Organisation{Kind: "bank", NameVi: "Ngân hàng Chưa Mời Mẫu"})
	s.must(err)
	late, err := s.site.Editions.AddOrganisation(ctx, edition.Organisation{Kind: "bank", NameVi: "Ngân hàng Chưa Có Đầu Mối Mẫu"})
	s.must(err)
	_, err = s.site.Invitations.InviteAll(ctx, 1, []int64{late.ID})
	s.must(err)
	s.must(s.site.Editions.SaveContact(ctx, edition.Contact{OrganisationID: late.ID, FullName: "Ngô Văn Mẫu"}))
	s.must(s.site.Editions.AddGroup(ctx, 1, edition.GroupDraft{Code: "unused", NameVi: "Nhóm chưa dùng", Colour: "ink"}))
	i := s.number("SELECT id FROM invitation WHERE edition_id = 1 AND focal_name <> '' LIMIT 1")
	s.must(s.site.Invitations.SetAgain(conference.WithActor(ctx, conference.Actor{Kind: conference.ActorFocalPoint, ID: i}), i, true))
	return append(pages, "/desk/e/xii-2022/groups/"+itoa(s.number("SELECT id FROM delegate_group WHERE code = 'unused'")), "/desk/e/xii-2022/groups/new",
		"/desk/e/xii-2022/invitations/add", "/desk/e/xii-2022/provinces", "/desk/e/xii-2022/invitations/"+itoa(i), "/desk/editions/new?from=xii-2022")
}

// villages gives a craft village that is shown with a photo, and one that is not shown.
func (s *stage) villages(ctx context.Context) []string {
	s.t.Helper()
	shown, hidden := s.number("SELECT min(id) FROM craft_village WHERE published = 1"), s.number("SELECT max(id) FROM craft_village")
	s.must(s.site.Showcase.Unpublish(ctx, hidden))
	_, err := s.site.Showcase.AddPhoto(ctx, shown, photoCaption, photo(s.t))
	s.must(err)
	return []string{"/desk/showcase/" + itoa(shown), "/desk/showcase/" + itoa(hidden)}
}

// doors gives a checkpoint in use and one that is closed.
func (s *stage) doors(ctx context.Context) []string {
	s.t.Helper()
	const at = "/desk/e/xii-2022/door"
	closed, err := s.site.Checkins.AddCheckpoint(ctx, 1, checkin.CheckpointDraft{NameVi: "Mẫu đã đóng"})
	s.must(err)
	s.must(s.site.Checkins.CloseCheckpoint(ctx, 1, closed.ID))
	idle, err := s.site.Checkins.AddCheckpoint(ctx, 1, checkin.CheckpointDraft{NameVi: "Mẫu chưa có máy"})
	s.must(err)
	return []string{at, at + "/points/new", at + "/points/" + itoa(idle.ID), at + "/points/" + itoa(closed.ID), "/desk/e/xii-2022/doubtful"}
}

func itoa(id int64) string { return strconv.FormatInt(id, 10) }

func (s *stage) number(query string) int64 {
	s.t.Helper()
	all, err := db.Values[int64](s.t.Context(), s.db, query)
	s.must(err)
	if len(all) == 0 {
		s.t.Fatalf("%s: nothing", query)
	}
	return all[0]
}

// answer is what came back.
type answer struct {
	status int
	header http.Header
	body   string
	page   *html.Node // parsed once; without content when it is no page
}

// ask sends a request as a caller in a language, from an address that nobody else has.
func (s *stage) ask(c caller, lang, method, path, contentType, body string, more ...*http.Cookie) answer {
	s.t.Helper()
	req, err := http.NewRequestWithContext(s.t.Context(), method, s.base+path, strings.NewReader(body))
	s.must(err)
	if contentType != "" {
		req.Header.Set("Content-Type", contentType)
	}
	s.asked++
	req.Header.Set("X-Forwarded-For", "10."+strconv.Itoa(s.asked>>16&255)+"."+strconv.Itoa(s.asked>>8&255)+"."+strconv.Itoa(s.asked&255))
	for _, cookie := range append(append([]*http.Cookie{{Name: "lang", Value: lang}}, c.cookies...), more...) {
		req.AddCookie(cookie)
	}
	res, err := s.client.Do(req)
	s.must(err)
	defer func() { _ = res.Body.Close() }()
	text, err := io.ReadAll(res.Body)
	s.must(err)
	a := answer{res.StatusCode, res.Header, string(text), &html.Node{}}
	if strings.Contains(res.Header.Get("Content-Type"), "text/html") {
		a.page = parsed(s.t, a.body)
	}
	return a
}
