package edition

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"hoinghi/conference"
	"hoinghi/conference/audit"
	"hoinghi/conference/vietnamese"
	"hoinghi/db"
)

const (
	importChunk = 15                     // organisations in one write, each eight statements: larger parts keep the door waiting, smaller ones the disk
	importGap   = time.Millisecond       // between two writes, in which others go first
	importRetry = 250 * time.Millisecond // when the store cannot be written now
	importPause = 5 * time.Second        // when even that cannot be noted
)

const sqlStartImport = `UPDATE import_job SET state = 'applying', total = ?2, done = 0, added = 0, changed = 0, unchanged = 0, left_out = ?3, finished_at = NULL,
	by_id = ?4, by_label = ?5 WHERE id = ?1 AND state IN ('uploaded', 'failed')`

// Apply starts to write a list; RunImports does it. With errors in the list nothing is
// written unless leaveOut says that rows with errors are left out. seen is the Seal of the
// choices whose outcome the organiser saw. Errors: conflict when errors remain, nothing is to
// be done, other choices hold by now, or it was started already; not_found, forbidden.
func (r *Room) Apply(ctx context.Context, id int64, seen string, leaveOut bool) error {
	if err := conference.MayOrganiseSomewhere(ctx); err != nil {
		return err
	}
	i, err := ImportByID(ctx, r.db, id)
	if err != nil {
		return err
	}
	checked, err := r.CheckImport(ctx, i)
	if err != nil {
		return err
	}
	switch {
	case (i.State == ImportUploaded || i.State == ImportFailed) && i.Choices.Seal() != seen:
		return conference.Fail(conference.KindConflict, "import.error.stale")
	case checked.Errors > 0 && !leaveOut:
		var p conference.Problems
		p.Add("leave_out", "import.error.rows_wrong", "n", conference.Names{Vi: vietnamese.Number(checked.Errors, "vi"), En: vietnamese.Number(checked.Errors, "en")})
		return p.Err()
	case len(checked.Entries) == 0:
		return conference.Fail(conference.KindConflict, "import.error.nothing")
	}
	return r.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		if now, err := ImportByID(ctx, tx, id); err != nil {
			return err
		} else if now.Choices.Seal() != seen {
			return conference.Fail(conference.KindConflict, "import.error.stale")
		}
		a := conference.ActorOf(ctx)
		n, err := db.Change(ctx, tx, sqlStartImport, id, len(checked.Entries), checked.Errors, a.ID, a.Label)
		if err != nil {
			return fmt.Errorf("start import: %w", err)
		}
		if n == 0 {
			return conference.Fail(conference.KindConflict, "import.error.applied")
		}
		tx.Publish(ImportTopic(id))
		tx.AfterCommit(r.wakeImports)
		return nil
	})
}

// wakeImports tells RunImports that there is something to do.
func (r *Room) wakeImports() {
	select {
	case r.wake <- struct{}{}:
	default:
	}
}

const sqlNextImport = `SELECT ` + importColumnsSQL + ` FROM import_job WHERE state = 'applying' ORDER BY id LIMIT 1`

// RunImports applies lists one after the other until ctx ends. One that a stop of the
// program interrupted goes on where it was. What goes wrong is logged and tried again.
func (r *Room) RunImports(ctx context.Context, log *slog.Logger) {
	for ctx.Err() == nil {
		i, err := db.One(ctx, r.db, sqlNextImport, (*Import).fields)
		if conference.KindOf(err) == conference.KindNotFound {
			select {
			case <-ctx.Done():
			case <-r.wake:
			}
			continue
		}
		if err == nil {
			if err = r.apply(ctx, i); err != nil && ctx.Err() == nil {
				log.Error("import failed", "error", err, "import", i.ID)
				err = r.finish(ctx, i, ImportFailed)
			}
		}
		if err != nil && ctx.Err() == nil {
			log.Error("imports", "error", err)
			_ = rest(ctx, importPause) // ends early only when the loop does
		}
	}
}

// apply writes what is left of a list in small writes, so that the door never waits for it.
func (r *Room) apply(ctx context.Context, i Import) error {
	checked, err := r.CheckImport(ctx, i)
	if err != nil {
		return err
	}
	ctx = conference.WithActor(ctx, conference.Actor{Kind: conference.ActorStaff, ID: i.ByID, Label: i.ByLabel})
	entries := checked.Entries // the tables they were read from are not held until the end
	for from := i.Done; from < len(entries); {
		chunk := entries[from:min(from+importChunk, len(entries))]
		err := r.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error { return applyChunk(ctx, tx, i.ID, chunk) })
		pause := importGap
		switch {
		case conference.KindOf(err) == conference.KindUnavailable:
			pause = importRetry
		case err != nil:
			return err
		default:
			from += len(chunk)
		}
		if err := rest(ctx, pause); err != nil {
			return err
		}
	}
	return r.finish(ctx, i, ImportApplied)
}

func rest(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-t.C:
		return nil
	}
}

const sqlProgress = `UPDATE import_job SET done = done + ?2, added = added + ?3, changed = changed + ?4, unchanged = unchanged + ?5 WHERE id = ?1 AND state = 'applying'`

