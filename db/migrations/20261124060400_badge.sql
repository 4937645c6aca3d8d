-- +goose Up
-- One valid badge per delegate. delegate_id names a row of the delegation room, which stands above.
CREATE TABLE badge (
    id          INTEGER PRIMARY KEY,
    edition_id  INTEGER NOT NULL REFERENCES edition (id),
    number      INTEGER NOT NULL UNIQUE CHECK (number BETWEEN 0 AND 1099511627775), -- 40 random bits
    delegate_id INTEGER NOT NULL,
    key_id      INTEGER NOT NULL CHECK (key_id BETWEEN 0 AND 15),
    category    INTEGER NOT NULL CHECK (category BETWEEN 0 AND 255),
    days        INTEGER NOT NULL CHECK (days BETWEEN 0 AND 255),
    issued      INTEGER NOT NULL CHECK (issued BETWEEN 0 AND 65535),  -- hours since the edition's badge epoch
    issued_at   INTEGER NOT NULL,
    revoked_at  INTEGER,
    reason      TEXT NOT NULL DEFAULT '' CHECK (reason IN ('', 'withdrawn', 'substituted', 'lost'))
) STRICT;
CREATE UNIQUE INDEX badge_live ON badge (delegate_id) WHERE revoked_at IS NULL;
CREATE INDEX badge_edition ON badge (edition_id);
