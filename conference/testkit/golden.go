package testkit

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"hoinghi/conference/edition"
)

// Golden compares what was made with the file of that name in the test's
// testdata; with UPDATE_GOLDEN set it writes the file first.
func Golden(t testing.TB, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if os.Getenv("UPDATE_GOLDEN") != "" {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s (-want +got):\n%s", name, diff)
	}
}

// Draft gives the example edition with every text that stands in golden files
// fixed here, so that a better wording of the example changes no mail.
func Draft() edition.Draft {
	d := edition.XII()
	d.TitleVi, d.ShortVi, d.Prefix = "Hội nghị khuyến công phía Nam lần thứ XII, năm 2022", "Khuyến công phía Nam 2022", "KC22"
	d.OrganiserVi, d.HostVi = "Cục Công Thương địa phương (Bộ Công Thương)", "Sở Công Thương tỉnh Tây Ninh"
	d.VenueVi, d.AddressVi = "Trung tâm Hội nghị Mẫu", "số 01 đường Thí Dụ, tỉnh Tây Ninh"
	d.ContactName, d.ContactPhone, d.ContactEmail = "Bà Trần Thị Thí Dụ", "+84900000001", "banthuky@vidu.example"
	return d
}
