package account

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"hoinghi/conference"
	"hoinghi/conference/audit"
	"hoinghi/db"
)

const (
	pairingValid     = 10 * time.Minute
	demoPairingValid = demoValid
)

// Device is a telephone or computer at the door, or a pairing that waits for one.
type Device struct {
	ID           int64
	EditionID    int64
	CheckpointID int64
	Name         string
	PairingUntil db.Time // until when the pairing code holds
	Reusable     bool    // a pairing of the demo: each use makes a further device
	PairedAt     db.Time // zero until paired
	SeenAt       db.Time // exact to a minute
	RevokedAt    db.Time
	CreatedAt    db.Time
}

// Paired reports whether a device holds the secret.
func (d Device) Paired() bool { return !d.PairedAt.IsZero() }

// Revoked reports whether the device was shut out.
func (d Device) Revoked() bool { return !d.RevokedAt.IsZero() }

// Actor gives the device as the one who acts. It holds no role: what a device
// may do is decided by its kind.
func (d Device) Actor() conference.Actor {
	return conference.Actor{Kind: conference.ActorDevice, ID: d.ID, Label: d.Name}
}

func (d *Device) fields() []any {
	return []any{&d.ID, &d.EditionID, &d.CheckpointID, &d.Name, &d.PairingUntil, &d.Reusable, &d.PairedAt, &d.SeenAt, &d.RevokedAt, &d.CreatedAt}
}

const sqlInsertPairing = `INSERT INTO door_device (edition_id, checkpoint_id, name, pairing_hash, pairing_expires, pairing_reuse, created_by, created_at)
VALUES (?, ?, ?, ?, ?, ?, ?, ?)`

// NewPairing prepares a device at a checkpoint of the edition and gives the
// secret of its pairing code: 128 bits, once, within ten minutes. reusable is for
// the demo: thirty days, and each use makes a further device. Reception
// supervisors and organisers; a reusable one administrators only. That the checkpoint exists is the caller's to know. Errors: invalid
// with the field name.
func (r *Room) NewPairing(ctx context.Context, editionID, checkpointID int64, name string, reusable bool) (Device, string, error) {
	if err := keepDoor(ctx, editionID); err != nil {
		return Device{}, "", err
	}
	if err := administrate(ctx); reusable && err != nil {
		return Device{}, "", err
	}
	var p conference.Problems
	name = checkName(&p, "name", name, "account.error.device_name_missing", "account.error.device_name_long")
	if err := p.Err(); err != nil {
		return Device{}, "", err
	}
	valid := pairingValid
	if reusable {
		valid = demoPairingValid
	}
	secret := conference.NewSecret()
	var d Device
	err := r.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		id, err := db.Insert(ctx, tx, sqlInsertPairing, editionID, checkpointID, name, conference.TokenHash(secret), after(tx, valid), reusable,
			actingStaff(ctx), db.At(tx.Now()))
		if err != nil {
			return fmt.Errorf("insert pairing: %w", err)
		}
		if d, err = deviceByID(ctx, tx, id); err != nil {
			return err
		}
		return noteDevice(ctx, tx, "account.new_pairing", d, map[string]any{"name": name, "checkpoint": checkpointID})
	})
	if err != nil {
		return Device{}, "", err
	}
	return d, secret, nil
}

// actingStaff gives the acting member of staff for a column, NULL for anybody else.
func actingStaff(ctx context.Context) any {
	if a := conference.ActorOf(ctx); a.Kind == conference.ActorStaff && a.ID != 0 {
		return a.ID
	}
	return nil
}

const sqlDeviceByPairing = `SELECT id, edition_id, checkpoint_id, name, pairing_expires, pairing_reuse, paired_at, seen_at, revoked_at, created_at
FROM door_device WHERE pairing_hash = ?`

func openPairing(ctx context.Context, q db.Reader, secret string, now time.Time) (Device, error) {
	d, err := db.One(ctx, q, sqlDeviceByPairing, (*Device).fields, conference.TokenHash(secret))
	if err != nil {
		return Device{}, fmt.Errorf("read pairing: %w", err)
	}
	switch {
	case d.Revoked():
		return Device{}, conference.Fail(conference.KindGone, "account.error.device_revoked")
	case d.Paired():
		return Device{}, conference.Fail(conference.KindGone, "account.error.pairing_used")
	case !now.Before(d.PairingUntil.Time):
		return Device{}, conference.Fail(conference.KindGone, "account.error.pairing_expired")
	}
	return d, nil
}

