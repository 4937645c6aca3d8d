-- +goose Up
-- The invitation's texts: one working copy per edition, and a frozen copy per sending.
CREATE TABLE invitation_text (
    edition_id INTEGER PRIMARY KEY REFERENCES edition (id),
    subject    TEXT NOT NULL,
    body       TEXT NOT NULL,
    changed_at INTEGER NOT NULL
) STRICT;

CREATE TABLE campaign (
    id         INTEGER PRIMARY KEY,
    edition_id INTEGER NOT NULL REFERENCES edition (id),
    subject    TEXT NOT NULL,
    body       TEXT NOT NULL,
    mails      INTEGER NOT NULL DEFAULT 0,
    created_by TEXT NOT NULL,
    created_at INTEGER NOT NULL
) STRICT;

CREATE TABLE invitation (
    id                  INTEGER PRIMARY KEY,
    edition_id          INTEGER NOT NULL REFERENCES edition (id),
    organisation_id     INTEGER NOT NULL REFERENCES organisation (id),
    province_version_id INTEGER REFERENCES province_version (id), -- as of the edition
    generation          INTEGER NOT NULL DEFAULT 1,
    token_hash          BLOB UNIQUE,             -- NULL only inside the write that makes the row
    code_hash           BLOB UNIQUE,
    focal_name          TEXT NOT NULL DEFAULT '',
    focal_phone         TEXT NOT NULL DEFAULT '',
    focal_email         TEXT NOT NULL DEFAULT '',
    register_by         INTEGER,                 -- own deadline; NULL: the edition's
    queued_at           INTEGER,                 -- when it was last put into the outbox
    opened_at           INTEGER,                 -- first GET of the link: may be a mail scanner
    answer              TEXT NOT NULL DEFAULT '' CHECK (answer IN ('', 'accepted', 'declined')),
    answered_at         INTEGER,
    decline_reason      TEXT NOT NULL DEFAULT '',
    created_at          INTEGER NOT NULL,
    changed_at          INTEGER NOT NULL,
    UNIQUE (edition_id, organisation_id)
) STRICT;

CREATE TABLE quota (
    invitation_id     INTEGER NOT NULL REFERENCES invitation (id),
    delegate_group_id INTEGER NOT NULL REFERENCES delegate_group (id),
    seats             INTEGER NOT NULL CHECK (seats BETWEEN 0 AND 1000),
    PRIMARY KEY (invitation_id, delegate_group_id)
) STRICT, WITHOUT ROWID;

-- Links and short codes that were replaced: whoever still holds one is told so, instead of "no such page".
CREATE TABLE invitation_old_hash (
    hash          BLOB PRIMARY KEY,
    invitation_id INTEGER NOT NULL REFERENCES invitation (id),
    replaced_at   INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
