package desk

import (
	"net/http"
	"strconv"

	"hoinghi/conference"
	"hoinghi/conference/account"
	"hoinghi/conference/checkin"
	"hoinghi/conference/web/ui"
)

func (d *Desk) doorRoutes() []ui.Route {
	return []ui.Route{
		ui.GET("/desk/e/:edition/door", ui.Stewards, d.door),
		ui.GET("/desk/e/:edition/door/live", ui.Stewards, d.arrivalsLive),
		ui.POST("/desk/e/:edition/door", ui.Stewards, d.newPairing),
		ui.POST("/desk/e/:edition/door/:id/name", ui.Stewards, d.renameDevice),
		ui.POST("/desk/e/:edition/door/:id/revoke", ui.Stewards, d.revokeDevice),
		ui.GET("/desk/e/:edition/arrivals", ui.Stewards, d.arrivals),
		ui.GET("/desk/e/:edition/arrivals/live", ui.Stewards, d.arrivalsLive),
		ui.POST("/desk/e/:edition/arrivals/undo", ui.Organisers, d.undoArrival),
	}
}

type doorPage struct {
	ui.Frame
	Base        string
	Form        *ui.Form
	Checkpoints []ui.Option
	Devices     []deviceRow
}

type deviceRow struct {
	ID                       int64
	Name, Checkpoint         string
	Paired, Seen, Until      string
	Waiting, Revoked, Active bool
}

func (d *Desk) door(r *ui.Request) error {
	return d.showDoor(r, http.StatusOK, r.NewForm(nil))
}

func (d *Desk) showDoor(r *ui.Request, status int, form *ui.Form) error {
	points, err := d.checkpoints(r)
	if err != nil {
		return err
	}
	devices, err := d.Accounts.Devices(r.Context(), r.Edition().ID)
	if err != nil {
		return err
	}
	page := doorPage{Frame: r.Frame("door"), Base: "/desk/e/" + r.Edition().Slug + "/door", Form: form}
	names := map[int64]string{}
	for _, p := range points {
		names[p.ID] = p.Name(r.Lang())
		page.Checkpoints = append(page.Checkpoints, ui.Option{Value: strconv.FormatInt(p.ID, 10), Label: p.Name(r.Lang())})
	}
	for _, v := range devices {
		page.Devices = append(page.Devices, deviceRow{ID: v.ID, Name: v.Name, Checkpoint: names[v.CheckpointID],
			Paired: ui.Moment(v.PairedAt.Time, r.Lang()), Seen: ui.Moment(v.SeenAt.Time, r.Lang()), Until: ui.Clock(v.PairingUntil.Time),
			Waiting: !v.Paired(), Revoked: v.Revoked(), Active: v.Paired() && !v.Revoked()})
	}
	if r.Query("part") == "devices" {
		return r.Fragment("desk/door/index", "devices", page)
	}
	return r.PageStatus(status, "desk/door/index", page)
}

// checkpoints gives the edition's checkpoints; an edition that has none yet gets its main entrance.
func (d *Desk) checkpoints(r *ui.Request) ([]checkin.Checkpoint, error) {
	points, err := checkin.Checkpoints(r.Context(), d.DB, r.Edition().ID)
	if err != nil || len(points) > 0 {
		return points, err
	}
	main, err := d.Checkins.Default(r.Context(), r.Edition().ID)
	return []checkin.Checkpoint{main}, err
}

type pairingPage struct {
	ui.Frame
	Base, Name, Checkpoint, Until, URL string
	QR                                 ui.QR
}

// newPairing shows the pairing code of a new device. Its secret is shown once,
// here, and kept nowhere.
func (d *Desk) newPairing(r *ui.Request) error {
	form, err := r.Form()
	if err != nil {
		return err
	}
	points, err := d.checkpoints(r)
	if err != nil {
		return err
	}
	point := points[0]
	for _, p := range points {
		if p.ID == form.ID("checkpoint") {
			point = p
		}
	}
	device, secret, err := d.Accounts.NewPairing(r.Context(), r.Edition().ID, point.ID, form.Get("name"), false)
	if err != nil {
		if !form.Refuse(err) {
			return err
		}
		return d.showDoor(r, http.StatusUnprocessableEntity, form)
	}
	address := d.Absolute("/door/pair#" + secret)
	qr, err := ui.NewQR(address)
	if err != nil {
		return err
	}
	base := "/desk/e/" + r.Edition().Slug + "/door"
	return r.Page("desk/door/pairing", pairingPage{Frame: r.Frame("door", ui.Crumb{Label: r.T("desk.nav.door"), Href: base}), Base: base,
		Name: device.Name, Checkpoint: point.Name(r.Lang()), Until: ui.Clock(device.PairingUntil.Time), URL: address, QR: qr})
}

func (d *Desk) renameDevice(r *ui.Request) error {
	form, err := r.Form()
	if err != nil {
		return err
	}
	device, err := d.deviceOf(r)
	if err != nil {
		return err
	}
	if err := d.Accounts.Rename(r.Context(), device.ID, form.Get("name")); err != nil {
		if !form.Refuse(err) {
			return err
		}
		return d.showDoor(r, http.StatusUnprocessableEntity, form)
	}
	r.Flash("success", "door.desk.renamed")
	return r.Redirect("/desk/e/%s/door", r.Edition().Slug)
}

func (d *Desk) revokeDevice(r *ui.Request) error {
	device, err := d.deviceOf(r)
	if err != nil {
		return err
	}
	if err := d.Accounts.Revoke(r.Context(), device.ID); err != nil {
		return err
	}
	r.Flash("success", "door.desk.revoked_done", "name", device.Name)
	return r.Redirect("/desk/e/%s/door", r.Edition().Slug)
}

// deviceOf gives the device of the path if it belongs to the edition of the path.
func (d *Desk) deviceOf(r *ui.Request) (account.Device, error) {
	id, err := r.ID("id")
	if err != nil {
		return account.Device{}, err
	}
	device, err := d.Accounts.Device(r.Context(), id)
	if err != nil {
		return account.Device{}, err
	}
	if device.EditionID != r.Edition().ID {
		return account.Device{}, conference.NotFound()
	}
	return device, nil
}
