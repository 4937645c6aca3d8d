-- +goose Up
-- Whom a checkpoint admits; one without rows here admits everybody.
CREATE TABLE checkpoint_group (
    checkpoint_id     INTEGER NOT NULL REFERENCES checkpoint (id),
    delegate_group_id INTEGER NOT NULL REFERENCES delegate_group (id),
    PRIMARY KEY (checkpoint_id, delegate_group_id)
) STRICT, WITHOUT ROWID;

-- NULL while it is in use. One with scans is closed, never deleted.
ALTER TABLE checkpoint ADD COLUMN closed_at INTEGER;

-- A reading may now be of somebody whom the checkpoint does not admit, and carries the
-- reason why its holder was let in by hand or all the same. A CHECK cannot be changed in place.
DROP VIEW arrival;

CREATE TABLE scan_new (
    id            TEXT PRIMARY KEY CHECK (length(id) = 36),
    edition_id    INTEGER NOT NULL REFERENCES edition (id),
    checkpoint_id INTEGER NOT NULL REFERENCES checkpoint (id),
    device_id     INTEGER NOT NULL REFERENCES door_device (id),
    seq           INTEGER NOT NULL,              -- the device's own count
    badge_number  INTEGER,                       -- NULL: by hand, or not a badge of ours
    delegate_id   INTEGER,                       -- NULL: no such delegate
    by_hand       INTEGER NOT NULL DEFAULT 0 CHECK (by_hand IN (0, 1)),
    anyway        INTEGER NOT NULL DEFAULT 0 CHECK (anyway IN (0, 1)), -- let in although the checkpoint does not admit the group
    reason        TEXT NOT NULL DEFAULT '' CHECK (reason IN ('', 'forgot', 'lost', 'damaged', 'permitted', 'escort', 'other')),
    device_time   INTEGER NOT NULL,
    skew          INTEGER NOT NULL,              -- arrival minus the device's clock at upload, ms
    effective_at  INTEGER NOT NULL,              -- device time + skew, never after arrival
    arrived_at    INTEGER NOT NULL,
    clock_doubt   INTEGER NOT NULL DEFAULT 0 CHECK (clock_doubt IN (0, 1)),
    verdict       TEXT NOT NULL CHECK (verdict IN ('accepted', 'already', 'wrong_group', 'revoked', 'withdrawn', 'unknown', 'forged', 'other_event', 'not_a_badge')),
    first_id      TEXT,                          -- with 'already': the scan that the device was told was first
    shown         TEXT NOT NULL DEFAULT '',      -- what the device had shown by itself
    undone_at     INTEGER,
    version       INTEGER NOT NULL               -- grows with each row and each undoing: the cursor of the devices
) STRICT, WITHOUT ROWID;

INSERT INTO scan_new (id, edition_id, checkpoint_id, device_id, seq, badge_number, delegate_id, by_hand, device_time, skew, effective_at, arrived_at,
    clock_doubt, verdict, first_id, shown, undone_at, version)
SELECT id, edition_id, checkpoint_id, device_id, seq, badge_number, delegate_id, by_hand, device_time, skew, effective_at, arrived_at,
    clock_doubt, verdict, first_id, shown, undone_at, version FROM scan;

DROP TABLE scan;

ALTER TABLE scan_new RENAME TO scan;

CREATE UNIQUE INDEX scan_version ON scan (version);
CREATE INDEX scan_winner ON scan (checkpoint_id, delegate_id, effective_at, id) WHERE undone_at IS NULL AND verdict IN ('accepted', 'already');
CREATE INDEX scan_edition ON scan (edition_id, delegate_id, effective_at, id) WHERE undone_at IS NULL AND verdict IN ('accepted', 'already');

-- The first entry of each delegate, at whichever checkpoint.
CREATE VIEW arrival AS
SELECT edition_id, delegate_id, scan_id, checkpoint_id, device_id, by_hand, at
FROM (SELECT edition_id, delegate_id, id AS scan_id, checkpoint_id, device_id, by_hand, effective_at AS at,
          row_number() OVER (PARTITION BY edition_id, delegate_id ORDER BY effective_at, id) AS place
      FROM scan
      WHERE undone_at IS NULL AND verdict IN ('accepted', 'already') AND delegate_id IS NOT NULL)
WHERE place = 1;
