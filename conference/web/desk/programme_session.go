package desk

import (
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"time"

	"hoinghi/conference"
	"hoinghi/conference/agenda"
	"hoinghi/conference/edition"
	"hoinghi/conference/vietnamese"
	"hoinghi/conference/web/ui"
	"hoinghi/db"
)

type sessionPage struct {
	ui.Frame
	Form                    *ui.Form
	Shift                   *ui.Form
	ID                      int64 // 0 for a new one
	Base                    string
	Heading                 string
	Clash, ShiftClash       bool // offers to save all the same
	Kinds, Audiences, Dates []ui.Option
	Rooms                   []room
	Speeches                []speechRow
	Free                    int
	Undo                    *undo
}

// room is one that the programme knows already, to be chosen rather than spelt anew.
type room struct{ Vi, En string }

type speechRow struct {
	ID                                int64
	Start, End, Topic, Speaker, Where string
}

func (d *Desk) oneSession(r *ui.Request) (agenda.Session, error) {
	id, err := r.ID("id")
	if err != nil {
		return agenda.Session{}, err
	}
	s, err := agenda.ByID(r.Context(), d.DB, id)
	if err != nil {
		return s, err
	}
	if s.EditionID != r.Edition().ID {
		return s, errOtherEdition
	}
	return s, nil
}

func (d *Desk) newSession(r *ui.Request) error {
	date := r.Query("date")
	if date == "" {
		date = r.Edition().StartsOn
	}
	sessions, err := agenda.Visible(r.Context(), d.DB, r.Edition().ID, agenda.Internal)
	if err != nil {
		return err
	}
	values := map[string]string{"date": date, "kind": string(agenda.KindSpeech)}
	for _, s := range sessions { // the new one follows the last of its day
		if s.Day() == date {
			values["starts_at"], values["room_vi"], values["room_en"] = ui.Clock(s.EndsAt.Time), s.RoomVi, s.RoomEn
		}
	}
	return d.showSession(r, http.StatusOK, agenda.Session{}, sessionPage{Form: r.NewForm(values)})
}

// showSession fills the page around the form. s is the session as stored, the zero value for a new one.
func (d *Desk) showSession(r *ui.Request, status int, s agenda.Session, page sessionPage) error {
	page.Base, page.ID, page.Free = base(r), s.ID, s.Free()
	page.Heading = r.T("programme.desk.add")
	if s.ID != 0 {
		page.Heading = r.T("programme.desk.edit")
	}
	page.Frame = r.Frame("programme", ui.Crumb{Label: r.T("desk.nav.programme"), Href: page.Base})
	if page.Shift == nil {
		page.Shift = r.NewForm(nil)
	}
	for _, k := range agenda.Kinds() {
		page.Kinds = append(page.Kinds, ui.Option{Value: string(k), Label: r.Say(agenda.KindText(k))})
	}
	for _, a := range agenda.Audiences() {
		page.Audiences = append(page.Audiences, ui.Option{Value: string(a), Label: r.Say(agenda.AudienceText(a))})
	}
	page.Dates = dates(r.Edition(), r.Lang())
	for _, p := range s.Speeches {
		page.Speeches = append(page.Speeches, speechLine(r, p))
	}
	var err error
	if page.Rooms, err = d.rooms(r); err != nil {
		return err
	}
	if page.Undo, err = d.undoSpeech(r); err != nil {
		return err
	}
	return r.PageStatus(status, "desk/programme/session", page)
}

func dates(e edition.Edition, lang string) []ui.Option {
	var out []ui.Option
	for day := e.Start(); day.Before(e.End()); day = day.AddDate(0, 0, 1) {
		out = append(out, ui.Option{Value: day.Format(time.DateOnly), Label: ui.Weekday(day, lang) + ", " + ui.Date(day, lang)})
	}
	return out
}

func (d *Desk) rooms(r *ui.Request) ([]room, error) {
	sessions, err := agenda.Visible(r.Context(), d.DB, r.Edition().ID, agenda.Internal)
	if err != nil {
		return nil, err
	}
	seen := map[room]bool{{}: true}
	var out []room
	for _, s := range sessions {
		if one := (room{s.RoomVi, s.RoomEn}); !seen[one] {
			seen[one] = true
			out = append(out, one)
		}
	}
	return out, nil
}

// sessionDraft reads the form; what is no day, hour or number is noted at its field.
func sessionDraft(form *ui.Form, e edition.Edition) agenda.Draft {
	d := agenda.Draft{
		Kind: agenda.Kind(form.Get("kind")), TitleVi: form.Get("title_vi"), TitleEn: form.Get("title_en"), ByVi: form.Get("by_vi"), ByEn: form.Get("by_en"),
		RoomVi: form.Get("room_vi"), RoomEn: form.Get("room_en"), Visibility: agenda.Audience(form.Get("visibility")), Slots: form.Int("slots"),
		AllowOverlap: form.Checked("allow_overlap"),
	}
	if d.Visibility == "" { // to the agenda it means public, which nobody chose here
		form.Note("visibility", conference.Say("agenda.error.visibility"))
	}
	minutes := form.Int("length")
	day, err := time.ParseInLocation(time.DateOnly, form.Get("date"), vietnamese.Zone())
	if err != nil || day.Before(e.Start()) || !day.Before(e.End()) {
		form.Note("date", conference.Say("programme.error.date"))
		return d
	}
	d.StartsAt = readClock(form, "starts_at", day)
	if form.Get("ends_at") == "" {
		if minutes != 0 && !d.StartsAt.IsZero() {
			d.EndsAt = db.At(d.StartsAt.Add(time.Duration(minutes) * time.Minute))
		}
		return d
	}
	d.EndsAt = readClock(form, "ends_at", day)
	return d
}

