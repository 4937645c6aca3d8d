package desk

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"hoinghi/conference"
	"hoinghi/conference/edition"
	"hoinghi/conference/sheet"
	"hoinghi/conference/vietnamese"
	"hoinghi/conference/web/ui"
)

const (
	shownRows     = 10 // of the preview
	shownProblems = 50 // on one page
)

type choicesPage struct {
	ui.Frame
	I          edition.Import
	Base       string
	Form       *ui.Form
	Apply      *ui.Form
	Failed     bool
	Seal       string // of the choices that were checked, "" while the page shows others
	Format     string
	Sheets     []ui.Option
	Headers    []ui.Option
	Fields     []columnField
	Legacy     []conversionRow
	Capitals   []conversionRow
	LegacyName string
	Encodings  []ui.Option
	Checked    edition.Checked
	Skipped    string
	Preview    []previewRow
	Problems   []problemRow
	Total      int // problems
	Prev, Next string
	Page       int
	Pages      int
}

type columnField struct {
	Name, Label, Sample string
	Required            bool
	Options             []ui.Option
}

type conversionRow struct {
	Row           int
	Before, After string
}

type previewRow struct {
	Row                                             int
	Name, Kind, Province, Phone, Email, State, Chip string
	Contacts                                        []string
	Changes                                         []importChangeRow
}

type problemRow struct {
	Row                 int
	Column, Value, Text string
	Error               bool
}

// showChoices shows a list that is not applied yet: what was guessed or decided, and
// what follows from it. form and apply are the refused ones of its two forms, nil otherwise.
func (d *Desk) showChoices(r *ui.Request, status int, i edition.Import, form, apply *ui.Form) error {
	checked, err := d.Editions.CheckImport(r.Context(), i)
	if err != nil {
		return err
	}
	places, err := d.places(r)
	if err != nil {
		return err
	}
	page := choicesPage{I: i, Base: importsAt + "/" + ui.Itoa(i.ID), Form: form, Apply: apply, Failed: i.State == edition.ImportFailed, Checked: checked,
		Frame: r.Frame("organisations", ui.Crumb{Label: r.T("desk.nav.organisations"), Href: organisationsAt}, ui.Crumb{Label: r.T("import.title"), Href: importsAt})}
	if form == nil {
		page.Form, page.Seal = choicesForm(r, i.Choices), i.Choices.Seal()
	}
	if apply == nil {
		page.Apply = r.NewForm(nil)
	}
	page.Format = formatText(r, i.FileName, checked.Book)
	page.table(r, checked.Book)
	page.conversions(r)
	page.preview(r, places)
	page.problems(r)
	return r.PageStatus(status, "desk/organisations/import", page)
}

func formatText(r *ui.Request, name string, b *sheet.Book) string {
	if b.Format == "csv" {
		text := r.T("import.format_csv", "encoding", b.Encoding, "comma", map[string]string{",": ",", ";": ";", "\t": "Tab", "|": "|"}[b.Comma])
		if strings.HasSuffix(strings.ToLower(name), ".xlsx") {
			text = r.T("import.format_no_workbook", "format", text)
		}
		return text
	}
	return r.T("import.format_xlsx", "n", len(b.Sheets))
}

func choicesForm(r *ui.Request, c edition.ImportChoices) *ui.Form {
	values := map[string]string{"sheet": strconv.Itoa(c.Sheet), "header": strconv.Itoa(c.Header), "encoding": c.Encoding}
	for f, column := range c.Columns {
		values[f] = strconv.Itoa(column)
	}
	if c.TitleCase {
		values["title_case"] = "1"
	}
	return r.NewForm(values)
}

// table fills what there is to choose from: sheets, header rows, columns.
func (page *choicesPage) table(r *ui.Request, b *sheet.Book) {
	c := page.I.Choices
	for n, s := range b.Sheets {
		label := r.T("import.sheet_rows", "name", s.Name, "n", vietnamese.Number(len(s.Rows), r.Lang()))
		if s.Hidden {
			label = r.T("import.sheet_hidden", "sheet", label)
		}
		page.Sheets = append(page.Sheets, ui.Option{Value: strconv.Itoa(n), Label: label})
	}
	if c.Sheet >= len(b.Sheets) {
		return
	}
	s := &b.Sheets[c.Sheet]
	page.Headers = append(page.Headers, ui.Option{Value: strconv.Itoa(sheet.NoHeader), Label: r.T("import.no_header")})
	for n := range min(sheet.HeaderRows, len(s.Rows)) {
		page.Headers = append(page.Headers, ui.Option{Value: strconv.Itoa(n), Label: r.T("import.header_row", "n", s.Rows[n].Number, "text", rowText(s.Rows[n]))})
	}
	columns := []ui.Option{{Label: r.T("import.no_column")}}
	headings := s.Headings(c.Header)
	for n := range s.Width() {
		label := sheet.Letters(n)
		if n < len(headings) && headings[n] != "" {
			label += " – " + short(headings[n], 60)
		}
		columns = append(columns, ui.Option{Value: strconv.Itoa(n), Label: label})
	}
	body := s.Body(c.Header)
	for _, f := range edition.ImportFields() {
		field := columnField{Name: string(f), Label: r.Say(edition.ImportFieldText(f)), Options: columns, Required: f == edition.FieldName, Sample: r.T("import.note." + string(f))}
		if column, ok := c.Columns[string(f)]; ok {
			field.Sample = r.T("import.sample", "text", samples(body, column))
		}
		page.Fields = append(page.Fields, field)
	}
}

