// Package door is the face for the paired devices at the entrance: the page that
// scans, and the addresses by which it sends what it read (scanner.md).
package door

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"time"

	"hoinghi/conference/account"
	"hoinghi/conference/checkin"
	"hoinghi/conference/edition"
	"hoinghi/conference/web/ui"
)

const bodyLimit = 512 << 10 // bytes; 50 scans of 4,096 characters fit

// pairLimit is generous: a whole reception team pairs behind one address.
var pairLimit = ui.Limit{Name: "door-pair", Per: 6 * time.Second, Burst: 30}

// Face gives the door's route table.
func Face() ui.Face {
	return ui.Face{Name: "door", Routes: []ui.Route{
		{Method: http.MethodGet, Path: "/door", Audience: ui.Anyone, Handler: scanPage, Camera: true},
		{Method: http.MethodGet, Path: "/door/pair", Audience: ui.Anyone, Handler: pairPage},
		{Method: http.MethodGet, Path: "/door/scanner-test", Audience: ui.Anyone, Handler: setupPage},
		{Method: http.MethodPost, Path: "/door/pair", Audience: ui.Anyone, Handler: pair, JSON: true, Limit: 4 << 10},
		{Method: http.MethodPost, Path: "/door/unpair", Audience: ui.PairedDevice, Handler: unpair, JSON: true, Limit: 4 << 10},
		{Method: http.MethodGet, Path: "/door/list", Audience: ui.PairedDevice, Handler: list, JSON: true},
		{Method: http.MethodPost, Path: "/door/scans", Audience: ui.PairedDevice, Handler: scans, JSON: true, Limit: bodyLimit},
		{Method: http.MethodPost, Path: "/door/undo", Audience: ui.PairedDevice, Handler: undo, JSON: true, Limit: 4 << 10},
	}}
}

type scanData struct {
	ui.Frame
	Device, Checkpoint string
	Words              string // JSON: the texts of static/door
	Reasons, Anyway    []ui.Option
}

// scanPage shows the scanner, or how to pair when the device is none of ours.
func scanPage(r *ui.Request) error {
	if !r.HasDevice() {
		return pairPage(r)
	}
	device := r.Device()
	e, err := edition.ByID(r.Context(), r.Site().DB, device.EditionID)
	if err != nil {
		return err
	}
	point, err := checkpoint(r, device)
	if err != nil {
		return err
	}
	words, err := jsWords(r)
	if err != nil {
		return err
	}
	r.SetEdition(e)
	return r.Page("door/scan", scanData{Frame: r.Frame("door"), Device: device.Name, Checkpoint: point.Name(r.Lang()), Words: words,
		Reasons: reasons(r, false), Anyway: reasons(r, true)})
}

// reasons gives the choices of why somebody is let in.
func reasons(r *ui.Request, anyway bool) []ui.Option {
	var out []ui.Option
	for _, reason := range checkin.Reasons(anyway) {
		out = append(out, ui.Option{Value: string(reason), Label: r.Say(checkin.ReasonText(reason))})
	}
	return out
}

// pairPage explains pairing; its script sends the secret that stands after "#",
// which no server and no log ever sees in an address.
func pairPage(r *ui.Request) error {
	words, err := jsWords(r)
	if err != nil {
		return err
	}
	data := scanData{Frame: r.Frame("pair"), Words: words}
	if r.HasDevice() {
		data.Device = r.Device().Name
	}
	return r.Page("door/pair", data)
}

// jsWords gives the texts whose keys begin with "door.js." as a JSON object, the prefix left off.
func jsWords(r *ui.Request) (string, error) {
	const prefix = "door.js."
	words := map[string]string{}
	for _, key := range r.Site().Locales.In(r.Lang()).Keys() {
		if name, ok := strings.CutPrefix(key, prefix); ok {
			words[name] = r.T(key)
		}
	}
	text, err := json.Marshal(words)
	if err != nil {
		return "", fmt.Errorf("texts of the door: %w", err)
	}
	return string(text), nil
}

// checkpoint gives where the device stands. A checkpoint that is gone leaves it without a name.
func checkpoint(r *ui.Request, d account.Device) (checkin.Checkpoint, error) {
	all, err := checkin.Checkpoints(r.Context(), r.Site().DB, d.EditionID)
	if err != nil {
		return checkin.Checkpoint{}, err
	}
	for _, c := range all {
		if c.ID == d.CheckpointID {
			return c, nil
		}
	}
	return checkin.Checkpoint{}, nil
}

func deviceOf(d account.Device) checkin.Device {
	return checkin.Device{ID: d.ID, EditionID: d.EditionID, CheckpointID: d.CheckpointID}
}

func pair(r *ui.Request) error {
	var in struct {
		Secret string `json:"secret"`
	}
	if err := readJSON(r, &in); err != nil {
		return err
	}
	if err := r.Allow(pairLimit); err != nil {
		return err
	}
	device, token, err := r.Site().Accounts.Pair(r.Context(), in.Secret)
	if err != nil {
		return err
	}
	r.StartDevice(token)
	return r.JSON(http.StatusOK, map[string]string{"device": device.Name})
}

// unpair shuts the device out at its own wish: what it knew of itself is worth nothing afterwards.
func unpair(r *ui.Request) error {
	if err := r.Site().Accounts.Unpair(r.Context(), r.Device().ID); err != nil {
		return err
	}
	r.ForgetDevice()
	return r.NoContent()
}
