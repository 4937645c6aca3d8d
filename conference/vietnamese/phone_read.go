package vietnamese

import (
	"slices"
	"strings"
	"unicode"
)

// plainDigits maps the full-width digits and plus of East Asian input to ASCII.
func plainDigits(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r >= '０' && r <= '９':
			return r - '０' + '0'
		case r == '＋':
			return '+'
		}
		return r
	}, s)
}

// spreadsheetNumber recognises a number that a spreadsheet stored as a float:
// "912345678.0" and "9.12345678E+08". exact is false if digits were lost.
func spreadsheetNumber(s string) (digits string, isNumber, exact bool) {
	if whole, ok := strings.CutSuffix(s, ".0"); ok && isDigits(whole) && whole[0] != '0' {
		// Only if that is a number, for people put dots where they like ("91234567.0").
		_, _, reason := readNumber(whole)
		return whole, reason == "", reason == ""
	}
	mantissa, exponent, ok := strings.Cut(strings.ToUpper(s), "E")
	exponent = strings.TrimLeft(strings.TrimPrefix(exponent, "+"), "0")
	if !ok || len(exponent) == 0 || len(exponent) > 2 || !isDigits(exponent) {
		return "", false, false
	}
	head, tail, _ := strings.Cut(strings.Replace(mantissa, ",", ".", 1), ".")
	if len(head) != 1 || !isDigits(head) || tail != "" && !isDigits(tail) {
		return "", false, false
	}
	power := 0
	for _, c := range exponent {
		power = 10*power + int(c-'0')
	}
	// Five decimals or fewer is what a column shows; files store all digits, but
	// leave out the zeros at the end.
	if len(tail) < 6 || len(tail) > power {
		return "", true, false
	}
	return head + tail + strings.Repeat("0", power-len(tail)), true, true
}

func isDigits(s string) bool {
	return s != "" && !strings.ContainsFunc(s, func(r rune) bool { return r < '0' || r > '9' })
}

// phonePart is a stretch of a cell between words and strong separators: its text
// and its runs of digits, each with the + before it if there is one.
type phonePart struct {
	text      string
	runs      []string
	word      bool // the part is a word, not digits
	extension bool // the part follows "máy lẻ", "ext" or the like
}

// phoneParts cuts a cell at words and at / ; | & and a comma followed by a space.
func phoneParts(cell string) []phonePart {
	var parts []phonePart
	isWord := func(r rune) bool { return unicode.IsLetter(r) || unicode.Is(unicode.M, r) }
	extension := false
	for i := 0; i < len(cell); {
		rest := cell[i:]
		word := strings.IndexFunc(rest, func(r rune) bool { return !isWord(r) })
		if word < 0 {
			word = len(rest)
		}
		if word > 0 {
			text := rest[:word]
			extension = isExtensionWord(text, parts)
			parts = append(parts, phonePart{text: text, word: true, extension: extension})
			i += word
			continue
		}
		end := strings.IndexFunc(rest, func(r rune) bool { return isWord(r) || strings.ContainsRune("/;|&", r) })
		if comma := strings.Index(rest, ", "); comma >= 0 && (end < 0 || comma < end) {
			end = comma
		}
		switch {
		case end < 0:
			end = len(rest)
		case end == 0: // a separator
			extension = false
			i++
			continue
		}
		text := rest[:end]
		if runs := digitRuns(text); len(runs) > 0 {
			parts = append(parts, phonePart{text: strings.TrimSpace(text), runs: runs, extension: extension})
			extension = false
		}
		i += end
	}
	return parts
}

// isExtensionWord reports whether word, which follows parts, announces an extension.
// "lẻ" needs its mark or "máy" before it, for Lê is a family name.
func isExtensionWord(word string, before []phonePart) bool {
	if len(before) == 0 {
		return false
	}
	last := before[len(before)-1]
	switch Fold(word) {
	case "ext", "extension":
		return true
	case "x":
		return !last.word
	case "le":
		return last.word && Fold(last.text) == "may" || strings.ToLower(word) == "lẻ"
	}
	return false
}

// digitRuns gives the runs of digits in a text. The "(0)" of "+49 (0)30" goes.
func digitRuns(text string) []string {
	if strings.HasPrefix(strings.TrimLeft(text, " ("), "+") {
		text = strings.Replace(text, "(0)", " ", 1)
	}
	var runs []string
	plus, open := false, false
	for _, r := range text {
		switch {
		case r >= '0' && r <= '9':
			switch {
			case plus:
				runs = append(runs, "+"+string(r))
			case open:
				runs[len(runs)-1] += string(r)
			default:
				runs = append(runs, string(r))
			}
			plus, open = false, true
		default:
			plus, open = r == '+', false
		}
	}
	return runs
}

// phoneReader collects what is found in a cell.
type phoneReader struct {
	phones   []string
	warnings []PhoneWarning
	remark   bool // the part before was a remark
}

func (r *phoneReader) warn(kind PhoneWarningKind, part, e164 string, reason PhoneReason) {
	r.warnings = append(r.warnings, PhoneWarning{Kind: kind, Part: part, E164: e164, Reason: reason})
}

func (r *phoneReader) read(part phonePart) {
	if part.word {
		r.readWord(part)
		return
	}
	r.remark = false
	if part.extension && len(strings.Join(part.runs, "")) <= 6 {
		r.warn(PhoneExtension, part.text, "", "")
		return
	}
	found, left := splitNumbers(part.runs)
	for _, n := range found {
		if n.old {
			r.warn(PhoneOldMobile, part.text, n.e164, "")
		}
		if !slices.Contains(r.phones, n.e164) {
			r.phones = append(r.phones, n.e164)
		}
	}
	if len(left) > 0 {
		_, _, reason := readNumber(strings.Join(left, ""))
		r.warn(PhoneUnreadable, part.text, "", reason)
	}
}