// hours are the ways in which people type an hour: 08:00, 8h30, 8.30, 8h, 0830, 830.
var hours = regexp.MustCompile(`^(\d{1,2})(?:\s*[:hg.]\s*(\d{2})?|(\d{2}))$`)

func readHour(text string) (hour, minute int, ok bool) {
	found := hours.FindStringSubmatch(strings.ToLower(text))
	if found == nil {
		return 0, 0, false
	}
	hour, _ = strconv.Atoi(found[1]) // of digits only, so that it cannot fail; no minutes are none
	minute, _ = strconv.Atoi(found[2] + found[3])
	return hour, minute, hour < 24 && minute < 60 || hour == 24 && minute == 0
}

// readClock reads an hour of a day. A field for times would show 15:00 as 3 p.m. to
// whoever has an English browser, so it is plain text. Empty is the zero time.
func readClock(form *ui.Form, field string, day time.Time) db.Time {
	text := form.Get(field)
	if text == "" {
		return db.Time{}
	}
	hour, minute, ok := readHour(text)
	if !ok {
		form.Note(field, conference.Say("programme.error.time"))
		return db.Time{}
	}
	return db.At(time.Date(day.Year(), day.Month(), day.Day(), hour, minute, 0, 0, vietnamese.Zone()).UTC())
}

func (d *Desk) addSession(r *ui.Request) error {
	form, err := r.Form()
	if err != nil {
		return err
	}
	var s agenda.Session
	draft := sessionDraft(form, r.Edition())
	done, clash, err := attempt(form, func() (err error) { s, err = d.Agenda.Add(r.Context(), r.Edition().ID, draft); return err })
	switch {
	case err != nil:
		return err
	case !done:
		return d.showSession(r, http.StatusUnprocessableEntity, agenda.Session{}, sessionPage{Form: form, Clash: clash})
	}
	r.Flash("success", "programme.desk.added", "title", s.Title(r.Lang()))
	if s.Kind == agenda.KindPaper {
		return r.Redirect("%s/%d", base(r), s.ID)
	}
	return r.Redirect("%s", base(r))
}

// attempt does what a form of the programme asks for and reports whether it is
// done. If not, the form has the reasons, and clash says whether the organiser may
// insist. What cannot be mended on the form is given back.
func attempt(form *ui.Form, do func() error) (done, clash bool, other error) {
	insists := form.Checked("allow_overlap")
	if form.Wrong() {
		return false, insists, nil
	}
	err := do()
	switch {
	case err == nil:
		return true, false, nil
	case !form.Refuse(err):
		return false, false, err
	}
	return false, insists || agenda.IsClash(err), nil
}

func (d *Desk) session(r *ui.Request) error {
	s, err := d.oneSession(r)
	if err != nil {
		return err
	}
	return d.showSession(r, http.StatusOK, s, sessionPage{Form: r.NewForm(sessionValues(s))})
}

func sessionValues(s agenda.Session) map[string]string {
	values := map[string]string{
		"kind": string(s.Kind), "title_vi": s.TitleVi, "title_en": s.TitleEn, "by_vi": s.ByVi, "by_en": s.ByEn, "room_vi": s.RoomVi, "room_en": s.RoomEn,
		"date": s.Day(), "starts_at": ui.Clock(s.StartsAt.Time), "ends_at": ui.Clock(s.EndsAt.Time), "visibility": string(s.Visibility),
	}
	if s.Slots > 0 {
		values["slots"] = strconv.Itoa(s.Slots)
	}
	if end := s.EndsAt.In(vietnamese.Zone()).Format(time.DateOnly); end != s.Day() { // ends after midnight: only its length says so
		values["ends_at"], values["length"] = "", strconv.Itoa(s.Minutes())
	}
	return values
}

func (d *Desk) changeSession(r *ui.Request) error {
	s, err := d.oneSession(r)
	if err != nil {
		return err
	}
	form, err := r.Form()
	if err != nil {
		return err
	}
	draft := sessionDraft(form, r.Edition())
	done, clash, err := attempt(form, func() error { return d.Agenda.Change(r.Context(), s.ID, draft) })
	switch {
	case err != nil:
		return err
	case !done:
		return d.showSession(r, http.StatusUnprocessableEntity, s, sessionPage{Form: form, Clash: clash})
	}
	r.Flash("success", "programme.desk.saved")
	return r.Redirect("%s", base(r))
}

func (d *Desk) shiftSessions(r *ui.Request) error {
	s, err := d.oneSession(r)
	if err != nil {
		return err
	}
	form, err := r.Form()
	if err != nil {
		return err
	}
	var n int
	minutes := form.Int("minutes")
	done, clash, err := attempt(form, func() (err error) {
		n, err = d.Agenda.Shift(r.Context(), s.ID, minutes, form.Checked("allow_overlap"))
		return err
	})
	switch {
	case err != nil:
		return err
	case !done:
		return d.showSession(r, http.StatusUnprocessableEntity, s, sessionPage{Form: r.NewForm(sessionValues(s)), Shift: form, ShiftClash: clash})
	}
	r.Flash("success", "programme.desk.shifted", "n", n, "minutes", minutes)
	return r.Redirect("%s", base(r))
}
