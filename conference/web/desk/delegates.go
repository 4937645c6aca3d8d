package desk

import (
	"hoinghi/conference/audit"
	"hoinghi/conference/delegation"
	"hoinghi/conference/edition"
	"hoinghi/conference/press"
	"hoinghi/conference/report"
	"hoinghi/conference/web/ui"
)

const delegateRows = 50

func (d *Desk) delegateRoutes() []ui.Route {
	const at = "/desk/e/:edition/delegates"
	return []ui.Route{
		ui.GET(at, ui.Organisers, d.delegates),
		ui.GET(at+"/:id", ui.Organisers, d.delegate),
		ui.POST(at+"/:id/withdraw", ui.Organisers, d.withdrawDelegate),
		ui.POST(at+"/:id/restore", ui.Organisers, d.restoreDelegate),
	}
}

type delegatesPage struct {
	ui.Frame
	Rows      []delegateRow
	Total     int
	Query     string
	Provinces []ui.Option
	Groups    []ui.Option
	States    []ui.Option
	First     string
	Next      string
	Base      string
}

type delegateRow struct {
	ID                                                 int64
	Number, Name, Title, Organisation, Province, Group string
	Phone, State, StateLabel                           string
	Head                                               bool
	Arrived                                            string // time of day, "" while not inside
}

func delegateLine(r *ui.Request, p delegation.Delegate) delegateRow {
	return delegateRow{ID: p.ID, Number: p.Number, Name: p.FullName, Title: p.JobTitle, Organisation: p.Organisation,
		Province: p.Province.Name(r.Lang()), Group: p.Group.In(r.Lang()), Phone: ui.Phone(p.Phone), State: string(p.State),
		StateLabel: r.T("delegation.state." + string(p.State)), Head: p.Head}
}

func (d *Desk) delegates(r *ui.Request) error {
	e := r.Edition()
	filter := delegation.Filter{Query: r.Query("q"), ProvinceVersionID: r.QueryID("province"), GroupID: r.QueryID("group"),
		State: delegation.State(r.Query("state")), After: r.Query("after"), Limit: delegateRows}
	found, err := delegation.Search(r.Context(), d.DB, e.ID, filter)
	if err != nil {
		return err
	}
	page := delegatesPage{Frame: r.Frame("delegates"), Total: found.Total, Query: filter.Query, Base: "/desk/e/" + e.Slug + "/delegates"}
	if found.Next != "" {
		page.Next = page.Base + "?q=" + ui.QueryEscape(filter.Query) + "&province=" + ui.Itoa(filter.ProvinceVersionID) + "&group=" + ui.Itoa(filter.GroupID) +
			"&state=" + ui.QueryEscape(string(filter.State)) + "&after=" + ui.QueryEscape(found.Next)
	}
	if filter.After != "" {
		page.First = page.Base
	}
	for _, p := range found.Delegates {
		page.Rows = append(page.Rows, delegateLine(r, p))
	}
	if err := d.markArrived(r, page.Rows); err != nil {
		return err
	}
	if err := d.delegateFilters(r, &page, filter); err != nil {
		return err
	}
	return r.Page("desk/delegates/list", page)
}

// markArrived notes at the rows who is inside.
func (d *Desk) markArrived(r *ui.Request, rows []delegateRow) error {
	ids := make([]int64, 0, len(rows))
	for _, row := range rows {
		ids = append(ids, row.ID)
	}
	at, err := report.ArrivedAt(r.Context(), d.DB, r.Edition().ID, ids)
	if err != nil {
		return err
	}
	for i := range rows {
		if t, ok := at[rows[i].ID]; ok {
			rows[i].Arrived = ui.Clock(t.Time)
		}
	}
	return nil
}

