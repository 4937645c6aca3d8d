package vietnamese_test

import (
	"strings"
	"testing"

	"hoinghi/conference/vietnamese"
)

func TestNormaliseEmail(t *testing.T) {
	long := strings.Repeat("a", 60) + "."
	for in, want := range map[string]string{
		"mau@vidu.gov.vn":                      "mau@vidu.gov.vn",
		" Mau.ThiDu@ViDu.GOV.vn\u200b ":        "Mau.ThiDu@vidu.gov.vn",
		"mau+hoinghi@vidu.vn":                  "mau+hoinghi@vidu.vn",
		"o'mau_1-2@a.b.c.xn--vi-fja.vn":        "o'mau_1-2@a.b.c.xn--vi-fja.vn",
		"":                                     "",
		"mau":                                  "",
		"@vidu.vn":                             "",
		"mau@":                                 "",
		"mau@localhost":                        "",
		"mau@vidu.":                            "",
		"mau@.vn":                              "",
		"mau@vidu..vn":                         "",
		"mau@-vidu.vn":                         "",
		"mau@vidu-.vn":                         "",
		"mau@vi_du.vn":                         "",
		"mau@127.0.0.1":                        "",
		"mau@[127.0.0.1]":                      "",
		"mau@@vidu.vn":                         "",
		"a@b@vidu.vn":                          "",
		"a..b@vidu.vn":                         "",
		".a@vidu.vn":                           "",
		"a.@vidu.vn":                           "",
		"Mẫu <mau@vidu.vn>":                    "",
		"<mau@vidu.vn>":                        "",
		"mau@vidu.vn (Mẫu)":                    "",
		"a@vidu.vn, b@vidu.vn":                 "",
		"a@vidu.vn;b@vidu.vn":                  "",
		"mẫu@vidu.vn":                          "",
		"mau@vídụ.vn":                          "",
		`"a b"@vidu.vn`:                        "",
		"a b@vidu.vn":                          "",
		"mau@vidu.vn\r\nBcc: b@vidu.vn":        "",
		"nhom: a@vidu.vn;":                     "",
		strings.Repeat("a", 65) + "@vidu.vn":   "",
		"a@" + strings.Repeat("b", 64) + ".vn": "",
		"a@" + strings.Repeat(long, 4) + "vidu.vn": "a@" + strings.Repeat(long, 4) + "vidu.vn",
		"a@" + strings.Repeat(long, 5) + "vidu.vn": "",
	} {
		if got, ok := vietnamese.NormaliseEmail(in); got != want || ok != (want != "") {
			t.Errorf("NormaliseEmail(%q) = %q, %v, want %q", in, got, ok, want)
		}
	}
}

func FuzzNormaliseEmail(f *testing.F) {
	for _, s := range []string{"mau@vidu.gov.vn", "a@b@c.vn", `"a"@b.vn`, "Mẫu <a@b.vn>", "a@[1.2.3.4]", "=?utf-8?q?a?=@b.vn"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got, ok := vietnamese.NormaliseEmail(s)
		if !ok {
			return
		}
		if strings.ContainsAny(got, " \r\n<>,;") || strings.Count(got, "@") != 1 {
			t.Fatalf("%q gives %q", s, got)
		}
		if again, ok := vietnamese.NormaliseEmail(got); !ok || again != got {
			t.Fatalf("%q gives %q, which gives %q, %v", s, got, again, ok)
		}
	})
}
