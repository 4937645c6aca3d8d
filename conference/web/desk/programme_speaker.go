package desk

import (
	"net/http"

	"hoinghi/conference"
	"hoinghi/conference/agenda"
	"hoinghi/conference/web/ui"
)

func (d *Desk) speakerRoutes(at string) []ui.Route {
	return []ui.Route{
		ui.GET(at+"/speakers", ui.Organisers, d.speakers),
		ui.GET(at+"/speakers/new", ui.Organisers, d.newSpeaker),
		ui.POST(at+"/speakers/new", ui.Organisers, d.addSpeaker),
		ui.GET(at+"/speakers/:id", ui.Organisers, d.speaker),
		ui.POST(at+"/speakers/:id", ui.Organisers, d.changeSpeaker),
		ui.POST(at+"/speakers/:id/remove", ui.Organisers, d.removeSpeaker),
		ui.POST(at+"/speakers/:id/restore", ui.Organisers, d.restoreSpeaker),
	}
}

type speakersPage struct {
	ui.Frame
	Base string
	Rows []speakerRow
	Undo *undo
}

type speakerRow struct {
	ID             int64
	Name, Position string
	Speeches       int
}

func (d *Desk) speakers(r *ui.Request) error {
	e := r.Edition()
	all, err := agenda.Speakers(r.Context(), d.DB, e.ID)
	if err != nil {
		return err
	}
	sessions, err := agenda.Visible(r.Context(), d.DB, e.ID, agenda.Internal)
	if err != nil {
		return err
	}
	n := map[int64]int{}
	for _, s := range sessions {
		for _, p := range s.Speeches {
			n[p.SpeakerID]++
		}
	}
	page := speakersPage{Frame: r.Frame("programme", ui.Crumb{Label: r.T("desk.nav.programme"), Href: base(r)}), Base: base(r)}
	for _, s := range all {
		page.Rows = append(page.Rows, speakerRow{ID: s.ID, Name: s.Addressed(r.Say), Position: s.Position(r.Lang()), Speeches: n[s.ID]})
	}
	s, err := agenda.RemovedSpeaker(r.Context(), d.DB, r.QueryID("removed"))
	switch {
	case err == nil && s.EditionID == e.ID:
		page.Undo = &undo{Text: r.T("programme.speaker.removed", "speaker", s.FullName), Action: base(r) + "/speakers/" + ui.Itoa(s.ID) + "/restore"}
	case err != nil && conference.KindOf(err) != conference.KindNotFound:
		return err
	}
	return r.Page("desk/programme/speakers", page)
}

type speakerPage struct {
	ui.Frame
	Form    *ui.Form
	ID      int64 // 0 for a new one
	Base    string
	Heading string
	Genders []ui.Option
	Session int64 // to go on with, after a new speaker was added for it
}

func (d *Desk) oneSpeaker(r *ui.Request, removed bool) (agenda.Speaker, error) {
	id, err := r.ID("id")
	if err != nil {
		return agenda.Speaker{}, err
	}
	find := agenda.SpeakerByID
	if removed {
		find = agenda.RemovedSpeaker
	}
	s, err := find(r.Context(), d.DB, id)
	if err != nil {
		return s, err
	}
	if s.EditionID != r.Edition().ID {
		return s, errOtherEdition
	}
	return s, nil
}

func (d *Desk) showSpeaker(r *ui.Request, status int, page speakerPage) error {
	page.Base = base(r)
	page.Heading = r.T("programme.speaker.add")
	if page.ID != 0 {
		page.Heading = r.T("programme.speaker.edit")
	}
	page.Frame = r.Frame("programme", ui.Crumb{Label: r.T("desk.nav.programme"), Href: page.Base}, ui.Crumb{Label: r.T("programme.desk.speakers"), Href: page.Base + "/speakers"})
	for _, g := range agenda.Genders() {
		page.Genders = append(page.Genders, ui.Option{Value: g, Label: r.Say(agenda.GenderText(g))})
	}
	return r.PageStatus(status, "desk/programme/speaker", page)
}

