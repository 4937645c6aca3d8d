package desk

import (
	"net/http"
	"strconv"

	"hoinghi/conference/invitation"
	"hoinghi/conference/web/ui"
)

type remindPlanPage struct {
	ui.Frame
	Form     *ui.Form
	Plan     invitation.RemindPlan
	State    string // the plan that holds, or was taken back, in words
	Active   bool
	Rows     []remindPlanRow
	Quiet    int // organisations that need no reminder
	Fields   []mergeField
	Subject  string
	Preview  string
	For      string
	Base     string
	Deadline string
}

type remindPlanRow struct {
	ID             int64
	Name, Deadline string
	Own            bool // its deadline is its own
	Steps          []remindPlanCell
}

type remindPlanCell struct {
	Chip, Label, When, Why string
}

// remindPlan shows what the program will send by itself, to whom and when.
func (d *Desk) remindPlan(r *ui.Request) error {
	p, err := d.Invitations.RemindPlan(r.Context(), d.DB, r.Edition().ID)
	if err != nil {
		return err
	}
	values := map[string]string{"days_1": strconv.Itoa(p.Days[0]), "days_2": "", "at": p.Clock(), "subject": p.Subject, "body": p.Body}
	if p.Days[1] > 0 {
		values["days_2"] = strconv.Itoa(p.Days[1])
	}
	return d.showRemindPlan(r, http.StatusOK, r.NewForm(values), p)
}

// showRemindPlan shows the plan that holds, and who is meant by shown, which may be one
// that is only tried.
func (d *Desk) showRemindPlan(r *ui.Request, status int, form *ui.Form, shown invitation.RemindPlan) error {
	e := r.Edition()
	stored, err := d.Invitations.RemindPlan(r.Context(), d.DB, e.ID)
	if err != nil {
		return err
	}
	page := remindPlanPage{Frame: r.Frame("invitations", boardCrumb(r)), Form: form, Plan: stored, Active: stored.Active(), State: planState(r, stored),
		Fields: reminderFields(r), Base: "/desk/e/" + e.Slug + "/invitations", Deadline: ui.Moment(e.RegisterBy.Time, r.Lang())}
	rows, err := d.Invitations.Schedule(r.Context(), d.DB, shown)
	if err != nil {
		return err
	}
	var first int64
	for _, row := range rows {
		line, busy := planLine(r, row)
		if !busy {
			page.Quiet++
			continue
		}
		if first == 0 || page.For == "" {
			first, page.For = row.ID, line.Name
		}
		page.Rows = append(page.Rows, line)
	}
	t := invitation.Text{Subject: form.Get("subject"), Body: form.Text("body")}
	if first != 0 && invitation.CheckReminderText(t) == nil {
		if page.Subject, page.Preview, err = d.Invitations.PreviewReminder(r.Context(), d.DB, first, t); err != nil {
			return err
		}
	}
	return r.PageStatus(status, "desk/invitations/remind-plan", page)
}

// planState says in words what holds.
func planState(r *ui.Request, p invitation.RemindPlan) string {
	days := r.T("reminder.plan.days_one", "first", p.Days[0], "at", p.Clock())
	if p.Days[1] > 0 {
		days = r.T("reminder.plan.days_two", "first", p.Days[0], "second", p.Days[1], "at", p.Clock())
	}
	switch {
	case p.Active():
		return r.T("reminder.plan.active", "days", days, "who", p.ConfirmedBy, "when", ui.Moment(p.ConfirmedAt.Time, r.Lang()))
	case !p.ConfirmedAt.IsZero():
		return r.T("reminder.plan.withdrawn", "when", ui.Moment(p.WithdrawnAt.Time, r.Lang()))
	}
	return r.T("reminder.plan.unconfirmed")
}

// planLine puts one organisation's steps into words; busy is false when none of them is
// left and none was sent.
func planLine(r *ui.Request, row invitation.PlannedRow) (line remindPlanRow, busy bool) {
	line = remindPlanRow{ID: row.ID, Name: row.Organisation.In(r.Lang()), Deadline: ui.Moment(row.Deadline(), r.Lang()), Own: !row.OwnDeadline.IsZero()}
	for _, s := range row.Steps {
		if s.State == invitation.PlannedNone {
			line.Steps = append(line.Steps, remindPlanCell{})
			continue
		}
		cell := remindPlanCell{Label: r.T("reminder.planned." + string(s.State)), When: ui.Moment(s.Due, r.Lang()), Chip: plannedChip(s.State)}
		if s.Why.Key != "" {
			cell.Why = r.Say(s.Why)
		}
		switch s.State {
		case invitation.PlannedQueued:
			cell.When = ui.Moment(s.At.Time, r.Lang())
			busy = true
		case invitation.PlannedAnswered, invitation.PlannedNone:
			cell.When = ""
		case invitation.PlannedWaiting, invitation.PlannedBlocked, invitation.PlannedMissed, invitation.PlannedPast:
			busy = true
		}
		line.Steps = append(line.Steps, cell)
	}
	return line, busy
}

func plannedChip(s invitation.PlannedState) string {
	switch s {
	case invitation.PlannedWaiting:
		return "waiting"
	case invitation.PlannedBlocked:
		return "warning"
	case invitation.PlannedQueued:
		return "sent"
	case invitation.PlannedMissed:
		return "overdue"
	case invitation.PlannedAnswered:
		return "answered"
	case invitation.PlannedPast:
		return "archived"
	case invitation.PlannedNone:
	}
	return ""
}

// setRemindPlan tries a plan, or confirms it once for all.
func (d *Desk) setRemindPlan(r *ui.Request) error {
	form, err := r.Form()
	if err != nil {
		return err
	}
	draft := invitation.RemindDraft{Days1: form.Get("days_1"), Days2: form.Get("days_2"), At: form.Get("at"), Text: invitation.Text{Subject: form.Get("subject"), Body: form.Text("body")}}
	tried, err := invitation.CheckRemindDraft(draft)
	tried.EditionID = r.Edition().ID
	if err == nil && form.Get("do") == "preview" {
		return d.showRemindPlan(r, http.StatusOK, form, tried)
	}
	if err == nil {
		err = d.Invitations.ConfirmReminders(r.Context(), r.Edition().ID, draft)
	}
	if err != nil {
		return d.refusePlan(r, form, err)
	}
	r.Flash("success", "reminder.flash.confirmed")
	return r.Redirect("/desk/e/%s/invitations/remind/plan", r.Edition().Slug)
}

func (d *Desk) refusePlan(r *ui.Request, form *ui.Form, why error) error {
	if !form.Refuse(why) {
		return why
	}
	stored, err := d.Invitations.RemindPlan(r.Context(), d.DB, r.Edition().ID)
	if err != nil {
		return err
	}
	return d.showRemindPlan(r, http.StatusUnprocessableEntity, form, stored)
}

func (d *Desk) withdrawRemindPlan(r *ui.Request) error {
	if err := d.Invitations.WithdrawReminders(r.Context(), r.Edition().ID); err != nil {
		return err
	}
	r.Flash("success", "reminder.flash.withdrawn")
	return r.Redirect("/desk/e/%s/invitations/remind/plan", r.Edition().Slug)
}
