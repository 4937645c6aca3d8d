package badge

import (
	"crypto/ed25519"
	"encoding/binary"
	"errors"
	"fmt"
	"math/big"
	"strings"

	"hoinghi/conference"
)

// The badge code "confbadge-v1", format version 1:
//
//	text  = "HTTPS://" HOST "/C/" TOKEN
//	token = base 28, big-endian, left-padded to TokenLength, of body (12 bytes) then signature (64)
//	body  = version 4 bits, key number 4, event 16, badge number 40, category 8, days 8, issued 16
//
// It carries no name: any telephone can read it.
const (
	// CodeVersion is the only format version that Decode accepts.
	CodeVersion = 1
	// TokenLength is the number of characters of every token.
	TokenLength = 127

	bodySize = 12
	codeBits = 8 * (bodySize + ed25519.SignatureSize)
	signedAs = "confbadge-v1\x00"

	// alphabet leaves out every letter that a Vietnamese input method (Telex, VNI,
	// VIQR) turns into something else while a handheld scanner types it.
	alphabet = "0123456789BCFGHJKLMNPQRSTVXZ"
	// counting is the alphabet that math/big writes base 28 in.
	counting = "0123456789abcdefghijklmnopqr"

	// blanks is what is trimmed around a text. The list is closed, so that the
	// browser's twin of this file (static/door/code.js) trims the very same.
	blanks = " \t\r\n\v\f\u00a0\ufeff"
)

var (
	// ErrNotABadge is returned for text that cannot be a badge code at all.
	ErrNotABadge = errors.New("not a badge code")
	// ErrForged is returned for a well-formed code whose signature is wrong.
	ErrForged = errors.New("badge code with a wrong signature")
)

// BadgeID is the random number of one badge, 40 bits. It says nothing about its holder.
type BadgeID uint64

// MaxBadgeID is the highest badge number.
const MaxBadgeID BadgeID = 1<<40 - 1

// String gives the number as 10 hexadecimal digits in lower case.
func (id BadgeID) String() string { return fmt.Sprintf("%010x", uint64(id)) }

// Body is what a badge code says, before its signature.
type Body struct {
	Version  uint8   // CodeVersion
	KeyID    uint8   // which of the event's keys signed, 0 to 15
	Event    uint16  // the edition's number
	Badge    BadgeID // one per person and edition until it is revoked
	Category uint8   // delegate group as printed; asked only when the list does not know the badge
	Days     uint8   // one bit per day of the event; likewise
	Issued   uint16  // hours since the event's badge epoch
}

// Bytes gives the 12 bytes of the body. It panics when Version, KeyID or Badge
// has more bits than its place: the tables hold the same limits, so such a
// number is a mistake of the caller, and cutting it would sign another badge.
func (b Body) Bytes() [bodySize]byte {
	if b.Version > 15 || b.KeyID > 15 || b.Badge > MaxBadgeID {
		panic(fmt.Sprintf("badge: body out of range: version %d, key %d, badge %s", b.Version, b.KeyID, b.Badge))
	}
	var out [bodySize]byte
	out[0] = b.Version<<4 | b.KeyID
	binary.BigEndian.PutUint16(out[1:], b.Event)
	var id [8]byte
	binary.BigEndian.PutUint64(id[:], uint64(b.Badge))
	copy(out[3:8], id[3:])
	out[8], out[9] = b.Category, b.Days
	binary.BigEndian.PutUint16(out[10:], b.Issued)
	return out
}

func bodyOf(raw []byte) Body {
	var id [8]byte
	copy(id[3:], raw[3:8])
	return Body{
		Version: raw[0] >> 4, KeyID: raw[0] & 15,
		Event:    binary.BigEndian.Uint16(raw[1:]),
		Badge:    BadgeID(binary.BigEndian.Uint64(id[:])),
		Category: raw[8], Days: raw[9],
		Issued: binary.BigEndian.Uint16(raw[10:]),
	}
}

// Sign gives the token of a body, always in format CodeVersion whatever
// b.Version says. The same body and key give the same token, so a code may be
// made again at any time. It panics as Body.Bytes and ed25519.Sign do.
func Sign(priv ed25519.PrivateKey, b Body) (token string) {
	b.Version = CodeVersion
	body := b.Bytes()
	raw := append(body[:], ed25519.Sign(priv, message(body[:]))...)
	digits := new(big.Int).SetBytes(raw).Text(len(alphabet))
	out := []byte(strings.Repeat("0", TokenLength-len(digits)) + digits)
	for i, c := range out {
		out[i] = alphabet[strings.IndexByte(counting, c)]
	}
	return string(out)
}

func message(body []byte) []byte { return append([]byte(signedAs), body...) }

// Text gives what the QR of a badge holds. Upper case throughout, since only
// then the code stays within the dense alphanumeric mode.
func Text(host, token string) string {
	return "HTTPS://" + upper(host) + "/C/" + token
}

