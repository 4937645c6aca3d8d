package desk

import (
	"net/http"
	"slices"
	"strconv"
	"strings"

	"hoinghi/conference"
	"hoinghi/conference/account"
	"hoinghi/conference/checkin"
	"hoinghi/conference/edition"
	"hoinghi/conference/invitation"
	"hoinghi/conference/vietnamese"
	"hoinghi/conference/web/ui"
)

type startPage struct {
	ui.Frame
	Form         *ui.Form
	Source       string
	Target       string
	Base         string
	Copied       string // when it was copied, "" while it is a plan
	Result       invitation.Copied
	Flagged      []startRow
	Quiet        []string // organisations that nothing happened to
	Every        []ui.Option
	Groups       []groupFate
	Hosts        []string // the former host and the new one, when they differ
	Organisation int      // how many the source invited
	Seats        int
	Kept         int // focal points who would be taken over
	Text         bool
	Letters      []string
	Dropped      []string
	Discard      bool
	Next         *step
}

type startRow struct {
	Name, Fate, From, Heir, Field string
	Options                       []ui.Option // one only is no choice
	Only                          string
	Seats                         int
	Outside                       bool
	Error                         string
}

type groupFate struct{ Old, New string }

func (d *Desk) start(r *ui.Request) error { return d.showStart(r, http.StatusOK, r.NewForm(nil)) }

func (d *Desk) showStart(r *ui.Request, status int, form *ui.Form) error {
	s, err := d.Invitations.PlanStart(r.Context(), d.DB, r.Edition().ID)
	if err != nil {
		return err
	}
	lang := r.Lang()
	page := startPage{Frame: r.Frame("home"), Form: form, Source: s.Source.Short(lang), Target: s.Target.Short(lang), Base: "/desk/e/" + s.Target.Slug,
		Result: s.Result, Text: s.Text, Dropped: s.Dropped, Organisation: len(s.Lines)}
	if before, now := s.Source.Host(lang), s.Target.Host(lang); before != now && before != "" && now != "" {
		page.Hosts = []string{before, now}
	}
	if !s.CopiedAt.IsZero() {
		page.Copied = ui.Moment(s.CopiedAt.Time, lang)
	}
	if page.Discard, err = invitation.Discardable(r.Context(), d.DB, r.Edition().ID); err != nil {
		return err
	}
	if page.Next, err = d.next(r); err != nil {
		return err
	}
	for _, k := range s.Letters {
		page.Letters = append(page.Letters, r.Say(invitation.LetterKindText(k)))
	}
	for _, g := range s.Groups {
		if g.Replaced || g.Reworded {
			page.Groups = append(page.Groups, groupFate{Old: g.Old.Name(lang), New: g.New.Name(lang)})
		}
	}
	for _, l := range s.Lines {
		page.Seats += l.Source.Seats()
		if l.Options[0] == invitation.Invite && (l.Kept || l.Known) {
			page.Kept++
		}
		if !l.Flagged() {
			page.Quiet = append(page.Quiet, l.Source.Organisation.In(lang))
			continue
		}
		page.Flagged = append(page.Flagged, startLine(r, form, l))
	}
	page.Every = []ui.Option{{Label: r.T("setup.start.one_by_one")}}
	for _, dec := range []invitation.Decision{invitation.MergeSum, invitation.MergeIn, invitation.LeaveOut} {
		page.Every = append(page.Every, ui.Option{Value: string(dec), Label: r.T("setup.start.every", "what", r.Say(invitation.DecisionText(dec)))})
	}
	return r.PageStatus(status, "desk/editions/start", page)
}

func startLine(r *ui.Request, form *ui.Form, l invitation.Line) startRow {
	field := invitation.DecisionField(l.Source.ID)
	row := startRow{Name: l.Source.Organisation.In(r.Lang()), Fate: r.Say(edition.FateText(l.Fate)), Field: field, Heir: l.Heir.Name(r.Lang()),
		Seats: l.Source.Seats(), Outside: l.Outside, Error: form.Error(field)}
	if l.From.ProvinceID != 0 && l.From.Print("vi") != l.To.Print("vi") {
		row.From = l.From.Print(r.Lang()) + " → " + l.To.Print(r.Lang())
	}
	chosen := form.Get(field)
	for n, o := range l.Options {
		row.Options = append(row.Options, ui.Option{Value: string(o), Label: r.Say(invitation.DecisionText(o)), Selected: string(o) == chosen || chosen == "" && n == 0})
	}
	if len(l.Options) == 1 {
		row.Only, row.Options = row.Options[0].Label, nil
	}
	form.Label(field, r.T("setup.start.decide_of", "name", row.Name)) // as the select calls itself
	return row
}

