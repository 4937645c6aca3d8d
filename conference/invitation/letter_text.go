package invitation

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"hoinghi/conference"
	"hoinghi/conference/audit"
	"hoinghi/conference/document"
	"hoinghi/conference/edition"
	"hoinghi/conference/vietnamese"
	"hoinghi/db"
	"hoinghi/templates"
)

// LetterKind is a kind of official letter, under the name it has in Vietnamese.
type LetterKind string

// The kinds of letter.
const (
	GiayMoi LetterKind = "giay_moi" // the invitation, signed by the organiser
	CongVan LetterKind = "cong_van" // the host's despatch that asks for registration
)

// LetterKinds lists the kinds of letter.
func LetterKinds() []LetterKind { return []LetterKind{GiayMoi, CongVan} }

// Known reports whether there is such a kind.
func (k LetterKind) Known() bool { return slices.Contains(LetterKinds(), k) }

// LetterKindText gives the name of a kind for people.
func LetterKindText(k LetterKind) conference.Text {
	return conference.Say("invitation.letter.kind." + string(k))
}

// The merge fields that only letters have.
const (
	fieldAddress  = "dia_chi_dang_ky"
	fieldProvince = "tinh_thanh"
)

// fieldPicture is the QR code with the organisation's link, a picture: only own templates have it.
const fieldPicture = "ma_qr"

// LetterFields lists the merge fields of letters, without their brackets, in the
// order in which they are explained.
func LetterFields() []string { return append(MergeFields(), fieldAddress, fieldProvince) }

// TemplateFields lists the merge fields of own templates in the same way: those of letters, and the picture of the code.
func TemplateFields() []string { return append(LetterFields(), fieldPicture) }

// LetterText is an official letter as it is written, with merge fields. Each line of
// Body is a paragraph; "**…**" is bold, "__…__" italic, a line after "> " centred. Parent,
// Agency, Abstract, Addressees, Recipients and Authority are broken as they are written.
// The form field of each is its column: parent, agency and so on. Number, date and
// signature are the agency's and have no place here.
type LetterText struct {
	Parent     string
	Agency     string
	Symbol     string // "GM-CTĐP", behind the number
	Place      string // where the letter is dated
	Abstract   string
	Addressees string // Kính gửi, of a despatch
	Body       string
	Recipients string
	Authority  string
	Signer     string
}

const (
	maxLetterLines = 4000 // characters of the lists around the body: twelve long lines and more
	maxLetterBody  = 12000
)

type letterField struct {
	name     string
	text     *string
	limit    int
	required bool
	oneLine  bool
}

func (t *LetterText) parts(kind LetterKind) []letterField {
	return []letterField{
		{"parent", &t.Parent, maxSubject, false, false}, {"agency", &t.Agency, maxSubject, true, false}, {"symbol", &t.Symbol, 40, false, true},
		{"place", &t.Place, 60, true, true}, {"abstract", &t.Abstract, 500, true, false}, {"addressees", &t.Addressees, maxLetterLines, kind == CongVan, false},
		{"body", &t.Body, maxLetterBody, true, false}, {"recipients", &t.Recipients, maxLetterLines, true, false},
		{"authority", &t.Authority, maxSubject, true, false}, {"signer", &t.Signer, 80, false, true},
	}
}

func (t LetterText) normal(kind LetterKind) LetterText {
	for _, f := range t.parts(kind) {
		if f.oneLine {
			*f.text = vietnamese.Normalise(*f.text)
		} else {
			*f.text = vietnamese.NormaliseText(*f.text)
		}
	}
	return t
}

