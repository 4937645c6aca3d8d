package desk

import (
	"fmt"

	"hoinghi/conference/invitation"
	"hoinghi/conference/outbox"
	"hoinghi/conference/web/ui"
)

type sendingsPage struct {
	ui.Frame
	Rows []sendingRow
	Base string
}

type sendingRow struct {
	outbox.Progress
	At, By, Subject, Href string
	Kind, StateLabel      string // of the chip
}

// sendings lists the edition's sendings with how far each is.
func (d *Desk) sendings(r *ui.Request) error {
	all, err := invitation.Campaigns(r.Context(), d.DB, r.Edition().ID)
	if err != nil {
		return err
	}
	page := sendingsPage{Frame: r.Frame("sendings"), Base: "/desk/e/" + r.Edition().Slug + "/invitations"}
	for _, c := range all {
		p, err := d.Outbox.CampaignProgress(r.Context(), c.ID)
		if err != nil {
			return err
		}
		_, paused, err := outbox.Held(r.Context(), d.DB, c.ID)
		if err != nil {
			return err
		}
		row := sendingRow{Progress: p, At: ui.Moment(c.CreatedAt.Time, r.Lang()), By: c.CreatedBy, Subject: c.Subject, Href: fmt.Sprintf("%s/sendings/%d", page.Base, c.ID)}
		row.Kind, row.StateLabel = sendingState(r, p, paused)
		page.Rows = append(page.Rows, row)
	}
	return r.Page("desk/invitations/sendings", page)
}

// sendingState gives the chip of a sending: what an organiser has to look at comes first.
func sendingState(r *ui.Request, p outbox.Progress, paused bool) (kind, label string) {
	switch {
	case paused:
		return "over", r.T("sending.state.paused")
	case p.Waiting > 0:
		return "queued", r.T("sending.state.going")
	case p.Failed > 0:
		return "warning", r.T("sending.state.gaps")
	case p.Unknown > 0:
		return "warning", r.T("sending.state.unclear")
	case p.Stopped > 0:
		return "stopped", r.T("sending.state.cut")
	}
	return "done", r.T("sending.state.done")
}

type sendingPage struct {
	ui.Frame
	Campaign                                                      invitation.Campaign
	At                                                            string
	Total, Done, Sent, Failed, Unknown, Waiting, Stopped, Bounced int
	Finished                                                      bool
	Paused                                                        string // since when and by whom, "" while it goes on
	Steerable                                                     bool   // something is left to pause, to let go on or to cancel
	Trouble                                                       string
	Local                                                         bool
	Filters                                                       []filter
	Rows                                                          []mailRow
	Next                                                          string
	Base, Here, Address                                           string
}

// sending shows how a sending goes on, mail by mail, and its receipt once it is through.
func (d *Desk) sending(r *ui.Request) error {
	c, err := d.oneSending(r)
	if err != nil {
		return err
	}
	p, err := d.Outbox.CampaignProgress(r.Context(), c.ID)
	if err != nil {
		return err
	}
	base := "/desk/e/" + r.Edition().Slug + "/invitations"
	page := sendingPage{Frame: r.Frame("sendings", ui.Crumb{Label: r.T("sending.nav"), Href: base + "/sendings"}), Campaign: c, At: ui.Moment(c.CreatedAt.Time, r.Lang()),
		Total: p.Total, Sent: p.Sent, Failed: p.Failed, Unknown: p.Unknown, Waiting: p.Waiting, Stopped: p.Stopped,
		Done: p.Total - p.Waiting, Finished: p.Waiting == 0, Local: d.Outbox.Local(), Base: base, Here: fmt.Sprintf("%s/sendings/%d", base, c.ID)}
	if page.Steerable, err = d.Outbox.Pending(r.Context(), c.ID); err != nil {
		return err
	}
	hold, paused, err := outbox.Held(r.Context(), d.DB, c.ID)
	if err != nil {
		return err
	}
	if paused {
		page.Paused, page.Steerable = r.T("sending.paused_since", "when", ui.Moment(hold.At.Time, r.Lang()), "who", hold.By), true
	} else if t, ok := d.Outbox.Trouble(); ok && p.Waiting > 0 {
		page.Trouble = t.Words
	}
	if page.Bounced, err = d.Outbox.CampaignBounced(r.Context(), c.ID); err != nil {
		return err
	}
	if err := d.fillSending(r, &page); err != nil {
		return err
	}
	if r.Query("part") == "progress" {
		return r.Fragment("desk/invitations/sending", "live", page)
	}
	return r.Page("desk/invitations/sending", page)
}

