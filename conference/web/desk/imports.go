package desk

import (
	"bytes"
	"net/http"
	"strconv"

	"hoinghi/conference"
	"hoinghi/conference/edition"
	"hoinghi/conference/sheet"
	"hoinghi/conference/web/ui"
)

const (
	importsAt  = organisationsAt + "/import"
	importBody = sheet.MaxFile + 1<<20 // a file with its form
)

func (d *Desk) importRoutes() []ui.Route {
	upload := ui.POST(importsAt, ui.AnyOrganisers, d.uploadList)
	upload.Limit = importBody
	return []ui.Route{
		ui.GET(importsAt, ui.AnyOrganisers, d.imports),
		upload,
		ui.GET(importsAt+"/template.xlsx", ui.AnyOrganisers, d.importTemplate),
		ui.GET(importsAt+"/:id", ui.AnyOrganisers, d.oneImport),
		ui.POST(importsAt+"/:id", ui.AnyOrganisers, d.chooseImport),
		ui.GET(importsAt+"/:id/live", ui.AnyOrganisers, d.importLive),
		ui.GET(importsAt+"/:id/problems.csv", ui.AnyOrganisers, d.importProblems),
		ui.POST(importsAt+"/:id/apply", ui.AnyOrganisers, d.applyImport),
		ui.POST(importsAt+"/:id/drop", ui.AnyOrganisers, d.dropImport),
	}
}

type importsPage struct {
	ui.Frame
	Form    *ui.Form
	Rows    []importRow
	Max     int // megabytes
	MaxRows int
}

type importRow struct {
	ID                           int64
	Name, When, Who, State, Chip string
	Added, Changed, Unchanged    int
	Applied                      bool
}

func (d *Desk) imports(r *ui.Request) error { return d.showImports(r, http.StatusOK, r.NewForm(nil)) }

func (d *Desk) showImports(r *ui.Request, status int, form *ui.Form) error {
	all, err := edition.Imports(r.Context(), d.DB)
	if err != nil {
		return err
	}
	page := importsPage{Form: form, Max: sheet.MaxFile >> 20, MaxRows: sheet.MaxRows,
		Frame: r.Frame("organisations", ui.Crumb{Label: r.T("desk.nav.organisations"), Href: organisationsAt})}
	chips := map[edition.ImportState]string{edition.ImportUploaded: "draft", edition.ImportApplying: "waiting", edition.ImportApplied: "done", edition.ImportFailed: "failed"}
	for _, i := range all {
		page.Rows = append(page.Rows, importRow{ID: i.ID, Name: i.FileName, When: ui.Moment(i.UploadedAt.Time, r.Lang()), Who: i.ByLabel, State: r.T("import.state." + string(i.State)),
			Chip: chips[i.State], Added: i.Added, Changed: i.Changed, Unchanged: i.Unchanged, Applied: i.State == edition.ImportApplied})
	}
	return r.PageStatus(status, "desk/organisations/imports", page)
}

func (d *Desk) uploadList(r *ui.Request) error {
	form, file, err := r.Upload("file")
	if err != nil {
		return err
	}
	if form.Wrong() {
		return d.showImports(r, form.Status(), form)
	}
	if file == nil {
		form.Note("file", conference.Say("import.error.no_file"))
		return d.showImports(r, http.StatusUnprocessableEntity, form)
	}
	i, err := d.Editions.Upload(r.Context(), form.Get("file_name"), file)
	if err != nil {
		if !form.Refuse(err) {
			return err
		}
		return d.showImports(r, http.StatusUnprocessableEntity, form)
	}
	return r.Redirect("%s/%d", importsAt, i.ID)
}

func (d *Desk) importOf(r *ui.Request) (edition.Import, error) {
	id, err := r.ID("id")
	if err != nil {
		return edition.Import{}, err
	}
	return edition.ImportByID(r.Context(), d.DB, id)
}

func (d *Desk) oneImport(r *ui.Request) error {
	i, err := d.importOf(r)
	if err != nil {
		return err
	}
	if part := r.Query("part") == "progress"; part || i.State == edition.ImportApplying || i.State == edition.ImportApplied {
		return d.showProgress(r, i, part)
	}
	return d.showChoices(r, http.StatusOK, i, nil, nil)
}

// chooseImport keeps what was decided and shows what it makes of the list.
func (d *Desk) chooseImport(r *ui.Request) error {
	i, err := d.importOf(r)
	if err != nil {
		return err
	}
	form, err := r.Form()
	if err != nil {
		return err
	}
	choices := edition.ImportChoices{Sheet: form.Int("sheet"), Header: form.Int("header"), Columns: map[string]int{}, Encoding: form.Get("encoding"), TitleCase: form.Checked("title_case")}
	for _, f := range edition.ImportFields() {
		if v := form.Get(string(f)); v != "" {
			choices.Columns[string(f)] = form.Int(string(f))
		}
	}
	if !form.Wrong() {
		if err := d.Editions.Choose(r.Context(), i.ID, choices); err != nil && !form.Refuse(err) {
			return err
		}
	}
	if form.Wrong() {
		return d.showChoices(r, http.StatusUnprocessableEntity, i, form, nil)
	}
	return r.Redirect("%s/%d#check", importsAt, i.ID)
}

func (d *Desk) applyImport(r *ui.Request) error {
	i, err := d.importOf(r)
	if err != nil {
		return err
	}
	form, err := r.Form()
	if err != nil {
		return err
	}
	if err := d.Editions.Apply(r.Context(), i.ID, form.Get("checked"), form.Checked("leave_out")); err != nil {
		if !form.Refuse(err) {
			return err
		}
		return d.showChoices(r, http.StatusUnprocessableEntity, i, nil, form)
	}
	return r.Redirect("%s/%d", importsAt, i.ID)
}

