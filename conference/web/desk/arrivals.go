package desk

import (
	"hoinghi/conference/checkin"
	"hoinghi/conference/web/ui"
)

const latestArrivals = 20

func (d *Desk) arrivalRoutes() []ui.Route {
	return []ui.Route{
		ui.GET("/desk/e/:edition/arrivals", ui.Stewards, d.arrivals),
		ui.GET("/desk/e/:edition/arrivals/live", ui.Stewards, func(r *ui.Request) error { return r.Stream(checkin.Topic(r.Edition().ID)) }),
	}
}

type arrivalsPage struct {
	ui.Frame
	Arrived, Registered int
	Tiles               []tile
	Rows                []provinceRow
	Latest              []entryRow
	Base                string
}

// tile is one province on the map of tiles.
type tile struct {
	Name, Short              string
	Col, Row, Present, Total int
}

type provinceRow struct {
	Name           string
	Host           bool
	Present, Total int
}

type entryRow struct {
	At, Name, Title, Organisation, Province, Where string
	ByHand                                         bool
}

// arrivals shows who is there, by province; it is read again whenever somebody is let in.
func (d *Desk) arrivals(r *ui.Request) error {
	e, lang := r.Edition(), r.Lang()
	rec, err := checkin.Arrivals(r.Context(), d.DB, e.ID, latestArrivals)
	if err != nil {
		return err
	}
	page := arrivalsPage{Frame: r.Frame("arrivals"), Arrived: rec.Arrived, Registered: rec.Registered, Base: "/desk/e/" + e.Slug + "/arrivals"}
	places := ui.FormerTiles() // provinces that kept their name stay where they were
	unplaced := 0
	for _, p := range rec.Provinces {
		name := p.Name(lang)
		if name == "" {
			name = r.T("desk.arrivals.central")
		}
		page.Rows = append(page.Rows, provinceRow{Name: name, Host: p.Host, Present: p.Arrived, Total: p.Registered})
		at, ok := places[p.Slug]
		switch {
		case ok:
			page.Tiles = append(page.Tiles, tile{Name: name, Short: at.Short, Col: at.Col, Row: at.Row, Present: p.Arrived, Total: p.Registered})
		case p.Slug != "":
			unplaced++ // guests of no province have no place on any map; the table counts them
		}
	}
	if unplaced > 0 {
		page.Tiles = nil // a map that leaves somebody out would mislead
	}
	for _, a := range rec.Latest {
		row := entryRow{At: ui.Clock(a.At.Time), Name: a.Name, Title: a.Title, Organisation: a.Organisation, Province: a.ProvinceVi, Where: a.CheckpointVi, ByHand: a.ByHand}
		if lang == "en" {
			row.Province, row.Where = a.ProvinceEn, a.CheckpointEn
		}
		page.Latest = append(page.Latest, row)
	}
	if r.Query("part") == "body" {
		return r.Fragment("desk/arrivals/index", "body", page)
	}
	return r.Page("desk/arrivals/index", page)
}
