package desk

import (
	"fmt"
	"net/http"
	"slices"
	"strings"

	"hoinghi/conference"
	"hoinghi/conference/invitation"
	"hoinghi/conference/outbox"
	"hoinghi/conference/web/ui"
)

func (d *Desk) sendRoutes() []ui.Route {
	const at = "/desk/e/:edition/invitations"
	return []ui.Route{
		ui.GET(at+"/text", ui.Organisers, d.text),
		ui.POST(at+"/text", ui.Organisers, d.setText),
		ui.GET(at+"/send", ui.Organisers, d.confirmSend),
		ui.POST(at+"/send", ui.Organisers, d.send),
		ui.POST(at+"/:id/copies", ui.Organisers, d.setCopies),
		ui.POST(at+"/:id/test", ui.Organisers, d.test),
		ui.GET(at+"/sendings", ui.Organisers, d.sendings),
		ui.GET(at+"/sendings/:campaign", ui.Organisers, d.sending),
		ui.GET(at+"/sendings/:campaign/live", ui.Organisers, d.sendingLive),
		ui.POST(at+"/sendings/:campaign/pause", ui.Organisers, d.pauseSending),
		ui.POST(at+"/sendings/:campaign/resume", ui.Organisers, d.resumeSending),
		ui.POST(at+"/sendings/:campaign/stop", ui.Organisers, d.stopSending),
	}
}

type sendPage struct {
	ui.Frame
	Form     *ui.Form
	Ready    []recipient
	Skipped  []recipient
	Chosen   []int64 // whom the page is about; none is everybody
	Action   string  // where the form is posted, with whom the page is about
	Seal     string
	Mails    int      // that would be queued, copies among them
	Unsigned int      // of Ready, that get no signed letter
	Again    bool     // somebody has had it before
	Missing  []string // what the letter needs and the edition does not say yet
	Sheet    *readAs
	ForID    int64  // whose mail is shown
	Self     string // where a test mail goes
	Base     string
}

type recipient struct {
	ID                  int64
	Name, Address, Note string
	Cc                  []outbox.Address
	Ticked              bool
	Read                string // address at which this one's mail is shown
}

// confirmSend shows exactly who would get the invitation, who would not and why,
// and the mail as the chosen one of them will read it.
func (d *Desk) confirmSend(r *ui.Request) error {
	return d.showSend(r, http.StatusOK, r.NewForm(nil), r.QueryIDs("id"), r.QueryID("for"), nil)
}

// showSend shows the page about the invitations in chosen, or all. ticked are those that stay
// chosen; nil is every one that can be sent.
func (d *Desk) showSend(r *ui.Request, status int, form *ui.Form, chosen []int64, shown int64, ticked []int64) error {
	e := r.Edition()
	plan, err := d.Invitations.Plan(r.Context(), d.DB, e.ID, chosen)
	if err != nil {
		return err
	}
	copies, err := invitation.CopiesOf(r.Context(), d.DB, e.ID)
	if err != nil {
		return err
	}
	page := sendPage{Frame: r.Frame("invitations", boardCrumb(r)), Form: form, Chosen: chosen, Action: sendAddress("/desk/e/"+e.Slug+"/invitations", chosen, 0), Seal: plan.Seal, Self: r.Staff().Email, Base: "/desk/e/" + e.Slug + "/invitations"}
	for _, i := range plan.Ready {
		line := recipient{ID: i.ID, Name: i.Organisation.In(r.Lang()), Address: i.Address(), Note: sentBefore(r, i), Cc: copies[i.ID], Ticked: ticked == nil || slices.Contains(ticked, i.ID), Read: sendAddress(page.Base, chosen, i.ID)}
		page.Ready = append(page.Ready, line)
		page.Mails += 1 + len(line.Cc)
		page.Again = page.Again || line.Note != ""
	}
	signed, err := invitation.SignedOf(r.Context(), d.DB, e.ID)
	if err != nil {
		return err
	}
	for _, i := range plan.Ready {
		if len(signed[i.ID]) == 0 {
			page.Unsigned++
		}
	}
	for _, s := range plan.Skipped {
		page.Skipped = append(page.Skipped, recipient{ID: s.Invitation.ID, Name: s.Invitation.Organisation.In(r.Lang()), Note: page.Say(s.Reason)})
	}
	page.Missing = missingForSending(r)
	if len(plan.Ready) > 0 {
		if page.Sheet, err = d.readAs(r, plan.Ready, shown, nil); err != nil {
			return err
		}
		page.ForID = page.Ready[0].ID
		for _, line := range page.Ready {
			if line.ID == shown {
				page.ForID = shown
			}
		}
	}
	return r.PageStatus(status, "desk/invitations/send", page)
}

// sendAddress is where these invitations are confirmed, with the mail of one of them shown.
func sendAddress(base string, chosen []int64, shown int64) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s/send?for=%d", base, shown)
	for _, id := range chosen {
		fmt.Fprintf(&b, "&id=%d", id)
	}
	return b.String()
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
	shown := invitation.Shown{Pool: r.QueryIDs("id"), Chosen: append([]int64{}, form.IDs("id")...), Seal: form.Get("seal")}
	if len(form.All("id")) != len(shown.Chosen) {
		form.Note("id", conference.Say("sending.error.unknown"))
	}
	if form.Wrong() || len(missingForSending(r)) > 0 {
		return d.showSend(r, http.StatusUnprocessableEntity, form, shown.Pool, 0, shown.Chosen)
	}
	sent, err := d.Invitations.SendShown(r.Context(), r.Edition().ID, shown)
	if err != nil {
		if !form.Refuse(err) {
			return err
		}
		return d.showSend(r, http.StatusUnprocessableEntity, form, shown.Pool, 0, shown.Chosen)
	}
	return r.Redirect("/desk/e/%s/invitations/sendings/%d", r.Edition().Slug, sent.CampaignID)
}

// test sends whoever is signed in the mail of one invitation and leads back to where it was read.
func (d *Desk) test(r *ui.Request) error {
	i, err := d.oneInvitation(r)
	if err != nil {
		return err
	}
	form, err := r.Form()
	if err != nil {
		return err
	}
	if err := d.sendTest(r, i.ID); err != nil {
		return err
	}
	return r.Redirect("%s", sendAddress("/desk/e/"+r.Edition().Slug+"/invitations", form.IDs("id"), i.ID))
}

// setCopies saves who gets a copy; what was typed into a refused form is shown again.
func (d *Desk) setCopies(r *ui.Request) error {
	return d.changeInvitation(r, func(form *ui.Form, i invitation.Invitation) error {
		return d.Invitations.SetCopies(r.Context(), i.ID, form.Text("copies"))
	})
}
