package desk

import (
	"bytes"
	"net/http"
	"strings"

	"hoinghi/conference"
	"hoinghi/conference/document"
	"hoinghi/conference/edition"
	"hoinghi/conference/invitation"
	"hoinghi/conference/web/ui"
)

const (
	oneScan   = invitation.MaxSigned + 1<<20 // body of one upload
	manyScans = 400 << 20                    // of all files of a bulk upload together
)

func (d *Desk) letterRoutes() []ui.Route {
	const at = "/desk/e/:edition/letters"
	many := ui.POST(at+"/upload", ui.Organisers, d.uploadSigned)
	many.Limit = manyScans
	own := ui.POST(at+"/template", ui.Organisers, d.setTemplate)
	own.Limit = invitation.MaxTemplate + 1<<20
	routes := []ui.Route{
		ui.GET(at, ui.Organisers, d.letters),
		ui.GET(at+"/text", ui.Organisers, d.letterText),
		ui.POST(at+"/text", ui.Organisers, d.setLetterText),
		own,
		ui.POST(at+"/template/drop", ui.Organisers, d.dropTemplate),
		ui.GET(at+"/upload", ui.Organisers, d.uploads),
		many,
		ui.POST(at+"/upload/confirm", ui.Organisers, d.confirmUploads),
		ui.POST(at+"/upload/discard", ui.Organisers, d.discardUploads),
		ui.POST(at+"/zip", ui.Organisers, d.packLetters),
		ui.GET(at+"/zip", ui.Organisers, d.packing),
		ui.GET(at+"/zip/live", ui.Organisers, d.packingLive),
		ui.GET(at+"/zip/file", ui.Organisers, d.packed),
		ui.POST(at+"/zip/stop", ui.Organisers, d.stopPacking),
		ui.GET(at+"/:id", ui.Organisers, d.oneLetter),
	}
	for _, k := range invitation.LetterKinds() {
		of := at + "/:id/" + string(k)
		scan := ui.POST(of+"/signed", ui.Organisers, func(r *ui.Request) error { return d.setSigned(r, k) })
		scan.Limit = oneScan
		routes = append(routes, scan,
			ui.POST(of+"/signed/drop", ui.Organisers, func(r *ui.Request) error { return d.dropSigned(r, k) }),
			ui.GET(of+"/signed.pdf", ui.Organisers, func(r *ui.Request) error { return d.signedFile(r, k) }),
			ui.GET(of+"/letter.pdf", ui.Organisers, func(r *ui.Request) error { return d.letterFile(r, k, invitation.PDF) }),
			ui.GET(of+"/letter.docx", ui.Organisers, func(r *ui.Request) error { return d.letterFile(r, k, invitation.DOCX) }))
	}
	return routes
}

const docxType = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"

// kindOf gives the kind of letter that somebody asks for, the giấy mời when it is not said.
func kindOf(said string) (invitation.LetterKind, error) {
	k := invitation.LetterKind(said)
	if !k.Known() {
		return "", conference.NotFound()
	}
	return k, nil
}

// kindForm reads a posted form that says of which kind of letter it is.
func kindForm(r *ui.Request) (*ui.Form, invitation.LetterKind, error) {
	form, err := r.Form()
	if err != nil {
		return nil, "", err
	}
	kind, err := kindOf(form.Get("kind"))
	return form, kind, err
}

func lettersBase(r *ui.Request) string { return "/desk/e/" + r.Edition().Slug + "/letters" }

func lettersCrumb(r *ui.Request) ui.Crumb {
	return ui.Crumb{Label: r.T("letters.nav"), Href: lettersBase(r)}
}

// chosenKind gives the kind of a page's address, the giấy mời by default.
func chosenKind(r *ui.Request) invitation.LetterKind {
	if k, err := kindOf(r.Query("kind")); err == nil {
		return k
	}
	return invitation.GiayMoi
}

func kindTabs(r *ui.Request, href string, chosen invitation.LetterKind) []filter {
	var out []filter
	for _, k := range invitation.LetterKinds() {
		out = append(out, filter{Label: r.Say(invitation.LetterKindText(k)), Href: href + "?kind=" + string(k), Current: k == chosen})
	}
	return out
}

type lettersPage struct {
	ui.Frame
	Base     string
	Kind     invitation.LetterKind
	Tabs     []filter
	Rows     []letterRow
	HaveIt   int // organisations with a signed letter
	Staged   int // scans that wait to be confirmed
	Own      bool
	Packing  bool
	KindName string
}

type letterRow struct {
	ID                int64
	Name, Code, State string
	Signed            bool
	Pages             int
}

