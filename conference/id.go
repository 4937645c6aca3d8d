package conference

import (
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base32"
	"encoding/binary"
	"errors"
	"fmt"
	"strings"
)

// crockford leaves out I, L, O and U, which people misread on paper and over the phone.
const crockford = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"

var linkEncoding = base32.NewEncoding(crockford).WithPadding(base32.NoPadding)

// MasterKeySize is the length of a master key in bytes.
const MasterKeySize = 32

// Keys derives every lasting secret of one installation from its one master key
// (RFC 5869). What it derives can be shown again at any time, so the database
// keeps hashes only.
type Keys struct {
	link, code, badge []byte
}

// NewKeys derives from a master key of MasterKeySize bytes.
func NewKeys(master []byte) (*Keys, error) {
	if len(master) != MasterKeySize {
		return nil, fmt.Errorf("master key: %d bytes, want %d", len(master), MasterKeySize)
	}
	var k Keys
	for _, d := range []struct {
		into *[]byte
		info string
	}{{&k.link, "hoinghi personal link v1"}, {&k.code, "hoinghi short code v1"}, {&k.badge, "hoinghi badge signing v1"}} {
		key, err := hkdf.Key(sha256.New, master, nil, d.info, 32)
		if err != nil {
			return nil, fmt.Errorf("derive %q: %w", d.info, err)
		}
		*d.into = key
	}
	return &k, nil
}

// LinkKind says whom a personal link belongs to.
type LinkKind string

// The holders of personal links.
const (
	LinkInvitation LinkKind = "invitation" // the focal point of an invited organisation
	LinkDelegate   LinkKind = "delegate"
	LinkStaff      LinkKind = "staff" // a one-time link; its generation is the moment of its making
)

// LinkToken gives the token of a personal link: 128 bits in 26 characters of
// Crockford's base32. A higher generation gives another token; that is how a
// link is revoked and issued again.
func (k *Keys) LinkToken(kind LinkKind, id, generation int64) string {
	sum := k.mac(k.link, string(kind), id, generation)
	return linkEncoding.EncodeToString(sum[:16])
}

// ShortCode gives the characters after the dash of an organisation's short code
// ("TNI-7K2M9P"): 6 characters, 30 bits. The numbers: with 1,000 wrong guesses an
// hour let through for the whole installation (see web/guest), a stranger needs 61
// years on average to hit one given organisation's code, and a wrong guess is logged.
func (k *Keys) ShortCode(invitation, generation int64) string {
	sum := k.mac(k.code, "invitation", invitation, generation)
	return linkEncoding.EncodeToString(sum[:5])[:6]
}

// CodeHash gives the look-up value of a short code: keyed, since 30 bits alone
// could be tried out on a stolen database.
func (k *Keys) CodeHash(code string) []byte {
	m := hmac.New(sha256.New, k.code)
	m.Write([]byte("lookup\x00" + NormaliseToken(code)))
	return m.Sum(nil)
}

// BadgeSeed gives the Ed25519 seed that signs the badges of one edition with one key number.
func (k *Keys) BadgeSeed(edition int64, keyID uint8) []byte {
	sum := k.mac(k.badge, "edition", edition, int64(keyID))
	return sum[:]
}

func (k *Keys) mac(key []byte, kind string, a, b int64) [32]byte {
	m := hmac.New(sha256.New, key)
	m.Write([]byte(kind))
	m.Write([]byte{0})
	var n [16]byte
	binary.BigEndian.PutUint64(n[:8], uint64(a))
	binary.BigEndian.PutUint64(n[8:], uint64(b))
	m.Write(n[:])
	return [32]byte(m.Sum(nil))
}

// NormaliseToken brings a token or short code that somebody typed into the form
// it was issued in: upper case, no spaces, dashes or dots, and the letters that Crockford's
// alphabet leaves out read as the digits they are mistaken for.
func NormaliseToken(s string) string {
	return strings.Map(func(r rune) rune {
		switch r {
		case ' ', '-', '.', '\t', '\u00a0', '–', '—':
			return -1
		case 'O':
			return '0'
		case 'I', 'L':
			return '1'
		}
		return r
	}, strings.ToUpper(s))
}

// TokenHash gives what the database keeps of a token or secret of at least 128 bits.
func TokenHash(token string) []byte {
	sum := sha256.Sum256([]byte(NormaliseToken(token)))
	return sum[:]
}

// NewSecret gives a fresh random secret of 128 bits in the form of a link token.
func NewSecret() string {
	var b [16]byte
	// crypto/rand.Read never fails since Go 1.24: it stops the program instead.
	_, _ = rand.Read(b[:])
	return linkEncoding.EncodeToString(b[:])
}

// ErrBadToken is returned for text that cannot be a token at all.
var ErrBadToken = errors.New("not a token")

// CheckToken gives the normalised token, or ErrBadToken when the text has
// another length or other characters than a token issued by this program.
func CheckToken(s string) (string, error) {
	t := NormaliseToken(s)
	if len(t) != 26 {
		return "", ErrBadToken
	}
	for _, r := range t {
		if !strings.ContainsRune(crockford, r) {
			return "", ErrBadToken
		}
	}
	return t, nil
}
