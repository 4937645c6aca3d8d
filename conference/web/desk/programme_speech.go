package desk

import (
	"net/http"
	"strconv"
	"time"

	"hoinghi/conference"
	"hoinghi/conference/agenda"
	"hoinghi/conference/vietnamese"
	"hoinghi/conference/web/ui"
)

func (d *Desk) speechRoutes(at string) []ui.Route {
	return []ui.Route{
		ui.GET(at+"/:id/speeches/new", ui.Organisers, d.newSpeech),
		ui.POST(at+"/:id/speeches/new", ui.Organisers, d.addSpeech),
		ui.GET(at+"/speeches/:id", ui.Organisers, d.speech),
		ui.POST(at+"/speeches/:id", ui.Organisers, d.changeSpeech),
		ui.POST(at+"/speeches/:id/remove", ui.Organisers, d.removeSpeech),
		ui.POST(at+"/speeches/:id/restore", ui.Organisers, d.restoreSpeech),
	}
}

type speechPage struct {
	ui.Frame
	Form     *ui.Form
	ID       int64 // 0 for a new one
	Session  programmeRow
	Base     string
	Back     string
	Heading  string
	Clash    bool
	Speakers []ui.Option
}

func speechLine(r *ui.Request, p agenda.Speech) speechRow {
	return speechRow{ID: p.ID, Start: ui.Clock(p.StartsAt.Time), End: ui.Clock(p.EndsAt()), Topic: p.Topic(r.Lang()),
		Speaker: p.Speaker.Addressed(r.Say), Where: p.Speaker.Position(r.Lang())}
}

// oneSpeech gives the speech of the address with its session.
func (d *Desk) oneSpeech(r *ui.Request, find func(int64) (agenda.Speech, error)) (agenda.Speech, agenda.Session, error) {
	id, err := r.ID("id")
	if err != nil {
		return agenda.Speech{}, agenda.Session{}, err
	}
	p, err := find(id)
	if err != nil {
		return p, agenda.Session{}, err
	}
	s, err := agenda.ByID(r.Context(), d.DB, p.SessionID)
	if err != nil {
		return p, s, err
	}
	if s.EditionID != r.Edition().ID {
		return p, s, errOtherEdition
	}
	return p, s, nil
}

func (d *Desk) liveSpeech(r *ui.Request) (agenda.Speech, agenda.Session, error) {
	return d.oneSpeech(r, func(id int64) (agenda.Speech, error) { return agenda.SpeechByID(r.Context(), d.DB, id) })
}

func (d *Desk) showSpeech(r *ui.Request, status int, s agenda.Session, page speechPage) error {
	page.Base, page.Back = base(r), base(r)+"/"+ui.Itoa(s.ID)
	page.Heading = r.T("programme.speech.add")
	if page.ID != 0 {
		page.Heading = r.T("programme.speech.edit")
	}
	page.Frame = r.Frame("programme", ui.Crumb{Label: r.T("desk.nav.programme"), Href: page.Base}, ui.Crumb{Label: s.Title(r.Lang()), Href: page.Back})
	page.Session = programmeRow{ID: s.ID, Title: s.Title(r.Lang()), Start: ui.Clock(s.StartsAt.Time), End: ui.Clock(s.EndsAt.Time), Room: s.Room(r.Lang())}
	speakers, err := agenda.Speakers(r.Context(), d.DB, s.EditionID)
	if err != nil {
		return err
	}
	page.Speakers = append(page.Speakers, ui.Option{Label: r.T("programme.speech.choose")})
	for _, k := range speakers {
		label := k.FullName
		if where := k.Position(r.Lang()); where != "" {
			label += ", " + where
		}
		page.Speakers = append(page.Speakers, ui.Option{Value: ui.Itoa(k.ID), Label: label})
	}
	return r.PageStatus(status, "desk/programme/speech", page)
}

func (d *Desk) newSpeech(r *ui.Request) error {
	s, err := d.oneSession(r)
	if err != nil {
		return err
	}
	form := r.NewForm(map[string]string{"minutes": strconv.Itoa(agenda.DefaultMinutes), "speaker_id": r.Query("speaker")})
	return d.showSpeech(r, http.StatusOK, s, speechPage{Form: form})
}

