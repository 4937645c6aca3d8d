package outbox

import (
	"regexp"
	"slices"
	"strings"

	"hoinghi/conference/vietnamese"
)

// nature says what a mail that came in is.
type nature string

const (
	natureBounce    nature = "bounce"     // a mail of somebody's was not delivered, or is late
	natureReply     nature = "auto_reply" // out of office and the like: the mail did arrive
	natureDelivered nature = "delivered"  // a report that it did arrive
	natureReceipt   nature = "receipt"    // that it was read, or complained about
	natureOther     nature = "other"      // a letter like any other
)

// report is what a mail that came in says about another one.
type report struct {
	nature    nature
	ids       []string // Message-IDs in our own form, the likeliest first, in lower case
	marks     []string // our own marks in the addresses that it came to
	addresses []string // that it names, in lower case
	results   []result // for each recipient; at least one for a bounce
}

// result is what a report says about one recipient.
type result struct {
	addresses []string // the one written to, and where it was forwarded to
	kind      BounceKind
	code      string
	answer    string
}

// about gives the result that concerns an address, the first one if none names it: a
// list's or a forwarding's report names an address that nobody here wrote to.
func (r report) about(address string) result {
	for _, one := range r.results {
		if slices.Contains(one.addresses, strings.ToLower(address)) {
			return one
		}
	}
	return r.results[0]
}

var (
	ownID    = regexp.MustCompile(`(?i)\b([0-9a-hjkmnp-tv-z]{26})@([a-z0-9.-]{1,200})`)
	ownMark  = regexp.MustCompile(`(?i)(?:^|[^0-9a-z])([0-9a-hjkmnp-tv-z]{26})(?:[^0-9a-z]|$)`)
	anyone   = regexp.MustCompile(`[A-Za-z0-9.!#$%&'*+/=?^_{|}~-]{1,64}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63})+`)
	copyMark = regexp.MustCompile(`(?im)^[ \t>]*(?:-{2,}[ \t]*)?(?:below this line is a copy of|this is a copy of (?:the|your) message|the header of the original|original message (?:headers|follows)|returned message|unsent message below|message (?:header )?follows|thư gốc|tin nhắn gốc).*$`)
)

// readReport judges a mail that came in. trusted is that a person says it is a returned one: then a
// text that was copied from a screen, without its head, is believed too.
func readReport(raw []byte, trusted bool) report {
	l := takeApart(raw)
	r := report{nature: natureOther}
	said := l.said()
	r.gather(l)
	switch {
	case l.judgeBlocks(&r):
	case l.report != "" && l.report != "delivery-status":
		r.nature = natureReceipt
	case l.byMachine(said) || trusted && !l.isReply():
		if one, ok := judgeText(l.head.get("subject"), said); ok {
			one.addresses = addressesIn(l.head.get("x-failed-recipients") + " " + said)
			r.nature, r.results = natureBounce, []result{one}
		}
	case l.isReply():
		r.nature = natureReply
	}
	return r
}

// said gives what is written for people, up to where the returned mail begins.
func (l *letter) said() string {
	s := strings.Join(l.texts, "\n")
	s = strings.ToValidUTF8(s[:min(len(s), maxText)], "")
	if at := copyMark.FindStringIndex(s); at != nil {
		s = s[:at[0]]
	}
	return s
}

// gather collects by what the report may be known again. What a carried mail's own head says
// goes before what is written somewhere in a text.
func (r *report) gather(l *letter) {
	var first, then strings.Builder
	for _, h := range l.returned {
		first.WriteString(h.get("message-id") + "\n")
	}
	for _, name := range []string{"in-reply-to", "references", "x-original-message-id"} {
		then.WriteString(strings.Join(l.head[name], " ") + "\n")
	}
	for _, h := range slices.Concat(l.blocks, l.returned) {
		for _, values := range h {
			then.WriteString(strings.Join(values, " ") + "\n")
		}
	}
	then.WriteString(strings.Join(l.texts, "\n"))
	for _, text := range []string{first.String(), then.String()} {
		for _, m := range ownID.FindAllStringSubmatch(text, 100) {
			if id := strings.ToLower(m[1] + "@" + strings.TrimRight(m[2], ".-")); !slices.Contains(r.ids, id) {
				r.ids = append(r.ids, id)
			}
		}
	}
	for _, name := range []string{"to", "delivered-to", "x-original-to", "envelope-to", "x-envelope-to", "cc"} {
		for _, m := range ownMark.FindAllStringSubmatch(strings.Join(l.head[name], " "), 10) {
			if mark := strings.ToLower(m[1]); !slices.Contains(r.marks, mark) {
				r.marks = append(r.marks, mark)
			}
		}
	}
	for _, h := range l.blocks {
		r.addresses = append(r.addresses, addressesIn(h.get("original-recipient")+" "+h.get("final-recipient"))...)
	}
	for _, h := range l.returned {
		r.addresses = append(r.addresses, addressesIn(h.get("to"))...)
	}
	r.addresses = append(r.addresses, addressesIn(l.head.get("x-failed-recipients")+" "+strings.Join(l.texts, "\n"))...)
}

