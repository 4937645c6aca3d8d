package vietnamese_test

import (
	"strings"
	"testing"

	"golang.org/x/text/unicode/norm"
	"pgregory.net/rapid"

	"hoinghi/conference/vietnamese"
)

func TestSplitName(t *testing.T) {
	for in, want := range map[string][2]string{
		"":                        {"", ""},
		"  ":                      {"", ""},
		"An":                      {"", "An"},
		"Nguyễn Văn Mẫu":          {"Nguyễn Văn", "Mẫu"},
		"  Lê  Thị\tMẫu ":         {"Lê Thị", "Mẫu"},
		"Điểu K’Rứ":               {"Điểu", "K’Rứ"},
		"Điểu K’ Rứ":              {"Điểu", "K’ Rứ"},
		"K’ Rứ":                   {"", "K’ Rứ"},
		"Lữ Ỷ":                    {"Lữ", "Ỷ"},
		norm.NFD.String("Đỗ Hòa"): {"Đỗ", "Hòa"},
	} {
		if familyMiddle, given := vietnamese.SplitName(in); familyMiddle != want[0] || given != want[1] {
			t.Errorf("SplitName(%q) = %q, %q", in, familyMiddle, given)
		}
	}
}

func TestSplitNameLosesNothing(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := name().Draw(t, "name")
		familyMiddle, given := vietnamese.SplitName(s)
		if joined := strings.TrimSpace(familyMiddle + " " + given); joined != vietnamese.Normalise(s) {
			t.Fatalf("%q → %q, %q", s, familyMiddle, given)
		}
		if given == "" && familyMiddle != "" {
			t.Fatalf("%q has no given name", s)
		}
	})
}

func TestTitleCase(t *testing.T) {
	for in, want := range map[string]string{
		"":                        "",
		"NGUYỄN THỊ HÒA":          "Nguyễn Thị Hòa",
		"nguyễn thị hoà":          "Nguyễn Thị Hoà",
		"ĐẶNG ĐÌNH ĐỨC":           "Đặng Đình Đức",
		"ÐẶNG":                    "Đặng",
		"ĐIỂU K’RỨ":               "Điểu K’Rứ",
		"điểu k'rứ":               "Điểu K'Rứ",
		"H’HEN NIÊ":               "H’Hen Niê",
		"O'BRIEN":                 "O'Brien",
		"THOMAS' SOHN":            "Thomas' Sohn",
		"BÀ RỊA - VŨNG TÀU":       "Bà Rịa - Vũng Tàu",
		"ANNE-MARIE":              "Anne-Marie",
		"LỮ Ỷ":                    "Lữ Ỷ",
		"McDonald GIẢ ĐỊNH":       "McDonald Giả Định",
		"nGUYỄN vĂN":              "Nguyễn Văn",
		"Nguyễn Văn Mẫu":          "Nguyễn Văn Mẫu",
		norm.NFD.String("ĐỖ ỬNG"): "Đỗ Ửng",
	} {
		if got := vietnamese.TitleCase(in); got != want {
			t.Errorf("TitleCase(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestTitleCaseProperties(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := rapid.OneOf(name(), rapid.String()).Draw(t, "name")
		got := vietnamese.TitleCase(s)
		if again := vietnamese.TitleCase(got); again != got {
			t.Fatalf("%q → %q → %q", s, got, again)
		}
	})
	rapid.Check(t, func(t *rapid.T) {
		s := name().Draw(t, "name")
		got := vietnamese.TitleCase(strings.ToUpper(s))
		if vietnamese.Fold(got) != vietnamese.Fold(s) {
			t.Fatalf("%q → %q is another name", s, got)
		}
	})
}

func TestLooksAllCaps(t *testing.T) {
	for in, want := range map[string]bool{
		"NGUYỄN THỊ HÒA": true, "ĐIỂU K’RỨ": true, norm.NFD.String("ĐỖ Ử"): true, "AN": true,
		"": false, "Y": false, "123": false, "Nguyễn": false, "NGUYỄN văn": false, "nguyễn": false,
	} {
		if got := vietnamese.LooksAllCaps(in); got != want {
			t.Errorf("LooksAllCaps(%q) = %v", in, got)
		}
	}
}

func TestIsExampleName(t *testing.T) {
	for in, want := range map[string]bool{"LÊ A": true, "Ngô Văn B.": true, "Ngô Thị Thử 1": true, "A": false, "12": false, "Họ và tên": false, "n/a": false, "Nguyễn Như Ý": false, "Điểu K’ Rứ": false, "": false} {
		if got := vietnamese.IsExampleName(in); got != want {
			t.Errorf("IsExampleName(%q) = %v", in, got)
		}
	}
}

func TestIsPlaceholder(t *testing.T) {
	for in, want := range map[string]bool{
		"Nguyễn Văn A": true, "Trần Thị B": true, "LÊ VĂN C": true, "nguyen van a": true, "Nguyễn Văn A.": true, "Nguyễn Văn A1": true,
		"A": true, "Phạm Văn X": true, "Họ và tên": true, "TEST": true, "...": true, "---": true, "123": true, "Đại biểu 01": true, "Chưa có": true,
		norm.NFD.String("Nguyễn Văn A"): true,
		"":                              false, "Nguyễn Văn Mẫu": false, "Trần Thị Thí Dụ": false, "Lê Hoàng Giả Định": false, "Lữ Ỷ": false, "Nguyễn Thị Ý": false,
		"Nguyen Thi Y": false, "Đỗ Ô": false, "A Phủ": false, "Na": false, "Vũ Á": false, "Lê An": false, "Nguyễn Văn Ân": false,
	} {
		if got := vietnamese.IsPlaceholder(in); got != want {
			t.Errorf("IsPlaceholder(%q) = %v", in, got)
		}
	}
}

func TestCanonicalTone(t *testing.T) {
	for in, want := range map[string]string{
		"Hoà Bình": "Hòa Bình", "Thanh Hoá": "Thanh Hóa", "THUỶ": "THỦY", "khoẻ": "khỏe", "Thuý": "Thúy", "Hoạ": "Họa", "Hoã": "Hõa",
		"Hòa Bình": "Hòa Bình", "quý": "quý", "QUỲ": "QUỲ", "hoàn": "hoàn", "khuỷu": "khuỷu", "Hoài": "Hoài", "thuế": "thuế", "quà": "quà",
		norm.NFD.String("Hoà"): "Hòa", "uỷ ban": "ủy ban", "": "", "oà": "òa", "Hoà,": "Hòa,",
	} {
		if got := vietnamese.CanonicalTone(in); got != want {
			t.Errorf("CanonicalTone(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestHonorificVi(t *testing.T) {
	for in, want := range map[string]string{"male": "Ông", "female": "Bà", "": "Ông/Bà", "other": "Ông/Bà"} {
		if got := vietnamese.HonorificVi(in); got != want {
			t.Errorf("HonorificVi(%q) = %q", in, got)
		}
	}
}
