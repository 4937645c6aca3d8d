package checkin

import (
	"context"
	"fmt"

	"hoinghi/conference"
	"hoinghi/db"
)

// Doubt says why a scan is worth a supervisor's look.
type Doubt string

// The doubts, in the order in which they are shown.
const (
	Double  Doubt = "double"  // let in more than once at one checkpoint
	Refusal Doubt = "refused" // let in nobody
	ByHand  Doubt = "by_hand" // by name, without a badge
	Grace   Doubt = "anyway"  // although the checkpoint does not admit the group
	Clock   Doubt = "clock"   // the device's clock was moved between reading and upload
	Undone  Doubt = "undone"  // taken back
)

// Doubts lists the doubts in the order in which they are shown.
func Doubts() []Doubt { return []Doubt{Double, Refusal, ByHand, Grace, Clock, Undone} }

// Doubtful is a scan that a supervisor should look at.
type Doubtful struct {
	ScanID       string
	At           db.Time // effective
	Verdict      Verdict
	CheckpointVi string
	CheckpointEn string
	Device       string
	ByHand       bool
	Anyway       bool
	Reason       Reason
	ClockDoubt   bool
	UndoneAt     db.Time
	UndoneByKind conference.ActorKind // who took it back, and why; without a reason when the device did so at once
	UndoneBy     string
	UndoneFor    string
	DelegateID   int64 // 0 for nobody's
	Number, Name string
	Organisation string
	First        db.Time // of a double entry: the first one
	FirstDevice  string
}

// Checkpoint gives the checkpoint's name in a language.
func (d Doubtful) Checkpoint(lang string) string { return pick(lang, d.CheckpointVi, d.CheckpointEn) }

// CanUndo reports whether the scan let somebody in and was not taken back.
func (d Doubtful) CanUndo() bool { return d.Verdict.In() && d.UndoneAt.IsZero() }

func (d *Doubtful) fields() []any {
	return []any{&d.ScanID, &d.At, &d.Verdict, &d.CheckpointVi, &d.CheckpointEn, &d.Device, &d.ByHand, &d.Anyway, &d.Reason, &d.ClockDoubt, &d.UndoneAt,
		&d.UndoneByKind, &d.UndoneBy, &d.UndoneFor, &d.DelegateID, &d.Number, &d.Name, &d.Organisation, &d.First, &d.FirstDevice}
}

// Each doubt is one condition; a first entry is no double one, whatever the device was told.
const doubtfulRows = `WITH doubtful AS (
    SELECT s.*, f.id AS winner,
        s.undone_at IS NULL AND s.verdict IN ('accepted', 'already') AND f.id <> s.id AS is_double,
        s.verdict NOT IN ('accepted', 'already') AS is_refused,
        s.undone_at IS NULL AND s.verdict IN ('accepted', 'already') AND s.by_hand = 1 AS is_by_hand,
        s.undone_at IS NULL AND s.verdict IN ('accepted', 'already') AND s.anyway = 1 AS is_anyway
    FROM scan s LEFT JOIN scan f ON f.id = (
        SELECT w.id FROM scan w WHERE w.checkpoint_id = s.checkpoint_id AND w.delegate_id = s.delegate_id AND w.undone_at IS NULL
            AND w.verdict IN ('accepted', 'already') ORDER BY w.effective_at, w.id LIMIT 1)
    WHERE s.edition_id = ?1
), asked AS (
    SELECT * FROM doubtful WHERE CASE ?2 WHEN 'double' THEN is_double WHEN 'refused' THEN is_refused WHEN 'by_hand' THEN is_by_hand
        WHEN 'anyway' THEN is_anyway WHEN 'clock' THEN clock_doubt WHEN 'undone' THEN undone_at IS NOT NULL
        ELSE is_double OR is_refused OR is_by_hand OR is_anyway OR clock_doubt OR undone_at IS NOT NULL END
)`

