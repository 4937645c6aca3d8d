package edition_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"hoinghi/conference"
	"hoinghi/conference/audit"
	"hoinghi/conference/edition"
	"hoinghi/conference/testkit"
	"hoinghi/db"
)

// today is the day on which the product is handed over.
const today = "2026-11-23"

func seeded(t *testing.T) (*db.DB, *edition.Room) {
	t.Helper()
	d := testkit.Store(t, testkit.NewClock())
	r := edition.New(d)
	if err := r.Seed(t.Context()); err != nil {
		t.Fatal(err)
	}
	return d, r
}

func provinces(t *testing.T, d *db.DB, day, cluster string) []edition.Province {
	t.Helper()
	all, err := edition.ProvincesOn(t.Context(), d, day, cluster)
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func bySlug(t *testing.T, d *db.DB, day, slug string) edition.Province {
	t.Helper()
	for _, p := range provinces(t, d, day, "") {
		if p.Slug == slug {
			return p
		}
	}
	t.Fatalf("no %s on %s", slug, day)
	return edition.Province{}
}

func names(all []edition.Province) []string {
	var out []string
	for _, p := range all {
		out = append(out, p.NameVi)
	}
	return out
}

func TestNumberOfProvincesByDate(t *testing.T) {
	d, _ := seeded(t)
	for _, c := range []struct {
		day, cluster  string
		units, cities int
	}{
		{"2022-10-13", "", 63, 5},
		{"2024-12-31", "", 63, 5},
		{"2025-01-01", "", 63, 6}, // Huế
		{"2025-06-30", "", 63, 6},
		{"2025-07-01", "", 34, 6},
		{"2026-04-30", "", 34, 7},
		{"2026-09-01", "", 34, 8},
		{today, "", 34, 9},
		{"2022-10-13", edition.ClusterSouth, 20, 2},
		{"2022-10-13", edition.ClusterCentral, 15, 1},
		{"2022-10-13", edition.ClusterNorth, 28, 2},
		{today, edition.ClusterSouth, 8, 3},
		{today, edition.ClusterCentral, 8, 2},
		{today, edition.ClusterNorth, 18, 4},
		{"2003-12-31", "", 0, 0},
	} {
		all, cities := provinces(t, d, c.day, c.cluster), 0
		for _, p := range all {
			if p.Kind == edition.KindCity {
				cities++
			}
		}
		if len(all) != c.units || cities != c.cities {
			t.Errorf("%s %q: %d units with %d cities, want %d with %d", c.day, c.cluster, len(all), cities, c.units, c.cities)
		}
	}
}

func TestSouthInVietnameseOrder(t *testing.T) {
	d, _ := seeded(t)
	want := []string{"An Giang", "Bà Rịa - Vũng Tàu", "Bạc Liêu", "Bến Tre", "Bình Dương", "Bình Phước", "Bình Thuận", "Cà Mau", "Cần Thơ",
		"Đồng Nai", "Đồng Tháp", "Hậu Giang", "Hồ Chí Minh", "Kiên Giang", "Long An", "Sóc Trăng", "Tây Ninh", "Tiền Giang", "Trà Vinh", "Vĩnh Long"}
	if diff := cmp.Diff(want, names(provinces(t, d, "2022-10-13", edition.ClusterSouth))); diff != "" {
		t.Error("2022:", diff)
	}
	want = []string{"An Giang", "Cà Mau", "Cần Thơ", "Đồng Nai", "Đồng Tháp", "Hồ Chí Minh", "Tây Ninh", "Vĩnh Long"}
	if diff := cmp.Diff(want, names(provinces(t, d, today, edition.ClusterSouth))); diff != "" {
		t.Error("today:", diff)
	}
}

// Every name of 2025 was a name of 2024 already, so no new identity was needed,
// and every former province leads to one of today's.
func TestEveryFormerProvinceHasASuccessor(t *testing.T) {
	d, _ := seeded(t)
	former := map[int64]string{}
	for _, p := range provinces(t, d, "2025-06-30", "") {
		former[p.ProvinceID] = p.NameVi
	}
	for _, p := range provinces(t, d, "2025-07-01", "") {
		if former[p.ProvinceID] != p.NameVi {
			t.Errorf("%s was %q before the merger", p.NameVi, former[p.ProvinceID])
		}
	}
	now := map[string]int{}
	for id, name := range former {
		next, err := edition.Successor(t.Context(), d, id, today)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		now[next.NameVi]++
		same, err := edition.Successor(t.Context(), d, id, "2022-10-13")
		if err != nil || same.ProvinceID != id {
			t.Errorf("%s in 2022 is %q: %v", name, same.NameVi, err)
		}
	}
	if len(now) != 34 {
		t.Errorf("63 provinces lead to %d", len(now))
	}
	for name, n := range map[string]int{"Hồ Chí Minh": 3, "Tây Ninh": 2, "Lâm Đồng": 3, "Phú Thọ": 3, "Hà Nội": 1, "Huế": 1, "Cần Thơ": 3} {
		if now[name] != n {
			t.Errorf("%s was formed of %d, want %d", name, now[name], n)
		}
	}
	mergers, err := edition.Lineage(t.Context(), d)
	if err != nil || len(mergers) != 29 {
		t.Errorf("%d mergers: %v", len(mergers), err)
	}
	if _, err := edition.Successor(t.Context(), d, 9999, today); conference.KindOf(err) != conference.KindNotFound {
		t.Errorf("successor of nothing: %v", err)
	}
}

// The codes 80, 82 and 91 (and 15, 24, 44, 52) were given to another province in 2025.
func TestCodesWereUsedAgain(t *testing.T) {
	d, _ := seeded(t)
	code := func(day, code string) string {
		for _, p := range provinces(t, d, day, "") {
			if p.GSOCode == code {
				return p.CodeSystem + " " + p.NameVi
			}
		}
		return ""
	}
	for _, c := range []struct{ code, before, after string }{
		{"80", "Long An", "Tây Ninh"}, {"82", "Tiền Giang", "Đồng Tháp"}, {"91", "Kiên Giang", "An Giang"}, {"15", "Yên Bái", "Lào Cai"},
		{"24", "Bắc Giang", "Bắc Ninh"}, {"44", "Quảng Bình", "Quảng Trị"}, {"52", "Bình Định", "Gia Lai"}, {"46", "Thừa Thiên Huế", "Huế"},
		{"92", "Cần Thơ", "Cần Thơ"},
	} {
		if got := code("2022-10-13", c.code); got != "gso-2022 "+c.before {
			t.Errorf("%s in 2022: %q, want %s", c.code, got, c.before)
		}
		if got := code(today, c.code); got != "gso-2025 "+c.after {
			t.Errorf("%s today: %q, want %s", c.code, got, c.after)
		}
	}
	if code("2022-10-13", "72") != "gso-2022 Tây Ninh" || code(today, "72") != "" {
		t.Error("72 was Tây Ninh in 2022 and is nobody's today")
	}
	if a, b := bySlug(t, d, "2022-10-13", "tay-ninh"), bySlug(t, d, today, "tay-ninh"); a.ProvinceID != b.ProvinceID || a.VersionID == b.VersionID {
		t.Error("Tây Ninh must be one province in two versions")
	}
}

func TestPrintedNames(t *testing.T) {
	d, _ := seeded(t)
	for _, c := range []struct{ day, slug, vi, en, short string }{
		{"2022-10-13", "tay-ninh", "tỉnh Tây Ninh", "Tay Ninh Province", "Tây Ninh"},
		{"2026-04-29", "dong-nai", "tỉnh Đồng Nai", "Dong Nai Province", "Đồng Nai"},
		{"2026-04-30", "dong-nai", "thành phố Đồng Nai", "Dong Nai City", "TP. Đồng Nai"},
		{"2026-08-31", "quang-ninh", "tỉnh Quảng Ninh", "Quang Ninh Province", "Quảng Ninh"},
		{"2026-09-01", "quang-ninh", "thành phố Quảng Ninh", "Quang Ninh City", "TP. Quảng Ninh"},
		{"2026-09-19", "bac-ninh", "tỉnh Bắc Ninh", "Bac Ninh Province", "Bắc Ninh"},
		{"2026-09-20", "bac-ninh", "thành phố Bắc Ninh", "Bac Ninh City", "TP. Bắc Ninh"},
		{"2024-12-31", "hue", "tỉnh Thừa Thiên Huế", "Thua Thien Hue Province", "Thừa Thiên Huế"},
		{"2025-01-01", "hue", "thành phố Huế", "Hue City", "TP. Huế"},
		{today, "ho-chi-minh", "Thành phố Hồ Chí Minh", "Ho Chi Minh City", "TP. Hồ Chí Minh"},
		{today, "can-tho", "thành phố Cần Thơ", "Can Tho City", "TP. Cần Thơ"},
		{"2022-10-13", "ba-ria-vung-tau", "tỉnh Bà Rịa - Vũng Tàu", "Ba Ria - Vung Tau Province", "Bà Rịa - Vũng Tàu"},
	} {
		p := bySlug(t, d, c.day, c.slug)
		if got := []string{p.Print("vi"), p.Print("en"), p.Short("vi")}; !cmp.Equal(got, []string{c.vi, c.en, c.short}) {
			t.Errorf("%s on %s: %q", c.slug, c.day, got)
		}
		same, err := edition.ProvinceByVersion(t.Context(), d, p.VersionID)
		if err != nil || same != p {
			t.Errorf("%s by its version: %+v %v", c.slug, same, err)
		}
	}
	if _, err := edition.ProvinceByVersion(t.Context(), d, 0); conference.KindOf(err) != conference.KindNotFound {
		t.Errorf("version 0: %v", err)
	}
}

// An abbreviation is read aloud in front of a short code, whose reader takes I and
// L for 1 and O for 0.
func TestAbbreviationsCannotBeMistaken(t *testing.T) {
	d, _ := seeded(t)
	seen := map[string]string{}
	for _, p := range provinces(t, d, "2022-10-13", "") {
		key := conference.NormaliseToken(p.Abbr)
		if other, twice := seen[key]; twice {
			t.Errorf("%s and %s read alike: %s", p.NameVi, other, p.Abbr)
		}
		seen[key] = p.NameVi
	}
	want := map[string]string{"tay-ninh": "TNI", "can-tho": "CTH", "ho-chi-minh": "HCM", "ba-ria-vung-tau": "BRV", "binh-duong": "BDU",
		"binh-phuoc": "BPH", "dong-nai": "DNA", "long-an": "LAN", "tien-giang": "TGI", "ben-tre": "BTR", "tra-vinh": "TVI", "vinh-long": "VLO",
		"dong-thap": "DTH", "an-giang": "AGI", "kien-giang": "KGI", "hau-giang": "HGI", "soc-trang": "STR", "bac-lieu": "BLI", "ca-mau": "CMA",
		"binh-thuan": "BTH"}
	for slug, abbr := range want {
		if got := bySlug(t, d, "2022-10-13", slug).Abbr; got != abbr {
			t.Errorf("%s: %s, want %s", slug, got, abbr)
		}
	}
}

// On any day no province has two versions and no two provinces one name or one
// code, and the set changes on the known days only.
func TestVersionsOfAnyDay(t *testing.T) {
	d, _ := seeded(t)
	first := time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC)
	rapid.Check(t, func(rt *rapid.T) {
		day := first.AddDate(0, 0, rapid.IntRange(0, 8*365).Draw(rt, "day")).Format(time.DateOnly)
		all, err := edition.ProvincesOn(t.Context(), d, day, "")
		if err != nil {
			rt.Fatal(err)
		}
		ids, labels := map[int64]bool{}, map[string]bool{}
		for _, p := range all {
			if ids[p.ProvinceID] || labels[p.NameVi] || labels[p.GSOCode] || labels[p.NameEn+" en"] {
				rt.Fatalf("%s stands twice on %s", p.NameVi, day)
			}
			ids[p.ProvinceID], labels[p.NameVi], labels[p.GSOCode], labels[p.NameEn+" en"] = true, true, true, true
			if system := map[bool]string{true: "gso-2025", false: "gso-2022"}[day >= "2025-07-01"]; p.CodeSystem != system {
				rt.Fatalf("%s on %s has a code of %s", p.NameVi, day, p.CodeSystem)
			}
		}
		if want := map[bool]int{true: 34, false: 63}[day >= "2025-07-01"]; len(all) != want {
			rt.Fatalf("%d provinces on %s", len(all), day)
		}
	})
}

func TestSeedTwiceChangesNothing(t *testing.T) {
	d, r := seeded(t)
	before := provinces(t, d, today, "")
	if err := r.Seed(t.Context()); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(before, provinces(t, d, today, "")); diff != "" {
		t.Error(diff)
	}
	entries, err := audit.Entries(t.Context(), d, 0, 0, 10)
	if err != nil || len(entries) != 1 {
		t.Fatalf("%d audit rows after two seeds: %v", len(entries), err)
	}
	var detail struct{ Rows int }
	if err := json.Unmarshal([]byte(entries[0].Detail), &detail); err != nil || detail.Rows != 63+101+29 {
		t.Errorf("seeded %d rows: %v", detail.Rows, err)
	}
}