// Pair gives the device of a pairing code its lasting token. Errors: not_found
// for a code never issued; gone for one that was used, withdrawn or is too old.
func (r *Room) Pair(ctx context.Context, secret string) (Device, string, error) {
	secret, err := conference.CheckToken(secret)
	if err != nil {
		return Device{}, "", conference.NotFound().Because(err)
	}
	// Looked up first, so that guessing costs no write.
	if _, err := openPairing(ctx, r.db, secret, r.db.Now()); err != nil {
		return Device{}, "", err
	}
	token := conference.NewSecret()
	var d Device
	err = r.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		pairing, err := openPairing(ctx, tx, secret, tx.Now())
		if err != nil {
			return err
		}
		id := pairing.ID
		if pairing.Reusable {
			id, err = addPaired(ctx, tx, pairing, token)
		} else {
			err = setPaired(ctx, tx, pairing.ID, token)
		}
		if err != nil {
			return err
		}
		if d, err = deviceByID(ctx, tx, id); err != nil {
			return err
		}
		return noteDevice(conference.WithActor(ctx, d.Actor()), tx, "account.pair", d, map[string]any{"name": d.Name})
	})
	if err != nil {
		return Device{}, "", err
	}
	return d, token, nil
}

const sqlSetPaired = `UPDATE door_device SET secret_hash = ?1, paired_at = ?2, seen_at = ?2 WHERE id = ?3`

func setPaired(ctx context.Context, tx *db.Tx, id int64, token string) error {
	if err := db.Exec(ctx, tx, sqlSetPaired, conference.TokenHash(token), db.At(tx.Now()), id); err != nil {
		return fmt.Errorf("pair device: %w", err)
	}
	return nil
}

const sqlCountAtCheckpoint = `SELECT count(*) FROM door_device WHERE edition_id = ? AND checkpoint_id = ? AND paired_at IS NOT NULL`

const sqlInsertPaired = `INSERT INTO door_device (edition_id, checkpoint_id, name, secret_hash, paired_at, seen_at, created_at)
VALUES (?1, ?2, ?3, ?4, ?5, ?5, ?5)`

// addPaired makes a further device of a reusable pairing, numbered within its checkpoint.
func addPaired(ctx context.Context, tx *db.Tx, p Device, token string) (int64, error) {
	n, err := db.Value[int](ctx, tx, sqlCountAtCheckpoint, p.EditionID, p.CheckpointID)
	if err != nil {
		return 0, fmt.Errorf("count devices: %w", err)
	}
	id, err := db.Insert(ctx, tx, sqlInsertPaired, p.EditionID, p.CheckpointID, p.Name+" "+strconv.Itoa(n+1), conference.TokenHash(token), db.At(tx.Now()))
	if err != nil {
		return 0, fmt.Errorf("insert device: %w", err)
	}
	return id, nil
}

const sqlDeviceByToken = `SELECT id, edition_id, checkpoint_id, name, pairing_expires, pairing_reuse, paired_at, seen_at, revoked_at, created_at
FROM door_device WHERE secret_hash = ?`

// DeviceByToken gives the device of a lasting token. Errors: not_found for a
// token never issued; gone when the device was revoked.
func (r *Room) DeviceByToken(ctx context.Context, token string) (Device, error) {
	token, err := conference.CheckToken(token)
	if err != nil {
		return Device{}, conference.NotFound().Because(err)
	}
	d, err := db.One(ctx, r.db, sqlDeviceByToken, (*Device).fields, conference.TokenHash(token))
	if err != nil {
		return Device{}, fmt.Errorf("read device: %w", err)
	}
	if d.Revoked() {
		return Device{}, conference.Fail(conference.KindGone, "account.error.device_revoked")
	}
	return d, nil
}

const sqlTouchDevice = `UPDATE door_device SET seen_at = ?1 WHERE id = ?2 AND revoked_at IS NULL AND seen_at <= ?3`

// Seen notes the sight of a device just read by DeviceByToken, at most once a minute.
func (r *Room) Seen(ctx context.Context, d Device) error {
	if r.db.Now().Sub(d.SeenAt.Time) < seenEvery {
		return nil
	}
	return r.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		return db.Exec(ctx, tx, sqlTouchDevice, db.At(tx.Now()), d.ID, after(tx, -seenEvery))
	})
}

const sqlDeviceByID = `SELECT id, edition_id, checkpoint_id, name, pairing_expires, pairing_reuse, paired_at, seen_at, revoked_at, created_at
FROM door_device WHERE id = ?`

func deviceByID(ctx context.Context, q db.Reader, id int64) (Device, error) {
	d, err := db.One(ctx, q, sqlDeviceByID, (*Device).fields, id)
	if err != nil {
		return Device{}, fmt.Errorf("read device: %w", err)
	}
	return d, nil
}

// keptDevice gives a device to those who run the door of its edition.
func keptDevice(ctx context.Context, q db.Reader, id int64) (Device, error) {
	d, err := deviceByID(ctx, q, id)
	if err == nil {
		err = keepDoor(ctx, d.EditionID)
	}
	if err != nil {
		return Device{}, err
	}
	return d, nil
}

