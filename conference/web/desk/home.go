package desk

import (
	"time"

	"hoinghi/conference"
	"hoinghi/conference/checkin"
	"hoinghi/conference/delegation"
	"hoinghi/conference/edition"
	"hoinghi/conference/invitation"
	"hoinghi/conference/press"
	"hoinghi/conference/report"
	"hoinghi/conference/web/ui"
)

func (d *Desk) homeRoutes() []ui.Route {
	return []ui.Route{
		ui.GET("/desk", ui.SignedIn, d.front),
		ui.GET("/desk/e/:edition", ui.Organisers, d.home),
		ui.GET("/desk/e/:edition/live", ui.Organisers, d.homeLive),
	}
}

// front leads to the edition that was open last, or to the form that creates the first.
func (d *Desk) front(r *ui.Request) error {
	e, ok := r.CurrentEdition()
	if !ok {
		all, err := edition.All(r.Context(), d.DB)
		if err != nil {
			return err
		}
		switch {
		case len(all) == 0 && conference.ActorOf(r.Context()).Has(conference.RoleOrganiser):
			return r.Redirect("/desk/editions/new")
		case len(all) == 0:
			return r.Redirect("/desk/me")
		}
		return r.Redirect("/desk/me") // there are editions, but no role for any
	}
	return r.Redirect("%s", r.DeskHome(e))
}

type homePage struct {
	ui.Frame
	Sum    report.Summary
	Funnel []funnelRow
	Todo   []todo
	Steps  []step // until the first invitation is sent
	Due    string // the registration deadline, with the time that is left
}

type funnelRow struct {
	Label        string
	Value, Total int
	Note         string
}

// todo is one thing that needs the organiser now, with the one click to act.
type todo struct {
	Count                    int
	Title, Text, Href, Label string
}

func (d *Desk) home(r *ui.Request) error {
	e := r.Edition()
	rows, err := report.Board(r.Context(), d.DB, e.ID)
	if err != nil {
		return err
	}
	sum := report.Sum(rows)
	page := homePage{Frame: r.Frame("home"), Sum: sum, Due: due(r)}
	if page.Todo, err = d.todos(r, sum); err != nil {
		return err
	}
	if page.Steps, err = d.stepsOf(r, sum); err != nil {
		return err
	}
	for _, step := range []struct {
		key   string
		value int
	}{{"sent", sum.Sent}, {"opened", sum.Opened}, {"answered", sum.Answered}} {
		page.Funnel = append(page.Funnel, funnelRow{Label: r.T("desk.home.funnel." + step.key), Value: step.value, Total: sum.Invitations})
	}
	page.Funnel = append(page.Funnel,
		funnelRow{Label: r.T("desk.home.funnel.registered"), Value: sum.Registered, Total: sum.Seats},
		funnelRow{Label: r.T("desk.home.funnel.arrived"), Value: sum.Arrived, Total: sum.Seats})
	if r.Query("part") == "body" {
		return r.Fragment("desk/home", "body", page)
	}
	return r.Page("desk/home", page)
}

// due puts the registration deadline into words: days while there are some left,
// then hours.
func due(r *ui.Request) string {
	by := r.Edition().RegisterBy
	left, when := by.Sub(r.Now()), ui.Moment(by.Time, r.Lang())
	switch {
	case left < 0:
		return r.T("desk.home.deadline_over", "when", when)
	case left < 48*time.Hour:
		return r.T("desk.home.deadline_hours", "when", when, "hours", int(left.Hours()))
	}
	return r.T("desk.home.deadline", "when", when, "days", int(left.Hours()/24))
}

func (d *Desk) homeLive(r *ui.Request) error {
	id := r.Edition().ID
	return r.Stream(invitation.Topic(id), delegation.Topic(id), checkin.Topic(id), press.Topic(id), "outbox")
}

// todos lists what needs somebody today, the most pressing first.
func (d *Desk) todos(r *ui.Request, s report.Summary) ([]todo, error) {
	applications, err := press.Counts(r.Context(), d.DB, r.Edition().ID)
	if err != nil {
		return nil, err
	}
	base := "/desk/e/" + r.Edition().Slug + "/invitations"
	var out []todo
	add := func(n int, key, href string) {
		if n > 0 {
			out = append(out, todo{Count: n, Title: r.T("desk.todo."+key+".title", "n", n), Text: r.T("desk.todo." + key + ".text"),
				Href: href, Label: r.T("desk.todo." + key + ".action")})
		}
	}
	add(s.Failed, "failed", base+"?state=failed")
	add(s.Bounced, "bounced", base+"?state=bounced")
	add(s.Unknown, "unknown", base+"?state=unknown")
	add(applications[press.Waiting], "press", pressBase(r)+"?state="+string(press.Waiting))
	questions, err := invitation.QuestionsWaiting(r.Context(), d.DB, r.Edition().ID)
	if err != nil {
		return nil, err
	}
	add(questions, "questions", questionsAt(r))
	proposals, err := invitation.SubstitutesWaiting(r.Context(), d.DB, r.Edition().ID)
	if err != nil {
		return nil, err
	}
	if len(proposals) > 0 {
		add(len(proposals), "substitutes", base+"/"+ui.Itoa(proposals[0].InvitationID)+"#substitute")
	}
	add(s.NoAddress, "no_address", base+"?missing=address")
	add(s.NoQuota, "no_quota", base+"?missing=quota")
	if s.Drafted > 0 && s.NoQuota == 0 {
		add(s.Drafted, "drafted", base)
	}
	add(s.Silent, "silent", base+"?state=silent")
	add(s.Waiting, "waiting", base+"?missing=sending")
	return out, nil
}
