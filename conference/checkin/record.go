package checkin

import (
	"context"
	"fmt"
	"strings"

	"hoinghi/conference"
	"hoinghi/conference/audit"
	"hoinghi/conference/badge"
	"hoinghi/db"
)

// recorder writes the scans of one batch.
type recorder struct {
	tx     *db.Tx
	dev    Device
	points []Checkpoint
	skew   int64
	added  bool
}

// point gives the checkpoint of a scan: the one that the device named, if it is the
// edition's, else the one where the device stands now. A device that was moved still
// reports what it read where it stood before.
func (w *recorder) point(s Scan) Checkpoint {
	own := Checkpoint{ID: w.dev.CheckpointID}
	for _, c := range w.points {
		if c.ID == s.PointID {
			return c
		}
		if c.ID == own.ID {
			own = c
		}
	}
	return own
}

// row is a scan on record.
type row struct {
	ID         string
	EditionID  int64
	DeviceID   int64
	Number     int64 // -1 without a badge
	DelegateID int64
	DeviceTime int64
	ArrivedAt  db.Time
	Doubt      bool
	Verdict    Verdict
	FirstID    string
	UndoneAt   db.Time
}

func (s *row) fields() []any {
	return []any{&s.ID, &s.EditionID, &s.DeviceID, &s.Number, &s.DelegateID, &s.DeviceTime, &s.ArrivedAt, &s.Doubt, &s.Verdict, &s.FirstID, &s.UndoneAt}
}

const sqlScan = `SELECT id, edition_id, device_id, ifnull(badge_number, -1), ifnull(delegate_id, 0), device_time, arrived_at, clock_doubt, verdict,
    ifnull(first_id, ''), undone_at
FROM scan WHERE id = ?`

func scanByID(ctx context.Context, q db.Reader, id string) (row, bool, error) {
	rows, err := db.Many(ctx, q, sqlScan, (*row).fields, strings.ToLower(id))
	if err != nil {
		return row{}, false, fmt.Errorf("read scan: %w", err)
	}
	if len(rows) == 0 {
		return row{}, false, nil
	}
	return rows[0], true, nil
}

// record keeps one reading unless it is on record already, and answers from the record.
func (w *recorder) record(ctx context.Context, rd reading) (Result, error) {
	if rd.wrong.Key != "" {
		return Result{ID: rd.scan.ID, Error: rd.wrong}, nil
	}
	kept, found, err := scanByID(ctx, w.tx, rd.scan.ID)
	if err != nil {
		return Result{}, err
	}
	if found && kept.DeviceID != w.dev.ID {
		return Result{ID: rd.scan.ID, Error: conference.Say("checkin.error.id")}, nil
	}
	if !found {
		if kept, err = w.keep(ctx, rd); err != nil {
			return Result{}, err
		}
	}
	res, err := w.answer(ctx, kept)
	res.ID = rd.scan.ID
	return res, err
}

const sqlInsertScan = `INSERT INTO scan (id, edition_id, checkpoint_id, device_id, seq, badge_number, delegate_id, by_hand, anyway, reason,
    device_time, skew, effective_at, arrived_at, clock_doubt, verdict, first_id, shown, version)
VALUES (?, ?, ?, ?, ?, ?, NULLIF(?, 0), ?, ?, ?, ?, ?, ?, ?, ?, ?, NULLIF(?, ''), ?, (SELECT ifnull(max(version), 0) + 1 FROM scan))
ON CONFLICT (id) DO NOTHING`

func (w *recorder) keep(ctx context.Context, rd reading) (row, error) {
	s, now := rd.scan, w.tx.Now().UnixMilli()
	effective := min(s.T+w.skew, now)
	doubt := w.skew - s.Off
	k := row{ID: strings.ToLower(s.ID), EditionID: w.dev.EditionID, DeviceID: w.dev.ID, Number: -1, DelegateID: s.DelegateID, DeviceTime: s.T,
		ArrivedAt: db.At(w.tx.Now()), Doubt: max(doubt, -doubt) > clockDoubt.Milliseconds(), Verdict: rd.verdict}
	if k.Verdict == "" {
		if err := w.judge(ctx, rd, &k, effective); err != nil {
			return row{}, err
		}
	}
	var number any
	if k.Number >= 0 {
		number = k.Number
	}
	if !s.Shown.known() {
		s.Shown = ""
	}
	err := db.Exec(ctx, w.tx, sqlInsertScan, k.ID, k.EditionID, w.point(s).ID, w.dev.ID, s.Seq, number, k.DelegateID, s.DelegateID != 0, s.Anyway, s.Reason,
		s.T, w.skew, effective, k.ArrivedAt, k.Doubt, k.Verdict, k.FirstID, s.Shown)
	if err != nil {
		return row{}, fmt.Errorf("insert scan: %w", err)
	}
	w.added = true
	action := "checkin.by_hand"
	if s.Anyway {
		action = "checkin.anyway"
	}
	if (s.DelegateID != 0 || s.Anyway) && k.Verdict.In() {
		return k, audit.Note(ctx, w.tx, audit.Change{Edition: k.EditionID, Action: action, SubjectKind: "delegate", SubjectID: k.DelegateID,
			Detail: map[string]any{"scan": k.ID, "verdict": k.Verdict, "reason": s.Reason}})
	}
	return k, nil
}

