package demo_test

import (
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

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
		{"devices", `SELECT count(DISTINCT device_id) FROM scan`, 3, 3},
		{"double entries", `SELECT count(*) FROM (SELECT 1 FROM scan GROUP BY delegate_id HAVING count(*) > 1)`, 2, 12},
		{"entries by hand", `SELECT count(*) FROM scan WHERE by_hand = 1`, 2, 14},
		{"refused scans", `SELECT count(*) FROM scan WHERE verdict NOT IN ('accepted', 'already')`, 1, 1},
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
	if diff := cmp.Diff([]string{"delegate", "device", "focal_point", "nobody", "staff", "system"}, kinds); diff != "" {
		t.Errorf("who acted (-want +got):\n%s", diff)
	}
	if n := s.count(t, `SELECT count(*) FROM staff WHERE password_hash <> ''`); n != 5 {
		t.Errorf("%d of five accounts have a password", n)
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
	a, b := newSite(t, unsent()), newSite(t, unsent())
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
