package outbox

import (
	"mime"
	"regexp"
	"strings"

	"hoinghi/conference/vietnamese"
)

const maxSaid = 300 // letters of a server's words that are kept

// What servers say where their codes are general or missing. The text was folded: no marks, small letters.
var (
	saysFull    = regexp.MustCompile(`mailbox (is |was )?full|over ?quota|quota (exceeded|is full)|exceed\w* (\w+ )?(storage|quota)|insufficient (system )?storage|out of storage|storage limit|mailfolder is full|hop thu (\w+ )?da day|hop thu day|het dung luong|vuot (qua )?(han muc|dung luong)`)
	saysGone    = regexp.MustCompile(`(user|recipient|mailbox|address|account|alias)\w*( \S+){0,4} (is )?(unknown|not found|disabled|inactive|unavailable|rejected|invalid|closed)|(unknown|invalid|no such|bad) (\w+ )?(user|recipient|mailbox|address|account|alias)|(does not|doesn't|not) exist|(couldn't|could not|wasn't|was not) (be )?found|no mailbox here|unroute?able|(host|domain)( or domain name)? (not found|does not exist)|no mx|not listed in|khong tim thay|khong ton tai`)
	saysLater   = regexp.MustCompile(`temporar|try again|delayed|(will|to) (be )?retr|still (being|trying)|not need to re-?send|greylist|timed? ?out|connection refused|expired|could not be reached|tam thoi|thu lai|bi (tri hoan|cham)`)
	saysRefused = regexp.MustCompile(`\bspam|block(ed|list)|blacklist|\bpolicy|reputation|spf|dmarc|not (allowed|authori[sz]ed|permitted)|access denied|relay(ing)? denied`)

	preciseCode = regexp.MustCompile(`[245]\.[0-9]{1,3}\.[0-9]{1,3}`)
	codeFirst   = regexp.MustCompile(`(?i)(?:^|said: |reason: |error: |\()([45][0-9][0-9])[ \-:]`) // in a text for people other numbers are none
	plainCode   = regexp.MustCompile(`(?:^|[^0-9.])([45][0-9][0-9])(?:[ \-:,)]|$)`)
)

// codeIn gives the first code of RFC 3463 in a text that is none of an address or a version.
func codeIn(s string) string {
	for _, at := range preciseCode.FindAllStringIndex(s, 20) {
		before, after := at[0] == 0 || !strings.ContainsRune("0123456789.", rune(s[at[0]-1])), true
		if rest := s[at[1]:]; rest != "" {
			after = rest[0] < '0' || rest[0] > '9'
			if rest[0] == '.' && len(rest) > 1 && rest[1] >= '0' && rest[1] <= '9' {
				after = false
			}
		}
		if code := s[at[0]:at[1]]; before && after && code[0] != '2' && len(strings.Split(code, ".")[1]) == 1 && code[2] <= '7' {
			return code
		}
	}
	return ""
}

// general reports that a code says no more than its first digit.
func general(code string) bool {
	_, detail, _ := strings.Cut(code, ".")
	return detail == "" || strings.HasPrefix(detail, "0.")
}

// assess weighs what a report says about one recipient: the action and the status of RFC 3464, the
// server's words, and the text for people where those say little.
func assess(action, status, said, text string) result {
	r := result{code: codeIn(status), answer: shortened(said)}
	if c := codeIn(said); c != "" && general(r.code) {
		r.code = c
	}
	words := vietnamese.Fold(said)
	if strings.TrimSpace(said) == "" {
		r.answer = shortened(telling(text))
		words = vietnamese.Fold(r.answer)
	}
	class := byte(0)
	if r.code != "" {
		class = r.code[0]
	} else if m := plainCode.FindStringSubmatch(said + " "); m != nil {
		class = m[1][0]
	}
	r.kind, r.code = weigh(class, r.code, words, action == "delayed")
	return r
}

// weigh tells what will never arrive from what did not arrive now. A general code is made
// precise by the words.
func weigh(class byte, code, words string, delayed bool) (BounceKind, string) {
	_, detail, _ := strings.Cut(code, ".")
	if general(code) && class != '4' {
		switch {
		case saysFull.MatchString(words):
			code, detail = "5.2.2", "2.2"
		case saysGone.MatchString(words):
		case saysRefused.MatchString(words):
			code, detail = "5.7.1", "7.1"
		}
	}
	switch {
	case delayed, class == '4':
		return BounceSoft, code
	case detail == "2.2", detail == "3.1", detail == "3.2", detail == "4.7": // full; its system is full or away; gave up waiting
		return BounceSoft, code
	case general(code) && !saysGone.MatchString(words) && saysLater.MatchString(words):
		return BounceSoft, code
	}
	return BounceHard, code
}

// judgeText reads a report that is written for people only, and reports whether it is one.
func judgeText(subject, said string) (result, bool) {
	line := telling(said)
	words := vietnamese.Fold(said)
	code := codeIn(line)
	class := byte(0)
	if code != "" {
		class = code[0]
	} else if m := codeFirst.FindStringSubmatch(line + " "); m != nil {
		class = m[1][0]
	}
	title := vietnamese.Fold(decodedWords(subject))
	gone := saysGone.MatchString(words) || saysFull.MatchString(words)
	if class == 0 && !gone && !undelivered.MatchString(title) && !undelivered.MatchString(words) {
		return result{}, false
	}
	delayed := class != '5' && (strings.Contains(title, "delayed") || strings.Contains(title, "warning") || !gone && saysLater.MatchString(words))
	r := result{answer: shortened(line)}
	r.kind, r.code = weigh(class, code, words, delayed)
	return r, true
}

// telling gives the line of a text that says most: the one with a precise code, with a plain
// one, with words that are known; else the first lines.
func telling(text string) string {
	var plain, worded string
	lines := strings.Split(text, "\n")
	for i, line := range lines[:min(len(lines), 500)] {
		line = strings.TrimSpace(line)
		switch folded := vietnamese.Fold(line); {
		case codeIn(line) != "":
			return line
		case plain == "" && codeFirst.MatchString(line+" "):
			if plain = line; i+1 < len(lines) {
				plain += " " + strings.TrimSpace(lines[i+1])
			}
		case worded == "" && (saysFull.MatchString(folded) || saysGone.MatchString(folded) || saysLater.MatchString(folded) || saysRefused.MatchString(folded)):
			worded = line
		}
	}
	switch {
	case plain != "":
		return plain
	case worded != "":
		return worded
	}
	return strings.Join(lines[:min(len(lines), 3)], " ")
}

func shortened(s string) string {
	letters := []rune(oneLine(s))
	if len(letters) > maxSaid {
		letters = append(letters[:maxSaid-1], '…')
	}
	return string(letters)
}

func decodedWords(s string) string {
	if out, err := new(mime.WordDecoder).DecodeHeader(s); err == nil {
		return out
	}
	return s
}