// letters lists the letter of every organisation.
func (d *Desk) letters(r *ui.Request) error {
	e, kind := r.Edition(), chosenKind(r)
	page := lettersPage{Frame: r.Frame("letters"), Base: lettersBase(r), Kind: kind, Tabs: kindTabs(r, lettersBase(r), kind), KindName: r.Say(invitation.LetterKindText(kind))}
	all, err := invitation.List(r.Context(), d.DB, e.ID)
	if err != nil {
		return err
	}
	signed, err := invitation.SignedOf(r.Context(), d.DB, e.ID)
	if err != nil {
		return err
	}
	for _, i := range all {
		row := letterRow{ID: i.ID, Name: i.Organisation.In(r.Lang()), Code: d.Invitations.ShortCode(i), State: r.T("letters.state.unsigned")}
		for _, s := range signed[i.ID] {
			if s.Kind == kind {
				row.Signed, row.Pages, row.State = true, s.Pages, r.T("letters.state.signed")
				page.HaveIt++
			}
		}
		page.Rows = append(page.Rows, row)
	}
	staged, err := invitation.Staged(r.Context(), d.DB, e.ID, kind)
	if err != nil {
		return err
	}
	page.Staged = len(staged)
	if page.Own, err = d.hasOwn(r, kind); err != nil {
		return err
	}
	_, page.Packing = d.packs.of(e.ID)
	return r.Page("desk/letters/list", page)
}

func (d *Desk) hasOwn(r *ui.Request, kind invitation.LetterKind) (bool, error) {
	_, err := invitation.OwnTemplateOf(r.Context(), d.DB, r.Edition().ID, kind)
	if conference.KindOf(err) == conference.KindNotFound {
		return false, nil
	}
	return err == nil, err
}

// letterFile answers with the draft of one organisation's letter. A PDF is shown, a DOCX
// saved. A text that makes no letter, such as that of an edition without a host, is shown instead.
func (d *Desk) letterFile(r *ui.Request, kind invitation.LetterKind, f invitation.Format) error {
	i, err := d.oneInvitation(r)
	if err != nil {
		return err
	}
	name, data, err := d.Invitations.LetterFile(r.Context(), d.DB, i.ID, kind, f)
	if conference.KindOf(err) == conference.KindInvalid { // the text, where it can be mended, with what is amiss
		t, other := d.Invitations.LetterText(r.Context(), d.DB, r.Edition(), kind)
		if other != nil {
			return other
		}
		form := letterTextForm(r, t)
		form.Refuse(err)
		return d.showLetterText(r, http.StatusUnprocessableEntity, kind, form, r.NewForm(nil))
	}
	if err != nil {
		return err
	}
	if f == invitation.DOCX {
		return r.File(docxType, name, data)
	}
	return r.ShowPDF(data)
}

type letterTextPage struct {
	ui.Frame
	Form     *ui.Form
	File     *ui.Form
	Base     string
	Kind     invitation.LetterKind
	Tabs     []filter
	Fields   []mergeField
	First    int64 // the invitation of the preview, 0 without any
	For      string
	Own      bool
	OwnName  string
	OwnWhen  string
	Despatch bool
	Unpaired []string // marks of the text that are printed as they stand
	Unfit    []unfit  // what the own template that was refused lacks or holds amiss
}

// unfit is one list of what is amiss in a template.
type unfit struct {
	Title string
	Items []string
}

func unfitOf(r *ui.Request, f invitation.Fitness) []unfit {
	var out []unfit
	add := func(title string, items []string) {
		if len(items) > 0 {
			out = append(out, unfit{r.T("letters.template." + title), items})
		}
	}
	at := func(marks []document.Mark) (items []string) {
		for _, m := range marks {
			items = append(items, r.T("letters.template.at", "mark", m.Text, "part", r.T("letters.template.part."+string(m.Part)), "n", m.Para))
		}
		return items
	}
	var missing []string
	for _, name := range f.Missing {
		missing = append(missing, "["+name+"] - "+r.T("invitation.field."+name))
	}
	add("unknown", at(f.Where))
	add("doubtful", at(f.Doubtful))
	add("missing", missing)
	return out
}

func letterTextForm(r *ui.Request, t invitation.LetterText) *ui.Form {
	return r.NewForm(map[string]string{"parent": t.Parent, "agency": t.Agency, "symbol": t.Symbol, "place": t.Place, "abstract": t.Abstract,
		"addressees": t.Addressees, "body": t.Body, "recipients": t.Recipients, "authority": t.Authority, "signer": t.Signer})
}

func readLetterText(f *ui.Form) invitation.LetterText {
	return invitation.LetterText{Parent: f.Text("parent"), Agency: f.Text("agency"), Symbol: f.Get("symbol"), Place: f.Get("place"), Abstract: f.Text("abstract"),
		Addressees: f.Text("addressees"), Body: f.Text("body"), Recipients: f.Text("recipients"), Authority: f.Text("authority"), Signer: f.Get("signer")}
}

func (d *Desk) letterText(r *ui.Request) error {
	t, err := d.Invitations.LetterText(r.Context(), d.DB, r.Edition(), chosenKind(r))
	if err != nil {
		return err
	}
	return d.showLetterText(r, http.StatusOK, chosenKind(r), letterTextForm(r, t), r.NewForm(nil))
}

