package checkin

import (
	"context"
	"fmt"
	"time"

	"hoinghi/conference"
	"hoinghi/conference/badge"
	"hoinghi/db"
)

// clockDoubt is how much a device's clock may have been moved between a reading
// and its upload before the reading's time is doubted (scanner.md 3.2).
const clockDoubt = 120 * time.Second

// Upload records what a device read, oldest first, and answers each scan. It may
// be repeated with the same scans any number of times: a scan that is on record
// gets the answer it got at first. A scan that cannot be recorded gets an error
// of its own and never stops the others. An empty batch only asks for changes.
// Errors: too_large beyond MaxBatch, invalid for an impossible clock.
//
// The scan's row is the record of an entry by badge. By hand there is no badge
// that would prove anything, so those are noted in the audit as well.
func (r *Room) Upload(ctx context.Context, dev Device, b Batch) (Answer, error) {
	if len(b.Scans) > MaxBatch {
		return Answer{}, conference.Fail(conference.KindTooLarge, "checkin.error.batch", "limit", MaxBatch)
	}
	if b.Sent < 0 || b.Sent > latest {
		return Answer{}, conference.Fail(conference.KindInvalid, "checkin.error.sent")
	}
	var out Answer
	if len(b.Scans) > 0 {
		readings := make([]reading, len(b.Scans))
		for i, s := range b.Scans {
			readings[i] = r.read(s, dev.EditionID)
		}
		err := r.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
			out.Results = make([]Result, 0, len(readings))
			points, err := Checkpoints(ctx, tx, dev.EditionID)
			if err != nil {
				return err
			}
			w := recorder{tx: tx, dev: dev, points: points, skew: tx.Now().UnixMilli() - b.Sent}
			for _, rd := range readings {
				res, err := w.record(ctx, rd)
				if err != nil {
					return err
				}
				out.Results = append(out.Results, res)
			}
			if w.added {
				tx.Publish(Topic(dev.EditionID))
			}
			return nil
		})
		if err != nil {
			return Answer{}, fmt.Errorf("record scans: %w", err)
		}
	}
	var err error
	out.Changes, out.Cursor, err = Changes(ctx, r.db, dev, b.Cursor)
	return out, err
}

// reading is a scan with what can be said of it without the database.
type reading struct {
	scan    Scan
	wrong   conference.Text
	verdict Verdict // "" while the badge or the delegate has still to be looked up
	number  badge.BadgeID
	signed  bool // number is genuine
}

// read verifies a reading's signature. It costs some 100 µs and so stands outside the write.
func (r *Room) read(s Scan, editionID int64) reading {
	rd := reading{scan: s, wrong: s.check()}
	if rd.wrong.Key != "" || s.DelegateID != 0 {
		return rd
	}
	token, err := badge.Parse(s.Text)
	if err != nil {
		rd.verdict = NotABadge
		return rd
	}
	body, _, _, err := badge.Decode(token)
	switch {
	case err != nil:
		rd.verdict = NotABadge
	case body.Event != uint16(editionID):
		rd.verdict = OtherEvent
	default:
		if body, err = badge.Verify(r.signer.PublicKey(editionID, body.KeyID), token); err != nil {
			rd.verdict = Forged
			return rd
		}
		rd.number, rd.signed = body.Badge, true
	}
	return rd
}
