package badge_test

import (
	"bytes"
	"crypto/ed25519"
	"encoding/hex"
	"errors"
	"math/big"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"hoinghi/conference"
	"hoinghi/conference/badge"
)

// The published vector of confbadge-v1: whoever changes it makes every printed badge invalid.
const (
	vectorPublic = "8a88e3dd7409f195fd52db2d3cba5d72ca6709bf1d94121bf3748801b40f6f5c"
	vectorToken  = "08ZN99M12V6VRK4T5VJX4NR4C3MZVTHV7B9CK37ZPBZMXKCR68KZQTBSM0C38P9CLC3XGMZ3JR5JMNGRVH1VVR8109R51TZ3ZQK9TLJSP9FQ637JP1ZGFX0G92CFBFX"
	alphabet     = "0123456789BCFGHJKLMNPQRSTVXZ"
)

func vectorKey() ed25519.PrivateKey { return ed25519.NewKeyFromSeed(bytes.Repeat([]byte{1}, 32)) }

func vectorPub(t testing.TB) ed25519.PublicKey {
	t.Helper()
	pub, err := hex.DecodeString(vectorPublic)
	if err != nil {
		t.Fatal(err)
	}
	return pub
}

func vectorBody() badge.Body {
	return badge.Body{Version: 1, KeyID: 1, Event: 42, Badge: 0x0123456789, Category: 3, Days: 7, Issued: 100}
}

// token28 writes any bytes as a token, independently of the code under test.
func token28(raw []byte) string {
	n, base, digit := new(big.Int).SetBytes(raw), big.NewInt(28), new(big.Int)
	var out [badge.TokenLength]byte
	for i := len(out) - 1; i >= 0; i-- {
		n.DivMod(n, base, digit)
		out[i] = alphabet[digit.Int64()]
	}
	return string(out[:])
}

func TestVector(t *testing.T) {
	priv := vectorKey()
	if got := hex.EncodeToString(priv.Public().(ed25519.PublicKey)); got != vectorPublic {
		t.Fatalf("public key %s, want %s", got, vectorPublic)
	}
	if got := badge.Sign(priv, vectorBody()); got != vectorToken {
		t.Errorf("token\n%s, want\n%s", got, vectorToken)
	}
	got, err := badge.Verify(vectorPub(t), vectorToken)
	if err != nil {
		t.Fatalf("verify: %v", err)
	}
	if diff := cmp.Diff(vectorBody(), got); diff != "" {
		t.Errorf("body (-want +got):\n%s", diff)
	}
	if got := got.Badge.String(); got != "0123456789" {
		t.Errorf("badge number %s", got)
	}
}

func TestSignSetsTheVersion(t *testing.T) {
	b := vectorBody()
	b.Version = 0
	if got := badge.Sign(vectorKey(), b); got != vectorToken {
		t.Errorf("token of a body without a version: %s", got)
	}
}

func TestBodyRefusesWhatWouldBeCut(t *testing.T) {
	for name, b := range map[string]badge.Body{
		"key": {KeyID: 16}, "badge": {Badge: badge.MaxBadgeID + 1}, "version": {Version: 16},
	} {
		t.Run(name, func(t *testing.T) {
			defer func() {
				if recover() == nil {
					t.Error("no panic")
				}
			}()
			b.Bytes()
		})
	}
}

