-- +goose Up
-- A delegation without an invitation gathers those whom no organisation sends: accredited
-- journalists, later walk-ins and guests. An edition has one of them.
ALTER TABLE delegation ALTER COLUMN invitation_id DROP NOT NULL;

CREATE UNIQUE INDEX delegation_guests ON delegation (edition_id) WHERE invitation_id IS NULL;

-- What the press page of an edition says.
CREATE TABLE press_desk (
    edition_id    INTEGER PRIMARY KEY REFERENCES edition (id),
    contact_name  TEXT NOT NULL DEFAULT '',
    contact_phone TEXT NOT NULL DEFAULT '',    -- E.164
    contact_email TEXT NOT NULL DEFAULT '',
    spokesperson  TEXT NOT NULL DEFAULT '',
    words_vi      TEXT NOT NULL DEFAULT '',
    words_en      TEXT NOT NULL DEFAULT '',
    apply_by      INTEGER,                     -- NULL: until the edition ends
    changed_at    INTEGER NOT NULL
) STRICT;

CREATE TABLE press_application (
    id             INTEGER PRIMARY KEY,
    edition_id     INTEGER NOT NULL REFERENCES edition (id),
    client_key     TEXT NOT NULL,              -- made by the form: the same posting twice is one application
    outlet         TEXT NOT NULL CHECK (outlet <> ''),
    outlet_kind    TEXT NOT NULL CHECK (outlet_kind IN ('print', 'online', 'broadcast', 'magazine', 'agency')),
    full_name      TEXT NOT NULL CHECK (full_name <> ''),
    gender         TEXT NOT NULL DEFAULT '' CHECK (gender IN ('', 'male', 'female')),
    role           TEXT NOT NULL CHECK (role IN ('reporter', 'editor', 'photographer', 'camera', 'technician')),
    card_number    TEXT NOT NULL DEFAULT '',   -- of the press card; '' with a letter of introduction
    phone          TEXT NOT NULL,              -- E.164
    email          TEXT NOT NULL,
    needs          TEXT NOT NULL DEFAULT '',
    lang           TEXT NOT NULL CHECK (lang IN ('vi', 'en')),
    notice_version TEXT NOT NULL,              -- of the privacy notice that was read
    folded         TEXT NOT NULL,              -- name and outlet without diacritics, for search
    state          TEXT NOT NULL CHECK (state IN ('new', 'approved', 'refused', 'revoked')),
    reason         TEXT NOT NULL DEFAULT '',   -- of refusing or revoking, as mailed
    decided_at     INTEGER,
    decided_by     TEXT NOT NULL DEFAULT '',   -- who took the latest decision
    delegate_id    INTEGER REFERENCES delegate (id),
    created_at     INTEGER NOT NULL,
    changed_at     INTEGER NOT NULL,
    UNIQUE (edition_id, client_key),
    CHECK ((state IN ('approved', 'revoked')) = (delegate_id IS NOT NULL))
) STRICT;

CREATE INDEX press_application_edition ON press_application (edition_id, state, id);

-- The letter of introduction of a press agency, as uploaded.
CREATE TABLE press_letter (
    application_id INTEGER PRIMARY KEY REFERENCES press_application (id),
    media_type     TEXT NOT NULL CHECK (media_type IN ('application/pdf', 'image/jpeg', 'image/png')),
    content        BLOB NOT NULL,
    created_at     INTEGER NOT NULL
) STRICT;
