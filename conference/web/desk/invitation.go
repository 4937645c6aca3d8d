package desk

import (
	"net/http"
	"strconv"
	"strings"

	"hoinghi/conference"
	"hoinghi/conference/audit"
	"hoinghi/conference/delegation"
	"hoinghi/conference/edition"
	"hoinghi/conference/invitation"
	"hoinghi/conference/web/ui"
)

// errOtherEdition is the answer to an id that belongs to another edition than the address says.
var errOtherEdition = conference.NotFound()

type invitationPage struct {
	ui.Frame
	Form       *ui.Form
	I          invitation.Invitation
	Name       string
	Province   string
	Link, Code string
	QR         ui.QR
	Hand       message // ready to paste into Zalo or an SMS
	Chain      chain   // of organisations in place of one another
	Questions  []questionRow
	Deadline   string
	Usage      []usage
	Delegates  []delegateRow
	Again      string // what the focal point agreed to for the next edition, "" for nothing
	Mails      []mailRow
	Returned   *returnNotice // its latest mail came back
	Reminders  []reminderRow
	Silent     bool
	History    []auditRow
	Base       string
}

// usage is how much of one group's quota is taken.
type usage struct {
	Label       string
	Used, Total int
}

// oneInvitation gives the invitation of the address, if it is of the edition of the address.
func (d *Desk) oneInvitation(r *ui.Request) (invitation.Invitation, error) {
	id, err := r.ID("id")
	if err != nil {
		return invitation.Invitation{}, err
	}
	return d.invitationOf(r, id)
}

// invitationOf gives an invitation, if it is of the edition of the address.
func (d *Desk) invitationOf(r *ui.Request, id int64) (invitation.Invitation, error) {
	i, err := invitation.ByID(r.Context(), d.DB, id)
	if err != nil {
		return invitation.Invitation{}, err
	}
	if i.EditionID != r.Edition().ID {
		return invitation.Invitation{}, errOtherEdition
	}
	return i, nil
}

func (d *Desk) invitation(r *ui.Request) error {
	i, err := d.oneInvitation(r)
	if err != nil {
		return err
	}
	return d.showInvitation(r, http.StatusOK, invitationForm(r, i), i)
}

func (d *Desk) showInvitation(r *ui.Request, status int, form *ui.Form, i invitation.Invitation) error {
	lang, base := r.Lang(), "/desk/e/"+r.Edition().Slug+"/invitations"
	page := invitationPage{Frame: r.Frame("invitations", boardCrumb(r)), Form: form, I: i, Name: i.Organisation.In(lang), Province: i.Province.Print(lang),
		Link: d.Invitations.Link(i), Code: d.Invitations.ShortCode(i), Deadline: ui.Moment(i.Deadline(), lang), Base: base}
	var err error
	if page.QR, err = ui.NewQR(strings.ToUpper(page.Link)); err != nil {
		return err
	}
	if err := d.fillDelegation(r, &page); err != nil {
		return err
	}
	if err := d.fillTalk(r, &page); err != nil {
		return err
	}
	if form.All("copies") == nil { // not one that was refused
		copies, err := invitation.Copies(r.Context(), d.DB, i.ID)
		if err != nil {
			return err
		}
		form.Set("copies", invitation.CopiesText(copies))
	}
	if page.Again, err = d.again(r, i); err != nil {
		return err
	}
	mails, err := d.Outbox.Of(r.Context(), i.ID, invitation.KindInvite, invitation.KindCopy)
	if err != nil {
		return err
	}
	if page.Mails, err = d.mailLines(r, mails); err != nil {
		return err
	}
	if page.Returned, err = d.bouncedInvitation(r, i, mails); err != nil {
		return err
	}
	page.Silent = i.Silent()
	if page.Reminders, err = d.reminderRows(r, i.ID); err != nil {
		return err
	}
	history, err := audit.History(r.Context(), d.DB, "invitation", i.ID)
	if err != nil {
		return err
	}
	for _, h := range history {
		page.History = append(page.History, auditLine(r, h))
	}
	return r.PageStatus(status, "desk/invitations/one", page)
}

func (d *Desk) fillDelegation(r *ui.Request, page *invitationPage) error {
	dn, err := delegation.ForInvitation(r.Context(), d.DB, page.I.ID)
	if err != nil {
		return err
	}
	for _, u := range dn.Groups {
		if u.Seats > 0 || u.Taken > 0 {
			page.Usage = append(page.Usage, usage{Label: u.Group.In(r.Lang()), Used: u.Taken, Total: u.Seats})
		}
	}
	for _, p := range dn.Delegates {
		page.Delegates = append(page.Delegates, delegateLine(r, p))
	}
	return nil
}

