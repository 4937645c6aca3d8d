package edition_test

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"hoinghi/conference"
	"hoinghi/conference/audit"
	"hoinghi/conference/edition"
	"hoinghi/conference/testkit"
	"hoinghi/conference/vietnamese"
	"hoinghi/db"
	"hoinghi/templates"
)

func created(t *testing.T, r *edition.Room, d edition.Draft) edition.Edition {
	t.Helper()
	e, err := r.Create(t.Context(), d)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

func members(t *testing.T, d *db.DB, e edition.Edition) []edition.Member {
	t.Helper()
	all, err := edition.Members(t.Context(), d, e.ID)
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func codes(t *testing.T, d *db.DB, e edition.Edition) []string {
	t.Helper()
	groups, err := edition.Groups(t.Context(), d, e.ID)
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for i, g := range groups {
		if g.Position != i+1 || g.Category != i+1 || g.NameVi == "" || g.NameEn == "" || strings.Contains(g.NameVi+g.NameEn, "{") {
			t.Errorf("group %+v", g)
		}
		out = append(out, g.Code)
	}
	return out
}

// fields gives the field → key of the problems of an invalid error.
func fields(t *testing.T, err error) map[string]string {
	t.Helper()
	return testkit.FieldErrors(t, err, "edition.error.")
}

func TestTheExampleEdition(t *testing.T) {
	d, r := seeded(t)
	e := created(t, r, edition.XII())
	if e.Slug != "xii-2022" || e.Prefix != "KC22" || e.Roman() != "XII" || e.Days() != 1 || !e.IsSample || !e.IsPublic || e.ReportedVi != "trên 250" {
		t.Errorf("edition: %+v", e)
	}
	all := members(t, d, e)
	if len(all) != 20 || all[0].Slug != "tay-ninh" || all[0].Role != edition.RoleHost || all[0].GSOCode != "72" || all[1].NameVi != "An Giang" {
		t.Errorf("members: %v", all)
	}
	if !slices.ContainsFunc(all, func(m edition.Member) bool { return m.NameVi == "Bình Thuận" && m.Role == edition.RoleMember }) {
		t.Error("Bình Thuận is missing")
	}
	want := []string{"doit_leaders", "doit_divisions", "ipc", "moit_units", "host_agencies", "district_leaders", "district_divisions",
		"rural_enterprises", "craft_villages", "press"}
	if diff := cmp.Diff(want, codes(t, d, e)); diff != "" {
		t.Error(diff)
	}
	doits, err := edition.OrganisationsOf(t.Context(), d, e.ID, edition.KindDoit)
	if err != nil || len(doits) != 20 {
		t.Fatalf("%d doits: %v", len(doits), err)
	}
	if doits[0].NameVi != "Sở Công Thương tỉnh An Giang" || doits[12].NameVi != "Sở Công Thương Thành phố Hồ Chí Minh" ||
		doits[16].NameVi != "Sở Công Thương tỉnh Tây Ninh" || doits[16].NameEn != "Department of Industry and Trade of Tay Ninh Province" {
		t.Errorf("doits: %v", doits)
	}
	if got := e.BadgeEpoch(); !got.Equal(time.Date(2022, 9, 5, 7, 0, 0, 0, time.UTC)) {
		t.Errorf("badge epoch %v", got)
	}
	entries, err := audit.Entries(t.Context(), d, e.ID, 0, 50)
	if err != nil || len(entries) != 1 || entries[0].Action != "edition.create" || entries[0].SubjectID != e.ID {
		t.Errorf("audit: %v %v", entries, err)
	}
}

// Two editions are open at once, before and after the merger; neither knows the
// other's provinces, groups or organisations.
func TestEditionsSideBySideDoNotMix(t *testing.T) {
	d, r := seeded(t)
	xii, now := created(t, r, edition.XII()), created(t, r, edition.Today())
	if now.Slug != "xvii-2027" || now.IsPublic || !now.IsSample || now.Days() != 2 {
		t.Errorf("today's: %+v", now)
	}
	all := members(t, d, now)
	if len(all) != 8 || all[0].Print("vi") != "thành phố Cần Thơ" || len(members(t, d, xii)) != 20 {
		t.Errorf("members: %v", all)
	}
	for _, m := range all {
		if m.CodeSystem != "gso-2025" || m.Slug == "lam-dong" || m.Slug == "dong-nai" && m.Kind != edition.KindCity {
			t.Errorf("member %+v", m)
		}
	}
	got := codes(t, d, now)
	if len(got) != 10 || got[5] != "commune_leaders" || got[6] != "commune_divisions" {
		t.Errorf("groups: %v", got)
	}
	old, err := edition.OrganisationsOf(t.Context(), d, xii.ID, "")
	if err != nil || len(old) != 20 {
		t.Fatalf("%d organisations of 2022: %v", len(old), err)
	}
	young, err := edition.OrganisationsOf(t.Context(), d, now.ID, "")
	if err != nil || len(young) != 8 {
		t.Fatalf("%d organisations of today: %v", len(young), err)
	}
	for _, o := range young {
		if slices.Contains(old, o) {
			t.Errorf("%s stands in both", o.NameVi)
		}
	}
	next := edition.Today()
	next.Slug = "second"
	again := created(t, r, next)
	same, err := edition.OrganisationsOf(t.Context(), d, again.ID, edition.KindDoit)
	if err != nil || cmp.Diff(young, same) != "" {
		t.Errorf("a second edition of the same time must find the same doits: %v", err)
	}
	groups, err := edition.Groups(t.Context(), d, now.ID)
	if err != nil || groups[4].NameVi != "Sở, ban, ngành thành phố đăng cai" {
		t.Errorf("groups: %v %v", groups, err)
	}
}

func TestCreateChecksEveryField(t *testing.T) {
	d, r := seeded(t)
	created(t, r, edition.XII())
	for name, c := range map[string]struct {
		change func(*edition.Draft)
		want   map[string]string
	}{
		"slug taken":        {func(*edition.Draft) {}, map[string]string{"slug": "slug_taken"}},
		"slug with marks":   {func(d *edition.Draft) { d.Slug = "Kỳ 12" }, map[string]string{"slug": "slug"}},
		"no ordinal":        {func(d *edition.Draft) { d.Ordinal = 0 }, map[string]string{"ordinal": "ordinal"}},
		"ordinal 201":       {func(d *edition.Draft) { d.Ordinal = 201 }, map[string]string{"ordinal": "ordinal"}},
		"no title":          {func(d *edition.Draft) { d.TitleVi = " \t " }, map[string]string{"title_vi": "missing"}},
		"long title":        {func(d *edition.Draft) { d.TitleEn = strings.Repeat("ế", 301) }, map[string]string{"title_en": "long"}},
		"no date":           {func(d *edition.Draft) { d.StartsOn = "2022-02-30" }, map[string]string{"starts_on": "date"}},
		"ends before start": {func(d *edition.Draft) { d.EndsOn = "2022-10-12" }, map[string]string{"ends_on": "ends_before_start"}},
		"nine days":         {func(d *edition.Draft) { d.EndsOn = "2022-10-21" }, map[string]string{"ends_on": "days"}},
		"before the data":   {func(d *edition.Draft) { d.StartsOn = "2003-12-31" }, map[string]string{"starts_on": "too_early", "host_province": "host_province"}},
		"late deadline": {func(d *edition.Draft) {
			d.RegisterBy = db.At(time.Date(2022, 10, 14, 0, 0, 1, 0, vietnamese.Zone()))
		}, map[string]string{"register_by": "register_by"}},
		"no deadline":      {func(d *edition.Draft) { d.RegisterBy = db.Time{} }, map[string]string{"register_by": "missing"}},
		"e-mail":           {func(d *edition.Draft) { d.ContactEmail = "ban thu ky" }, map[string]string{"contact_email": "email"}},
		"phone":            {func(d *edition.Draft) { d.ContactPhone = "12" }, map[string]string{"contact_phone": "phone"}},
		"prefix":           {func(d *edition.Draft) { d.Prefix = "22KC" }, map[string]string{"prefix": "prefix"}},
		"no cluster":       {func(d *edition.Draft) { d.Cluster = "west" }, map[string]string{"cluster": "cluster"}},
		"host elsewhere":   {func(d *edition.Draft) { d.HostProvince = "ha-noi" }, map[string]string{"host_province": "host_province"}},
		"host not chosen":  {func(d *edition.Draft) { d.Provinces = []string{"can-tho"} }, map[string]string{"host_province": "host_province"}},
		"unknown province": {func(d *edition.Draft) { d.Provinces = []string{"tay-ninh", "ha-tay"} }, map[string]string{"provinces": "province_unknown"}},
		"several at once": {func(d *edition.Draft) { d.TitleVi, d.Ordinal, d.Cluster = "", 0, "" },
			map[string]string{"title_vi": "missing", "ordinal": "ordinal", "cluster": "cluster"}},
	} {
		t.Run(name, func(t *testing.T) {
			draft := edition.XII()
			c.change(&draft)
			_, err := r.Create(t.Context(), draft)
			if diff := cmp.Diff(c.want, fields(t, err)); diff != "" {
				t.Error(diff)
			}
		})
	}
	if all, err := edition.All(t.Context(), d); err != nil || len(all) != 1 {
		t.Errorf("%d editions after refusals: %v", len(all), err)
	}
}

func TestCreateNormalisesAndFills(t *testing.T) {
	d, r := seeded(t)
	draft := edition.Today()
	draft.Cluster, draft.HostProvince, draft.Ordinal = edition.ClusterCentral, "lam-dong", 14
	draft.ShortVi, draft.ContactPhone, draft.ContactEmail = "", "0263 3822 822", "Ban@Vidu.GOV.vn"
	draft.TitleVi = "  Hội  nghị Ðà Lạt "
	draft.RegisterBy = db.At(time.Date(2027, 10, 16, 0, 0, 0, 0, vietnamese.Zone())) // the very end
	e := created(t, r, draft)
	if e.Slug != "xiv-2027-central" || e.TitleVi != "Hội nghị Đà Lạt" || e.ShortVi != e.TitleVi || e.ContactPhone != "+842633822822" || e.ContactEmail != "Ban@vidu.gov.vn" {
		t.Errorf("edition: %+v", e)
	}
	if !e.RegistrationOpen(draft.RegisterBy.Time) || e.RegistrationOpen(draft.RegisterBy.Add(time.Millisecond)) {
		t.Error("registration must be open until the deadline and closed after it")
	}
	if got := len(members(t, d, e)); got != 8 {
		t.Errorf("%d members of the central cluster", got)
	}
	chosen := edition.XII()
	chosen.Provinces = []string{"tay-ninh", "ha-noi"} // over the borders of the cluster
	if all := members(t, d, created(t, r, chosen)); len(all) != 2 || all[1].NameVi != "Hà Nội" {
		t.Errorf("chosen: %v", all)
	}
}

func TestChange(t *testing.T) {
	d, r := seeded(t)
	e := created(t, r, edition.XII())
	told, stop := d.Subscribe("edition/1")
	defer stop()
	if err := r.Change(t.Context(), e.ID, e.Draft()); err != nil {
		t.Fatal(err)
	}
	if entries, _ := audit.Entries(t.Context(), d, e.ID, 0, 50); len(entries) != 1 {
		t.Errorf("a change of nothing left %d audit rows", len(entries))
	}
	draft := e.Draft()
	draft.ThemeVi, draft.ContactPhone, draft.Slug = "Liên kết vùng", "0912345678", ""
	if err := r.Change(t.Context(), e.ID, draft); err != nil {
		t.Fatal(err)
	}
	after, err := edition.BySlug(t.Context(), d, "xii-2022")
	if err != nil || after.ThemeVi != "Liên kết vùng" || after.Theme("en") != "Liên kết vùng" || after.ContactPhone != "+84912345678" {
		t.Errorf("after: %+v %v", after, err)
	}
	select {
	case <-told:
	default:
		t.Error("nobody was told")
	}
	entries, err := audit.Entries(t.Context(), d, e.ID, 0, 50)
	if err != nil || len(entries) != 2 || entries[0].Detail != `{"contact":"changed","theme_vi":["","Liên kết vùng"]}` {
		t.Errorf("audit: %v %v", entries, err)
	}
	draft.TitleVi = ""
	if got := fields(t, r.Change(t.Context(), e.ID, draft)); got["title_vi"] != "missing" {
		t.Errorf("problems: %v", got)
	}
	other := created(t, r, edition.Today())
	taken := other.Draft()
	taken.Slug = "xii-2022"
	if got := fields(t, r.Change(t.Context(), other.ID, taken)); got["slug"] != "slug_taken" {
		t.Errorf("problems: %v", got)
	}
	if err := r.Change(t.Context(), 99, draft); conference.KindOf(err) != conference.KindNotFound {
		t.Errorf("no such edition: %v", err)
	}
}

func TestFrontPage(t *testing.T) {
	d, r := seeded(t)
	front := func() string {
		e, err := edition.Front(t.Context(), d)
		if err != nil {
			return string(conference.KindOf(err))
		}
		return e.Slug
	}
	hidden := created(t, r, edition.Today())
	if front() != "not_found" {
		t.Errorf("front without a public edition: %s", front())
	}
	if err := r.SetFront(t.Context(), hidden.ID); conference.KindOf(err) != conference.KindConflict {
		t.Errorf("a hidden edition on the front page: %v", err)
	}
	xii := created(t, r, edition.XII())
	draft := edition.XII()
	draft.Slug, draft.StartsOn, draft.EndsOn = "later", "2024-10-10", "2024-10-10"
	later := created(t, r, draft)
	if front() != "later" {
		t.Errorf("front: %s", front())
	}
	for _, e := range []edition.Edition{xii, later, xii} {
		if err := r.SetFront(t.Context(), e.ID); err != nil {
			t.Fatal(err)
		}
		if front() != e.Slug {
			t.Errorf("front: %s, want %s", front(), e.Slug)
		}
	}
	withdrawn := xii.Draft()
	withdrawn.IsPublic = false
	if err := r.Change(t.Context(), xii.ID, withdrawn); err != nil || front() != "later" {
		t.Errorf("front after withdrawal: %s %v", front(), err)
	}
	all, err := edition.All(t.Context(), d)
	if err != nil || len(all) != 3 || all[0].Slug != "xvii-2027" || all[2].Slug != "xii-2022" {
		t.Errorf("all: %v %v", all, err)
	}
	for _, slug := range []string{"", "none"} {
		if _, err := edition.BySlug(t.Context(), d, slug); conference.KindOf(err) != conference.KindNotFound {
			t.Errorf("slug %q: %v", slug, err)
		}
	}
	if _, err := edition.ByID(t.Context(), d, 0); conference.KindOf(err) != conference.KindNotFound {
		t.Errorf("id 0: %v", err)
	}
}

func TestOrganisations(t *testing.T) {
	d, r := seeded(t)
	e := created(t, r, edition.XII())
	var o edition.Organisation
	testkit.Write(t, d, func(ctx context.Context, tx *db.Tx) error {
		var err error
		o, err = edition.AddOrganisation(ctx, tx, edition.Organisation{Kind: edition.KindMinistryDepartment,
			NameVi: "Cục Công Thương địa phương", Email: "vanphong@Cuc.example", Phone: "024 3825 1234", ValidTo: "2025-02-28"})
		return err
	})
	all, err := edition.OrganisationsOf(t.Context(), d, e.ID, "")
	if err != nil || len(all) != 21 || all[0] != o || o.Email != "vanphong@cuc.example" || o.Phone != "+842438251234" {
		t.Fatalf("organisations: %v %v", all, err)
	}
	later := created(t, r, edition.Today())
	if all, err := edition.OrganisationsOf(t.Context(), d, later.ID, edition.KindMinistryDepartment); err != nil || len(all) != 0 {
		t.Errorf("an agency that ended is still invited: %v %v", all, err)
	}
	o.NameEn, o.Phone = "Agency for Regional Industry and Trade", ""
	if err := r.ChangeOrganisation(t.Context(), o); err != nil {
		t.Fatal(err)
	}
	if got, err := edition.OrganisationByID(t.Context(), d, o.ID); err != nil || got != o {
		t.Errorf("changed: %+v %v", got, err)
	}
	bad := o
	bad.NameVi, bad.Email, bad.Phone = "", "x", "y"
	want := map[string]string{"name_vi": "missing", "email": "email", "phone": "phone"}
	if diff := cmp.Diff(want, fields(t, r.ChangeOrganisation(t.Context(), bad))); diff != "" {
		t.Error(diff)
	}
	_, err = r.AddOrganisation(t.Context(), edition.Organisation{Kind: "club", NameVi: "Hội", ValidFrom: "hôm nay"})
	if diff := cmp.Diff(map[string]string{"kind": "kind", "valid_from": "date"}, fields(t, err)); diff != "" {
		t.Error(diff)
	}
	_, err = r.AddOrganisation(t.Context(), edition.Organisation{Kind: edition.KindIPC, NameVi: "Trung tâm Mẫu", ProvinceID: 999})
	if diff := cmp.Diff(map[string]string{"province": "province_unknown"}, fields(t, err)); diff != "" {
		t.Error(diff)
	}
	o.ID = 999
	if err := r.ChangeOrganisation(t.Context(), o); conference.KindOf(err) != conference.KindNotFound {
		t.Errorf("no such organisation: %v", err)
	}
}

func TestEveryNameHasItsTexts(t *testing.T) {
	loc, err := templates.LoadLocales()
	if err != nil {
		t.Fatal(err)
	}
	var texts []conference.Text
	for _, k := range edition.OrganisationKinds() {
		texts = append(texts, edition.OrganisationKindText(k))
	}
	for _, c := range edition.Clusters() {
		texts = append(texts, edition.ClusterText(c))
	}
	for _, r := range []edition.Role{edition.RoleHost, edition.RoleMember, edition.RoleGuest, edition.RoleNextHost} {
		texts = append(texts, edition.RoleText(r))
	}
	for _, text := range texts {
		if !loc.In("vi").Has(text.Key) || !loc.In("en").Has(text.Key) {
			t.Errorf("no text for %s", text.Key)
		}
	}
}
