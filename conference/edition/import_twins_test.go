package edition_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"hoinghi/conference/edition"
	"hoinghi/db"
)

// twins adds the department of a province of before the merger, of one that it took in, and
// of the province under the same name after it.
func twins(ctx context.Context, t *testing.T, r *edition.Room, d *db.DB) {
	t.Helper()
	places, err := edition.PlacesOn(ctx, d, "2022-09-01")
	if err != nil {
		t.Fatal(err)
	}
	for _, o := range []struct{ province, from, to string }{{"An Giang", "2004-01-01", "2025-06-30"}, {"Kiên Giang", "2004-01-01", "2025-06-30"}, {"An Giang", "2025-07-01", ""}} {
		p, _, ok := places.Find(o.province)
		if !ok {
			t.Fatalf("%s is no province", o.province)
		}
		if _, err := r.AddOrganisation(ctx, edition.Organisation{Kind: edition.KindDoit, ProvinceID: p.ProvinceID, NameVi: "Sở Công Thương tỉnh " + o.province, ValidFrom: o.from, ValidTo: o.to}); err != nil {
			t.Fatal(err)
		}
	}
}

// mailsOf gives the organisations with their e-mail.
func mailsOf(ctx context.Context, t *testing.T, d *db.DB) []string {
	t.Helper()
	rows, err := db.Values[string](ctx, d, `SELECT concat_ws(' ', name_vi, valid_from, email) FROM organisation ORDER BY id`)
	if err != nil {
		t.Fatal(err)
	}
	return rows
}

// Two organisations share name and province, one of them before the merger: the day from
// which each is there, as exports hold it, tells them apart, whenever the list is read and
// in whatever way Excel wrote the day. Without it the one of the day is meant.
func TestOrganisationsOfOneNameAreToldApartByTheirDay(t *testing.T) {
	const head = "Tên đơn vị;Tỉnh;Email;%s\nSở Công Thương tỉnh An Giang;An Giang;cu@mau.example;%s\nSở Công Thương tỉnh An Giang;An Giang;moi@mau.example;%s\nSở Công Thương tỉnh Kiên Giang;Kiên Giang;kg@mau.example;%s\n"
	for _, year := range []int{2022, 2026} {
		for name, days := range map[string][]any{
			"as exported":     {"Hiệu lực từ ngày", "01/01/2004", "01/07/2025", "01/01/2004"},
			"ISO":             {"Valid from", "2004-01-01", "2025-07-01", "2004-01-01"},
			"an American way": {"Hiệu lực từ", "1/1/2004", "7/1/2025", "1/1/2004"},
		} {
			t.Run(fmt.Sprintf("%d, %s", year, name), func(t *testing.T) {
				r, d, clock, ctx := importRoom(t)
				twins(ctx, t, r, d)
				clock.Set(time.Date(year, 11, 24, 3, 0, 0, 0, time.UTC))
				list := fmt.Sprintf(head, days...)
				if got := countsOf(importText(ctx, t, r, d, list)); got != (counts{Changed: 3}) {
					t.Errorf("%+v", got)
				}
				want := []string{"Sở Công Thương tỉnh An Giang 2004-01-01 cu@mau.example", "Sở Công Thương tỉnh Kiên Giang 2004-01-01 kg@mau.example", "Sở Công Thương tỉnh An Giang 2025-07-01 moi@mau.example"}
				if diff := cmp.Diff(want, mailsOf(ctx, t, d)); diff != "" {
					t.Errorf("(-want +got):\n%s", diff)
				}
				if got := countsOf(importText(ctx, t, r, d, list)); got != (counts{Unchanged: 3}) {
					t.Errorf("again: %+v", got)
				}
				importText(ctx, t, r, d, "Tên đơn vị;Tỉnh;Email\nSở Công Thương tỉnh An Giang;An Giang;nay@mau.example\n")
				want[map[int]int{2022: 0, 2026: 2}[year]] = map[int]string{2022: "Sở Công Thương tỉnh An Giang 2004-01-01 nay@mau.example", 2026: "Sở Công Thương tỉnh An Giang 2025-07-01 nay@mau.example"}[year]
				if diff := cmp.Diff(want, mailsOf(ctx, t, d)); diff != "" {
					t.Errorf("without the day (-want +got):\n%s", diff)
				}
			})
		}
	}
}

// A day on which nothing of that name begins is an error, not a new organisation.
func TestADayThatIsNoOrganisationsIsAnError(t *testing.T) {
	r, d, _, ctx := importRoom(t)
	twins(ctx, t, r, d)
	i := upload(ctx, t, r, "Tên đơn vị;Tỉnh;Hiệu lực từ ngày\nSở Công Thương tỉnh An Giang;An Giang;02/07/2025\nSở Công Thương tỉnh An Giang;An Giang;mới\nSở Công Thương tỉnh Cà Mau;Cà Mau;01/01/2004\n")
	checked, err := r.CheckImport(ctx, i)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"2! valid_from", "3! valid_from"}, problemsOf(t, checked)); diff != "" {
		t.Errorf("problems (-want +got):\n%s", diff)
	}
	if len(checked.Entries) != 1 || !strings.HasSuffix(checked.Entries[0].Organisation.NameVi, "Cà Mau") || checked.New != 1 {
		t.Errorf("entries: %+v", checked.Entries)
	}
}
