package door

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strconv"

	"hoinghi/conference"
	"hoinghi/conference/badge"
	"hoinghi/conference/checkin"
	"hoinghi/conference/edition"
	"hoinghi/conference/web/ui"
	"hoinghi/db"
)

func readJSON(r *ui.Request, into any) error {
	raw, err := io.ReadAll(r.HTTP().Body)
	var large *http.MaxBytesError
	if errors.As(err, &large) {
		return conference.Fail(conference.KindTooLarge, "error.too_large").Because(err)
	}
	if err == nil {
		err = json.Unmarshal(raw, into)
	}
	if err != nil {
		return conference.Fail(conference.KindInvalid, "door.error.json").Because(err)
	}
	return nil
}

// list gives everything that the device needs to decide by itself. With
// ?have=<version> only what changes all the time is sent when nothing else has.
func list(r *ui.Request) error {
	ctx, site, device := r.Context(), r.Site(), r.Device()
	if err := site.Accounts.Seen(ctx, device); err != nil {
		return err
	}
	e, err := edition.ByID(ctx, site.DB, device.EditionID)
	if err != nil {
		return err
	}
	point, err := checkpoint(r, device)
	if err != nil {
		return err
	}
	groups, err := edition.Groups(ctx, site.DB, e.ID)
	if err != nil {
		return err
	}
	people, err := checkin.People(ctx, site.DB, deviceOf(device), db.At(site.DB.Now()))
	if err != nil {
		return err
	}
	out := wireList{
		Edition: wireEdition{Title: e.Short(r.Lang()), Event: uint16(e.ID), Epoch: e.BadgeEpoch().UnixMilli(), Keys: map[string]string{
			strconv.Itoa(int(badge.CurrentKey)): base64.StdEncoding.EncodeToString(site.Signer.Public(e.ID))}},
		Device: wirePlace{device.ID, device.Name}, Checkpoint: wirePoint{wirePlace: wirePlace{point.ID, point.Name(r.Lang())}, Admits: []string{}},
	}
	for _, g := range groups {
		if len(point.Groups) > 0 && point.Admits(g.ID) {
			out.Checkpoint.Admits = append(out.Checkpoint.Admits, g.Code)
		}
		out.Groups = append(out.Groups, wireGroup{Code: g.Code, Name: g.Name(r.Lang()), Colour: g.Colour, Category: g.Category})
	}
	arrived := make([]wireArrival, 0, len(people.People))
	for _, p := range people.People {
		out.People = append(out.People, personOf(p.Person, r.Lang()))
		if p.Arrived != nil {
			arrived = append(arrived, wireArrival{Delegate: p.DelegateID, First: firstOf(p.Arrived, device.ID, r.Lang())})
		}
	}
	for _, b := range people.Revoked {
		out.Revoked = append(out.Revoked, wireRevoked{b.Badge, b.DelegateID, b.Reason})
	}
	text, err := json.Marshal(out)
	if err != nil {
		return err
	}
	sum := sha256.Sum256(text)
	answer := wireListAnswer{Version: hex.EncodeToString(sum[:8]), Now: site.DB.Now().UnixMilli(), At: people.At.UnixMilli(), Cursor: people.Cursor, Arrived: arrived}
	if r.Query("have") != answer.Version {
		answer.List = text
	}
	return r.JSON(http.StatusOK, answer)
}

// scans takes what the device read. Whatever is wrong with one scan is answered
// for that scan alone: an error for the whole would block the device's queue.
func scans(r *ui.Request) error {
	var in wireBatch
	if err := readJSON(r, &in); err != nil {
		return err
	}
	site, device := r.Site(), r.Device()
	batch := checkin.Batch{Sent: in.Sent, Cursor: in.Cursor}
	results := make([]wireResult, len(in.Scans))
	var at []int // place in results of each scan of the batch
	for i, raw := range in.Scans {
		scan, ok := raw.read()
		if !ok {
			results[i] = wireResult{ID: scan.ID, Error: r.T("checkin.error.scan")}
			continue
		}
		batch.Scans, at = append(batch.Scans, scan), append(at, i)
	}
	if err := site.Accounts.Seen(r.Context(), device); err != nil {
		return err
	}
	answer, err := site.Checkins.Upload(r.Context(), deviceOf(device), batch)
	if err != nil {
		return err
	}
	for i, res := range answer.Results {
		results[at[i]] = resultOf(r, res, device.ID)
	}
	out := wireAnswer{Results: results, Changes: []wireArrival{}, Cursor: answer.Cursor, Now: site.DB.Now().UnixMilli()}
	for _, c := range answer.Changes {
		out.Changes = append(out.Changes, wireArrival{Delegate: c.DelegateID, First: firstOf(c.First, device.ID, r.Lang()), Entries: c.Entries})
	}
	return r.JSON(http.StatusOK, out)
}

// read gives a scan as sent. What has a wrong type is no scan; its id is kept if it can be told.
func (raw rawScan) read() (checkin.Scan, bool) {
	var s wireScan
	d := json.NewDecoder(bytes.NewReader(raw))
	if err := d.Decode(&s); err != nil {
		var id struct {
			ID any `json:"id"`
		}
		if json.Unmarshal(raw, &id) == nil {
			s.ID, _ = id.ID.(string)
		}
		return checkin.Scan{ID: s.ID}, false
	}
	if s.Token == "" {
		s.Token = s.Badge
	}
	return checkin.Scan{ID: s.ID, Seq: s.Seq, Text: s.Token, DelegateID: s.Delegate, PointID: s.Point, Anyway: s.Anyway, Reason: s.Reason,
		T: s.T, Off: s.Off, Shown: s.Local}, true
}

func undo(r *ui.Request) error {
	var in struct {
		ID string `json:"id"`
		T  int64  `json:"t"` // the device's clock when the button was pressed, 0: now
	}
	if err := readJSON(r, &in); err != nil {
		return err
	}
	if err := r.Site().Checkins.Undo(r.Context(), deviceOf(r.Device()), in.ID, in.T); err != nil {
		return err
	}
	return r.JSON(http.StatusOK, map[string]string{"id": in.ID})
}