func addressesIn(text string) []string {
	var out []string
	for _, a := range anyone.FindAllString(text, 50) {
		if a = strings.ToLower(strings.Trim(a, ".'")); !slices.Contains(out, a) {
			out = append(out, a)
		}
	}
	return out
}

// judgeBlocks reads the machine's part of a report and reports whether there is one.
func (l *letter) judgeBlocks(r *report) bool {
	found := false
	for _, h := range l.blocks {
		action, status := strings.ToLower(h.get("action")), h.get("status")
		if action == "" && status == "" {
			continue
		}
		found = true
		action, _, _ = strings.Cut(action, " ")
		if action == "delivered" || action == "relayed" || action == "expanded" || action == "" && strings.HasPrefix(status, "2") {
			continue
		}
		_, said, ok := strings.Cut(h.get("diagnostic-code"), ";")
		if !ok {
			said = h.get("diagnostic-code")
		}
		one := assess(action, status, said, l.said())
		one.addresses = addressesIn(h.get("original-recipient") + " " + h.get("final-recipient"))
		r.results = append(r.results, one)
	}
	switch {
	case len(r.results) > 0:
		r.nature = natureBounce
	case found:
		r.nature = natureDelivered
	}
	return found
}

var (
	daemon      = regexp.MustCompile(`(?i)mailer-?daemon|postmaster|mail delivery|microsoftexchange|mail administrator|system administrator|mdaemon`)
	undelivered = regexp.MustCompile(`undeliver|returned mail|delivery (status|failure|report|problem|has failed|delayed)|mail delivery|failure notice|could not be delivered|delayed mail|nondeliverable|non remis|khong (the )?(gui|phat) duoc|bi tra lai|khong gui thanh cong`)
	absent      = regexp.MustCompile(`out of (the )?office|automatic reply|auto.?(reply|response)|autoreply|vacation|tu dong tra loi|tra loi tu dong|phan hoi tu dong|vang mat|di cong tac`)
	openings    = regexp.MustCompile(`^\s*(hi\. this is the|this message was created automatically by mail delivery|this is the mail system at|i'm (sorry|afraid)|sorry, we were unable)`)
)

// byMachine reports that a mail server wrote the mail.
func (l *letter) byMachine(said string) bool {
	if l.isAbsent() { // no server is out of office, whatever its address
		return false
	}
	from := l.head.get("from")
	switch {
	case l.head.get("x-failed-recipients") != "", daemon.MatchString(from):
		return true
	case from == "" && l.head.get("return-path") == "":
		return false
	}
	nobody := strings.TrimSpace(l.head.get("return-path")) == "<>"
	return nobody && undelivered.MatchString(vietnamese.Fold(decodedWords(l.head.get("subject")))) || openings.MatchString(strings.ToLower(said))
}

func (l *letter) isAbsent() bool {
	return absent.MatchString(vietnamese.Fold(decodedWords(l.head.get("subject"))))
}

// isReply reports that a program answered in a person's name.
func (l *letter) isReply() bool {
	auto := strings.ToLower(l.head.get("auto-submitted"))
	return l.isAbsent() || auto != "" && !strings.HasPrefix(auto, "no") ||
		l.head.get("x-autoreply") != "" || l.head.get("x-autorespond") != "" || strings.EqualFold(l.head.get("precedence"), "auto_reply")
}
