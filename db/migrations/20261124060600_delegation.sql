-- +goose Up
CREATE TABLE delegation (
    id            INTEGER PRIMARY KEY,
    edition_id    INTEGER NOT NULL REFERENCES edition (id),
    invitation_id INTEGER NOT NULL UNIQUE REFERENCES invitation (id),
    head_id       INTEGER,                       -- of delegate; checked by the room
    submitted_at  INTEGER,                       -- when the list was last sent to the organisers
    created_at    INTEGER NOT NULL,
    changed_at    INTEGER NOT NULL
) STRICT;
CREATE INDEX delegation_edition ON delegation (edition_id);

CREATE TABLE delegate (
    id                INTEGER PRIMARY KEY,
    edition_id        INTEGER NOT NULL REFERENCES edition (id),
    delegation_id     INTEGER NOT NULL REFERENCES delegation (id),
    delegate_group_id INTEGER NOT NULL REFERENCES delegate_group (id),
    number            TEXT NOT NULL,             -- KC22-TNI-003, printed and spoken; no secret
    client_key        TEXT NOT NULL,             -- made by the form: the same posting twice is one delegate
    full_name         TEXT NOT NULL CHECK (full_name <> ''),
    folded            TEXT NOT NULL,             -- name, organisation and number without diacritics, for search
    name_key          TEXT NOT NULL,             -- equal for two spellings of one name: a double entry is warned about
    sort_key          BLOB NOT NULL,
    gender            TEXT NOT NULL DEFAULT '' CHECK (gender IN ('', 'male', 'female')),
    job_title         TEXT NOT NULL DEFAULT '',
    organisation      TEXT NOT NULL DEFAULT '',
    phone             TEXT NOT NULL DEFAULT '',  -- E.164
    email             TEXT NOT NULL DEFAULT '',
    state             TEXT NOT NULL CHECK (state IN ('listed', 'registered', 'withdrawn')),
    generation        INTEGER NOT NULL DEFAULT 1,
    token_hash        BLOB UNIQUE,
    registered_at     INTEGER,
    created_at        INTEGER NOT NULL,
    changed_at        INTEGER NOT NULL,
    UNIQUE (edition_id, number),
    UNIQUE (delegation_id, client_key)
) STRICT;
CREATE INDEX delegate_delegation ON delegate (delegation_id, delegate_group_id, state);
CREATE INDEX delegate_order ON delegate (edition_id, sort_key, id);
CREATE INDEX delegate_name ON delegate (edition_id, name_key);

-- The last delegate number given out per edition and province; a number is never used twice.
CREATE TABLE delegate_counter (
    edition_id INTEGER NOT NULL REFERENCES edition (id),
    abbr       TEXT NOT NULL,
    last       INTEGER NOT NULL,
    PRIMARY KEY (edition_id, abbr)
) STRICT, WITHOUT ROWID;
