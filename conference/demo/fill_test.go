package demo_test

import (
	"encoding/json"
	"errors"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"hoinghi/conference"
	"hoinghi/conference/account"
	"hoinghi/conference/agenda"
	"hoinghi/conference/delegation"
	"hoinghi/conference/demo"
	"hoinghi/conference/edition"
	"hoinghi/conference/invitation"
	"hoinghi/conference/outbox"
	"hoinghi/conference/report"
	"hoinghi/db"
)

// The numbers are those that the example edition promises; other tests and the
// screenshots rest on them.
func TestTheDemoShowsLife(t *testing.T) {
	s := newSite(t, outbox.Config{})
	s.fill(t)
	t.Run("board", s.testBoard)
	t.Run("groups", s.testGroups)
	t.Run("names", s.testNames)
	t.Run("addresses", s.testAddresses)
	t.Run("mail", s.testMail)
	t.Run("door", s.testDoor)
	t.Run("editions", s.testEditions)
	t.Run("audit", s.testAudit)
}

func (s *site) testBoard(t *testing.T) {
	rows := s.board(t)
	sum := report.Sum(rows)
	states := map[report.State]int{}
	partly, whole := 0, 0
	for _, r := range rows {
		states[r.State()]++
		switch {
		case r.Registered == 0:
		case r.Registered < r.Seats:
			partly++
		default:
			whole++
		}
	}
	if sum.Invitations != 20 || sum.Registered != 268 || sum.Listed != 271 || sum.Waiting != 1 {
		t.Errorf("invitations %d, registered %d, listed %d, waiting %d; want 20, 268, 271, 1", sum.Invitations, sum.Registered, sum.Listed, sum.Waiting)
	}
	if sum.Declined != 2 || sum.Silent != 3 || sum.Accepted != 15 || sum.Opened != 18 {
		t.Errorf("declined %d, silent %d, accepted %d, opened %d; want 2, 3, 15, 18", sum.Declined, sum.Silent, sum.Accepted, sum.Opened)
	}
	want := map[report.State]int{report.Arrived: 11, report.Registered: 3, report.Accepted: 1, report.Declined: 2, report.Opened: 1, report.Sent: 2}
	if diff := cmp.Diff(want, states); diff != "" {
		t.Errorf("states (-want +got):\n%s", diff)
	}
	if partly < 5 || whole < 4 {
		t.Errorf("%d delegations are partly and %d wholly registered: too few to show both", partly, whole)
	}
	host := rows[0]
	if host.Slug != "tay-ninh" || !host.Host || host.Registered < 3*slices.MaxFunc(rows[1:], func(a, b report.Row) int { return a.Registered - b.Registered }).Registered {
		t.Errorf("the first row is %s with %d registered, not a host with a much larger delegation", host.Slug, host.Registered)
	}
	for _, r := range rows {
		if r.Answer == "declined" && r.DeclineReason == "" {
			t.Errorf("%s declined without a reason", r.Slug)
		}
	}
}

func (s *site) testGroups(t *testing.T) {
	taken := map[string]int{}
	for _, d := range s.delegations(t) {
		for _, g := range d.Groups {
			taken[g.Group.Vi] += g.Taken
		}
		if head, ok := d.Head(); len(d.Delegates) > 0 && (!ok || head.Phone == "" || head.Email == "") {
			t.Errorf("%s has no head of delegation who can be reached", d.Invitation.Province.Slug)
		}
	}
	if len(taken) != 10 {
		t.Errorf("%d delegate groups, want 10", len(taken))
	}
	for group, n := range taken {
		if n == 0 {
			t.Errorf("nobody is in the group %q", group)
		}
	}
}

func (s *site) testNames(t *testing.T) {
	sample := regexp.MustCompile(`^\S+ .*(Mẫu|Thí Dụ|Ví Dụ|Giả Định|Minh Họa)`)
	names := must(db.Values[string](t.Context(), s.db, `SELECT full_name FROM delegate UNION ALL SELECT focal_name FROM invitation UNION ALL SELECT full_name FROM staff WHERE full_name <> 'Quản trị Mẫu'`))(t)
	if len(names) < 268+20+2 {
		t.Fatalf("only %d names found", len(names))
	}
	times := map[string]int{}
	for _, name := range names {
		times[name]++
		if !sample.MatchString(name) {
			t.Errorf("the name %q does not show that it is a sample", name)
		}
	}
	for _, name := range []string{"Điểu K’Rứ Mẫu", "Công Tằng Tôn Nữ Nguyễn Thị Nguyệt Ví Dụ", "Lữ Ỷ Mẫu", "Mohamad Ví Dụ Ali", "Danh Thí Dụ Sóc"} {
		if times[name] != 1 {
			t.Errorf("the name %q stands %d times on the lists, want once", name, times[name])
		}
	}
	for name, n := range times {
		if n > 1 && (name != "Nguyễn Văn Mẫu" || n > 2) {
			t.Errorf("%d people are called %q", n, name)
		}
	}
}