// fillTalk adds what is sent by hand and what was said with the organisation.
func (d *Desk) fillTalk(r *ui.Request, page *invitationPage) error {
	body, err := d.Invitations.MessageText(r.Context(), d.DB, page.I.EditionID)
	if err != nil {
		return err
	}
	handed, err := invitation.HandDeliveries(r.Context(), d.DB, page.I.ID)
	if err != nil {
		return err
	}
	page.Hand = d.messageOf(r, page.I, body, handed)
	if page.Chain, err = d.chainOf(r, page.Form, page.I); err != nil {
		return err
	}
	questions, err := invitation.QuestionsOf(r.Context(), d.DB, page.I.ID)
	if err != nil {
		return err
	}
	for _, q := range questions {
		row, err := d.questionLine(r, q)
		if err != nil {
			return err
		}
		page.Questions = append(page.Questions, row)
	}
	return nil
}

// setContact, setDeadline and setOrganisation save one of the forms of the page;
// what was typed into a refused one is shown again.
func (d *Desk) setContact(r *ui.Request) error {
	return d.changeInvitation(r, func(form *ui.Form, i invitation.Invitation) error {
		return d.Invitations.SetContact(r.Context(), i.ID, invitation.Contact{Name: form.Get("focal_name"), Phone: form.Get("focal_phone"), Email: form.Get("focal_email")})
	})
}

func (d *Desk) setDeadline(r *ui.Request) error {
	return d.changeInvitation(r, func(form *ui.Form, i invitation.Invitation) error {
		deadline, ok := ui.ParseLocalMinute(form.Get("register_by"))
		if !ok {
			form.Note("register_by", conference.Say("desk.error.moment"))
			return nil
		}
		return d.Invitations.SetDeadline(r.Context(), i.ID, deadline)
	})
}

func (d *Desk) setOrganisation(r *ui.Request) error {
	return d.changeInvitation(r, func(form *ui.Form, i invitation.Invitation) error {
		return d.Editions.ChangeOrganisation(r.Context(), edition.Organisation{ID: i.OrganisationID,
			NameVi: form.Get("name_vi"), NameEn: form.Get("name_en"), Email: form.Get("email"), Phone: form.Get("phone")})
	})
}

func (d *Desk) changeInvitation(r *ui.Request, save func(*ui.Form, invitation.Invitation) error) error {
	i, err := d.oneInvitation(r)
	if err != nil {
		return err
	}
	posted, err := r.Form()
	if err != nil {
		return err
	}
	form := invitationForm(r, i)
	form.Overlay(posted)
	if err := save(form, i); err != nil && !form.Refuse(err) {
		return err
	}
	if form.Wrong() {
		return d.showInvitation(r, http.StatusUnprocessableEntity, form, i)
	}
	r.Flash("success", "desk.invitation.saved")
	return r.Redirect("/desk/e/%s/invitations/%d", r.Edition().Slug, i.ID)
}

func invitationForm(r *ui.Request, i invitation.Invitation) *ui.Form {
	return r.NewForm(map[string]string{"focal_name": i.FocalName, "focal_phone": ui.Phone(i.FocalPhone), "focal_email": i.FocalEmail,
		"name_vi": i.Organisation.Vi, "name_en": i.Organisation.En, "email": i.OrganisationEmail, "phone": ui.Phone(i.OrganisationPhone), "register_by": ui.LocalMinute(i.OwnDeadline.Time)})
}

// reissue replaces the link and mails the new one, if that is wanted.
func (d *Desk) reissue(r *ui.Request) error {
	i, err := d.oneInvitation(r)
	if err != nil {
		return err
	}
	posted, err := r.Form()
	if err != nil {
		return err
	}
	form := invitationForm(r, i)
	form.Overlay(posted)
	if _, err := d.Invitations.Reissue(r.Context(), i.ID); err != nil {
		if !form.Refuse(err) {
			return err
		}
		return d.showInvitation(r, http.StatusUnprocessableEntity, form, i)
	}
	if !form.Checked("mail") {
		r.Flash("success", "desk.invitation.reissued")
	} else if unsent, err := d.sendOne(r, i.ID); err != nil {
		return err
	} else if unsent != "" {
		r.Flash("warning", "desk.invitation.reissued_unsent", "reason", unsent)
	} else {
		r.Flash("success", "desk.invitation.reissued_mailed")
	}
	return r.Redirect("/desk/e/%s/invitations/%d", r.Edition().Slug, i.ID)
}

type quotaPage struct {
	ui.Frame
	Form   *ui.Form
	Groups []edition.Group
	Every  []quotaCell // what is set for all organisations at once, by group
	Rows   []quotaRow
	Base   string
	Next   *step
}