func (d *Desk) showLetterText(r *ui.Request, status int, kind invitation.LetterKind, form, file *ui.Form, amiss ...unfit) error {
	base := lettersBase(r)
	page := letterTextPage{Frame: r.Frame("letters", lettersCrumb(r)), Form: form, File: file, Base: base, Kind: kind, Tabs: kindTabs(r, base+"/text", kind), Despatch: kind == invitation.CongVan, Unfit: amiss}
	for _, f := range invitation.TemplateFields() {
		page.Fields = append(page.Fields, mergeField{Name: "[" + f + "]", Text: r.T("invitation.field." + f)})
	}
	all, err := invitation.List(r.Context(), d.DB, r.Edition().ID)
	if err != nil {
		return err
	}
	if len(all) > 0 {
		page.First, page.For = all[0].ID, all[0].Organisation.In(r.Lang())
	}
	for _, u := range invitation.UnpairedMarks(form.Text("body")) {
		page.Unpaired = append(page.Unpaired, r.T("letters.text.unpaired", "mark", u.Mark, "line", u.Line))
	}
	own, err := invitation.OwnTemplateOf(r.Context(), d.DB, r.Edition().ID, kind)
	switch {
	case err == nil:
		page.Own, page.OwnName, page.OwnWhen = true, own.Name, ui.Moment(own.UploadedAt.Time, r.Lang())
	case conference.KindOf(err) != conference.KindNotFound:
		return err
	}
	return r.PageStatus(status, "desk/letters/text", page)
}

// setLetterText saves the text, or shows the letter that would come of it.
func (d *Desk) setLetterText(r *ui.Request) error {
	form, kind, err := kindForm(r)
	if err != nil {
		return err
	}
	t := readLetterText(form)
	if form.Get("do") == "preview" {
		err = d.previewLetter(r, kind, t)
	} else {
		err = d.Invitations.SetLetterText(r.Context(), r.Edition().ID, kind, t)
	}
	switch {
	case err != nil && !form.Refuse(err):
		return err
	case err != nil:
		return d.showLetterText(r, http.StatusUnprocessableEntity, kind, form, r.NewForm(nil))
	case form.Get("do") == "preview":
		return nil
	}
	r.Flash("success", "letters.text.saved")
	return r.Redirect("%s/text?kind=%s", lettersBase(r), kind)
}

// previewLetter answers with the first organisation's letter as it would be.
func (d *Desk) previewLetter(r *ui.Request, kind invitation.LetterKind, t invitation.LetterText) error {
	all, err := invitation.List(r.Context(), d.DB, r.Edition().ID)
	if err != nil {
		return err
	}
	if len(all) == 0 {
		return conference.NotFound()
	}
	l, err := d.Invitations.Letter(r.Context(), d.DB, all[0].ID, kind, &t)
	if err != nil {
		return err
	}
	var b bytes.Buffer
	if err := document.LetterPDF(&b, l); err != nil {
		return err
	}
	return r.ShowPDF(b.Bytes())
}

// setTemplate takes an organiser's own DOCX, after saying what it lacks.
func (d *Desk) setTemplate(r *ui.Request) error {
	var file ui.File
	form, err := r.Files("template", invitation.MaxTemplate, func(_ *ui.Form, f ui.File) error { file = f; return nil })
	if err != nil {
		return err
	}
	kind, err := kindOf(form.Get("kind"))
	if err != nil {
		return err
	}
	var amiss []unfit
	if !form.Wrong() {
		if fitness, err := invitation.CheckTemplate(file.Data); err == nil {
			amiss = unfitOf(r, fitness)
		}
		err := d.Invitations.SetTemplate(r.Context(), r.Edition().ID, kind, file.Name, file.Data, form.Get("despite") != "")
		if err != nil && !form.Refuse(err) {
			return err
		}
	}
	if form.Wrong() {
		t, err := d.Invitations.LetterText(r.Context(), d.DB, r.Edition(), kind)
		if err != nil {
			return err
		}
		return d.showLetterText(r, form.Status(), kind, letterTextForm(r, t), form, amiss...)
	}
	r.Flash("success", "letters.template.saved")
	return r.Redirect("%s/text?kind=%s", lettersBase(r), kind)
}

func (d *Desk) dropTemplate(r *ui.Request) error {
	_, kind, err := kindForm(r)
	if err != nil {
		return err
	}
	if err := d.Invitations.DropTemplate(r.Context(), r.Edition().ID, kind); err != nil {
		return err
	}
	r.Flash("success", "letters.template.dropped")
	return r.Redirect("%s/text?kind=%s", lettersBase(r), kind)
}

// zipName gives "giay-moi-xii-2022.zip".
func zipName(e edition.Edition, kind invitation.LetterKind) string {
	return strings.ReplaceAll(string(kind), "_", "-") + "-" + e.Slug + ".zip"
}