// CheckLetterText refuses a text that lacks a part, is too long, holds a field that
// nobody fills in or a character that the letter's font cannot print, which it names with line and column,
// a number where the symbol stands, or a date where the place does. Errors: invalid with the fields of LetterText.
func CheckLetterText(kind LetterKind, t LetterText) error {
	t = t.normal(kind)
	font, err := document.NewSerifs()
	if err != nil {
		return fmt.Errorf("read font of letters: %w", err)
	}
	var p conference.Problems
	for _, f := range t.parts(kind) {
		unknown, at, found := unknownPlace(*f.text, LetterFields())
		missing := font.Missing(*f.text)
		switch {
		case *f.text == "" && f.required:
			p.Add(f.name, "invitation.letter.error.missing")
		case utf8.RuneCountInString(*f.text) > f.limit:
			p.Add(f.name, "invitation.letter.error.long", "max", f.limit)
		case found:
			line, column := placeOf(*f.text, at)
			key := "invitation.letter.error.field_unknown"
			if strings.TrimSpace(unknown) == fieldPicture {
				key = "invitation.letter.error.field_picture"
			}
			p.Add(f.name, key, "name", "["+unknown+"]", "line", line, "column", column)
		case f.name == "symbol" && strings.ContainsAny(t.Symbol, "0123456789"):
			p.Add(f.name, "invitation.letter.error.number")
		case f.name == "place" && dated(t.Place):
			p.Add(f.name, "invitation.letter.error.place")
		case len(missing) > 0:
			line, column := placeOf(*f.text, strings.IndexRune(*f.text, missing[0]))
			p.Add(f.name, "invitation.letter.error.character", "character", shown(missing[0]), "line", line, "column", column)
		}
	}
	return p.Err()
}

// dated reports whether a place says when, too: the date stands behind it on its line, once.
func dated(place string) bool {
	return strings.IndexFunc(place, unicode.IsDigit) >= 0 || strings.Contains(strings.ToLower(place), "ngày") ||
		strings.Contains(place, "["+fieldTime+"]") || strings.Contains(place, "["+fieldDeadline+"]")
}

// shown gives a character for people: with its number, since some are hard to see.
func shown(r rune) string {
	if unicode.IsGraphic(r) && !unicode.IsSpace(r) && !unicode.IsMark(r) {
		return fmt.Sprintf("%c (U+%04X)", r, r)
	}
	return fmt.Sprintf("U+%04X", r)
}

// unknownPlace gives the first field that is not known, and where in the text it begins.
func unknownPlace(text string, known []string) (name string, at int, found bool) {
	rest := text
	for {
		before, name, after, ok := nextField(rest)
		if !ok {
			return "", 0, false
		}
		if !slices.Contains(known, strings.TrimSpace(name)) {
			return name, len(text) - len(rest) + len(before), true
		}
		rest = after
	}
}

// placeOf gives the line and the column, both from 1, of what begins at a byte of a text.
func placeOf(text string, at int) (line, column int) {
	whole := text[:at]
	start := strings.LastIndexByte(whole, '\n') + 1
	return strings.Count(whole, "\n") + 1, utf8.RuneCountInString(whole[start:]) + 1
}

// Unpaired is a mark of a letter's body without its pair: it is printed as it stands.
type Unpaired struct {
	Mark string // "**" or "__"
	Line int    // from 1
}

// UnpairedMarks gives the marks of a body that have no pair on their line.
func UnpairedMarks(body string) []Unpaired {
	var out []Unpaired
	line := 0
	for text := range strings.SplitSeq(vietnamese.NormaliseText(body), "\n") {
		line++
		for _, mark := range []string{"**", "__"} {
			for _, run := range marked(text) {
				if strings.Contains(run.Text, mark) {
					out = append(out, Unpaired{mark, line})
					break
				}
			}
		}
	}
	return out
}

