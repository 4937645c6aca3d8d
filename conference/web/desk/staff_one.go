package desk

import (
	"net/http"
	"slices"

	"hoinghi/conference/account"
	"hoinghi/conference/audit"
	"hoinghi/conference/edition"
	"hoinghi/conference/web/ui"
)

type staffOnePage struct {
	ui.Frame
	ID          int64
	Name, Email string
	State, Chip string
	Disabled    bool
	Self        bool
	Form        *ui.Form
	Grid        roleGrid
	Link        string // shown once, right after it was made
	LinkState   string
	Mails       bool
	Sessions    []staffSession
	History     []auditRow
}

type staffSession struct {
	ID                  int64
	Device, Since, Seen string
	Here                bool
}

// whoseStaff gives the member of staff of the address.
func (d *Desk) whoseStaff(r *ui.Request) (account.Staff, error) {
	id, err := r.ID("id")
	if err != nil {
		return account.Staff{}, err
	}
	return d.Accounts.ByID(r.Context(), id)
}

func (d *Desk) oneStaff(r *ui.Request) error {
	s, err := d.whoseStaff(r)
	if err != nil {
		return err
	}
	return d.showOneStaff(r, http.StatusOK, s, r.NewForm(nil), "")
}

// showOneStaff shows somebody's page, with the boxes as they were ticked when the form was refused.
func (d *Desk) showOneStaff(r *ui.Request, status int, s account.Staff, form *ui.Form, link string) error {
	page := staffOnePage{Frame: r.Frame("staff", ui.Crumb{Label: r.T("desk.nav.staff"), Href: "/desk/staff"}), ID: s.ID, Name: s.FullName, Email: s.Email,
		Disabled: s.Disabled(), Self: s.ID == r.Staff().ID, Form: form, Link: link, Mails: d.Accounts.MailsLinks()}
	page.State, page.Chip = staffState(r, s)
	editions, err := edition.All(r.Context(), d.DB)
	if err != nil {
		return err
	}
	held := s.Held()
	if form.Wrong() {
		held = heldIn(form)
	}
	page.Grid = gridOf(r, editions, held, form.Error("roles")+form.Message, false)
	links, err := d.Accounts.LinkStates(r.Context())
	if err != nil {
		return err
	}
	page.LinkState = linkWords(r, links[s.ID])
	sessions, err := d.Accounts.Sessions(r.Context(), s.ID)
	if err != nil {
		return err
	}
	for _, x := range sessions {
		page.Sessions = append(page.Sessions, staffSession{ID: x.ID, Device: x.Device, Since: ui.Moment(x.CreatedAt.Time, r.Lang()),
			Seen: ui.Moment(x.SeenAt.Time, r.Lang()), Here: x.ID == r.Session().ID})
	}
	history, err := audit.History(r.Context(), d.DB, "staff", s.ID)
	if err != nil {
		return err
	}
	for _, h := range history {
		page.History = append(page.History, auditLine(r, h))
	}
	return r.PageStatus(status, "desk/staff/one", page)
}

func (d *Desk) newStaffLink(r *ui.Request) error {
	s, err := d.whoseStaff(r)
	if err != nil {
		return err
	}
	token, err := d.Accounts.Reissue(r.Context(), s.ID)
	if err != nil {
		form := r.NewForm(nil)
		if !form.Refuse(err) {
			return err
		}
		r.Flash("error", "account.error.disabled") // closed on another page meanwhile
		return r.Redirect("/desk/staff/%d", s.ID)
	}
	return d.showOneStaff(r, http.StatusOK, s, r.NewForm(nil), d.Absolute("/desk/link/"+token))
}

func (d *Desk) setRoles(r *ui.Request) error {
	s, err := d.whoseStaff(r)
	if err != nil {
		return err
	}
	form, err := r.Form()
	if err != nil {
		return err
	}
	if err := d.Accounts.SetRoles(r.Context(), s.ID, heldIn(form)); err != nil {
		if !form.Refuse(err) {
			return err
		}
		return d.showOneStaff(r, http.StatusUnprocessableEntity, s, form, "")
	}
	r.Flash("success", "desk.staff.roles_set")
	if s.ID == r.Staff().ID { // the own role to be here may be gone
		return r.Redirect("/desk")
	}
	return r.Redirect("/desk/staff/%d", s.ID)
}

// endStaffSession ends one session of the member of staff; one that ended meanwhile is no fault.
func (d *Desk) endStaffSession(r *ui.Request) error {
	s, err := d.whoseStaff(r)
	if err != nil {
		return err
	}
	id, err := r.ID("session")
	if err != nil {
		return err
	}
	open, err := d.Accounts.Sessions(r.Context(), s.ID)
	if err != nil {
		return err
	}
	if slices.ContainsFunc(open, func(x account.Session) bool { return x.ID == id }) {
		if err := d.Accounts.EndSession(r.Context(), id); err != nil {
			return err
		}
	}
	r.Flash("success", "staff.session.ended")
	return r.Redirect("/desk/staff/%d", s.ID)
}

// endStaffSessions ends every session of the member of staff, except the one it is asked for from.
func (d *Desk) endStaffSessions(r *ui.Request) error {
	s, err := d.whoseStaff(r)
	if err != nil {
		return err
	}
	if _, err := d.Accounts.EndOtherSessions(r.Context(), s.ID, r.Session().ID); err != nil {
		return err
	}
	r.Flash("success", "staff.session.all_ended")
	return r.Redirect("/desk/staff/%d", s.ID)
}

func (d *Desk) disableStaff(r *ui.Request) error { return d.switchStaff(r, false) }
func (d *Desk) enableStaff(r *ui.Request) error  { return d.switchStaff(r, true) }

func (d *Desk) switchStaff(r *ui.Request, on bool) error {
	s, err := d.whoseStaff(r)
	if err != nil {
		return err
	}
	verb, done := d.Accounts.Disable, "desk.staff.disabled"
	if on {
		verb, done = d.Accounts.Enable, "desk.staff.enabled"
	}
	if err := verb(r.Context(), s.ID); err != nil {
		form := r.NewForm(nil)
		if !form.Refuse(err) {
			return err
		}
		r.Flash("error", "account.error.last_administrator")
		return r.Redirect("/desk/staff/%d", s.ID)
	}
	r.Flash("success", done)
	return r.Redirect("/desk/staff/%d", s.ID)
}