// fillSending puts the sending's mails into the page, of one state or all.
func (d *Desk) fillSending(r *ui.Request, page *sendingPage) error {
	filter := outbox.Filter{Campaign: page.Campaign.ID, State: outbox.State(r.Query("state")), Before: r.QueryID("before"), Limit: mailRows}
	mails, err := d.Outbox.List(r.Context(), filter)
	if err != nil {
		return err
	}
	if page.Rows, err = d.mailLines(r, mails); err != nil {
		return err
	}
	page.Filters = sendingFilters(r, page, filter.State)
	page.Address = fmt.Sprintf("%s?part=progress&state=%s&before=%d", page.Here, ui.QueryEscape(string(filter.State)), filter.Before)
	if len(mails) == mailRows {
		page.Next = fmt.Sprintf("%s?state=%s&before=%d", page.Here, ui.QueryEscape(string(filter.State)), mails[len(mails)-1].ID)
	}
	return nil
}

func sendingFilters(r *ui.Request, page *sendingPage, chosen outbox.State) []filter {
	out := []filter{{Label: r.T("sending.filter.all"), Href: page.Here, Count: page.Total, Current: chosen == ""}}
	for _, s := range []struct {
		state outbox.State
		n     int
	}{{outbox.StateQueued, page.Waiting}, {outbox.StateSent, page.Sent}, {outbox.StateFailed, page.Failed}, {outbox.StateUnknown, page.Unknown}, {outbox.StateStopped, page.Stopped}, {outbox.CameBack, page.Bounced}} {
		if s.n > 0 || chosen == s.state {
			out = append(out, filter{Label: r.T("outbox.state." + string(s.state)), Href: page.Here + "?state=" + string(s.state), Count: s.n, Current: chosen == s.state})
		}
	}
	return out
}

// oneSending gives the sending of the address, if it is of the edition of the address.
func (d *Desk) oneSending(r *ui.Request) (invitation.Campaign, error) {
	id, err := r.ID("campaign")
	if err != nil {
		return invitation.Campaign{}, err
	}
	c, err := d.Invitations.Campaign(r.Context(), d.DB, id)
	if err != nil {
		return invitation.Campaign{}, err
	}
	if c.EditionID != r.Edition().ID {
		return invitation.Campaign{}, errOtherEdition
	}
	return c, nil
}

func (d *Desk) sendingLive(r *ui.Request) error {
	if _, err := d.oneSending(r); err != nil {
		return err
	}
	return r.Stream("outbox")
}

// pauseSending, resumeSending and stopSending steer a sending and lead back to it.
func (d *Desk) pauseSending(r *ui.Request) error {
	return d.steerSending(r, func(c invitation.Campaign) (string, int, error) {
		return "sending.flash.paused", 0, d.Invitations.Pause(r.Context(), c.ID)
	})
}

func (d *Desk) resumeSending(r *ui.Request) error {
	return d.steerSending(r, func(c invitation.Campaign) (string, int, error) {
		return "sending.flash.resumed", 0, d.Invitations.Resume(r.Context(), c.ID)
	})
}

func (d *Desk) stopSending(r *ui.Request) error {
	return d.steerSending(r, func(c invitation.Campaign) (string, int, error) {
		n, err := d.Invitations.StopRest(r.Context(), c.ID)
		return "sending.flash.stopped", n, err
	})
}

func (d *Desk) steerSending(r *ui.Request, steer func(invitation.Campaign) (flash string, n int, err error)) error {
	c, err := d.oneSending(r)
	if err != nil {
		return err
	}
	flash, n, err := steer(c)
	if err != nil {
		return err
	}
	r.Flash("success", flash, "n", n)
	return r.Redirect("/desk/e/%s/invitations/sendings/%d", r.Edition().Slug, c.ID)
}
