package desk

import (
	"bytes"
	"fmt"
	"net/url"
	"time"

	"hoinghi/conference/edition"
	"hoinghi/conference/sheet"
	"hoinghi/conference/vietnamese"
	"hoinghi/conference/web/ui"
)

const (
	organisationsAt   = "/desk/organisations"
	organisationsPage = 50
	xlsxType          = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
)

func (d *Desk) organisationRoutes() []ui.Route {
	const at = organisationsAt
	return []ui.Route{
		ui.GET(at, ui.AnyOrganisers, d.organisations),
		ui.GET(at+"/export.xlsx", ui.AnyOrganisers, d.exportWorkbook),
		ui.GET(at+"/export.csv", ui.AnyOrganisers, d.exportCSV),
		ui.GET(at+"/new", ui.AnyOrganisers, d.newOrganisation),
		ui.POST(at+"/new", ui.AnyOrganisers, d.addOrganisation),
		ui.GET(at+"/:id", ui.AnyOrganisers, d.organisation),
		ui.POST(at+"/:id", ui.AnyOrganisers, d.changeOrganisation),
		ui.POST(at+"/:id/contacts", ui.AnyOrganisers, d.addContact),
		ui.POST(at+"/:id/contacts/:contact", ui.AnyOrganisers, d.changeContact),
		ui.POST(at+"/:id/contacts/:contact/remove", ui.AnyOrganisers, d.removeContact),
	}
}

type organisationsPageData struct {
	ui.Frame
	Rows        []organisationRow
	Query       string
	Provinces   []ui.Option
	Kinds       []ui.Option
	Total       int
	Page, Pages int
	Prev, Next  string
	Filter      string // the filter as part of an address, "" for none
}

type organisationRow struct {
	ID                                           int64
	Name, Kind, Province, Phone, Email, Validity string
	Contacts                                     []edition.Contact
}

// today gives the day in Viet Nam.
func today(r *ui.Request) string { return r.Now().In(vietnamese.Zone()).Format(time.DateOnly) }

// places gives the provinces as they are today.
func (d *Desk) places(r *ui.Request) (*edition.Places, error) {
	return edition.PlacesOn(r.Context(), d.DB, today(r))
}

func organisationFilter(r *ui.Request) edition.OrganisationFilter {
	return edition.OrganisationFilter{Query: r.Query("q"), Province: r.QueryID("province"), Kind: edition.OrganisationKind(r.Query("kind"))}
}

// filterQuery gives a filter as part of an address.
func filterQuery(f edition.OrganisationFilter) string {
	v := url.Values{}
	if f.Query != "" {
		v.Set("q", f.Query)
	}
	if f.Province != 0 {
		v.Set("province", ui.Itoa(f.Province))
	}
	if f.Kind != "" {
		v.Set("kind", string(f.Kind))
	}
	return v.Encode()
}

func (d *Desk) organisations(r *ui.Request) error {
	f := organisationFilter(r)
	number := max(1, int(min(r.QueryID("page"), 100_000)))
	found, total, err := edition.Organisations(r.Context(), d.DB, f, organisationsPage, (number-1)*organisationsPage)
	if err != nil {
		return err
	}
	places, err := d.places(r)
	if err != nil {
		return err
	}
	page := organisationsPageData{Frame: r.Frame("organisations"), Query: f.Query, Total: total, Page: number,
		Pages: max(1, (total+organisationsPage-1)/organisationsPage), Filter: filterQuery(f)}
	address := func(n int) string { return fmt.Sprintf("%s?%s", organisationsAt, addPage(page.Filter, n)) }
	if number > page.Pages {
		return r.Redirect("%s", address(page.Pages)) // the list has become shorter
	}
	page.Provinces = provinceOptions(r, places, f.Province)
	page.Kinds = kindOptions(r, f.Kind)
	for _, o := range found {
		page.Rows = append(page.Rows, listedRow(r, places, o))
	}
	if number > 1 {
		page.Prev = address(number - 1)
	}
	if number < page.Pages {
		page.Next = address(number + 1)
	}
	return r.Page("desk/organisations/list", page)
}

func addPage(filter string, n int) string {
	if filter != "" {
		filter += "&"
	}
	return filter + fmt.Sprintf("page=%d", n)
}

