package desk

import (
	"net/http"
	"slices"
	"strconv"
	"strings"

	"hoinghi/conference"
	"hoinghi/conference/account"
	"hoinghi/conference/edition"
	"hoinghi/conference/web/ui"
)

func (d *Desk) staffRoutes() []ui.Route {
	const one = "/desk/staff/:id"
	return []ui.Route{
		ui.GET("/desk/staff", ui.Administrators, d.staff),
		ui.POST("/desk/staff", ui.Administrators, d.inviteStaff),
		ui.GET(one, ui.Administrators, d.oneStaff),
		ui.POST(one+"/roles", ui.Administrators, d.setRoles),
		ui.POST(one+"/link", ui.Administrators, d.newStaffLink),
		ui.POST(one+"/sessions/end", ui.Administrators, d.endStaffSessions),
		ui.POST(one+"/sessions/:session/end", ui.Administrators, d.endStaffSession),
		ui.POST(one+"/disable", ui.Administrators, d.disableStaff),
		ui.POST(one+"/enable", ui.Administrators, d.enableStaff),
	}
}

type staffPage struct {
	ui.Frame
	Form  *ui.Form
	Staff []staffRow
	Grid  roleGrid
	Mails bool // links are mailed, too
}

type staffRow struct {
	ID          int64
	Name, Email string
	Roles       []heldRow
	State, Chip string
	Link, Seen  string
	Disabled    bool
}

// heldRow names the roles held for one edition or, with Where in words, for all.
type heldRow struct{ Where, Roles string }

func (d *Desk) staff(r *ui.Request) error { return d.showStaff(r, http.StatusOK, r.NewForm(nil)) }

func (d *Desk) showStaff(r *ui.Request, status int, form *ui.Form) error {
	page := staffPage{Frame: r.Frame("staff"), Form: form, Mails: d.Accounts.MailsLinks()}
	editions, err := edition.All(r.Context(), d.DB)
	if err != nil {
		return err
	}
	all, err := d.Accounts.List(r.Context())
	if err != nil {
		return err
	}
	links, err := d.Accounts.LinkStates(r.Context())
	if err != nil {
		return err
	}
	seen, err := d.Accounts.LastSeen(r.Context())
	if err != nil {
		return err
	}
	page.Grid = gridOf(r, editions, heldIn(form), form.Error("roles"), true)
	for _, s := range all {
		row := staffRow{ID: s.ID, Name: s.FullName, Email: s.Email, Roles: heldRows(r, editions, s.Held()), Link: linkWords(r, links[s.ID]), Disabled: s.Disabled()}
		row.State, row.Chip = staffState(r, s)
		if at, ok := seen[s.ID]; ok {
			row.Seen = ui.Moment(at.Time, r.Lang())
		}
		page.Staff = append(page.Staff, row)
	}
	return r.PageStatus(status, "desk/staff/list", page)
}

func staffState(r *ui.Request, s account.Staff) (words, chip string) {
	switch {
	case s.Disabled():
		return r.T("desk.staff.off"), "off"
	case !s.HasPassword:
		return r.T("desk.staff.waiting"), "pending"
	}
	return r.T("desk.staff.on"), "on"
}

// linkWords says how somebody's latest one-time link fares, "" for one who had none.
func linkWords(r *ui.Request, l account.LinkState) string {
	switch {
	case l.CreatedAt.IsZero():
		return ""
	case !l.UsedAt.IsZero():
		return r.T("staff.link.used", "when", ui.Moment(l.UsedAt.Time, r.Lang()))
	case l.Open:
		return r.T("staff.link.open", "made", ui.Moment(l.CreatedAt.Time, r.Lang()), "until", ui.Moment(l.ExpiresAt.Time, r.Lang()))
	}
	return r.T("staff.link.over", "when", ui.Moment(l.ExpiresAt.Time, r.Lang()))
}

