package desk

import (
	"net/http"
	"slices"
	"strings"

	"hoinghi/conference"
	"hoinghi/conference/edition"
	"hoinghi/conference/web/ui"
)

type groupsPage struct {
	ui.Frame
	Form   *ui.Form
	Base   string
	Groups []groupRow
	Next   *step
}

type groupRow struct {
	edition.Group
	Label, Colours, Use string
	First, Last         bool
}

func groupsBase(r *ui.Request) string { return "/desk/e/" + r.Edition().Slug + "/groups" }

func (d *Desk) groups(r *ui.Request) error { return d.showGroups(r, http.StatusOK, r.NewForm(nil)) }

func (d *Desk) showGroups(r *ui.Request, status int, form *ui.Form) error {
	all, err := edition.Groups(r.Context(), d.DB, r.Edition().ID)
	if err != nil {
		return err
	}
	uses, err := edition.GroupUses(r.Context(), d.DB, r.Edition().ID)
	if err != nil {
		return err
	}
	page := groupsPage{Frame: r.Frame("groups"), Form: form, Base: groupsBase(r)}
	if page.Next, err = d.next(r); err != nil {
		return err
	}
	for i, g := range all {
		row := groupRow{Group: g, Label: g.Name(r.Lang()), Colours: r.Say(edition.ColourText(g.Colour)), First: i == 0, Last: i == len(all)-1}
		if at := slices.IndexFunc(uses, func(u edition.GroupUse) bool { return u.GroupID == g.ID }); at >= 0 {
			row.Use = useText(r, uses[at])
		}
		page.Groups = append(page.Groups, row)
	}
	return r.PageStatus(status, "desk/editions/groups", page)
}

// useText says who uses a group, or that nobody does.
func useText(r *ui.Request, u edition.GroupUse) string {
	var parts []string
	if u.Invitations > 0 {
		parts = append(parts, r.T("setup.groups.use_seats", "n", u.Invitations, "seats", u.Seats))
	}
	if u.Delegates > 0 {
		parts = append(parts, r.T("setup.groups.use_delegates", "n", u.Delegates))
	}
	if u.Checkpoints > 0 {
		parts = append(parts, r.T("setup.groups.use_checkpoints", "n", u.Checkpoints))
	}
	if len(parts) == 0 {
		return r.T("setup.groups.unused")
	}
	return strings.Join(parts, "; ")
}

func (d *Desk) keepGroups(r *ui.Request) error {
	if err := d.Editions.KeepGroups(r.Context(), r.Edition().ID); err != nil {
		return err
	}
	r.Flash("success", "setup.groups.kept")
	return r.Redirect("%s", groupsBase(r))
}

type groupPage struct {
	ui.Frame
	Form    *ui.Form
	Base    string
	ID      int64 // 0 for a new one
	Heading string
	Use     string
	Used    bool
	Colours []ui.Option
}

func (d *Desk) newGroup(r *ui.Request) error {
	return d.showGroup(r, http.StatusOK, edition.Group{}, r.NewForm(map[string]string{"colour": "leaf"}))
}

func (d *Desk) showGroup(r *ui.Request, status int, g edition.Group, form *ui.Form) error {
	page := groupPage{Frame: r.Frame("groups", ui.Crumb{Label: r.T("desk.nav.groups"), Href: groupsBase(r)}), Form: form, Base: groupsBase(r), ID: g.ID,
		Heading: r.T("setup.groups.new")}
	for _, c := range edition.Colours() {
		page.Colours = append(page.Colours, ui.Option{Value: c, Label: r.Say(edition.ColourText(c))})
	}
	if g.ID != 0 {
		page.Heading = g.Name(r.Lang())
		uses, err := edition.GroupUses(r.Context(), d.DB, r.Edition().ID)
		if err != nil {
			return err
		}
		for _, u := range uses {
			if u.GroupID == g.ID {
				page.Use, page.Used = useText(r, u), u.Used()
			}
		}
	}
	return r.PageStatus(status, "desk/editions/group", page)
}

