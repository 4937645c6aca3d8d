package desk

import (
	"strings"

	"hoinghi/conference/checkin"
	"hoinghi/conference/delegation"
	"hoinghi/conference/invitation"
	"hoinghi/conference/report"
	"hoinghi/conference/web/ui"
)

func (d *Desk) invitationRoutes() []ui.Route {
	const at = "/desk/e/:edition/invitations"
	return []ui.Route{
		ui.GET(at, ui.Organisers, d.board),
		ui.GET(at+"/live", ui.Organisers, func(r *ui.Request) error {
			return r.Stream(invitation.Topic(r.Edition().ID), delegation.Topic(r.Edition().ID), checkin.Topic(r.Edition().ID), "outbox")
		}),
		ui.GET(at+"/quotas", ui.Organisers, d.quotas),
		ui.POST(at+"/quotas", ui.Organisers, d.setQuotas),
		ui.GET(at+"/text", ui.Organisers, d.text),
		ui.POST(at+"/text", ui.Organisers, d.setText),
		ui.GET(at+"/send", ui.Organisers, d.confirmSend),
		ui.POST(at+"/send", ui.Organisers, d.send),
		ui.GET(at+"/sendings/:campaign", ui.Organisers, d.sending),
		ui.GET(at+"/sendings/:campaign/live", ui.Organisers, d.sendingLive),
		ui.GET(at+"/:id", ui.Organisers, d.invitation),
		ui.POST(at+"/:id/contact", ui.Organisers, d.setContact),
		ui.POST(at+"/:id/deadline", ui.Organisers, d.setDeadline),
		ui.POST(at+"/:id/organisation", ui.Organisers, d.setOrganisation),
		ui.POST(at+"/:id/reissue", ui.Organisers, d.reissue),
	}
}

type boardPage struct {
	ui.Frame
	Rows    []boardRow
	Sum     report.Summary
	Filters []filter
	Query   string
	State   string
	Missing string
	Address string // of this very list, for updates without a reload
	Base    string
	Local   bool // no mail server is configured
}

type boardRow struct {
	report.Row
	Organisation, Province, StateLabel, Focal, Phone string
	Kind                                             string // of the chip
}

// filter is one choice above the board, with the number of rows behind it.
type filter struct {
	Label, Href string
	Count       int
	Current     bool
}

func (d *Desk) board(r *ui.Request) error {
	e := r.Edition()
	all, err := report.Board(r.Context(), d.DB, e.ID)
	if err != nil {
		return err
	}
	state, missing, query := r.Query("state"), r.Query("missing"), r.Query("q")
	page := boardPage{Frame: r.Frame("invitations"), Sum: report.Sum(all), Query: query, State: state, Missing: missing,
		Base: "/desk/e/" + e.Slug + "/invitations", Local: d.Outbox.Local()}
	page.Filters = boardFilters(r, all, page.Base, state, missing)
	page.Address = page.Base + "?part=rows&state=" + ui.QueryEscape(state) + "&missing=" + ui.QueryEscape(missing) + "&q=" + ui.QueryEscape(query)
	for _, row := range all {
		if matches(row, state, missing) && found(row, query) {
			page.Rows = append(page.Rows, boardLine(r, row))
		}
	}
	if r.Query("part") == "rows" {
		return r.Fragment("desk/invitations/board", "rows", page)
	}
	return r.Page("desk/invitations/board", page)
}

func boardLine(r *ui.Request, row report.Row) boardRow {
	b := boardRow{Row: row, Organisation: row.OrganisationVi, Province: row.ProvinceVi, Focal: row.FocalName, Kind: string(row.State())}
	if r.Lang() == "en" && row.OrganisationEn != "" {
		b.Organisation, b.Province = row.OrganisationEn, row.ProvinceEn
	}
	b.StateLabel, b.Phone = r.T("desk.board.state."+b.Kind), ui.Phone(row.FocalPhone)
	return b
}

// matches reports whether a row belongs to the chosen filter.
func matches(row report.Row, state, missing string) bool {
	switch missing {
	case "address":
		return row.Address() == ""
	case "quota":
		return row.Seats == 0
	case "sending":
		return row.Listed > row.Registered
	}
	switch state {
	case "":
		return true
	case "silent":
		return row.Silent()
	}
	return string(row.State()) == state
}

func found(row report.Row, query string) bool {
	return query == "" || ui.Matches(strings.Join([]string{row.OrganisationVi, row.ProvinceVi, row.FocalName, strings.ReplaceAll(ui.Phone(row.FocalPhone), " ", ""), row.Address()}, " "), query)
}