// rowText gives a row in one line.
func rowText(row sheet.Row) string {
	var out []string
	for _, c := range row.Cells {
		if c = vietnamese.Normalise(c); c != "" && (len(out) == 0 || out[len(out)-1] != c) {
			out = append(out, short(c, 24))
		}
	}
	return short(strings.Join(out, " | "), 90)
}

func short(s string, n int) string {
	if utf8.RuneCountInString(s) <= n {
		return s
	}
	return string([]rune(s)[:n]) + "…"
}

// samples gives the first different values of a column.
func samples(rows []sheet.Row, column int) string {
	var out []string
	for _, row := range rows {
		if v := short(vietnamese.Normalise(row.Cell(column)), 40); v != "" && !slices.Contains(out, v) {
			out = append(out, v)
		}
		if len(out) == 3 {
			break
		}
	}
	return strings.Join(out, "; ")
}

func (page *choicesPage) conversions(r *ui.Request) {
	rows := func(all []edition.Conversion) []conversionRow {
		var out []conversionRow
		for _, c := range all {
			out = append(out, conversionRow{c.Row, c.Before, c.After})
		}
		return out
	}
	page.Legacy, page.Capitals = rows(page.Checked.Legacy), rows(page.Checked.Capitals)
	page.LegacyName = map[vietnamese.Legacy]string{vietnamese.TCVN3: "TCVN3 (ABC, .VnTime)", vietnamese.VNI: "VNI (VNI-Times)"}[page.Checked.Encoding]
	page.Encodings = []ui.Option{{Value: edition.LegacyConvert, Label: r.T("import.encoding.convert")}, {Value: edition.LegacyKeep, Label: r.T("import.encoding.keep")}}
}

func (page *choicesPage) preview(r *ui.Request, places *edition.Places) {
	chips := map[edition.EntryState]string{edition.EntryNew: "info", edition.EntryChanged: "warning", edition.EntrySame: "done"}
	// What changes is what somebody wants to see before anything else.
	order := slices.Clone(page.Checked.Entries)
	slices.SortStableFunc(order, func(a, b edition.Entry) int { return rank(a.State) - rank(b.State) })
	for _, e := range order[:min(shownRows, len(order))] {
		o := e.Organisation
		row := previewRow{Row: e.Row, Name: o.NameVi, Kind: joinParts(r.Say(edition.OrganisationKindText(o.Kind)), validityText(r, o)), Phone: phonesText(o.Phone, o.OtherPhone), Email: o.Email,
			State: r.T("import.entry." + string(e.State)), Chip: chips[e.State]}
		if p := places.Named(o.ProvinceID); p.ProvinceID != 0 {
			row.Province = p.Short(r.Lang())
		}
		for _, c := range e.Contacts {
			row.Contacts = append(row.Contacts, joinParts(c.FullName, c.JobTitle, phonesText(c.Phone, c.OtherPhone), c.Email))
		}
		for _, c := range e.Changes {
			row.Changes = append(row.Changes, importChangeRow{Label: r.Say(edition.ImportFieldText(c.Field)), Before: c.Before, After: c.After})
		}
		page.Preview = append(page.Preview, row)
	}
	var skipped []string
	for _, n := range page.Checked.Skipped[:min(20, len(page.Checked.Skipped))] {
		skipped = append(skipped, strconv.Itoa(n))
	}
	page.Skipped = strings.Join(skipped, ", ")
}

func rank(s edition.EntryState) int {
	switch s {
	case edition.EntryChanged:
		return 0
	case edition.EntryNew:
		return 1
	default:
		return 2
	}
}

func joinParts(parts ...string) string {
	return strings.Join(slices.DeleteFunc(parts, func(s string) bool { return s == "" }), ", ")
}

// sayAll gives sentences one after the other.
func sayAll(r *ui.Request, all []conference.Text) string {
	out := make([]string, len(all))
	for n, t := range all {
		out[n] = r.Say(t)
	}
	return strings.Join(out, " ")
}

// problems fills one page of the problems, errors first.
func (page *choicesPage) problems(r *ui.Request) {
	all := slices.Clone(page.Checked.Problems)
	slices.SortStableFunc(all, func(a, b edition.RowProblem) int {
		switch {
		case a.Error == b.Error:
			return a.Row - b.Row
		case a.Error:
			return -1
		}
		return 1
	})
	page.Total, page.Pages = len(all), max(1, (len(all)+shownProblems-1)/shownProblems)
	page.Page = max(1, min(page.Pages, int(min(r.QueryID("page"), 100_000))))
	from := (page.Page - 1) * shownProblems
	for _, p := range all[from:min(len(all), from+shownProblems)] {
		row := problemRow{Row: p.Row, Value: short(p.Value, 80), Text: sayAll(r, p.Texts()), Error: p.Error}
		if p.Column != sheet.NoHeader {
			row.Column = sheet.Letters(p.Column)
		}
		page.Problems = append(page.Problems, row)
	}
	if page.Page > 1 {
		page.Prev = fmt.Sprintf("%s?page=%d#problems", page.Base, page.Page-1)
	}
	if page.Page < page.Pages {
		page.Next = fmt.Sprintf("%s?page=%d#problems", page.Base, page.Page+1)
	}
}