// oneGroup gives the group of the address, if it is of the edition of the address.
func (d *Desk) oneGroup(r *ui.Request) (edition.Group, error) {
	id, err := r.ID("id")
	if err != nil {
		return edition.Group{}, err
	}
	all, err := edition.Groups(r.Context(), d.DB, r.Edition().ID)
	if err != nil {
		return edition.Group{}, err
	}
	at := slices.IndexFunc(all, func(g edition.Group) bool { return g.ID == id })
	if at < 0 {
		return edition.Group{}, conference.NotFound()
	}
	return all[at], nil
}

func groupForm(r *ui.Request, g edition.Group) *ui.Form {
	return r.NewForm(map[string]string{"code": g.Code, "name_vi": g.NameVi, "name_en": g.NameEn, "colour": g.Colour})
}

func groupDraft(form *ui.Form) edition.GroupDraft {
	return edition.GroupDraft{Code: form.Get("code"), NameVi: form.Get("name_vi"), NameEn: form.Get("name_en"), Colour: form.Get("colour")}
}

func (d *Desk) group(r *ui.Request) error {
	g, err := d.oneGroup(r)
	if err != nil {
		return err
	}
	return d.showGroup(r, http.StatusOK, g, groupForm(r, g))
}

func (d *Desk) addGroup(r *ui.Request) error {
	form, err := r.Form()
	if err != nil {
		return err
	}
	draft := groupDraft(form)
	if err := d.Editions.AddGroup(r.Context(), r.Edition().ID, draft); err != nil {
		if !form.Refuse(err) {
			return err
		}
		return d.showGroup(r, http.StatusUnprocessableEntity, edition.Group{}, form)
	}
	r.Flash("success", "setup.groups.added", "name", draft.NameVi)
	return r.Redirect("%s", groupsBase(r))
}

func (d *Desk) changeGroup(r *ui.Request) error {
	g, err := d.oneGroup(r)
	if err != nil {
		return err
	}
	form, err := r.Form()
	if err != nil {
		return err
	}
	draft := groupDraft(form)
	if err := d.Editions.ChangeGroup(r.Context(), r.Edition().ID, g.ID, draft); err != nil {
		if !form.Refuse(err) {
			return err
		}
		return d.showGroup(r, http.StatusUnprocessableEntity, g, form)
	}
	r.Flash("success", "setup.groups.saved", "name", draft.NameVi)
	return r.Redirect("%s", groupsBase(r))
}

// moveGroup moves a group one place; the page comes back with the focus on the same button.
func (d *Desk) moveGroup(r *ui.Request) error {
	g, err := d.oneGroup(r)
	if err != nil {
		return err
	}
	form, err := r.Form()
	if err != nil {
		return err
	}
	to := form.Get("to")
	if to != "up" && to != "down" {
		form.Note("to", conference.Say("setup.error.direction"))
		return d.showGroups(r, http.StatusUnprocessableEntity, form)
	}
	if err := d.Editions.MoveGroup(r.Context(), r.Edition().ID, g.ID, to == "up"); err != nil {
		return err
	}
	r.Flash("success", "setup.groups.moved", "name", g.Name(r.Lang()))
	return r.Redirect("%s#%s-%d", groupsBase(r), to, g.ID)
}

func (d *Desk) removeGroup(r *ui.Request) error {
	g, err := d.oneGroup(r)
	if err != nil {
		return err
	}
	if err := d.Invitations.RemoveGroup(r.Context(), r.Edition().ID, g.ID); err != nil {
		form := groupForm(r, g)
		if !form.Refuse(err) {
			return err
		}
		return d.showGroup(r, http.StatusUnprocessableEntity, g, form)
	}
	r.Flash("success", "setup.groups.removed", "name", g.NameVi)
	return r.Redirect("%s", groupsBase(r))
}
