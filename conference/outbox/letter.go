package outbox

import (
	"bytes"
	"encoding/base64"
	"html"
	"io"
	"mime"
	"mime/quotedprintable"
	"regexp"
	"strings"

	"golang.org/x/text/encoding/htmlindex"
)

const (
	maxLetter = 1 << 20  // bytes of a returned mail that are looked at: what the server says stands first
	maxText   = 32 << 10 // bytes of its text for people that are weighed
	maxValue  = 8 << 10  // bytes of one header field
	maxFields = 1000
	maxParts  = 60
	maxDepth  = 6
)

// header is the head of a mail or a block of a delivery report; names in lower case.
type header map[string][]string

func (h header) get(name string) string {
	if v := h[name]; len(v) > 0 {
		return v[0]
	}
	return ""
}

// readHeader takes the head off a text, up to the first empty line. A line that is no
// field goes on with the one before; a text that begins with none has no head. It never fails: what comes
// back was written by strangers' programs and pasted by people.
func readHeader(raw []byte) (header, []byte) {
	h, last, n := header{}, "", 0
	rest := raw
	for len(rest) > 0 {
		line, after, _ := bytes.Cut(rest, []byte("\n"))
		line = bytes.TrimRight(line, "\r")
		switch name, value, ok := strings.Cut(string(line[:min(len(line), maxValue)]), ":"); {
		case len(bytes.TrimSpace(line)) == 0:
			if n == 0 {
				return h, raw
			}
			return h, after
		case line[0] != ' ' && line[0] != '\t' && ok && isFieldName(name):
			n++
			if last = ""; n <= maxFields {
				last = strings.ToLower(name)
				h[last] = append(h[last], strings.TrimSpace(value))
			}
		case n == 0 && bytes.HasPrefix(line, []byte("From ")): // that is how mailbox files part mails
		case n == 0 && line[0] != ' ' && line[0] != '\t':
			return header{}, raw
		default: // the field goes on, even if pasting has taken the space before it away
			if v := h[last]; last != "" && len(v[len(v)-1]) < maxValue {
				v[len(v)-1] += " " + strings.TrimSpace(string(line[:min(len(line), maxValue)]))
			}
		}
		rest = after
	}
	return h, nil
}

func isFieldName(s string) bool {
	return s != "" && len(s) < 80 && strings.IndexFunc(s, func(r rune) bool { return r <= ' ' || r >= 0x7f || r == '<' || r == '@' }) < 0
}

// letter is a mail taken apart, as far as it tells of another one's delivery.
type letter struct {
	head     header
	kind     string   // media type
	report   string   // of a multipart/report: what it reports
	texts    []string // for people
	blocks   []header // of the machine's report
	returned []header // heads of mails that it carries
	parts    int
}

// takeApart reads a mail. A text without a head, as copied from a screen, is one text.
func takeApart(raw []byte) *letter {
	raw = raw[:min(len(raw), maxLetter)]
	raw = bytes.TrimLeft(bytes.TrimPrefix(raw, []byte("\uFEFF")), " \t\r\n")
	l := &letter{}
	head, body := readHeader(raw)
	if !isMail(head) {
		l.head, l.texts = header{}, []string{strings.ToValidUTF8(string(raw), " ")}
		return l
	}
	l.head = head
	l.kind, _ = mediaType(head)
	l.walk(head, body, 0)
	return l
}

// isMail tells the head of a mail from words that happen to have a colon.
func isMail(h header) bool {
	n := 0
	for _, name := range []string{"from", "to", "subject", "date", "received", "content-type", "message-id", "return-path", "mime-version", "delivered-to"} {
		if h.get(name) != "" {
			n++
		}
	}
	return n >= 2
}

func mediaType(h header) (string, map[string]string) {
	value := h.get("content-type")
	kind, params, err := mime.ParseMediaType(value)
	if err != nil { // a broken parameter must not hide the type
		kind, _, _ = strings.Cut(value, ";")
		kind, params = strings.ToLower(strings.TrimSpace(kind)), map[string]string{}
		if _, after, ok := strings.Cut(value, "boundary="); ok {
			params["boundary"] = strings.Trim(strings.SplitN(after, ";", 2)[0], `" `)
		}
	}
	if kind == "" {
		kind = "text/plain"
	}
	return kind, params
}