func speechDraft(form *ui.Form, s agenda.Session) agenda.SpeechDraft {
	day := s.StartsAt.In(vietnamese.Zone())
	draft := agenda.SpeechDraft{SpeakerID: form.ID("speaker_id"), TopicVi: form.Get("topic_vi"), TopicEn: form.Get("topic_en"),
		StartsAt: readClock(form, "starts_at", day), Minutes: form.Int("minutes"), AllowOverlap: form.Checked("allow_overlap")}
	if !draft.StartsAt.IsZero() && draft.StartsAt.Before(s.StartsAt.Time) && s.EndsAt.After(draft.StartsAt.Add(24*time.Hour)) {
		draft.StartsAt.Time = draft.StartsAt.Add(24 * time.Hour) // of a session that goes past midnight
	}
	return draft
}

func (d *Desk) addSpeech(r *ui.Request) error {
	s, err := d.oneSession(r)
	if err != nil {
		return err
	}
	form, err := r.Form()
	if err != nil {
		return err
	}
	var p agenda.Speech
	draft := speechDraft(form, s)
	done, clash, err := attempt(form, func() (err error) { p, err = d.Agenda.AddSpeech(r.Context(), s.ID, draft); return err })
	switch {
	case err != nil:
		return err
	case !done:
		return d.showSpeech(r, http.StatusUnprocessableEntity, s, speechPage{Form: form, Clash: clash})
	}
	r.Flash("success", "programme.speech.added", "speaker", p.Speaker.FullName)
	return r.Redirect("%s/%d", base(r), s.ID)
}

func (d *Desk) speech(r *ui.Request) error {
	p, s, err := d.liveSpeech(r)
	if err != nil {
		return err
	}
	form := r.NewForm(map[string]string{"speaker_id": ui.Itoa(p.SpeakerID), "topic_vi": p.TopicVi, "topic_en": p.TopicEn,
		"starts_at": ui.Clock(p.StartsAt.Time), "minutes": strconv.Itoa(p.Minutes)})
	return d.showSpeech(r, http.StatusOK, s, speechPage{Form: form, ID: p.ID})
}

func (d *Desk) changeSpeech(r *ui.Request) error {
	p, s, err := d.liveSpeech(r)
	if err != nil {
		return err
	}
	form, err := r.Form()
	if err != nil {
		return err
	}
	draft := speechDraft(form, s)
	done, clash, err := attempt(form, func() error { return d.Agenda.ChangeSpeech(r.Context(), p.ID, draft) })
	switch {
	case err != nil:
		return err
	case !done:
		return d.showSpeech(r, http.StatusUnprocessableEntity, s, speechPage{Form: form, ID: p.ID, Clash: clash})
	}
	r.Flash("success", "programme.desk.saved")
	return r.Redirect("%s/%d", base(r), s.ID)
}

func (d *Desk) removeSpeech(r *ui.Request) error {
	p, s, err := d.liveSpeech(r)
	if err != nil {
		return err
	}
	if err := d.Agenda.RemoveSpeech(r.Context(), p.ID); err != nil {
		return err
	}
	return r.Redirect("%s/%d?removed=%d", base(r), s.ID, p.ID)
}

func (d *Desk) restoreSpeech(r *ui.Request) error {
	p, s, err := d.oneSpeech(r, func(id int64) (agenda.Speech, error) { return agenda.RemovedSpeech(r.Context(), d.DB, id) })
	if err != nil {
		return err
	}
	form, err := r.Form()
	if err != nil {
		return err
	}
	if err := d.Agenda.RestoreSpeech(r.Context(), p.ID, form.Checked("allow_overlap")); err != nil {
		anyway, ok := notRestored(r, err)
		if !ok {
			return err
		}
		return r.Redirect("%s/%d?removed=%d%s", base(r), s.ID, p.ID, anyway)
	}
	r.Flash("success", "programme.speech.restored", "speaker", p.Speaker.FullName)
	return r.Redirect("%s/%d", base(r), s.ID)
}

// undoSpeech offers to bring back the speech that the address says was removed.
func (d *Desk) undoSpeech(r *ui.Request) (*undo, error) {
	p, err := agenda.RemovedSpeech(r.Context(), d.DB, r.QueryID("removed"))
	switch {
	case conference.KindOf(err) == conference.KindNotFound || err == nil && p.Speaker.EditionID != r.Edition().ID:
		return nil, nil
	case err != nil:
		return nil, err
	}
	return &undo{Text: r.T("programme.speech.removed", "speaker", p.Speaker.FullName),
		Action: base(r) + "/speeches/" + ui.Itoa(p.ID) + "/restore", Anyway: r.Query("anyway") != ""}, nil
}