// Device gives one device. Reception supervisors and organisers.
func (r *Room) Device(ctx context.Context, id int64) (Device, error) {
	if err := keepSomeDoor(ctx); err != nil {
		return Device{}, err
	}
	return keptDevice(ctx, r.db, id)
}

const sqlDevices = `SELECT id, edition_id, checkpoint_id, name, pairing_expires, pairing_reuse, paired_at, seen_at, revoked_at, created_at
FROM door_device
WHERE edition_id = ? AND (paired_at IS NOT NULL OR (pairing_expires > ? AND revoked_at IS NULL))
ORDER BY checkpoint_id, id`

// Devices gives an edition's devices, revoked ones too, and the pairings that
// still wait, by checkpoint. Reception supervisors and organisers.
func (r *Room) Devices(ctx context.Context, editionID int64) ([]Device, error) {
	if err := keepDoor(ctx, editionID); err != nil {
		return nil, err
	}
	out, err := db.Many(ctx, r.db, sqlDevices, (*Device).fields, editionID, db.At(r.db.Now()))
	if err != nil {
		return nil, fmt.Errorf("list devices: %w", err)
	}
	return out, nil
}

const sqlRenameDevice = `UPDATE door_device SET name = ? WHERE id = ?`

// Rename gives a device another name. Reception supervisors and organisers. Errors: invalid
// with the field name.
func (r *Room) Rename(ctx context.Context, id int64, name string) error {
	if err := keepSomeDoor(ctx); err != nil {
		return err
	}
	var p conference.Problems
	name = checkName(&p, "name", name, "account.error.device_name_missing", "account.error.device_name_long")
	if err := p.Err(); err != nil {
		return err
	}
	return r.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		d, err := keptDevice(ctx, tx, id)
		if err != nil || d.Name == name {
			return err
		}
		if err := db.Exec(ctx, tx, sqlRenameDevice, name, id); err != nil {
			return fmt.Errorf("rename device: %w", err)
		}
		return noteDevice(ctx, tx, "account.rename_device", d, map[string]any{"before": d.Name, "after": name})
	})
}

const sqlRevokeDevice = `UPDATE door_device SET revoked_at = ? WHERE id = ?`

// Revoke shuts a device out for good, or withdraws a pairing code; a shut-out
// device is paired anew as another one. Reception supervisors and organisers.
func (r *Room) Revoke(ctx context.Context, id int64) error {
	if err := keepSomeDoor(ctx); err != nil {
		return err
	}
	if _, err := keptDevice(ctx, r.db, id); err != nil {
		return err
	}
	return r.revoke(ctx, id)
}

func (r *Room) revoke(ctx context.Context, id int64) error {
	return r.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		d, err := deviceByID(ctx, tx, id)
		if err != nil || d.Revoked() {
			return err
		}
		if err := db.Exec(ctx, tx, sqlRevokeDevice, db.At(tx.Now()), id); err != nil {
			return fmt.Errorf("revoke device: %w", err)
		}
		return noteDevice(ctx, tx, "account.revoke_device", d, map[string]any{"name": d.Name})
	})
}

// Unpair is Revoke by the device itself. Errors: forbidden for anybody else.
func (r *Room) Unpair(ctx context.Context, id int64) error {
	if a := conference.ActorOf(ctx); a.Kind != conference.ActorDevice || a.ID != id {
		return conference.Forbidden()
	}
	return r.revoke(ctx, id)
}

// noteDevice writes the audit row of a change to a device.
func noteDevice(ctx context.Context, tx *db.Tx, action string, d Device, detail map[string]any) error {
	return audit.Note(ctx, tx, audit.Change{Edition: d.EditionID, Action: action, SubjectKind: "door_device", SubjectID: d.ID, Detail: detail})
}

const sqlMoveDevice = `UPDATE door_device SET checkpoint_id = ? WHERE id = ?`

// Move stands a device at another checkpoint of its edition, which is the caller's
// to know; the device learns of it with its next list. Reception supervisors and organisers.
func (r *Room) Move(ctx context.Context, id, checkpointID int64) error {
	if err := keepSomeDoor(ctx); err != nil {
		return err
	}
	return r.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		d, err := keptDevice(ctx, tx, id)
		if err != nil || d.CheckpointID == checkpointID {
			return err
		}
		if err := db.Exec(ctx, tx, sqlMoveDevice, checkpointID, id); err != nil {
			return fmt.Errorf("move device: %w", err)
		}
		return noteDevice(ctx, tx, "account.move_device", d, map[string]any{"name": d.Name, "before": d.CheckpointID, "after": checkpointID})
	})
}
