package invitation_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"hoinghi/conference"
	"hoinghi/conference/audit"
	"hoinghi/conference/edition"
	"hoinghi/conference/invitation"
	"hoinghi/conference/testkit"
	"hoinghi/conference/vietnamese"
	"hoinghi/db"
)

// focal makes a context in which the focal point of an invitation acts.
func focal(t *testing.T, id int64) context.Context {
	return conference.WithActor(t.Context(), conference.Actor{Kind: conference.ActorFocalPoint, ID: id, Label: "đầu mối"})
}

// seats gives every invitation of an edition so many seats in its first group and one in its sixth.
func (h *house) seats(t *testing.T, e edition.Edition, n int) {
	t.Helper()
	groups, err := edition.Groups(t.Context(), h.db, e.ID)
	if err != nil {
		t.Fatal(err)
	}
	if err := h.room.SetQuotasForAll(t.Context(), e.ID, map[int64]int{groups[0].ID: n, groups[5].ID: 1}); err != nil {
		t.Fatal(err)
	}
}

// again creates today's edition, eight provinces after the merger, to be started from the XII.
func (h *house) again(t *testing.T, change func(*edition.Draft)) edition.Edition {
	t.Helper()
	d := edition.Today()
	d.ContactName, d.ContactPhone, d.ContactEmail = "", "", ""
	if change != nil {
		change(&d)
	}
	e, err := h.room.CreateFrom(t.Context(), h.xii.ID, d)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

func (h *house) of(t *testing.T, e edition.Edition, slug string) invitation.Invitation {
	t.Helper()
	all := h.list(t, e)
	at := slices.IndexFunc(all, func(i invitation.Invitation) bool { return i.Province.Slug == slug })
	if at < 0 {
		t.Fatalf("no invitation of %s", slug)
	}
	return all[at]
}

func (h *house) line(t *testing.T, s invitation.Start, slug string) invitation.Line {
	t.Helper()
	at := slices.IndexFunc(s.Lines, func(l invitation.Line) bool { return l.Source.Province.Slug == slug })
	if at < 0 {
		t.Fatalf("no line of %s", slug)
	}
	return s.Lines[at]
}

// The Sở of Long An is proposed to be merged into that of Tây Ninh, and so on for the
// twenty of 2022; what is decided for each is what is copied.
func TestMergedOrganisationsAreFlaggedAndDecided(t *testing.T) {
	h := open(t)
	h.seats(t, h.xii, 5)
	e := h.again(t, nil)
	s, err := h.room.PlanStart(t.Context(), h.db, e.ID)
	if err != nil {
		t.Fatal(err)
	}
	for slug, want := range map[string]string{
		"long-an":     "merged Sở Công Thương tỉnh Tây Ninh [sum keep skip]",
		"tay-ninh":    "continued Sở Công Thương tỉnh Tây Ninh [invite skip]",
		"dong-nai":    "renamed Sở Công Thương thành phố Đồng Nai [invite skip]",
		"ho-chi-minh": "continued Sở Công Thương Thành phố Hồ Chí Minh [invite skip]",
		"binh-thuan":  "merged Sở Công Thương tỉnh Lâm Đồng [skip guest]",
	} {
		l := h.line(t, s, slug)
		if got := fmt.Sprintf("%s %s %v", l.Fate, l.Heir.NameVi, l.Options); got != want || !l.Flagged() {
			t.Errorf("%s: %s, want %s", slug, got, want)
		}
	}
	replaced := 0
	for _, g := range s.Groups {
		if g.Replaced {
			replaced++
		}
	}
	if replaced != 2 || s.Groups[5].New.Code != "commune_leaders" || s.Groups[4].New.NameVi != "Sở, ban, ngành thành phố đăng cai" || !s.Groups[4].Reworded {
		t.Errorf("groups: %+v", s.Groups)
	}
	_, err = h.room.StartFrom(t.Context(), e.ID, map[int64]invitation.Decision{h.line(t, s, "tay-ninh").Source.ID: invitation.MergeSum})
	h.refused(t, err, conference.KindInvalid, invitation.DecisionField(h.line(t, s, "tay-ninh").Source.ID)+": invitation.error.decision")
	got, err := h.room.StartFrom(t.Context(), e.ID, map[int64]invitation.Decision{
		h.line(t, s, "tien-giang").Source.ID: invitation.MergeIn, h.line(t, s, "kien-giang").Source.ID: invitation.LeaveOut,
		h.line(t, s, "binh-thuan").Source.ID: invitation.AsGuest, h.line(t, s, "ca-mau").Source.ID: invitation.LeaveOut,
	})
	if err != nil {
		t.Fatal(err)
	}
	for slug, want := range map[string]int{"tay-ninh": 12, "dong-thap": 6, "an-giang": 6, "vinh-long": 18, "lam-dong": 6, "ca-mau": 6, "dong-nai": 12} {
		if n := h.of(t, e, slug).Seats(); n != want {
			t.Errorf("%s has %d seats, want %d", slug, n, want)
		}
	}
	if n := len(h.list(t, e)); n != 9 || got.Invitations != 9 || got.Groups != 10 || got.LeftOut != 2 || got.Merged != 10 {
		t.Errorf("%d invitations, %+v", n, got)
	}
	if i := h.of(t, e, "tay-ninh"); i.Organisation.Vi != "Sở Công Thương tỉnh Tây Ninh" || i.Province.NameVi == "" || !i.QueuedAt.IsZero() {
		t.Errorf("invitation %+v", i)
	}
}

// A second click, and a second at the same time, change nothing and say the same.
func TestStartingTwiceCopiesOnce(t *testing.T) {
	h := open(t)
	h.seats(t, h.xii, 2)
	e := h.again(t, nil)
	results := make(chan invitation.Copied, 8)
	for range 8 {
		go func() {
			c, err := h.room.StartFrom(t.Context(), e.ID, nil)
			if err != nil {
				t.Error(err)
			}
			results <- c
		}()
	}
	first := <-results
	for range 7 {
		if c := <-results; c != first || c.Invitations != 8 {
			t.Errorf("another click gives %+v, the first gave %+v", c, first)
		}
	}
	entries, err := audit.Entries(t.Context(), h.db, e.ID, 0, 500)
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for _, a := range entries {
		if a.Action == "invitation.start_from" {
			n++
		}
	}
	if n != 1 || len(h.list(t, e)) != 8 {
		t.Errorf("%d copies on record, %d invitations", n, len(h.list(t, e)))
	}
	if s, err := h.room.PlanStart(t.Context(), h.db, e.ID); err != nil || s.CopiedAt.IsZero() || s.Result != first {
		t.Errorf("what was copied: %+v %v", s, err)
	}
}

// Nothing is copied over an edition that is in use; an edition without a source has no plan.
func TestAnEditionInUseIsNotCopiedOver(t *testing.T) {
	h := open(t)
	e := h.again(t, nil)
	if _, err := h.room.Prepare(t.Context(), e.ID); err != nil {
		t.Fatal(err)
	}
	h.seats(t, e, 1)
	_, err := h.room.StartFrom(t.Context(), e.ID, nil)
	h.refused(t, err, conference.KindConflict, "invitation.error.start_in_use")
	if _, err := h.room.StartFrom(t.Context(), h.xii.ID, nil); conference.KindOf(err) != conference.KindNotFound {
		t.Errorf("without a source: %v", err)
	}
	if err := h.room.StartEmpty(t.Context(), e.ID); err != nil {
		t.Fatal(err)
	}
	if _, err := h.room.PlanStart(t.Context(), h.db, e.ID); conference.KindOf(err) != conference.KindNotFound {
		t.Errorf("given up: %v", err)
	}
}

// A focal point's consent is given by the focal point only, holds for that person, and
// can be ended at any time.
func TestAFocalPointAgreesToBeAskedAgain(t *testing.T) {
	h := open(t)
	id := h.first(t).ID
	given := func(want bool) {
		t.Helper()
		c, err := invitation.Again(t.Context(), h.db, id)
		if err != nil || c.Given() != want || want && (c.Version != invitation.AgainVersion || !c.GivenAt.Equal(h.clock.Now())) {
			t.Errorf("consent %+v %v, want %v", c, err, want)
		}
	}
	given(false)
	h.refused(t, h.room.SetAgain(focal(t, id), id, true), conference.KindInvalid, "again: invitation.error.again_nobody")
	if err := h.room.SetContact(t.Context(), id, invitation.Contact{Name: "Võ Thị Minh Họa", Phone: "0900000010"}); err != nil {
		t.Fatal(err)
	}
	if err := h.room.SetAgain(t.Context(), id, true); conference.KindOf(err) != conference.KindForbidden {
		t.Errorf("an organiser agrees for somebody: %v", err)
	}
	if err := h.room.SetAgain(focal(t, id+1), id, true); conference.KindOf(err) != conference.KindForbidden {
		t.Errorf("another focal point agrees: %v", err)
	}
	h.clock.Set(h.xii.RegisterBy.AddDate(0, 0, 3)) // there is no deadline
	for range 2 {
		if err := h.room.SetAgain(focal(t, id), id, true); err != nil {
			t.Fatal(err)
		}
	}
	given(true)
	for _, c := range []struct {
		name string
		want bool
	}{{"VÕ THỊ MINH HỌA", true}, {"Lê Văn Thí Dụ", false}} { // in this order: the last one ends it
		if err := h.room.SetContact(t.Context(), id, invitation.Contact{Name: "Võ Thị Minh Họa"}); err != nil {
			t.Fatal(err)
		}
		if err := h.room.SetAgain(focal(t, id), id, true); err != nil {
			t.Fatal(err)
		}
		if err := h.room.SetContact(t.Context(), id, invitation.Contact{Name: c.name}); err != nil {
			t.Fatal(err)
		}
		given(c.want)
	}
	if err := h.room.SetContact(t.Context(), id, invitation.Contact{Name: "Võ Thị Minh Họa"}); err != nil {
		t.Fatal(err)
	}
	given(false) // it does not come back with the name
	if err := h.room.SetAgain(focal(t, id), id, true); err != nil {
		t.Fatal(err)
	}
	if err := h.room.SetAgain(t.Context(), id, false); err != nil {
		t.Fatal(err)
	}
	given(false)
}

// The words that focal points agree to and the name of these words change together.
func TestTheWordsOfConsentKeepTheirVersion(t *testing.T) {
	h := open(t)
	const words = "Tôi đồng ý để Ban Tổ chức giữ họ tên, điện thoại, thư điện tử của tôi và hỏi lại tôi làm đầu mối của đơn vị ở kỳ hội nghị sau. " +
		"Tôi có thể rút lại bất cứ lúc nào tại trang này."
	if got := h.loc.In("vi").T("invitation.again.text"); got != words || invitation.AgainVersion != "2026-11" {
		t.Errorf("the words are %q, version %s: new words need a new version here and in AgainVersion", got, invitation.AgainVersion)
	}
}

// person invents a name, the same for the same seed.
func person(r *rand.Rand) string {
	one := func(from ...string) string { return from[r.IntN(len(from))] }
	given := one("Kha", "Nguy", "Thoa", "Bách") + one("nh", "ng", "t", "m") + one("a", "e", "o", "u")
	return one("Nguyễn", "Trần", "Lê", "Phạm", "Điểu", "Thạch") + " " + one("Mẫu", "Thí Dụ", "Giả Định", "Ví Dụ") + " " + given
}

// No personal datum of the earlier edition is in the new one, in whatever way it was
// written there, unless the focal point agreed.
func TestNobodyCrossesWithoutConsent(t *testing.T) {
	h := open(t)
	h.seats(t, h.xii, 3)
	testkit.Write(t, h.db, func(ctx context.Context, tx *db.Tx) error {
		return db.Exec(ctx, tx, `INSERT INTO delegation (id, edition_id, invitation_id, created_at, changed_at) SELECT 1, edition_id, id, 1, 1 FROM invitation LIMIT 1`)
	})
	for round := range 12 {
		r := rand.New(rand.NewPCG(uint64(round), 7))
		var secret, open []string // what must stay, and what may cross
		know := func(agreed bool, values ...string) {
			if agreed {
				open = append(open, values...)
			} else {
				secret = append(secret, values...)
			}
		}
		var texts []string
		for n, i := range h.list(t, h.xii) {
			if n > 5 {
				break
			}
			name, number := person(r), fmt.Sprintf("09%08d", r.IntN(100_000_000))
			c := invitation.Contact{Name: name, Phone: number, Email: fmt.Sprintf("r%dn%d@vidu.example", round, n)}
			if err := h.room.SetContact(t.Context(), i.ID, c); err != nil {
				t.Fatal(err)
			}
			agreed := r.IntN(2) == 0
			if err := h.room.SetAgain(focal(t, i.ID), i.ID, agreed); err != nil {
				t.Fatal(err)
			}
			know(agreed && i.Province.Slug != "binh-thuan" && h.receives(i), c.Name, vietnamese.FormatPhone("+84"+number[1:]), c.Email)
			texts = append(texts, name)
		}
		delegate := person(r)
		know(false, delegate, h.xii.ContactName, vietnamese.FormatPhone(h.xii.ContactPhone), h.xii.ContactEmail)
		texts = append(texts, strings.ToUpper(delegate), "0912 345 678", "thu.ky@vidu.example", strings.ToLower(vietnamese.Fold(h.xii.ContactName)))
		h.enter(t, round, delegate)
		who := texts[r.IntN(len(texts))]
		body := "Kính gửi: [don_vi]\n\nMọi việc xin liên hệ " + who + ".\nTrân trọng kính mời, [lien_ket]"
		if err := h.room.SetText(t.Context(), h.xii.ID, "Giấy mời [ten_hoi_nghi]", body); err != nil {
			t.Fatal(err)
		}
		if err := h.room.SetReminderText(t.Context(), h.xii.ID, invitation.Text{Subject: "Nhắc [ten_hoi_nghi]", Body: "Đề nghị báo " + who + ".\nĐăng ký tại [lien_ket]"}); err != nil {
			t.Fatal(err)
		}
		if err := h.room.SetMessageText(t.Context(), h.xii.ID, "Mời Quý cơ quan dự [ten_hoi_nghi]: [lien_ket]\nHỏi "+who); err != nil {
			t.Fatal(err)
		}
		letter := h.room.DefaultLetter(h.xii, invitation.GiayMoi)
		letter.Signer, letter.Body = delegate, letter.Body+"\nĐầu mối: "+who
		if err := h.room.SetLetterText(t.Context(), h.xii.ID, invitation.GiayMoi, letter); err != nil {
			t.Fatal(err)
		}
		e := h.again(t, func(d *edition.Draft) { d.Slug = fmt.Sprintf("ky-%d", round) })
		plan, err := h.room.PlanStart(t.Context(), h.db, e.ID)
		if err != nil || len(plan.Dropped) != 4 {
			t.Fatalf("the plan leaves %q behind: %v", plan.Dropped, err)
		}
		if _, err := h.room.StartFrom(t.Context(), e.ID, nil); err != nil {
			t.Fatal(err)
		}
		if t.Failed() {
			return
		}
		if got, err := h.room.MessageText(t.Context(), h.db, e.ID); err != nil || got != "Mời Quý cơ quan dự [ten_hoi_nghi]: [lien_ket]" {
			t.Fatalf("the message for Zalo is %q: %v", got, err)
		}
		if got, err := h.room.ReminderText(t.Context(), h.db, e.ID); err != nil || got.Body != "Đăng ký tại [lien_ket]" {
			t.Fatalf("the reminder is %q: %v", got.Body, err)
		}
		h.searched(t, e, append(secret, "0912 345 678", "thu.ky@vidu.example"), open)
	}
}

// receives reports whether an organisation is itself invited again, and is not part of another.
func (h *house) receives(i invitation.Invitation) bool {
	return slices.Contains([]string{"ho-chi-minh", "dong-nai", "tay-ninh", "dong-thap", "vinh-long", "an-giang", "can-tho", "ca-mau"}, i.Province.Slug)
}

// enter puts one delegate on a list of the source.
func (h *house) enter(t *testing.T, n int, name string) {
	t.Helper()
	testkit.Write(t, h.db, func(ctx context.Context, tx *db.Tx) error {
		return db.Exec(ctx, tx, `INSERT INTO delegate (edition_id, delegation_id, delegate_group_id, number, client_key, full_name, folded, name_key, sort_key, state, created_at, changed_at)
			SELECT 1, 1, min(id), ?1, ?1, ?2, '', '', x'00', 'listed', 1, 1 FROM delegate_group WHERE edition_id = 1`, fmt.Sprint("KC22-", n), name)
	})
}

// searched looks through every row of an edition, as it is folded, for what must not be there, and
// for what may be.
func (h *house) searched(t *testing.T, e edition.Edition, secret, allowed []string) {
	t.Helper()
	var b strings.Builder
	for _, table := range []string{"edition", "invitation", "invitation_text", "letter_text", "reminder_text", "invitation_message", "delegate", "audit_entry", "delegate_group", "edition_copy"} {
		column := "edition_id"
		if table == "edition" {
			column = "id"
		}
		names, err := db.Values[string](t.Context(), h.db, `SELECT name FROM pragma_table_info(?)`, table)
		if err != nil || len(names) == 0 {
			t.Fatalf("%s: %v", table, err)
		}
		for _, name := range names {
			all, err := db.Values[string](t.Context(), h.db, fmt.Sprintf("SELECT CAST(COALESCE(%s, '') AS TEXT) FROM %s WHERE %s = ?", name, table, column), e.ID)
			if err != nil {
				t.Fatal(err)
			}
			b.WriteString(strings.Join(all, "\n") + "\n")
		}
	}
	raw := b.String()
	folded, digits := vietnamese.Fold(raw), strings.Map(func(c rune) rune {
		if c == ' ' || c == '.' {
			return -1
		}
		return c
	}, strings.ReplaceAll(raw, "+84", "0"))
	holds := func(s string) bool {
		return strings.Contains(folded, vietnamese.Fold(s)) || s[0] == '0' && strings.Contains(digits, strings.ReplaceAll(s, " ", ""))
	}
	for _, s := range secret {
		if holds(s) && !slices.ContainsFunc(allowed, func(a string) bool { return vietnamese.Fold(a) == vietnamese.Fold(s) }) {
			t.Errorf("%q crossed into the new edition", s)
		}
	}
	for _, s := range allowed {
		if !holds(s) {
			t.Errorf("%q agreed and did not cross: the search may be blind", s)
		}
	}
}

// A contact of the register is named when they agreed to be kept or were entered after the
// earlier edition, not when they were entered for that one.
func TestContactsOfTheRegisterNeedConsentToo(t *testing.T) {
	h := open(t)
	all := h.list(t, h.xii)
	ids := map[string]int64{"asked": h.of(t, h.xii, "tay-ninh").OrganisationID, "old": h.of(t, h.xii, "ca-mau").OrganisationID}
	for _, c := range []edition.Contact{{OrganisationID: ids["asked"], FullName: "Lê Thị Mẫu", Consented: true}, {OrganisationID: ids["old"], FullName: "Trần Văn Mẫu"}} {
		if err := h.ed.SaveContact(t.Context(), c); err != nil {
			t.Fatal(err)
		}
	}
	h.clock.Set(time.Date(2023, 3, 1, 0, 0, 0, 0, time.UTC)) // within a year of both
	d := edition.XII()
	d.Ordinal, d.Slug, d.StartsOn, d.EndsOn = 13, "xiii-2023", "2023-08-10", "2023-08-10"
	d.RegisterBy.Time = time.Date(2023, 8, 1, 0, 0, 0, 0, time.UTC)
	e, err := h.room.CreateFrom(t.Context(), h.xii.ID, d)
	if err != nil {
		t.Fatal(err)
	}
	if err := h.ed.SaveContact(t.Context(), edition.Contact{OrganisationID: h.of(t, h.xii, "an-giang").OrganisationID, FullName: "Phạm Thị Thí Dụ"}); err != nil {
		t.Fatal(err)
	}
	got, err := h.room.StartFrom(t.Context(), e.ID, nil)
	if err != nil || got.FocalPoints != 2 || got.Invitations != len(all) {
		t.Fatalf("copied %+v %v", got, err)
	}
	for slug, want := range map[string]string{"tay-ninh": "Lê Thị Mẫu", "ca-mau": "", "an-giang": "Phạm Thị Thí Dụ"} {
		if i := h.of(t, e, slug); i.FocalName != want {
			t.Errorf("%s: focal point %q, want %q", slug, i.FocalName, want)
		}
	}
}

// A body that is no Sở keeps its own name after its province was merged, is flagged, and is
// invited under the province of today unless the organiser leaves it out.
func TestBodiesOfMergedProvincesAreFlagged(t *testing.T) {
	h := open(t)
	longAn := h.of(t, h.xii, "long-an")
	add := func(name string, to string) invitation.Invitation {
		t.Helper()
		o, err := h.ed.AddOrganisation(t.Context(), edition.Organisation{Kind: edition.KindIPC, ProvinceID: longAn.Province.ProvinceID, NameVi: name, ValidTo: to})
		if err != nil {
			t.Fatal(err)
		}
		i, err := h.room.Invite(t.Context(), h.xii.ID, o.ID)
		if err != nil {
			t.Fatal(err)
		}
		return i
	}
	centre, closed := add("Trung tâm Khuyến công Long An", ""), add("Trung tâm Mẫu đã giải thể", "2024-12-31")
	e := h.again(t, nil)
	s, err := h.room.PlanStart(t.Context(), h.db, e.ID)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		id   int64
		want string
	}{{centre.ID, "merged [invite skip]"}, {closed.ID, "ended [skip]"}} {
		at := slices.IndexFunc(s.Lines, func(l invitation.Line) bool { return l.Source.ID == c.id })
		if got := fmt.Sprintf("%s %v", s.Lines[at].Fate, s.Lines[at].Options); got != c.want {
			t.Errorf("%s: %s, want %s", s.Lines[at].Source.Organisation.Vi, got, c.want)
		}
	}
	if _, err := h.room.StartFrom(t.Context(), e.ID, nil); err != nil {
		t.Fatal(err)
	}
	var found []string
	for _, i := range h.list(t, e) {
		if strings.HasPrefix(i.Organisation.Vi, "Trung tâm") {
			found = append(found, i.Organisation.Vi+" / "+i.Province.NameVi)
		}
	}
	if len(found) != 1 || found[0] != "Trung tâm Khuyến công Long An / Tây Ninh" {
		t.Errorf("invited: %v", found)
	}
}

