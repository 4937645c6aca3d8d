-- +goose Up
-- Who else gets a copy of the mail, as its headers show them: {"To": {…}, "Cc": […]}. Each of them has a
-- row of its own in mail; '' is a mail with one recipient.
ALTER TABLE mail ADD COLUMN heads TEXT NOT NULL DEFAULT '';

-- Campaigns whose mails wait until somebody lets them go on.
CREATE TABLE mail_hold (
    campaign_id INTEGER PRIMARY KEY,
    held_at     INTEGER NOT NULL,
    held_by     TEXT NOT NULL
) STRICT;

-- Who gets a copy of an organisation's invitation besides its focal point.
CREATE TABLE invitation_copy (
    invitation_id INTEGER NOT NULL REFERENCES invitation (id),
    position      INTEGER NOT NULL,
    address       TEXT NOT NULL COLLATE NOCASE,
    name          TEXT NOT NULL DEFAULT '',
    PRIMARY KEY (invitation_id, position),
    UNIQUE (invitation_id, address)
) STRICT, WITHOUT ROWID;