// readWord notes words beside the numbers, words in a row as one remark.
func (r *phoneReader) readWord(part phonePart) {
	switch {
	case part.extension || isPhoneLabel(part.text):
		r.remark = false
	case r.remark:
		last := &r.warnings[len(r.warnings)-1]
		last.Part += " " + part.text
	default:
		r.warn(PhoneRemark, part.text, "", "")
		r.remark = true
	}
}

// isPhoneLabel reports whether a word only names what stands beside it.
func isPhoneLabel(word string) bool {
	const labels = "dt sdt dd dtdd tel phone mobile zalo dien thoai di dong so may ban quan cq nr rieng hoac va or and hotline"
	return slices.Contains(strings.Fields(labels), Fold(word)) || strings.ToLower(word) == "cơ"
}

// foundNumber is one number and whether it was an old mobile number.
type foundNumber struct {
	e164 string
	old  bool
}

// splitNumbers divides neighbouring runs of digits into numbers so that as few runs
// as possible are left over, and then into as few numbers as possible: "0912 345 678"
// is one, "0912 345 678 0987654321" two, and of "1. 0912345678" the 1 is left.
func splitNumbers(runs []string) (found []foundNumber, left []string) {
	// For runs[:i]: how many are left over, how many numbers, and where the last
	// number begins, or -1 if the last run is left over.
	type division struct{ left, numbers, from int }
	best := make([]division, len(runs)+1)
	for end := 1; end <= len(runs); end++ {
		best[end] = division{best[end-1].left + 1, best[end-1].numbers, -1}
		for start := max(0, end-maxRuns); start < end; start++ {
			if _, _, reason := readRuns(runs[start:end]); reason != "" {
				continue
			}
			d := division{best[start].left, best[start].numbers + 1, start}
			if d.left < best[end].left || d.left == best[end].left && d.numbers < best[end].numbers {
				best[end] = d
			}
		}
	}
	for end := len(runs); end > 0; {
		start := best[end].from
		if start < 0 {
			left = append(left, runs[end-1])
			end--
			continue
		}
		e164, old, _ := readRuns(runs[start:end])
		found = append(found, foundNumber{e164, old})
		end = start
	}
	slices.Reverse(found)
	slices.Reverse(left)
	return found, left
}

// maxRuns is how many runs of digits one number may be written in: at most 15 digits
// with 00 in front.
const maxRuns = 17

// readRuns reads runs of digits as one number; a + may stand only in front.
func readRuns(runs []string) (e164 string, old bool, reason PhoneReason) {
	for i, run := range runs {
		if i > 0 && run[0] == '+' {
			return "", false, PhoneSeveral
		}
	}
	return readNumber(strings.Join(runs, ""))
}

// readNumber reads digits, with + in front or not, as one number.
func readNumber(s string) (e164 string, old bool, reason PhoneReason) {
	digits, plus := strings.CutPrefix(s, "+")
	if !isDigits(digits) {
		return "", false, PhoneNoNumber
	}
	if rest, ok := strings.CutPrefix(digits, "00"); ok && !plus {
		digits, plus = rest, true
	}
	national, inVietnam := strings.CutPrefix(digits, "84")
	switch {
	case plus && !inVietnam:
		return readForeign(digits)
	case inVietnam && (plus || len(digits) >= 11):
		return readVietnamese(strings.TrimPrefix(national, "0"))
	}
	return readVietnamese(strings.TrimPrefix(digits, "0"))
}

// readForeign judges a number by the shape of E.164: 15 digits at most, no leading zero.
func readForeign(digits string) (e164 string, old bool, reason PhoneReason) {
	switch {
	case len(digits) < 8:
		return "", false, PhoneTooShort
	case len(digits) > 15:
		return "", false, PhoneTooLong
	case digits[0] == '0':
		return "", false, PhoneBadPrefix
	}
	return "+" + digits, false, ""
}

// readVietnamese reads a national number without its leading zero. Since the plan of
// 2017 every landline is 2 and nine digits: area code 24, 28 or 20x–29x, then the rest.
func readVietnamese(n string) (e164 string, old bool, reason PhoneReason) {
	switch {
	case len(n) < 9:
		return "", false, PhoneTooShort
	case len(n) > 10:
		return "", false, PhoneTooLong
	case len(n) == 9 && isMobileStart(n[0]), len(n) == 10 && n[0] == '2':
		return "+84" + n, false, ""
	case len(n) == 9 && n[0] == '2':
		return "", false, PhoneTooShort
	case len(n) == 10 && isMobileStart(n[0]):
		return "", false, PhoneTooLong
	}
	if now := newMobilePrefix(n[:3]); now != "" && len(n) == 10 {
		return "+84" + now + n[3:], true, ""
	}
	return "", false, PhoneBadPrefix
}

func isMobileStart(c byte) bool { return strings.IndexByte("35789", c) >= 0 }

// newMobilePrefix gives what the prefix of an 11-digit mobile number became between
// 15/9 and 14/11/2018 (plan of the Ministry of Information and Communications), or "".
func newMobilePrefix(old string) string {
	switch old {
	case "120":
		return "70"
	case "121":
		return "79"
	case "122":
		return "77"
	case "123":
		return "83"
	case "124":
		return "84"
	case "125":
		return "85"
	case "126":
		return "76"
	case "127":
		return "81"
	case "128":
		return "78"
	case "129":
		return "82"
	case "186":
		return "56"
	case "188":
		return "58"
	case "199":
		return "59"
	}
	if old >= "162" && old <= "169" { // 0162 → 032 … 0169 → 039
		return "3" + old[2:]
	}
	return ""
}
