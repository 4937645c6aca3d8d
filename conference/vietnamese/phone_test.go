package vietnamese_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"hoinghi/conference/vietnamese"
)

func TestParsePhone(t *testing.T) {
	for in, want := range map[string]string{
		"0912345678":              "+84912345678",
		"0912 345 678":            "+84912345678",
		"0912.345.678":            "+84912345678",
		"0912-345-678":            "+84912345678",
		"0912,345,678":            "+84912345678",
		"(0912) 345678":           "+84912345678",
		"0912\u00a0345\u2009678":  "+84912345678",
		"+84912345678":            "+84912345678",
		"+84 912 345 678":         "+84912345678",
		"+84 (0)912 345 678":      "+84912345678",
		"+840912345678":           "+84912345678",
		"84912345678":             "+84912345678",
		"840912345678":            "+84912345678",
		"0084912345678":           "+84912345678",
		"00 84 912 345 678":       "+84912345678",
		"912345678":               "+84912345678",
		"912345678.0":             "+84912345678",
		"9.12345678E+08":          "+84912345678",
		"9.1234567E8":             "+84912345670",
		"91234567.8":              "+84912345678",
		"030000000.0":             "+84300000000",
		"84912345678.0":           "+84912345678",
		"'0912345678":             "+84912345678",
		"０９１２３４５６７８":              "+84912345678",
		"＋84912345678":            "+84912345678",
		"ĐT: 0912345678":          "+84912345678",
		"0912345678 (Zalo)":       "+84912345678",
		"0312345678":              "+84312345678",
		"0512345678":              "+84512345678",
		"0712345678":              "+84712345678",
		"0841234567":              "+84841234567", // 084 is a mobile prefix too
		"841234567":               "+84841234567",
		"01651234567":             "+84351234567",
		"1651234567":              "+84351234567",
		"+841651234567":           "+84351234567",
		"024 3825 1234":           "+842438251234",
		"(028) 38 251 234":        "+842838251234",
		"2438251234":              "+842438251234",
		"842438251234":            "+842438251234",
		"+84 24 3825 1234":        "+842438251234",
		"02923820820":             "+842923820820",
		"+49 30 1234567":          "+49301234567",
		"+49 (0)30 1234567":       "+49301234567",
		"0049301234567":           "+49301234567",
		"+1 (202) 555-0123":       "+12025550123",
		"+855 12 345 678":         "+85512345678",
		"0900 000 001":            "+84900000001",
		"024 3825 1234 máy lẻ 12": "+842438251234",
	} {
		if got, err := vietnamese.ParsePhone(in); err != nil || got != want {
			t.Errorf("ParsePhone(%q) = %q, %v, want %q", in, got, err, want)
		}
	}
}

func TestParsePhoneRefuses(t *testing.T) {
	for in, want := range map[string]vietnamese.PhoneReason{
		"":                        vietnamese.PhoneEmpty,
		" \t":                     vietnamese.PhoneEmpty,
		"không có":                vietnamese.PhoneNoNumber,
		"-":                       vietnamese.PhoneNoNumber,
		"091234567":               vietnamese.PhoneTooShort,
		"113":                     vietnamese.PhoneTooShort,
		"1900 1234":               vietnamese.PhoneTooShort,
		"024 382 1234":            vietnamese.PhoneTooShort,
		"09123456789":             vietnamese.PhoneTooLong,
		"+4930123456789012":       vietnamese.PhoneTooLong,
		"012345678901234567890":   vietnamese.PhoneTooLong,
		"0412345678":              vietnamese.PhoneBadPrefix,
		"0112345678":              vietnamese.PhoneBadPrefix,
		"01112345678":             vietnamese.PhoneBadPrefix,
		"+0912345678":             vietnamese.PhoneBadPrefix,
		"+49":                     vietnamese.PhoneTooShort,
		"0912345678 0987654321":   vietnamese.PhoneSeveral,
		"0912345678 / 0987654321": vietnamese.PhoneSeveral,
		"9.12E+08":                vietnamese.PhoneRounded,
		"9,12346E+08":             vietnamese.PhoneRounded,
		"0912345678/79":           vietnamese.PhoneTooShort,
		strings.Repeat("0", 500):  vietnamese.PhoneTooLong,
	} {
		got, err := vietnamese.ParsePhone(in)
		var refused *vietnamese.PhoneError
		if !errors.As(err, &refused) || refused.Reason != want || got != "" {
			t.Errorf("ParsePhone(%q) = %q, %v, want reason %q", in, got, err, want)
		} else if in != "" && strings.Contains(err.Error(), "091") {
			t.Errorf("the error text holds the number: %q", err)
		}
	}
}

