package invitation

import (
	"bytes"
	"context"
	"fmt"
	"regexp"
	"strings"
	"time"

	"hoinghi/conference"
	"hoinghi/conference/badge"
	"hoinghi/conference/document"
	"hoinghi/conference/edition"
	"hoinghi/conference/vietnamese"
	"hoinghi/db"
	"hoinghi/templates"
)

// Programme gives the items of an edition's public programme for the appendix. The
// agenda stands above this room, so it is handed over.
type Programme func(ctx context.Context, q db.Reader, editionID int64) ([]ProgrammeItem, error)

// ProgrammeItem is one line of the programme.
type ProgrammeItem struct {
	StartsAt, EndsAt time.Time
	Title, By        string
}

// UseProgramme says where the programme comes from. Called once, before the first letter.
func (r *Room) UseProgramme(p Programme) { r.programme = p }

// handBlank is what stands where the agency writes by hand: blanks that do not break.
var handBlank = strings.Repeat("\u00a0", 8)

// Letter makes one organisation's letter, from t or from the edition's text when t
// is nil. Errors: invalid as CheckLetterText, not_found.
func (r *Room) Letter(ctx context.Context, q db.Reader, invitationID int64, kind LetterKind, t *LetterText) (document.Letter, error) {
	i, err := ByID(ctx, q, invitationID)
	if err != nil {
		return document.Letter{}, err
	}
	e, err := edition.ByID(ctx, q, i.EditionID)
	if err != nil {
		return document.Letter{}, fmt.Errorf("read edition: %w", err)
	}
	if !kind.Known() {
		return document.Letter{}, conference.NotFound()
	}
	if t == nil {
		stored, err := r.LetterText(ctx, q, e, kind)
		if err != nil {
			return document.Letter{}, err
		}
		t = &stored
	}
	if err := CheckLetterText(kind, *t); err != nil {
		return document.Letter{}, err
	}
	var programme []ProgrammeItem
	if r.programme != nil && kind == GiayMoi {
		if programme, err = r.programme(ctx, q, e.ID); err != nil {
			return document.Letter{}, fmt.Errorf("read programme: %w", err)
		}
	}
	return r.letter(e, i, kind, t.normal(kind), programme)
}

func (r *Room) letter(e edition.Edition, i Invitation, kind LetterKind, t LetterText, programme []ProgrammeItem) (document.Letter, error) {
	vi := r.locales.In(templates.Vietnamese)
	values := r.letterValues(e, i)
	code, err := letterCode(values)
	if err != nil {
		return document.Letter{}, err
	}
	fill := func(text string) []string { return strings.Split(Fill(text, values), "\n") }
	l := document.Letter{
		Title: vi.T("invitation.letter.file_title", "kind", vi.Text(LetterKindText(kind)), "name", i.Organisation.Vi), Now: r.db.Now(),
		Parent: fill(t.Parent), Agency: fill(t.Agency), Abstract: fill(t.Abstract), Recipients: fill(t.Recipients), Authority: fill(t.Authority),
		Number: number(t.Symbol), Signer: t.Signer, Body: paragraphsOf(t.Body, values), Code: code,
		PlaceDate: Fill(t.Place, values) + ", ngày" + handBlank + "tháng" + handBlank + "năm" + handBlank + "\u00a0\u00a0",
		Caption:   r.caption(values),
	}
	if kind == GiayMoi {
		l.Name = vi.T("invitation.letter.name")
		l.Appendices = []document.Appendix{r.programmeAppendix(e, t, programme), r.formAppendix(e, i, t)}
	} else {
		l.To = fill(t.Addressees)
	}
	if e.IsSample {
		l.Sample = vi.T("invitation.letter.sample")
	}
	return l, nil
}

// letterCode gives the QR code of the organisation's link.
func letterCode(values Values) ([][]bool, error) {
	code, err := badge.Bitmap(strings.ToUpper(values[fieldLink])) // capitals make a smaller code
	if err != nil {
		return nil, fmt.Errorf("draw link of letter: %w", err)
	}
	return code, nil
}