func listedRow(r *ui.Request, places *edition.Places, o edition.Listed) organisationRow {
	row := organisationRow{ID: o.ID, Name: o.Name(r.Lang()), Kind: r.Say(edition.OrganisationKindText(o.Kind)), Phone: phonesText(o.Phone, o.OtherPhone), Email: o.Email, Contacts: o.Contacts}
	if p := places.Named(o.ProvinceID); p.ProvinceID != 0 {
		row.Province = p.Short(r.Lang())
	}
	row.Validity = validityText(r, o.Organisation)
	for i := range row.Contacts {
		row.Contacts[i].Phone = phonesText(row.Contacts[i].Phone, row.Contacts[i].OtherPhone)
	}
	return row
}

// validityText says when an organisation that is not of today is there; "" for one of today.
func validityText(r *ui.Request, o edition.Organisation) string {
	switch day := today(r); {
	case o.ValidTo != "" && o.ValidTo < day:
		return r.T("organisation.until", "day", dayText(o.ValidTo, r.Lang()))
	case o.ValidFrom > day:
		return r.T("organisation.from", "day", dayText(o.ValidFrom, r.Lang()))
	default:
		return ""
	}
}

func dayText(day, lang string) string {
	t, err := time.Parse(time.DateOnly, day)
	if err != nil {
		return day
	}
	if lang == "en" {
		return vietnamese.EnglishDate(t)
	}
	return vietnamese.ShortDate(t)
}

// phonesText gives one or two numbers for people.
func phonesText(first, second string) string {
	if second == "" {
		return ui.Phone(first)
	}
	return ui.Phone(first) + "; " + ui.Phone(second)
}

func provinceOptions(r *ui.Request, places *edition.Places, chosen int64) []ui.Option {
	var out []ui.Option
	for _, p := range places.All() {
		out = append(out, ui.Option{Value: ui.Itoa(p.ProvinceID), Label: p.Short(r.Lang()), Selected: p.ProvinceID == chosen})
	}
	return out
}

func kindOptions(r *ui.Request, chosen edition.OrganisationKind) []ui.Option {
	var out []ui.Option
	for _, k := range edition.OrganisationKinds() {
		out = append(out, ui.Option{Value: string(k), Label: r.Say(edition.OrganisationKindText(k)), Selected: k == chosen})
	}
	return out
}

// maxExport is how many organisations one file may hold.
const maxExport = 100_000

// exportRows gives the list as the import reads it: one row per contact.
func (d *Desk) exportRows(r *ui.Request) ([][]string, error) {
	found, _, err := edition.Organisations(r.Context(), d.DB, organisationFilter(r), maxExport, 0)
	if err != nil {
		return nil, err
	}
	places, err := d.places(r)
	if err != nil {
		return nil, err
	}
	var head []string
	for _, f := range edition.ImportFields() {
		head = append(head, r.Say(edition.ImportFieldText(f)))
	}
	rows := [][]string{head}
	for _, o := range found {
		row := listedRow(r, places, o)
		contacts, since := row.Contacts, ""
		if o.ValidFrom != "" {
			since = dayText(o.ValidFrom, "vi") // in figures, as the import reads it in every language
		}
		if len(contacts) == 0 {
			contacts = []edition.Contact{{}}
		}
		for _, c := range contacts {
			rows = append(rows, []string{o.NameVi, row.Kind, row.Province, row.Email, row.Phone, c.FullName, c.JobTitle, c.Phone, c.Email, since})
		}
	}
	return rows, nil
}

func (d *Desk) exportWorkbook(r *ui.Request) error {
	rows, err := d.exportRows(r)
	if err != nil {
		return err
	}
	var b bytes.Buffer
	if err := sheet.WriteWorkbook(&b, r.T("organisation.sheet"), []float64{48, 26, 22, 28, 24, 26, 24, 24, 28, 18}, rows); err != nil {
		return err
	}
	return r.File(xlsxType, r.T("organisation.file")+".xlsx", b.Bytes())
}

func (d *Desk) exportCSV(r *ui.Request) error {
	rows, err := d.exportRows(r)
	if err != nil {
		return err
	}
	var b bytes.Buffer
	if err := sheet.WriteCSV(&b, rows); err != nil {
		return err
	}
	return r.File("text/csv; charset=utf-8", r.T("organisation.file")+".csv", b.Bytes())
}
