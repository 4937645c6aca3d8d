package desk

import (
	"net/http"
	"slices"

	"hoinghi/conference"
	"hoinghi/conference/invitation"
	"hoinghi/conference/outbox"
	"hoinghi/conference/web/ui"
)

type remindPage struct {
	ui.Frame
	Form     *ui.Form
	Ready    []remindRow
	Skipped  []recipient
	Answered []recipient // skipped too, but nothing is to be done about them
	Chosen   int
	Pool     []int64 // whom the page is about; none is everybody
	Fields   []mergeField
	Subject  string
	Preview  string
	For      string
	Base     string
}

type remindRow struct {
	recipient
	Reminded, Deadline string
	Ticked             bool
}

// remind shows exactly who would be reminded, who would not and why, the text, and the
// mail as the first of them will read it.
func (d *Desk) remind(r *ui.Request) error {
	t, err := d.Invitations.ReminderText(r.Context(), d.DB, r.Edition().ID)
	if err != nil {
		return err
	}
	return d.showRemind(r, http.StatusOK, r.NewForm(map[string]string{"subject": t.Subject, "body": t.Body}), r.QueryIDs("id"), nil)
}

// showRemind shows the page for the organisations in pool, or for all. ticked are those
// that stay chosen; nil is everybody who can be reminded.
func (d *Desk) showRemind(r *ui.Request, status int, form *ui.Form, pool, ticked []int64) error {
	e := r.Edition()
	plan, err := d.Invitations.RemindWhom(r.Context(), d.DB, e.ID, pool)
	if err != nil {
		return err
	}
	before, err := invitation.RemindedOf(r.Context(), d.DB, e.ID)
	if err != nil {
		return err
	}
	page := remindPage{Frame: r.Frame("invitations", boardCrumb(r)), Form: form, Pool: pool, Fields: reminderFields(r), Base: "/desk/e/" + e.Slug + "/invitations"}
	var first int64
	for _, i := range plan.Ready {
		row := remindRow{recipient: recipient{ID: i.ID, Name: i.Organisation.In(r.Lang()), Address: i.Address()}, Reminded: remindedText(r, before[i.ID]),
			Deadline: ui.Moment(i.Deadline(), r.Lang()), Ticked: ticked == nil || slices.Contains(ticked, i.ID)}
		if row.Ticked {
			page.Chosen++
			if first == 0 {
				first, page.For = i.ID, row.Name
			}
		}
		page.Ready = append(page.Ready, row)
	}
	for _, s := range plan.Skipped {
		skipped := recipient{ID: s.Invitation.ID, Name: s.Invitation.Organisation.In(r.Lang()), Note: page.Say(s.Reason)}
		if s.Invitation.Answer != invitation.Unanswered {
			page.Answered = append(page.Answered, skipped)
			continue
		}
		page.Skipped = append(page.Skipped, skipped)
	}
	t := invitation.Text{Subject: form.Get("subject"), Body: form.Text("body")}
	if first != 0 && invitation.CheckReminderText(t) == nil {
		if page.Subject, page.Preview, err = d.Invitations.PreviewReminder(r.Context(), d.DB, first, t); err != nil {
			return err
		}
	}
	return r.PageStatus(status, "desk/invitations/remind", page)
}

func reminderFields(r *ui.Request) []mergeField {
	var out []mergeField
	for _, f := range invitation.ReminderFields() {
		out = append(out, mergeField{Name: "[" + f + "]", Text: r.T("invitation.field." + f)})
	}
	return out
}