func (d *Desk) startFrom(r *ui.Request) error {
	form, err := r.Form()
	if err != nil {
		return err
	}
	s, err := d.Invitations.PlanStart(r.Context(), d.DB, r.Edition().ID)
	if err != nil {
		return err
	}
	every := invitation.Decision(form.Get("every"))
	if every != "" && every != invitation.MergeSum && every != invitation.MergeIn && every != invitation.LeaveOut {
		form.Note("every", conference.Say("invitation.error.decision"))
		return d.showStart(r, http.StatusUnprocessableEntity, form)
	}
	decisions := map[int64]invitation.Decision{}
	for _, l := range s.Lines {
		if made := form.Get(invitation.DecisionField(l.Source.ID)); made != "" {
			decisions[l.Source.ID] = invitation.Decision(made)
		}
		if every != "" && slices.Contains(l.Options, invitation.MergeSum) {
			decisions[l.Source.ID] = every
		}
	}
	if _, err := d.Invitations.StartFrom(r.Context(), r.Edition().ID, decisions); err != nil {
		if !form.Refuse(err) {
			return err
		}
		return d.showStart(r, http.StatusUnprocessableEntity, form)
	}
	r.Flash("success", "setup.start.done")
	return r.Redirect("/desk/e/%s/start", r.Edition().Slug)
}

func (d *Desk) startEmpty(r *ui.Request) error {
	if err := d.Invitations.StartEmpty(r.Context(), r.Edition().ID); err != nil {
		return err
	}
	r.Flash("success", "setup.start.given_up")
	return r.Redirect("/desk/e/%s", r.Edition().Slug)
}

// discard removes an edition that is still a draft, once the organiser has ticked that this is meant.
func (d *Desk) discard(r *ui.Request) error {
	posted, err := r.Form()
	if err != nil {
		return err
	}
	form := settingsForm(r)
	form.Overlay(posted)
	if !posted.Checked("sure") {
		form.Note("sure", conference.Say("setup.error.sure"))
		return d.showSettings(r, http.StatusUnprocessableEntity, form)
	}
	if err := d.Invitations.DiscardEdition(r.Context(), r.Edition().ID, checkin.Discard, account.Discard); err != nil {
		if !form.Refuse(err) {
			return err
		}
		return d.showSettings(r, http.StatusUnprocessableEntity, form)
	}
	r.Flash("success", "setup.discard.done", "name", r.Edition().Short(r.Lang()))
	return r.Redirect("/desk/editions")
}

// proposed gives the first values of the form for an edition that starts from another:
// what names a person, a day or a place is left to be typed.
func (d *Desk) proposed(r *ui.Request, from edition.Edition) (map[string]string, error) {
	year, next := from.StartsOn[:4], strconv.Itoa(max(r.Now().Year(), from.Start().Year()+1))
	anew := func(title string) string {
		title = strings.ReplaceAll(title, "lần thứ "+from.Roman(), "lần thứ "+vietnamese.Roman(from.Ordinal+1))
		return strings.ReplaceAll(title, year, next)
	}
	out := map[string]string{"from": from.Slug, "ordinal": strconv.Itoa(from.Ordinal + 1), "title_vi": anew(from.TitleVi), "short_vi": anew(from.ShortVi),
		"organiser_vi": from.OrganiserVi, "organiser_en": from.OrganiserEn, "cluster": edition.ClusterSouth}
	members, err := edition.Members(r.Context(), d.DB, from.ID)
	if err != nil {
		return nil, err
	}
	for _, m := range members {
		switch m.Role {
		case edition.RoleHost:
			out["cluster"] = m.Cluster
		case edition.RoleNextHost:
			out["host_province"] = m.Slug
		case edition.RoleMember, edition.RoleGuest:
		}
	}
	return out, nil
}