// caption gives what stands beside the code.
func (r *Room) caption(values Values) []string {
	vi := r.locales.In(templates.Vietnamese)
	return []string{vi.T("invitation.letter.scan"), vi.T("invitation.letter.code", "code", values[fieldCode])}
}

// number gives "Số:        /GM-CTĐP"; the number itself is taken by the agency.
func number(symbol string) string { return "Số:" + handBlank + "/" + symbol }

// letterValues gives what stands for each merge field in a letter, days and hours tied together.
func (r *Room) letterValues(e edition.Edition, i Invitation) Values {
	v := r.values(e, i, templates.Vietnamese)
	v[fieldAddress] = r.baseURL + "/m"
	v[fieldProvince] = i.Province.Print(templates.Vietnamese)
	tie := strings.NewReplacer("ngày ", "ngày\u00a0", "tháng ", "tháng\u00a0", "năm ", "năm\u00a0", " giờ ", "\u00a0giờ\u00a0")
	for _, f := range []string{fieldTime, fieldDeadline} {
		v[f] = tie.Replace(v[f])
	}
	v[fieldContact] = tiePhones(v[fieldContact])
	return v
}

// paragraphsOf reads the marks of a body and then fills it: what a value holds is
// neither mark nor field.
func paragraphsOf(body string, values Values) []document.Paragraph {
	var out []document.Paragraph
	for line := range strings.SplitSeq(body, "\n") {
		if _, keep := fillLine(line, values); !keep || strings.TrimSpace(line) == "" {
			continue
		}
		var p document.Paragraph
		line, p.Centred = strings.CutPrefix(strings.TrimSpace(line), "> ")
		for _, run := range marked(line) {
			run.Text, _ = fillLine(run.Text, values)
			run.Text = tiePhones(run.Text)
			p.Runs = append(p.Runs, run)
		}
		out = append(out, p)
	}
	return out
}

var phone = regexp.MustCompile(`(?:\+84[ .]?|\b0)\d{1,4}(?:[ .]\d{2,4}){2,4}\b`)

// tiePhones keeps each phone number on one line.
func tiePhones(text string) string {
	return phone.ReplaceAllStringFunc(text, func(p string) string { return strings.ReplaceAll(p, " ", "\u00a0") })
}

// marked splits a line at its pairs of "**" and "__". A mark without its pair is text.
func marked(line string) []document.Run {
	var out []document.Run
	var bold, italic bool
	add := func(text string) {
		if text != "" {
			out = append(out, document.Run{Text: text, Bold: bold, Italic: italic})
		}
	}
	start := 0
	for at := 0; at+1 < len(line); at++ {
		mark := line[at : at+2]
		on := &bold
		if mark == "__" {
			on = &italic
		} else if mark != "**" {
			continue
		}
		if !*on && !strings.Contains(line[at+2:], mark) {
			continue
		}
		add(line[start:at])
		*on = !*on
		start = at + 2
		at++
	}
	add(line[start:])
	return out
}

func (r *Room) programmeAppendix(e edition.Edition, t LetterText, items []ProgrammeItem) document.Appendix {
	vi := r.locales.In(templates.Vietnamese)
	a := document.Appendix{Label: vi.T("invitation.letter.appendix", "n", "I"), Title: []string{vi.T("invitation.letter.programme"), titleOf(e)}, Note: r.attached(e, t)}
	a.Table = document.Table{Size: 12, Columns: []document.Column{{Title: vi.T("invitation.letter.time"), Width: 32, Centred: true},
		{Title: vi.T("invitation.letter.content"), Width: 83}, {Title: vi.T("invitation.letter.by"), Width: 50}}}
	day := ""
	for _, item := range items {
		start, end := item.StartsAt.In(vietnamese.Zone()), item.EndsAt.In(vietnamese.Zone())
		if d := dayInWords(vi, start); d != day {
			day = d
			a.Table.Rows = append(a.Table.Rows, []string{strings.ToUpper(d[:1]) + d[1:]})
		}
		a.Table.Rows = append(a.Table.Rows, []string{vietnamese.ClockTime(start) + " - " + vietnamese.ClockTime(end), item.Title, item.By})
	}
	if len(items) == 0 {
		a.Table = document.Table{}
		a.Before = []string{vi.T("invitation.letter.programme_later")}
	}
	return a
}

