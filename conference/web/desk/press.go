package desk

import (
	"net/http"
	"slices"

	"hoinghi/conference"
	"hoinghi/conference/audit"
	"hoinghi/conference/delegation"
	"hoinghi/conference/document"
	"hoinghi/conference/press"
	"hoinghi/conference/web/ui"
	"hoinghi/db"
)

func (d *Desk) pressRoutes() []ui.Route {
	const at = "/desk/e/:edition/press"
	return []ui.Route{
		ui.GET(at, ui.PressOfficers, d.press),
		ui.GET(at+"/live", ui.PressOfficers, func(r *ui.Request) error { return r.Stream(press.Topic(r.Edition().ID)) }),
		ui.GET(at+"/settings", ui.PressOfficers, d.pressSettings),
		ui.POST(at+"/settings", ui.PressOfficers, d.setPressDesk),
		ui.GET(at+"/list.csv", ui.PressOfficers, d.pressList),
		ui.GET(at+"/badges.pdf", ui.PressOfficers, d.pressBadges),
		ui.GET(at+"/:id", ui.PressOfficers, d.application),
		ui.GET(at+"/:id/edit", ui.PressOfficers, d.pressCorrection),
		ui.POST(at+"/:id/edit", ui.PressOfficers, d.correctPress),
		ui.GET(at+"/:id/letter", ui.PressOfficers, d.pressLetter),
		ui.GET(at+"/:id/badge.pdf", ui.PressOfficers, d.pressBadge),
		ui.POST(at+"/:id/approve", ui.PressOfficers, d.approvePress),
		ui.POST(at+"/:id/refuse", ui.PressOfficers, d.refusePress),
		ui.POST(at+"/:id/revoke", ui.PressOfficers, d.revokePress),
		ui.POST(at+"/:id/resend", ui.PressOfficers, d.resendPress),
	}
}

func pressBase(r *ui.Request) string { return "/desk/e/" + r.Edition().Slug + "/press" }

type pressPage struct {
	ui.Frame
	Base, Query, State string
	Filters            []filter
	Rows               []pressRow
	All                int
	Waiting            int
	Badges             bool   // somebody has a badge to be printed
	Public             string // address of the public page, "" while the edition is not public
	List               string // address of what is shown as a table for Excel
	Address            string // of this very list, for updates without a reload
}

type pressRow struct {
	ID                                          int64
	Name, Outlet, Kind, Role, At, State, Saying string
	Letter                                      bool
}

func pressLine(r *ui.Request, a press.Application) pressRow {
	return pressRow{ID: a.ID, Name: a.FullName, Outlet: a.Outlet, Kind: r.Say(press.OutletKindText(a.OutletKind)), Role: r.Say(press.RoleText(a.Role)),
		At: ui.Moment(a.CreatedAt.Time, r.Lang()), State: stateChip(a.State), Saying: r.Say(press.StateText(a.State)), Letter: a.HasLetter}
}

// stateChip gives the chip that shows a state.
func stateChip(s press.State) string {
	if s == press.Waiting {
		return "pending"
	}
	return string(s)
}

// press lists the applications, those that wait first.
func (d *Desk) press(r *ui.Request) error {
	e, f := r.Edition(), press.Filter{State: press.State(r.Query("state")), Query: r.Query("q")}
	found, err := press.List(r.Context(), d.DB, e.ID, f)
	if err != nil {
		return err
	}
	counts, err := press.Counts(r.Context(), d.DB, e.ID)
	if err != nil {
		return err
	}
	page := pressPage{Frame: r.Frame("press"), Base: pressBase(r), Query: f.Query, State: string(f.State), Waiting: counts[press.Waiting],
		Badges: counts[press.Approved] > 0}
	page.List = page.Base + "/list.csv?state=" + ui.QueryEscape(page.State) + "&q=" + ui.QueryEscape(page.Query)
	page.Address = page.Base + "?part=rows&state=" + ui.QueryEscape(page.State) + "&q=" + ui.QueryEscape(page.Query)
	if e.IsPublic {
		page.Public = "/e/" + e.Slug + "/press"
	}
	for _, s := range press.States() {
		page.All += counts[s]
		page.Filters = append(page.Filters, filter{Label: r.Say(press.StateText(s)), Href: page.Base + "?state=" + string(s), Count: counts[s], Current: s == f.State})
	}
	page.Filters = slices.Insert(page.Filters, 0, filter{Label: r.T("press.desk.all"), Href: page.Base, Count: page.All, Current: f.State == ""})
	for _, a := range found {
		page.Rows = append(page.Rows, pressLine(r, a))
	}
	if r.Query("part") == "rows" {
		return r.Fragment("desk/press/list", "rows", page)
	}
	return r.Page("desk/press/list", page)
}

type pressSettingsPage struct {
	ui.Frame
	Form *ui.Form
	Base string
}