func TestParse(t *testing.T) {
	tests := []struct {
		name, text string
		ok         bool
	}{
		{"address", badge.Text("hn.example.vn", vectorToken), true},
		{"lower case", strings.ToLower(badge.Text("hn.example.vn", vectorToken)), true},
		{"token alone", vectorToken, true},
		{"scanner suffix", vectorToken + "\r\n", true},
		{"copied from a page", "\ufeff\u00a0" + vectorToken + "\u00a0", true},
		{"host mangled by an input method", "HTTPS://HN.ẼAMPLE.VN/C/" + vectorToken, true},
		{"nothing", "", false},
		{"slash at the end", vectorToken + "/", false},
		{"one short", vectorToken[1:], false},
		{"one long", "0" + vectorToken, false},
		{"foreign letter", "A" + vectorToken[1:], false},
		{"blank inside", vectorToken[:60] + " " + vectorToken[61:], false},
		{"long s is no S", "ſ" + vectorToken[2:], false},
		{"query", vectorToken + "?a=1", false},
		{"invalid UTF-8", "\xff" + vectorToken[1:], false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := badge.Parse(tt.text)
			if !tt.ok {
				if !errors.Is(err, badge.ErrNotABadge) || got != "" {
					t.Errorf("got %q, %v", got, err)
				}
				return
			}
			if err != nil || got != vectorToken {
				t.Errorf("got %q, %v", got, err)
			}
		})
	}
}

func TestDecodeRefuses(t *testing.T) {
	raw := make([]byte, 76)
	raw[0] = 2 << 4
	version2 := token28(raw)
	for name, token := range map[string]string{
		"version 0":          strings.Repeat("0", badge.TokenLength),
		"version 2":          version2,
		"609 bits":           token28(append([]byte{1, 0x10}, make([]byte, 75)...)),
		"more than 608 bits": strings.Repeat("Z", badge.TokenLength),
		"lower case":         strings.ToLower(vectorToken),
		"sign":               "-" + vectorToken[1:],
		"underscore":         vectorToken[:5] + "_" + vectorToken[6:],
		"short":              vectorToken[:126],
		"empty":              "",
	} {
		t.Run(name, func(t *testing.T) {
			if _, _, _, err := badge.Decode(token); !errors.Is(err, badge.ErrNotABadge) {
				t.Errorf("decode: %v", err)
			}
			if _, err := badge.Verify(vectorPub(t), token); !errors.Is(err, badge.ErrNotABadge) {
				t.Errorf("verify: %v", err)
			}
		})
	}
}

func TestVerifyRefusesAnotherKeyAndADamagedOne(t *testing.T) {
	other := ed25519.NewKeyFromSeed(bytes.Repeat([]byte{2}, 32)).Public().(ed25519.PublicKey)
	if _, err := badge.Verify(other, vectorToken); !errors.Is(err, badge.ErrForged) {
		t.Errorf("another key: %v", err)
	}
	if _, err := badge.Verify(other[:31], vectorToken); err == nil || errors.Is(err, badge.ErrForged) {
		t.Errorf("short key: %v", err)
	}
}

// alterations gives n tokens that differ from the vector in exactly one character.
func alterations(n int) []string {
	rng := rand.New(rand.NewPCG(10, 4))
	out := make([]string, n)
	for i := range out {
		b := []byte(vectorToken)
		at := rng.IntN(len(b))
		for b[at] == vectorToken[at] {
			b[at] = alphabet[rng.IntN(len(alphabet))]
		}
		out[i] = string(b)
	}
	return out
}

func TestNoAlterationIsAccepted(t *testing.T) {
	pub := vectorPub(t)
	forged := 0
	for _, token := range alterations(2000) {
		_, err := badge.Verify(pub, token)
		switch {
		case err == nil:
			t.Errorf("accepted %s", token)
		case errors.Is(err, badge.ErrForged):
			forged++
		case !errors.Is(err, badge.ErrNotABadge):
			t.Errorf("%s: %v", token, err)
		}
	}
	if forged < 1500 {
		t.Errorf("only %d of 2000 reached the signature", forged)
	}
}

func TestRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		want := badge.Body{
			Version:  badge.CodeVersion,
			KeyID:    rapid.Uint8Range(0, 15).Draw(t, "key"),
			Event:    rapid.Uint16().Draw(t, "event"),
			Badge:    badge.BadgeID(rapid.Uint64Range(0, uint64(badge.MaxBadgeID)).Draw(t, "badge")),
			Category: rapid.Uint8().Draw(t, "category"),
			Days:     rapid.Uint8().Draw(t, "days"),
			Issued:   rapid.Uint16().Draw(t, "issued"),
		}
		priv := ed25519.NewKeyFromSeed(rapid.SliceOfN(rapid.Byte(), 32, 32).Draw(t, "seed"))
		token := badge.Sign(priv, want)
		parsed, err := badge.Parse(" " + strings.ToLower(badge.Text("h.example:8080", token)) + "\r")
		if err != nil || parsed != token {
			t.Fatalf("parse: %q, %v", parsed, err)
		}
		got, err := badge.Verify(priv.Public().(ed25519.PublicKey), parsed)
		if err != nil {
			t.Fatalf("verify: %v", err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Fatalf("body (-want +got):\n%s", diff)
		}
	})
}

func TestCheckHost(t *testing.T) {
	tests := []struct {
		host, key string
		version   int
	}{
		{"hn.example.vn", "", 6},
		{"127.0.0.1:8080", "", 6},
		{"SIXTEEN-LETTERS.", "", 6},
		{"seventeen-letters", "", 7},
		{strings.Repeat("x", 40), "", 7},
		{strings.Repeat("x", 41), "badge.error.host_long", 0},
		{"", "badge.error.host_empty", 0},
		{"a_b.vn", "badge.error.host_characters", 0},
		{"hộinghị.vn", "badge.error.host_characters", 0},
		{"a.vn/x", "badge.error.host_characters", 0},
	}
	for _, tt := range tests {
		got, err := badge.CheckHost(tt.host)
		var reason *conference.Error
		if errors.As(err, &reason) != (tt.key != "") || got != tt.version {
			t.Errorf("%q: %d, %v", tt.host, got, err)
			continue
		}
		if reason != nil && reason.Message.Key != tt.key {
			t.Errorf("%q: reason %s, want %s", tt.host, reason.Message.Key, tt.key)
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, s := range []string{"", "/", vectorToken, badge.Text("hn.example.vn", vectorToken), "\x00\xff/ſ"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		token, err := badge.Parse(text)
		if err != nil {
			if token != "" || !errors.Is(err, badge.ErrNotABadge) {
				t.Fatalf("%q, %v", token, err)
			}
			return
		}
		if len(token) != badge.TokenLength || strings.Trim(token, alphabet) != "" {
			t.Fatalf("not a token: %q", token)
		}
		if again, err := badge.Parse(token); err != nil || again != token {
			t.Fatalf("%q parses to %q, %v", token, again, err)
		}
	})
}

func FuzzDecode(f *testing.F) {
	for _, s := range []string{"", vectorToken, strings.Repeat("Z", 127), strings.Repeat("0", 127), strings.Repeat("é", 63) + "0"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, token string) {
		body, sig, signed, err := badge.Decode(token)
		if err != nil {
			if !errors.Is(err, badge.ErrNotABadge) {
				t.Fatal(err)
			}
			return
		}
		raw := body.Bytes()
		if !bytes.HasSuffix(signed, raw[:]) {
			t.Fatalf("signed %x, body %x", signed, raw)
		}
		if again := token28(append(raw[:], sig...)); again != token {
			t.Fatalf("%s is written again as %s", token, again)
		}
	})
}

// The code for trying out scanners looks like a badge's, and is nobody's.
func TestTheTestCodeIsNoBadge(t *testing.T) {
	token, err := badge.Parse(badge.TestCode())
	if err != nil {
		t.Fatalf("a scanner that reads badges would not read it: %v", err)
	}
	if _, _, _, err := badge.Decode(token); err == nil {
		t.Error("it decodes to a badge")
	}
	for _, letter := range "0123456789BCFGHJKLMNPQRSTVXZ" {
		if !strings.ContainsRune(token, letter) {
			t.Errorf("it does not try %c", letter)
		}
	}
	if bitmap, err := badge.Bitmap(badge.TestCode()); err != nil || len(bitmap) != 41 {
		t.Errorf("%d modules, and a badge has 41: %v", len(bitmap), err)
	}
}