// Parse finds the token in whatever a camera or a handheld scanner delivered:
// the whole address, the token alone, in any letter case. It does not look
// inside the token. It returns ErrNotABadge for anything else.
func Parse(text string) (token string, err error) {
	s := strings.Trim(text, blanks)
	s = upper(s[strings.LastIndexByte(s, '/')+1:])
	if len(s) != TokenLength || strings.Trim(s, alphabet) != "" {
		return "", ErrNotABadge
	}
	return s, nil
}

// upper raises a to z only. Unicode has letters whose capital is an ASCII letter
// ("ſ" gives "S"), and languages disagree about them.
func upper(s string) string {
	return strings.Map(func(r rune) rune {
		if 'a' <= r && r <= 'z' {
			return r - 'a' + 'A'
		}
		return r
	}, s)
}

// Decode splits a token, as Parse gives it, into its body, its signature and
// the bytes that were signed. Nothing is verified: it serves to learn which key
// to verify with. It returns an error that wraps ErrNotABadge for a token of
// another length, alphabet, size or format version.
func Decode(token string) (body Body, sig, signed []byte, err error) {
	if len(token) != TokenLength {
		return Body{}, nil, nil, fmt.Errorf("%w: %d characters", ErrNotABadge, len(token))
	}
	digits := []byte(token)
	for i, c := range digits {
		at := strings.IndexByte(alphabet, c)
		if at < 0 {
			return Body{}, nil, nil, fmt.Errorf("%w: foreign character at %d", ErrNotABadge, i)
		}
		digits[i] = counting[at]
	}
	n, ok := new(big.Int).SetString(string(digits), len(alphabet))
	if !ok || n.BitLen() > codeBits {
		return Body{}, nil, nil, fmt.Errorf("%w: more than %d bits", ErrNotABadge, codeBits)
	}
	raw := n.FillBytes(make([]byte, codeBits/8))
	if v := raw[0] >> 4; v != CodeVersion {
		return Body{}, nil, nil, fmt.Errorf("%w: format version %d", ErrNotABadge, v)
	}
	return bodyOf(raw), raw[bodySize:], message(raw[:bodySize]), nil
}

// Verify gives the body of a genuine token. It returns ErrNotABadge (wrapped)
// as Decode does, ErrForged when pub's owner did not sign it, and another error
// when pub is no Ed25519 key.
func Verify(pub ed25519.PublicKey, token string) (Body, error) {
	if len(pub) != ed25519.PublicKeySize {
		return Body{}, fmt.Errorf("badge key: %d bytes, want %d", len(pub), ed25519.PublicKeySize)
	}
	body, sig, signed, err := Decode(token)
	if err != nil {
		return Body{}, err
	}
	if !ed25519.Verify(pub, signed, sig) {
		return Body{}, ErrForged
	}
	return body, nil
}

// Limits of the host inside a badge code: alphanumeric capacity of QR versions
// 6 and 7 at level M (154 and 178 characters, ISO/IEC 18004) without the
// 11 characters around the host and the token.
const (
	HostInVersion6 = 16
	HostInVersion7 = 40
)

// CheckHost tells whether badge codes can carry a host, which may end in a port,
// and which QR version they then need at most: 6 is 41 modules wide, 7 is 45. It
// refuses a host longer than HostInVersion7 or with other characters than
// letters, digits, ".", "-" and ":", with the reason for whoever configures it.
func CheckHost(host string) (version int, err error) {
	const plain = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-:"
	switch rest := strings.Trim(upper(host), plain); {
	case host == "":
		return 0, conference.Fail(conference.KindInvalid, "badge.error.host_empty").
			Because(errors.New("the host of badge codes is empty"))
	case rest != "":
		return 0, conference.Fail(conference.KindInvalid, "badge.error.host_characters", "host", host).
			Because(fmt.Errorf("host %q: a badge code holds letters, digits, dots, dashes and a colon only", host))
	case len(host) > HostInVersion7:
		return 0, conference.Fail(conference.KindInvalid, "badge.error.host_long", "host", host, "length", len(host), "limit", HostInVersion7).
			Because(fmt.Errorf("host %q: %d characters, a badge code holds %d at most", host, len(host), HostInVersion7))
	case len(host) > HostInVersion6:
		return 7, nil
	}
	return 6, nil
}

// TestCode gives what the code for trying out handheld scanners says. Its token has the
// shape of a badge's and all of its letters, but is too large a number to hold one, so
// it is nobody's under any key. The parts before it tell an input method by what it
// makes of them: Telex joins AA, VNI A6, VIQR "A.".
func TestCode() string {
	const down = "ZXVTSRQPNMLKJHGFCB9876543210"
	return "TEST/AA/A6/A./" + strings.Repeat(down, TokenLength/len(down)+1)[:TokenLength]
}
