package edition_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"hoinghi/conference"
	"hoinghi/conference/edition"
	"hoinghi/conference/testkit"
	"hoinghi/db"
)

// Colleagues share the telephone of their office, and a mailbox. The list of the second
// says nothing of the first: both are there afterwards, the first with all that was known.
func TestColleaguesWhoShareATelephoneAreTwoPersons(t *testing.T) {
	r, d, _, ctx := importRoom(t)
	const heading = "Tên đơn vị;Tỉnh;Họ tên đầu mối;Chức vụ;Điện thoại đầu mối;Email đầu mối\nSở Công Thương tỉnh Yên Bái;Yên Bái;"
	importText(ctx, t, r, d, heading+"Kiều Thử Lan;Trưởng phòng;02263852232;lan@hn.example.vn\n")
	for _, list := range []string{"Tống Thử Minh;Chuyên viên;02263852232;\n", "Phan Thử Nga;;;lan@hn.example.vn\n", "KIEU THU LAN;;0912345678;\n"} {
		first := importText(ctx, t, r, d, heading+list)
		if got := countsOf(first); got != (counts{Changed: 1}) {
			t.Errorf("%s: %+v", list, got)
		}
		before := dump(t, d)
		if got := countsOf(importText(ctx, t, r, d, heading+list)); got != (counts{Unchanged: 1}) {
			t.Errorf("%s again: %+v", list, got)
		}
		if diff := cmp.Diff(before, dump(t, d)); diff != "" {
			t.Errorf("the same list changed rows:\n%s", diff)
		}
	}
	id, err := db.Value[int64](ctx, d, `SELECT DISTINCT organisation_id FROM contact`)
	if err != nil {
		t.Fatal(err)
	}
	want := []string{"Kiều Thử Lan, Trưởng phòng, 0912 345 678, lan@hn.example.vn", "Tống Thử Minh, Chuyên viên, 0226 3852 232", "Phan Thử Nga, lan@hn.example.vn"}
	if diff := cmp.Diff(want, people(ctx, t, d, id)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// Lists do not add up to more contacts than an organisation may have: the one that
// is known is still corrected, and who is left out is named.
func TestListsDoNotExceedTheContactsOfAnOrganisation(t *testing.T) {
	r, d, _, ctx := importRoom(t)
	rows := func(from, to int) string {
		list := "Tên đơn vị;Tỉnh;Họ tên đầu mối;Chức vụ\n"
		for n := from; n <= to; n++ {
			list += fmt.Sprintf("Làng nghề Mẫu;Long An;Nguyễn Thị Mẫu%d;Nghệ nhân\n", n)
		}
		return list
	}
	importText(ctx, t, r, d, rows(1, 19))
	i := upload(ctx, t, r, strings.ReplaceAll(rows(19, 22), "Nghệ nhân\n", "Trưởng làng\n"))
	checked, err := r.CheckImport(ctx, i)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"2 edition.error.contacts_full"}, problemsOf(t, checked)); diff != "" || checked.Problems[0].Column != 2 || checked.Problems[0].Value != "Nguyễn Thị Mẫu21, Nguyễn Thị Mẫu22" {
		t.Errorf("problems (-want +got):\n%s%+v", diff, checked.Problems)
	}
	if err := r.Apply(ctx, i.ID, i.Choices.Seal(), false); err != nil {
		t.Fatal(err)
	}
	applied(t, d, i.ID)
	for query, want := range map[string]int{`SELECT count(*) FROM contact`: 20, `SELECT count(*) FROM contact WHERE job_title = 'Trưởng làng'`: 2} {
		if n, err := db.Value[int](ctx, d, query); err != nil || n != want {
			t.Errorf("%s: %d, want %d: %v", query, n, want, err)
		}
	}
}

// A row whose person cannot be taken still brings its organisation, and the list says how
// many such rows there are.
func TestAFaultyPersonDoesNotKeepTheOrganisationOut(t *testing.T) {
	r, d, _, ctx := importRoom(t)
	i := upload(ctx, t, r, "Tên đơn vị;Tỉnh;Điện thoại;Họ tên đầu mối;Di động\nLàng nghề Mẫu;Long An;02723826400;Lê Thị Mẫu;091\n;;;Trần Văn Mẫu;0912345678\nLàng nghề Thử;Atlantis;;Võ Mẫu;091\n")
	checked, err := r.CheckImport(ctx, i)
	if err != nil {
		t.Fatal(err)
	}
	if checked.Errors != 2 || checked.Persons != 1 || checked.New != 1 {
		t.Errorf("%d rows with errors, %d only of a person, %d new", checked.Errors, checked.Persons, checked.New)
	}
	testkit.Refused(t, r.Apply(ctx, i.ID, i.Choices.Seal(), false), conference.KindInvalid, "leave_out: import.error.rows_wrong")
	if err := r.Apply(ctx, i.ID, i.Choices.Seal(), true); err != nil {
		t.Fatal(err)
	}
	if got := countsOf(applied(t, d, i.ID)); got != (counts{Added: 1, LeftOut: 2}) {
		t.Errorf("%+v", got)
	}
	id, err := db.Value[int64](ctx, d, `SELECT id FROM organisation WHERE name_vi = 'Làng nghề Mẫu' AND phone = '+842723826400'`)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"Trần Văn Mẫu, 0912 345 678"}, people(ctx, t, d, id)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	// What a list brought with a warning can be corrected in part.
	contact := edition.Contact{OrganisationID: id, FullName: "Ngô Văn B"}
	testkit.Refused(t, r.SaveContact(ctx, contact), conference.KindInvalid, "full_name: edition.error.placeholder")
	importText(ctx, t, r, d, "Tên đơn vị;Tỉnh;Họ tên đầu mối\nLàng nghề Mẫu;Long An;Ngô Văn B\n")
	all, err := edition.Contacts(ctx, d, id)
	if err != nil || len(all) != 2 {
		t.Fatalf("%+v %v", all, err)
	}
	all[1].JobTitle = "Nghệ nhân"
	if err := r.SaveContact(ctx, all[1]); err != nil {
		t.Errorf("a title beside the name that a list brought: %v", err)
	}
}

// The same numbers, written otherwise or in another order, are no change; a further one
// takes the place of the one that is not listed any more.
func TestTheSameNumbersAreNoChange(t *testing.T) {
	r, d, _, ctx := importRoom(t)
	const head = "Tên đơn vị;Tỉnh;Điện thoại đơn vị;Họ tên đầu mối;Di động\nLàng nghề Mẫu;Long An;"
	importText(ctx, t, r, d, head+"0272 3826 400 / 0912345678;Lê Thị Mẫu;0912111222 / 0912333444\n")
	for _, c := range []struct {
		row  string
		want []string
	}{
		{"0912.345.678 / +84 272 3826400;LÊ THỊ MẪU;0912333444 - 0912111222", nil},
		{"0912345678;lê thị mẫu;0912333444", nil},
		{"0912345678 / 0913000111;;", []string{"2 phone: 0272 3826 400 → 0913 000 111"}},
		{"0913000111 / 0913000222;;", []string{"2 phone: 0912 345 678 → 0913 000 222"}},
		{"0913000333 / 0913000111;;", []string{"2 phone: 0913 000 222 → 0913 000 333"}},
		{"0913000111 / 0913000333;;", nil},
	} {
		i := importText(ctx, t, r, d, head+c.row+"\n")
		changes, err := edition.ImportChanges(ctx, d, i.ID, false, 100)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(c.want, changeLines(changes)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.row, diff)
		}
	}
}
