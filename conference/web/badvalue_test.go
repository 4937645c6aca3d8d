package web_test

import (
	"slices"
	"strconv"
	"strings"

	"golang.org/x/text/unicode/norm"
)

// bad is one entry of the list that every field gets.
type bad struct {
	name  string
	value string
	wrong bool // no field of this kind can mean it, so taking it would change what was typed
	both  bool // sent in both languages, the others in Vietnamese only
}

const mostTyped = 10000

// badTexts is what is typed into fields for words.
func badTexts() []bad {
	return []bad{
		{name: "empty", value: "", both: true},
		{name: "spaces", value: " \t\u00a0\u3000\r\n"},
		{name: "10,000 characters", value: longText(), both: true},
		{name: "one word of 10,000 characters", value: strings.Repeat("ề", mostTyped)},
		{name: "emoji", value: "👩‍👩‍👧‍👦 🏳️‍🌈 🇻🇳 👍🏽"},
		{name: "broken UTF-8", value: "\xff\xfeNguy\xe1\xbb", wrong: true, both: true},
		{name: "lone surrogates", value: "\xed\xa0\xbd\xed\xb8\x80 Mẫu", wrong: true, both: true},
		{name: "decomposed", value: norm.NFD.String("Nguyễn Thị Hòa Mẫu, Phú Nhuận")},
		{name: "script", value: `<script>alert(1)</script>`, both: true},
		{name: "markup", value: `"'><img src=x onerror=alert(1)>{{.}}`},
		{name: "formula =", value: `=1+1`},
		{name: "formula +", value: `+cmd|' /C calc'!A0`},
		{name: "formula @", value: `@SUM(1+1)*cmd`},
		{name: "formula behind a tab", value: "\t=HYPERLINK(\"http://example.vn\")"},
		{name: "header break", value: "mau@example.vn\r\nBcc: khac@example.vn", both: true},
		{name: "controls", value: "Mẫu\x00 Thí\x07 Dụ\x1b[31m\x7f"},
		{name: "direction", value: "\u202eMẫu\u2066 Thí\u200f Dụ\ufeff"},
	}
}

// longText gives exactly 10,000 characters of ordinary words.
func longText() string {
	all := []rune(strings.Repeat("Nguyễn Thí Dụ ", mostTyped/14+1))
	return string(all[:mostTyped-1]) + "u"
}

var badNumbers = []bad{
	{name: "minus one", value: "-1"}, {name: "huge", value: "99999999999999999999999", wrong: true, both: true}, {name: "large", value: "2147483648"},
	{name: "NaN", value: "NaN", wrong: true}, {name: "exponent", value: "1e9", wrong: true}, {name: "fraction", value: "1.5"}, {name: "hexadecimal", value: "0x10", wrong: true},
	{name: "words", value: "mười hai", wrong: true, both: true}, {name: "script", value: "<script>alert(1)</script>", wrong: true}, {name: "10,000 digits", value: strings.Repeat("7", mostTyped), wrong: true},
	{name: "empty", value: "", both: true}, {name: "header break", value: "1\r\n2", wrong: true},
}

var badMoments = []bad{
	{name: "30 February", value: "2022-02-30", wrong: true, both: true}, {name: "month 13", value: "2022-13-01T25:61", wrong: true}, {name: "year 0", value: "0000-00-00", wrong: true},
	{name: "year 99999", value: "99999-01-01T00:00", wrong: true}, {name: "words", value: "hôm nay", wrong: true, both: true}, {name: "script", value: "<script>alert(1)</script>", wrong: true},
	{name: "empty", value: ""}, {name: "broken UTF-8", value: "\xff2022", wrong: true}, {name: "day before month", value: "13/10/2022", wrong: true},
	{name: "long", value: strings.Repeat("2", mostTyped), wrong: true},
}

// badAddresses is added to the list where an e-mail address is asked for.
var badAddresses = []bad{
	{name: "two addresses", value: "mau@example.vn, khac@example.vn", wrong: true}, {name: "no domain", value: "mau@", wrong: true, both: true},
	{name: "name and address", value: "Mẫu <mau@example.vn>"}, {name: "long address", value: strings.Repeat("m", 300) + "@example.vn", wrong: true},
}

var badPhones = []bad{{name: "letters", value: "gọi tôi sau", wrong: true, both: true}, {name: "too many digits", value: strings.Repeat("09", 40), wrong: true}}

// badHidden is what a forged page sends in a field that nobody sees.
var badHidden = []bad{{name: "empty", value: ""}, {name: "10,000 characters", value: longText()}, {name: "broken UTF-8", value: "\xff\xfe\xed\xa0\xbd", wrong: true, both: true}, {name: "script", value: "\"><script>alert(1)</script>"},
	{name: "header break", value: "/desk\r\nBcc: a@example.vn"}, {name: "minus one", value: "-1"}, {name: "huge", value: "99999999999999999999"}, {name: "elsewhere", value: "//example.vn/"}}

// badPasswords is short, since each costs a processor for some time.
var badPasswords = []bad{{name: "empty", value: "", both: true}, {name: "10,000 characters", value: longText()}, {name: "controls", value: "mật\x00khẩu\x07\r\nBcc: a@example.vn"},
	{name: "broken UTF-8", value: "\xff\xfe mật khẩu rất dài", wrong: true, both: true}, {name: "markup", value: "<script>alert(1)</script>"}}

// badChoices is what is sent for a list to choose from: values that it does not
// offer, among them numbers that belong to rows of another edition.
func badChoices(offered []string) []bad {
	out := []bad{
		{name: "unknown value", value: "khong-co", wrong: true, both: true}, {name: "script", value: "<script>alert(1)</script>", wrong: true},
		{name: "long", value: longText(), wrong: true}, {name: "broken UTF-8", value: "\xff\xfe", wrong: true, both: true}, {name: "empty", value: ""},
	}
	largest, numbers := 0, false
	for _, o := range offered {
		if n, err := strconv.Atoi(o); err == nil {
			largest, numbers = max(largest, n), true
		}
	}
	if !numbers {
		return out
	}
	for _, n := range []string{strconv.Itoa(largest + 1), "-1", "0", "99999999999999999999", "1 OR 1=1"} {
		out = append(out, bad{name: "number " + n, value: n, wrong: n != "0" && !slices.Contains(offered, n)})
	}
	return out
}

// listFor gives the entries for a control.
func listFor(c control) []bad {
	switch c.kind {
	case "number":
		return badNumbers
	case "date", "datetime-local", "time", "month":
		return badMoments
	case "select":
		return badChoices(c.options)
	case "radio":
		return badChoices(c.options)
	case "checkbox":
		if c.value == "1" { // yes or no: whatever comes means yes
			return []bad{{name: "script", value: "<script>alert(1)</script>"}, {name: "long", value: longText()}, {name: "broken UTF-8", value: "\xff\xfe", wrong: true, both: true}}
		}
		return badChoices(c.options)
	case "hidden":
		return badHidden
	case "password":
		return badPasswords
	case "email":
		return append(badTexts(), badAddresses...)
	case "tel":
		return append(badTexts(), badPhones...)
	case "file", "submit":
		return nil // files have a test of their own
	}
	return badTexts()
}