func applyChunk(ctx context.Context, tx *db.Tx, importID int64, chunk []Entry) error {
	counts := map[EntryState]int{}
	for _, e := range chunk {
		state, err := e.apply(ctx, tx, importID)
		if err != nil {
			return fmt.Errorf("row %d: %w", e.Row, err)
		}
		counts[state]++
	}
	tx.Publish(ImportTopic(importID))
	if err := db.Exec(ctx, tx, sqlProgress, importID, len(chunk), counts[EntryNew], counts[EntryChanged], counts[EntrySame]); err != nil {
		return fmt.Errorf("progress: %w", err)
	}
	return nil
}

const sqlSameOrganisation = `SELECT id FROM organisation WHERE folded = ?1 AND COALESCE(province_id, 0) = ?2
	AND (valid_from = '' OR valid_from <= ?3) AND (valid_to IS NULL OR valid_to >= ?3) ORDER BY id LIMIT 1`

// current gives the organisation as it is now: somebody may have changed or added it
// since the list was compared. nil when there is none.
func (e *Entry) current(ctx context.Context, tx *db.Tx) (*known, error) {
	id := int64(0)
	if e.stored != nil {
		id = e.stored.ID
	} else {
		day := tx.Now().In(vietnamese.Zone()).Format(time.DateOnly)
		found, err := db.Values[int64](ctx, tx, sqlSameOrganisation, vietnamese.Fold(e.Organisation.NameVi), e.Organisation.ProvinceID, day)
		if err != nil || len(found) == 0 {
			return nil, err
		}
		id = found[0]
	}
	o, err := OrganisationByID(ctx, tx, id)
	if err != nil {
		return nil, err
	}
	contacts, err := Contacts(ctx, tx, id)
	return &known{o, contacts}, err
}

func (e *Entry) apply(ctx context.Context, tx *db.Tx, importID int64) (EntryState, error) {
	now, err := e.current(ctx, tx)
	if err != nil {
		return "", err
	}
	state, changes := e.against(now)
	switch state {
	case EntrySame:
		return state, nil
	case EntryNew:
		o, err := AddOrganisation(ctx, tx, e.Organisation)
		if err != nil {
			return "", err
		}
		now = &known{Organisation: o}
		changes = []FieldChange{{"", "", o.NameVi}}
	case EntryChanged:
		if o, differs := e.merged(now.Organisation); len(differs) > 0 {
			if err := changeOrganisation(ctx, tx, o); err != nil {
				return "", err
			}
		}
	}
	for _, c := range e.mergedContacts(now.contacts) {
		c.OrganisationID = now.ID
		if c.ID == 0 {
			c.Source = SourceImport
		}
		if err := saveContact(ctx, tx, c.Contact); err != nil {
			return "", err
		}
	}
	return state, noteChanges(ctx, tx, importID, e.Row, now.ID, changes)
}

const sqlNoteChange = `INSERT INTO import_change (import_id, row_number, organisation_id, field, before, after) VALUES (?, ?, ?, ?, ?, ?)`

func noteChanges(ctx context.Context, tx *db.Tx, importID int64, row int, organisationID int64, changes []FieldChange) error {
	for _, c := range changes {
		if err := db.Exec(ctx, tx, sqlNoteChange, importID, row, organisationID, c.Field, c.Before, c.After); err != nil {
			return fmt.Errorf("note change: %w", err)
		}
	}
	return nil
}

const sqlFinishImport = `UPDATE import_job SET state = ?2, finished_at = ?3 WHERE id = ?1`

// finish ends a list and writes its row into the record.
func (r *Room) finish(ctx context.Context, i Import, state ImportState) error {
	ctx = conference.WithActor(ctx, conference.Actor{Kind: conference.ActorStaff, ID: i.ByID, Label: i.ByLabel})
	return r.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		if err := db.Exec(ctx, tx, sqlFinishImport, i.ID, state, db.At(tx.Now())); err != nil {
			return fmt.Errorf("finish import: %w", err)
		}
		done, err := ImportByID(ctx, tx, i.ID)
		if err != nil {
			return err
		}
		tx.Publish(ImportTopic(i.ID))
		action := "edition.import"
		if state == ImportFailed {
			action = "edition.import_failed"
		}
		return audit.Note(ctx, tx, audit.Change{Action: action, SubjectKind: "import_job", SubjectID: i.ID,
			Detail: map[string]any{"file": done.FileName, "added": done.Added, "changed": done.Changed, "unchanged": done.Unchanged, "left_out": done.LeftOut}})
	})
}

// ImportChange is one thing that a list changed.
type ImportChange struct {
	Row            int
	OrganisationID int64
	Name           string // of the organisation today
	FieldChange
}

func (c *ImportChange) fields() []any {
	return []any{&c.Row, &c.OrganisationID, &c.Name, &c.Field, &c.Before, &c.After}
}

const sqlImportChanges = `SELECT c.row_number, c.organisation_id, o.name_vi, c.field, c.before, c.after
FROM import_change c JOIN organisation o ON o.id = c.organisation_id
WHERE c.import_id = ?1 AND (?2 = 1) = (c.field = '') ORDER BY c.id LIMIT ?3`

// ImportChanges gives up to limit of what a list changed: new organisations, or the
// values that differ.
func ImportChanges(ctx context.Context, q db.Reader, id int64, added bool, limit int) ([]ImportChange, error) {
	return db.Many(ctx, q, sqlImportChanges, (*ImportChange).fields, id, added, limit)
}