// No mail of the demo can ever reach anybody, and no telephone rings but the
// numbers that the house uses for samples.
func (s *site) testAddresses(t *testing.T) {
	emails := must(db.Values[string](t.Context(), s.db, `SELECT email FROM delegate UNION ALL SELECT email FROM staff UNION ALL SELECT focal_email FROM invitation
		UNION ALL SELECT email FROM organisation UNION ALL SELECT contact_email FROM edition UNION ALL SELECT to_address FROM mail`))(t)
	reserved := regexp.MustCompile(`^[a-z0-9.-]+@([a-z0-9-]+\.)*(invalid|example)$`)
	for _, email := range emails {
		if email != "" && !reserved.MatchString(email) {
			t.Errorf("the address %q is not under a reserved domain", email)
		}
	}
	phones := must(db.Values[string](t.Context(), s.db, `SELECT phone FROM delegate UNION ALL SELECT focal_phone FROM invitation UNION ALL SELECT phone FROM organisation UNION ALL SELECT contact_phone FROM edition`))(t)
	for _, phone := range phones {
		if phone != "" && !strings.HasPrefix(phone, "+8490000") {
			t.Errorf("the telephone number %q is not one of the samples", phone)
		}
	}
	with := s.count(t, `SELECT count(*) FROM delegate WHERE email <> ''`)
	if with < 160 || with > 200 {
		t.Errorf("%d of about 270 delegates have an address, want about two thirds", with)
	}
}

func (s *site) testMail(t *testing.T) {
	counts := must(s.rooms.Outbox.Counts(t.Context(), s.xii(t).ID))(t)
	if len(counts) != 1 || counts[outbox.StateSent] < 20+14+160 {
		t.Errorf("mails by state: %v; want every one sent", counts)
	}
	if n := s.count(t, `SELECT count(*) FROM mail WHERE transport <> 'local'`); n != 0 {
		t.Errorf("%d mails left the machine", n)
	}
	if n := s.count(t, `SELECT count(*) FROM mail WHERE kind = 'invitation.invite' AND body NOT LIKE '%ữ liệu minh họa%'`); n != 0 {
		t.Errorf("%d invitations do not say that they are a sample", n)
	}
}

func (s *site) testDoor(t *testing.T) {
	arrived := report.Sum(s.board(t)).Arrived
	if arrived < 80 || arrived > 130 {
		t.Errorf("%d of 268 are inside, want about two fifths", arrived)
	}
	for _, q := range []struct {
		what, query string
		least, most int
	}{
		{"devices", `SELECT count(DISTINCT device_id) FROM scan`, 2, 2},
		{"double entries", `SELECT count(*) FROM (SELECT 1 FROM scan GROUP BY delegate_id HAVING count(*) > 1)`, 2, 12},
		{"entries by hand", `SELECT count(*) FROM scan WHERE by_hand = 1`, 2, 14},
		{"refused scans", `SELECT count(*) FROM scan WHERE verdict NOT IN ('accepted', 'already')`, 0, 0},
		{"doubted clocks", `SELECT count(*) FROM scan WHERE clock_doubt = 1`, 0, 0},
		{"withdrawn delegates", `SELECT count(*) FROM delegate WHERE state = 'withdrawn' AND registered_at IS NOT NULL`, 2, 2},
	} {
		if n := s.count(t, q.query); n < q.least || n > q.most {
			t.Errorf("%d %s, want %d to %d", n, q.what, q.least, q.most)
		}
	}
	first := must(db.Value[db.Time](t.Context(), s.db, `SELECT min(effective_at) FROM scan`))(t)
	last := must(db.Value[db.Time](t.Context(), s.db, `SELECT max(effective_at) FROM scan`))(t)
	if now := s.clock.Now(); first.Before(now.Add(-40*time.Minute)) || last.After(now) || last.Sub(first.Time) < 20*time.Minute {
		t.Errorf("the door was busy from %s to %s, want the forty minutes before %s", first, last, now)
	}
}