func boardFilters(r *ui.Request, rows []report.Row, base, state, missing string) []filter {
	count := func(s, m string) (n int) {
		for _, row := range rows {
			if matches(row, s, m) {
				n++
			}
		}
		return n
	}
	out := []filter{{Label: r.T("desk.board.all"), Href: base, Count: len(rows), Current: state == "" && missing == ""}}
	add := func(label, s, m, href string) {
		if n := count(s, m); n > 0 || (state == s && missing == m) {
			out = append(out, filter{Label: label, Href: base + href, Count: n, Current: state == s && missing == m})
		}
	}
	add(r.T("desk.board.silent"), "silent", "", "?state=silent")
	for _, s := range report.States() {
		add(r.T("desk.board.state."+string(s)), string(s), "", "?state="+string(s))
	}
	for _, m := range []string{"address", "quota", "sending"} {
		add(r.T("desk.board.missing."+m), "", m, "?missing="+m)
	}
	return out
}

type sendPage struct {
	ui.Frame
	Form    *ui.Form
	Ready   []recipient
	Skipped []recipient
	Chosen  []int64
	Again   bool     // somebody has had it before
	Missing []string // what the letter needs and the edition does not say yet
	Subject string
	Preview string
	For     string
	Base    string
}

type recipient struct {
	ID                         int64
	Name, Address, Note, State string
}

// confirmSend shows exactly who would get the invitation, who would not and why,
// and the mail as the first of them will read it.
func (d *Desk) confirmSend(r *ui.Request) error {
	return d.showSend(r, 200, r.NewForm(nil), r.QueryIDs("id"))
}

func (d *Desk) showSend(r *ui.Request, status int, form *ui.Form, chosen []int64) error {
	e := r.Edition()
	plan, err := d.Invitations.Plan(r.Context(), d.DB, e.ID, chosen)
	if err != nil {
		return err
	}
	page := sendPage{Frame: r.Frame("invitations", boardCrumb(r)), Form: form, Chosen: chosen, Base: "/desk/e/" + e.Slug + "/invitations"}
	for _, i := range plan.Ready {
		page.Ready = append(page.Ready, recipient{ID: i.ID, Name: i.Organisation.In(r.Lang()), Address: i.Address(), Note: sentBefore(r, i)})
		page.Again = page.Again || page.Ready[len(page.Ready)-1].Note != ""
	}
	for _, s := range plan.Skipped {
		page.Skipped = append(page.Skipped, recipient{ID: s.Invitation.ID, Name: s.Invitation.Organisation.In(r.Lang()), Note: page.Say(s.Reason)})
	}
	page.Missing = missingForSending(r)
	if len(plan.Ready) > 0 {
		first := plan.Ready[0]
		if page.Subject, page.Preview, err = d.Invitations.Preview(r.Context(), d.DB, first.ID, nil); err != nil {
			return err
		}
		page.For = first.Organisation.In(r.Lang())
	}
	return r.PageStatus(status, "desk/invitations/send", page)
}

// missingForSending names what every letter speaks of and the edition does not
// say yet: without it a sentence would have a hole.
func missingForSending(r *ui.Request) []string {
	e := r.Edition()
	var out []string
	for _, f := range []struct {
		value, label string
	}{{e.OrganiserVi, "desk.edition.organiser_vi"}, {e.VenueVi, "desk.edition.venue_vi"}, {e.ContactPhone + e.ContactEmail, "desk.edition.contact"}} {
		if f.value == "" {
			out = append(out, r.T(f.label))
		}
	}
	return out
}

// sentBefore says what speaks against sending once more.
func sentBefore(r *ui.Request, i invitation.Invitation) string {
	switch {
	case i.Answer == invitation.Declined:
		return r.T("desk.send.declined")
	case i.Answer == invitation.Accepted:
		return r.T("desk.send.accepted")
	case !i.QueuedAt.IsZero():
		return r.T("desk.send.sent_before", "when", ui.Moment(i.QueuedAt.Time, r.Lang()))
	}
	return ""
}

func (d *Desk) send(r *ui.Request) error {
	form, err := r.Form()
	if err != nil {
		return err
	}
	if len(missingForSending(r)) > 0 {
		return d.showSend(r, 422, form, form.IDs("id"))
	}
	sent, err := d.Invitations.Send(r.Context(), r.Edition().ID, form.IDs("id"))
	if err != nil {
		if !form.Refuse(err) {
			return err
		}
		return d.showSend(r, 422, form, form.IDs("id"))
	}
	return r.Redirect("/desk/e/%s/invitations/sendings/%d", r.Edition().Slug, sent.CampaignID)
}

