package public

import (
	"slices"
	"strings"

	"hoinghi/conference"
	"hoinghi/conference/agenda"
	"hoinghi/conference/edition"
	"hoinghi/conference/vietnamese"
	"hoinghi/conference/web/ui"
)

// calendarType names the method, as some calendar programs demand (RFC 6047).
const calendarType = "text/calendar; charset=utf-8; method=PUBLISH"

type programmePage struct {
	ui.Frame
	Days     []day
	Free     int    // places for papers in all
	Calendar string // address of the whole as .ics
	Absolute string // full address of the same, for calendar programs
	Address  string // full address of the page, for the print
	Changed  string
}

type day struct {
	Title, ID string
	Sessions  []line
}

type line struct {
	ID, Start, End, ISO, Title, By, Room, Kind string
	Break                                      bool
	Free                                       int
	Calendar                                   string
	Speeches                                   []speech
}

type speech struct{ Start, ISO, Topic, Speaker, Position string }

// programme shows the whole programme of an edition, as everybody may see it.
func (p *Public) programme(r *ui.Request) (content, error) {
	e, sessions, err := p.published(r)
	if err != nil {
		return content{}, err
	}
	address := "/e/" + e.Slug + "/programme"
	data := programmePage{Frame: r.Frame("programme"), Days: days(r, sessions), Calendar: address + ".ics",
		Absolute: p.Absolute(address + ".ics"), Address: p.Absolute(address)}
	for _, s := range sessions {
		data.Free += s.Free()
	}
	if len(sessions) > 0 {
		last := slices.MaxFunc(sessions, func(a, b agenda.Session) int { return a.ChangedAt.Compare(b.ChangedAt.Time) })
		data.Changed = ui.Moment(last.ChangedAt.Time, r.Lang())
	}
	return page(r, "public/programme", data)
}

// published gives the edition of the address with the sessions that everybody may
// see, or conference.NotFound while the edition is not public.
func (p *Public) published(r *ui.Request) (edition.Edition, []agenda.Session, error) {
	e := r.Edition()
	if !e.IsPublic {
		return e, nil, conference.NotFound()
	}
	sessions, err := agenda.Visible(r.Context(), p.DB, e.ID, agenda.Public)
	return e, sessions, err
}

// shortDay is how many sessions of a day the front page names.
const shortDay = 6

// short leaves out what a visitor who only looks in need not know, and what is beyond a few sessions a day.
func short(sessions []agenda.Session) []agenda.Session {
	var out []agenda.Session
	n := map[string]int{}
	for _, s := range sessions {
		if s.Kind != agenda.KindBreak && s.Kind != agenda.KindMeal && s.Kind != agenda.KindPerformance && n[s.Day()] < shortDay {
			n[s.Day()]++
			out = append(out, s)
		}
	}
	return out
}

// days groups sessions, which come in order of time, by their day in Viet Nam.
func days(r *ui.Request, sessions []agenda.Session) []day {
	lang := r.Lang()
	var out []day
	for _, s := range sessions {
		if id := "day-" + s.Day(); len(out) == 0 || out[len(out)-1].ID != id {
			out = append(out, day{ID: id, Title: ui.Weekday(s.StartsAt.Time, lang) + ", " + ui.Date(s.StartsAt.Time, lang)})
		}
		d := &out[len(out)-1]
		l := line{ID: "s-" + number(s), Start: ui.Clock(s.StartsAt.Time), End: ui.Clock(s.EndsAt.Time), ISO: ui.ISO(s.StartsAt.Time),
			Title: s.Title(lang), By: s.By(lang), Room: s.Room(lang), Kind: string(s.Kind), Free: s.Free(),
			Break: s.Kind == agenda.KindBreak || s.Kind == agenda.KindMeal}
		if e, ok := r.CurrentEdition(); ok {
			l.Calendar = "/e/" + e.Slug + "/programme/" + number(s) + ".ics"
		}
		for _, p := range s.Speeches {
			l.Speeches = append(l.Speeches, speech{Start: ui.Clock(p.StartsAt.Time), ISO: ui.ISO(p.StartsAt.Time), Topic: p.Topic(lang),
				Speaker: p.Speaker.Addressed(r.Say), Position: p.Speaker.Position(lang)})
		}
		d.Sessions = append(d.Sessions, l)
	}
	return out
}

// number gives the part of a session's uid that stands in addresses. It never
// changes. Ten signs hold 50 random bits: enough to tell the sessions of an edition
// apart, and a programme of 200 stays small although nothing random can be compressed.
func number(s agenda.Session) string {
	id, _, _ := strings.Cut(s.UID, "@")
	return id[:min(len(id), 10)]
}

// calendar gives the whole programme, to be imported or subscribed to.
func (p *Public) calendar(r *ui.Request) (content, error) {
	e, sessions, err := p.published(r)
	if err != nil {
		return content{}, err
	}
	text, err := agenda.Calendar(e, sessions, r.Lang(), p.Absolute("/e/"+e.Slug+"/programme"), r.Now())
	return content{kind: calendarType, name: e.Slug + ".ics", body: text}, err
}

// sessionCalendar gives one session for the visitor's calendar.
func (p *Public) sessionCalendar(r *ui.Request) error {
	e, sessions, err := p.published(r)
	if err != nil {
		return err
	}
	wanted, ok := strings.CutSuffix(r.Param("session"), ".ics")
	i := slices.IndexFunc(sessions, func(s agenda.Session) bool { return number(s) == wanted })
	if !ok || i < 0 {
		return conference.NotFound()
	}
	text, err := agenda.Calendar(e, sessions[i:i+1], r.Lang(), p.Absolute("/e/"+e.Slug+"/programme#s-"+wanted), r.Now())
	if err != nil {
		return err
	}
	return r.File(calendarType, e.Slug+"-"+sessions[i].StartsAt.In(vietnamese.Zone()).Format("20060102-1504")+".ics", text)
}
