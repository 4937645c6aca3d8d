package desk

import (
	"errors"
	"slices"

	"hoinghi/conference"
	"hoinghi/conference/agenda"
	"hoinghi/conference/web/ui"
)

func (d *Desk) programmeRoutes() []ui.Route {
	const at = "/desk/e/:edition/programme"
	return slices.Concat([]ui.Route{
		ui.GET(at, ui.Organisers, d.programme),
		ui.GET(at+"/new", ui.Organisers, d.newSession),
		ui.POST(at+"/new", ui.Organisers, d.addSession),
		ui.GET(at+"/:id", ui.Organisers, d.session),
		ui.POST(at+"/:id", ui.Organisers, d.changeSession),
		ui.POST(at+"/:id/shift", ui.Organisers, d.shiftSessions),
		ui.POST(at+"/:id/remove", ui.Organisers, d.removeSession),
		ui.POST(at+"/:id/restore", ui.Organisers, d.restoreSession),
	}, d.speechRoutes(at), d.speakerRoutes(at))
}

type programmePage struct {
	ui.Frame
	Days    []programmeDay
	Base    string
	Site    string // address of the public page, "" while the edition is not public
	Clashes []string
	Undo    *undo
}

// undo offers to bring back what was just removed.
type undo struct {
	Text, Action string
	Anyway       bool // the first attempt met a clash
}

type programmeDay struct {
	Title, Add string
	Sessions   []programmeRow
}

type programmeRow struct {
	ID                                              int64
	Start, End, Title, By, Room, Kind, SeenBy, Uses string
	Speeches                                        int
	Clash, Free                                     bool
}

// programme shows the programme as the organisers have it, internal sessions included.
func (d *Desk) programme(r *ui.Request) error {
	e := r.Edition()
	sessions, err := agenda.Visible(r.Context(), d.DB, e.ID, agenda.Internal)
	if err != nil {
		return err
	}
	clashes, err := agenda.Clashes(r.Context(), d.DB, e.ID)
	if err != nil {
		return err
	}
	page := programmePage{Frame: r.Frame("programme"), Base: base(r)}
	if e.IsPublic {
		page.Site = "/e/" + e.Slug + "/programme"
	}
	clashing := map[int64]bool{}
	for _, c := range clashes {
		clashing[c.A.ID], clashing[c.B.ID] = true, true
		page.Clashes = append(page.Clashes, r.Say(c.Brief()))
	}
	lang := r.Lang()
	for _, s := range sessions {
		title := ui.Weekday(s.StartsAt.Time, lang) + ", " + ui.Date(s.StartsAt.Time, lang)
		if len(page.Days) == 0 || page.Days[len(page.Days)-1].Title != title {
			page.Days = append(page.Days, programmeDay{Title: title, Add: page.Base + "/new?date=" + s.Day()})
		}
		day := &page.Days[len(page.Days)-1]
		row := programmeRow{ID: s.ID, Start: ui.Clock(s.StartsAt.Time), End: ui.Clock(s.EndsAt.Time), Title: s.Title(lang), By: s.By(lang), Room: s.Room(lang),
			Kind: r.Say(agenda.KindText(s.Kind)), SeenBy: r.Say(agenda.AudienceText(s.Visibility)), Clash: clashing[s.ID], Free: s.Free() > 0, Speeches: len(s.Speeches)}
		if s.Slots > 0 {
			row.Uses = r.T("programme.desk.papers", "n", len(s.Speeches), "slots", s.Slots)
		}
		day.Sessions = append(day.Sessions, row)
	}
	if page.Undo, err = d.undoSession(r); err != nil {
		return err
	}
	return r.Page("desk/programme/list", page)
}

// base gives the address of the edition's programme at the desk.
func base(r *ui.Request) string { return "/desk/e/" + r.Edition().Slug + "/programme" }

// undoSession offers to bring back the session that the address says was removed.
func (d *Desk) undoSession(r *ui.Request) (*undo, error) {
	s, err := agenda.Removed(r.Context(), d.DB, r.QueryID("removed"))
	switch {
	case conference.KindOf(err) == conference.KindNotFound || err == nil && s.EditionID != r.Edition().ID:
		return nil, nil
	case err != nil:
		return nil, err
	}
	return &undo{Text: r.T("programme.desk.removed", "title", s.Title(r.Lang())), Action: base(r) + "/" + ui.Itoa(s.ID) + "/restore", Anyway: r.Query("anyway") != ""}, nil
}

func (d *Desk) removeSession(r *ui.Request) error {
	s, err := d.oneSession(r)
	if err != nil {
		return err
	}
	if err := d.Agenda.Remove(r.Context(), s.ID); err != nil {
		return err
	}
	return r.Redirect("%s?removed=%d", base(r), s.ID)
}

func (d *Desk) restoreSession(r *ui.Request) error {
	id, err := r.ID("id")
	if err != nil {
		return err
	}
	s, err := agenda.Removed(r.Context(), d.DB, id)
	if err != nil {
		return err
	}
	if s.EditionID != r.Edition().ID {
		return errOtherEdition
	}
	form, err := r.Form()
	if err != nil {
		return err
	}
	if err := d.Agenda.Restore(r.Context(), s.ID, form.Checked("allow_overlap")); err != nil {
		anyway, ok := notRestored(r, err)
		if !ok {
			return err
		}
		return r.Redirect("%s?removed=%d%s", base(r), s.ID, anyway)
	}
	r.Flash("success", "programme.desk.restored", "title", s.Title(r.Lang()))
	return r.Redirect("%s", base(r))
}

// notRestored says why something could not be brought back. It gives what to add to
// the address so that the page offers to insist, and whether the error was one to be told.
func notRestored(r *ui.Request, err error) (query string, ok bool) {
	var e *conference.Error
	if !errors.As(err, &e) || e.Kind != conference.KindInvalid {
		return "", false
	}
	why := e.Message
	if len(e.Fields) > 0 {
		why = e.Fields[0].Text
	}
	r.Flash("error", "programme.desk.not_restored", "why", why)
	if agenda.IsClash(err) {
		query = "&anyway=1"
	}
	return query, true
}
