package vietnamese

import (
	"slices"
	"strings"
)

// Phone is a telephone number in E.164 form ("+84912345678").
type Phone struct{ E164 string }

// String gives the number as people read it; see FormatPhone.
func (p Phone) String() string { return FormatPhone(p.E164) }

// Mobile reports whether p is a Vietnamese mobile number.
func (p Phone) Mobile() bool {
	digits, ok := strings.CutPrefix(p.E164, "+84")
	return ok && len(digits) == 9 && isMobileStart(digits[0])
}

// PhoneReason says why a text is no telephone number.
type PhoneReason string

// The reasons why ParsePhone refuses a text.
const (
	PhoneEmpty     PhoneReason = "empty"      // nothing there
	PhoneNoNumber  PhoneReason = "no_number"  // no digits
	PhoneTooShort  PhoneReason = "too_short"  // digits are missing
	PhoneTooLong   PhoneReason = "too_long"   // more digits than any number has
	PhoneBadPrefix PhoneReason = "bad_prefix" // the length is right, but no Vietnamese number starts like this
	PhoneSeveral   PhoneReason = "several"    // more than one number where one is wanted
	PhoneRounded   PhoneReason = "rounded"    // a spreadsheet kept only some digits ("9,12E+08")
)

// PhoneError is the error of ParsePhone. Its text never holds the number.
type PhoneError struct{ Reason PhoneReason }

// Error gives the reason, for logs.
func (e *PhoneError) Error() string { return "not a telephone number: " + string(e.Reason) }

// PhoneWarningKind says what a person should look at in a cell that was read.
type PhoneWarningKind string

// The warnings of ParsePhones.
const (
	PhoneOldMobile  PhoneWarningKind = "old_mobile" // an 11-digit mobile number was converted as in 2018
	PhoneExtension  PhoneWarningKind = "extension"  // an extension was left out
	PhoneUnreadable PhoneWarningKind = "unreadable" // this part of the cell is no number
	PhoneRemark     PhoneWarningKind = "remark"     // words beside the number were left out
)

// PhoneWarning is one thing to look at, for a person's eyes, not for logs. Part is the part of the cell it is about;
// E164 the number made of it, if any; Reason is set for PhoneUnreadable.
type PhoneWarning struct {
	Kind   PhoneWarningKind
	Part   string
	E164   string
	Reason PhoneReason
}

// maxPhoneCell bounds the text that is looked at, in bytes.
const maxPhoneCell = 400

// ParsePhone reads one telephone number and gives it in E.164 form. Vietnamese
// mobile numbers (0 and nine digits), landlines (02x…) and old 11-digit mobile
// numbers are read with 0, +84, 84, 0084 or nothing in front (spreadsheets eat the
// zero) and any dots, spaces, hyphens or brackets inside; foreign numbers need + or
// 00 and are judged by length only. Domain rule 2.6. The error is a *PhoneError.
func ParsePhone(s string) (e164 string, err error) {
	phones, warnings, _ := ParsePhones(s)
	if len(phones) > 1 {
		return "", &PhoneError{PhoneSeveral}
	}
	for _, w := range warnings {
		if w.Kind == PhoneUnreadable {
			return "", &PhoneError{w.Reason}
		}
	}
	if len(phones) == 0 {
		return "", &PhoneError{PhoneEmpty}
	}
	return phones[0], nil
}

// ParsePhones reads a spreadsheet cell that may hold several numbers and words
// around them. The numbers come in the order of the cell, each once. ok is false
// only if the cell holds something and no number was found in it; an empty cell
// gives no numbers, no warnings and true.
func ParsePhones(cell string) (phones []string, warnings []PhoneWarning, ok bool) {
	cell = Normalise(cell)
	if cell == "" {
		return nil, nil, true
	}
	if len(cell) > maxPhoneCell {
		return nil, []PhoneWarning{{Kind: PhoneUnreadable, Reason: PhoneTooLong}}, false
	}
	cell = plainDigits(cell)
	if number, isNumber, exact := spreadsheetNumber(cell); isNumber {
		if !exact {
			return nil, []PhoneWarning{{Kind: PhoneUnreadable, Part: cell, Reason: PhoneRounded}}, false
		}
		cell = number
	}
	r := phoneReader{}
	for _, part := range phoneParts(cell) {
		r.read(part)
	}
	unreadable := func(w PhoneWarning) bool { return w.Kind == PhoneUnreadable }
	if len(r.phones) == 0 && !slices.ContainsFunc(r.warnings, unreadable) {
		r.warn(PhoneUnreadable, cell, "", PhoneNoNumber)
	}
	return r.phones, r.warnings, len(r.phones) > 0
}

// FormatPhone writes an E.164 number as people in Vietnam read it: mobile
// "0912 345 678", landline "024 3825 1234" or "0292 3820 820", foreign "+49 301 234 567".
// Anything else is given back as it is.
func FormatPhone(e164 string) string {
	digits, plus := strings.CutPrefix(e164, "+")
	if !plus || !isDigits(digits) || len(digits) < 7 {
		return e164
	}
	if vn, ok := strings.CutPrefix(digits, "84"); ok {
		switch {
		case len(vn) == 9 && isMobileStart(vn[0]):
			return "0" + vn[:3] + " " + vn[3:6] + " " + vn[6:]
		case len(vn) == 10 && (vn[:2] == "24" || vn[:2] == "28"):
			return "0" + vn[:2] + " " + vn[2:6] + " " + vn[6:]
		case len(vn) == 10:
			return "0" + vn[:3] + " " + vn[3:7] + " " + vn[7:]
		}
	}
	n := countryCodeLen(digits)
	var b strings.Builder
	b.WriteString("+" + digits[:n])
	for rest := digits[n:]; rest != ""; {
		size := min(3, len(rest))
		if len(rest) == 4 { // no digit alone at the end
			size = 4
		}
		b.WriteString(" " + rest[:size])
		rest = rest[size:]
	}
	return b.String()
}

// countryCodeLen gives the length of the country code that digits start with:
// one for 1 and 7, two for the codes of ITU-T E.164 listed here, else three.
func countryCodeLen(digits string) int {
	if digits[0] == '1' || digits[0] == '7' {
		return 1
	}
	const two = "20 27 30 31 32 33 34 36 39 40 41 43 44 45 46 47 48 49 51 52 53 54 55 56 57 58 " +
		"60 61 62 63 64 65 66 81 82 84 86 90 91 92 93 94 95 98"
	if strings.Contains(two, digits[:2]) {
		return 2
	}
	return 3
}
