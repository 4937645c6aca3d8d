package desk

import (
	"net/http"
	"slices"

	"hoinghi/conference"
	"hoinghi/conference/checkin"
	"hoinghi/conference/web/ui"
)

// doubtfulRows is how many scans the page shows; the tabs above it count all.
const doubtfulRows = 200

func (d *Desk) doubtfulRoutes() []ui.Route {
	const at = "/desk/e/:edition/doubtful"
	return []ui.Route{
		ui.GET(at, ui.Supervisors, d.doubtful),
		ui.GET(at+"/live", ui.Supervisors, func(r *ui.Request) error { return r.Stream(checkin.Topic(r.Edition().ID)) }),
		ui.POST(at+"/:scan/undo", ui.Supervisors, d.undoEntry),
	}
}

type doubtfulPage struct {
	ui.Frame
	Base, Address string
	Doubt         checkin.Doubt
	Filters       []filter
	Rows          []doubtfulRow
	More          bool // there are scans that are not shown
	Form          *ui.Form
	Asked         string // scan whose form was refused
}

type doubtfulRow struct {
	Scan, At, Name, Number, Organisation, Where, Device string
	Person                                              int64
	Kind, Label, Note                                   string // of the chip, and what there is to know
	Doubt                                               bool
	Undone, UndoneFor                                   string // when it was taken back and by whom, and why
	CanUndo                                             bool
}

func (d *Desk) doubtful(r *ui.Request) error {
	return d.showDoubtful(r, http.StatusOK, r.NewForm(nil), "")
}

func (d *Desk) showDoubtful(r *ui.Request, status int, form *ui.Form, asked string) error {
	e := r.Edition()
	page := doubtfulPage{Frame: r.Frame("doubtful"), Base: "/desk/e/" + e.Slug + "/doubtful", Doubt: checkin.Doubt(r.Query("doubt")), Form: form, Asked: asked}
	if !slices.Contains(checkin.Doubts(), page.Doubt) {
		page.Doubt = ""
	}
	page.Address = page.Base + "?part=rows&doubt=" + string(page.Doubt)
	found, err := checkin.Doubtfuls(r.Context(), d.DB, e.ID, page.Doubt, doubtfulRows+1)
	if err != nil {
		return err
	}
	counts, err := checkin.DoubtCounts(r.Context(), d.DB, e.ID)
	if err != nil {
		return err
	}
	page.Filters = append(page.Filters, filter{Label: r.T("desk.doubt.all"), Href: page.Base, Current: page.Doubt == "", Count: -1})
	for _, k := range checkin.Doubts() {
		page.Filters = append(page.Filters, filter{Label: r.T("desk.doubt." + string(k)), Href: page.Base + "?doubt=" + string(k), Count: counts[k], Current: k == page.Doubt})
	}
	if len(found) > doubtfulRows {
		page.More, found = true, found[:doubtfulRows]
	}
	for _, x := range found {
		page.Rows = append(page.Rows, doubtfulLine(r, x))
	}
	if r.Query("part") == "rows" {
		return r.Fragment("desk/door/doubtful", "rows", page)
	}
	return r.PageStatus(status, "desk/door/doubtful", page)
}

func doubtfulLine(r *ui.Request, x checkin.Doubtful) doubtfulRow {
	row := doubtfulRow{Scan: x.ScanID, At: ui.Clock(x.At.Time), Name: x.Name, Number: x.Number, Organisation: x.Organisation, Person: x.DelegateID,
		Where: x.Checkpoint(r.Lang()), Device: x.Device, Doubt: x.ClockDoubt, CanUndo: x.CanUndo()}
	if row.Name == "" {
		row.Name = r.T("desk.doubt.nobody")
	}
	if !x.UndoneAt.IsZero() {
		row.Undone = r.T("desk.doubt.undone_at", "time", ui.Clock(x.UndoneAt.Time), "who", actorName(r, x.UndoneByKind, x.UndoneBy))
		row.UndoneFor = x.UndoneFor
	}
	switch {
	case !x.Verdict.In():
		row.Kind, row.Label = "refused", r.Say(checkin.VerdictText(x.Verdict))
	case !x.First.IsZero():
		row.Kind, row.Label = "already", r.T("desk.doubt.double")
		row.Note = r.T("desk.doubt.first", "time", ui.Clock(x.First.Time), "device", x.FirstDevice)
	case x.Anyway:
		row.Kind, row.Label = "warning", r.T("desk.doubt.anyway")
	case x.ByHand:
		row.Kind, row.Label = "info", r.T("desk.doubt.by_hand")
	default:
		row.Kind, row.Label = "arrived", r.Say(checkin.VerdictText(x.Verdict))
	}
	if x.Reason != "" {
		row.Note = r.Say(checkin.ReasonText(x.Reason))
	}
	return row
}

// undoEntry takes an entry back, with the reason that was typed.
func (d *Desk) undoEntry(r *ui.Request) error {
	form, err := r.Form()
	if err != nil {
		return err
	}
	scan := r.Param("scan")
	if err := d.Checkins.UndoLater(r.Context(), r.Edition().ID, scan, form.Get("reason")); err != nil {
		if kind := conference.KindOf(err); kind == conference.KindNotFound || !form.Refuse(err) {
			return err
		}
		return d.showDoubtful(r, http.StatusUnprocessableEntity, form, scan)
	}
	r.Flash("success", "desk.doubt.undone_flash")
	return r.Redirect("/desk/e/%s/doubtful?doubt=undone", r.Edition().Slug)
}
