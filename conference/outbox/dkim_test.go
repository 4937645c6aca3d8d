package outbox_test

import (
	"bytes"
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/emersion/go-msgauth/dkim"

	"hoinghi/conference/outbox"
	"hoinghi/conference/testkit"
)

func inPEM(t *testing.T, kind string, der []byte, err error) []byte {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	return pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der})
}

func pkcs8(t *testing.T, key crypto.Signer) []byte {
	t.Helper()
	der, err := x509.MarshalPKCS8PrivateKey(key)
	return inPEM(t, "PRIVATE KEY", der, err)
}

func rsaKey(t *testing.T, bits int) *rsa.PrivateKey {
	t.Helper()
	t.Setenv("GODEBUG", "rsa1024min=0") // for the key that is too weak
	key, err := rsa.GenerateKey(rand.Reader, bits)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

func edKey(t *testing.T) ed25519.PrivateKey {
	t.Helper()
	_, key, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

// verify checks a mail as a receiving server does, which finds the record where the box says that it is.
func verify(t *testing.T, box *outbox.Outbox, raw []byte) *dkim.Verification {
	t.Helper()
	name, record, err := box.KeyRecord()
	if err != nil {
		t.Fatal(err)
	}
	got, err := dkim.VerifyWithOptions(bytes.NewReader(raw), &dkim.VerifyOptions{LookupTXT: func(asked string) ([]string, error) {
		if asked != name {
			return nil, fmt.Errorf("no record at %s", asked)
		}
		return []string{record}, nil
	}})
	if err != nil || len(got) != 1 {
		t.Fatalf("%d signatures, %v\n%s", len(got), err, raw)
	}
	return got[0]
}

// What a mail server received is signed for the sender's domain, whatever the mail carries,
// and many workers at once sign with one key.
func TestEveryMailThatLeavesIsSigned(t *testing.T) {
	weak := rsaKey(t, 2048)
	for name, key := range map[string][]byte{
		"rsa": pkcs8(t, weak), "rsa, pkcs1": inPEM(t, "RSA PRIVATE KEY", x509.MarshalPKCS1PrivateKey(weak), nil), "ed25519": pkcs8(t, edKey(t)),
	} {
		t.Run(name, func(t *testing.T) {
			r := newRig(t, testkit.NewSMTP(t), func(cfg *outbox.Config) {
				cfg.Workers, cfg.DKIM = 4, outbox.DKIM{Key: key, Selector: "hn12", Domain: "example.vn"}
			})
			r.box.Compose("test.full", func(_ context.Context, m outbox.Mail) (outbox.Message, error) {
				return outbox.Message{Subject: fmt.Sprintf("Giấy mời số %d dự Hội nghị Công Thương khu vực phía Nam lần thứ XII, năm 2022", m.SubjectID),
					Text: "Kính gửi: Quý cơ quan\n.\n..dấu chấm ở đầu dòng   \n\n" + strings.Repeat("rất dài ", 300) + "\n\n\n", HTML: "<p>Kính gửi</p>",
					ReplyTo: "thuky@example.vn", FromName: "BTC Hội nghị 12",
					Inline: []outbox.Part{{Name: "qr.png", ContentType: "image/png", ContentID: "qr", Data: []byte{0x89, 'P', 'N', 'G', 0, '\r', '\n', 0xff}}},
					Files:  []outbox.Part{{Name: "Giấy mời.pdf", ContentType: "application/pdf", Data: bytes.Repeat([]byte("%PDF-1.7 mẫu\n"), 4000)}}}, nil
			})
			const mails = 20
			for i := range mails {
				r.queueAs(outbox.Queued{Kind: "test.full", Subject: int64(i), ToAddress: address(i), ToName: "Nguyễn Thị Ngọc Diễm Mẫu"})
			}
			r.run()
			for _, m := range r.received(mails) {
				v := verify(t, r.box, m.Raw)
				if v.Err != nil || v.Domain != "example.vn" || v.Time.Unix() != r.clock.Now().Unix() {
					t.Errorf("signature %+v", v)
				}
				for _, h := range []string{"From", "To", "Subject", "Date", "Message-ID", "Reply-To", "Content-Type"} {
					if !slices.Contains(v.HeaderKeys, h) {
						t.Errorf("%s is not signed: %v", h, v.HeaderKeys)
					}
				}
			}
			m := r.received(mails)[0]
			for what, changed := range map[string][]byte{
				"another text":    append(bytes.Clone(m.Raw), []byte("thêm một dòng\r\n")...),
				"a second sender": append([]byte("From: <ke.gia.mao@example.vn>\r\n"), m.Raw...),
				"another subject": bytes.Replace(m.Raw, []byte("?q?Gi=E1"), []byte("?q?Ki=E1"), 1),
			} {
				if v := verify(t, r.box, changed); v.Err == nil {
					t.Errorf("%s passes", what)
				}
			}
		})
	}
}

// The longest names that are taken still make a signature that verifies.
func TestLongNamesAreSignedToo(t *testing.T) {
	long := strings.Repeat("hoi-nghi-", 6) + "2022.example.vn"
	key := pkcs8(t, edKey(t))
	r := newRig(t, testkit.NewSMTP(t), func(cfg *outbox.Config) {
		cfg.From, cfg.DKIM = "btc@"+long, outbox.DKIM{Key: key, Selector: strings.Repeat("dai-", 15) + "a." + strings.Repeat("b", 9)}
	})
	r.run()
	r.passes(1)
	if v := verify(t, r.box, r.received(1)[0].Raw); v.Err != nil {
		t.Error(v.Err)
	}
}

func TestWithoutAKeyNothingIsSigned(t *testing.T) {
	r := running(t)
	r.passes(1)
	if h := r.received(1)[0].Header.Get("DKIM-Signature"); h != "" {
		t.Errorf("signed: %s", h)
	}
	if name, record, err := r.box.KeyRecord(); name+record != "" || err != nil {
		t.Errorf("record %q %q %v", name, record, err)
	}
}

// What cannot sign is said at the start, in words, without a letter of the key.
func TestWrongKeyIsRefusedAtTheStart(t *testing.T) {
	ec, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	public, err := x509.MarshalPKIXPublicKey(edKey(t).Public())
	good := pkcs8(t, edKey(t))
	for name, c := range map[string]struct {
		dkim outbox.DKIM
		want string
	}{
		"no PEM":             {outbox.DKIM{Key: []byte("bí mật")}, "no key in PEM"},
		"public key":         {outbox.DKIM{Key: inPEM(t, "PUBLIC KEY", public, err)}, "the private key is needed"},
		"locked":             {outbox.DKIM{Key: inPEM(t, "ENCRYPTED PRIVATE KEY", []byte("x"), nil)}, "locked with a password"},
		"elliptic":           {outbox.DKIM{Key: pkcs8(t, ec)}, "must be a whole RSA or Ed25519"},
		"damaged":            {outbox.DKIM{Key: inPEM(t, "PRIVATE KEY", []byte("x"), nil)}, "must be a whole RSA or Ed25519"},
		"weak":               {outbox.DKIM{Key: pkcs8(t, rsaKey(t, 512))}, "has 512 bits"},
		"another's domain":   {outbox.DKIM{Key: good, Domain: "example.com"}, "does not cover the sender"},
		"only alike":         {outbox.DKIM{Key: good, Domain: "nghi.example.vn"}, "does not cover the sender"},
		"no domain":          {outbox.DKIM{Key: good, Domain: "example .vn"}, "is not a host name"},
		"too long":           {outbox.DKIM{Key: good, Selector: strings.Repeat("dai-", 18) + "a"}, "may have 71 letters"},
		"no selector":        {outbox.DKIM{Key: good, Selector: "khóa"}, "selector is not a name"},
		"selector alone":     {outbox.DKIM{Selector: "hn12"}, "no key"},
		"domain without key": {outbox.DKIM{Domain: "example.vn"}, "no key"},
	} {
		_, err := outbox.New(nil, testkit.Quiet(), outbox.Config{From: "banthuky@hoinghi.example.vn", DKIM: c.dkim})
		if err == nil || !strings.Contains(err.Error(), c.want) || strings.Contains(err.Error(), "bí mật") {
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
	}
}

// The commands of the operator's guide make keys that sign, and the record that it has written is the one looked for.
func TestKeysOfTheGuide(t *testing.T) {
	if _, err := exec.LookPath("openssl"); err != nil {
		t.Skip("no openssl on this machine")
	}
	for _, args := range [][]string{{"-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048"}, {"-algorithm", "ED25519"}} {
		file := filepath.Join(t.TempDir(), "dkim.pem")
		if out, err := exec.CommandContext(t.Context(), "openssl", append([]string{"genpkey", "-out", file}, args...)...).CombinedOutput(); err != nil {
			t.Fatalf("openssl: %v\n%s", err, out)
		}
		key, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		r := newRig(t, testkit.NewSMTP(t), func(cfg *outbox.Config) { cfg.DKIM.Key = key })
		if name, _, err := r.box.KeyRecord(); name != "hoinghi._domainkey.hoinghi.example.vn" || err != nil {
			t.Errorf("record at %s, %v", name, err)
		}
		r.run()
		r.passes(1)
		if v := verify(t, r.box, r.received(1)[0].Raw); v.Err != nil {
			t.Errorf("%v: %v", args, v.Err)
		}
	}
}

// Every copy of a mail to several people is signed, its To and Cc included.
func TestCopiesAreSignedToo(t *testing.T) {
	key := pkcs8(t, edKey(t))
	r := newRig(t, testkit.NewSMTP(t), func(cfg *outbox.Config) {
		cfg.DKIM = outbox.DKIM{Key: key, Selector: "hn12"}
		cfg.ReturnTo = "tra-lai+ID@example.vn"
	})
	heads := outbox.Heads{To: outbox.Address{Name: "Nguyễn Văn Mẫu", Address: address(0)},
		Cc: []outbox.Address{{Name: "Văn phòng Sở, bộ phận \"một cửa\"", Address: address(1)}, {Address: address(2)}, {Name: "Trần Thị Thí Dụ", Address: address(3)}}}
	for i := range 4 {
		r.queueAs(outbox.Queued{Kind: "test.plain", ToAddress: address(i), ToName: "Nguyễn Văn Mẫu", Heads: heads})
	}
	r.run()
	for _, m := range r.received(4) {
		v := verify(t, r.box, m.Raw)
		if v.Err != nil || !slices.Contains(v.HeaderKeys, "To") || !slices.Contains(v.HeaderKeys, "Cc") {
			t.Errorf("signature %+v", v)
		}
	}
}
