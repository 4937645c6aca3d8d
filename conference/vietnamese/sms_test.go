package vietnamese_test

import (
	"strings"
	"testing"

	"hoinghi/conference/vietnamese"
)

func TestPlainLeavesNothingThatPhonesTripOver(t *testing.T) {
	for in, want := range map[string]string{
		"“Kính mời” – Sở\u00a0Công\u200b Thương…": `"Kính mời" - Sở Công Thương...`,
		"Ho\u0300a\r\nÐồng": "Hòa\nĐồng",
		"K’Rứ":              "K'Rứ",
	} {
		if got := vietnamese.Plain(in); got != want {
			t.Errorf("Plain(%q) = %q, want %q", in, got, want)
		}
	}
	if got := vietnamese.Unmarked("Kính gửi Sở Công Thương ĐỒNG THÁP, đặc khu; Ỷ"); got != "Kinh gui So Cong Thuong DONG THAP, dac khu; Y" {
		t.Errorf("Unmarked: %q", got)
	}
}

func TestSMSLength(t *testing.T) {
	for _, c := range []struct {
		text string
		want vietnamese.SMS
	}{
		{"", vietnamese.SMS{}},
		{strings.Repeat("a", 160), vietnamese.SMS{Units: 160, Parts: 1}},
		{strings.Repeat("a", 161), vietnamese.SMS{Units: 161, Parts: 2}},
		{strings.Repeat("a", 306), vietnamese.SMS{Units: 306, Parts: 2}},
		{strings.Repeat("a", 307), vietnamese.SMS{Units: 307, Parts: 3}},
		{strings.Repeat("[", 80), vietnamese.SMS{Units: 160, Parts: 1}},
		{strings.Repeat("ế", 70), vietnamese.SMS{Units: 70, Parts: 1, Unicode: true}},
		{strings.Repeat("ế", 71), vietnamese.SMS{Units: 71, Parts: 2, Unicode: true}},
		{"😀", vietnamese.SMS{Units: 2, Parts: 1, Unicode: true}},
		{"é và à", vietnamese.SMS{Units: 6, Parts: 1}}, // the short alphabet has some letters of ours
		{"https://hoinghi.example/m/0A\nTNI-7K2M9P @_", vietnamese.SMS{Units: 42, Parts: 1}},
	} {
		if got := vietnamese.MeasureSMS(c.text); got != c.want {
			t.Errorf("%.20q: %+v, want %+v", c.text, got, c.want)
		}
	}
}