func TestParsePhones(t *testing.T) {
	type warnings = []vietnamese.PhoneWarning
	const a, b = "+84912345678", "+84987654321"
	remark := func(s string) vietnamese.PhoneWarning {
		return vietnamese.PhoneWarning{Kind: vietnamese.PhoneRemark, Part: s}
	}
	unreadable := func(s string, reason vietnamese.PhoneReason) vietnamese.PhoneWarning {
		return vietnamese.PhoneWarning{Kind: vietnamese.PhoneUnreadable, Part: s, Reason: reason}
	}
	for _, c := range []struct {
		cell     string
		phones   []string
		warnings warnings
		ok       bool
	}{
		{"", nil, nil, true},
		{"0912345678", []string{a}, nil, true},
		{"0912345678/0987654321", []string{a, b}, nil, true},
		{"0912345678 - 0987654321", []string{a, b}, nil, true},
		{"0912345678-0987654321", []string{a, b}, nil, true},
		{"0912 345 678 0987 654 321", []string{a, b}, nil, true},
		{"0912.345.678; 0987.654.321", []string{a, b}, nil, true},
		{"0912345678, 0987654321", []string{a, b}, nil, true},
		{"0912345678,0987654321", []string{a, b}, nil, true},
		{"0912345678\n0987654321", []string{a, b}, nil, true},
		{"0912345678 hoặc 0987654321", []string{a, b}, nil, true},
		{"+84912345678+84987654321", []string{a, b}, nil, true},
		{"912345678 987654321", []string{a, b}, nil, true},
		{"0912345678; 912 345 678", []string{a}, nil, true},
		{"DĐ: 0912345678, CQ: 024 3825 1234", []string{a, "+842438251234"}, nil, true},
		{"Anh Mẫu 0912345678", []string{a}, warnings{remark("Anh Mẫu")}, true},
		{"Lê Mẫu 0912345678", []string{a}, warnings{remark("Lê Mẫu")}, true},
		{"0912345678 Lê 0987654321", []string{a, b}, warnings{remark("Lê")}, true},
		{"1. 0912345678", []string{a}, warnings{unreadable("1. 0912345678", vietnamese.PhoneTooShort)}, true},
		{"0912345678/79", []string{a}, warnings{unreadable("79", vietnamese.PhoneTooShort)}, true},
		{"0912 345 678 9", []string{a}, warnings{unreadable("0912 345 678 9", vietnamese.PhoneTooShort)}, true},
		{"0165 123 4567", []string{"+84351234567"}, warnings{{Kind: vietnamese.PhoneOldMobile, Part: "0165 123 4567", E164: "+84351234567"}}, true},
		{"024 3825 1234 máy lẻ 101", []string{"+842438251234"}, warnings{{Kind: vietnamese.PhoneExtension, Part: "101"}}, true},
		{"02438251234 x101; 0912345678", []string{"+842438251234", a}, warnings{{Kind: vietnamese.PhoneExtension, Part: "101"}}, true},
		{"không có", nil, warnings{remark("không có"), unreadable("không có", vietnamese.PhoneNoNumber)}, false},
		{"0912", nil, warnings{unreadable("0912", vietnamese.PhoneTooShort)}, false},
	} {
		t.Run(c.cell, func(t *testing.T) {
			phones, warned, ok := vietnamese.ParsePhones(c.cell)
			if diff := cmp.Diff(c.phones, phones); diff != "" {
				t.Errorf("phones (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(c.warnings, warned); diff != "" {
				t.Errorf("warnings (-want +got):\n%s", diff)
			}
			if ok != c.ok {
				t.Errorf("ok = %v", ok)
			}
		})
	}
}

// The table of the change of 2018: old prefix → new prefix.
func TestOldMobilePrefixes(t *testing.T) {
	for old, now := range map[string]string{
		"0162": "032", "0163": "033", "0164": "034", "0165": "035", "0166": "036", "0167": "037", "0168": "038", "0169": "039",
		"0120": "070", "0121": "079", "0122": "077", "0126": "076", "0128": "078",
		"0123": "083", "0124": "084", "0125": "085", "0127": "081", "0129": "082",
		"0186": "056", "0188": "058", "0199": "059",
	} {
		want := "+84" + now[1:] + "1234567"
		if got, err := vietnamese.ParsePhone(old + "1234567"); err != nil || got != want {
			t.Errorf("%s: %q, %v, want %q", old, got, err, want)
		}
	}
}

func TestFormatPhone(t *testing.T) {
	for in, want := range map[string]string{
		"+84912345678":   "0912 345 678",
		"+842438251234":  "024 3825 1234",
		"+842838251234":  "028 3825 1234",
		"+842923820820":  "0292 3820 820",
		"+49301234567":   "+49 301 234 567",
		"+4930123456":    "+49 301 234 56",
		"+49301234567 8": "+49301234567 8",
		"+12025550123":   "+1 202 555 0123",
		"+85512345678":   "+855 123 456 78",
		"+8412":          "+8412",
		"0912":           "0912",
		"":               "",
	} {
		if got := vietnamese.FormatPhone(in); got != want {
			t.Errorf("FormatPhone(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestPhone(t *testing.T) {
	for in, mobile := range map[string]bool{"+84912345678": true, "+842438251234": false, "+49301234567": false, "": false} {
		p := vietnamese.Phone{E164: in}
		if p.Mobile() != mobile || p.String() != vietnamese.FormatPhone(in) {
			t.Errorf("%q: mobile %v, text %q", in, p.Mobile(), p)
		}
	}
}

// However a number is written, it is read as the same number.
func TestPhoneProperties(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		national := rapid.StringMatching(`[35789][0-9]{8}|2[0-9]{9}`).Draw(t, "number")
		prefix := rapid.SampledFrom([]string{"0", "+84", "84", "0084", "", "+84 (0)"}).Draw(t, "prefix")
		gap := rapid.SampledFrom([]string{"", " ", ".", "-", "  "}).Draw(t, "gap")
		at := rapid.IntRange(1, 8).Draw(t, "at")
		typed := prefix + national[:at] + gap + national[at:]
		want := "+84" + national
		got, err := vietnamese.ParsePhone(typed)
		if err != nil || got != want {
			t.Fatalf("%q: %q, %v, want %q", typed, got, err, want)
		}
		if again, err := vietnamese.ParsePhone(vietnamese.FormatPhone(got)); err != nil || again != got {
			t.Fatalf("%q formats as %q, which reads as %q, %v", got, vietnamese.FormatPhone(got), again, err)
		}
	})
}

func FuzzParsePhone(f *testing.F) {
	for _, s := range []string{
		"", "0912345678", "+84 (0)912 345 678", "912345678.0", "9.1E+08", "0912345678/0987654321", "０９１２", "ext 12", "+", "++84", "00", "0084",
		"1e99", "+(0)", "024 3825 1234 máy lẻ 101", ", ", "\u0301",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		phones, warnings, ok := vietnamese.ParsePhones(s)
		if ok != (len(phones) > 0) && vietnamese.Normalise(s) != "" {
			t.Fatalf("%q: ok %v with %d numbers", s, ok, len(phones))
		}
		if !ok && len(warnings) == 0 {
			t.Fatalf("%q: refused without a reason", s)
		}
		for _, p := range phones {
			digits, plus := strings.CutPrefix(p, "+")
			if !plus || len(digits) < 8 || len(digits) > 15 || strings.Trim(digits, "0123456789") != "" || digits[0] == '0' {
				t.Fatalf("%q gives %q", s, p)
			}
			for _, form := range []string{p, vietnamese.FormatPhone(p)} {
				if again, err := vietnamese.ParsePhone(form); err != nil || again != p {
					t.Fatalf("%q gives %q, which as %q reads as %q, %v", s, p, form, again, err)
				}
			}
		}
		if got, err := vietnamese.ParsePhone(s); (err == nil) != (got != "") {
			t.Fatalf("%q: %q with error %v", s, got, err)
		}
	})
}