func (d *Desk) newSpeaker(r *ui.Request) error {
	return d.showSpeaker(r, http.StatusOK, speakerPage{Form: r.NewForm(nil), Session: r.QueryID("session")})
}

func speakerDraft(form *ui.Form) agenda.SpeakerDraft {
	return agenda.SpeakerDraft{FullName: form.Get("full_name"), Gender: form.Get("gender"), Degree: form.Get("degree"),
		JobTitleVi: form.Get("job_title_vi"), JobTitleEn: form.Get("job_title_en"),
		OrganisationVi: form.Get("organisation_vi"), OrganisationEn: form.Get("organisation_en")}
}

func (d *Desk) addSpeaker(r *ui.Request) error {
	form, err := r.Form()
	if err != nil {
		return err
	}
	s, err := d.Agenda.AddSpeaker(r.Context(), r.Edition().ID, speakerDraft(form))
	if err != nil {
		if !form.Refuse(err) {
			return err
		}
		return d.showSpeaker(r, http.StatusUnprocessableEntity, speakerPage{Form: form, Session: form.ID("session")})
	}
	r.Flash("success", "programme.speaker.added", "speaker", s.FullName)
	if session := form.ID("session"); session != 0 {
		return r.Redirect("%s/%d/speeches/new?speaker=%d", base(r), session, s.ID)
	}
	return r.Redirect("%s/speakers", base(r))
}

func (d *Desk) speaker(r *ui.Request) error {
	s, err := d.oneSpeaker(r, false)
	if err != nil {
		return err
	}
	return d.showSpeaker(r, http.StatusOK, speakerPage{Form: r.NewForm(speakerValues(s)), ID: s.ID})
}

func speakerValues(s agenda.Speaker) map[string]string {
	return map[string]string{"full_name": s.FullName, "gender": s.Gender, "degree": s.Degree, "job_title_vi": s.JobTitleVi, "job_title_en": s.JobTitleEn,
		"organisation_vi": s.OrganisationVi, "organisation_en": s.OrganisationEn}
}

func (d *Desk) changeSpeaker(r *ui.Request) error {
	s, err := d.oneSpeaker(r, false)
	if err != nil {
		return err
	}
	form, err := r.Form()
	if err != nil {
		return err
	}
	if err := d.Agenda.ChangeSpeaker(r.Context(), s.ID, speakerDraft(form)); err != nil {
		if !form.Refuse(err) {
			return err
		}
		return d.showSpeaker(r, http.StatusUnprocessableEntity, speakerPage{Form: form, ID: s.ID})
	}
	r.Flash("success", "programme.desk.saved")
	return r.Redirect("%s/speakers", base(r))
}

func (d *Desk) removeSpeaker(r *ui.Request) error {
	s, err := d.oneSpeaker(r, false)
	if err != nil {
		return err
	}
	if err := d.Agenda.RemoveSpeaker(r.Context(), s.ID); err != nil {
		form := r.NewForm(speakerValues(s))
		if !form.Refuse(err) {
			return err
		}
		return d.showSpeaker(r, http.StatusUnprocessableEntity, speakerPage{Form: form, ID: s.ID})
	}
	return r.Redirect("%s/speakers?removed=%d", base(r), s.ID)
}

func (d *Desk) restoreSpeaker(r *ui.Request) error {
	s, err := d.oneSpeaker(r, true)
	if err != nil {
		return err
	}
	if err := d.Agenda.RestoreSpeaker(r.Context(), s.ID); err != nil {
		if _, ok := notRestored(r, err); !ok {
			return err
		}
		return r.Redirect("%s/speakers", base(r))
	}
	r.Flash("success", "programme.speaker.restored", "speaker", s.FullName)
	return r.Redirect("%s/speakers", base(r))
}
