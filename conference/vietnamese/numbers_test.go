package vietnamese_test

import (
	"math"
	"strings"
	"testing"

	"hoinghi/conference/vietnamese"
)

func TestRoman(t *testing.T) {
	for n, want := range map[int]string{
		1: "I", 3: "III", 4: "IV", 9: "IX", 11: "XI", 12: "XII", 14: "XIV", 17: "XVII", 19: "XIX", 20: "XX", 40: "XL", 44: "XLIV", 90: "XC",
		400: "CD", 1999: "MCMXCIX", 2027: "MMXXVII", 3999: "MMMCMXCIX", 0: "0", -3: "-3", 4000: "4000",
	} {
		if got := vietnamese.Roman(n); got != want {
			t.Errorf("Roman(%d) = %q, want %q", n, got, want)
		}
	}
	for n := 1; n <= 3999; n++ {
		for _, s := range []string{vietnamese.Roman(n), strings.ToLower(vietnamese.Roman(n))} {
			if got, ok := vietnamese.ParseRoman(s); !ok || got != n {
				t.Fatalf("ParseRoman(%q) = %d, %v, want %d", s, got, ok, n)
			}
		}
	}
}

func TestParseRomanRefuses(t *testing.T) {
	for _, s := range []string{"", " ", "XIIII", "IIX", "VX", "VV", "IC", "MMMM", "12", "XA", "X I", "ÌV", strings.Repeat("M", 100)} {
		if n, ok := vietnamese.ParseRoman(s); ok || n != 0 {
			t.Errorf("ParseRoman(%q) = %d, %v", s, n, ok)
		}
	}
	if n, ok := vietnamese.ParseRoman(" xvii "); !ok || n != 17 {
		t.Errorf("spaces around: %d, %v", n, ok)
	}
}

func TestOrdinals(t *testing.T) {
	for n, want := range map[int][2]string{
		1: {"lần thứ I", "1st"}, 2: {"lần thứ II", "2nd"}, 3: {"lần thứ III", "3rd"}, 4: {"lần thứ IV", "4th"}, 11: {"lần thứ XI", "11th"},
		12: {"lần thứ XII", "12th"}, 13: {"lần thứ XIII", "13th"}, 17: {"lần thứ XVII", "17th"}, 21: {"lần thứ XXI", "21st"}, 112: {"lần thứ CXII", "112th"},
	} {
		if vi, en := vietnamese.OrdinalVi(n), vietnamese.OrdinalEn(n); vi != want[0] || en != want[1] {
			t.Errorf("%d: %q, %q", n, vi, en)
		}
	}
}

func TestNumber(t *testing.T) {
	for n, want := range map[int][2]string{
		0: {"0", "0"}, 7: {"7", "7"}, 999: {"999", "999"}, 1234: {"1.234", "1,234"}, 12000: {"12.000", "12,000"}, 1234567: {"1.234.567", "1,234,567"},
		-999: {"-999", "-999"}, -1234: {"-1.234", "-1,234"}, math.MinInt64: {"-9.223.372.036.854.775.808", "-9,223,372,036,854,775,808"},
	} {
		if vi, en := vietnamese.Number(n, "vi"), vietnamese.Number(n, "en"); vi != want[0] || en != want[1] {
			t.Errorf("%d: %q, %q", n, vi, en)
		}
	}
}