// DefaultLetter gives the text that a letter of an edition starts with.
func (r *Room) DefaultLetter(e edition.Edition, kind LetterKind) LetterText {
	vi := r.locales.In(templates.Vietnamese)
	say := func(part string) string { return vi.T("invitation.letter." + string(kind) + "." + part) }
	t := LetterText{Symbol: say("symbol"), Abstract: say("abstract"), Body: say("body"), Recipients: say("recipients"), Authority: say("authority")}
	if kind == GiayMoi {
		name, parent, _ := strings.Cut(strings.TrimSuffix(e.OrganiserVi, ")"), " (")
		t.Parent, t.Agency, t.Place = strings.ToUpper(parent), strings.ToUpper(name), vi.T("invitation.letter.capital")
		return t
	}
	t.Addressees = "[" + fieldOrganisation + "]"
	agency, province := splitDepartment(e.HostVi)
	t.Agency = strings.ToUpper(agency)
	if province != "" {
		t.Parent = strings.ToUpper(vi.T("invitation.letter.committee", "province", province))
	}
	t.Place = strings.TrimPrefix(strings.TrimPrefix(province, "tỉnh "), "thành phố ")
	return t
}

// splitDepartment splits "Sở Công Thương tỉnh Tây Ninh" before the province.
func splitDepartment(name string) (agency, province string) {
	for _, kind := range []string{" tỉnh ", " thành phố "} {
		if at := strings.Index(name, kind); at > 0 {
			return name[:at], strings.TrimSpace(name[at:])
		}
	}
	return name, ""
}

func (t *LetterText) fields() []any {
	return []any{&t.Parent, &t.Agency, &t.Symbol, &t.Place, &t.Abstract, &t.Addressees, &t.Body, &t.Recipients, &t.Authority, &t.Signer}
}

const sqlLetterText = `SELECT parent, agency, symbol, place, abstract, addressees, body, recipients, authority, signer
FROM letter_text WHERE edition_id = ? AND kind = ?`

// LetterText gives the text of a letter as it is worked on; DefaultLetter until
// somebody wrote one.
func (r *Room) LetterText(ctx context.Context, q db.Reader, e edition.Edition, kind LetterKind) (LetterText, error) {
	t, err := db.One(ctx, q, sqlLetterText, (*LetterText).fields, e.ID, kind)
	if conference.KindOf(err) == conference.KindNotFound {
		return r.DefaultLetter(e, kind), nil
	}
	if err != nil {
		return LetterText{}, fmt.Errorf("read letter text: %w", err)
	}
	return t, nil
}

const sqlSetLetterText = `INSERT INTO letter_text (edition_id, kind, parent, agency, symbol, place, abstract, addressees, body, recipients, authority, signer, changed_at)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13) ON CONFLICT (edition_id, kind) DO UPDATE SET
parent = ?3, agency = ?4, symbol = ?5, place = ?6, abstract = ?7, addressees = ?8, body = ?9, recipients = ?10, authority = ?11, signer = ?12, changed_at = ?13`

// SetLetterText keeps the text of a letter. Errors: invalid as CheckLetterText,
// not_found, forbidden.
func (r *Room) SetLetterText(ctx context.Context, editionID int64, kind LetterKind, t LetterText) error {
	if err := conference.MayOrganiseIn(ctx, editionID); err != nil {
		return err
	}
	if !kind.Known() {
		return conference.NotFound()
	}
	t = t.normal(kind)
	if err := CheckLetterText(kind, t); err != nil {
		return err
	}
	return r.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		if _, err := edition.ByID(ctx, tx, editionID); err != nil {
			return fmt.Errorf("read edition: %w", err)
		}
		if err := db.Exec(ctx, tx, sqlSetLetterText, editionID, kind, t.Parent, t.Agency, t.Symbol, t.Place, t.Abstract, t.Addressees,
			t.Body, t.Recipients, t.Authority, t.Signer, db.At(tx.Now())); err != nil {
			return fmt.Errorf("keep letter text: %w", err)
		}
		return audit.Note(ctx, tx, audit.Change{Edition: editionID, Action: "letter.set_text", SubjectKind: "edition", SubjectID: editionID, Detail: map[string]any{"kind": kind}})
	})
}