type sendingPage struct {
	ui.Frame
	Total, Done, Sent, Failed, Unknown, Waiting int
	Finished                                    bool
	Trouble                                     string
	Local                                       bool
	Base, Here                                  string
}

// sending shows how a sending goes on, and its receipt once it is through.
func (d *Desk) sending(r *ui.Request) error {
	id, err := d.oneSending(r)
	if err != nil {
		return err
	}
	p, err := d.Outbox.CampaignProgress(r.Context(), id)
	if err != nil {
		return err
	}
	base := "/desk/e/" + r.Edition().Slug + "/invitations"
	page := sendingPage{Frame: r.Frame("invitations", boardCrumb(r)), Total: p.Total, Sent: p.Sent, Failed: p.Failed + p.Stopped, Unknown: p.Unknown, Waiting: p.Waiting,
		Done: p.Total - p.Waiting, Finished: p.Waiting == 0, Local: d.Outbox.Local(), Base: base, Here: base + "/sendings/" + r.Param("campaign")}
	if t, ok := d.Outbox.Trouble(); ok && p.Waiting > 0 {
		page.Trouble = t.Words
	}
	if r.Query("part") == "progress" {
		return r.Fragment("desk/invitations/sending", "live", page)
	}
	return r.Page("desk/invitations/sending", page)
}

// oneSending gives the number of the sending of the address, if it is of the edition of the address.
func (d *Desk) oneSending(r *ui.Request) (int64, error) {
	id, err := r.ID("campaign")
	if err != nil {
		return 0, err
	}
	c, err := d.Invitations.Campaign(r.Context(), d.DB, id)
	if err != nil {
		return 0, err
	}
	if c.EditionID != r.Edition().ID {
		return 0, errOtherEdition
	}
	return id, nil
}

func (d *Desk) sendingLive(r *ui.Request) error {
	if _, err := d.oneSending(r); err != nil {
		return err
	}
	return r.Stream("outbox")
}

func boardCrumb(r *ui.Request) ui.Crumb {
	return ui.Crumb{Label: r.T("desk.nav.invitations"), Href: "/desk/e/" + r.Edition().Slug + "/invitations"}
}

type textPage struct {
	ui.Frame
	Form    *ui.Form
	Fields  []mergeField
	Subject string
	Preview string
	For     string
	Base    string
	Next    *step
}

type mergeField struct{ Name, Text string }

func (d *Desk) text(r *ui.Request) error {
	t, err := d.Invitations.Text(r.Context(), d.DB, r.Edition().ID)
	if err != nil {
		return err
	}
	return d.showText(r, 200, r.NewForm(map[string]string{"subject": t.Subject, "body": t.Body}), &t)
}

// showText shows the text with a preview for the first organisation; t is nil
// when what was typed cannot be filled in.
func (d *Desk) showText(r *ui.Request, status int, form *ui.Form, t *invitation.Text) error {
	e := r.Edition()
	page := textPage{Frame: r.Frame("invitation-text"), Form: form, Base: "/desk/e/" + e.Slug + "/invitations"}
	for _, f := range invitation.MergeFields() {
		page.Fields = append(page.Fields, mergeField{Name: "[" + f + "]", Text: r.T("invitation.field." + f)})
	}
	all, err := invitation.List(r.Context(), d.DB, e.ID)
	if err != nil {
		return err
	}
	if page.Next, err = d.next(r); err != nil {
		return err
	}
	if t != nil && len(all) > 0 {
		first := all[0]
		if page.Subject, page.Preview, err = d.Invitations.Preview(r.Context(), d.DB, first.ID, t); err != nil {
			return err
		}
		page.For = first.Organisation.In(r.Lang())
	}
	return r.PageStatus(status, "desk/invitations/text", page)
}

func (d *Desk) setText(r *ui.Request) error {
	form, err := r.Form()
	if err != nil {
		return err
	}
	t := invitation.Text{Subject: form.Get("subject"), Body: form.Text("body")}
	if form.Get("do") == "preview" {
		if err := invitation.CheckText(t); err != nil {
			if !form.Refuse(err) {
				return err
			}
			return d.showText(r, 422, form, nil)
		}
		return d.showText(r, 200, form, &t)
	}
	if err := d.Invitations.SetText(r.Context(), r.Edition().ID, t.Subject, t.Body); err != nil {
		if !form.Refuse(err) {
			return err
		}
		return d.showText(r, 422, form, nil)
	}
	r.Flash("success", "desk.text.saved")
	return r.Redirect("/desk/e/%s/invitations/text", r.Edition().Slug)
}
