package desk

import (
	"net/http"
	"slices"
	"strings"

	"hoinghi/conference"
	"hoinghi/conference/audit"
	"hoinghi/conference/checkin"
	"hoinghi/conference/edition"
	"hoinghi/conference/web/ui"
)

func (d *Desk) pointRoutes() []ui.Route {
	const at = "/desk/e/:edition/door"
	return []ui.Route{
		ui.GET(at+"/points/new", ui.Supervisors, d.newPoint),
		ui.POST(at+"/points/new", ui.Supervisors, d.addPoint),
		ui.GET(at+"/points/:id", ui.Supervisors, d.point),
		ui.POST(at+"/points/:id", ui.Supervisors, d.changePoint),
		ui.POST(at+"/points/:id/close", ui.Supervisors, d.closePoint),
		ui.POST(at+"/points/:id/reopen", ui.Supervisors, d.reopenPoint),
	}
}

func doorBase(r *ui.Request) string { return "/desk/e/" + r.Edition().Slug + "/door" }

// pointRow is one checkpoint of the list.
type pointRow struct {
	ID          int64
	Name        string
	Admits      string
	In, Refused int
	Closed      bool
}

// pointRows gives the checkpoints with what happened there.
func (d *Desk) pointRows(r *ui.Request, points []checkin.Checkpoint) ([]pointRow, error) {
	groups, err := edition.Groups(r.Context(), d.DB, r.Edition().ID)
	if err != nil {
		return nil, err
	}
	counts, err := checkin.PointCounts(r.Context(), d.DB, r.Edition().ID)
	if err != nil {
		return nil, err
	}
	var out []pointRow
	for _, p := range points {
		row := pointRow{ID: p.ID, Name: p.Name(r.Lang()), Admits: r.T("desk.point.everybody"), In: counts[p.ID].In, Refused: counts[p.ID].Refused, Closed: !p.ClosedAt.IsZero()}
		if len(p.Groups) > 0 {
			var names []string
			for _, g := range groups {
				if p.Admits(g.ID) {
					names = append(names, g.Name(r.Lang()))
				}
			}
			row.Admits = strings.Join(names, "; ")
		}
		out = append(out, row)
	}
	return out, nil
}

type pointPage struct {
	ui.Frame
	Form    *ui.Form
	Base    string
	Point   checkin.Checkpoint // its ID is 0 for a new one
	Heading string
	Groups  []ui.Option
	History []auditRow
}

func (d *Desk) newPoint(r *ui.Request) error {
	return d.showPoint(r, http.StatusOK, checkin.Checkpoint{}, r.NewForm(nil), nil)
}

func (d *Desk) showPoint(r *ui.Request, status int, p checkin.Checkpoint, form *ui.Form, chosen []int64) error {
	groups, err := edition.Groups(r.Context(), d.DB, r.Edition().ID)
	if err != nil {
		return err
	}
	page := pointPage{Frame: r.Frame("door", ui.Crumb{Label: r.T("desk.nav.door"), Href: doorBase(r)}), Form: form, Base: doorBase(r), Point: p,
		Heading: r.T("desk.point.new")}
	for _, g := range groups {
		page.Groups = append(page.Groups, ui.Option{Value: ui.Itoa(g.ID), Label: g.Name(r.Lang()), Selected: slices.Contains(chosen, g.ID)})
	}
	if p.ID != 0 {
		page.Heading = p.Name(r.Lang())
		history, err := audit.History(r.Context(), d.DB, "checkpoint", p.ID)
		if err != nil {
			return err
		}
		for _, h := range history {
			page.History = append(page.History, auditLine(r, h))
		}
	}
	return r.PageStatus(status, "desk/door/point", page)
}

// pointDraft reads the form. A group that is none must not be passed over: without it
// the rule would admit more people than was meant.
func pointDraft(form *ui.Form) checkin.CheckpointDraft {
	d := checkin.CheckpointDraft{NameVi: form.Get("name_vi"), NameEn: form.Get("name_en"), Groups: form.IDs("group")}
	if len(d.Groups) < len(form.All("group")) {
		d.Groups = append(d.Groups, -1)
	}
	return d
}

func (d *Desk) addPoint(r *ui.Request) error {
	form, err := r.Form()
	if err != nil {
		return err
	}
	p, err := d.Checkins.AddCheckpoint(r.Context(), r.Edition().ID, pointDraft(form))
	if err != nil {
		if !form.Refuse(err) {
			return err
		}
		return d.showPoint(r, http.StatusUnprocessableEntity, checkin.Checkpoint{}, form, form.IDs("group"))
	}
	r.Flash("success", "desk.point.added", "name", p.NameVi)
	return r.Redirect("%s", doorBase(r))
}

func (d *Desk) onePoint(r *ui.Request) (checkin.Checkpoint, error) {
	id, err := r.ID("id")
	if err != nil {
		return checkin.Checkpoint{}, err
	}
	return checkin.CheckpointByID(r.Context(), d.DB, r.Edition().ID, id)
}

func (d *Desk) point(r *ui.Request) error {
	p, err := d.onePoint(r)
	if err != nil {
		return err
	}
	return d.showPoint(r, http.StatusOK, p, r.NewForm(map[string]string{"name_vi": p.NameVi, "name_en": p.NameEn}), p.Groups)
}

func (d *Desk) changePoint(r *ui.Request) error {
	p, err := d.onePoint(r)
	if err != nil {
		return err
	}
	form, err := r.Form()
	if err != nil {
		return err
	}
	if err := d.Checkins.ChangeCheckpoint(r.Context(), r.Edition().ID, p.ID, pointDraft(form)); err != nil {
		if !form.Refuse(err) {
			return err
		}
		return d.showPoint(r, http.StatusUnprocessableEntity, p, form, form.IDs("group"))
	}
	r.Flash("success", "desk.point.saved", "name", p.NameVi)
	return r.Redirect("%s", doorBase(r))
}

func (d *Desk) closePoint(r *ui.Request) error {
	p, err := d.onePoint(r)
	if err != nil {
		return err
	}
	if err := d.Checkins.CloseCheckpoint(r.Context(), r.Edition().ID, p.ID); err != nil {
		form := r.NewForm(map[string]string{"name_vi": p.NameVi, "name_en": p.NameEn})
		if conference.KindOf(err) != conference.KindConflict || !form.Refuse(err) {
			return err
		}
		return d.showPoint(r, http.StatusUnprocessableEntity, p, form, p.Groups)
	}
	r.Flash("success", "desk.point.closed", "name", p.NameVi)
	return r.Redirect("%s", doorBase(r))
}

func (d *Desk) reopenPoint(r *ui.Request) error {
	p, err := d.onePoint(r)
	if err != nil {
		return err
	}
	if err := d.Checkins.ReopenCheckpoint(r.Context(), r.Edition().ID, p.ID); err != nil {
		return err
	}
	r.Flash("success", "desk.point.reopened", "name", p.NameVi)
	return r.Redirect("%s", doorBase(r))
}
