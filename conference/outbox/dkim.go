package outbox

import (
	"crypto"
	"crypto/ed25519"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"errors"
	"fmt"
	"regexp"
	"strings"
	"time"

	gomail "github.com/wneessen/go-mail"
)

// DKIM says how mails are signed, so that a receiving server can tell that they come from
// the sender's own domain (RFC 6376).
type DKIM struct {
	Key      []byte // private key in PEM, RSA or Ed25519; empty: mails leave unsigned
	Selector string // where in the domain the public key stands; default "hoinghi"
	Domain   string // whose key it is; default the domain of Config.From, of which it may be a parent
}

const weakestRSA = 1024 // bits; RFC 8301 has every signature below it fail

var selector = regexp.MustCompile(`^[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?(\.[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?)*$`)

// complete checks the settings and reads the key; nil without one. What the key's file
// holds is part of no error.
func (k DKIM) complete(from string) (DKIM, crypto.Signer, error) {
	if len(k.Key) == 0 {
		if k.Selector != "" || k.Domain != "" {
			return k, nil, errors.New("DKIM has a selector or a domain but no key: give the file of the private key, or leave all three out")
		}
		return k, nil, nil
	}
	host := strings.ToLower(from[strings.LastIndexByte(from, '@')+1:])
	if k.Domain == "" {
		k.Domain = host
	}
	k.Domain = strings.ToLower(k.Domain)
	if k.Selector == "" {
		k.Selector = "hoinghi"
	}
	switch {
	case len(k.Domain) > longestTag || len(k.Selector) > longestTag:
		return k, nil, fmt.Errorf("the DKIM domain and the selector may have %d letters each", longestTag)
	case !hostName.MatchString(k.Domain):
		return k, nil, errors.New("the DKIM domain is not a host name in plain letters, such as example.vn")
	case host != k.Domain && !strings.HasSuffix(host, "."+k.Domain):
		return k, nil, fmt.Errorf("the DKIM domain %s does not cover the sender, whose domain is %s: receivers would not count the signature", k.Domain, host)
	case !selector.MatchString(k.Selector):
		return k, nil, errors.New("the DKIM selector is not a name in plain letters, such as hoinghi")
	}
	key, err := privateKey(k.Key)
	k.Key = nil // lives on in the signer only
	return k, key, err
}

func privateKey(raw []byte) (crypto.Signer, error) {
	block, _ := pem.Decode(raw)
	if block == nil {
		return nil, errors.New("the DKIM key file holds no key in PEM: it must have a line -----BEGIN PRIVATE KEY-----")
	}
	switch block.Type {
	case "PUBLIC KEY", "RSA PUBLIC KEY", "CERTIFICATE":
		return nil, fmt.Errorf("the DKIM key file holds a %s: the private key is needed", strings.ToLower(block.Type))
	case "ENCRYPTED PRIVATE KEY":
		return nil, errors.New("the DKIM key is locked with a password: make one without")
	}
	key, err := gomail.PrivKeyFromPEM(raw)
	if err != nil {
		return nil, errors.New("the DKIM key cannot be used: it must be a whole RSA or Ed25519 private key, unlocked, in PEM")
	}
	switch key := key.(type) {
	case *rsa.PrivateKey:
		if key.N.BitLen() < weakestRSA {
			return nil, fmt.Errorf("the DKIM key has %d bits: receivers ignore RSA keys below %d, make one of 2048", key.N.BitLen(), weakestRSA)
		}
	case ed25519.PrivateKey:
	}
	return key, nil
}

// longestTag is what go-mail 0.8.1 writes into one line of a signature. A longer value it breaks
// in the middle of a word, but signs unbroken, and no receiver can verify it.
const longestTag = 71

// signer gives what signs one mail: the headers whose change in transit would deceive a reader.
// From and Subject are named once more than they occur, so that nobody can add a second one. go-mail's
// own signer writes to itself when it signs, so each mail has its own.
func (o *Outbox) signer(now time.Time) *gomail.DKIMSigner {
	s := gomail.NewDKIMSigner(o.cfg.DKIM.Domain, o.cfg.DKIM.Selector, o.key)
	s.NowFunc = func() time.Time { return now }
	s.SignHeaders("From", "To", "Cc", "Subject", "Date", "Message-ID", "Reply-To", "Content-Type")
	s.OversignHeaders("From", "Subject")
	return s
}

// KeyRecord gives the name and the content of the DNS record (TXT) that has to stand where
// receivers look for the public key; empty when mails leave unsigned.
func (o *Outbox) KeyRecord() (name, content string, err error) {
	if o.key == nil {
		return "", "", nil
	}
	kind, public := "rsa", []byte(nil)
	switch key := o.key.Public().(type) {
	case ed25519.PublicKey:
		kind, public = "ed25519", key
	default:
		if public, err = x509.MarshalPKIXPublicKey(key); err != nil {
			return "", "", fmt.Errorf("public key: %w", err)
		}
	}
	return o.cfg.DKIM.Selector + "._domainkey." + o.cfg.DKIM.Domain, fmt.Sprintf("v=DKIM1; k=%s; p=%s", kind, base64.StdEncoding.EncodeToString(public)), nil
}
