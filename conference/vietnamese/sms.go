package vietnamese

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// plainSigns are the signs that word processors put in the place of those on a
// keyboard, and what stands for them in a message: one of them alone makes an SMS
// more than twice as long, and some phones show a box.
var plainSigns = strings.NewReplacer("“", `"`, "”", `"`, "„", `"`, "«", `"`, "»", `"`, "‘", "'", "’", "'", "‛", "'", "′", "'",
	"–", "-", "—", "-", "‐", "-", "‑", "-", "−", "-", "…", "...", "•", "-", "·", "-", "×", "x")

// Plain gives a text as it survives being copied from phone to phone: composed, without
// invisible characters, every space a plain one, and quotation marks, dashes and dots as
// a keyboard writes them. Vietnamese letters stay.
func Plain(text string) string { return NormaliseText(plainSigns.Replace(text)) }

// Unmarked gives a text without tone and letter marks, case kept: "Đồng Tháp" as "Dong Thap".
func Unmarked(text string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case unicode.Is(unicode.Mn, r):
			return -1
		case r == 'đ':
			return 'd'
		case r == 'Đ':
			return 'D'
		}
		return r
	}, norm.NFD.String(Plain(text)))
}

// SMS says how long a text is as an SMS (3GPP TS 23.038 and 23.040).
type SMS struct {
	Units   int  // septets or 16-bit units that it takes
	Parts   int  // messages that are paid for, 0 for no text
	Unicode bool // it holds a letter that the short alphabet lacks
}

// The alphabet of an SMS with 7 bits a letter, and the letters that take two places in it.
const (
	gsmBasic = "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
	gsmTwice = "^{}\\[~]|€\f"
)

// Letters that fit one message, and each of several that are shown as one.
const (
	gsmOne, gsmEach         = 160, 153
	unicodeOne, unicodeEach = 70, 67
)

// MeasureSMS counts a text as it would be sent. An SMS is written with 7 bits a letter if
// every letter is in the short alphabet, else with 16 bits.
func MeasureSMS(text string) SMS {
	var m SMS
	wide := 0
	for _, r := range text {
		wide++
		if r > 0xffff {
			wide++
		}
		m.Units++
		switch {
		case strings.ContainsRune(gsmTwice, r):
			m.Units++
		case !strings.ContainsRune(gsmBasic, r):
			m.Unicode = true
		}
	}
	one, each := gsmOne, gsmEach
	if m.Unicode {
		m.Units, one, each = wide, unicodeOne, unicodeEach
	}
	switch {
	case m.Units == 0:
	case m.Units <= one:
		m.Parts = 1
	default:
		m.Parts = (m.Units + each - 1) / each
	}
	return m
}