func (l *letter) walk(h header, body []byte, depth int) {
	if l.parts++; l.parts > maxParts || depth > maxDepth {
		return
	}
	kind, params := mediaType(h)
	if strings.HasPrefix(kind, "multipart/") {
		if kind == "multipart/report" && l.report == "" {
			l.report = strings.ToLower(params["report-type"])
		}
		for _, part := range split(body, params["boundary"]) {
			ph, pb := readHeader(part)
			l.walk(ph, pb, depth+1)
		}
		return
	}
	body = undone(body, h.get("content-transfer-encoding"))
	switch kind {
	case "text/plain":
		l.texts = append(l.texts, inUTF8(body, params["charset"]))
	case "text/html":
		l.texts = append(l.texts, withoutTags(inUTF8(body, params["charset"])))
	case "message/delivery-status", "message/global-delivery-status":
		l.blocks = append(l.blocks, blocks(body)...)
	case "text/rfc822-headers", "message/global-headers":
		inner, _ := readHeader(body)
		l.returned = append(l.returned, inner)
	case "message/rfc822", "message/global", "message/partial":
		inner, text := readHeader(bytes.TrimLeft(body, "\r\n"))
		l.returned = append(l.returned, inner)
		if k, _ := mediaType(inner); k == "multipart/report" { // a report handed on as a file
			l.walk(inner, text, depth+1)
		}
	}
}

// split parts a multipart body; what comes before the first boundary is dropped. A body that was
// cut off ends with the part that it ends in.
func split(body []byte, boundary string) [][]byte {
	if boundary == "" {
		return nil
	}
	mark := []byte("--" + boundary)
	var out [][]byte
	begin := -1
	for at := 0; at < len(body); {
		end := len(body)
		if i := bytes.IndexByte(body[at:], '\n'); i >= 0 {
			end = at + i + 1
		}
		if line := bytes.TrimRight(body[at:end], " \t\r\n"); bytes.HasPrefix(line, mark) && (len(line) == len(mark) || string(line[len(mark):]) == "--") {
			if begin >= 0 {
				out = append(out, body[begin:at])
			}
			if begin = end; len(line) > len(mark) || len(out) >= maxParts {
				return out
			}
		}
		at = end
	}
	if begin >= 0 {
		out = append(out, body[begin:])
	}
	return out
}

// undone takes the transfer encoding off, as far as the text is whole.
func undone(body []byte, encoding string) []byte {
	switch strings.ToLower(strings.TrimSpace(encoding)) {
	case "base64":
		plain := bytes.Map(func(r rune) rune {
			if r < 0x80 && (r == '+' || r == '/' || r >= '0' && r <= '9' || r >= 'A' && r <= 'Z' || r >= 'a' && r <= 'z') {
				return r
			}
			return -1
		}, body)
		out := make([]byte, base64.RawStdEncoding.DecodedLen(len(plain)))
		n, _ := base64.RawStdEncoding.Decode(out, plain)
		return out[:n]
	case "quoted-printable":
		out, _ := io.ReadAll(quotedprintable.NewReader(bytes.NewReader(body)))
		return out
	}
	return body
}

func inUTF8(text []byte, charset string) string {
	if charset != "" && !strings.EqualFold(charset, "utf-8") {
		if e, err := htmlindex.Get(charset); err == nil {
			if out, err := e.NewDecoder().Bytes(text); err == nil {
				text = out
			}
		}
	}
	return strings.ToValidUTF8(string(text), " ")
}

var (
	unseen = regexp.MustCompile(`(?is)<(style|script|head)\b.*?</(style|script|head)>|<!--.*?-->`)
	breaks = regexp.MustCompile(`(?i)</?(br|p|div|tr|li|td|h[1-6]|pre)\b[^>]*>`)
	tags   = regexp.MustCompile(`<[^>]*>`)
)

func withoutTags(s string) string {
	s = breaks.ReplaceAllString(unseen.ReplaceAllString(s, " "), "\n")
	return html.UnescapeString(tags.ReplaceAllString(s, " "))
}

// blocks parts a delivery report (RFC 3464): fields about the whole, then those of each recipient.
func blocks(body []byte) []header {
	var out []header
	for rest := body; len(rest) > 0 && len(out) < maxParts; {
		var h header
		before := len(rest)
		rest = bytes.TrimLeft(rest, " \t\r\n")
		if h, rest = readHeader(rest); len(h) > 0 {
			out = append(out, h)
			continue
		}
		if len(rest) == before || len(rest) == 0 { // a line that is no field: look behind it
			_, rest, _ = bytes.Cut(rest, []byte("\n"))
		}
	}
	return out
}
