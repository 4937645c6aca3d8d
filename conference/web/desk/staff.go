package desk

import (
	"net/http"
	"slices"

	"hoinghi/conference"
	"hoinghi/conference/account"
	"hoinghi/conference/web/ui"
)

func (d *Desk) staffRoutes() []ui.Route {
	return []ui.Route{
		ui.GET("/desk/staff", ui.Administrators, d.staff),
		ui.POST("/desk/staff", ui.Administrators, d.inviteStaff),
		ui.POST("/desk/staff/:id/roles", ui.Administrators, d.setRoles),
		ui.POST("/desk/staff/:id/link", ui.Administrators, d.newStaffLink),
		ui.POST("/desk/staff/:id/disable", ui.Administrators, d.disableStaff),
		ui.POST("/desk/staff/:id/enable", ui.Administrators, d.enableStaff),
	}
}

type staffPage struct {
	ui.Frame
	Form  *ui.Form
	Staff []staffRow
	Roles []ui.Option
	Link  *staffLink
}

type staffRow struct {
	account.Staff
	Roles    []ui.Option
	Disabled bool
	Waiting  bool // has not set a password yet
	Self     bool
	Error    string // why the roles were not changed
}

// staffLink is shown once, right after it was made.
type staffLink struct{ Name, URL string }

func (d *Desk) staff(r *ui.Request) error {
	return d.showStaff(r, http.StatusOK, r.NewForm(nil), nil)
}

func (d *Desk) showStaff(r *ui.Request, status int, form *ui.Form, link *staffLink) error {
	page, err := d.staffPage(r, form)
	if err != nil {
		return err
	}
	page.Link = link
	return r.PageStatus(status, "desk/staff", page)
}

func (d *Desk) staffPage(r *ui.Request, form *ui.Form) (staffPage, error) {
	all, err := d.Accounts.List(r.Context())
	if err != nil {
		return staffPage{}, err
	}
	page := staffPage{Frame: r.Frame("staff"), Form: form, Roles: roleOptions(r, roles(form))}
	for _, s := range all {
		page.Staff = append(page.Staff, staffRow{Staff: s, Roles: roleOptions(r, s.Roles), Disabled: s.Disabled(),
			Waiting: !s.HasPassword, Self: s.ID == r.Staff().ID})
	}
	return page, nil
}

func roleOptions(r *ui.Request, chosen []conference.Role) []ui.Option {
	var out []ui.Option
	for _, role := range conference.Roles() {
		out = append(out, ui.Option{Value: string(role), Label: r.T("account.role." + string(role)), Selected: slices.Contains(chosen, role)})
	}
	return out
}

func roles(form *ui.Form) []conference.Role {
	var out []conference.Role
	for _, v := range form.All("role") {
		out = append(out, conference.Role(v))
	}
	return out
}

func (d *Desk) inviteStaff(r *ui.Request) error {
	form, err := r.Form()
	if err != nil {
		return err
	}
	staff, token, err := d.Accounts.Invite(r.Context(), account.Invitation{Email: form.Get("email"), FullName: form.Get("full_name"), Roles: roles(form)})
	if err != nil {
		if !form.Refuse(err) {
			return err
		}
		return d.showStaff(r, http.StatusUnprocessableEntity, form, nil)
	}
	return d.showStaff(r, http.StatusOK, r.NewForm(nil), &staffLink{Name: staff.FullName, URL: d.Absolute("/desk/link/" + token)})
}

func (d *Desk) newStaffLink(r *ui.Request) error {
	id, err := r.ID("id")
	if err != nil {
		return err
	}
	staff, err := d.Accounts.ByID(r.Context(), id)
	if err != nil {
		return err
	}
	token, err := d.Accounts.Reissue(r.Context(), id)
	if err != nil {
		return err
	}
	return d.showStaff(r, http.StatusOK, r.NewForm(nil), &staffLink{Name: staff.FullName, URL: d.Absolute("/desk/link/" + token)})
}

func (d *Desk) setRoles(r *ui.Request) error {
	id, err := r.ID("id")
	if err != nil {
		return err
	}
	form, err := r.Form()
	if err != nil {
		return err
	}
	if err := d.Accounts.SetRoles(r.Context(), id, roles(form)); err != nil {
		if !form.Refuse(err) {
			return err
		}
		return d.showRefusedRoles(r, id, form)
	}
	r.Flash("success", "desk.staff.roles_set")
	return r.Redirect("/desk/staff")
}

// showRefusedRoles shows the list with the roles of one as they were chosen, and why they were refused.
func (d *Desk) showRefusedRoles(r *ui.Request, id int64, form *ui.Form) error {
	page, err := d.staffPage(r, r.NewForm(nil))
	if err != nil {
		return err
	}
	for i, row := range page.Staff {
		if row.ID == id {
			page.Staff[i].Roles, page.Staff[i].Error = roleOptions(r, roles(form)), form.Error("roles")+form.Message
		}
	}
	return r.PageStatus(http.StatusUnprocessableEntity, "desk/staff", page)
}

func (d *Desk) disableStaff(r *ui.Request) error { return d.switchStaff(r, false) }
func (d *Desk) enableStaff(r *ui.Request) error  { return d.switchStaff(r, true) }

func (d *Desk) switchStaff(r *ui.Request, on bool) error {
	id, err := r.ID("id")
	if err != nil {
		return err
	}
	verb, done := d.Accounts.Disable, "desk.staff.disabled"
	if on {
		verb, done = d.Accounts.Enable, "desk.staff.enabled"
	}
	if err := verb(r.Context(), id); err != nil {
		form := r.NewForm(nil)
		if !form.Refuse(err) {
			return err
		}
		return d.showStaff(r, http.StatusUnprocessableEntity, form, nil)
	}
	r.Flash("success", done)
	return r.Redirect("/desk/staff")
}
