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
	return slices.Concat(d.arrivalRoutes(), d.pointRoutes(), d.doubtfulRoutes(), []ui.Route{
		ui.GET("/desk/e/:edition/door", ui.Supervisors, d.devices),
		ui.POST("/desk/e/:edition/door", ui.Supervisors, d.newPairing),
		ui.POST("/desk/e/:edition/door/:id/revoke", ui.Supervisors, d.revokeDevice),
		ui.POST("/desk/e/:edition/door/:id/move", ui.Supervisors, d.moveDevice),
	})
}

type devicesPage struct {
	ui.Frame
	Form    *ui.Form
	Points  []ui.Option // those in use
	Rows    []pointRow
	Devices []deviceRow
	Pairing *pairing
	Base    string
}

type deviceRow struct {
	ID                        int64
	Name, Point, Paired, Seen string
	State                     string      // waiting, on, off
	Moves                     []ui.Option // where it may stand
	Error                     string      // why it was not moved
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
	page, err := d.devicesPage(r, form, made)
	if err != nil {
		return err
	}
	return r.PageStatus(status, "desk/door/index", page)
}

func (d *Desk) devicesPage(r *ui.Request, form *ui.Form, made *pairing) (devicesPage, error) {
	e := r.Edition()
	points, err := checkin.Checkpoints(r.Context(), d.DB, e.ID)
	if err != nil {
		return devicesPage{}, err
	}
	all, err := d.Accounts.Devices(r.Context(), e.ID)
	if err != nil {
		return devicesPage{}, err
	}
	page := devicesPage{Frame: r.Frame("door"), Form: form, Pairing: made, Base: "/desk/e/" + e.Slug + "/door"}
	for _, p := range points {
		if p.ClosedAt.IsZero() {
			page.Points = append(page.Points, ui.Option{Value: ui.Itoa(p.ID), Label: p.Name(r.Lang())})
		}
	}
	if page.Rows, err = d.pointRows(r, points); err != nil {
		return devicesPage{}, err
	}
	for _, dev := range all {
		if row, ok := deviceLine(r, dev, points); ok {
			page.Devices = append(page.Devices, row)
		}
	}
	return page, nil
}

// deviceLine gives a device for the list; a pairing code that ran out unused is not worth a line.
func deviceLine(r *ui.Request, dev account.Device, points []checkin.Checkpoint) (deviceRow, bool) {
	row := deviceRow{ID: dev.ID, Name: dev.Name, Paired: ui.Moment(dev.PairedAt.Time, r.Lang()), Seen: ui.Moment(dev.SeenAt.Time, r.Lang()), State: "on"}
	for _, p := range points {
		if p.ID == dev.CheckpointID {
			row.Point = p.Name(r.Lang())
		}
		if p.ClosedAt.IsZero() {
			row.Moves = append(row.Moves, ui.Option{Value: ui.Itoa(p.ID), Label: p.Name(r.Lang()), Selected: p.ID == dev.CheckpointID})
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
	point, err := d.pointOf(r, form)
	if err != nil {
		return err
	}
	if form.Wrong() {
		return d.showDevices(r, http.StatusUnprocessableEntity, form, nil)
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

// pointOf gives the chosen checkpoint, the first one in use when none was chosen; one
// that cannot be chosen is noted at the field.
func (d *Desk) pointOf(r *ui.Request, form *ui.Form) (int64, error) {
	points, err := checkin.Checkpoints(r.Context(), d.DB, r.Edition().ID)
	if err != nil {
		return 0, err
	}
	for _, p := range points {
		if (p.ID == form.ID("checkpoint") || form.Get("checkpoint") == "") && p.ClosedAt.IsZero() {
			return p.ID, nil
		}
	}
	if len(points) > 0 {
		form.Note("checkpoint", conference.Say("checkin.error.point_unknown"))
		return 0, nil
	}
	p, err := d.Checkins.Default(r.Context(), r.Edition().ID)
	return p.ID, err
}

// oneDevice gives the device of the address, if it is this edition's.
func (d *Desk) oneDevice(r *ui.Request) (account.Device, error) {
	id, err := r.ID("id")
	if err != nil {
		return account.Device{}, err
	}
	dev, err := d.Accounts.Device(r.Context(), id)
	if err != nil {
		return account.Device{}, err
	}
	if dev.EditionID != r.Edition().ID {
		return account.Device{}, errOtherEdition
	}
	return dev, nil
}

// moveDevice stands a device at another checkpoint in use.
func (d *Desk) moveDevice(r *ui.Request) error {
	dev, err := d.oneDevice(r)
	if err != nil {
		return err
	}
	form, err := r.Form()
	if err != nil {
		return err
	}
	to, err := checkin.CheckpointByID(r.Context(), d.DB, r.Edition().ID, form.ID("checkpoint"))
	switch {
	case conference.KindOf(err) == conference.KindNotFound:
		return d.refuseMove(r, dev.ID, "checkin.error.point_unknown")
	case err != nil:
		return err
	case !to.ClosedAt.IsZero():
		return d.refuseMove(r, dev.ID, "checkin.error.checkpoint_closed")
	}
	if err := d.Accounts.Move(r.Context(), dev.ID, to.ID); err != nil {
		return err
	}
	r.Flash("success", "desk.door.moved", "name", dev.Name, "point", to.NameVi)
	return r.Redirect("%s", doorBase(r))
}

// refuseMove shows the list again with the reason beside the device.
func (d *Desk) refuseMove(r *ui.Request, id int64, why string) error {
	page, err := d.devicesPage(r, r.NewForm(nil), nil)
	if err != nil {
		return err
	}
	for i := range page.Devices {
		if page.Devices[i].ID == id {
			page.Devices[i].Error = r.T(why)
		}
	}
	return r.PageStatus(http.StatusUnprocessableEntity, "desk/door/index", page)
}

func (d *Desk) revokeDevice(r *ui.Request) error {
	dev, err := d.oneDevice(r)
	if err != nil {
		return err
	}
	if err := d.Accounts.Revoke(r.Context(), dev.ID); err != nil {
		return err
	}
	r.Flash("success", "desk.door.revoked", "name", dev.Name)
	return r.Redirect("/desk/e/%s/door", r.Edition().Slug)
}
