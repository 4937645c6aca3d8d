package desk

import (
	"net/http"
	"slices"

	"hoinghi/conference"
	"hoinghi/conference/account"
	"hoinghi/conference/checkin"
	"hoinghi/conference/web/ui"
)

func (d *Desk) doorRoutes() []ui.Route {
	return slices.Concat(d.arrivalRoutes(), []ui.Route{
		ui.GET("/desk/e/:edition/door", ui.Supervisors, d.devices),
		ui.POST("/desk/e/:edition/door", ui.Supervisors, d.newPairing),
		ui.POST("/desk/e/:edition/door/:id/revoke", ui.Supervisors, d.revokeDevice),
	})
}

type devicesPage struct {
	ui.Frame
	Form    *ui.Form
	Points  []ui.Option
	Devices []deviceRow
	Pairing *pairing
	Base    string
}

type deviceRow struct {
	ID                        int64
	Name, Point, Paired, Seen string
	State                     string // waiting, on, off
}

// pairing is shown once, right after it was made.
type pairing struct {
	Name, Until, URL string
	QR               ui.QR
}

func (d *Desk) devices(r *ui.Request) error {
	return d.showDevices(r, http.StatusOK, r.NewForm(nil), nil)
}

func (d *Desk) showDevices(r *ui.Request, status int, form *ui.Form, made *pairing) error {
	e := r.Edition()
	points, err := checkin.Checkpoints(r.Context(), d.DB, e.ID)
	if err != nil {
		return err
	}
	all, err := d.Accounts.Devices(r.Context(), e.ID)
	if err != nil {
		return err
	}
	page := devicesPage{Frame: r.Frame("door"), Form: form, Pairing: made, Base: "/desk/e/" + e.Slug + "/door"}
	for _, p := range points {
		page.Points = append(page.Points, ui.Option{Value: ui.Itoa(p.ID), Label: p.Name(r.Lang())})
	}
	for _, dev := range all {
		if row, ok := deviceLine(r, dev, points); ok {
			page.Devices = append(page.Devices, row)
		}
	}
	return r.PageStatus(status, "desk/door/index", page)
}

// deviceLine gives a device for the list; a pairing code that ran out unused is not worth a line.
func deviceLine(r *ui.Request, dev account.Device, points []checkin.Checkpoint) (deviceRow, bool) {
	row := deviceRow{ID: dev.ID, Name: dev.Name, Paired: ui.Moment(dev.PairedAt.Time, r.Lang()), Seen: ui.Moment(dev.SeenAt.Time, r.Lang()), State: "on"}
	for _, p := range points {
		if p.ID == dev.CheckpointID {
			row.Point = p.Name(r.Lang())
		}
	}
	switch {
	case dev.Revoked():
		row.State = "off"
	case !dev.Paired() && r.Now().After(dev.PairingUntil.Time):
		return row, false
	case !dev.Paired():
		row.State = "waiting"
	}
	return row, true
}

func (d *Desk) newPairing(r *ui.Request) error {
	form, err := r.Form()
	if err != nil {
		return err
	}
	point, err := d.point(r, form)
	if err != nil {
		return err
	}
	dev, secret, err := d.Accounts.NewPairing(r.Context(), r.Edition().ID, point, form.Get("name"), false)
	if err != nil {
		if !form.Refuse(err) {
			return err
		}
		return d.showDevices(r, http.StatusUnprocessableEntity, form, nil)
	}
	made := &pairing{Name: dev.Name, Until: ui.Clock(dev.PairingUntil.Time), URL: d.Absolute("/door/pair#" + secret)}
	if made.QR, err = ui.NewQR(made.URL); err != nil {
		return err
	}
	return d.showDevices(r, http.StatusOK, r.NewForm(nil), made)
}

// point gives the chosen checkpoint, the edition's own first one when none was chosen.
func (d *Desk) point(r *ui.Request, form *ui.Form) (int64, error) {
	points, err := checkin.Checkpoints(r.Context(), d.DB, r.Edition().ID)
	if err != nil {
		return 0, err
	}
	for _, p := range points {
		if p.ID == form.ID("checkpoint") {
			return p.ID, nil
		}
	}
	if len(points) > 0 {
		return points[0].ID, nil
	}
	p, err := d.Checkins.Default(r.Context(), r.Edition().ID)
	return p.ID, err
}

func (d *Desk) revokeDevice(r *ui.Request) error {
	id, err := r.ID("id")
	if err != nil {
		return err
	}
	dev, err := d.Accounts.Device(r.Context(), id)
	if err != nil {
		return err
	}
	if dev.EditionID != r.Edition().ID {
		return conference.NotFound()
	}
	if err := d.Accounts.Revoke(r.Context(), id); err != nil {
		return err
	}
	r.Flash("success", "desk.door.revoked", "name", dev.Name)
	return r.Redirect("/desk/e/%s/door", r.Edition().Slug)
}