func (d *Desk) pressSettings(r *ui.Request) error {
	k, err := press.DeskOf(r.Context(), d.DB, r.Edition().ID)
	if err != nil {
		return err
	}
	return d.showPressSettings(r, http.StatusOK, r.NewForm(map[string]string{"contact_name": k.ContactName, "contact_phone": ui.Phone(k.ContactPhone),
		"contact_email": k.ContactEmail, "spokesperson": k.Spokesperson, "words_vi": k.WordsVi, "words_en": k.WordsEn, "apply_by": ui.LocalMinute(k.ApplyBy.Time)}))
}

func (d *Desk) showPressSettings(r *ui.Request, status int, form *ui.Form) error {
	return r.PageStatus(status, "desk/press/settings", pressSettingsPage{Base: pressBase(r), Form: form,
		Frame: r.Frame("press", ui.Crumb{Label: r.T("desk.nav.press"), Href: pressBase(r)})})
}

func (d *Desk) setPressDesk(r *ui.Request) error {
	form, err := r.Form()
	if err != nil {
		return err
	}
	moment, ok := ui.ParseLocalMinute(form.Get("apply_by"))
	if !ok {
		form.Note("apply_by", conference.Say("desk.error.moment"))
	}
	k := press.Desk{ContactName: form.Get("contact_name"), ContactPhone: form.Get("contact_phone"), ContactEmail: form.Get("contact_email"),
		Spokesperson: form.Get("spokesperson"), WordsVi: form.Text("words_vi"), WordsEn: form.Text("words_en"), ApplyBy: db.At(moment)}
	if !form.Wrong() {
		if err := d.Press.SetDesk(r.Context(), r.Edition().ID, k); err != nil && !form.Refuse(err) {
			return err
		}
	}
	if form.Wrong() {
		return d.showPressSettings(r, http.StatusUnprocessableEntity, form)
	}
	r.Flash("success", "press.desk.saved")
	return r.Redirect("%s", pressBase(r))
}

type applicationPage struct {
	ui.Frame
	pressRow
	A              press.Application
	Home, Base     string // addresses of the list, and of this application
	Honour, Phone  string
	Decided        string
	Reason         *ui.Form
	Link, Number   string
	QR             ui.QR
	HasBadge, Gone bool       // Gone: approved, and withdrawn as a delegate since
	Others         []pressRow // further applications of the same person
	Preview        mailPreview
	Mails          []pressMail
	History        []auditRow
}

// pressMail is a mail to an applicant with what became of it: press officers cannot
// open the mailbox of the desk.
type pressMail struct {
	mailRow
	Tries []attemptRow
}

// oneApplication gives the application of the address, if it is this edition's.
func (d *Desk) oneApplication(r *ui.Request) (press.Application, error) {
	id, err := r.ID("id")
	if err != nil {
		return press.Application{}, err
	}
	a, err := press.ByID(r.Context(), d.DB, id)
	if err != nil {
		return press.Application{}, err
	}
	if a.EditionID != r.Edition().ID {
		return press.Application{}, errOtherEdition
	}
	return a, nil
}

func (d *Desk) application(r *ui.Request) error {
	a, err := d.oneApplication(r)
	if err != nil {
		return err
	}
	return d.showApplication(r, http.StatusOK, a, r.NewForm(nil), mailPreview{})
}

// mailPreview is a mail as it would be sent; empty without one.
type mailPreview struct{ Subject, Text string }

func (d *Desk) showApplication(r *ui.Request, status int, a press.Application, reason *ui.Form, preview mailPreview) error {
	page := applicationPage{Frame: r.Frame("press", ui.Crumb{Label: r.T("desk.nav.press"), Href: pressBase(r)}), pressRow: pressLine(r, a), A: a,
		Home: pressBase(r), Base: pressBase(r) + "/" + ui.Itoa(a.ID), Honour: r.Say(delegation.Honorific(a.Gender)), Phone: ui.Phone(a.Phone), Reason: reason, Preview: preview}
	if !a.DecidedAt.IsZero() {
		page.Decided = r.T("press.desk.decided", "who", a.DecidedBy, "when", ui.Moment(a.DecidedAt.Time, r.Lang()))
	}
	if a.State == press.Approved {
		if err := d.accredited(r, a, &page); err != nil {
			return err
		}
	}
	others, err := press.Others(r.Context(), d.DB, a)
	if err != nil {
		return err
	}
	for _, o := range others {
		page.Others = append(page.Others, pressLine(r, o))
	}
	if page.Mails, err = d.pressMails(r, a); err != nil {
		return err
	}
	history, err := audit.History(r.Context(), d.DB, "press_application", a.ID)
	if err != nil {
		return err
	}
	for _, h := range history {
		page.History = append(page.History, auditLine(r, h))
	}
	return r.PageStatus(status, "desk/press/one", page)
}

