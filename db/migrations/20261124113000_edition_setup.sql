-- +goose Up
-- What the organiser has gone through while setting an edition up, where the rows themselves do not tell.
CREATE TABLE edition_step (
    edition_id INTEGER NOT NULL REFERENCES edition (id),
    step       TEXT NOT NULL CHECK (step IN ('provinces', 'groups')),
    done_at    INTEGER NOT NULL,
    PRIMARY KEY (edition_id, step)
) STRICT, WITHOUT ROWID;

-- Which edition another one was started from; once it is copied, it is never copied again.
CREATE TABLE edition_copy (
    edition_id INTEGER PRIMARY KEY REFERENCES edition (id),
    source_id  INTEGER NOT NULL REFERENCES edition (id),
    chosen_at  INTEGER NOT NULL,
    copied_at  INTEGER,                          -- NULL: the organiser is still deciding
    result     TEXT NOT NULL DEFAULT '{}' CHECK (json_valid(result)), -- numbers only
    CHECK (edition_id <> source_id)
) STRICT;

-- What a focal point agreed to: to be asked again for the next edition. It ends with the person.
CREATE TABLE focal_consent (
    id            INTEGER PRIMARY KEY,
    invitation_id INTEGER NOT NULL REFERENCES invitation (id),
    text_version  TEXT NOT NULL,                 -- of the words that were shown
    given_at      INTEGER NOT NULL,
    withdrawn_at  INTEGER
) STRICT;
CREATE UNIQUE INDEX focal_consent_valid ON focal_consent (invitation_id) WHERE withdrawn_at IS NULL;

-- Numbers of drafts that were removed. Links, short codes and badge keys are derived from the
-- number, so none may be given out a second time.
CREATE TABLE edition_gone (
    id      INTEGER PRIMARY KEY,
    gone_at INTEGER NOT NULL
) STRICT;
CREATE TABLE invitation_gone (
    id      INTEGER PRIMARY KEY,
    gone_at INTEGER NOT NULL
) STRICT;
