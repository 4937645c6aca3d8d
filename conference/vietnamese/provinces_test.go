package vietnamese_test

import (
	"testing"

	"golang.org/x/text/unicode/norm"

	"hoinghi/conference/vietnamese"
)

func TestProvinces(t *testing.T) {
	for _, c := range []struct{ kind, name, print, short string }{
		{"province", "Tây Ninh", "tỉnh Tây Ninh", "Tây Ninh"},
		{"city", "Cần Thơ", "thành phố Cần Thơ", "TP. Cần Thơ"},
		{"city", "Hồ Chí Minh", "Thành phố Hồ Chí Minh", "TP. Hồ Chí Minh"},
		{"city", "Thành phố Hồ Chí Minh", "Thành phố Hồ Chí Minh", "TP. Hồ Chí Minh"},
		{"city", "TP. Đồng Nai", "thành phố Đồng Nai", "TP. Đồng Nai"},
		{"city", "TP.Huế", "thành phố Huế", "TP. Huế"},
		{"province", "Tỉnh Đồng Tháp", "tỉnh Đồng Tháp", "Đồng Tháp"},
		{"province", norm.NFD.String("Cà Mau"), "tỉnh Cà Mau", "Cà Mau"},
		{"province", "Bà Rịa - Vũng Tàu", "tỉnh Bà Rịa - Vũng Tàu", "Bà Rịa - Vũng Tàu"},
		{"city", "", "", ""},
	} {
		if print, short := vietnamese.ProvincePrint(c.kind, c.name), vietnamese.ProvinceShort(c.kind, c.name); print != c.print || short != c.short {
			t.Errorf("%s %q: %q, %q", c.kind, c.name, print, short)
		}
	}
}