// titleOf gives the conference's name as a title, its number and its year tied together.
func titleOf(e edition.Edition) string {
	return strings.NewReplacer("LẦN THỨ ", "LẦN\u00a0THỨ\u00a0", "NĂM ", "NĂM\u00a0").Replace(strings.ToUpper(e.TitleVi))
}

// attached says what an appendix belongs to; the number and date stay blank.
func (r *Room) attached(e edition.Edition, t LetterText) string {
	return r.locales.In(templates.Vietnamese).T("invitation.letter.attached", "number", handBlank+"/"+t.Symbol, "blank", handBlank, "organiser", e.OrganiserVi)
}

const leastRows, mostRows = 8, 40 // of the registration form

func (r *Room) formAppendix(e edition.Edition, i Invitation, t LetterText) document.Appendix {
	vi := r.locales.In(templates.Vietnamese)
	say := func(part string, args ...any) string { return vi.T("invitation.letter.form."+part, args...) }
	dots := strings.Repeat("…", 10)
	a := document.Appendix{Label: vi.T("invitation.letter.appendix", "n", "II"), Title: []string{say("title"), titleOf(e)}, Note: r.attached(e, t),
		Before:   []string{say("unit", "name", i.Organisation.Vi, "code", r.ShortCode(i)), say("head") + " " + dots, say("focal") + " " + dots, say("list")},
		After:    []string{say("car") + " " + dots, say("arrive") + " " + dots, say("stay") + " " + dots, say("paper") + " " + dots, say("privacy")},
		SignLeft: say("sign_left"), SignRight: say("sign_right")}
	a.Table = document.Table{Size: 10, Columns: []document.Column{{Title: say("no"), Width: 9, Centred: true}, {Title: say("name"), Width: 36}, {Title: say("gender"), Width: 13},
		{Title: say("job"), Width: 26}, {Title: say("work"), Width: 32}, {Title: say("phone"), Width: 23}, {Title: say("vegetarian"), Width: 11}, {Title: say("note"), Width: 15}}}
	for n := range min(max(i.Seats(), leastRows), mostRows) {
		row := make([]string, len(a.Table.Columns))
		row[0] = fmt.Sprintf("%02d", n+1)
		a.Table.Rows = append(a.Table.Rows, row)
	}
	return a
}

// Format of a letter's file.
type Format string

// The formats.
const (
	PDF  Format = "pdf"
	DOCX Format = "docx"
)

// LetterFile makes the file of one organisation's letter. With an own template the
// DOCX is made from it; a PDF is then refused as a conflict, since nothing here can set a foreign
// document. Errors: as Letter.
func (r *Room) LetterFile(ctx context.Context, q db.Reader, invitationID int64, kind LetterKind, f Format) (name string, data []byte, err error) {
	i, err := ByID(ctx, q, invitationID)
	if err != nil {
		return "", nil, err
	}
	name = LetterName(i, kind, string(f))
	own, err := r.ownTemplate(ctx, q, i.EditionID, kind)
	if err != nil {
		return "", nil, err
	}
	if own != nil {
		data, err = r.fillOwn(ctx, q, i, own, f)
		return name, data, err
	}
	l, err := r.Letter(ctx, q, invitationID, kind, nil)
	if err != nil {
		return "", nil, err
	}
	var b bytes.Buffer
	if f == DOCX {
		err = document.LetterDOCX(&b, l)
	} else {
		err = document.LetterPDF(&b, l)
	}
	if err != nil {
		return "", nil, fmt.Errorf("make letter: %w", err)
	}
	return name, b.Bytes(), nil
}

// LetterName gives the name of a letter's file: "giay-moi-TNI-12.pdf". A province has several organisations,
// so the number of the invitation stands in it too; who belongs to none has "giay-moi-12.pdf".
func LetterName(i Invitation, kind LetterKind, ext string) string {
	name := strings.ReplaceAll(string(kind), "_", "-")
	if i.Province.Abbr != "" {
		name += "-" + i.Province.Abbr
	}
	return fmt.Sprintf("%s-%d.%s", name, i.ID, ext)
}