// Who took an entry back, and why, is kept in the audit alone.
const sqlDoubtful = doubtfulRows + `
SELECT a.id, a.effective_at, a.verdict, c.name_vi, c.name_en, dd.name, a.by_hand, a.anyway, a.reason, a.clock_doubt, a.undone_at,
    ifnull(u.actor_kind, ''), ifnull(u.actor_label, ''), ifnull(u.detail ->> 'reason', ''),
    ifnull(d.id, 0), ifnull(d.number, ''), ifnull(d.full_name, ''), ifnull(d.organisation, ''),
    CASE WHEN a.is_double THEN w.effective_at END, CASE WHEN a.is_double THEN wd.name ELSE '' END
FROM asked a JOIN checkpoint c ON c.id = a.checkpoint_id JOIN door_device dd ON dd.id = a.device_id
LEFT JOIN delegate d ON d.id = a.delegate_id
LEFT JOIN audit_entry u ON a.undone_at IS NOT NULL AND u.subject_kind = 'delegate' AND u.subject_id = a.delegate_id
    AND u.action = 'checkin.undo' AND u.detail ->> 'scan' = a.id
LEFT JOIN scan w ON w.id = a.winner LEFT JOIN door_device wd ON wd.id = w.device_id
ORDER BY a.effective_at DESC, a.id LIMIT ?3`

// Doubtfuls gives the latest n scans of an edition with a doubt, or with any when
// doubt is "".
func Doubtfuls(ctx context.Context, q db.Reader, editionID int64, doubt Doubt, n int) ([]Doubtful, error) {
	out, err := db.Many(ctx, q, sqlDoubtful, (*Doubtful).fields, editionID, doubt, n)
	if err != nil {
		return nil, fmt.Errorf("list doubtful scans: %w", err)
	}
	return out, nil
}

const sqlDoubtCounts = doubtfulRows + `
SELECT ifnull(sum(is_double), 0), ifnull(sum(is_refused), 0), ifnull(sum(is_by_hand), 0), ifnull(sum(is_anyway), 0),
    ifnull(sum(clock_doubt), 0), ifnull(sum(undone_at IS NOT NULL), 0) FROM asked`

// DoubtCounts gives the number of scans with each doubt.
func DoubtCounts(ctx context.Context, q db.Reader, editionID int64) (map[Doubt]int, error) {
	var n [6]int
	_, err := db.One(ctx, q, sqlDoubtCounts, func(*struct{}) []any { return []any{&n[0], &n[1], &n[2], &n[3], &n[4], &n[5]} }, editionID, "")
	if err != nil {
		return nil, fmt.Errorf("count doubtful scans: %w", err)
	}
	out := map[Doubt]int{}
	for i, d := range Doubts() {
		out[d] = n[i]
	}
	return out, nil
}

// PointCount is what happened at one checkpoint.
type PointCount struct {
	CheckpointID int64
	In           int // people
	Refused      int // scans
}

const sqlPointCounts = `SELECT checkpoint_id, count(DISTINCT CASE WHEN verdict IN ('accepted', 'already') AND undone_at IS NULL THEN delegate_id END),
    count(CASE WHEN verdict NOT IN ('accepted', 'already') THEN 1 END)
FROM scan WHERE edition_id = ? GROUP BY checkpoint_id`

// PointCounts gives the counts of an edition's checkpoints, of those that were used.
func PointCounts(ctx context.Context, q db.Reader, editionID int64) (map[int64]PointCount, error) {
	rows, err := db.Many(ctx, q, sqlPointCounts, func(c *PointCount) []any { return []any{&c.CheckpointID, &c.In, &c.Refused} }, editionID)
	if err != nil {
		return nil, fmt.Errorf("count checkpoints: %w", err)
	}
	out := map[int64]PointCount{}
	for _, c := range rows {
		out[c.CheckpointID] = c
	}
	return out, nil
}