// sendReminders tries the text, keeps it for the next time, or reminds those who are ticked.
func (d *Desk) sendReminders(r *ui.Request) error {
	form, err := r.Form()
	if err != nil {
		return err
	}
	t := invitation.Text{Subject: form.Get("subject"), Body: form.Text("body")}
	ids := append([]int64{}, form.IDs("id")...)
	if err := d.checkChosen(r, form, ids); err != nil {
		return err
	}
	if form.Wrong() {
		return d.showRemind(r, http.StatusUnprocessableEntity, form, form.IDs("of"), ids)
	}
	var sent invitation.Sending
	switch form.Get("do") {
	case "preview":
		err = invitation.CheckReminderText(t)
	case "save":
		err = d.Invitations.SetReminderText(r.Context(), r.Edition().ID, t)
	default:
		sent, err = d.Invitations.Remind(r.Context(), r.Edition().ID, ids, t)
		if err == nil && sent.Queued == 0 {
			err = conference.Fail(conference.KindConflict, "reminder.error.none_left")
		}
	}
	switch {
	case err != nil && !form.Refuse(err):
		return err
	case err != nil:
		return d.showRemind(r, http.StatusUnprocessableEntity, form, form.IDs("of"), ids)
	case sent.Queued > 0:
		r.Flash("success", "reminder.flash.sent", "n", sent.Queued, "skipped", len(sent.Skipped))
		return r.Redirect("/desk/e/%s/invitations/sendings/%d", r.Edition().Slug, sent.CampaignID)
	case form.Get("do") == "save":
		r.Flash("success", "reminder.flash.saved")
		return r.Redirect("/desk/e/%s/invitations/remind%s", r.Edition().Slug, idsAddress(form.IDs("of")))
	}
	return d.showRemind(r, http.StatusOK, form, form.IDs("of"), ids)
}

// checkChosen notes at the list what was chosen and cannot be: what is sent is exactly
// what the page showed, so whoever has answered meanwhile is shown first.
func (d *Desk) checkChosen(r *ui.Request, form *ui.Form, ids []int64) error {
	typed := len(form.All("id"))
	if do := form.Get("do"); typed == 0 && (do == "preview" || do == "save") {
		return nil
	}
	switch {
	case typed == 0:
		form.Note("id", conference.Say("reminder.error.nobody"))
		return nil
	case typed != len(ids):
		form.Note("id", conference.Say("reminder.error.unknown"))
		return nil
	}
	plan, err := d.Invitations.RemindWhom(r.Context(), d.DB, r.Edition().ID, ids)
	switch {
	case conference.KindOf(err) == conference.KindNotFound:
		form.Note("id", conference.Say("reminder.error.unknown"))
	case err != nil:
		return err
	case len(plan.Skipped) > 0:
		form.Note("id", conference.Say("reminder.error.changed"))
	}
	return nil
}

func idsAddress(ids []int64) string {
	out := ""
	for n, id := range ids {
		if n == 0 {
			out = "?id="
		} else {
			out += "&id="
		}
		out += ui.Itoa(id)
	}
	return out
}

// reminderRow is one reminder in an organisation's history.
type reminderRow struct {
	invitation.Reminder
	When, Who, Due, Why  string // Why: it was missed
	Chip, StateLabel     string
	Returned, ReturnNote string // what came back of its mail
}

// reminderRows gives the history of an organisation's reminders.
func (d *Desk) reminderRows(r *ui.Request, invitationID int64) ([]reminderRow, error) {
	all, err := d.Invitations.Reminders(r.Context(), d.DB, invitationID)
	if err != nil {
		return nil, err
	}
	var out []reminderRow
	for _, rem := range all {
		row := reminderRow{Reminder: rem, When: ui.Moment(rem.At.Time, r.Lang()), Due: ui.Moment(rem.DueAt.Time, r.Lang()), Who: rem.By}
		switch {
		case rem.Missed != "":
			row.Why, row.Chip, row.StateLabel = r.Say(rem.MissedText()), "overdue", r.T("reminder.state.missed")
		default:
			m := mailLine(r, rem.Mail)
			row.Chip, row.StateLabel = string(rem.Mail.State), m.StateLabel
		}
		if rem.Automatic() && rem.Missed == "" {
			row.Who = r.T("reminder.automatic", "name", rem.By)
		}
		for _, b := range rem.Bounces {
			row.Returned, row.ReturnNote = r.T("reminder.returned."+string(b.Kind)), b.Answer
			if b.Kind == outbox.BounceHard {
				row.Chip = "bounced"
			}
		}
		out = append(out, row)
	}
	return out, nil
}
