package desk

import (
	"hoinghi/conference/agenda"
	"hoinghi/conference/web/ui"
)

func (d *Desk) programmeRoutes() []ui.Route {
	return []ui.Route{ui.GET("/desk/e/:edition/programme", ui.Organisers, d.programme)}
}

type programmePage struct {
	ui.Frame
	Days []programmeDay
	Site string // address of the public page, "" while the edition is not public
}

type programmeDay struct {
	Title    string
	Sessions []programmeRow
}

type programmeRow struct{ Start, End, Title, By, Room, Kind, Visibility string }

// programme shows the programme as the organisers have it, internal sessions included.
func (d *Desk) programme(r *ui.Request) error {
	e := r.Edition()
	sessions, err := agenda.Visible(r.Context(), d.DB, e.ID, agenda.Internal)
	if err != nil {
		return err
	}
	lang := r.Lang()
	page := programmePage{Frame: r.Frame("programme")}
	if e.IsPublic {
		page.Site = "/e/" + e.Slug
	}
	for _, s := range sessions {
		title := ui.Weekday(s.StartsAt.Time, lang) + ", " + ui.Date(s.StartsAt.Time, lang)
		if len(page.Days) == 0 || page.Days[len(page.Days)-1].Title != title {
			page.Days = append(page.Days, programmeDay{Title: title})
		}
		day := &page.Days[len(page.Days)-1]
		day.Sessions = append(day.Sessions, programmeRow{Start: ui.Clock(s.StartsAt.Time), End: ui.Clock(s.EndsAt.Time), Title: s.Title(lang), By: s.By(lang),
			Room: s.Room(lang), Kind: r.T("agenda.kind." + string(s.Kind)), Visibility: r.T("agenda.visibility." + string(s.Visibility))})
	}
	return r.Page("desk/programme", page)
}
