-- +goose Up
-- The text that is copied into Zalo or an SMS, one working copy per edition.
CREATE TABLE invitation_message (
    edition_id INTEGER PRIMARY KEY REFERENCES edition (id),
    body       TEXT NOT NULL,
    changed_at INTEGER NOT NULL
) STRICT;

-- An invitation that somebody handed over without this program: by Zalo, by SMS, on paper.
CREATE TABLE hand_delivery (
    id            INTEGER PRIMARY KEY,
    invitation_id INTEGER NOT NULL REFERENCES invitation (id),
    generation    INTEGER NOT NULL,           -- of the link that was handed over
    channel       TEXT NOT NULL CHECK (channel IN ('zalo', 'sms', 'paper')),
    delivered_by  TEXT NOT NULL,
    delivered_at  INTEGER NOT NULL,
    undone_by     TEXT NOT NULL DEFAULT '',
    undone_at     INTEGER
) STRICT;
CREATE UNIQUE INDEX hand_delivery_live ON hand_delivery (invitation_id, generation, channel) WHERE undone_at IS NULL;

-- The organisation that one which does not come proposes in its place, and what became of it.
CREATE TABLE invitation_substitute (
    id            INTEGER PRIMARY KEY,
    invitation_id INTEGER NOT NULL REFERENCES invitation (id), -- that was declined
    organisation  TEXT NOT NULL,
    contact_name  TEXT NOT NULL DEFAULT '',
    contact_phone TEXT NOT NULL DEFAULT '',
    contact_email TEXT NOT NULL DEFAULT '',
    proposed_at   INTEGER NOT NULL,
    state         TEXT NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'invited', 'refused', 'withdrawn')),
    note          TEXT NOT NULL DEFAULT '',   -- why it was refused, read by the organisation
    decided_by    TEXT NOT NULL DEFAULT '',
    decided_at    INTEGER,
    invited_id    INTEGER REFERENCES invitation (id),
    seats_moved   INTEGER NOT NULL DEFAULT 0,
    CHECK ((state = 'open') = (decided_at IS NULL)),
    CHECK ((state = 'invited') = (invited_id IS NOT NULL))
) STRICT;
CREATE UNIQUE INDEX invitation_substitute_open ON invitation_substitute (invitation_id) WHERE state = 'open';
CREATE INDEX invitation_substitute_of ON invitation_substitute (invitation_id);
CREATE INDEX invitation_substitute_invited ON invitation_substitute (invited_id) WHERE invited_id IS NOT NULL;

-- What an invited organisation asks the secretariat.
CREATE TABLE invitation_question (
    id            INTEGER PRIMARY KEY,
    invitation_id INTEGER NOT NULL REFERENCES invitation (id),
    client_key    TEXT NOT NULL,              -- of the form: the same one posted twice is one question
    asker_name    TEXT NOT NULL,
    asker_phone   TEXT NOT NULL DEFAULT '',
    asker_email   TEXT NOT NULL DEFAULT '',
    question      TEXT NOT NULL,
    asked_at      INTEGER NOT NULL,
    answer        TEXT NOT NULL DEFAULT '',   -- in words, read by the organisation on its page; may stay empty
    answered_by   TEXT NOT NULL DEFAULT '',
    answered_at   INTEGER,
    UNIQUE (invitation_id, client_key)
) STRICT;
CREATE INDEX invitation_question_asked ON invitation_question (invitation_id, asked_at);
CREATE INDEX invitation_question_waiting ON invitation_question (invitation_id) WHERE answered_at IS NULL;
