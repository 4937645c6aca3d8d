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
	for _, p := range rec.Provinces {
		name := p.Name(lang)
		if name == "" {
			name = r.T("desk.arrivals.central")
		}
		page.Rows = append(page.Rows, provinceRow{Name: name, Host: p.Host, Present: p.Arrived, Total: p.Registered})
		if at, ok := places()[p.Slug]; ok {
			page.Tiles = append(page.Tiles, tile{Name: name, Short: at.short, Col: at.col, Row: at.row, Present: p.Arrived, Total: p.Registered})
		}
	}
	if len(page.Tiles) != len(page.Rows) {
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

// place is where a province stands on the map of tiles, six columns wide.
type place struct {
	short    string
	col, row int
}

// places lays the southern provinces of before the merger out as they lie: north
// at the top, the sea to the east and south. Those that kept their name stay where they were.
func places() map[string]place {
	return map[string]place{
		"binh-phuoc": {"B.Phước", 4, 1}, "tay-ninh": {"T.Ninh", 2, 1}, "binh-duong": {"B.Dương", 3, 2}, "dong-nai": {"Đ.Nai", 4, 2}, "binh-thuan": {"B.Thuận", 6, 2},
		"long-an": {"L.An", 2, 3}, "ho-chi-minh": {"TP.HCM", 3, 3}, "ba-ria-vung-tau": {"BR-VT", 5, 3},
		"an-giang": {"A.Giang", 1, 4}, "dong-thap": {"Đ.Tháp", 2, 4}, "tien-giang": {"T.Giang", 3, 4}, "ben-tre": {"B.Tre", 4, 4},
		"kien-giang": {"K.Giang", 1, 5}, "can-tho": {"C.Thơ", 2, 5}, "vinh-long": {"V.Long", 3, 5}, "tra-vinh": {"T.Vinh", 4, 5},
		"hau-giang": {"H.Giang", 2, 6}, "soc-trang": {"S.Trăng", 3, 6}, "ca-mau": {"C.Mau", 1, 7}, "bac-lieu": {"B.Liêu", 2, 7},
	}
}