func (d *Desk) delegateFilters(r *ui.Request, page *delegatesPage, f delegation.Filter) error {
	members, err := edition.Members(r.Context(), d.DB, r.Edition().ID)
	if err != nil {
		return err
	}
	groups, err := edition.Groups(r.Context(), d.DB, r.Edition().ID)
	if err != nil {
		return err
	}
	for _, m := range members {
		page.Provinces = append(page.Provinces, ui.Option{Value: ui.Itoa(m.VersionID), Label: m.Name(r.Lang()), Selected: m.VersionID == f.ProvinceVersionID})
	}
	for _, g := range groups {
		page.Groups = append(page.Groups, ui.Option{Value: ui.Itoa(g.ID), Label: g.Name(r.Lang()), Selected: g.ID == f.GroupID})
	}
	for _, s := range []delegation.State{delegation.Listed, delegation.Registered, delegation.Withdrawn} {
		page.States = append(page.States, ui.Option{Value: string(s), Label: page.Say(delegation.StateText(s)), Selected: s == f.State})
	}
	return nil
}

type delegatePage struct {
	ui.Frame
	Row      delegateRow
	Email    string
	Honour   string
	Link     string
	QR       ui.QR
	HasBadge bool
	Print    string // address that prints this badge
	History  []auditRow
	Invite   string
	Press    string // address of the application, for a journalist
	Base     string
}

func (d *Desk) oneDelegate(r *ui.Request) (delegation.Delegate, error) {
	id, err := r.ID("id")
	if err != nil {
		return delegation.Delegate{}, err
	}
	p, err := delegation.ByID(r.Context(), d.DB, id)
	if err != nil {
		return delegation.Delegate{}, err
	}
	if p.EditionID != r.Edition().ID {
		return delegation.Delegate{}, errOtherEdition
	}
	return p, nil
}

func (d *Desk) delegate(r *ui.Request) error {
	p, err := d.oneDelegate(r)
	if err != nil {
		return err
	}
	base := "/desk/e/" + r.Edition().Slug + "/delegates"
	page := delegatePage{Frame: r.Frame("delegates", ui.Crumb{Label: r.T("desk.nav.delegates"), Href: base}), Row: delegateLine(r, p),
		Email: p.Email, Base: base, Invite: "/desk/e/" + r.Edition().Slug + "/invitations/" + ui.Itoa(p.InvitationID), Honour: r.Say(delegation.Honorific(p.Gender))}
	if p.InvitationID == 0 {
		a, err := press.OfDelegate(r.Context(), d.DB, p.ID)
		if err != nil {
			return err
		}
		page.Press = pressBase(r) + "/" + ui.Itoa(a.ID)
	}
	if p.State == delegation.Registered {
		page.Link = d.Delegations.Link(p)
		code, err := d.Delegations.Code(r.Context(), d.DB, p)
		if err != nil {
			return err
		}
		if page.QR, err = ui.NewQR(code.Text); err != nil {
			return err
		}
		page.HasBadge, page.Print = true, "/desk/e/"+r.Edition().Slug+"/badges?person="+ui.Itoa(p.ID)
	}
	history, err := audit.History(r.Context(), d.DB, "delegate", p.ID)
	if err != nil {
		return err
	}
	for _, h := range history {
		page.History = append(page.History, auditLine(r, h))
	}
	return r.Page("desk/delegates/one", page)
}

func (d *Desk) withdrawDelegate(r *ui.Request) error {
	p, err := d.oneDelegate(r)
	if err != nil {
		return err
	}
	if err := d.Delegations.Withdraw(r.Context(), p.ID); err != nil {
		return err
	}
	r.Flash("success", "desk.delegate.withdrawn", "name", p.FullName)
	return r.Redirect("/desk/e/%s/delegates/%d", r.Edition().Slug, p.ID)
}

func (d *Desk) restoreDelegate(r *ui.Request) error {
	p, err := d.oneDelegate(r)
	if err != nil {
		return err
	}
	if _, err := d.Delegations.Restore(r.Context(), p.ID, p.InvitationID); err != nil {
		return err
	}
	r.Flash("success", "desk.delegate.restored", "name", p.FullName)
	return r.Redirect("/desk/e/%s/delegates/%d", r.Edition().Slug, p.ID)
}
