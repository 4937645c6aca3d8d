package delegation_test

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"hoinghi/conference"
	"hoinghi/conference/badge"
	"hoinghi/conference/delegation"
	"hoinghi/conference/invitation"
	"hoinghi/conference/outbox"
	"hoinghi/db"
)

// ready lists a delegation of three: a head, one with an address, one without.
func (h *house) ready(t testing.TB) (invitation.Invitation, []delegation.Delegate) {
	t.Helper()
	i := h.invited(t, h.xii, 0, 5, 5)
	if err := h.inv.SetContact(t.Context(), i.ID, invitation.Contact{Name: "Võ Thị Minh Họa", Phone: "0900000010", Email: "daumoi@vidu.example"}); err != nil {
		t.Fatal(err)
	}
	return i, []delegation.Delegate{
		h.add(t, i, delegation.Person{FullName: "Phạm Quốc Mẫu", Gender: delegation.Male, JobTitle: "Phó Giám đốc", GroupID: h.groups[0].ID, Phone: "0900000011", Head: true}),
		h.add(t, i, delegation.Person{FullName: "Đặng Thị Thí Dụ", Gender: delegation.Female, GroupID: h.groups[1].ID, Email: "thidu@vidu.example"}),
		h.add(t, i, person("Lê Ví Dụ", h.groups[1].ID)),
	}
}

