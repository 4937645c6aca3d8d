-- +goose Up
CREATE TABLE checkpoint (
    id         INTEGER PRIMARY KEY,
    edition_id INTEGER NOT NULL REFERENCES edition (id),
    code       TEXT NOT NULL,
    name_vi    TEXT NOT NULL,
    name_en    TEXT NOT NULL,
    position   INTEGER NOT NULL,
    UNIQUE (edition_id, code)
) STRICT;

-- Append-only: every reading that a device reports, under the id that the device made. Who was
-- first is a question to this log (earliest effective time, then id), never a stored answer; the
-- verdict kept here is only what the device was told, so that a repeated report gets the same answer.
CREATE TABLE scan (
    id            TEXT PRIMARY KEY CHECK (length(id) = 36),
    edition_id    INTEGER NOT NULL REFERENCES edition (id),
    checkpoint_id INTEGER NOT NULL REFERENCES checkpoint (id),
    device_id     INTEGER NOT NULL REFERENCES door_device (id),
    seq           INTEGER NOT NULL,              -- the device's own count
    badge_number  INTEGER,                       -- NULL: by hand, or not a badge of ours
    delegate_id   INTEGER,                       -- NULL: no such delegate
    by_hand       INTEGER NOT NULL DEFAULT 0 CHECK (by_hand IN (0, 1)),
    device_time   INTEGER NOT NULL,
    skew          INTEGER NOT NULL,              -- arrival minus the device's clock at upload, ms
    effective_at  INTEGER NOT NULL,              -- device time + skew, never after arrival
    arrived_at    INTEGER NOT NULL,
    clock_doubt   INTEGER NOT NULL DEFAULT 0 CHECK (clock_doubt IN (0, 1)),
    verdict       TEXT NOT NULL CHECK (verdict IN ('accepted', 'already', 'revoked', 'withdrawn', 'unknown', 'forged', 'other_event', 'not_a_badge')),
    first_id      TEXT,                          -- with 'already': the scan that the device was told was first
    shown         TEXT NOT NULL DEFAULT '',      -- what the device had shown by itself
    undone_at     INTEGER,
    version       INTEGER NOT NULL               -- grows with each row and each undoing: the cursor of the devices
) STRICT, WITHOUT ROWID;
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
