-- +goose Up
-- The text of reminders, one working copy per edition; what was sent is frozen with its campaign.
CREATE TABLE reminder_text (
    edition_id INTEGER PRIMARY KEY REFERENCES edition (id),
    subject    TEXT NOT NULL,
    body       TEXT NOT NULL,
    changed_at INTEGER NOT NULL
) STRICT;

-- The reminders that an organiser confirmed once, to be sent by the program.
CREATE TABLE reminder_plan (
    edition_id   INTEGER PRIMARY KEY REFERENCES edition (id),
    days_1       INTEGER NOT NULL CHECK (days_1 BETWEEN 1 AND 60), -- days before each invitation's own deadline
    days_2       INTEGER NOT NULL CHECK (days_2 BETWEEN 0 AND 59), -- 0: one reminder only
    at_minute    INTEGER NOT NULL CHECK (at_minute BETWEEN 0 AND 1439), -- of the day, Vietnam time
    subject      TEXT NOT NULL,
    body         TEXT NOT NULL,
    confirmed_by TEXT NOT NULL,
    confirmed_at INTEGER NOT NULL,             -- what fell due before it is not sent
    withdrawn_at INTEGER,                      -- taken back: nothing is sent
    CHECK (days_2 < days_1)
) STRICT;

-- One row per organisation and reminder.
CREATE TABLE reminder (
    id            INTEGER PRIMARY KEY,
    invitation_id INTEGER NOT NULL REFERENCES invitation (id),
    campaign_id   INTEGER REFERENCES campaign (id), -- its text and who sent it
    mail_id       INTEGER REFERENCES mail (id),
    step          INTEGER CHECK (step IN (1, 2)),   -- of the plan; NULL: sent by hand
    outcome       TEXT NOT NULL CHECK (outcome IN ('queued', 'missed')),
    reason        TEXT NOT NULL DEFAULT '',         -- why it was missed
    due_at        INTEGER,                          -- when the plan wanted it
    at            INTEGER NOT NULL,                 -- when it was queued, or found missed
    UNIQUE (invitation_id, step),                   -- at most once, whatever is restarted
    CHECK ((outcome = 'queued') = (campaign_id IS NOT NULL)),
    CHECK ((outcome = 'queued') = (mail_id IS NOT NULL)),
    CHECK ((step IS NULL) = (due_at IS NULL)),
    CHECK (outcome = 'queued' OR step IS NOT NULL)
) STRICT;
CREATE INDEX reminder_invitation ON reminder (invitation_id, at);