func (s *site) testEditions(t *testing.T) {
	front := must(edition.Front(t.Context(), s.db))(t)
	if front.Slug != demo.SlugXII || !front.IsFront || !front.IsSample || front.StartsOn != "2022-10-13" {
		t.Errorf("the front page shows %s of %s", front.Slug, front.StartsOn)
	}
	if n := len(must(agenda.Visible(t.Context(), s.db, front.ID, agenda.Internal))(t)); n != len(agenda.SampleXII(front)) {
		t.Errorf("the programme has %d sessions, want %d", n, len(agenda.SampleXII(front)))
	}
	today := must(edition.BySlug(t.Context(), s.db, demo.SlugToday))(t)
	if members := must(edition.Members(t.Context(), s.db, today.ID))(t); len(members) != 8 || today.IsPublic || !today.IsSample {
		t.Errorf("today's edition has %d provinces, public: %t, sample: %t", len(members), today.IsPublic, today.IsSample)
	}
	if n := len(must(invitation.List(t.Context(), s.db, today.ID))(t)); n != 0 {
		t.Errorf("today's edition has %d invitations, want an empty one", n)
	}
}

func (s *site) testAudit(t *testing.T) {
	kinds := must(db.Values[string](t.Context(), s.db, `SELECT DISTINCT actor_kind FROM audit_entry ORDER BY 1`))(t)
	if diff := cmp.Diff([]string{"delegate", "device", "focal_point", "staff", "system"}, kinds); diff != "" {
		t.Errorf("who acted (-want +got):\n%s", diff)
	}
	if n := s.count(t, `SELECT count(*) FROM staff WHERE password_hash <> ''`); n != 3 {
		t.Errorf("%d of three accounts have a password", n)
	}
}

// line is what one delegate is in the demo, whatever the order in which the
// provinces were written.
type line struct {
	Number, Name, Title, Organisation, Group, Phone, Email string
	Gender                                                 delegation.Gender
	State                                                  delegation.State
	Head                                                   bool
}

func (s *site) lines(t *testing.T) []line {
	t.Helper()
	var out []line
	for _, d := range s.delegations(t) {
		for _, x := range slices.Concat(d.Delegates, d.Withdrawn) {
			out = append(out, line{x.Number, x.FullName, x.JobTitle, x.Organisation, x.Group.Vi, x.Phone, x.Email, x.Gender, x.State, x.Head})
		}
	}
	return out
}

func (s *site) entries(t *testing.T) []string {
	t.Helper()
	return must(db.Values[string](t.Context(), s.db, `SELECT d.number || ' ' || s.effective_at || ' ' || s.verdict || ' ' || s.by_hand || ' ' || s.id
		FROM scan s JOIN delegate d ON d.id = s.delegate_id ORDER BY s.effective_at, d.number, s.id`))(t)
}

func TestTheDemoIsTheSameEachTime(t *testing.T) {
	a, b := newSite(t, outbox.Config{}), newSite(t, outbox.Config{})
	linksA, linksB := a.fill(t), b.fill(t)
	if diff := cmp.Diff(a.lines(t), b.lines(t)); diff != "" {
		t.Errorf("two demos differ in their delegates:\n%s", diff)
	}
	if diff := cmp.Diff(a.entries(t), b.entries(t)); diff != "" {
		t.Errorf("two demos differ in who came:\n%s", diff)
	}
	if diff := cmp.Diff(linksA.FocalPoints, linksB.FocalPoints); diff != "" {
		t.Errorf("two demos with the same key differ in their focal points' links:\n%s", diff)
	}
}

