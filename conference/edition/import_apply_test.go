package edition_test

import (
	"bytes"
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"hoinghi/conference"
	"hoinghi/conference/audit"
	"hoinghi/conference/edition"
	"hoinghi/conference/testkit"
	"hoinghi/db"
	"hoinghi/templates"
)

func upload(ctx context.Context, t testing.TB, r *edition.Room, text string) edition.Import {
	t.Helper()
	i, err := r.Upload(ctx, "danh sách.csv", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return i
}

func importText(ctx context.Context, t testing.TB, r *edition.Room, d *db.DB, text string) edition.Import {
	t.Helper()
	i := upload(ctx, t, r, text)
	if err := r.Apply(ctx, i.ID, i.Choices.Seal(), false); err != nil {
		t.Fatal(err)
	}
	return applied(t, d, i.ID)
}

type counts struct{ Added, Changed, Unchanged, LeftOut int }

func countsOf(i edition.Import) counts { return counts{i.Added, i.Changed, i.Unchanged, i.LeftOut} }

const twoOrganisations = "Tên đơn vị;Tỉnh;Điện thoại;Email;Họ tên đầu mối;Chức vụ;Di động\n" +
	"Sở Công Thương tỉnh Long An;Long An;02723826400;sct@longan.example;Lê Thị Mẫu;Chuyên viên;912345678\n" +
	"Làng nghề Mẫu;Long An;;;Nghệ nhân Mẫu;;0913222333\n"

func TestTheSameListAgainChangesNothing(t *testing.T) {
	r, d, _, ctx := importRoom(t)
	if got := countsOf(importText(ctx, t, r, d, twoOrganisations)); got != (counts{Added: 2}) {
		t.Errorf("first time: %+v", got)
	}
	before := dump(t, d)
	for _, text := range []string{twoOrganisations, strings.ToUpper(twoOrganisations[:strings.Index(twoOrganisations, "\n")]) + twoOrganisations[strings.Index(twoOrganisations, "\n"):],
		strings.ReplaceAll(decomposed(twoOrganisations), "Long An;Long An", "Long An;tỉnh LONG AN"), strings.ReplaceAll(twoOrganisations, "Sở Công Thương tỉnh Long An", "SỞ CÔNG THƯƠNG LONG AN")} {
		if got := countsOf(importText(ctx, t, r, d, text)); got != (counts{Unchanged: 2}) {
			t.Errorf("again: %+v", got)
		}
	}
	if diff := cmp.Diff(before, dump(t, d)); diff != "" {
		t.Errorf("the same list changed rows:\n%s", diff)
	}
}

// dump gives every stored organisation and contact, moments of change included.
func dump(t testing.TB, d *db.DB) []string {
	t.Helper()
	rows, err := db.Values[string](t.Context(), d, `SELECT json_array(id, kind, province_id, name_vi, email, phone, other_phone, changed_at) FROM organisation
UNION ALL SELECT json_array(id, organisation_id, position, full_name, job_title, phone, other_phone, email, changed_at) FROM contact`)
	if err != nil {
		t.Fatal(err)
	}
	return rows
}

func TestACorrectedListSaysWhatChanged(t *testing.T) {
	r, d, _, ctx := importRoom(t)
	importText(ctx, t, r, d, twoOrganisations)
	corrected := strings.NewReplacer("sct@longan.example", "vanphong@longan.example", "Lê Thị Mẫu;Chuyên viên;912345678", "Trần Văn Mẫu;;0914333444", "Nghệ nhân Mẫu;;0913222333", ";;").Replace(twoOrganisations)
	i := importText(ctx, t, r, d, corrected)
	if got := countsOf(i); got != (counts{Changed: 1, Unchanged: 1}) {
		t.Errorf("corrected: %+v", got)
	}
	changes, err := edition.ImportChanges(ctx, d, i.ID, false, 100)
	if err != nil {
		t.Fatal(err)
	}
	got := changeLines(changes)
	want := []string{"2 email: sct@longan.example → vanphong@longan.example", "2 contact_name:  → Trần Văn Mẫu"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("changes (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{"Lê Thị Mẫu, Chuyên viên, 0912 345 678", "Trần Văn Mẫu, 0914 333 444"}, people(ctx, t, d, changes[0].OrganisationID)); diff != "" {
		t.Errorf("another name is another person (-want +got):\n%s", diff)
	}
	entries, err := audit.Entries(ctx, d, 0, 0, 4)
	if err != nil {
		t.Fatal(err)
	}
	var actions []string
	for _, e := range entries {
		actions = append(actions, e.ActorLabel+" "+e.Action)
	}
	if diff := cmp.Diff([]string{"Bùi Thị Thí Dụ edition.import", "Bùi Thị Thí Dụ edition.add_contact", "Bùi Thị Thí Dụ edition.change_organisation", "Bùi Thị Thí Dụ edition.import"}, actions); diff != "" {
		t.Errorf("record (-want +got):\n%s", diff)
	}
}

func changeLines(changes []edition.ImportChange) []string {
	var out []string
	for _, c := range changes {
		out = append(out, fmt.Sprintf("%d %s: %s → %s", c.Row, c.Field, c.Before, c.After))
	}
	return out
}

// people gives the contacts of an organisation in short.
func people(ctx context.Context, t testing.TB, d *db.DB, organisationID int64) []string {
	t.Helper()
	all, err := edition.Contacts(ctx, d, organisationID)
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, c := range all {
		out = append(out, c.FullName+parts(", ", c.JobTitle, phone(c.Phone, c.OtherPhone), c.Email))
	}
	return out
}

// Nothing is written while errors remain, unless the rows with errors are left out.
func TestErrorsStopAListUntilTheyAreLeftOut(t *testing.T) {
	r, d, _, ctx := importRoom(t)
	before := dump(t, d)
	i := upload(ctx, t, r, twoOrganisations+"Công ty Mẫu;Atlantis;;;;;\n")
	testkit.Refused(t, r.Apply(ctx, i.ID, i.Choices.Seal(), false), conference.KindInvalid, "leave_out: import.error.rows_wrong")
	if diff := cmp.Diff(before, dump(t, d)); diff != "" {
		t.Errorf("written in spite of errors:\n%s", diff)
	}
	if err := r.Apply(ctx, i.ID, i.Choices.Seal(), true); err != nil {
		t.Fatal(err)
	}
	if got := countsOf(applied(t, d, i.ID)); got != (counts{Added: 2, LeftOut: 1}) {
		t.Errorf("left out: %+v", got)
	}
	testkit.Refused(t, r.Apply(ctx, i.ID, i.Choices.Seal(), true), conference.KindConflict, "import.error.applied")
	testkit.Refused(t, r.Choose(ctx, i.ID, i.Choices), conference.KindConflict, "import.error.applied")
	only := upload(ctx, t, r, "Tên đơn vị;Tỉnh\nCông ty Mẫu;Atlantis\n")
	testkit.Refused(t, r.Apply(ctx, only.ID, only.Choices.Seal(), true), conference.KindConflict, "import.error.nothing")
}

// Whoever saw the outcome of other choices, in another window or before somebody changed
// them, did not agree to these.
func TestOnlyTheChoicesThatWereCheckedAreApplied(t *testing.T) {
	r, d, _, ctx := importRoom(t)
	i := upload(ctx, t, r, twoOrganisations)
	other := i.Choices
	other.Columns = map[string]int{"name": 0, "province": 1, "contact_phone": 2, "contact_name": 4}
	if err := r.Choose(ctx, i.ID, other); err != nil {
		t.Fatal(err)
	}
	before := dump(t, d)
	testkit.Refused(t, r.Apply(ctx, i.ID, i.Choices.Seal(), true), conference.KindConflict, "import.error.stale")
	testkit.Refused(t, r.Apply(ctx, i.ID, "", true), conference.KindConflict, "import.error.stale")
	if diff := cmp.Diff(before, dump(t, d)); diff != "" {
		t.Errorf("written in spite of other choices:\n%s", diff)
	}
	if err := r.Apply(ctx, i.ID, other.Seal(), false); err != nil {
		t.Fatal(err)
	}
	applied(t, d, i.ID)
}

// After the merger a list with former names is stored under today's provinces.
func TestFormerProvincesAreStoredAsTheyAreToday(t *testing.T) {
	r, d, clock, ctx := importRoom(t)
	clock.Set(time.Date(2026, 11, 24, 3, 0, 0, 0, time.UTC))
	i := upload(ctx, t, r, "Tên đơn vị;Tỉnh\nTrung tâm Khuyến công Long An;Long An\nCông ty Mẫu;BR-VT\nSở Công Thương TP.HCM;TP.HCM\nCông ty Huế Mẫu;Thừa Thiên Huế\n")
	checked, err := r.CheckImport(ctx, i)
	if err != nil {
		t.Fatal(err)
	}
	places, err := edition.PlacesOn(ctx, d, "2026-11-24")
	if err != nil {
		t.Fatal(err)
	}
	want := []string{"2: Trung tâm Khuyến công Long An [Tây Ninh]", "3: Công ty Mẫu [TP. Hồ Chí Minh]", "4: Sở Công Thương TP.HCM [TP. Hồ Chí Minh]", "5: Công ty Huế Mẫu [TP. Huế]"}
	if diff := cmp.Diff(want, told(places, checked)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{"2 province_former", "3 province_former"}, problemsOf(t, checked)); diff != "" {
		t.Errorf("problems (-want +got):\n%s", diff)
	}
	loc, err := templates.LoadLocales()
	if err != nil {
		t.Fatal(err)
	}
	for lang, want := range map[string]string{"vi": "tỉnh Long An nay thuộc tỉnh Tây Ninh", "en": "Long An Province is part of Tay Ninh Province today"} {
		if got := loc.In(lang).Text(checked.Problems[0].Text); !strings.HasPrefix(got, want) {
			t.Errorf("%s: %q, want %q", lang, got, want)
		}
	}
}

// A list of before the merger is the same list after it, for whoever was not dissolved;
// of two of one name the one that was in the province all along is meant.
func TestOrganisationsOutliveTheMerger(t *testing.T) {
	r, d, clock, ctx := importRoom(t)
	const list = "Tên đơn vị;Tỉnh\nCông ty Mẫu;Long An\nTrung tâm Khuyến công Long An;Long An\nTrung tâm Khuyến công Tây Ninh;Tây Ninh\nHợp tác xã Thí Dụ;Long An\nHợp tác xã Thí Dụ;Tây Ninh\n"
	if got := countsOf(importText(ctx, t, r, d, list)); got != (counts{Added: 5}) {
		t.Fatalf("before the merger: %+v", got)
	}
	clock.Set(time.Date(2026, 11, 24, 3, 0, 0, 0, time.UTC))
	if got := countsOf(importText(ctx, t, r, d, list[:strings.LastIndex(list, "Hợp")])); got != (counts{Unchanged: 4}) {
		t.Errorf("after the merger: %+v", got)
	}
	i := importText(ctx, t, r, d, "Tên đơn vị;Tỉnh;Email\nHợp tác xã Thí Dụ;Tây Ninh;htx@mau.example\n")
	changes, err := edition.ImportChanges(ctx, d, i.ID, false, 10)
	if err != nil || len(changes) != 1 {
		t.Fatalf("changes: %+v, %v", changes, err)
	}
	o, err := edition.OrganisationByID(ctx, d, changes[0].OrganisationID)
	if err != nil {
		t.Fatal(err)
	}
	places, err := edition.PlacesOn(ctx, d, "2022-09-01")
	if err != nil {
		t.Fatal(err)
	}
	if p := places.Named(o.ProvinceID); p.NameVi != "Tây Ninh" {
		t.Errorf("the organisation of %s was changed", p.NameVi)
	}
}

func TestOnlyOrganisersImport(t *testing.T) {
	r, _, _, ctx := importRoom(t)
	i := upload(ctx, t, r, twoOrganisations)
	steward := conference.WithActor(ctx, conference.Actor{Kind: conference.ActorStaff, ID: 2, Roles: []conference.Role{conference.RoleSteward}})
	_, err := r.Upload(steward, "x.csv", []byte(twoOrganisations))
	for _, err := range []error{err, r.Apply(steward, i.ID, i.Choices.Seal(), false), r.Choose(steward, i.ID, i.Choices), r.DropImport(steward, i.ID), r.SaveContact(steward, edition.Contact{}), r.RemoveContact(steward, 1, 1)} {
		testkit.Refused(t, err, conference.KindForbidden, "error.forbidden")
	}
}

func TestOldListsAreForgotten(t *testing.T) {
	r, d, clock, ctx := importRoom(t)
	old := importText(ctx, t, r, d, twoOrganisations)
	clock.Advance(31 * 24 * time.Hour)
	upload(ctx, t, r, twoOrganisations)
	if _, err := edition.ImportByID(ctx, d, old.ID); conference.KindOf(err) != conference.KindNotFound {
		t.Errorf("a list of last month is still there: %v", err)
	}
	if n, err := db.Value[int](ctx, d, `SELECT count(*) FROM contact`); err != nil || n != 2 {
		t.Errorf("%d contacts are left, want 2: %v", n, err)
	}
}

func bigList(n int) string {
	var b bytes.Buffer
	b.WriteString("STT,Tên đơn vị,Loại đơn vị,Tỉnh,Email,Điện thoại,Họ tên đầu mối,Chức vụ,Di động\n")
	provinces := []string{"Tây Ninh", "Long An", "TP.HCM", "Bến Tre", "Cà Mau"}
	for i := range n {
		fmt.Fprintf(&b, "%d,Công ty TNHH Thí Dụ %d,Cơ sở công nghiệp nông thôn,%s,lienhe%d@mau.example,027638%05d,Nguyễn Thị Mẫu%d,Giám đốc,9%08d\n", i+1, i, provinces[i%5], i, i%100000, i, i)
	}
	return b.String()
}

// A stop in the middle of a list loses nothing: the worker that starts next goes on,
// and no organisation is there twice.
func TestAnInterruptedListGoesOn(t *testing.T) {
	clock := testkit.NewClock()
	d := testkit.Store(t, clock)
	r := edition.New(d)
	if err := r.Seed(t.Context()); err != nil {
		t.Fatal(err)
	}
	ctx := conference.WithActor(t.Context(), conference.System())
	i := upload(ctx, t, r, bigList(300))
	if err := r.Apply(ctx, i.ID, i.Choices.Seal(), false); err != nil {
		t.Fatal(err)
	}
	stops := 0
	for {
		now, err := edition.ImportByID(ctx, d, i.ID)
		if err != nil {
			t.Fatal(err)
		}
		if now.State == edition.ImportApplied {
			break
		}
		runUntilProgress(t, edition.New(d), d, i.ID) // a new process
		stops++
	}
	if stops < 3 {
		t.Errorf("the list was applied within %d runs: it was not interrupted", stops)
	}
	if got := countsOf(applied(t, d, i.ID)); got != (counts{Added: 300}) {
		t.Errorf("applied: %+v", got)
	}
	for table, want := range map[string]int{"organisation": 300, "contact": 300, "import_change": 300} {
		if n, err := db.Value[int](ctx, d, `SELECT count(*) FROM `+table); err != nil || n != want {
			t.Errorf("%d rows in %s, want %d: %v", n, table, want, err)
		}
	}
}

// runUntilProgress runs the worker until it has written something, then stops it.
func runUntilProgress(t *testing.T, r *edition.Room, d *db.DB, id int64) {
	t.Helper()
	changes, stop := d.Subscribe(edition.ImportTopic(id))
	defer stop()
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() { defer close(done); r.RunImports(ctx, testkit.Quiet()) }()
	<-changes
	cancel()
	<-done
}

// While 50,000 rows are imported other writes get their turn between the parts.
func TestFiftyThousandRowsBlockNobody(t *testing.T) {
	if testing.Short() {
		t.Skip("takes some seconds")
	}
	r, d, _, ctx := importRoom(t)
	const rows = 50_000
	i := upload(ctx, t, r, bigList(rows))
	if err := r.Apply(ctx, i.ID, i.Choices.Seal(), false); err != nil {
		t.Fatal(err)
	}
	changes, stop := d.Subscribe(edition.ImportTopic(i.ID))
	defer stop()
	parts := map[int]bool{} // parts of the list after which another write was done
	for {
		now, err := edition.ImportByID(ctx, d, i.ID)
		if err != nil {
			t.Fatal(err)
		}
		if now.State != edition.ImportApplying {
			break
		}
		if err := d.Write(ctx, func(context.Context, *db.Tx) error { return nil }); err != nil {
			t.Fatal(err)
		}
		parts[now.Done/15] = true
		<-changes
	}
	if got := countsOf(applied(t, d, i.ID)); got != (counts{Added: rows}) {
		t.Errorf("applied: %+v", got)
	}
	if len(parts) < rows/15/4 {
		t.Errorf("other writes were done between %d of %d parts only", len(parts), rows/15)
	}
}
