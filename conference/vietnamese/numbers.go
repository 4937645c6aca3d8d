package vietnamese

import (
	"strconv"
	"strings"
)

// romanSteps holds the Roman numerals in falling order; romanStep gives their values.
const romanSteps = "M CM D CD C XC L XL X IX V IV I"

func romanStep(numeral string) int {
	switch numeral {
	case "M":
		return 1000
	case "CM":
		return 900
	case "D":
		return 500
	case "CD":
		return 400
	case "C":
		return 100
	case "XC":
		return 90
	case "L":
		return 50
	case "XL":
		return 40
	case "X":
		return 10
	case "IX":
		return 9
	case "V":
		return 5
	case "IV":
		return 4
	}
	return 1
}

// Roman gives n as a Roman numeral. Numbers outside 1–3999 have none and come in
// Arabic digits.
func Roman(n int) string {
	if n < 1 || n > 3999 {
		return strconv.Itoa(n)
	}
	var b strings.Builder
	for _, numeral := range strings.Fields(romanSteps) {
		for value := romanStep(numeral); n >= value; n -= value {
			b.WriteString(numeral)
		}
	}
	return b.String()
}

// ParseRoman reads a Roman numeral in its regular form (XIV, not XIIII), in capital
// or small letters.
func ParseRoman(s string) (int, bool) {
	s = strings.ToUpper(strings.TrimSpace(s))
	n, rest := 0, s
	for _, numeral := range strings.Fields(romanSteps) {
		for strings.HasPrefix(rest, numeral) && n <= 3999 {
			n += romanStep(numeral)
			rest = rest[len(numeral):]
		}
	}
	if n == 0 || rest != "" || Roman(n) != s {
		return 0, false
	}
	return n, true
}

// OrdinalVi gives the number of an edition as titles write it: "lần thứ XII".
func OrdinalVi(n int) string { return "lần thứ " + Roman(n) }

// OrdinalEn gives the number of an edition in English: "12th".
func OrdinalEn(n int) string {
	suffix := "th"
	if n/10%10 != 1 {
		switch n % 10 {
		case 1:
			suffix = "st"
		case 2:
			suffix = "nd"
		case 3:
			suffix = "rd"
		}
	}
	return strconv.Itoa(n) + suffix
}

// Number groups the digits of n by thousands: "1.234" in Vietnamese, "1,234" if lang
// is "en".
func Number(n int, lang string) string {
	separator := "."
	if lang == "en" {
		separator = ","
	}
	digits := strconv.Itoa(n)
	sign := ""
	if n < 0 {
		sign, digits = "-", digits[1:]
	}
	for i := len(digits) - 3; i > 0; i -= 3 {
		digits = digits[:i] + separator + digits[i:]
	}
	return sign + digits
}