// roleGrid is the table of editions and roles with a box to tick for each.
type roleGrid struct {
	Heads []string
	Rows  []gridRow
	Error string
	Help  bool // what each role may do is said below
	Texts []roleText
}

type gridRow struct {
	Name, Note string
	Cells      []gridCell
}

// gridCell is one box; without a value there is none.
type gridCell struct {
	Value, Role, Label string
	Checked            bool
}

type roleText struct{ Role, Text string }

// gridOf gives the table: all editions first, the latest edition next. The administrator's box
// stands in the first row only.
func gridOf(r *ui.Request, editions []edition.Edition, h account.Held, wrong string, help bool) roleGrid {
	g := roleGrid{Error: wrong, Help: help}
	for _, role := range conference.Roles() {
		name := r.T("account.role." + string(role))
		g.Heads = append(g.Heads, name)
		g.Texts = append(g.Texts, roleText{Role: name, Text: r.T("desk.staff.role_text." + string(role))})
	}
	row := func(id int64, name, note string, held []conference.Role) {
		out := gridRow{Name: name, Note: note}
		for i, role := range conference.Roles() {
			cell := gridCell{Role: g.Heads[i]}
			if id == 0 || role != conference.RoleAdministrator {
				cell.Value, cell.Checked = strconv.FormatInt(id, 10)+":"+string(role), slices.Contains(held, role)
				cell.Label = g.Heads[i] + " – " + name
			}
			out.Cells = append(out.Cells, cell)
		}
		g.Rows = append(g.Rows, out)
	}
	row(0, r.T("staff.all_editions"), r.T("staff.all_editions_note"), h.Everywhere)
	for _, e := range editions {
		row(e.ID, e.Short(r.Lang()), ui.DateRange(e.StartsOn, e.EndsOn, r.Lang()), h.Editions[e.ID])
	}
	return g
}

// heldIn reads the ticked boxes: an edition's number, or 0 for all of them, and a role. What is
// no box of ours stays an unknown role, for the room to refuse.
func heldIn(form *ui.Form) account.Held {
	h := account.Held{Editions: map[int64][]conference.Role{}}
	for _, v := range form.All("role") {
		where, role, _ := strings.Cut(v, ":")
		id, err := strconv.ParseInt(where, 10, 64)
		switch {
		case err != nil:
			h.Everywhere = append(h.Everywhere, conference.Role(v))
		case id == 0:
			h.Everywhere = append(h.Everywhere, conference.Role(role))
		default:
			h.Editions[id] = append(h.Editions[id], conference.Role(role))
		}
	}
	return h
}

// heldRows puts what somebody holds into words.
func heldRows(r *ui.Request, editions []edition.Edition, h account.Held) []heldRow {
	names := func(roles []conference.Role) string {
		var out []string
		for _, role := range roles {
			out = append(out, r.T("account.role."+string(role)))
		}
		return strings.Join(out, ", ")
	}
	var out []heldRow
	if len(h.Everywhere) > 0 {
		out = append(out, heldRow{Where: r.T("staff.all_editions"), Roles: names(h.Everywhere)})
	}
	for _, e := range editions {
		if roles := h.Editions[e.ID]; len(roles) > 0 {
			out = append(out, heldRow{Where: e.Short(r.Lang()), Roles: names(roles)})
		}
	}
	return out
}

func (d *Desk) inviteStaff(r *ui.Request) error {
	form, err := r.Form()
	if err != nil {
		return err
	}
	held := heldIn(form)
	staff, token, err := d.Accounts.Invite(r.Context(), account.Invitation{Email: form.Get("email"), FullName: form.Get("full_name"), Roles: held.Everywhere, Editions: held.Editions})
	if err != nil {
		if !form.Refuse(err) {
			return err
		}
		return d.showStaff(r, http.StatusUnprocessableEntity, form)
	}
	return d.showOneStaff(r, http.StatusOK, staff, r.NewForm(nil), d.Absolute("/desk/link/"+token))
}
