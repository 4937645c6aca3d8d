-- +goose Up
-- Organisations and their contacts come from lists that agencies send, before there is
-- an edition. A contact belongs to the organisation; an invitation takes its focal point from it.
ALTER TABLE organisation ADD COLUMN other_phone TEXT NOT NULL DEFAULT '';

CREATE INDEX organisation_name ON organisation (folded);

CREATE TABLE contact (
    id              INTEGER PRIMARY KEY,
    organisation_id INTEGER NOT NULL REFERENCES organisation (id),
    position        INTEGER NOT NULL,            -- the first is the one to be asked
    full_name       TEXT NOT NULL CHECK (full_name <> ''),
    name_key        TEXT NOT NULL,               -- equal for two spellings of one name
    job_title       TEXT NOT NULL DEFAULT '',
    phone           TEXT NOT NULL DEFAULT '',    -- E.164
    other_phone     TEXT NOT NULL DEFAULT '',
    email           TEXT NOT NULL DEFAULT '',
    source          TEXT NOT NULL CHECK (source IN ('import', 'desk')),
    consented       INTEGER NOT NULL DEFAULT 0 CHECK (consented IN (0, 1)), -- to be kept for later editions
    created_at      INTEGER NOT NULL,
    changed_at      INTEGER NOT NULL
) STRICT;
CREATE INDEX contact_organisation ON contact (organisation_id, position);

-- One list that was uploaded: what was decided, how far it is applied.
CREATE TABLE import_job (
    id           INTEGER PRIMARY KEY AUTOINCREMENT,
    file_name    TEXT NOT NULL,
    size         INTEGER NOT NULL,
    choices      TEXT NOT NULL CHECK (json_valid(choices)),
    state        TEXT NOT NULL CHECK (state IN ('uploaded', 'applying', 'applied', 'failed')),
    total        INTEGER NOT NULL DEFAULT 0,     -- organisations in it
    done         INTEGER NOT NULL DEFAULT 0,     -- of them
    added        INTEGER NOT NULL DEFAULT 0,
    changed      INTEGER NOT NULL DEFAULT 0,
    unchanged    INTEGER NOT NULL DEFAULT 0,
    left_out     INTEGER NOT NULL DEFAULT 0,     -- rows with errors that the organiser chose to leave out
    by_id        INTEGER NOT NULL,
    by_label     TEXT NOT NULL,
    uploaded_at  INTEGER NOT NULL,
    finished_at  INTEGER
) STRICT;
CREATE INDEX import_job_state ON import_job (state);

-- What was read from it. Apart, since progress would rewrite the whole row with every step.
CREATE TABLE import_cells (
    import_id INTEGER PRIMARY KEY REFERENCES import_job (id),
    cells     BLOB NOT NULL                      -- the tables of the file, JSON, gzip
) STRICT;

CREATE TABLE import_change (
    id              INTEGER PRIMARY KEY,
    import_id       INTEGER NOT NULL REFERENCES import_job (id),
    row_number      INTEGER NOT NULL,            -- in the file
    organisation_id INTEGER NOT NULL REFERENCES organisation (id),
    field           TEXT NOT NULL,               -- '' for a new organisation
    before          TEXT NOT NULL DEFAULT '',
    after           TEXT NOT NULL DEFAULT ''
) STRICT;
CREATE INDEX import_change_import ON import_change (import_id, field, id);
