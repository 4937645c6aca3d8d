package testkit

import (
	"bytes"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net/mail"
	"net/textproto"
	"strings"
	"time"
)

// Received is one mail as a reader's program sees it.
type Received struct {
	Hello                    string // how the sender's program introduced itself
	EnvelopeFrom, EnvelopeTo string

	From, To  *mail.Address
	ReplyTo   string
	Subject   string
	MessageID string // without angle brackets
	Date      time.Time
	Header    mail.Header
	Text      string // line ends as \n
	HTML      string
	Parts     []ReceivedPart // pictures and files, in order
	Structure string         // e.g. mixed(alternative(text/plain text/html) application/pdf)
	Raw       []byte
	Err       error // what is wrong with the mail's form
}

// ReceivedPart is a picture or file of a received mail.
type ReceivedPart struct {
	ContentType string // without parameters
	Disposition string // inline or attachment
	Name        string
	ContentID   string // without angle brackets
	Data        []byte
}

// Part gives the first picture or file of that name, or nil.
func (r Received) Part(name string) *ReceivedPart {
	for i := range r.Parts {
		if r.Parts[i].Name == name {
			return &r.Parts[i]
		}
	}
	return nil
}

func receive(hello, from, to string, raw []byte) Received {
	r := Received{Hello: hello, EnvelopeFrom: from, EnvelopeTo: to, Raw: raw}
	r.Err = r.read()
	return r
}

func (r *Received) read() error {
	m, err := mail.ReadMessage(bytes.NewReader(r.Raw))
	if err != nil {
		return fmt.Errorf("read mail: %w", err)
	}
	r.Header = m.Header
	if r.From, err = mail.ParseAddress(m.Header.Get("From")); err != nil {
		return fmt.Errorf("sender: %w", err)
	}
	if r.To, err = mail.ParseAddress(m.Header.Get("To")); err != nil {
		return fmt.Errorf("recipient: %w", err)
	}
	if r.Date, err = m.Header.Date(); err != nil {
		return fmt.Errorf("date: %w", err)
	}
	if r.Subject, err = new(mime.WordDecoder).DecodeHeader(m.Header.Get("Subject")); err != nil {
		return fmt.Errorf("subject: %w", err)
	}
	if reply := m.Header.Get("Reply-To"); reply != "" {
		a, err := mail.ParseAddress(reply)
		if err != nil {
			return fmt.Errorf("Reply-To: %w", err)
		}
		r.ReplyTo = a.Address
	}
	r.MessageID = strings.Trim(m.Header.Get("Message-Id"), "<>")
	r.Structure, err = r.walk(textproto.MIMEHeader(m.Header), m.Body)
	return err
}

// walk reads one node of the MIME tree and gives its shape.
func (r *Received) walk(h textproto.MIMEHeader, body io.Reader) (string, error) {
	kind, params, err := mime.ParseMediaType(h.Get("Content-Type"))
	if err != nil {
		return "", fmt.Errorf("Content-Type %q: %w", h.Get("Content-Type"), err)
	}
	if sub, ok := strings.CutPrefix(kind, "multipart/"); ok {
		var shapes []string
		for parts := multipart.NewReader(body, params["boundary"]); ; {
			p, err := parts.NextRawPart()
			if errors.Is(err, io.EOF) {
				return sub + "(" + strings.Join(shapes, " ") + ")", nil
			}
			if err != nil {
				return "", fmt.Errorf("%s: %w", kind, err)
			}
			shape, err := r.walk(p.Header, p)
			if err != nil {
				return "", err
			}
			shapes = append(shapes, shape)
		}
	}
	data, err := decoded(h.Get("Content-Transfer-Encoding"), body)
	if err != nil {
		return "", fmt.Errorf("%s: %w", kind, err)
	}
	disposition, fileParams, err := mime.ParseMediaType(h.Get("Content-Disposition"))
	switch {
	case err != nil && h.Get("Content-Disposition") != "":
		return "", fmt.Errorf("Content-Disposition: %w", err)
	case disposition == "" && kind == "text/plain":
		r.Text += strings.ReplaceAll(string(data), "\r\n", "\n")
	case disposition == "" && kind == "text/html":
		r.HTML += strings.ReplaceAll(string(data), "\r\n", "\n")
	default:
		r.Parts = append(r.Parts, ReceivedPart{ContentType: kind, Disposition: disposition, Name: fileParams["filename"],
			ContentID: strings.Trim(h.Get("Content-Id"), "<>"), Data: data})
	}
	return kind, nil
}

func decoded(encoding string, r io.Reader) ([]byte, error) {
	switch strings.ToLower(encoding) {
	case "base64":
		r = base64.NewDecoder(base64.StdEncoding, r)
	case "quoted-printable":
		r = quotedprintable.NewReader(r)
	case "", "7bit":
	default:
		return nil, fmt.Errorf("Content-Transfer-Encoding %q is not 7-bit safe", encoding)
	}
	return io.ReadAll(r)
}
