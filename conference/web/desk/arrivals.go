package desk

import (
	"hoinghi/conference"
	"hoinghi/conference/checkin"
	"hoinghi/conference/web/ui"
)

const latestEntries = 20

type arrivalsPage struct {
	ui.Frame
	Base       string
	Registered int
	Arrived    int
	Provinces  []funnelRow
	Latest     []entryRow
	MayUndo    bool
	Peak       string // the busiest minute, "" before anybody came
	PeakCount  int
	First      string // when the first one came
}

type entryRow struct {
	Scan, At, Name, Title, Organisation, Province, Place, Device string
	ByHand                                                       bool
}

// arrivals shows how far the reception has come. It follows the door by itself.
func (d *Desk) arrivals(r *ui.Request) error {
	got, err := checkin.Arrivals(r.Context(), d.DB, r.Edition().ID, latestEntries)
	if err != nil {
		return err
	}
	page := arrivalsPage{Frame: r.Frame("arrivals"), Base: "/desk/e/" + r.Edition().Slug, Registered: got.Registered, Arrived: got.Arrived,
		MayUndo: r.Staff().Actor().Has(conference.RoleOrganiser)}
	for _, p := range got.Provinces {
		name := p.Name(r.Lang())
		if name == "" {
			name = r.T("checkin.no_province")
		}
		row := funnelRow{Label: name, Value: p.Arrived, Total: p.Registered}
		if p.Host {
			row.Note = r.T("door.desk.host")
		}
		page.Provinces = append(page.Provinces, row)
	}
	for _, m := range got.Minutes {
		if page.First == "" {
			page.First = ui.Clock(m.At.Time)
		}
		if m.N > page.PeakCount {
			page.Peak, page.PeakCount = ui.Clock(m.At.Time), m.N
		}
	}
	for _, e := range got.Latest {
		page.Latest = append(page.Latest, entryRow{Scan: e.ScanID, At: ui.Clock(e.At.Time), Name: e.Name, Title: e.Title, Organisation: e.Organisation,
			Province: e.Province(r.Lang()), Place: e.Checkpoint(r.Lang()), Device: e.Device, ByHand: e.ByHand})
	}
	if r.Query("part") == "body" {
		return r.Fragment("desk/arrivals/index", "body", page)
	}
	return r.Page("desk/arrivals/index", page)
}

func (d *Desk) arrivalsLive(r *ui.Request) error {
	return r.Stream(checkin.Topic(r.Edition().ID))
}

// undoArrival takes back an entry when the device that made it no longer may.
func (d *Desk) undoArrival(r *ui.Request) error {
	form, err := r.Form()
	if err != nil {
		return err
	}
	if err := d.Checkins.UndoLater(r.Context(), r.Edition().ID, form.Get("scan")); err != nil {
		return err
	}
	r.Flash("success", "door.desk.undone")
	return r.Redirect("/desk/e/%s/arrivals", r.Edition().Slug)
}