func (h *house) mails(t testing.TB, kind string) []outbox.Mail {
	t.Helper()
	all, err := h.out.List(t.Context(), outbox.Filter{Edition: h.xii.ID, Kind: kind})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func (h *house) live(t testing.TB, d delegation.Delegate) badge.Badge {
	t.Helper()
	b, err := badge.LiveOf(t.Context(), h.db, d.ID)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestSubmitRegistersTheList(t *testing.T) {
	h := open(t)
	h.clock.Advance(72*time.Hour + time.Minute) // of which the code keeps the hours since the edition was made
	i, people := h.ready(t)
	_, err := h.room.ByToken(t.Context(), h.db, people[1].Token(h.keys))
	if conference.KindOf(err) != conference.KindNotFound {
		t.Errorf("the link opens before the list is sent: %v", err)
	}
	changed, end := h.db.Subscribe(delegation.Topic(h.xii.ID))
	defer end()
	if got := h.submit(t, i); got != (delegation.Receipt{New: 3, Total: 3}) {
		t.Errorf("receipt %+v", got)
	}
	select {
	case <-changed:
	default:
		t.Error("nobody was told")
	}
	if d := h.delegation(t, i); d.SubmittedAt.IsZero() || d.Count(delegation.Registered) != 3 || d.Count(delegation.Listed) != 0 {
		t.Errorf("delegation: %+v", d)
	}
	codes, err := h.room.Codes(t.Context(), h.db, i.ID)
	if err != nil || len(codes) != 3 {
		t.Fatalf("%d codes, %v", len(codes), err)
	}
	for n, c := range codes {
		token, err := badge.Parse(c.Text)
		if err != nil || !strings.HasPrefix(c.Text, "HTTPS://"+host+"/C/") {
			t.Fatalf("code %s: %v", c.Text, err)
		}
		body, err := badge.Verify(h.signer.Public(h.xii.ID), token)
		want := badge.Body{Version: 1, KeyID: badge.CurrentKey, Event: uint16(h.xii.ID), Badge: c.Badge.Number, Category: c.Delegate.Category, Days: 1, Issued: 72}
		if diff := cmp.Diff(want, body); diff != "" || err != nil {
			t.Errorf("code %d: %v (-want +got):\n%s", n, err, diff)
		}
	}
	got, err := h.room.ByToken(t.Context(), h.db, people[1].Token(h.keys))
	if err != nil || got.ID != people[1].ID || got.RegisteredAt.IsZero() {
		t.Errorf("by link: %+v, %v", got, err)
	}
	for name, token := range map[string]string{"the invitation": i.Token(h.keys), "an invitation of the same number": h.keys.LinkToken(conference.LinkInvitation, people[1].ID, 1)} {
		if _, err := h.room.ByToken(t.Context(), h.db, token); conference.KindOf(err) != conference.KindNotFound {
			t.Errorf("the link of %s opens a delegate's page: %v", name, err)
		}
	}
}

func TestSubmitAgainDoesOnlyWhatIsNew(t *testing.T) {
	h := open(t)
	i, people := h.ready(t)
	h.submit(t, i)
	before := h.live(t, people[0])
	count := func() [2]int {
		return [2]int{len(h.mails(t, delegation.KindConfirm)), len(h.mails(t, delegation.KindCodes))}
	}
	if got := count(); got != [2]int{1, 1} {
		t.Fatalf("%v mails after the first time", got)
	}
	if got := h.submit(t, i); got != (delegation.Receipt{Total: 3}) || count() != [2]int{1, 1} || h.live(t, people[0]) != before {
		t.Errorf("again: %+v, %v mails", got, count())
	}
	fourth := person("Trần Giả Định", h.groups[1].ID)
	fourth.Email = "giadinh@vidu.example"
	h.add(t, i, fourth)
	if got := h.submit(t, i); got != (delegation.Receipt{New: 1, Total: 4}) || count() != [2]int{2, 2} || h.live(t, people[0]) != before {
		t.Errorf("with one more: %+v, %v mails", got, count())
	}
	if _, err := h.room.Edit(t.Context(), people[1].ID, i.ID, delegation.Person{FullName: "Đặng Thị Thí Dụ", Gender: delegation.Female,
		GroupID: h.groups[1].ID, Email: "thidu2@vidu.example"}); err != nil {
		t.Fatal(err)
	}
	if got := h.submit(t, i); got.New != 0 || count() != [2]int{3, 2} {
		t.Errorf("with a corrected address: %+v, %v mails", got, count())
	}
}

func TestSubmitNeedsAHeadAndSomebody(t *testing.T) {
	h := open(t)
	i := h.invited(t, h.xii, 0, 5)
	_, err := h.room.Submit(t.Context(), i.ID)
	h.refused(t, err, conference.KindConflict, "delegates: delegation.error.empty")
	d := h.add(t, i, delegation.Person{FullName: "Phạm Quốc Mẫu", GroupID: h.groups[0].ID, Phone: "0900000011", Head: true})
	h.add(t, i, person("Lê Ví Dụ", h.groups[0].ID))
	if err := h.room.Remove(t.Context(), d.ID, i.ID); err != nil {
		t.Fatal(err)
	}
	_, err = h.room.Submit(t.Context(), i.ID)
	h.refused(t, err, conference.KindConflict, "head: delegation.error.no_head")
	if h.delegation(t, i).Count(delegation.Registered) != 0 {
		t.Error("a refused list was registered")
	}
}

func TestWithdrawRevokesTheBadgeAtOnce(t *testing.T) {
	h := open(t)
	i, people := h.ready(t)
	h.submit(t, i)
	old := h.live(t, people[1])
	for range 2 {
		if err := h.room.Withdraw(t.Context(), people[1].ID); err != nil {
			t.Fatal(err)
		}
	}
	gone, err := badge.ByNumber(t.Context(), h.db, old.Number)
	if err != nil || gone.Live() || gone.Reason != badge.ReasonWithdrawn {
		t.Errorf("badge %+v, %v", gone, err)
	}
	if d := h.delegation(t, i); len(d.Delegates) != 2 || len(d.Withdrawn) != 1 || d.Groups[1].Taken != 1 {
		t.Errorf("delegation %+v", d)
	}
	if _, err := h.room.ByToken(t.Context(), h.db, people[1].Token(h.keys)); err != nil {
		t.Errorf("the page of one who withdrew: %v", err)
	}
	_, _, err = h.out.Render(t.Context(), h.mails(t, delegation.KindConfirm)[0].ID)
	h.refused(t, err, conference.KindGone, "delegation.error.mail_withdrawn")
	back, err := h.room.Restore(t.Context(), people[1].ID, i.ID)
	if err != nil || back.State != delegation.Registered {
		t.Fatalf("restored: %+v, %v", back, err)
	}
	if b := h.live(t, back); b.Number == old.Number {
		t.Error("a revoked badge came back")
	}
	if n := len(h.mails(t, delegation.KindConfirm)); n != 2 {
		t.Errorf("%d confirmations; the new code is not told", n)
	}
}

func TestSearch(t *testing.T) {
	h := open(t)
	i, _ := h.ready(t)
	other := h.invited(t, h.xii, 1, 9)
	for _, name := range []string{"Bùi Há Mẫu Hạ", "Lê Thị Ái", "Nguyễn Thị An", "Trần Văn An", "Điểu K’Rứ"} {
		h.add(t, other, person(name, h.groups[0].ID))
	}
	names := func(f delegation.Filter) []string {
		t.Helper()
		p, err := delegation.Search(t.Context(), h.db, h.xii.ID, f)
		if err != nil {
			t.Fatal(err)
		}
		var out []string
		for _, d := range p.Delegates {
			out = append(out, d.FullName)
		}
		if p.Next == "" && f.After == "" && p.Total != len(out) {
			t.Errorf("%+v: total %d of %d", f, p.Total, len(out))
		}
		return out
	}
	all := []string{"Lê Thị Ái", "Nguyễn Thị An", "Trần Văn An", "Đặng Thị Thí Dụ", "Lê Ví Dụ", "Bùi Há Mẫu Hạ", "Điểu K’Rứ", "Phạm Quốc Mẫu"}
	for name, c := range map[string]struct {
		f    delegation.Filter
		want []string
	}{
		"everybody, by given name": {delegation.Filter{}, all},
		"no marks, any order":      {delegation.Filter{Query: "an nguyen"}, []string{"Nguyễn Thị An"}},
		"beginnings of words":      {delegation.Filter{Query: "da thi d"}, []string{"Đặng Thị Thí Dụ"}},
		"not inside a word":        {delegation.Filter{Query: "guyen"}, nil},
		"typed in Telex":           {delegation.Filter{Query: "nguyeenx"}, []string{"Nguyễn Thị An"}},
		"number":                   {delegation.Filter{Query: "KC22-TNI-002"}, []string{"Đặng Thị Thí Dụ"}},
		"signs only":               {delegation.Filter{Query: "%%"}, nil},
		"wildcards are no matter":  {delegation.Filter{Query: "l%i"}, nil},
		"group":                    {delegation.Filter{GroupID: h.groups[1].ID}, []string{"Đặng Thị Thí Dụ", "Lê Ví Dụ"}},
		"province":                 {delegation.Filter{ProvinceVersionID: i.Province.VersionID, Query: "le"}, []string{"Lê Ví Dụ"}},
		"state":                    {delegation.Filter{State: delegation.Registered}, nil},
	} {
		if diff := cmp.Diff(c.want, names(c.f)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
	var paged []string
	for f := (delegation.Filter{Limit: 3}); ; {
		paged = append(paged, names(f)...)
		p, err := delegation.Search(t.Context(), h.db, h.xii.ID, f)
		if err != nil {
			t.Fatal(err)
		}
		if f.After = p.Next; f.After == "" {
			break
		}
	}
	if diff := cmp.Diff(all, paged); diff != "" {
		t.Errorf("three at a time (-want +got):\n%s", diff)
	}
	if got := names(delegation.Filter{After: "nonsense"}); !slices.Equal(got, all) {
		t.Errorf("after nonsense: %v", got)
	}
}

func TestCalendarFileIsAttached(t *testing.T) {
	h := open(t)
	h.room.UseCalendar(func(_ context.Context, d delegation.Delegate) ([]byte, error) {
		return []byte("BEGIN:" + d.Number), nil
	})
	i, _ := h.ready(t)
	h.submit(t, i)
	_, msg, err := h.out.Render(t.Context(), h.mails(t, delegation.KindConfirm)[0].ID)
	if err != nil {
		t.Fatal(err)
	}
	last := msg.Files[len(msg.Files)-1]
	if string(last.Data) != "BEGIN:KC22-TNI-002" || !strings.HasPrefix(last.ContentType, "text/calendar") {
		t.Errorf("calendar %s %q", last.ContentType, last.Data)
	}
}

// Every change of one delegate leaves its trace, without personal data.
func TestChangesAreNoted(t *testing.T) {
	h := open(t)
	i, people := h.ready(t)
	h.submit(t, i)
	if err := h.room.Withdraw(t.Context(), people[1].ID); err != nil {
		t.Fatal(err)
	}
	rows, err := db.Values[string](t.Context(), h.db, `SELECT action || ' ' || detail FROM audit_entry WHERE edition_id = ? AND action LIKE 'delegation.%' ORDER BY id`, h.xii.ID)
	if err != nil {
		t.Fatal(err)
	}
	var actions []string
	for _, r := range rows {
		action, detail, _ := strings.Cut(r, " ")
		actions = append(actions, action)
		if strings.Contains(detail, "Dụ") || strings.Contains(detail, "vidu") {
			t.Errorf("personal data in the record: %s", r)
		}
	}
	want := []string{"delegation.add", "delegation.add", "delegation.add", "delegation.submit", "delegation.withdraw"}
	if diff := cmp.Diff(want, actions); diff != "" {
		t.Errorf("actions (-want +got):\n%s", diff)
	}
}