type quotaRow struct {
	ID    int64
	Name  string
	Cells []quotaCell
	Sum   int
}

type quotaCell struct{ Field, Value, Error, Label string }

func (d *Desk) quotas(r *ui.Request) error { return d.showQuotas(r, http.StatusOK, r.NewForm(nil)) }

// showQuotas shows the table of quotas, organisations down, groups across, as
// organisers know it from their spreadsheet.
func (d *Desk) showQuotas(r *ui.Request, status int, form *ui.Form) error {
	e := r.Edition()
	groups, err := edition.Groups(r.Context(), d.DB, e.ID)
	if err != nil {
		return err
	}
	all, err := invitation.List(r.Context(), d.DB, e.ID)
	if err != nil {
		return err
	}
	page := quotaPage{Frame: r.Frame("invitations", boardCrumb(r)), Form: form, Groups: groups, Base: "/desk/e/" + e.Slug + "/invitations"}
	if page.Next, err = d.next(r); err != nil {
		return err
	}
	for _, g := range groups {
		field := everyField(g.ID)
		page.Every = append(page.Every, quotaCell{Field: field, Value: form.Get(field), Error: form.Error(field), Label: r.T("desk.quotas.all_of", "group", g.Name(r.Lang()))})
	}
	for _, i := range all {
		row := quotaRow{ID: i.ID, Name: i.Organisation.In(r.Lang()), Sum: i.Seats()}
		for _, q := range i.Quotas {
			cell := quotaCell{Field: invitation.TableField(i.ID, q.GroupID), Value: strconv.Itoa(q.Seats), Label: row.Name + ": " + q.Group.In(r.Lang())}
			if form.Wrong() {
				cell.Value, cell.Error = form.Get(cell.Field), form.Error(cell.Field)
			}
			row.Cells = append(row.Cells, cell)
		}
		page.Rows = append(page.Rows, row)
	}
	return r.PageStatus(status, "desk/invitations/quotas", page)
}

// setQuotas saves the whole table, or nothing of it.
func (d *Desk) setQuotas(r *ui.Request) error {
	form, err := r.Form()
	if err != nil {
		return err
	}
	all, err := invitation.List(r.Context(), d.DB, r.Edition().ID)
	if err != nil {
		return err
	}
	groups, err := edition.Groups(r.Context(), d.DB, r.Edition().ID)
	if err != nil {
		return err
	}
	fillColumns(r, form, groups, all)
	table := readQuotas(form, all)
	if !form.Wrong() {
		if err := d.Invitations.SetQuotaTable(r.Context(), r.Edition().ID, table); err != nil && !form.Refuse(err) {
			return err
		}
	}
	if form.Wrong() {
		return d.showQuotas(r, http.StatusUnprocessableEntity, form)
	}
	r.Flash("success", "desk.quotas.saved")
	return r.Redirect("/desk/e/%s/invitations/quotas", r.Edition().Slug)
}

func everyField(groupID int64) string { return "all-" + ui.Itoa(groupID) }

// readSeats reads one cell; empty is none.
func readSeats(typed string) (seats int, ok bool) {
	if typed == "" {
		return 0, true
	}
	seats, err := strconv.Atoi(typed)
	return seats, err == nil && seats >= 0 && seats <= 1000
}

// fillColumns writes what was set for all organisations into every cell of its group. What is
// no number of seats stays where it was typed, and is noted there.
func fillColumns(r *ui.Request, form *ui.Form, groups []edition.Group, all []invitation.Invitation) {
	for _, g := range groups {
		field := everyField(g.ID)
		typed := form.Get(field)
		if _, ok := readSeats(typed); !ok {
			form.Note(field, conference.Say("desk.quotas.range", "name", r.T("desk.quotas.all"), "group", g.Name(r.Lang())))
		} else if typed != "" {
			for _, i := range all {
				form.Set(invitation.TableField(i.ID, g.ID), typed)
			}
			form.Set(field, "")
		}
	}
}

// readQuotas reads the table; what is no number of seats is noted at its cell.
func readQuotas(form *ui.Form, all []invitation.Invitation) map[int64]map[int64]int {
	table := map[int64]map[int64]int{}
	for _, i := range all {
		table[i.ID] = map[int64]int{}
		for _, q := range i.Quotas {
			field := invitation.TableField(i.ID, q.GroupID)
			seats, ok := readSeats(form.Get(field))
			if !ok {
				form.Note(field, conference.Say("desk.quotas.range", "name", i.Organisation, "group", q.Group))
			}
			table[i.ID][q.GroupID] = seats
		}
	}
	return table
}
