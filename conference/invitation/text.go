package invitation

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"hoinghi/conference"
	"hoinghi/conference/audit"
	"hoinghi/conference/edition"
	"hoinghi/conference/vietnamese"
	"hoinghi/db"
)

// The longest subject and body, in characters.
const (
	maxSubject = 200
	maxBody    = 10000
)

// The merge fields of the invitation's text, written in square brackets.
const (
	fieldConference   = "ten_hoi_nghi"
	fieldShort        = "ten_ngan"
	fieldOrganisation = "don_vi"
	fieldOrganiser    = "don_vi_to_chuc"
	fieldHost         = "don_vi_dang_cai"
	fieldTime         = "thoi_gian"
	fieldPlace        = "dia_diem"
	fieldQuota        = "chi_tieu"
	fieldDeadline     = "han_dang_ky"
	fieldLink         = "lien_ket"
	fieldCode         = "ma_don_vi"
	fieldContact      = "lien_he"
)

// MergeFields lists the merge fields, without their brackets, in the order in
// which they are explained. The texts for people are invitation.field.<name>.
func MergeFields() []string {
	return []string{fieldOrganisation, fieldConference, fieldShort, fieldOrganiser, fieldHost, fieldTime, fieldPlace, fieldQuota,
		fieldDeadline, fieldLink, fieldCode, fieldContact}
}

// Text is the invitation as it is written, with merge fields. Its form fields are
// subject and body.
type Text struct {
	Subject string
	Body    string
}

func (t Text) normal() Text {
	return Text{Subject: vietnamese.Normalise(t.Subject), Body: vietnamese.NormaliseText(t.Body)}
}

// CheckText refuses a text that is empty, too long, or holds a field that nobody
// fills in. Errors: invalid with the fields of Text.
func CheckText(t Text) error { return checkText(t, MergeFields()) }

func checkText(t Text, known []string) error {
	var p conference.Problems
	checkTextInto(&p, t, known)
	return p.Err()
}

func checkTextInto(p *conference.Problems, t Text, known []string) {
	t = t.normal()
	check := func(field, text string, limit int) {
		switch unknown, found := unknownField(text, known); {
		case text == "":
			p.Add(field, "invitation.error."+field+"_missing")
		case utf8.RuneCountInString(text) > limit:
			p.Add(field, "invitation.error."+field+"_long", "max", limit)
		case found:
			p.Add(field, "invitation.error.field_unknown", "name", "["+unknown+"]")
		}
	}
	check("subject", t.Subject, maxSubject)
	check("body", t.Body, maxBody)
}

// nextField splits text around its first pair of brackets on one line.
func nextField(text string) (before, name, after string, ok bool) {
	for from := 0; ; {
		open := strings.IndexByte(text[from:], '[')
		if open < 0 {
			return text, "", "", false
		}
		open += from
		end := strings.IndexAny(text[open+1:], "[]\n")
		if end < 0 {
			return text, "", "", false
		}
		end += open + 1
		if text[end] == ']' {
			return text[:open], text[open+1 : end], text[end+1:], true
		}
		from = end
	}
}

func unknownField(text string, known []string) (name string, found bool) {
	for {
		_, name, after, ok := nextField(text)
		if !ok {
			return "", false
		}
		if !slices.Contains(known, strings.TrimSpace(name)) {
			return name, true
		}
		text = after
	}
}

// Values holds what stands for each merge field.
type Values map[string]string

// Fill writes the values in the place of their fields. What a value holds is not
// looked at again. A line with fields that are all empty is left out: an edition
// without a host yet has no line about it.
func Fill(text string, values Values) string {
	var out []string
	for line := range strings.SplitSeq(text, "\n") {
		if filled, keep := fillLine(line, values); keep {
			out = append(out, filled)
		}
	}
	return strings.Join(out, "\n")
}

func fillLine(line string, values Values) (filled string, keep bool) {
	var b strings.Builder
	fields, empty := 0, 0
	for {
		before, name, after, ok := nextField(line)
		b.WriteString(before)
		if !ok {
			return b.String(), fields == 0 || empty < fields
		}
		value, known := values[strings.TrimSpace(name)]
		if !known {
			value = "[" + name + "]"
		}
		fields++
		if value == "" {
			empty++
		}
		b.WriteString(value)
		line = after
	}
}

