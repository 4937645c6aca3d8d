package vietnamese

import (
	"net/mail"
	"strings"
)

// maxEmail is the longest address that fits a path of RFC 5321, section 4.5.3.1.3.
const maxEmail = 254

// NormaliseEmail checks one bare e-mail address and gives it as it is stored, with
// the domain in lower case. It refuses display names, quoted and non-ASCII local
// parts (many servers lack SMTPUTF8), address literals, domains without a dot and
// domains that are not in ASCII form. It does not ask whether the mailbox exists.
func NormaliseEmail(s string) (string, bool) {
	s = Normalise(s)
	if len(s) > maxEmail || strings.ContainsAny(s, " <>\"(),;:\\[]") {
		return "", false
	}
	address, err := mail.ParseAddress(s)
	if err != nil || address.Name != "" || address.Address != s {
		return "", false
	}
	at := strings.LastIndexByte(s, '@')
	local, domain := s[:at], strings.ToLower(s[at+1:])
	if len(local) > 64 || !isASCII(local) || !isDomain(domain) {
		return "", false
	}
	return local + "@" + domain, true
}

func isASCII(s string) bool {
	return !strings.ContainsFunc(s, func(r rune) bool { return r >= 0x80 })
}

// isDomain reports whether s is a host name of at least two labels whose last is
// not a number. s is in lower case.
func isDomain(s string) bool {
	labels := strings.Split(s, ".")
	for _, label := range labels {
		if label == "" || len(label) > 63 || label[0] == '-' || label[len(label)-1] == '-' {
			return false
		}
		if strings.Trim(label, "abcdefghijklmnopqrstuvwxyz0123456789-") != "" {
			return false
		}
	}
	return len(labels) >= 2 && !isDigits(labels[len(labels)-1])
}