func (d *Desk) pressMails(r *ui.Request, a press.Application) ([]pressMail, error) {
	mails, err := d.Press.Mails(r.Context(), a.ID)
	if err != nil {
		return nil, err
	}
	var out []pressMail
	for _, m := range mails {
		tries, err := d.attempts(r, m.ID)
		if err != nil {
			return nil, err
		}
		out = append(out, pressMail{mailRow: mailLine(r, m), Tries: tries})
	}
	return out, nil
}

// accredited adds link and badge of an approved journalist.
func (d *Desk) accredited(r *ui.Request, a press.Application, page *applicationPage) error {
	p, err := delegation.ByID(r.Context(), d.DB, a.DelegateID)
	if err != nil {
		return err
	}
	page.Number = p.Number
	if page.Gone = !p.Live(); page.Gone {
		return nil
	}
	code, err := d.Delegations.Code(r.Context(), d.DB, p)
	if err != nil {
		return err
	}
	page.HasBadge, page.Link = true, d.Delegations.Link(p)
	page.QR, err = ui.NewQR(code.Text)
	return err
}

func (d *Desk) approvePress(r *ui.Request) error {
	return d.decidePress(r, "press.desk.approved", func(id int64, form *ui.Form) error {
		_, err := d.Press.Approve(r.Context(), id, press.State(form.Get("seen")), form.Text("words"))
		return err
	})
}

// refusePress refuses, or shows first what would be sent.
func (d *Desk) refusePress(r *ui.Request) error {
	if form, err := r.Form(); err != nil || form.Checked("preview") {
		if err != nil {
			return err
		}
		return d.previewRefusal(r, form)
	}
	return d.decidePress(r, "press.desk.refused", func(id int64, form *ui.Form) error {
		_, err := d.Press.Refuse(r.Context(), id, form.Text("reason"))
		return err
	})
}

func (d *Desk) revokePress(r *ui.Request) error {
	return d.decidePress(r, "press.desk.revoked", func(id int64, form *ui.Form) error {
		_, err := d.Press.Revoke(r.Context(), id, form.Text("reason"))
		return err
	})
}

func (d *Desk) resendPress(r *ui.Request) error {
	return d.decidePress(r, "press.desk.resent", func(id int64, _ *ui.Form) error { return d.Press.Resend(r.Context(), id) })
}

// decidePress carries out one decision; when somebody else was faster, the page says so.
func (d *Desk) decidePress(r *ui.Request, done string, decide func(id int64, form *ui.Form) error) error {
	a, err := d.oneApplication(r)
	if err != nil {
		return err
	}
	form, err := r.Form()
	if err != nil {
		return err
	}
	if err := decide(a.ID, form); err != nil {
		if !form.Refuse(err) {
			return err
		}
		if a, err = d.oneApplication(r); err != nil {
			return err
		}
		return d.showApplication(r, http.StatusUnprocessableEntity, a, form, mailPreview{})
	}
	r.Flash("success", done, "name", a.FullName)
	return r.Redirect("%s/%d", pressBase(r), a.ID)
}

// pressLetter gives the letter of introduction as a file to be saved: what strangers
// upload is never shown as a page of this site.
func (d *Desk) pressLetter(r *ui.Request) error {
	a, err := d.oneApplication(r)
	if err != nil {
		return err
	}
	kind, body, err := d.Press.Letter(r.Context(), a.ID)
	if err != nil {
		return err
	}
	suffix := map[string]string{"application/pdf": ".pdf", "image/jpeg": ".jpg", "image/png": ".png"}[kind]
	return r.File(kind, "giay-gioi-thieu-"+ui.Itoa(a.ID)+suffix, body)
}

func (d *Desk) pressBadge(r *ui.Request) error {
	a, err := d.oneApplication(r)
	if err != nil {
		return err
	}
	if a.State != press.Approved {
		return conference.NotFound()
	}
	return d.printPress(r, []press.Application{a})
}

// pressBadges gives the badges of everybody accredited, in one file.
func (d *Desk) pressBadges(r *ui.Request) error {
	all, err := press.List(r.Context(), d.DB, r.Edition().ID, press.Filter{State: press.Approved})
	if err != nil {
		return err
	}
	return d.printPress(r, all)
}

func (d *Desk) printPress(r *ui.Request, approved []press.Application) error {
	var holders []delegation.Delegate
	for _, a := range approved {
		p, err := delegation.ByID(r.Context(), d.DB, a.DelegateID)
		if err != nil {
			return err
		}
		if p.Live() {
			holders = append(holders, p)
		}
	}
	if len(holders) == 0 {
		return conference.NotFound()
	}
	codes, err := d.Delegations.CodesOf(r.Context(), d.DB, r.Edition().ID, holders)
	if err != nil {
		return err
	}
	file, err := d.badgeFile(r, document.EightPerA4, codes, 0, 0)
	if err != nil {
		return err
	}
	if err := d.Press.NotePrint(r.Context(), r.Edition().ID, len(codes)); err != nil {
		return err
	}
	return r.File("application/pdf", "the-bao-chi-"+r.Edition().Slug+".pdf", file)
}
