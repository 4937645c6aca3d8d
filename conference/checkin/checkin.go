// Package checkin keeps who came through which door and when. Devices report
// what they read, in any order and as often as the network makes them; every
// report is kept, and who was first is worked out from the record (scanner.md 3.2, D8).
package checkin

import (
	"context"
	"fmt"
	"strconv"

	"hoinghi/conference/audit"
	"hoinghi/conference/badge"
	"hoinghi/db"
)

// Room is the check-in room. Its methods are safe for concurrent use.
type Room struct {
	db     *db.DB
	signer *badge.Signer
}

// New makes the room. The signer's keys verify the badges that are read.
func New(d *db.DB, signer *badge.Signer) *Room { return &Room{db: d, signer: signer} }

// Device is a paired device of the door, as the account room knows it.
type Device struct {
	ID           int64
	EditionID    int64
	CheckpointID int64
}

// Topic is what is published whenever an edition's arrivals change.
func Topic(editionID int64) string { return "checkin/" + strconv.FormatInt(editionID, 10) }

// Checkpoint is a place where badges are read: a gate, later also a room, a meal, a bus.
type Checkpoint struct {
	ID        int64
	EditionID int64
	Code      string // unique within the edition
	NameVi    string
	NameEn    string
	Position  int
}

// Name gives the checkpoint's name in a language.
func (c Checkpoint) Name(lang string) string { return pick(lang, c.NameVi, c.NameEn) }

func (c *Checkpoint) fields() []any {
	return []any{&c.ID, &c.EditionID, &c.Code, &c.NameVi, &c.NameEn, &c.Position}
}

func pick(lang, vi, en string) string {
	if lang == "en" && en != "" {
		return en
	}
	return vi
}

// The checkpoint that every edition has from its start.
const (
	mainCode   = "main"
	mainNameVi = "Cửa chính"
	mainNameEn = "Main entrance"
)

const sqlInsertCheckpoint = `INSERT INTO checkpoint (edition_id, code, name_vi, name_en, position)
VALUES (?, ?, ?, ?, 1) ON CONFLICT (edition_id, code) DO NOTHING`

const sqlCheckpointByCode = `SELECT id, edition_id, code, name_vi, name_en, position FROM checkpoint WHERE edition_id = ? AND code = ?`

// EnsureDefault gives the edition its main entrance if it has none yet. It
// belongs to the write that makes the edition, which notes it.
func EnsureDefault(ctx context.Context, tx *db.Tx, editionID int64) (Checkpoint, error) {
	if err := db.Exec(ctx, tx, sqlInsertCheckpoint, editionID, mainCode, mainNameVi, mainNameEn); err != nil {
		return Checkpoint{}, fmt.Errorf("insert checkpoint: %w", err)
	}
	c, err := db.One(ctx, tx, sqlCheckpointByCode, (*Checkpoint).fields, editionID, mainCode)
	if err != nil {
		return Checkpoint{}, fmt.Errorf("read checkpoint: %w", err)
	}
	return c, nil
}

// Default gives the edition's main entrance, and makes it first if need be.
func (r *Room) Default(ctx context.Context, editionID int64) (Checkpoint, error) {
	c, err := db.Many(ctx, r.db, sqlCheckpointByCode, (*Checkpoint).fields, editionID, mainCode)
	if err != nil {
		return Checkpoint{}, fmt.Errorf("read checkpoint: %w", err)
	}
	if len(c) > 0 {
		return c[0], nil
	}
	var out Checkpoint
	err = r.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		if out, err = EnsureDefault(ctx, tx, editionID); err != nil {
			return err
		}
		return audit.Note(ctx, tx, audit.Change{Edition: editionID, Action: "checkin.new_checkpoint", SubjectKind: "checkpoint", SubjectID: out.ID,
			Detail: map[string]any{"code": out.Code}})
	})
	return out, err
}

const sqlCheckpoints = `SELECT id, edition_id, code, name_vi, name_en, position FROM checkpoint WHERE edition_id = ? ORDER BY position, id`

// Checkpoints gives an edition's checkpoints in their order.
func Checkpoints(ctx context.Context, q db.Reader, editionID int64) ([]Checkpoint, error) {
	out, err := db.Many(ctx, q, sqlCheckpoints, (*Checkpoint).fields, editionID)
	if err != nil {
		return nil, fmt.Errorf("list checkpoints: %w", err)
	}
	return out, nil
}
