package vietnamese_test

import (
	"strings"
	"testing"

	"pgregory.net/rapid"

	"hoinghi/conference/vietnamese"
)

func TestSoftCaseKeepsAbbreviations(t *testing.T) {
	for in, want := range map[string]string{
		"UBND TỈNH LÀO CAI": "UBND Tỉnh Lào Cai", "TRUNG TÂM KC&TVPTCN TP.HCM": "Trung Tâm KC&TVPTCN TP.HCM", "CÔNG TY TNHH MTV SX-TM ABC": "Công Ty TNHH MTV SX-TM ABC",
		"HĐND TP. CẦN THƠ": "HĐND TP. Cần Thơ", "BÀ RỊA-VŨNG TÀU": "Bà Rịa-Vũng Tàu", "SỞ CÔNG THƯƠNG ĐẮK LẮK": "Sở Công Thương Đắk Lắk", "HTX \"MẪU\" (CCN SỐ 2)": "HTX \"Mẫu\" (CCN Số 2)",
		"TP.CẦN THƠ": "TP.Cần Thơ", "CÔNG TY CP DV-XNK H’HEN": "Công Ty CP DV-XNK H’Hen", "VCCI": "VCCI", "": "", "Ngân hàng BIDV": "Ngân Hàng BIDV",
	} {
		if got := vietnamese.SoftCase(in); got != want {
			t.Errorf("SoftCase(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestSoftCaseKeepsEveryLetter(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := rapid.OneOf(name(), rapid.StringOf(rapid.SampledFrom([]rune("ABĐÂƯ &.-’/1")))).Draw(t, "text")
		got := vietnamese.SoftCase(strings.ToUpper(s))
		if vietnamese.Fold(got) != vietnamese.Fold(strings.ToUpper(s)) {
			t.Fatalf("%q → %q holds other letters", s, got)
		}
	})
}
