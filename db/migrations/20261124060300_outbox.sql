-- +goose Up
-- One row per recipient. Text, QR codes and attachments are made when the mail is claimed; what is
-- kept here says which mail it is, to whom, about what, and how it fares.
CREATE TABLE mail (
    id           INTEGER PRIMARY KEY,
    edition_id   INTEGER REFERENCES edition (id),
    kind         TEXT NOT NULL,                  -- which composer makes it: invitation.invite, delegation.confirm …
    subject_id   INTEGER NOT NULL,               -- row of the room that queued it
    campaign_id  INTEGER,                        -- frozen texts of the room that queued it
    lang         TEXT NOT NULL DEFAULT 'vi' CHECK (lang IN ('vi', 'en')),
    to_address   TEXT NOT NULL,
    to_name      TEXT NOT NULL DEFAULT '',
    folded       TEXT NOT NULL DEFAULT '',       -- name and address, to be searched in
    message_id   TEXT NOT NULL UNIQUE,           -- fixed at queueing: a repeated mail carries the same one
    dedupe_key   TEXT UNIQUE,                    -- the same mail is queued once
    state        TEXT NOT NULL DEFAULT 'queued' CHECK (state IN ('queued', 'sending', 'sent', 'failed', 'unknown', 'stopped')),
    attempts     INTEGER NOT NULL DEFAULT 0,     -- deliveries tried in all
    refusals     INTEGER NOT NULL DEFAULT 0,     -- temporary ones since it was queued or sent again: picks the next wait
    unknowns     INTEGER NOT NULL DEFAULT 0,     -- outcomes that nobody knows: with one or more it may have arrived
    due_at       INTEGER,                        -- NULL: the program will not try again by itself
    give_up_at   INTEGER NOT NULL,               -- after it a temporary refusal is final
    leased_until INTEGER,
    queued_at    INTEGER NOT NULL,
    sent_at      INTEGER,
    transport    TEXT NOT NULL DEFAULT '',       -- smtp or local, once sent
    subject      TEXT NOT NULL DEFAULT '',       -- as sent
    body         TEXT NOT NULL DEFAULT '',       -- as sent, every personal link blanked
    CHECK (state NOT IN ('queued', 'sending') OR due_at IS NOT NULL),
    CHECK (state IN ('queued', 'sending', 'unknown') OR due_at IS NULL),
    CHECK ((state = 'sending') = (leased_until IS NOT NULL)),
    CHECK ((state = 'sent') = (sent_at IS NOT NULL))
) STRICT;
CREATE INDEX mail_due ON mail (due_at) WHERE due_at IS NOT NULL AND leased_until IS NULL;
CREATE INDEX mail_leased ON mail (leased_until) WHERE leased_until IS NOT NULL;
CREATE INDEX mail_subject ON mail (kind, subject_id);
CREATE INDEX mail_campaign ON mail (campaign_id, state) WHERE campaign_id IS NOT NULL;
CREATE INDEX mail_edition ON mail (edition_id, state);

CREATE TABLE mail_attempt (
    id         INTEGER PRIMARY KEY,
    mail_id    INTEGER NOT NULL REFERENCES mail (id),
    started_at INTEGER NOT NULL,
    ended_at   INTEGER,
    outcome    TEXT NOT NULL CHECK (outcome IN ('started', 'accepted', 'local', 'temporary', 'permanent', 'unknown', 'not_sent')),
    code       INTEGER NOT NULL DEFAULT 0,
    answer     TEXT NOT NULL DEFAULT ''          -- the server's words; or, as JSON, a text of the program's own
) STRICT;
CREATE INDEX mail_attempt_mail ON mail_attempt (mail_id);