// Default gives the text that an edition starts with.
func (r *Room) Default() Text {
	vi := r.locales.In("vi")
	return Text{Subject: vi.T("invitation.text.subject"), Body: vi.T("invitation.text.body")}
}

const sqlText = `SELECT subject, body FROM invitation_text WHERE edition_id = ?`

// Text gives an edition's text as it is worked on; Default until somebody wrote one.
func (r *Room) Text(ctx context.Context, q db.Reader, editionID int64) (Text, error) {
	t, err := db.One(ctx, q, sqlText, func(t *Text) []any { return []any{&t.Subject, &t.Body} }, editionID)
	if conference.KindOf(err) == conference.KindNotFound {
		return r.Default(), nil
	}
	if err != nil {
		return Text{}, fmt.Errorf("read invitation text: %w", err)
	}
	return t, nil
}

const sqlHasText = `SELECT count(*) FROM invitation_text WHERE edition_id = ?`

// HasText reports whether somebody wrote an edition's text.
func HasText(ctx context.Context, q db.Reader, editionID int64) (bool, error) {
	n, err := db.Value[int](ctx, q, sqlHasText, editionID)
	if err != nil {
		return false, fmt.Errorf("look for the invitation text: %w", err)
	}
	return n > 0, nil
}

const sqlSetText = `INSERT INTO invitation_text (edition_id, subject, body, changed_at) VALUES (?1, ?2, ?3, ?4)
ON CONFLICT (edition_id) DO UPDATE SET subject = ?2, body = ?3, changed_at = ?4`

// Seal stands for a text, so that who changes it can say which one they have read.
func (t Text) Seal() string {
	sum := sha256.Sum256([]byte(t.Subject + "\x00" + t.Body))
	return base64.RawURLEncoding.EncodeToString(sum[:12])
}

// ReplaceText is SetText for whoever has read the text whose Seal is seen. Errors: conflict
// when it is another one by now; as SetText.
func (r *Room) ReplaceText(ctx context.Context, editionID int64, t Text, seen string) error {
	return r.setText(ctx, editionID, t, func(now Text) error {
		if now.Seal() != seen {
			return conference.Fail(conference.KindConflict, "invitation.error.text_changed")
		}
		return nil
	})
}

// SetText keeps an edition's text. What was sent before stays as it was sent.
// Errors: invalid as CheckText, not_found, forbidden.
func (r *Room) SetText(ctx context.Context, editionID int64, subject, body string) error {
	return r.setText(ctx, editionID, Text{Subject: subject, Body: body}, func(Text) error { return nil })
}

func (r *Room) setText(ctx context.Context, editionID int64, t Text, may func(now Text) error) error {
	if err := conference.MayOrganiseIn(ctx, editionID); err != nil {
		return err
	}
	t = t.normal()
	if err := CheckText(t); err != nil {
		return err
	}
	return r.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		if _, err := edition.ByID(ctx, tx, editionID); err != nil {
			return fmt.Errorf("read edition: %w", err)
		}
		now, err := r.Text(ctx, tx, editionID)
		if err != nil {
			return err
		}
		if err := may(now); err != nil {
			return err
		}
		if err := db.Exec(ctx, tx, sqlSetText, editionID, t.Subject, t.Body, db.At(tx.Now())); err != nil {
			return fmt.Errorf("keep invitation text: %w", err)
		}
		tx.Publish(Topic(editionID))
		return audit.Note(ctx, tx, audit.Change{Edition: editionID, Action: "invitation.set_text", SubjectKind: "edition", SubjectID: editionID})
	})
}

// DefaultText writes the text that an edition starts with, unless it has one.
// Errors: not_found, forbidden.
func (r *Room) DefaultText(ctx context.Context, editionID int64) error {
	_, err := db.One(ctx, r.db, sqlText, func(t *Text) []any { return []any{&t.Subject, &t.Body} }, editionID)
	if conference.KindOf(err) != conference.KindNotFound {
		return err
	}
	t := r.Default()
	return r.SetText(ctx, editionID, t.Subject, t.Body)
}