const sqlDelegateState = `SELECT state, delegate_group_id FROM delegate WHERE id = ? AND edition_id = ?`

type standing struct {
	state string
	group int64
}

// judge looks up whose badge it is and whether they were in before.
func (w *recorder) judge(ctx context.Context, rd reading, k *row, effective int64) error {
	if rd.signed {
		k.Number = int64(rd.number)
		b, err := badge.ByNumber(ctx, w.tx, rd.number)
		if conference.KindOf(err) == conference.KindNotFound {
			k.Verdict = Unknown
			return nil
		}
		if err != nil {
			return err
		}
		k.DelegateID = b.DelegateID
		switch {
		case b.EditionID != w.dev.EditionID:
			k.Verdict, k.DelegateID = OtherEvent, 0
		case b.Reason == badge.ReasonWithdrawn:
			k.Verdict = Withdrawn
		case !b.Live():
			k.Verdict = Revoked
		}
		if k.Verdict != "" {
			return nil
		}
	}
	return w.judgePerson(ctx, rd.scan, k, effective)
}

// judgePerson decides about a delegate who is known by badge or by name.
func (w *recorder) judgePerson(ctx context.Context, s Scan, k *row, effective int64) error {
	found, err := db.Many(ctx, w.tx, sqlDelegateState, func(s *standing) []any { return []any{&s.state, &s.group} }, k.DelegateID, w.dev.EditionID)
	if err != nil {
		return fmt.Errorf("read delegate: %w", err)
	}
	switch {
	case len(found) == 0:
		k.Verdict, k.DelegateID = Unknown, 0
		return nil
	case found[0].state == "withdrawn":
		k.Verdict = Withdrawn
		return nil
	}
	point := w.point(s)
	first, err := firstEntry(ctx, w.tx, point.ID, k.DelegateID)
	if err != nil {
		return err
	}
	if first == nil && !s.Anyway && !point.Admits(found[0].group) {
		k.Verdict = WrongGroup
		return nil
	}
	// Of two that tie, the one that came to be answered first stays the accepted one:
	// the same person is never announced at two doors. The record's own order is by id then.
	k.Verdict = Accepted
	if first != nil && first.At.UnixMilli() <= effective {
		k.Verdict, k.FirstID = Already, first.ScanID
	}
	return nil
}

const sqlPerson = `SELECT ` + personColumns + ` FROM ` + personTables + ` WHERE d.id = ?`

// answer tells the device what its scan came to, from the record alone.
func (w *recorder) answer(ctx context.Context, k row) (Result, error) {
	res := Result{Verdict: k.Verdict, ClockDoubt: k.Doubt}
	if k.DelegateID != 0 {
		people, err := db.Many(ctx, w.tx, sqlPerson, (*Person).fields, k.DelegateID)
		if err != nil {
			return res, fmt.Errorf("read person: %w", err)
		}
		if len(people) > 0 {
			res.Person = &people[0]
		}
	}
	if k.FirstID != "" {
		firsts, err := db.Many(ctx, w.tx, sqlFirstByID, (*First).fields, k.FirstID)
		if err != nil {
			return res, fmt.Errorf("read first entry: %w", err)
		}
		if len(firsts) > 0 {
			res.First = &firsts[0]
		}
	}
	if k.Verdict == Revoked {
		old, err := badge.ByNumber(ctx, w.tx, badge.BadgeID(k.Number))
		if err != nil {
			return res, err
		}
		res.Reason = old.Reason
		live, err := badge.LiveOf(ctx, w.tx, old.DelegateID)
		if err != nil && conference.KindOf(err) != conference.KindNotFound {
			return res, err
		}
		res.Replaced = live.IssuedAt
	}
	return res, nil
}