// A text that names the conference of then in words is not copied so: it would invite to the last one.
func TestTextsNameTheNewConference(t *testing.T) {
	h := open(t)
	letter := h.room.DefaultLetter(h.xii, invitation.GiayMoi)
	letter.Abstract = "Tham dự Hội nghị công tác khuyến công các tỉnh, thành phố\nkhu vực phía Nam lần thứ XII, năm 2022"
	if err := h.room.SetLetterText(t.Context(), h.xii.ID, invitation.GiayMoi, letter); err != nil {
		t.Fatal(err)
	}
	second := h.room.DefaultLetter(h.xii, invitation.CongVan)
	second.Abstract = "V/v đăng ký dự Hội nghị lần thứ XII"
	if err := h.room.SetLetterText(t.Context(), h.xii.ID, invitation.CongVan, second); err != nil {
		t.Fatal(err)
	}
	if err := h.room.SetText(t.Context(), h.xii.ID, "Mời dự "+h.xii.ShortVi, "Kính gửi: [don_vi]\nMời dự "+h.xii.TitleVi+": [lien_ket]"); err != nil {
		t.Fatal(err)
	}
	e := h.again(t, nil)
	if _, err := h.room.StartFrom(t.Context(), e.ID, nil); err != nil {
		t.Fatal(err)
	}
	got, err := h.room.Text(t.Context(), h.db, e.ID)
	if err != nil || got.Subject != "Mời dự [ten_hoi_nghi]" || got.Body != "Kính gửi: [don_vi]\nMời dự [ten_hoi_nghi]: [lien_ket]" {
		t.Errorf("the mail is %+v: %v", got, err)
	}
	for kind, want := range map[invitation.LetterKind]string{invitation.GiayMoi: "Tham dự [ten_hoi_nghi]", invitation.CongVan: "V/v đăng ký đại biểu tham dự [ten_hoi_nghi]"} {
		l, err := h.room.LetterText(t.Context(), h.db, e, kind)
		if err != nil || l.Abstract != want {
			t.Errorf("the abstract of %s is %q: %v", kind, l.Abstract, err)
		}
	}
}