func TestLinks(t *testing.T) {
	s := newSite(t, outbox.Config{})
	links := s.fill(t)
	raw := must(json.Marshal(links))(t)
	shape := regexp.MustCompile(`^\{"base":"https://hoinghi\.example\.vn","administrator":"https://hoinghi\.example\.vn/desk/link/[0-9A-Z]{26}",` +
		`"organiser":"https://hoinghi\.example\.vn/desk/link/[0-9A-Z]{26}","door":"https://hoinghi\.example\.vn/door/pair#[0-9A-Z]{26}",` +
		`"delegate":"https://hoinghi\.example\.vn/m/[0-9A-Z]{26}","press":"",` +
		`"focal_points":\[(,?\{"province":"[^"]+","link":"https://hoinghi\.example\.vn/m/[0-9A-Z]{26}","code":"[A-Z]{3}-[0-9A-Z]{6}"\}){20}\]\}$`)
	if !shape.Match(raw) {
		t.Errorf("the links are %s", raw)
	}
	if links.FocalPoints[0].Province != "Tây Ninh" {
		t.Errorf("the first focal point is of %s, want the host", links.FocalPoints[0].Province)
	}
	seen := map[string]bool{}
	secrets := []string{links.Administrator, links.Organiser, links.Door, links.Delegate}
	for _, f := range links.FocalPoints {
		secrets = append(secrets, f.Link, f.Code, f.Province)
	}
	for _, secret := range secrets {
		if seen[secret] {
			t.Errorf("%s was given out twice", secret)
		}
		seen[secret] = true
	}
	t.Run("open", func(t *testing.T) { s.testOpen(t, links) })
	t.Run("second fill", func(t *testing.T) { s.testSecondFill(t, links) })
}

func last(link string) string { return link[strings.LastIndexAny(link, "/#")+1:] }

// testOpen uses every link twice.
func (s *site) testOpen(t *testing.T, links demo.Links) {
	ctx := t.Context()
	for range 2 {
		for link, role := range map[string]conference.Role{links.Administrator: conference.RoleAdministrator, links.Organiser: conference.RoleOrganiser} {
			_, token, err := s.rooms.Accounts.SignInByLink(ctx, last(link), "test")
			if err != nil {
				t.Fatalf("%s's link: %v", role, err)
			}
			staff, _, err := s.rooms.Accounts.SessionByToken(ctx, token)
			if err != nil || !slices.Equal(staff.Roles, []conference.Role{role}) {
				t.Errorf("%s's link signs in as %v, %v", role, staff.Roles, err)
			}
		}
		if d, _, err := s.rooms.Accounts.Pair(ctx, last(links.Door)); err != nil || d.EditionID != s.xii(t).ID {
			t.Errorf("door's link: %v", err)
		}
		if d, err := s.rooms.Delegations.ByToken(ctx, s.db, last(links.Delegate)); err != nil || d.State != delegation.Registered || d.Head {
			t.Errorf("delegate's link: %s, %v", d.State, err)
		}
		for _, f := range links.FocalPoints {
			i, err := s.rooms.Invitations.ByToken(ctx, s.db, last(f.Link))
			if err != nil || i.Province.NameVi != f.Province {
				t.Errorf("link of %s: %v", f.Province, err)
			}
			if j, err := s.rooms.Invitations.ByCode(ctx, s.db, f.Code); err != nil || j.ID != i.ID {
				t.Errorf("code of %s: %v", f.Province, err)
			}
		}
	}
	d := must(s.rooms.Delegations.ByToken(ctx, s.db, last(links.Delegate)))(t)
	if n := must(db.Value[int](ctx, s.db, `SELECT count(*) FROM scan WHERE delegate_id = ?`, d.ID))(t); n != 0 {
		t.Error("the delegate of the link has come already: the door cannot be tried out with this code")
	}
}

func (s *site) testSecondFill(t *testing.T, first demo.Links) {
	const data = `SELECT (SELECT count(*) FROM edition) + (SELECT count(*) FROM invitation) + (SELECT count(*) FROM delegate) + (SELECT count(*) FROM staff)
		+ (SELECT count(*) FROM mail) + (SELECT count(*) FROM scan) + (SELECT count(*) FROM agenda_session) + (SELECT count(*) FROM organisation)
		+ (SELECT count(*) FROM checkpoint) + (SELECT count(*) FROM badge)`
	before, lines := s.count(t, data), s.lines(t)
	s.clock.Set(time.Date(2026, time.November, 24, 3, 0, 0, 0, time.UTC))
	second := s.fill(t)
	if after := s.count(t, data); after != before {
		t.Errorf("the second fill made %d rows", after-before)
	}
	if diff := cmp.Diff(lines, s.lines(t)); diff != "" {
		t.Errorf("the second fill changed the delegates:\n%s", diff)
	}
	if diff := cmp.Diff(first.FocalPoints, second.FocalPoints); diff != "" {
		t.Errorf("the focal points' links changed:\n%s", diff)
	}
	if first.Administrator == second.Administrator || first.Door == second.Door {
		t.Error("the second fill gave an old sign-in link again")
	}
	if _, _, err := s.rooms.Accounts.SignInByLink(t.Context(), last(second.Organiser), "test"); err != nil {
		t.Errorf("the new link: %v", err)
	}
	if e := s.xii(t); !e.RegistrationOpen(s.clock.Now()) {
		t.Errorf("registration closed on %s: nobody can try the focal point's page", e.RegisterBy)
	}
}

