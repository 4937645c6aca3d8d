-- +goose Up
-- The texts of the official letters, one working copy per edition and kind.
CREATE TABLE letter_text (
    edition_id INTEGER NOT NULL REFERENCES edition (id),
    kind       TEXT NOT NULL CHECK (kind IN ('giay_moi', 'cong_van')),
    parent     TEXT NOT NULL DEFAULT '',      -- superior agency
    agency     TEXT NOT NULL,
    symbol     TEXT NOT NULL DEFAULT '',      -- after the number, which is never kept here
    place      TEXT NOT NULL,
    abstract   TEXT NOT NULL,
    addressees TEXT NOT NULL DEFAULT '',
    body       TEXT NOT NULL,
    recipients TEXT NOT NULL,
    authority  TEXT NOT NULL,
    signer     TEXT NOT NULL DEFAULT '',
    changed_at INTEGER NOT NULL,
    PRIMARY KEY (edition_id, kind)
) STRICT, WITHOUT ROWID;

-- An organiser's own DOCX in the place of the built-in letter.
CREATE TABLE letter_template (
    id          INTEGER PRIMARY KEY,
    edition_id  INTEGER NOT NULL REFERENCES edition (id),
    kind        TEXT NOT NULL CHECK (kind IN ('giay_moi', 'cong_van')),
    name        TEXT NOT NULL,
    uploaded_by TEXT NOT NULL,
    uploaded_at INTEGER NOT NULL,
    data        BLOB NOT NULL,
    UNIQUE (edition_id, kind)
) STRICT;

-- The signed scan of one organisation's letter: what is attached and downloaded.
CREATE TABLE signed_letter (
    id            INTEGER PRIMARY KEY,
    invitation_id INTEGER NOT NULL REFERENCES invitation (id),
    kind          TEXT NOT NULL CHECK (kind IN ('giay_moi', 'cong_van')),
    name          TEXT NOT NULL,              -- of the file as it was uploaded
    size          INTEGER NOT NULL CHECK (size BETWEEN 1 AND 20971520),
    sha256        TEXT NOT NULL,
    pages         INTEGER NOT NULL CHECK (pages > 0),
    uploaded_by   TEXT NOT NULL,
    uploaded_at   INTEGER NOT NULL,
    data          BLOB NOT NULL,
    UNIQUE (invitation_id, kind)
) STRICT;

-- Scans uploaded in bulk that nobody has confirmed yet.
CREATE TABLE signed_upload (
    id          INTEGER PRIMARY KEY,
    edition_id  INTEGER NOT NULL REFERENCES edition (id),
    kind        TEXT NOT NULL CHECK (kind IN ('giay_moi', 'cong_van')),
    name        TEXT NOT NULL,
    size        INTEGER NOT NULL CHECK (size BETWEEN 1 AND 20971520),
    sha256      TEXT NOT NULL,
    pages       INTEGER NOT NULL CHECK (pages > 0),
    uploaded_by TEXT NOT NULL,
    uploaded_at INTEGER NOT NULL,
    data        BLOB NOT NULL,
    UNIQUE (edition_id, kind, sha256)
) STRICT;