func (d *Desk) dropImport(r *ui.Request) error {
	i, err := d.importOf(r)
	if err != nil {
		return err
	}
	if err := d.Editions.DropImport(r.Context(), i.ID); err != nil {
		return err
	}
	r.Flash("success", "import.flash.dropped", "name", i.FileName)
	return r.Redirect("%s", importsAt)
}

type progressPage struct {
	ui.Frame
	I        edition.Import
	Base     string
	Failed   bool
	Finished string
	Changes  []importChangeRow
	Added    []importChangeRow
	More     bool // there is more than is shown
}

type importChangeRow struct {
	Row                              int
	ID                               int64
	Name, Label, Before, After, Href string
}

// shownChanges is how many changes the page of an applied list shows.
const shownChanges = 200

// showProgress shows a list that is written, or only the part of the page that follows
// it: whoever looks on while it fails is told there.
func (d *Desk) showProgress(r *ui.Request, i edition.Import, part bool) error {
	page := progressPage{I: i, Failed: i.State == edition.ImportFailed, Base: importsAt + "/" + ui.Itoa(i.ID), Finished: ui.Moment(i.FinishedAt.Time, r.Lang()),
		Frame: r.Frame("organisations", ui.Crumb{Label: r.T("desk.nav.organisations"), Href: organisationsAt}, ui.Crumb{Label: r.T("import.title"), Href: importsAt})}
	if i.State == edition.ImportApplied {
		if err := d.fillChanges(r, &page); err != nil {
			return err
		}
	}
	if part {
		return r.Fragment("desk/organisations/applied", "live", page)
	}
	return r.Page("desk/organisations/applied", page)
}

func (d *Desk) fillChanges(r *ui.Request, page *progressPage) error {
	for _, list := range []struct {
		added bool
		into  *[]importChangeRow
	}{{false, &page.Changes}, {true, &page.Added}} {
		all, err := edition.ImportChanges(r.Context(), d.DB, page.I.ID, list.added, shownChanges+1)
		if err != nil {
			return err
		}
		if len(all) > shownChanges {
			page.More, all = true, all[:shownChanges]
		}
		for _, c := range all {
			row := importChangeRow{Row: c.Row, ID: c.OrganisationID, Name: c.Name, Before: c.Before, After: c.After, Href: organisationsAt + "/" + ui.Itoa(c.OrganisationID)}
			if c.Field != "" {
				row.Label = r.Say(edition.ImportFieldText(c.Field))
			}
			*list.into = append(*list.into, row)
		}
	}
	return nil
}

func (d *Desk) importLive(r *ui.Request) error {
	i, err := d.importOf(r)
	if err != nil {
		return err
	}
	return r.Stream(edition.ImportTopic(i.ID))
}

// importProblems gives every problem of a list as a file, for whoever has to mend it.
func (d *Desk) importProblems(r *ui.Request) error {
	i, err := d.importOf(r)
	if err != nil {
		return err
	}
	checked, err := d.Editions.CheckImport(r.Context(), i)
	if err != nil {
		return err
	}
	rows := [][]string{{r.T("import.row"), r.T("import.column"), r.T("import.value"), r.T("import.problem"), r.T("import.weight")}}
	for _, p := range checked.Problems {
		weight, column := r.T("import.warning"), ""
		if p.Error {
			weight = r.T("import.wrong")
		}
		if p.Column != sheet.NoHeader {
			column = sheet.Letters(p.Column)
		}
		rows = append(rows, []string{strconv.Itoa(p.Row), column, p.Value, sayAll(r, p.Texts()), weight})
	}
	var b bytes.Buffer
	if err := sheet.WriteCSV(&b, rows); err != nil {
		return err
	}
	return r.File("text/csv; charset=utf-8", r.T("import.problems_file")+".csv", b.Bytes())
}

// importTemplate gives the form to be filled in, with drop-downs of kinds and of the
// provinces as they are today.
func (d *Desk) importTemplate(r *ui.Request) error {
	places, err := d.places(r)
	if err != nil {
		return err
	}
	t := sheet.Template{Name: r.T("organisation.sheet"), Lists: r.T("import.lists"), HelpName: r.T("import.help_sheet"), Rows: 1000}
	choices := map[edition.ImportField][]ui.Option{edition.FieldKind: kindOptions(r, ""), edition.FieldProvince: provinceOptions(r, places, 0)}
	widths := map[edition.ImportField]float64{edition.FieldName: 48, edition.FieldKind: 34}
	for _, f := range edition.ImportFields() {
		if f == edition.FieldValidFrom {
			continue // for what was exported; whoever fills in a form means the organisations of today
		}
		c := sheet.TemplateColumn{Heading: r.Say(edition.ImportFieldText(f)), Note: r.T("import.note." + string(f)), Width: 26}
		if w := widths[f]; w > 0 {
			c.Width = w
		}
		for _, o := range choices[f] {
			c.Choices = append(c.Choices, o.Label)
		}
		t.Columns = append(t.Columns, c)
	}
	for _, key := range []string{"import.help.1", "import.help.2", "import.help.3", "import.help.4", "import.help.5"} {
		t.Help = append(t.Help, r.T(key))
	}
	var b bytes.Buffer
	if err := t.Write(&b); err != nil {
		return err
	}
	return r.File(xlsxType, r.T("import.template_file")+".xlsx", b.Bytes())
}