// The demo is started years after the conference, and its focal points' pages must work.
func TestLongAfterTheConference(t *testing.T) {
	s := newSite(t, outbox.Config{})
	s.clock.Set(time.Date(2026, time.November, 24, 3, 0, 0, 0, time.UTC))
	links := s.fill(t)
	if sum := report.Sum(s.board(t)); sum.Registered != 268 || sum.Sent != 20 {
		t.Errorf("registered %d, invitations sent %d; want 268, 20", sum.Registered, sum.Sent)
	}
	at := slices.IndexFunc(links.FocalPoints, func(f demo.FocalPoint) bool { return f.Province == "Bạc Liêu" })
	i := must(s.rooms.Invitations.ByToken(t.Context(), s.db, last(links.FocalPoints[at].Link)))(t)
	ctx := conference.WithActor(t.Context(), conference.Actor{Kind: conference.ActorFocalPoint, ID: i.ID})
	if _, err := s.rooms.Delegations.Add(ctx, i.ID, delegation.Person{FullName: "Trần Văn Ví Dụ", GroupID: i.Quotas[0].GroupID, Phone: "0900 000 999", Head: true}); err != nil {
		t.Errorf("add a delegate: %v", err)
	}
}

// With a mail server the demo only queues: its mails are the running program's to send.
func TestWithAMailServer(t *testing.T) {
	s := newSite(t, outbox.Config{SMTPURL: "smtp://127.0.0.1:1", From: "ban-to-chuc@hoinghi.invalid"})
	s.fill(t)
	counts := must(s.rooms.Outbox.Counts(t.Context(), s.xii(t).ID))(t)
	if len(counts) != 1 || counts[outbox.StateQueued] < 190 {
		t.Errorf("mails by state: %v; want every one queued", counts)
	}
}

func TestFillRefusesWhatIsNotTheDemo(t *testing.T) {
	real := edition.XII()
	real.IsSample = false
	sample := edition.Today()
	half := edition.XII()
	for name, c := range map[string]struct {
		edition *edition.Draft
		staff   bool
		want    error
	}{
		"a real edition":       {edition: &real, want: demo.ErrReal},
		"another sample":       {edition: &sample, want: demo.ErrReal},
		"an interrupted demo":  {edition: &half, want: demo.ErrHalfDone},
		"accounts, no edition": {staff: true, want: demo.ErrReal},
	} {
		t.Run(name, func(t *testing.T) {
			s := newSite(t, outbox.Config{})
			if c.edition != nil {
				if err := s.rooms.Editions.Seed(t.Context()); err != nil {
					t.Fatal(err)
				}
				must(s.rooms.Editions.Create(t.Context(), *c.edition))(t)
			}
			if c.staff {
				admin := conference.WithActor(t.Context(), conference.Actor{Kind: conference.ActorSystem, Roles: conference.Roles()})
				if _, _, err := s.rooms.Accounts.Invite(admin, account.Invitation{Email: "a@vidu.invalid", FullName: "Lê Thị Mẫu", Roles: conference.Roles()}); err != nil {
					t.Fatal(err)
				}
			}
			audit := s.count(t, `SELECT count(*) FROM audit_entry`)
			if _, err := demo.Fill(t.Context(), s.db, s.keys, s.rooms, base); !errors.Is(err, c.want) {
				t.Errorf("fill: %v, want %v", err, c.want)
			}
			if n := s.count(t, `SELECT count(*) FROM audit_entry`); n != audit {
				t.Error("the refused fill changed something")
			}
		})
	}
}

// A demo in which somebody tried to set up a real conference has become a real folder.
func TestFillRefusesADemoThatBecameReal(t *testing.T) {
	s := newSite(t, outbox.Config{})
	s.fill(t)
	own := edition.Today()
	own.Slug, own.IsSample = "xviii-2028", false
	must(s.rooms.Editions.Create(t.Context(), own))(t)
	if _, err := demo.Fill(t.Context(), s.db, s.keys, s.rooms, base); !errors.Is(err, demo.ErrReal) {
		t.Errorf("fill: %v, want %v", err, demo.ErrReal)
	}
}
